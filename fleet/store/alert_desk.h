/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part of linx-store that takes alerts from NATS JetStream and posts them to receivers, such as Falcosidekick. It has
 * a stream, threads, a ledger and floors of its own: rows do not wait for it, nor it for them.
 *
 * One thread fetches alerts, checks them, acknowledges those that are done, and says floors. For each receiver, POSTERS
 * threads post. An alert is done when each receiver has taken it, or has refused it for good: then it is a file in
 * DIR/alerts/refused. If linx-store ends between a post and its acknowledgement, the alert is posted again.
 *
 * Two ledgers say which alerts are done, and which were seen. An alert that was seen is in the queue, or in the stream
 * again; only those that were never seen are asked for. DIR/alerts/floors has the floors of all spools.
 */
#ifndef STORE_ALERT_DESK_H
#define STORE_ALERT_DESK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/message.h"
#include "nats/nats_pull.h"
#include "store/alert_post.h"

struct desk;

/* Settings of --alerts. */
struct desk_settings {
	struct receiver_settings receivers[ALERT_RECEIVERS];
	unsigned int n; /* 0: alerts are not taken */
	const char *ca; /* for all receivers */
	uint64_t stream_bytes; /* most bytes of the stream, if it is made */
	int64_t replicas; /* servers of a cluster that have the stream, if it is made */
};

#ifdef FLEET_HAS_NATS
/*
 * Reads settings and floors, and opens the folder "alerts" in dir; path: name of dir, for messages. NULL: why has the
 * reason.
 */
struct desk *desk_open(const struct desk_settings *settings, int dir, const char *path, struct problem *why);
/*
 * Starts the threads, which have a connection to NATS of their own: a connection is looked at, and replaced, by one thread
 * alone. -1: why has the reason.
 */
int desk_start(struct desk *d, const struct nats_settings *nats, struct problem *why);
/*
 * Ends the threads, which can take as long as a post, and says the last floors. To be called before nats_close(). False: a
 * thread of libnats may still run.
 */
bool desk_end(struct desk *d);
/* Frees all. Not to be called if a thread of libnats may still run. */
void desk_free(struct desk *d);
/* Notes the place of linx-ship in its spool of alerts: text is "SPOOL FIRST NEXT". Any thread may call it. */
void desk_take_place(struct desk *d, const char *machine, const char *text);
/* Posts an alert that a machine is silent, or is heard again. since_ns: time since which it is silent. Any thread may call it. */
void desk_note_silence(struct desk *d, const char *machine, bool silent, uint64_t since_ns);
/* Calls each() for the machines of whose silence an earlier process has posted an alert. To be called before desk_start(). */
void desk_each_silent(struct desk *d, void (*each)(void *arg, const char *machine), void *arg);
/* Prints counters for Prometheus. Any thread may call it. */
void desk_print(struct desk *d, FILE *to, uint64_t now);
/* Judges whether alerts go on. 0: all is good; -1: why has what is wrong. Any thread may call it. */
int desk_judge(struct desk *d, uint64_t now, struct problem *why);
/* Prints what was done, at the end. */
void desk_say_end(const struct desk *d);
#endif

#endif
