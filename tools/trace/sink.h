/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a source to the destinations of its events: trace/destinations/destination.h. */
#ifndef LINXCAP_SINK_H
#define LINXCAP_SINK_H

#include "trace/destinations/destination.h"
#include "trace/missing.h"
#include "trace/settings.h"
#include "trace/shown.h"

struct sink {
	struct linx *l;
	struct destination *to[DESTINATIONS_NR]; /* open destinations, in the order of DESTINATIONS */
	unsigned int n;
	uint64_t events; /* system calls and requests of HTTP so far */
	uint64_t limit; /* -n; 0: no limit */
	struct shown shown;
	struct chosen *chosen; /* filters on a file; NULL: none */
	struct missing *missing; /* sees each event; NULL: nothing is missed */
	struct redact *redact; /* borrowed from the settings; reported at the end; NULL: none */
	int pending; /* error that came after events, for the next step */
};

/* Opens the destinations that e->settings want. -1: why is set; call sink_close() in any case. */
int sink_open(struct sink *k, const struct destination_env *e, struct problem *why);
/*
 * Moves some of the present events; waits at most timeout_ms for the first. >0: moved; 0: none, or see
 * linx_pending(); -EINTR: a signal came; -ENODATA: the end; -errno.
 */
int sink_step(struct sink *k, int timeout_ms);
bool sink_full(const struct sink *k);
/* The destination that failed to write. NULL: none did, and the last error was one of reading. */
struct destination *sink_broken(const struct sink *k);
/* The destination that reads the source by itself, so that the sink sees no events. NULL: none does. */
struct destination *sink_reader(const struct sink *k);
/* Descriptor of the capture file being written; -1: none. */
int sink_file(const struct sink *k);
/* Bytes of lines so far, or of the capture if it is a file. */
uint64_t sink_bytes(const struct sink *k);
/* Writes buffered bytes. 0 or -errno. */
int sink_flush(struct sink *k);
/* Time at which a destination needs sink_step(), with or without events; UINT64_MAX: none does. */
uint64_t sink_due(const struct sink *k);
/* Ends the events: closes the file, or returns it as *fd. 0 or -errno. */
int sink_finish(struct sink *k, int *fd);
/* Called instead of sink_finish() if a destination is broken: writes what still fits. */
void sink_rescue(struct sink *k);
/* Prints why a step failed. */
void sink_explain(const struct sink *k, int error);
void sink_close(struct sink *k);

#endif
