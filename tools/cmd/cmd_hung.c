// SPDX-License-Identifier: LGPL-2.1-or-later
/* `linxcap hung`: prints the calls that tasks are inside for a long time. The work is done in hung/. */
#include <inttypes.h>
#include <string.h>

#include "base/array_size.h"
#include "cmd/cmd.h"
#include "hung/hung.h"
#include "trace/source.h"

#define OVER_NS 5000000000u

static struct hung_settings *of(const struct option_use *use)
{
	return use->settings;
}

static enum option_next set_time(const struct option_use *use)
{
	uint64_t *ns = (uint64_t *)((char *)use->settings + use->option->at);

	if (!value_duration(use->arg, ns) || !*ns)
		return option_refuse(use, "not a duration", "write a number and a unit, as 10s, 500ms, 2m or 1h");
	return OPTION_DONE;
}

static enum option_next set_moment(const struct option_use *use)
{
	if (!moment_read(use->arg, &of(use)->trace.what.to))
		return option_refuse(use, "not a time", "write 2025-06-12T09:43:49, 09:43:49, @SECONDS since 1970, or +5s from the beginning");
	return OPTION_DONE;
}

static enum option_next add_pids(const struct option_use *use)
{
	if (!value_pids(use->arg, &of(use)->trace.what.attach))
		return option_refuse(use, "not a process id", "write numbers, as 12,345");
	return OPTION_DONE;
}

#define AT(member) offsetof(struct hung_settings, member)

static const struct option rows[] = {
	{ 0, "over", "TIME", "calls that have lasted so long: 10s, 500ms, 2m,\n1h (default 5s)", set_time, AT(over_ns), 0 },
	{ 0, "for", "TIME", "watch so long (default: the time of --over)", set_time, AT(for_ns), 0 },
	{ 'r', NULL, "FILE", "at the end of a capture file ('-': standard input)", option_set_word, AT(trace.where.read_path), 0 },
	{ 0, "to", "TIME", "with -r: at this time of it: 09:43:49,\n2025-06-12T09:43:49, @SECONDS since 1970, or +5s", set_moment, 0, 0 },
	{ 'p', NULL, "PID[,PID...]", "of these processes", add_pids, 0, 0 },
	{ 'e', NULL, "NAME[,NAME...]", "these calls; behind ! all but these", option_set_word, AT(calls), 0 },
	{ 0, "engine", "kmod|bpf|ptrace|auto", "what records (default auto: the first that can)", option_set_word, AT(trace.how.engine), 0 },
	{ 0, "json", NULL, "as one JSON object", option_set_flag, AT(json), 0 },
	{ 'h', "help", NULL, "this text", option_set_help, AT(help), 0 },
};

static const struct option_table table = {
	.command = "linxcap hung",
	.synopsis = "[OPTIONS]                  the whole machine, now\n"
		    "[OPTIONS] -p PID[,PID...]  processes, now\n"
		    "[OPTIONS] -r FILE          the end of a recording",
	.about = "Shows the calls that tasks are inside: since when, and at which file or futex.\n"
		 "It watches for a while, and reports what began before that as such.\n",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
};

/* Sets what is recorded: entries of all calls, and what descriptors refer to. */
static void choose(struct hung_settings *s)
{
	s->trace.what.entries = true;
	s->trace.what.follow = true;
	s->trace.what.no_containers = true;
	s->trace.what.hide_signals = UINT64_MAX;
	s->trace.look.format = LINX_FORMAT_STRACE;
	s->trace.look.fds = LINX_SHOW_FD_ALL;
}

static bool is_engine(const char *name)
{
	struct linx_engine_info info;

	for (unsigned int i = 0; !linx_get_engine(i, &info); i++)
		if (info.live && !strcmp(info.name, name))
			return true;
	return !strcmp(name, LINX_ENGINE_AUTO);
}

static int check(const struct hung_settings *s, const struct option_result *res, char **argv, int argc)
{
	const struct settings *t = &s->trace;

	if (res->next < argc)
		return say_status(STATUS_USAGE, "unexpected word: %s: 'linxcap hung' takes options alone", argv[res->next]);
	if (t->where.read_path && (t->what.attach.n || t->how.engine || s->for_ns))
		return say_status(STATUS_USAGE, "not together: -r and %s: it is for this machine, now",
				  t->how.engine ? "--engine" : t->what.attach.n ? "-p" : "--for");
	if (t->what.to.kind && !t->where.read_path)
		return say_status(STATUS_USAGE, "missing option: --to: write -r FILE, too");
	if (t->how.engine && !is_engine(t->how.engine))
		return say_status(STATUS_USAGE, "no such engine: --engine %s: write kmod, bpf, ptrace or auto", t->how.engine);
	return STATUS_OK;
}

/* Prints on standard error how far the result is incomplete, or that it is empty. */
static void report(const struct hung_settings *s, const struct hung_result *r)
{
	size_t shown = 0;

	for (size_t i = 0; i < r->calls.n; i++)
		shown += hung_shows(s, &r->calls.at[i]);
	if (!shown)
		say_at(SAY_INFO, "no task is known to be inside a call for so long");
	if (r->unknown && r->live)
		say_at(SAY_WARNING, "not known of %" PRIu64 " tasks: their /proc/PID/syscall may not be read: root may", r->unknown);
	if (r->unknown && !r->live)
		say_at(SAY_WARNING, "not known of %" PRIu64 " tasks: the recording does not have the beginning of all calls: record with --entry",
		       r->unknown);
	if (r->lost)
		say_at(SAY_WARNING, "%" PRIu64 " records were lost: a call whose return was lost may be shown, and one whose beginning was lost is not",
		       r->lost);
	if (r->skipped)
		say_at(SAY_WARNING, "the engine skipped up to %" PRIu64 " events: a call whose return was skipped may be shown", r->skipped);
	else if (r->doubtful)
		say_at(SAY_WARNING, "the account is not complete: a call whose return was lost may be shown");
}

static int look(const struct hung_settings *s)
{
	struct hung_result r;
	int status = hung_look(s, &r);

	if (status == STATUS_OK) {
		cmd_begin_output();
		if (s->json)
			status = cmd_print_json(hung_make_json(s, &r));
		else
			hung_print_text(s, &r);
		if (status == STATUS_OK)
			status = cmd_end_output();
		report(s, &r);
		if (status == STATUS_OK && r.cut_off)
			status = say_status(STATUS_FAILURE, "cut off: %s: the end of the capture is missing; the calls are those inside at the last record",
					    source_name(&s->trace));
	}
	hung_result_free(&r);
	return status;
}

static int print_help(void)
{
	cmd_begin_output();
	options_help(&table, stdout);
	return cmd_end_output();
}

int cmd_hung(int argc, char **argv)
{
	struct hung_settings s = { .over_ns = OVER_NS };
	struct option_result res;
	struct problem why;
	int status;

	config_init(&s.trace.config);
	if (options_parse(&table, argc, argv, &s, &res, &why))
		status = say_status(STATUS_USAGE, "%s", why.text);
	else if (s.help)
		status = print_help();
	else
		status = check(&s, &res, argv, argc);
	if (status == STATUS_OK && !s.help) {
		choose(&s);
		status = look(&s);
	}
	settings_free(&s.trace);
	return status;
}
