/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The contract of a destination: somebody who takes the events of a trace. A view (text, a table), an export (a capture
 * file) and alerts are destinations. Each is one file of this folder and one row of DESTINATIONS; trace/sink.c calls
 * them in the order of the rows and knows nothing else of them.
 *
 * All operations run in the thread that reads events, one at a time, so that a destination needs no lock for its state.
 * One that waits for a network or a disk does it in a thread of its own, as alerts do.
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
	const struct settings *settings; /* outlive all destinations but a capture, which keeps no pointer to them */
	struct linx *l; /* the source; outlives the destination */
	struct signals *signals; /* for writes that wait; outlive the destination */
	struct flight *flight; /* recorder of what came before an alert; NULL: none */
	const char *path; /* of the capture file; NULL: as the settings say; outlives the destination */
	int fd; /* open file of that path; the capture takes it over, also if open() fails; -1: none */
};

struct destination_ops {
	/* It is opened only where no row before it was. Views are such: a trace that has another destination shows nothing. */
	bool instead;
	/* take() gets only what is shown: see trace/shown.h. Otherwise it gets each event that is read. */
	bool shown_alone;

	/* Do the settings ask for it? NULL: always. */
	bool (*wanted)(const struct settings *s);
	/*
	 * Makes the destination, whose ops need not be those of the row. NULL: why is set, and nothing is left open. A row
	 * has to have it. What is not open yet is opened here, so that a trace that cannot be written does not begin.
	 */
	struct destination *(*open)(const struct destination_env *e, struct problem *why);
	/*
	 * Takes one event, which is valid during the call. Sets *counts if it is one of those that -n and the account
	 * count, and leaves it otherwise. 0 or -errno. NULL: the destination takes no events.
	 */
	int (*take)(struct destination *d, const struct linx_event *ev, bool *counts);
	/*
	 * Reads the source by itself, instead of take() and of all other destinations: waits at most timeout_ms, and
	 * returns as linx_writer_step(3) does, the number of system calls among what it took included. NULL: it does not.
	 */
	int (*read)(struct destination *d, int timeout_ms);
	/* Nothing more comes for now: hands on what was collected. 0 or -errno. NULL: nothing is collected. */
	int (*flush)(struct destination *d);
	/* Called between two batches of events, at d->due_ns at the latest. 0 or -errno. NULL: it needs no clock. */
	int (*look)(struct destination *d, uint64_t now_ns);
	/*
	 * The end of the events: writes what is left, closes files, reports errors of closing. Not called once d->broken is
	 * set. fd not NULL: the file that was written is not closed, but handed over as *fd; -1 stays where there is none.
	 * 0 or -errno. NULL: nothing is left.
	 */
	int (*finish)(struct destination *d, int *fd);
	/* Called instead of finish() when d->broken is set: writes what still fits. NULL: nothing can be saved. */
	void (*rescue)(struct destination *d);
	/* Says why writing failed, in one line, when d->broken is set. NULL only if it never is. */
	void (*explain)(const struct destination *d, int error);
	/* Was error, which linx_next(3) returned, one of a file that the reader writes for it? NULL: the reader writes none. */
	bool (*caused)(const struct destination *d, int error);
	/* Descriptor of the file whose size is that of the recording; -1: it is closed. NULL: d->bytes counts. */
	int (*file)(const struct destination *d);
	/* Releases everything, after finish() or without it. NULL: it is a part of another structure. */
	void (*free)(struct destination *d);
};

/* First member of each destination's own structure. */
struct destination {
	const struct destination_ops *ops;
	uint64_t due_ns; /* when look() is wanted whether events come or not; UINT64_MAX: no matter */
	uint64_t bytes; /* bytes that it has written */
	bool broken; /* it failed to write, by which its last error came: the trace ends */
};

/* Begins a destination whose memory is zero. */
static inline void destination_begin(struct destination *d, const struct destination_ops *ops)
{
	d->ops = ops;
	d->due_ns = UINT64_MAX;
}

/* Notes whether writing failed. Returns rc. */
static inline int destination_wrote(struct destination *d, int rc)
{
	d->broken |= rc < 0;
	return rc;
}

/* The line that explain() can print: name is what could not be written, as the user knows it. */
void destination_explain(const char *name, int error);

/* All destinations that settings can ask for, in the order in which they are opened, called and freed. */
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
 * Opens those that the settings ask for, behind the *n that to holds. -1: why is set; those before the one that failed
 * are open, and counted in *n.
 */
int destinations_open(const struct destination_env *e, struct destination *to[DESTINATIONS_NR], unsigned int *n,
		      struct problem *why);

#endif
