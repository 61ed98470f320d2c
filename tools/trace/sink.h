/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moves events from a source to its destinations: trace/destinations/destination.h. */
#ifndef LINXCAP_SINK_H
#define LINXCAP_SINK_H

#include "trace/destinations/destination.h"
#include "trace/missing.h"
#include "trace/settings.h"
#include "trace/shown.h"
#include "trace/window.h"

struct sink {
	struct linx *l;
	struct destination *to[DESTINATIONS_NR]; /* open destinations, in the order of DESTINATIONS */
	unsigned int n;
	uint64_t events; /* number of system calls and of HTTP requests so far */
	uint64_t limit; /* -n: number of events at which the trace ends; 0: no limit */
	/*
	 * The source is read to its end nevertheless, and no further event goes to a destination. This is needed when a capture
	 * file is made of another one: the account, without which a file counts as cut off, stands at the end.
	 */
	bool reads_on;
	struct shown shown;
	struct window window; /* part of the recording that is shown; all zero: all of it */
	struct chosen *chosen; /* filters that are applied to a capture file; NULL: none */
	struct missing *missing; /* prints a warning if events show that calls are not recorded; NULL: no warnings */
	struct redact *redact; /* borrowed from the settings; reported at the end; NULL: none */
	int pending; /* -errno that linx_next() returned after some events; the next step returns it; 0: none */
};

/* Loops over the destinations of a sink. */
#define for_each_destination(k, d) \
	for (struct destination *const *at_ = (k)->to, *d; at_ < (k)->to + (k)->n && (d = *at_); at_++)

/* Opens the destinations that e->settings ask for. -1: why has the reason; call sink_close() in any case. */
int sink_open(struct sink *k, const struct destination_env *e, struct problem *why);
/*
 * Moves some of the available events to the destinations, and waits at most timeout_ms for the first event. Returns the
 * number of moved events; 0: no event came, but there may still be some (linx_pending()); -EINTR: a signal came;
 * -ENODATA: the source has ended; or another -errno.
 */
int sink_step(struct sink *k, int timeout_ms);
/* True if the trace ends because of its number of events. */
bool sink_full(const struct sink *k);
/* Returns the destination that failed to write. NULL: none did, so the last error came from reading. */
struct destination *sink_broken(const struct sink *k);
/*
 * Returns the destination that reads the source itself, in which case the other destinations get no events. NULL: there
 * is none.
 */
struct destination *sink_reader(const struct sink *k);
/* Returns the descriptor of the capture file that is being written; -1: none. */
int sink_file(const struct sink *k);
/* Returns how many bytes of lines were written, or the size of the capture file. */
uint64_t sink_bytes(const struct sink *k);
/* Writes what the destinations have buffered. 0 or -errno. */
int sink_flush(struct sink *k);
/* Returns the time at which sink_step() must be called even if there is no event; UINT64_MAX: none. */
uint64_t sink_due(const struct sink *k);
/*
 * Completes the output after the last event. A completed capture file is closed, or returned in *fd if fd is not
 * NULL. 0 or -errno.
 */
int sink_finish(struct sink *k, int *fd);
/* Writes as much as is still possible; called instead of sink_finish() if a destination failed to write. */
void sink_rescue(struct sink *k);
/* Prints the reason of an error that a step returned. */
void sink_explain(const struct sink *k, int error);
void sink_close(struct sink *k);

#endif
