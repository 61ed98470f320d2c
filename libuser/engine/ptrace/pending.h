/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stops that have been collected and wait to be served. The kernel offers the newest tracee
 * first, so that who serves each stop as it comes may never see those of the older ones.
 * Collected until there is none, and then served in turn, every tracee has its share: one
 * that stops again is collected in the next round.
 */
#ifndef LINX_ENGINE_PTRACE_PENDING_H
#define LINX_ENGINE_PTRACE_PENDING_H

#include <stdbool.h>
#include <sys/types.h>

struct linx_stop {
	pid_t tid; /* 0: it is not to be served any more */
	int status; /* siginfo_t.si_status */
};

struct linx_pending {
	struct linx_stop *stops;
	unsigned int next, n, room; /* next: first that has not been served */
};

/* Take a stop from its source. False: there is none. */
typedef bool linx_take_stop(void *ctx, struct linx_stop *s);

/* Make room for one more. False: no memory. */
bool linx_pending_reserve(struct linx_pending *q);
/*
 * Begin a round if the last one has been served: take up to most stops, or as many as there
 * is memory for. A later stop of the same task replaces the earlier one.
 */
void linx_pending_collect(struct linx_pending *q, unsigned int most, linx_take_stop *take, void *ctx);
/* Get the next one to serve. False: the round is over. */
bool linx_pending_next(struct linx_pending *q, struct linx_stop *s);
/* Forget a stop of a task that is no tracee any more. */
void linx_pending_drop(struct linx_pending *q, pid_t tid);
void linx_pending_free(struct linx_pending *q);

#endif
