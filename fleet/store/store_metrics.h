/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pages of --metrics: counters of linx-store for Prometheus, and the health check.
 *
 * The thread of the pages sees a copy of what the loop counts, and the ledger. Both are protected by store.lock.
 */
#ifndef STORE_METRICS_H
#define STORE_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"
#include "serve/listener.h"

struct store;

struct store_counts {
	uint64_t blocks, rows, bytes; /* stored blocks, their rows, and the bytes of their messages */
	uint64_t again; /* blocks that arrived again */
	uint64_t refused, lost; /* refused messages; blocks that were lost on the disk of their machine */
	uint64_t asked; /* orders to send blocks again */
};

/* Copy of the loop's state, which the pages show. Times are those of store_now_ns(). */
struct store_shown {
	struct store_counts counts;
	uint64_t blocks, bytes; /* messages that wait to be stored */
	uint64_t waits_ns; /* time since which there is always such a message; 0: there is none */
	uint64_t begun_ns; /* time at which the program began */
	uint64_t stored_ns; /* time at which a block was stored last; begun_ns: none was */
	uint64_t looked_ns; /* time at which the loop was alive last */
	uint64_t spent_ns; /* time that requests to the database have taken while blocks waited and none was stored */
	bool asking; /* a request to the database has begun at looked_ns, and has not ended */
	uint64_t apart_ns; /* time since which no message can be fetched from NATS; 0: it can */
	const char *place; /* store_metrics_settings.place */
	struct problem failure; /* why blocks cannot be stored, or the program cannot begin; empty: they can */
};

/* Settings of --metrics. */
struct store_metrics_settings {
	const char *address; /* address as the user wrote it; NULL: no server */
	char host[LISTENER_HOST_MAX];
	uint16_t port;
	const char *place; /* word for where rows are stored, which a metric shows */
};

/* Begins to serve the pages. NULL: why has the reason. s must live until listener_end(). */
struct listener_thread *store_metrics_listen(struct store *s, const struct store_metrics_settings *settings, struct problem *why);
/* Copies what the loop counts for the pages. ready: messages can be fetched. */
void store_metrics_show(struct store *s, uint64_t now, bool ready);
/* Notes that a request to the database begins or ends: begins says which. */
void store_metrics_ask(struct store *s, bool begins);
/*
 * Notes why blocks cannot be stored; NULL: they can be. Everyone can read the page, so it does not show what ClickHouse
 * says, but s->clickhouse.brief.
 */
void store_metrics_fail(struct store *s, const char *why);

#endif
