// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `linxcap doctor`: checks whether this machine can record, and explains what is missing and what to do. The
 * checks: doctor/doctor.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "cmd/cmd.h"
#include "doctor/doctor.h"
#include "base/json_u64.h"
#include "options/options.h"

struct settings {
	bool help, json;
	const char *root;
	const char *engine; /* NULL: all engines */
};

static const struct {
	const char *name;
	unsigned int bit;
} engines[] = { { "kmod", DOCTOR_KMOD }, { "bpf", DOCTOR_BPF }, { "ptrace", DOCTOR_PTRACE } };

static const struct option rows[] = {
	{ 0, "engine", "NAME", "can this engine record? kmod, bpf or ptrace (default: all are looked at)",
	  option_set_word, offsetof(struct settings, engine), 0 },
	{ 0, "json", NULL, "as one JSON object", option_set_flag, offsetof(struct settings, json), 0 },
	{ 0, "root", "DIR", "look at the files below DIR instead: an image, a container's root",
	  option_set_word, offsetof(struct settings, root), 0 },
	{ 'h', "help", NULL, "this text", option_set_help, offsetof(struct settings, help), 0 },
};

static const struct option_table table = {
	.command = "linxcap doctor",
	.synopsis = "[--engine NAME] [--json] [--root DIR]",
	.about = "Reports whether this machine can record; where it cannot, why and what to do.\n"
		 "Exit status: 0 if it can, 1 if something has failed.\n",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
};

static const char *const state_names[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_NOTE] = "note",
	[DOCTOR_WARNING] = "warning",
	[DOCTOR_FAILED] = "failed",
};

static void print_finding(const struct doctor_check *c, const struct finding *f)
{
	printf("%-8s %-12s %s\n", state_names[f->state], c->name, f->text);
	if (*f->todo)
		printf("%-21s > %s\n", "", f->todo);
}

static cJSON *make_finding(const struct doctor_check *c, const struct finding *f)
{
	cJSON *o = cJSON_CreateObject();

	if (o && cJSON_AddStringToObject(o, "name", c->name) && cJSON_AddStringToObject(o, "state", state_names[f->state]) &&
	    cJSON_AddStringToObject(o, "text", f->text) &&
	    (*f->todo ? cJSON_AddStringToObject(o, "todo", f->todo) : cJSON_AddNullToObject(o, "todo")))
		return o;
	cJSON_Delete(o);
	return NULL;
}

/* Prints the results as one JSON object. Frees checks. */
static int print_json(cJSON *checks, bool ok)
{
	cJSON *o = cJSON_CreateObject();

	if (o && checks && cJSON_AddStringToObject(o, "version", LINX_VERSION) && cJSON_AddBoolToObject(o, "ok", ok) &&
	    cJSON_AddItemToObject(o, "checks", checks))
		return cmd_print_json(o);
	cJSON_Delete(checks);
	cJSON_Delete(o);
	return cmd_print_json(NULL);
}

/* Returns the bits (DOCTOR_*) of the engine of --engine, or of all engines without it; 0: there is no such engine. */
static unsigned int engine_bits(const struct settings *s)
{
	for (size_t i = 0; s->engine && i < ARRAY_SIZE(engines); i++)
		if (!strcmp(engines[i].name, s->engine))
			return engines[i].bit;
	return s->engine ? 0 : DOCTOR_KMOD | DOCTOR_BPF | DOCTOR_PTRACE;
}

/* Prints the last line. works: bits of the engines whose trial succeeded. */
static void print_end(const struct settings *s, bool ok, unsigned int works)
{
	if (ok && s->engine)
		printf("\nThis machine can record by the engine %s.\n", s->engine);
	else if (ok)
		puts("\nThis machine can record.");
	else if (works & DOCTOR_BPF && !s->engine)
		puts("\nThis machine cannot record with the module: see what has failed above. It can without: linxcap --engine bpf");
	else if (works & DOCTOR_PTRACE)
		puts("\nThis machine cannot record as a whole: see what has failed above. Commands can be traced: linxcap -- COMMAND");
	else
		puts("\nThis machine cannot record: see what has failed above.");
}

static struct finding look(const struct settings *s, const struct doctor *d, const struct doctor_check *c)
{
	struct finding f = { DOCTOR_OK, "", "", false };

	if (c->trial && !d->other)
		doctor_run_apart(c, d, &f);
	else
		c->run(d, &f);
	/* a note about an engine that does not work becomes a failure if --engine names this engine */
	if (s->engine && c->trial && !d->other && (f.state == DOCTOR_NOTE || f.died))
		f.state = DOCTOR_FAILED;
	return f;
}

static int examine(const struct settings *s, const struct doctor *d)
{
	const unsigned int of = engine_bits(s);
	cJSON *checks = s->json ? cJSON_CreateArray() : NULL;
	const struct doctor_check *c;
	unsigned int works = 0;
	bool ok = true;
	int status = STATUS_OK;

	for (unsigned int i = 0; (c = doctor_get_check(i)); i++) {
		struct finding f;

		if (!(c->engines & of))
			continue;
		f = look(s, d, c);
		ok = ok && f.state != DOCTOR_FAILED;
		works |= c->trial && f.state == DOCTOR_OK ? c->engines : 0;
		if (!s->json)
			print_finding(c, &f);
		else if (checks && !cJSON_AddItemToArray(checks, make_finding(c, &f)))
			status = STATUS_FAILURE;
	}
	if (s->json)
		status = status == STATUS_OK ? print_json(checks, ok) : say_status(STATUS_FAILURE, "out of memory");
	else
		print_end(s, ok, works);
	return status == STATUS_OK && !ok ? STATUS_FAILURE : status;
}

int cmd_doctor(int argc, char **argv)
{
	struct settings s = { 0 };
	struct option_result res;
	struct problem why;
	struct doctor d;
	int status = STATUS_OK, rc;

	if (options_parse(&table, argc, argv, &s, &res, &why))
		return say_status(STATUS_USAGE, "%s", why.text);
	if (res.next < argc && !res.stopped)
		return say_status(STATUS_USAGE, "unexpected word: %s: 'linxcap doctor' takes none", argv[res.next]);
	if (!engine_bits(&s))
		return say_status(STATUS_USAGE, "no engine is called %s: --engine takes kmod, bpf or ptrace", s.engine);
	if (s.root && s.engine && engine_bits(&s) != DOCTOR_KMOD)
		return say_status(STATUS_USAGE, "--root does not go with --engine %s, which can be tried on this machine alone", s.engine);
	cmd_begin_output();
	if (s.help) {
		options_help(&table, stdout);
		return cmd_end_output();
	}
	rc = doctor_open(&d, s.root);
	if (rc)
		return say_status(STATUS_USAGE, "cannot look at %s: %s", s.root ? s.root : "/", strerror(-rc));
	status = examine(&s, &d);
	doctor_close(&d);
	rc = cmd_end_output();
	return status == STATUS_OK ? rc : status;
}
