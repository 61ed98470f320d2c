/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * strace's lines as they come about when many tasks are traced. Each task has
 * at most one line that has begun and not ended:
 *
 *   HELD  its call has begun, nothing of it was written yet
 *   OPEN  written up to where the entry ends; no newline
 *   CUT   written, and ended by "<unfinished ...>", for another task had
 *         something to say; what follows begins with "<... read resumed>"
 *
 * Of all lines that go to one place one at most is HELD or OPEN: "current".
 * With -ff each task has a place of its own, and a current line.
 */
#ifndef LINX_STRACE_H
#define LINX_STRACE_H

#include "value/emit.h"

enum linx_strace_line_state { LINX_LINE_NONE, LINX_LINE_HELD, LINX_LINE_OPEN, LINX_LINE_CUT };

/* A task's manner of making calls, as strace names it. */
enum linx_strace_mode { LINX_MODE_64, LINX_MODE_32, LINX_MODE_X32 };

static inline void linx_strbuf_append(struct linx_strbuf *o, const struct linx_strbuf *from)
{
	linx_strbuf_mem(o, from->data, from->len);
}

static inline void linx_strbuf_empty(struct linx_strbuf *o)
{
	o->len = 0;
}

/* State of a task in this format, and the line that it is writing. */
struct linx_strace_line {
	uint32_t tid, pid;
	uint8_t state; /* enum linx_strace_line_state */
	bool filtered; /* the call under way is not to be shown */
	bool in_call; /* a call has begun and not returned, as far as is known */
	bool known; /* the arguments are all there, nothing more would be said at return */
	bool waits; /* has returned with an error that a death explains better: see the next event */
	bool signal_seen; /* a signal came during the call that is not among those that wait: it is not shown, or was before */
	bool whole; /* args are all arguments, not the rest */
	bool unsure; /* took its leader's place in a call that is not shown: strace keeps its lines back until it shows a call */
	bool bare; /* no argument of the entry was kept: all come at return */
	uint8_t status; /* waits: LINX_STRACE_SUCCESSFUL ... */
	const char *name; /* name of the call, whose event may be gone; NULL: a number without a name */
	int32_t nr;
	unsigned int abi;
	uint8_t mode; /* enum linx_strace_mode of its last call */
	struct linx_strbuf entry; /* HELD: from the start of the line to the last argument that was known at entry */
	size_t head; /* bytes of entry in front of the arguments */
	size_t written; /* OPEN: how long that was */
	struct linx_strbuf resumed; /* waits: "1234  <... read resumed>" */
	struct linx_strbuf args, result; /* waits: arguments; "= 3" and newline */
	struct linx_strbuf signals; /* whole lines, for when the call has returned */
	uint32_t queued; /* bits of the standard signals in there */
	size_t owned_bytes; /* bytes of these that are its own */
	struct linx_strbuf end; /* whole line: a leader that ended before its threads */
	struct linx_strace_line *next; /* same bucket */
};

/*
 * A line has buffers of its own for what it has to keep, no larger than that;
 * all others are lent to it for the event that it is at. Lines of tasks that do
 * nothing are forgotten when there are many; what is begun is kept, up to a bound:
 * from half of it on nothing waits, and of what is begun the head alone is kept.
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
	struct linx_uses uses; /* owned; not looked at unless chooses */
	bool chooses;
	unsigned int tasks; /* that live */
	struct linx_pidns *pidns; /* NULL: nobody asks */
	uint64_t last; /* time of the line before, for -r; 0: none */
	struct linx_strace_line *current; /* NULL: none */
	struct linx_strace_line **buckets; /* by tid; NULL: no line yet */
	unsigned int nbuckets, nlines; /* nbuckets: a power of two */
	unsigned int hand; /* bucket where idle lines are looked for next */
	const struct linx_strace_line *held; /* the last that linx_print_held() looked at; NULL: it begins anew */
	bool held_end; /* and how */
	size_t owned_bytes; /* bytes that lines keep */
	struct linx_strbuf spares[LINX_LINE_SPARES]; /* to be lent */
	unsigned int nspares;
};

/* Do lines keep so much that no more is to wait? */
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
/* NULL: no memory, or far too many have begun. */
struct linx_strace_line *linx_strace_line_get(struct linx_strace *s, const struct linx_event *ev);
/* The line of a new task, whose parent makes calls in this mode. */
void linx_strace_line_inherit(struct linx_strace *s, uint32_t tid, uint32_t pid, uint8_t mode);
void linx_strace_line_remove(struct linx_strace *s, struct linx_strace_line *line);
/* A thread that executes takes its leader's number; whoever had it is gone. */
void linx_strace_line_rename(struct linx_strace *s, struct linx_strace_line *line, uint32_t tid);
/* Returns the lent buffers: the event of the line is over. */
void linx_strace_line_rest(struct linx_printer *p, struct linx_strace_line *line);
void linx_lines_free(struct linx_strace *s);
/* Every line; begin with NULL. */
struct linx_strace_line *linx_strace_line_next(const struct linx_strace *s, const struct linx_strace_line *line);

/* Has it begun at the place where it is written now? */
static inline bool linx_strace_line_begun(const struct linx_strace_line *line)
{
	return line->state == LINX_LINE_HELD || line->state == LINX_LINE_OPEN;
}
/* "1234  read(", held; "1234  <... read resumed>" of one that was cut. */
void linx_strace_line_begin(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);
void linx_strace_line_resume(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);
/* Ends what was begun with these words; it goes on in a line of its own. */
void linx_strace_line_cut(struct linx_printer *p, struct linx_strace_line *line, const char *words);
/* Cuts the line that is begun at the current place of output, unless that is line itself. */
void linx_strace_line_interrupt(struct linx_printer *p, const struct linx_strace_line *line);
/* The call has returned: the line ends, or is not shown after all. */
void linx_strace_line_end_call(struct linx_printer *p, struct linx_strace_line *line);
void linx_strace_line_forget(struct linx_strace *s, struct linx_strace_line *line);
/* The signals that came while the task was in a call; all that waited for the task's next event. */
void linx_strace_line_signals(struct linx_printer *p, struct linx_strace_line *line);
void linx_strace_line_settle(struct linx_printer *p, struct linx_strace_line *line);
/* The task has ended, or will never tell, with a call under way. */
void linx_strace_line_die(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);

/* format/strace/strace_tasks.c */
void linx_strace_signal(struct linx_printer *p, const struct linx_event *ev);
void linx_strace_exit(struct linx_printer *p, const struct linx_event *ev);
void linx_strace_exec(struct linx_printer *p, const struct linx_event *ev);
void linx_strace_fork(struct linx_printer *p, const struct linx_event *ev);
/* "[ Process PID=12 runs in 32 bit mode. ]", if the call that begins, or was not seen to begin, is not made as the one before. */
void linx_strace_mode(struct linx_printer *p, struct linx_strace_line *line, const struct linx_event *ev);

/* format/strace/strace_head.c: everything in front of the name; ns: on the stream's clock. */
void linx_strace_head(struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev, uint64_t ns);
/* When a call began, if that is known, else when the event was. */
uint64_t linx_strace_began(const struct linx_event *ev);
/* " <0.000123>" */
void linx_strace_duration(const struct linx_printer *p, struct linx_strbuf *o, const struct linx_event *ev);

/* Is the call one that -P and fd= want? */
static inline bool linx_strace_wants(const struct linx_strace *s, const struct linx_event *ev)
{
	return !s->chooses || linx_event_uses(ev, &s->uses);
}
/* Is it shown, ended like this? One of LINX_STRACE_SUCCESSFUL ... */
static inline bool linx_strace_status(const struct linx_strace *s, unsigned int status)
{
	return !(s->opts.hide_status & status);
}

/* Is it only known at return whether a call is shown? Then nothing of it is, before. */
static inline bool linx_strace_staged(const struct linx_strace *s)
{
	return s->opts.hide_status;
}

/* format/strace/strace_dump.c: the data of -e read= and write=, as lines */
void linx_strace_dump(const struct linx_strace *s, struct linx_strbuf *o, const struct linx_event *ev);

#endif
