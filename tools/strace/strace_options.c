// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * strace's options: functions that handle them, and their table. Options --NAME=SET are handled like -e NAME=SET, by
 * strace/strace_expression.c.
 */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/array_size.h"
#include "strace/strace_cmd.h"

#define PRECISION_TODO "write one of s, ms, us, ns"
#define STRING_MAX (UINT32_MAX / 4)

static struct strace_settings *of(const struct option_use *use)
{
	return use->settings;
}

static enum option_next set_help(const struct option_use *use)
{
	of(use)->help = true;
	return OPTION_STOP;
}

static enum option_next set_version(const struct option_use *use)
{
	of(use)->version = true;
	return OPTION_DONE;
}

/* Accepts an option that has no effect here; the manual page explains why. */
static enum option_next accept_option(const struct option_use *use)
{
	(void)use;
	return OPTION_DONE;
}

static enum option_next refuse_stack(const struct option_use *use)
{
	return option_refuse(use, "not possible", "nothing stops the program whose stack would be walked");
}

static enum option_next count_up(const struct option_use *use)
{
	++*(int *)((char *)use->settings + use->option->at);
	return OPTION_DONE;
}

static enum option_next set_no_abbrev(const struct option_use *use)
{
	of(use)->show.abbrev = NULL;
	of(use)->print.verbose = true;
	return OPTION_DONE;
}

static enum option_next set_filter(const struct option_use *use)
{
	of(use)->filter = true;
	return OPTION_DONE;
}

static enum option_next set_successful(const struct option_use *use)
{
	of(use)->show.hide_status = 0x1f & ~LINX_STRACE_SUCCESSFUL;
	return OPTION_DONE;
}

static enum option_next set_failed(const struct option_use *use)
{
	of(use)->show.hide_status = 0x1f & ~LINX_STRACE_FAILED;
	return OPTION_DONE;
}

static enum option_next set_comms(const struct option_use *use)
{
	of(use)->show.decode_pids |= LINX_STRACE_PID_COMM;
	return OPTION_DONE;
}

static enum option_next set_pidns(const struct option_use *use)
{
	of(use)->show.decode_pids |= LINX_STRACE_PID_NS;
	return OPTION_DONE;
}

static bool read_unsigned(const char *word, uint64_t most, uint64_t *n)
{
	return value_number(word, n) && *n <= most;
}

static enum option_next set_column(const struct option_use *use)
{
	uint64_t n;

	if (!read_unsigned(use->arg, INT_MAX, &n))
		return option_refuse(use, "invalid column", "write a number");
	of(use)->show.column = (unsigned int)n + 1;
	return OPTION_DONE;
}

static enum option_next set_string_limit(const struct option_use *use)
{
	uint64_t n;

	if (!read_unsigned(use->arg, STRING_MAX, &n))
		return option_refuse(use, "invalid length", "write a number of bytes");
	of(use)->show.strings = (unsigned int)n + 1;
	return OPTION_DONE;
}

static enum option_next set_syscall_limit(const struct option_use *use)
{
	if (!value_number(use->arg, &of(use)->limit) || !of(use)->limit)
		return option_refuse(use, "invalid limit", "write a number of calls from 1 on");
	return OPTION_DONE;
}

static enum option_next set_detach(const struct option_use *use)
{
	if (strcmp(use->arg, "execve"))
		return option_refuse(use, "not supported", "write execve");
	return OPTION_DONE;
}

static enum option_next add_env(const struct option_use *use)
{
	return strace_add_word(&of(use)->env, use->arg) ? option_refuse(use, "out of memory", "give less") : OPTION_DONE;
}

static enum option_next add_path(const struct option_use *use)
{
	return strace_add_word(&of(use)->paths, use->arg) ? option_refuse(use, "out of memory", "give less") : OPTION_DONE;
}

static enum option_next add_pids(const struct option_use *use)
{
	if (!value_pids(use->arg, &of(use)->attach))
		return option_refuse(use, "invalid process id", "write numbers, as 12,345");
	return OPTION_DONE;
}

static enum option_next set_interruptible(const struct option_use *use)
{
	static const char words[] = "1|2|3|4|anywhere|always|waiting|never|never_tstp";

	if (value_choice(use->arg, words) < 0)
		return option_refuse(use, "unknown word", "write anywhere, waiting, never or never_tstp");
	return OPTION_DONE;
}

static enum option_next set_daemon(const struct option_use *use)
{
	if (use->arg && value_choice(use->arg, "grandchild|pgroup|pgrp|session") < 0)
		return option_refuse(use, "unknown word", "write grandchild, pgroup or session");
	of(use)->daemons = 1;
	return OPTION_DONE;
}

static enum option_next set_relative(const struct option_use *use)
{
	unsigned int digits = 6;

	if (use->arg && *use->arg && !strace_precision(use->arg, &digits))
		return option_refuse(use, "unknown precision", PRECISION_TODO);
	of(use)->show.relative_digits = digits + 1;
	return OPTION_DONE;
}

static enum option_next set_durations(const struct option_use *use)
{
	unsigned int digits = 6;

	if (use->arg && *use->arg && !strace_precision(use->arg, &digits))
		return option_refuse(use, "unknown precision", PRECISION_TODO);
	of(use)->print.durations = true;
	of(use)->show.duration_digits = digits + 1;
	return OPTION_DONE;
}

/* Reads one of the comma-separated words of --timestamps: "unix", "format:unix", "ms", "precision:ms". */
static bool read_timestamp(struct strace_settings *s, char *part, int *format)
{
	bool is_format = !strncasecmp(part, "format:", 7), is_precision = !strncasecmp(part, "precision:", 10);
	unsigned int digits;

	part += is_format ? 7 : is_precision ? 10 : 0;
	for (char *c = part; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (!is_precision && value_choice(part, "none|time|unix") >= 0) {
		*format = value_choice(part, "none|time|unix");
		return true;
	}
	if (is_format || !strace_precision(part, &digits))
		return false;
	s->show.time_digits = digits + 1;
	return true;
}

static enum option_next set_timestamps(const struct option_use *use)
{
	struct strace_settings *s = of(use);
	char buf[128], *rest = buf, *part;
	int format = s->print.time_mode ? -1 : 1;

	s->times_long = true;
	if (strlen(use->arg ? use->arg : "") >= sizeof(buf))
		return option_refuse(use, "too long", "write a format and a precision");
	strcpy(buf, use->arg ? use->arg : "time");
	while ((part = strtok_r(rest, ",", &rest)))
		if (!read_timestamp(s, part, &format))
			return option_refuse(use, "unknown format",
					     "write none, time or unix, and s, ms, us or ns");
	if (format >= 0)
		s->print.time_mode = format == 2 ? 3 : format;
	if (!s->show.time_digits)
		s->show.time_digits = 1;
	return OPTION_DONE;
}

static enum option_next set_hex(const struct option_use *use)
{
	static const enum linx_strace_hex modes[] = { LINX_STRACE_HEX_NONE, LINX_STRACE_HEX_CHARS,
						      LINX_STRACE_HEX_STRINGS, LINX_STRACE_HEX_ALL };
	int i = use->arg ? value_choice(use->arg, "none|non-ascii-chars|non-ascii|all") : 3;

	if (i < 0)
		return option_refuse(use, "unknown word", "write none, non-ascii-chars, non-ascii or all");
	of(use)->show.hex = modes[i];
	of(use)->hex_long = true;
	return OPTION_DONE;
}

static enum option_next set_colour(const struct option_use *use)
{
	int i = value_choice(use->arg, "auto|always|never");

	if (i < 0)
		return option_refuse(use, "unknown word", "write auto, always or never");
	of(use)->colour = (enum strace_colour_mode)i;
	return OPTION_DONE;
}

static enum option_next set_names(const struct option_use *use)
{
	static const enum linx_strace_names styles[] = { LINX_STRACE_NUMBERS, LINX_STRACE_NAMES, LINX_STRACE_BOTH };
	int i = value_choice(use->arg, "raw|abbrev|verbose");

	if (i < 0)
		return option_refuse(use, "unknown word", "write raw, abbrev or verbose");
	of(use)->show.names = styles[i];
	return OPTION_DONE;
}

static enum option_next set_summary(const struct option_use *use)
{
	enum strace_summary wish = use->option->letter == 'c' ? SUMMARY_ONLY : SUMMARY_TOO;

	if (of(use)->summary && of(use)->summary != wish)
		return option_refuse(use, "not together", "write -c or -C");
	of(use)->summary = wish;
	return OPTION_DONE;
}

static enum option_next set_overhead(const struct option_use *use)
{
	char *end;
	double n = strtod(use->arg, &end);
	double unit = !strcmp(end, "s") ? 1e9 : !strcmp(end, "ms") ? 1e6 : !strcmp(end, "ns") ? 1 : 1e3;

	if (end == use->arg || !(n >= 0 && n * unit < 1e18) || (*end && value_choice(end, "s|ms|us|ns") < 0))
		return option_refuse(use, "invalid time", "write a number and one of s, ms, us, ns");
	of(use)->table.overhead_ns = (uint64_t)(n * unit);
	return OPTION_DONE;
}

static enum option_next set_words(const struct option_use *use)
{
	*(const char **)((char *)use->settings + use->option->at) = use->arg;
	return OPTION_DONE;
}

/* ---- the table of options --------------------------------------------------------- */

#define AT(member) offsetof(struct strace_settings, member)

static const struct option rows[] = {
	{ .help = "What to trace" },
	{ 'e', NULL, "EXPR",
	  "NAME=SET, where NAME is trace, abbrev, verbose, raw,\n"
	  "signal, status, quiet, read, write, fds, decode-fds or\n"
	  "decode-pids; a SET alone is trace=SET",
	  strace_set_expression, 0, 0 },
	{ 0, "trace", "SET",
	  "these calls: names, numbers, %class, /regex, ! for all\n"
	  "but, ? where it may be unknown, @64 @32 @x32 by ABI",
	  strace_set_named, 0, 0 },
	{ 0, "trace-fds", "FDS", "calls that use one of these descriptors", strace_set_named, 0, 0 },
	{ 'P', "trace-path", "PATH", "calls that use this path", add_path, 0, 0 },
	{ 0, "signals", "SIGNALS", "these signals", strace_set_named, 0, 0 },
	{ 0, "status", "WORDS",
	  "calls that ended so: successful, failed, unfinished,\n"
	  "unavailable, detached",
	  strace_set_named, 0, 0 },
	{ 'z', "successful-only", NULL, "calls that succeeded", set_successful, 0, 0 },
	{ 'Z', "failed-only", NULL, "calls that failed", set_failed, 0, 0 },
	{ 0, "failing-only", NULL, NULL, set_failed, 0, 0 },
	{ 'f', "follow-forks", NULL, "threads and children too", count_up, AT(forks), 0 },
	{ 'F', NULL, NULL, NULL, count_up, AT(forks), 0 },
	{ 0, "syscall-limit", "N", "stop after N calls", set_syscall_limit, 0, 0 },

	{ .help = "Whom" },
	{ 'p', "attach", "PID[,PID...]", "threads that run already; with -f their process", add_pids, 0, 0 },
	{ 'E', "env", "VAR=VAL", "an environment variable of the command; VAR: remove it", add_env, 0, 0 },
	{ 'u', "user", "USER", "run the command as this user", set_words, AT(user), 0 },
	{ 0, "argv0", "NAME", "the name that the command gets", set_words, AT(argv0), 0 },

	{ .help = "Where to" },
	{ 'o', "output", "FILE", "not to standard error; '|CMD': to a command", set_words, AT(out), 0 },
	{ 'A', "output-append-mode", NULL, "append to FILE", option_set_flag, AT(append), 0 },
	{ 0, "output-separately", NULL, "each task to its own FILE.PID; also -ff", option_set_flag, AT(separate), 0 },
	{ 'q', NULL, NULL, "say less about the tracing; -qq, -qqq", count_up, AT(quiets), 0 },
	{ 0, "quiet", "[WORDS]",
	  "do not say: attach, exit, path-resolution,\n"
	  "personality, thread-execve",
	  strace_set_named, 0, 0 },
	{ 0, "silent", "[SET]", NULL, strace_set_named, 0, 0 },
	{ 0, "silence", "[SET]", NULL, strace_set_named, 0, 0 },

	{ .help = "How lines look" },
	{ 0, "color", "auto|always|never", "auto: on a terminal, unless NO_COLOR is set", set_colour, 0, 0 },
	{ 'a', "columns", "N", "column of the results (40)", set_column, 0, 0 },
	{ 'i', "instruction-pointer", NULL, "where the program goes on after the call", option_set_flag,
	  AT(show.pointers), 0 },
	{ 'n', "syscall-number", NULL, "number of the call", option_set_flag, AT(show.numbers), 0 },
	{ 'N', "arg-names", NULL, "names of arguments", option_set_flag, AT(show.arg_names), 0 },
	{ 'r', "relative-timestamps", "[PRECISION]", "time since the line before; s, ms, us, ns", set_relative, 0, 0 },
	{ 't', NULL, NULL, "time of day; -tt with us; -ttt seconds since 1970", count_up, AT(times), 0 },
	{ 0, "absolute-timestamps", "[FORMAT]", "none, time or unix, and s, ms, us or ns", set_timestamps, 0, 0 },
	{ 0, "timestamps", "[FORMAT]", NULL, set_timestamps, 0, 0 },
	{ 'T', "syscall-times", "[PRECISION]", "how long each call took", set_durations, 0, 0 },
	{ 'Y', NULL, NULL, "names of commands beside process ids", set_comms, 0, 0 },
	{ 0, "decode-pids", "WORDS", "comm, pidns", strace_set_named, 0, 0 },
	{ 0, "pidns-translation", NULL, NULL, set_pidns, 0, 0 },
	{ 0, "namespace", "new", "the namespaces that a call entered, behind its result", strace_set_named, 0, 0 },
	{ 0, "always-show-pid", NULL, "process ids also while there is one alone", count_up, AT(always_pid), 0 },

	{ .help = "How values look" },
	{ 's', "string-limit", "N", "N bytes of each string (32)", set_string_limit, 0, 0 },
	{ 'v', "no-abbrev", NULL, "all of each structure, and the environment", set_no_abbrev, 0, 0 },
	{ 0, "abbrev", "SET", "abbreviate structures of these calls", strace_set_named, 0, 0 },
	{ 0, "verbose", "SET", "follow pointers of these calls", strace_set_named, 0, 0 },
	{ 0, "raw", "SET", "numbers alone for these calls", strace_set_named, 0, 0 },
	{ 'x', NULL, NULL, "strings that are no text in base 16; -xx: all", count_up, AT(hex), 0 },
	{ 0, "strings-in-hex", "[WORD]", "none, non-ascii-chars, non-ascii, all", set_hex, 0, 0 },
	{ 'X', "const-print-style", "raw|abbrev|verbose", "constants as numbers, names, both", set_names, 0, 0 },
	{ 'y', NULL, NULL, "paths of descriptors; -yy: sockets, devices too", count_up, AT(paths_of_fds), 0 },
	{ 0, "decode-fds", "[WORDS]", "path, socket, dev, pidfd, eventfd, signalfd", strace_set_named, 0, 0 },
	{ 0, "read", "FDS", "dump what is read from these descriptors", strace_set_named, 0, 0 },
	{ 0, "write", "FDS", "dump what is written to these descriptors", strace_set_named, 0, 0 },

	{ 0, "redact", "FILE", "blank what these rules call secret (not strace's)", set_words, AT(redact), 0 },

	{ .help = "Summary" },
	{ 'c', "summary-only", NULL, "count calls, errors and time; no lines", set_summary, 0, 0 },
	{ 'C', "summary", NULL, "the same, and lines", set_summary, 0, 0 },
	{ 'O', "summary-syscall-overhead", "TIME", "take this off each call's time", set_overhead, 0, 0 },
	{ 'S', "summary-sort-by", "COLUMN", "order of the table (time)", set_words, AT(table.sort), 0 },
	{ 'U', "summary-columns", "COLUMN[,...]",
	  "time-percent, total-time, min-time, max-time,\n"
	  "avg-time, wall-total, wall-min, wall-max, wall-avg,\n"
	  "calls, errors, name",
	  set_words, AT(table.columns), 0 },
	{ 'w', "summary-wall-clock", NULL, "time on the clock, not time that the task ran", option_set_flag,
	  AT(table.wall_clock), 0 },

	{ .help = "Accepted, without effect" },
	{ 'b', "detach-on", "execve", "what executes a program is traced on", set_detach, 0, 0 },
	{ 'd', "debug", NULL, "there is nothing to print", option_set_flag, AT(debug), 0 },
	{ 'D', NULL, NULL, "the command stays our child", count_up, AT(daemons), 0 },
	{ 0, "daemonize", "[WORD]", "the same", set_daemon, 0, 0 },
	{ 0, "daemonised", "[WORD]", NULL, set_daemon, 0, 0 },
	{ 0, "daemonized", "[WORD]", NULL, set_daemon, 0, 0 },
	{ 'I', "interruptible", "WORD", "the first signal is for the command", set_interruptible, 0, 0 },
	{ 0, "seccomp-bpf", NULL, "calls that are not traced cost next to nothing", set_filter, 0, 0 },
	{ 0, "kill-on-exit", NULL, "programs go on when we end", accept_option, 0, 0 },
	{ 0, "tips", "[WORD]", "there are none", accept_option, 0, 0 },

	{ .help = "Refused" },
	{ 'k', "stack-traces", NULL, "stacks of programs that run cannot be walked", refuse_stack, 0, 0 },
	{ 0, "stack-trace", "[WORD]", NULL, refuse_stack, 0, 0 },
	{ 0, "stack-trace-frame-limit", "N", NULL, refuse_stack, 0, 0 },
	{ 0, "inject", "SET", "calls are recorded, not changed", strace_set_named, 0, 0 },
	{ 0, "fault", "SET", "the same", strace_set_named, 0, 0 },
	{ 0, "kvm", "vcpu", "exits of virtual CPUs are not recorded", strace_set_named, 0, 0 },
	{ 0, "secontext", "[WORDS]", "security contexts are not recorded", strace_set_named, 0, 0 },

	{ .help = "Help" },
	{ 'h', "help", NULL, "this text", set_help, 0, 0 },
	{ 'V', "version", NULL, "the version", set_version, 0, 0 },
};

const struct option_table strace_options = {
	.command = "linxcap strace",
	.synopsis = "[OPTIONS] CMD [ARG...]\n"
		    "[OPTIONS] -p PID[,PID...]",
	.about = "Traces as strace does: its options, its output.",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
	.abbreviations = true,
};
_Static_assert(ARRAY_SIZE(rows) <= OPTION_ROWS_MAX, "struct option_result.given has a bit for each");
