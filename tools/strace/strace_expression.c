// SPDX-License-Identifier: LGPL-2.1-or-later
/* strace's -e NAME=SET, and the same sets as options, --NAME=SET. */
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "options/signal_set.h"
#include "strace/strace_cmd.h"

static struct strace_settings *of(const struct option_use *use)
{
	return use->settings;
}

/* ---- words of the sets in -e quiet=, status= and decode-pids=, with their bits ---- */

static const struct strace_word status_words[] = {
	{ "successful", LINX_STRACE_SUCCESSFUL },   { "failed", LINX_STRACE_FAILED },
	{ "unfinished", LINX_STRACE_UNFINISHED },   { "unavailable", LINX_STRACE_UNAVAILABLE },
	{ "detached", LINX_STRACE_DETACHED },
};

static const struct strace_word quiet_words[] = {
	{ "attach", QUIET_ATTACH },
	{ "exit", QUIET_EXIT },
	{ "exits", QUIET_EXIT },
	{ "path-resolve", QUIET_PATHS },
	{ "path-resolution", QUIET_PATHS },
	{ "personality", QUIET_PERSONALITY },
	{ "thread-execve", QUIET_THREAD_EXECVE },
	{ "superseded", QUIET_THREAD_EXECVE },
};

static const struct strace_word pid_words[] = {
	{ "comm", LINX_STRACE_PID_COMM },
	{ "pidns", LINX_STRACE_PID_NS },
};

static enum option_next refuse_word(const struct option_use *use, const char *bad, const char *kind)
{
	problem_set(use->why, "invalid %s: %.*s: 'linxcap strace --help' lists them", kind,
		    (int)strcspn(bad, ","), bad);
	return OPTION_REFUSED;
}

static enum option_next read_set(const struct option_use *use, const char *expr, const struct strace_word *words,
				 unsigned int n, unsigned int *set, const char *kind)
{
	const char *bad;

	return strace_set(expr, words, n, set, &bad) ? OPTION_DONE : refuse_word(use, bad, kind);
}

/* ---- functions that handle a set ----------------------------------------------- */

static enum option_next refuse_injection(const struct option_use *use)
{
	return option_refuse(use, "not possible", "linx records calls and does not change them");
}

static enum option_next refuse_kvm(const struct option_use *use)
{
	return option_refuse(use, "not possible", "the memory of virtual CPUs is not read");
}

static enum option_next refuse_secontext(const struct option_use *use)
{
	return option_refuse(use, "not possible", "security contexts are not recorded");
}

/* Returns a copy of the argument without empty words, which is freed with the settings. NULL: no memory. */
static const char *take_list(const struct option_use *use)
{
	char *list = strace_list(use->arg);

	if (list && strace_add_word(&of(use)->lists, list)) {
		free(list);
		list = NULL;
	}
	if (!list)
		option_refuse(use, "out of memory", "give less");
	return list;
}

/*
 * Reads a set of calls. It is checked before the next option is read, as in strace: `strace -e NAME -h` fails if
 * NAME is not known.
 */
static enum option_next take_calls(const struct option_use *use, const char **to)
{
	const char *list = take_list(use);
	struct linx_error error = { "" };
	struct linx_table *table;
	int rc;

	if (!list)
		return OPTION_REFUSED;
	if (linx_table_new_builtin(&table))
		return option_refuse(use, "out of memory", "give less");
	rc = linx_table_check(table, list, &error);
	linx_table_free(table);
	*to = list;
	if (!rc)
		return OPTION_DONE;
	problem_set(use->why, "%s", error.text);
	return OPTION_REFUSED;
}

static enum option_next set_trace(const struct option_use *use)
{
	return take_calls(use, &of(use)->calls);
}

static enum option_next set_abbrev(const struct option_use *use)
{
	return take_calls(use, &of(use)->show.abbrev);
}

static enum option_next set_verbose(const struct option_use *use)
{
	return take_calls(use, &of(use)->show.verbose);
}

static enum option_next set_raw(const struct option_use *use)
{
	return take_calls(use, &of(use)->show.raw);
}

static enum option_next set_signals(const struct option_use *use)
{
	const char *bad;
	uint64_t set;

	if (!signal_set_read(use->arg, &set, &bad))
		return refuse_word(use, bad, "signal");
	of(use)->show.hide_signals = ~set;
	return OPTION_DONE;
}

static enum option_next set_status(const struct option_use *use)
{
	unsigned int set = 0;
	enum option_next next = read_set(use, use->arg, status_words, ARRAY_SIZE(status_words), &set, "status");

	of(use)->show.hide_status = ~set & 0x1f;
	return next;
}

static enum option_next set_read(const struct option_use *use)
{
	of(use)->show.dump_read = take_list(use);
	if (!of(use)->show.dump_read)
		return OPTION_REFUSED;
	return strace_fds_valid(use->arg) ? OPTION_DONE : refuse_word(use, use->arg, "descriptor");
}

static enum option_next set_write(const struct option_use *use)
{
	of(use)->show.dump_write = take_list(use);
	if (!of(use)->show.dump_write)
		return OPTION_REFUSED;
	return strace_fds_valid(use->arg) ? OPTION_DONE : refuse_word(use, use->arg, "descriptor");
}

static enum option_next set_fds(const struct option_use *use)
{
	return fds_choose_numbers(&of(use)->selected, use->arg) ? OPTION_DONE : refuse_word(use, use->arg, "descriptor");
}

static enum option_next set_quiet(const struct option_use *use)
{
	of(use)->quiet_long = true;
	return read_set(use, use->arg ? use->arg : "attach,personality", quiet_words, ARRAY_SIZE(quiet_words),
			&of(use)->quiet, "quiet");
}

static enum option_next set_decode_fds(const struct option_use *use)
{
	const char *set = use->arg ? use->arg : "path";

	of(use)->fds_long = true;
	return fds_words(set, &of(use)->print.fds) ? OPTION_DONE : refuse_word(use, set, "decode-fds");
}

static enum option_next set_decode_pids(const struct option_use *use)
{
	unsigned int *set = &of(use)->show.decode_pids, kept = *set & LINX_STRACE_NEW_NS;
	enum option_next next = read_set(use, use->arg, pid_words, ARRAY_SIZE(pid_words), set, "decode-pids");

	*set |= kept;
	return next;
}

static enum option_next set_namespace(const struct option_use *use)
{
	if (strcmp(use->arg, "new"))
		return refuse_word(use, use->arg, "namespace");
	of(use)->show.decode_pids |= LINX_STRACE_NEW_NS;
	return OPTION_DONE;
}

static const struct qualifier {
	const char *names;
	enum option_next (*handle)(const struct option_use *use);
} qualifiers[] = {
	{ "trace|t", set_trace },
	{ "abbrev|a", set_abbrev },
	{ "verbose|v", set_verbose },
	{ "raw|x", set_raw },
	{ "signal|signals|s", set_signals },
	{ "status", set_status },
	{ "quiet|silent|silence|q", set_quiet },
	{ "read|reads|r", set_read },
	{ "write|writes|w", set_write },
	{ "trace-fds|trace-fd|fds|fd", set_fds },
	{ "decode-fds|decode-fd", set_decode_fds },
	{ "decode-pids|decode-pid", set_decode_pids },
	{ "namespace", set_namespace },
	{ "inject", refuse_injection },
	{ "fault", refuse_injection },
	{ "kvm", refuse_kvm },
	{ "secontext", refuse_secontext },
};

static const struct qualifier *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(qualifiers); i++)
		if (value_choice(name, qualifiers[i].names) >= 0)
			return &qualifiers[i];
	return NULL;
}

enum option_next strace_set_named(const struct option_use *use)
{
	return find(use->option->name)->handle(use);
}

enum option_next strace_set_expression(const struct option_use *use)
{
	size_t len = strspn(use->arg, "abcdefghijklmnopqrstuvwxyz-");
	struct option_use inner = *use;
	const struct qualifier *q = NULL;
	char name[32];

	if (use->arg[len] == '=' && len < sizeof(name)) {
		memcpy(name, use->arg, len);
		name[len] = '\0';
		inner.arg += len + 1;
		q = find(name);
	}
	return q ? q->handle(&inner) : set_trace(use);
}
