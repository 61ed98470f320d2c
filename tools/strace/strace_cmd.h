/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `linxcap strace`: its options, and the parts that carry them out.
 *
 * The room strace/ holds this subcommand alone: it turns strace's options into settings of trace/, which does
 * the recording.
 */
#ifndef LINXCAP_STRACE_CMD_H
#define LINXCAP_STRACE_CMD_H

#include <linx/linx.h>
#include <sys/types.h>

#include "trace/child.h"
#include "options/fd_options.h"
#include "options/options.h"
#include "redact/redact.h"
#include "output/text_out.h"
#include "output/summary.h"
#include "strace/strace_colour.h"
#include "base/parse_value.h"

enum strace_summary { SUMMARY_NONE = 0, SUMMARY_ONLY, SUMMARY_TOO };

/* Messages about the tracing itself that strace's -q and quiet= leave out */
#define QUIET_ATTACH 0x01u
#define QUIET_EXIT 0x02u
#define QUIET_PATHS 0x04u
#define QUIET_PERSONALITY 0x08u
#define QUIET_THREAD_EXECVE 0x10u
#define QUIET_ALL 0x1fu

/* Words that several uses of an option collect. */
struct strace_words {
	const char **words; /* NULL at the end */
	size_t n;
};

struct strace_settings {
	bool help, version;

	/* selection */
	char **command; /* NULL: none */
	struct pid_list attach;
	struct strace_words env; /* VAR=VAL, VAR */
	struct strace_words lists; /* owned: sets of calls, descriptors */
	const char *user, *argv0;
	bool follow;
	bool filter; /* --seccomp-bpf */
	const char *calls; /* trace=; NULL: all */
	struct strace_words paths; /* paths of -P as given */
	struct fds_selection selected; /* fd=, and the paths that are searched for */
	uint64_t limit; /* --syscall-limit; 0: none */

	/* output */
	struct linx_print_opts print;
	struct linx_strace_opts show;
	int times, hex, paths_of_fds; /* number of -t, -x, -y */
	int forks, quiets, daemons, always_pid; /* counts of -f, -q, -D, --always-show-pid */
	bool times_long, hex_long, fds_long, quiet_long;
	unsigned int quiet; /* QUIET_* */

	/* where to */
	const char *redact; /* file of --redact; NULL: all is shown */
	const char *out;
	bool append, separate;
	enum strace_colour_mode colour;

	enum strace_summary summary;
	struct summary_options table; /* options of the summary */
	bool debug;
};

/* strace/strace_options.c */
extern const struct option_table strace_options;
/* strace/strace_expression.c: handlers of -e EXPR, and of the set NAME of -e as --NAME. */
enum option_next strace_set_expression(const struct option_use *use);
enum option_next strace_set_named(const struct option_use *use);
/* strace/strace_settings.c: reads the options. -1: why is set */
int strace_settings_read(struct strace_settings *s, int argc, char **argv, struct problem *why);
void strace_settings_free(struct strace_settings *s);

/* strace/strace_words.c: sets in strace's form: "all", "none", "a,b", with ! for all others. */
struct strace_word {
	const char *name;
	unsigned int bits;
};
/* Adds a word. -1: no memory. */
int strace_add_word(struct strace_words *w, const char *word);
/* Copies a list without empty words, which strace ignores; the caller frees it. NULL: no memory. */
char *strace_list(const char *expr);
/* Reads a set; "all" is the union of all words' bits. False: *bad is the unknown word. */
bool strace_set(const char *expr, const struct strace_word *words, unsigned int n, unsigned int *set,
		const char **bad);
/* True if a set of descriptors is valid: "3,5", "!1", "all". */
bool strace_fds_valid(const char *expr);
/* Reads "s", "ms", "us", "ns": digits after the point. False: none of these. */
bool strace_precision(const char *word, unsigned int *digits);

/*
 * strace/strace_command.c: finds the command. An exit status, already reported; call strace_command_free() in
 * any case.
 */
int strace_command_find(const struct strace_settings *s, struct child_command *c);
void strace_command_free(struct child_command *c);

/* strace/strace_log.c: the destination of lines: one for all, or a file for each task. */
struct strace_log {
	struct output shared;
	const char *path; /* separate: the name without the number */
	bool append;
	struct strace_log_file *files; /* separate */
	uint64_t *opened; /* separate: bits of the tasks that have a file */
	uint64_t clock; /* counts writes */
	pid_t pipe; /* command that reads the lines; 0: none */
	struct redact *redact; /* NULL: all is shown */
	enum linx_text_form form; /* form of strings in the lines */
	struct strace_colours *colours; /* NULL: none */
	struct strace_colour_line line; /* state of the common destination */
	struct signals *signals;
	int error; /* separate: -errno of the first file that lost its last lines when it was closed */
};
int strace_log_open(struct strace_log *log, const struct strace_settings *s, struct signals *signals,
		    struct problem *why);
/* Writes lines. 0 or -errno */
int strace_log_put(struct strace_log *log, uint32_t tid, const char *text, size_t len);
int strace_log_flush(struct strace_log *log);
/* Closes everything, and waits for the command that reads. A second call does nothing. 0 or -errno: lines are lost. */
int strace_log_close(struct strace_log *log);

/* strace/strace_run.c: runs a trace. An exit status, or the end by the signal that ended the command. */
int strace_run(struct strace_settings *s);

/* Prints strace's messages about its tracing, "strace: ...", on standard error. */
void strace_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
