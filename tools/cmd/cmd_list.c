// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `linxcap list`: lists the known calls of all ABIs. With --json it prints the calls of this machine in the form of a
 * file of calls that a configuration can name. With --probes it lists what can be probed in this kernel.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linx/linx.h>
#include <linx/probe.h>

#include "base/array_size.h"
#include "cmd/cmd.h"
#include "base/json_u64.h"
#include "options/options.h"
#include "base/host_abi.h"

struct settings {
	bool help, json;
	const char *probes; /* pattern of --probes */
};

static const struct option rows[] = {
	{ 0, "json", NULL,
	  "the calls of this machine's architecture as JSON:\n"
	  "a complete file of interesting calls",
	  option_set_flag, offsetof(struct settings, json), 0 },
	{ 0, "probes", "PATTERN",
	  "what --probe can name in this kernel, instead of\n"
	  "calls, as 'tcp_*' or 'tracepoint:sched:*', with\n"
	  "arguments, or the reason why it cannot",
	  option_set_word, offsetof(struct settings, probes), 0 },
	{ 'h', "help", NULL, "this text", option_set_help, offsetof(struct settings, help), 0 },
};

static const struct option_table table = {
	.command = "linxcap list",
	.synopsis = "[--json] [--probes PATTERN]",
	.about = "Lists every system call: ABI, number, name, arguments with their types.\n",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
};

static void print_calls(const struct linx_table *t)
{
	struct linx_call_info c;

	for (unsigned int i = 0; !linx_table_get_call(t, i, &c); i++) {
		printf("%-7s %4d %s(", linx_abi_name(c.abi), c.nr, c.name);
		for (unsigned int a = 0; a < c.nargs; a++)
			printf("%s%s: %s", a ? ", " : "", c.args[a].name, c.args[a].type);
		printf(")\n");
	}
}

static cJSON *make_args(const struct linx_call_info *c)
{
	cJSON *args = cJSON_CreateArray();

	for (unsigned int a = 0; args && a < c->nargs; a++) {
		cJSON *arg = cJSON_CreateObject();

		if (!arg || !cJSON_AddStringToObject(arg, "name", c->args[a].name) ||
		    !cJSON_AddStringToObject(arg, "type", c->args[a].type) ||
		    !cJSON_AddItemToArray(args, arg)) {
			cJSON_Delete(arg);
			cJSON_Delete(args);
			return NULL;
		}
	}
	return args;
}

/* Adds a call as "close": {"syscall_id": 3, "interesting": 1, "abi": "x86_64", "args": [...]} */
static bool add_call(cJSON *root, const struct linx_call_info *c)
{
	cJSON *call = cJSON_AddObjectToObject(root, c->name), *args;

	if (!call || !json_add_u64(call, "syscall_id", (uint64_t)c->nr) ||
	    !json_add_u64(call, "interesting", 1) ||
	    !cJSON_AddStringToObject(call, "abi", linx_abi_name(c->abi)))
		return false;
	args = make_args(c);
	return args && cJSON_AddItemToObject(call, "args", args);
}

static cJSON *make_json(const struct linx_table *t)
{
	unsigned int abi = running_abi();
	cJSON *root = cJSON_CreateObject();
	struct linx_call_info c;

	for (unsigned int i = 0; root && !linx_table_get_call(t, i, &c); i++) {
		if (c.abi == abi && !add_call(root, &c)) {
			cJSON_Delete(root);
			return NULL;
		}
	}
	return root;
}

static int print_table(const struct settings *s)
{
	struct linx_table *t;
	int status = STATUS_OK, rc = linx_table_new_builtin(&t);

	if (rc < 0)
		return say_status(STATUS_FAILURE, "no table of calls: %s", strerror(-rc));
	if (s->json)
		status = cmd_print_json(make_json(t));
	else
		print_calls(t);
	linx_table_free(t);
	return status;
}

static int print_place(void *ctx, const struct linx_probe_place *place)
{
	(void)ctx;
	printf("%s%s", place->spec, place->prototype);
	if (place->refusal)
		printf(": cannot be probed: %s", place->refusal);
	else if (!*place->prototype)
		printf(": no types here: arguments are $1 to $6");
	if (place->functions > 1)
		printf(" (%u functions)", place->functions);
	return putchar('\n') == EOF;
}

static cJSON *make_place(const struct linx_probe_place *place)
{
	cJSON *o = cJSON_CreateObject();

	if (o && cJSON_AddStringToObject(o, "spec", place->spec) && json_add_u64(o, "functions", place->functions) &&
	    (*place->prototype ? cJSON_AddStringToObject(o, "prototype", place->prototype) : cJSON_AddNullToObject(o, "prototype")) &&
	    (place->refusal ? cJSON_AddStringToObject(o, "refusal", place->refusal) : cJSON_AddNullToObject(o, "refusal")))
		return o;
	cJSON_Delete(o);
	return NULL;
}

static int add_place(void *ctx, const struct linx_probe_place *place)
{
	return !cJSON_AddItemToArray(ctx, make_place(place));
}

static int print_probes(const struct settings *s)
{
	cJSON *list = s->json ? cJSON_CreateArray() : NULL;
	struct linx_error err = { "" };
	int rc = linx_find_probes(s->probes, s->json ? add_place : print_place, list, &err);

	if (rc < 0) {
		cJSON_Delete(list);
		return say_status(rc == -EINVAL ? STATUS_USAGE : STATUS_FAILURE, "%s", err.text);
	}
	return s->json ? cmd_print_json(list) : STATUS_OK;
}

int cmd_list(int argc, char **argv)
{
	struct settings s = { 0 };
	struct option_result res;
	struct problem why;
	int status = STATUS_OK;

	if (options_parse(&table, argc, argv, &s, &res, &why))
		return say_status(STATUS_USAGE, "%s", why.text);
	if (res.next < argc && !res.stopped)
		return say_status(STATUS_USAGE, "unexpected word: %s: 'linxcap list' takes none",
				  argv[res.next]);
	cmd_begin_output();
	if (s.help)
		options_help(&table, stdout);
	else
		status = s.probes ? print_probes(&s) : print_table(&s);
	return status == STATUS_OK ? cmd_end_output() : status;
}
