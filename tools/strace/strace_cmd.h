/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `linxcap strace`: its options, and the parts that carry them out.
 *
 * The directory strace/ has only this subcommand. It turns strace's options into settings for trace/, which does
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

/* Messages about the tracing itself that strace's -q and --quiet suppress. */
#define QUIET_ATTACH 0x01u
#define QUIET_EXIT 0x02u
#define QUIET_PATHS 0x04u
#define QUIET_PERSONALITY 0x08u
#define QUIET_THREAD_EXECVE 0x10u
#define QUIET_ALL 0x1fu

/* Arguments of an option that can be given several times. */
struct strace_words {
	const char **words; /* ends with NULL */
	size_t n;
};

struct strace_settings {
	bool help, version;

	/* the traced command and processes, and the calls that are shown */
	char **command; /* NULL: no command, only -p */
	struct pid_list attach;
	struct strace_words env; /* VAR=VAL sets a variable, VAR alone removes it */
	struct strace_words lists; /* owned copies of arguments: sets of calls, lists of descriptors */
	const char *user, *argv0;
	bool follow;
	bool filter; /* --seccomp-bpf: install a filter in the command */
	const char *calls; /* -e trace=SET; NULL: all calls */
	struct strace_words paths; /* arguments of -P as given */
	struct fds_selection selected; /* -e fd=, and the paths of -P, also resolved */
	uint64_t limit; /* --syscall-limit: number of calls; 0: no limit */

	/* how lines and values look */
	struct linx_print_opts print;
	struct linx_strace_opts show;
	int times, hex, paths_of_fds; /* number of -t, -x, -y */
	int forks, quiets, daemons, always_pid; /* number of -f, -q, -D, --always-show-pid */
	bool times_long, hex_long, fds_long, quiet_long;
	unsigned int quiet; /* messages that are suppressed: QUIET_* */

	/* destinations of the lines */
	const char *redact; /* --redact FILE; NULL: nothing is blanked */
	const char *out;
	bool append, separate;
	enum strace_colour_mode colour;

	enum strace_summary summary;
	struct summary_options table; /* options of the summary table */
	bool debug;
};

/* strace/strace_options.c: the table of options */
extern const struct option_table strace_options;
/* strace/strace_expression.c: handles -e NAME=SET, and the same sets as options, --NAME=SET. */
enum option_next strace_set_expression(const struct option_use *use);
enum option_next strace_set_named(const struct option_use *use);
/* strace/strace_settings.c: reads the options. -1: why has the reason. */
int strace_settings_read(struct strace_settings *s, int argc, char **argv, struct problem *why);
void strace_settings_free(struct strace_settings *s);

/* strace/strace_words.c: reads sets in strace's form: "all", "none", "a,b"; a "!" before the set: all other words. */
struct strace_word {
	const char *name;
	unsigned int bits;
};
/* Appends a word. -1: no memory. */
int strace_add_word(struct strace_words *w, const char *word);
/* Returns a copy of a list without empty words, which strace ignores; the caller frees it. NULL: no memory. */
char *strace_list(const char *expr);
/* Reads a set into *set; "all" stands for all words together. False: *bad points to the unknown word. */
bool strace_set(const char *expr, const struct strace_word *words, unsigned int n, unsigned int *set,
		const char **bad);
/* True if a list of descriptors is valid: "3,5", "!1", "all". */
bool strace_fds_valid(const char *expr);
/* Reads "s", "ms", "us" or "ns" as the number of digits after the decimal point. False: another word. */
bool strace_precision(const char *word, unsigned int *digits);

/*
 * strace/strace_command.c: finds the command and makes its arguments and environment. Returns an exit status; an
 * error was printed. Call strace_command_free() in any case.
 */
int strace_command_find(const struct strace_settings *s, struct child_command *c);
void strace_command_free(struct child_command *c);

/* strace/strace_log.c: writes lines to one output for all tasks, or (with -ff) to one file per task. */
struct strace_log {
	struct output shared;
	const char *path; /* name of the output; with one file per task, without ".TID" */
	bool append;
	struct strace_log_file *files; /* the open files if there is one per task; NULL: one output for all */
	uint64_t *opened; /* one file per task: bit n is set if the file of task n was opened once; NULL: none was */
	uint64_t clock; /* number of writes so far, to find the file that was unused for longest */
	pid_t pipe; /* process id of the command that reads the lines; 0: none */
	struct redact *redact; /* NULL: nothing is blanked */
	enum linx_text_form form; /* form of strings in the lines */
	struct strace_colours *colours; /* NULL: lines are not colored */
	struct strace_colour_line line; /* state of the colors in the output for all tasks */
	struct signals *signals;
	int error; /* one file per task: -errno of the first file whose last lines could not be written; 0: none */
};
int strace_log_open(struct strace_log *log, const struct strace_settings *s, struct signals *signals,
		    struct problem *why);
/* Writes lines of a task. 0 or -errno. */
int strace_log_put(struct strace_log *log, uint32_t tid, const char *text, size_t len);
int strace_log_flush(struct strace_log *log);
/*
 * Closes all outputs, and waits for the command that reads the lines. A second call does nothing. 0, or -errno if
 * lines could not be written.
 */
int strace_log_close(struct strace_log *log);

/*
 * strace/strace_run.c: runs a trace. Returns an exit status; if a signal killed the command, this process ends by
 * the same signal.
 */
int strace_run(struct strace_settings *s);

/* Prints strace's messages about its tracing, "strace: ...", on standard error. */
void strace_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
