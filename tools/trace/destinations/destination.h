/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The contract of a destination: it takes the events of a trace. A view (text, a table), an export (a capture
 * file) and alerts are destinations. Each is one file of this folder and one row of DESTINATIONS. trace/sink.c
 * calls them in the order of the rows and knows nothing else about them.
 *
 * All operations run in the thread that reads events, one at a time, so that a destination needs no lock for
 * its state. A wait for a network or a disk belongs into a thread of its own, as alerts do it.
 */
#ifndef LINXCAP_DESTINATION_H
#define LINXCAP_DESTINATION_H

#include <linx/linx.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"
#include "base/signals.h"

struct flight;
struct settings;
struct destination;

/* Arguments of open(). */
struct destination_env {
	const struct settings *settings; /* outlive all destinations except a capture, which keeps no pointer to them */
	struct linx *l; /* the source; outlives the destination */
	struct signals *signals; /* for blocking writes; outlive the destination */
	struct flight *flight; /* recorder of the events before an alert; NULL: none */
	const char *path; /* path of the capture file; NULL: from the settings; outlives the destination */
	int fd; /* open file of that path, which the capture takes over, also if open() fails; -1: none */
};

struct destination_ops {
	/* True for views: opened only if no row before it was. A trace with another destination shows nothing. */
	bool instead;
	/* take() gets only shown events: see trace/shown.h. Otherwise it gets each event. */
	bool shown_alone;

	/* True if the settings want it. NULL: always. */
	bool (*wanted)(const struct settings *s);
	/*
	 * Makes the destination, whose ops need not be those of the row. NULL: why is set, and nothing is left
	 * open. Required. All files are opened here, so that a trace that cannot be written does not begin.
	 */
	struct destination *(*open)(const struct destination_env *e, struct problem *why);
	/*
	 * Takes one event, which is valid during the call. Sets *counts if -n and the account count the event,
	 * and leaves it unchanged otherwise. 0 or -errno. NULL: the destination takes no events.
	 */
	int (*take)(struct destination *d, const struct linx_event *ev, bool *counts);
	/*
	 * Reads the source by itself, instead of take() and all other destinations. It waits at most
	 * timeout_ms, and returns the values of linx_writer_step(3), including the number of system calls that
	 * it took. NULL: it does not read.
	 */
	int (*read)(struct destination *d, int timeout_ms);
	/* Writes collected output when no event is waiting. 0 or -errno. NULL: nothing is collected. */
	int (*flush)(struct destination *d);
	/* Called between two batches of events, at d->due_ns at the latest. 0 or -errno. NULL: not needed. */
	int (*look)(struct destination *d, uint64_t now_ns);
	/*
	 * Ends the output: writes the rest, closes files, reports errors of closing. Not called if d->broken
	 * is set. fd not NULL: the written file is not closed, but returned as *fd; *fd stays -1 if there is
	 * none. 0 or -errno. NULL: nothing to do.
	 */
	int (*finish)(struct destination *d, int *fd);
	/* Called instead of finish() when d->broken is set: writes what still fits. NULL: nothing can be saved. */
	void (*rescue)(struct destination *d);
	/* Prints why writing failed, in one line, when d->broken is set. NULL only if it never is. */
	void (*explain)(const struct destination *d, int error);
	/*
	 * True if error, from linx_next(3), concerns a file that the reader writes for this destination. NULL:
	 * there is no such file.
	 */
	bool (*caused)(const struct destination *d, int error);
	/* Descriptor of the file whose size is that of the recording; -1: closed. NULL: d->bytes counts. */
	int (*file)(const struct destination *d);
	/* Releases everything, with or without finish(). NULL: it is a part of another structure. */
	void (*free)(struct destination *d);
};

/* First member of each destination's own structure. */
struct destination {
	const struct destination_ops *ops;
	uint64_t due_ns; /* time of the next look(), with or without events; UINT64_MAX: none */
	uint64_t bytes; /* bytes written */
	bool broken; /* writing failed and caused its last error: the trace ends */
};

/* Begins a destination whose memory is zero. */
static inline void destination_begin(struct destination *d, const struct destination_ops *ops)
{
	d->ops = ops;
	d->due_ns = UINT64_MAX;
}

/* Notes a failure to write. Returns rc. */
static inline int destination_wrote(struct destination *d, int rc)
{
	d->broken |= rc < 0;
	return rc;
}

/* Prints the usual line of explain(). name: the thing that could not be written, as the user knows it. */
void destination_explain(const char *name, int error);

/* All destinations, in the order in which they are opened, called and freed. */
#define DESTINATIONS(row) \
	row(capture)      \
	row(rules)        \
	row(alerts)       \
	row(http)         \
	row(summary)      \
	row(text)

#define DESTINATION_DECLARE(name) extern const struct destination_ops destination_##name;
DESTINATIONS(DESTINATION_DECLARE)

#define DESTINATION_COUNT(name) +1
#define DESTINATIONS_NR (0 DESTINATIONS(DESTINATION_COUNT))

/*
 * Opens the destinations that the settings want, behind the *n in to. -1: why is set; those before the failed
 * one are open, and counted in *n.
 */
int destinations_open(const struct destination_env *e, struct destination *to[DESTINATIONS_NR], unsigned int *n,
		      struct problem *why);

#endif
