/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The interface of a destination, which takes the events of a trace. There are views (text, a table), exports (a
 * capture file) and alerts. Each is one file of this directory and one row of DESTINATIONS. trace/sink.c calls them in
 * the order of the rows, and knows nothing else about them.
 *
 * All operations run in the thread that reads events, one at a time. Therefore a destination needs no lock for its
 * state. A destination that must wait for a network or a disk does that in a thread of its own, as alerts do.
 */
#ifndef LINXCAP_DESTINATION_H
#define LINXCAP_DESTINATION_H

#include <linx/linx.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"
#include "base/signals.h"

struct flight;
struct window;
struct settings;
struct destination;

/* Arguments of the open operation. */
struct destination_env {
	const struct settings *settings; /* must outlive all destinations but a capture, which keeps no pointer */
	struct linx *l; /* the source; must live as long as the destination */
	struct signals *signals; /* interrupt blocking writes; must live as long as the destination */
	struct flight *flight; /* recorder that keeps the events before an alert; NULL: none */
	const struct window *window; /* part of a capture file that is shown; NULL: a live source */
	const char *path; /* path of the capture file, must live as long as the destination; NULL: from the settings */
	int input; /* descriptor of the capture file that is read; -1: a live source */
	int fd; /* open descriptor of path; the capture's open operation owns it, even if it fails; -1: none */
};

struct destination_ops {
	/*
	 * True for views: they are opened only if no destination of an earlier row of DESTINATIONS was opened.
	 * Therefore a trace that writes a capture or alerts shows no lines.
	 */
	bool instead;
	/* take() gets only the events that are shown (see trace/shown.h); otherwise it gets every event. */
	bool shown_alone;

	/* Returns whether the settings ask for this destination. NULL: they always do. */
	bool (*wanted)(const struct settings *s);
	/*
	 * Makes the destination. Its ops can differ from those of the row. All files are opened here, so that a trace
	 * whose output cannot be written does not begin. NULL: why has the reason, and nothing is left open. Required.
	 */
	struct destination *(*open)(const struct destination_env *e, struct problem *why);
	/*
	 * Takes one event, which is valid only during the call. Sets *counts if -n and the account must count the
	 * event, and leaves it unchanged otherwise. *counts is already true if a destination of an earlier row counted
	 * the event: the destination "rules" counts each event that a rule matches. 0 or -errno. NULL: the destination
	 * takes no events.
	 */
	int (*take)(struct destination *d, const struct linx_event *ev, bool *counts);
	/*
	 * Reads the source itself, and take() is then called for no destination. Waits at most timeout_ms. Returns the
	 * same values as linx_writer_step(3), including the number of system calls that it read. NULL: the destination
	 * does not read the source.
	 */
	int (*read)(struct destination *d, int timeout_ms);
	/* Writes buffered output; called when no event is waiting. 0 or -errno. NULL: nothing is buffered. */
	int (*flush)(struct destination *d);
	/*
	 * Does periodic work; called between two batches of events, at d->due_ns at the latest. 0 or -errno. NULL:
	 * not needed.
	 */
	int (*look)(struct destination *d, uint64_t now_ns);
	/*
	 * Completes the output: writes the rest, closes files, returns errors of closing. Not called if d->broken
	 * is set. If fd is not NULL, a capture file is not closed but returned in *fd; without such a file *fd is
	 * unchanged. 0 or -errno. NULL: nothing to do.
	 */
	int (*finish)(struct destination *d, int *fd);
	/*
	 * Writes as much as is still possible; called instead of finish() if d->broken is set. NULL: nothing can be
	 * saved.
	 */
	void (*rescue)(struct destination *d);
	/*
	 * Prints in one line why writing failed; called if d->broken is set. NULL is allowed only if d->broken is
	 * never set.
	 */
	void (*explain)(const struct destination *d, int error);
	/*
	 * Returns whether an error of linx_next(3) came from a file that the reader writes for this destination.
	 * NULL: there is no such file.
	 */
	bool (*caused)(const struct destination *d, int error);
	/*
	 * Returns the descriptor of the file whose size is the size of the recording; -1: it is closed. NULL: the
	 * destination has no such file, and d->bytes is used.
	 */
	int (*file)(const struct destination *d);
	/*
	 * Frees everything, whether finish() was called or not. NULL: the destination is a part of another
	 * structure, which frees it.
	 */
	void (*free)(struct destination *d);
};

/* First member of the structure of each destination. */
struct destination {
	const struct destination_ops *ops;
	uint64_t due_ns; /* time at which look() must be called even if there is no event; UINT64_MAX: none */
	uint64_t bytes; /* bytes written */
	bool broken; /* the last error came from writing to this destination, and the trace ends */
	/*
	 * follows: take() also gets the events before the part that --from and --last choose, since the output for
	 * later events depends on them. outside: the event is one of these, and nothing may be shown.
	 */
	bool follows, outside;
};

/* Initializes a destination whose memory is zero. */
static inline void destination_begin(struct destination *d, const struct destination_ops *ops)
{
	d->ops = ops;
	d->due_ns = UINT64_MAX;
}

/* Marks the destination as broken if rc is an error. Returns rc. */
static inline int destination_wrote(struct destination *d, int rc)
{
	d->broken |= rc < 0;
	return rc;
}

/* Prints the usual line of an explain operation. name: what could not be written, as the user knows it. */
void destination_explain(const char *name, int error);

/* All destinations, in the order in which they are opened, get events, and are freed. */
#define DESTINATIONS(row) \
	row(capture)      \
	row(rules)        \
	row(rows)         \
	row(spool)        \
	row(alerts)       \
	row(page)         \
	row(top)          \
	row(table)        \
	row(flame)        \
	row(text)

#define DESTINATION_DECLARE(name) extern const struct destination_ops destination_##name;
DESTINATIONS(DESTINATION_DECLARE)

#define DESTINATION_COUNT(name) +1
#define DESTINATIONS_NR (0 DESTINATIONS(DESTINATION_COUNT))

/*
 * Opens the destinations that the settings ask for, and appends them to the *n entries of to. -1: why has the
 * reason; the destinations before the failed one are open, and counted in *n.
 */
int destinations_open(const struct destination_env *e, struct destination *to[DESTINATIONS_NR], unsigned int *n,
		      struct problem *why);

#endif
