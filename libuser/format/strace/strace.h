/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines in strace's format, of many traced tasks. Each task has at most one unfinished line, in one of these states:
 *
 * HELD the call has begun, and nothing of the line is written yet OPEN the line is written up to the last argument
 * known at entry, without a newline CUT the line is written and ended by "<unfinished ...>", because another task
 * printed
 *       a line; the rest will begin with "<... read resumed>"
 *
 * At most one line in an output file is HELD or OPEN: it is "current". With -ff each task has its own file, and so its
 * own current line.
 */
#ifndef LINX_STRACE_H
#define LINX_STRACE_H

#include "value/emit.h"

enum linx_strace_line_state { LINX_LINE_NONE, LINX_LINE_HELD, LINX_LINE_OPEN, LINX_LINE_CUT };

/* ABI of a task's calls. strace calls it the mode of the task. */
enum linx_strace_mode { LINX_MODE_64, LINX_MODE_32, LINX_MODE_X32 };

static inline void linx_strbuf_append(struct linx_strbuf *o, const struct linx_strbuf *from)
{
	linx_strbuf_mem(o, from->data, from->len);
}

static inline void linx_strbuf_empty(struct linx_strbuf *o)
{
	o->len = 0;
}

/* Task in the strace format, and its unfinished line. */
struct linx_strace_line {
	uint32_t tid, pid;
	uint8_t state; /* enum linx_strace_line_state */
	bool filtered; /* the options hide the call that the task is in */
	bool in_call; /* the task is in a call, as far as is known: the return was not seen */
	bool known; /* all arguments are known at entry, so the return adds no arguments */
	bool waits; /* the call returned with an error that the task's death may have caused: the next event decides */
	/*
	 * a signal came during the call and is not in the member signals, because it is hidden or was already printed
	 */
	bool signal_seen;
	bool whole; /* "args" has all arguments; false: only the arguments that were not known at entry */
	/*
	 * the task took its leader's tid in a hidden exec: strace prints nothing of it before a call that it
	 * shows
	 */
	bool unsure;
	bool bare; /* entry has no arguments, to save memory: all are printed at return */
	uint8_t status; /* if waits: how the call ended, LINX_STRACE_SUCCESSFUL ... */
	const char *name; /* name of the call, which stays valid after its event; NULL: the call's number has no name */
	int32_t nr;
	unsigned int abi;
	uint8_t mode; /* enum linx_strace_mode of the task's last call */
	struct linx_strbuf entry; /* HELD: the line up to the last argument that was known at entry */
	size_t head; /* bytes of entry before the arguments */
	size_t written; /* OPEN: number of bytes of "entry" that are written to the output */
	struct linx_strbuf resumed; /* if waits: the text "1234  <... read resumed>" */
	struct linx_strbuf args, result; /* if waits: the arguments; the text from "= 3" to the newline */
	struct linx_strbuf signals; /* whole lines of signals, which are printed after the call's return */
	uint32_t queued; /* bit 1 << n for each standard signal n in signals */
	size_t owned_bytes; /* bytes of the buffers that this line owns, without buffers that are lent to it */
	struct linx_strbuf end; /* line about a leader's end, kept here while its threads still run */
	struct linx_strace_line *next; /* next line in the same hash bucket */
};

/*
 * Limits of memory. A line owns buffers of at most twice the size that it has to keep; other buffers are lent to it
 * while an event is printed. When there are more than LINX_LINES_IDLE lines, lines of idle tasks are freed. All lines
 * keep at most LINX_LINES_BYTES; when they keep half of that, no return and no signal waits any more, and a line that
 * has begun keeps only the part before its arguments.
 */
#define LINX_LINES_IDLE (1u << 16)
#define LINX_LINES_MAX (1u << 20)
#define LINX_LINES_BYTES ((size_t)256 << 20)
#define LINX_LINE_SPARES 4u
/* Limit of the bytes of signals that wait for the return of one call. */
#define LINX_LINE_SIGNALS 32768u

/* A set of descriptors as strace's options give it: "3,5", "!1", "all". */
struct linx_fd_set {
	bool all_but;
	unsigned int n;
	int *fds;
};

struct linx_strace {
	struct linx_strace_opts opts;
	struct linx_select abbrev, verbose, raw;
	bool has_abbrev, has_verbose, has_raw;
	struct linx_fd_set dump_read, dump_write;
	struct linx_uses uses; /* -P and fd=: the paths and descriptors that a call must use; the copies are owned */
	bool chooses;
	unsigned int tasks; /* number of living tasks */
	struct linx_pidns *pidns; /* translation of pids (strace --decode-pids=pidns); NULL: pids are not translated */
	uint64_t last; /* time of the line printed last, for -r; 0: none yet */
	struct linx_strace_line *current; /* the line that is HELD or OPEN; NULL: none */
	struct linx_strace_line **buckets; /* hash table of lines by tid; NULL: no line yet */
	unsigned int nbuckets, nlines; /* numbers of buckets, a power of two, and of lines */
	unsigned int hand; /* index of the bucket in which forget_idle() looked last */
	/* the line that linx_print_held() visited last; NULL: start with the first line */
	const struct linx_strace_line *held;
	bool held_end; /* parameter end of the last call of linx_print_held() */
	size_t owned_bytes; /* bytes of buffers that all lines own */
	struct linx_strbuf spares[LINX_LINE_SPARES]; /* unused buffers, to be lent to lines */
	unsigned int nspares;
};

/* True if all lines together keep so many bytes that returns and signals must be printed at once. */
static inline bool linx_lines_full(const struct linx_strace *s)
{
	return s->owned_bytes > LINX_LINES_BYTES / 2;
}

/*
 * format/strace/strace_options.c: makes the format's state from opts. The options are copied with everything that they
 * point to. Returns 0, -EINVAL, -E2BIG (opts of a newer library) or -ENOMEM.
 */
int linx_strace_new(const struct linx_strace_opts *opts, struct linx_strace **out);
void linx_strace_free(struct linx_strace *s);
bool linx_fd_set_has(const struct linx_fd_set *set, int64_t fd);

/* format/strace/strace_lines.c: returns the line of a task; NULL: the task has no line. */
struct linx_strace_line *linx_strace_line_find(const struct linx_strace *s, uint32_t tid);
/*
 * Returns the line of an event's task. Makes the line if the task has no line. NULL: no memory, or LINX_LINES_MAX
 * lines.
 */
struct linx_strace_line *linx_strace_line_get(struct linx_strace *s, const struct linx_event *ev);
/*
 * Sets the mode (ABI) of a new task to the mode of its parent. If the mode is not LINX_MODE_64, a line is made for the
 * task.
 */
void linx_strace_line_inherit(struct linx_strace *s, uint32_t tid, uint32_t pid, uint8_t mode);
void linx_strace_line_remove(struct linx_strace *s, struct linx_strace_line *line);
/*
 * Gives the line of a thread that executes a program the tid of the leader, which the thread takes. The leader's line
 * is removed.
 */
void linx_strace_line_rename(struct linx_strace *s, struct linx_strace_line *line, uint32_t tid);
/*
 * Takes back the buffers that were lent to a line, when its event is printed, and copies what the line must
 * keep.
 */
void linx_strace_line_rest(struct linx_printer *p, struct linx_strace_line *line);
void linx_lines_free(struct linx_strace *s);
/*
 * Iterates over all lines. Returns the first line if "line" is NULL, else the line after it; NULL: there is no other
 * line.
 */
struct linx_strace_line *linx_strace_line_next(const struct linx_strace *s, const struct linx_strace_line *line);

/* True if the line has begun in its output file, or is to begin there: HELD or OPEN. */
static inline bool linx_strace_line_begun(const struct linx_strace_line *line)
{
	return line->state == LINX_LINE_HELD || line->state == LINX_LINE_OPEN;
}
/*
 * Writes the beginning of a line into a buffer: "1234  read(" of a new line, "1234  <... read resumed>" of a
 * line that was cut.
 */
void linx_strace_line_begin(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);
void linx_strace_line_resume(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);
/* Ends a begun line with words such as " <unfinished ...>". The rest of the call will have a line of its own. */
void linx_strace_line_cut(struct linx_printer *p, struct linx_strace_line *line, const char *words);
/* Cuts the current line by "<unfinished ...>", unless the current line is "line". */
void linx_strace_line_interrupt(struct linx_printer *p, const struct linx_strace_line *line);
/*
 * Prints the rest of the line of a call that returned; or drops the line, if the way in which the call ended is
 * hidden.
 */
void linx_strace_line_end_call(struct linx_printer *p, struct linx_strace_line *line);
void linx_strace_line_forget(struct linx_strace *s, struct linx_strace_line *line);
/*
 * linx_strace_line_signals() prints the signals that came while the task was in a call. linx_strace_line_settle()
 * prints the rest of a line that waited for the next event of the task.
 */
void linx_strace_line_signals(struct linx_printer *p, struct linx_strace_line *line);
void linx_strace_line_settle(struct linx_printer *p, struct linx_strace_line *line);
/* Prints the rest of the line of a call that does not return, since its task or the trace has ended. */
void linx_strace_line_die(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);

/* format/strace/strace_tasks.c: functions that print lines which are not about calls */
void linx_strace_signal(struct linx_printer *p, const struct linx_event *ev);
void linx_strace_exit(struct linx_printer *p, const struct linx_event *ev);
void linx_strace_exec(struct linx_printer *p, const struct linx_event *ev);
void linx_strace_fork(struct linx_printer *p, const struct linx_event *ev);
/*
 * Prints "[ Process PID=12 runs in 32 bit mode. ]" if the mode of this call differs from that of the task's
 * last call.
 */
void linx_strace_mode(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);

/* format/strace/strace_head.c: writes the part of a line before the name of the call. ns: time on the stream's clock */
void linx_strace_head(struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev, uint64_t ns);
/* Returns the time when a call began if it is known, else the time of the event. */
uint64_t linx_strace_began(const struct linx_event *ev);
/* Writes the duration of a call: " <0.000123>" */
void linx_strace_duration(const struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev);

/*
 * True if the call uses one of the paths (-P) and descriptors (fd=) that the options select, or if they select
 * none.
 */
static inline bool linx_strace_wants(const struct linx_strace *s, const struct linx_event *ev)
{
	return !s->chooses || linx_event_uses(ev, &s->uses);
}
/* True if the options show calls that ended as status says: one of LINX_STRACE_SUCCESSFUL ... */
static inline bool linx_strace_status(const struct linx_strace *s, unsigned int status)
{
	return !(s->opts.hide_status & status);
}

/*
 * True if the way in which a call ends decides whether the call is shown. Then nothing of the call is printed before
 * its return.
 */
static inline bool linx_strace_staged(const struct linx_strace *s)
{
	return s->opts.hide_status;
}

/* format/strace/strace_dump.c: prints the data of a call in hexadecimal, for -e read= and write=. */
void linx_strace_dump(const struct linx_strace *s, struct linx_strbuf *o, const struct linx_event *ev);

#endif
