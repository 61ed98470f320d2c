/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * strace's lines of many traced tasks. Each task has at most one unfinished line:
 *
 * HELD  its call has begun, nothing of it was written yet
 * OPEN  written up to the end of the entry; no newline
 * CUT   written, and ended by "<unfinished ...>", because another task had a line;
 *       the rest begins with "<... read resumed>"
 *
 * Of all lines that go to one file at most one is HELD or OPEN: "current". With -ff each task has a file of
 * its own, and a current line.
 */
#ifndef LINX_STRACE_H
#define LINX_STRACE_H

#include "value/emit.h"

enum linx_strace_line_state { LINX_LINE_NONE, LINX_LINE_HELD, LINX_LINE_OPEN, LINX_LINE_CUT };

/* ABI of a task's calls, as strace names it. */
enum linx_strace_mode { LINX_MODE_64, LINX_MODE_32, LINX_MODE_X32 };

static inline void linx_strbuf_append(struct linx_strbuf *o, const struct linx_strbuf *from)
{
	linx_strbuf_mem(o, from->data, from->len);
}

static inline void linx_strbuf_empty(struct linx_strbuf *o)
{
	o->len = 0;
}

/* State of a task in this format, and its unfinished line. */
struct linx_strace_line {
	uint32_t tid, pid;
	uint8_t state; /* enum linx_strace_line_state */
	bool filtered; /* the options hide the call under way */
	bool in_call; /* a call has begun and has not returned, as far as is known */
	bool known; /* all arguments are known: the return adds none */
	bool waits; /* the call returned with an error that a death would explain better: the next event decides */
	bool signal_seen; /* a signal came during the call and does not wait: it is hidden, or was shown before */
	bool whole; /* args has all arguments, not the rest alone */
	bool unsure; /* the task took its leader's place in a hidden call: strace keeps its lines back until it shows a call */
	bool bare; /* no argument of the entry was kept: all are shown at return */
	uint8_t status; /* waits: LINX_STRACE_SUCCESSFUL ... */
	const char *name; /* name of the call, whose event may be gone; NULL: a number without a name */
	int32_t nr;
	unsigned int abi;
	uint8_t mode; /* enum linx_strace_mode of the task's last call */
	struct linx_strbuf entry; /* HELD: the line from its start to the last argument that was known at entry */
	size_t head; /* bytes of entry in front of the arguments */
	size_t written; /* OPEN: bytes of entry that are written */
	struct linx_strbuf resumed; /* waits: "1234  <... read resumed>" */
	struct linx_strbuf args, result; /* waits: arguments; "= 3" and newline */
	struct linx_strbuf signals; /* whole lines of signals, which wait for the return of the call */
	uint32_t queued; /* bits of the standard signals in signals */
	size_t owned_bytes; /* bytes of buffers that the line owns */
	struct linx_strbuf end; /* whole line of the end of a leader that ended before its threads */
	struct linx_strace_line *next; /* same bucket */
};

/*
 * Limits of lines. A line owns buffers of exactly the size that it has to keep; others are lent to it during
 * an event. Lines of idle tasks are forgotten when there are many. Begun lines are kept up to a bound: from
 * half of it on nothing waits, and only the head of a begun line is kept.
 */
#define LINX_LINES_IDLE (1u << 16)
#define LINX_LINES_MAX (1u << 20)
#define LINX_LINES_BYTES ((size_t)256 << 20)
#define LINX_LINE_SPARES 4u
/* Bytes of signals that wait for one call. */
#define LINX_LINE_SIGNALS 32768u

/* A set of descriptors: strace's "3,5", "!1", "all". */
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
	struct linx_uses uses; /* owned; used only with chooses */
	bool chooses;
	unsigned int tasks; /* that live */
	struct linx_pidns *pidns; /* NULL: pids are not translated */
	uint64_t last; /* time of the previous line, for -r; 0: none */
	struct linx_strace_line *current; /* NULL: none */
	struct linx_strace_line **buckets; /* by tid; NULL: no line yet */
	unsigned int nbuckets, nlines; /* nbuckets: a power of two */
	unsigned int hand; /* a power of two */
	const struct linx_strace_line *held; /* the line that linx_print_held() visited last; NULL: it begins anew */
	bool held_end; /* and how */
	size_t owned_bytes; /* bytes that all lines keep */
	struct linx_strbuf spares[LINX_LINE_SPARES]; /* buffers to be lent */
	unsigned int nspares;
};

/* True if lines keep so much that nothing more may wait. */
static inline bool linx_lines_full(const struct linx_strace *s)
{
	return s->owned_bytes > LINX_LINES_BYTES / 2;
}

/* format/strace/strace_options.c: copies what opts points to. -EINVAL, -ENOMEM. */
int linx_strace_new(const struct linx_strace_opts *opts, struct linx_strace **out);
void linx_strace_free(struct linx_strace *s);
bool linx_fd_set_has(const struct linx_fd_set *set, int64_t fd);

/* format/strace/strace_lines.c */
struct linx_strace_line *linx_strace_line_find(const struct linx_strace *s, uint32_t tid);
/* Get the line of an event's task. NULL: no memory, or far too many lines have begun. */
struct linx_strace_line *linx_strace_line_get(struct linx_strace *s, const struct linx_event *ev);
/* Make the line of a new task, whose parent makes calls in this mode. */
void linx_strace_line_inherit(struct linx_strace *s, uint32_t tid, uint32_t pid, uint8_t mode);
void linx_strace_line_remove(struct linx_strace *s, struct linx_strace_line *line);
/* Move a thread that execs to its leader's number; the former line of that number is dropped. */
void linx_strace_line_rename(struct linx_strace *s, struct linx_strace_line *line, uint32_t tid);
/* Take back the lent buffers: the event of the line is over. */
void linx_strace_line_rest(struct linx_printer *p, struct linx_strace_line *line);
void linx_lines_free(struct linx_strace *s);
/* Iterate over all lines; begin with NULL. */
struct linx_strace_line *linx_strace_line_next(const struct linx_strace *s, const struct linx_strace_line *line);

/* True if the line has begun at its present place of output. */
static inline bool linx_strace_line_begun(const struct linx_strace_line *line)
{
	return line->state == LINX_LINE_HELD || line->state == LINX_LINE_OPEN;
}
/* Write "1234  read(" of a held line; "1234  <... read resumed>" of a line that was cut. */
void linx_strace_line_begin(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);
void linx_strace_line_resume(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);
/* End the begun line with these words; the call continues in a line of its own. */
void linx_strace_line_cut(struct linx_printer *p, struct linx_strace_line *line, const char *words);
/* Cuts the line that is begun at the current place of output, unless that is line itself. */
void linx_strace_line_interrupt(struct linx_printer *p, const struct linx_strace_line *line);
/* End the line of a call that returned; or drop it, if it is not shown after all. */
void linx_strace_line_end_call(struct linx_printer *p, struct linx_strace_line *line);
void linx_strace_line_forget(struct linx_strace *s, struct linx_strace_line *line);
/*
 * Write the signals that came while the task was in a call; linx_strace_line_settle(): everything that waited
 * for the task's next event.
 */
void linx_strace_line_signals(struct linx_printer *p, struct linx_strace_line *line);
void linx_strace_line_settle(struct linx_printer *p, struct linx_strace_line *line);
/* End the line of a task with a call under way: the task has ended, or the trace has. */
void linx_strace_line_die(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);

/* format/strace/strace_tasks.c */
void linx_strace_signal(struct linx_printer *p, const struct linx_event *ev);
void linx_strace_exit(struct linx_printer *p, const struct linx_event *ev);
void linx_strace_exec(struct linx_printer *p, const struct linx_event *ev);
void linx_strace_fork(struct linx_printer *p, const struct linx_event *ev);
/*
 * Write "[ Process PID=12 runs in 32 bit mode. ]", if the mode of this call differs from that of the task's
 * call before.
 */
void linx_strace_mode(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);

/* format/strace/strace_head.c: write everything in front of the name; ns: on the stream's clock. */
void linx_strace_head(struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev, uint64_t ns);
/* Time when a call began, if that is known, else the time of the event. */
uint64_t linx_strace_began(const struct linx_event *ev);
/* " <0.000123>" */
void linx_strace_duration(const struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev);

/* True if -P and fd= select the call. */
static inline bool linx_strace_wants(const struct linx_strace *s, const struct linx_event *ev)
{
	return !s->chooses || linx_event_uses(ev, &s->uses);
}
/* True if a call with this end is shown. One of LINX_STRACE_SUCCESSFUL ... */
static inline bool linx_strace_status(const struct linx_strace *s, unsigned int status)
{
	return !(s->opts.hide_status & status);
}

/* True if only the return decides whether a call is shown: then nothing of it is shown before. */
static inline bool linx_strace_staged(const struct linx_strace *s)
{
	return s->opts.hide_status;
}

/* format/strace/strace_dump.c: write the data of -e read= and write= as lines */
void linx_strace_dump(const struct linx_strace *s, struct linx_strbuf *o, const struct linx_event *ev);

#endif
