/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Queue of collected stops that wait to be handled. The kernel reports the newest tracee first, so a tracer
 * that handles each stop as it comes may never reach those of older tracees. The queue collects all present
 * stops, which are then handled in turn: a tracee that stops again waits for the next round.
 */
#ifndef LINX_ENGINE_PTRACE_PENDING_H
#define LINX_ENGINE_PTRACE_PENDING_H

#include <stdbool.h>
#include <sys/types.h>

struct linx_stop {
	pid_t tid; /* tid of the task; 0: the stop was dropped, and is not handled */
	int status; /* siginfo_t.si_status */
};

struct linx_pending {
	struct linx_stop *stops;
	unsigned int next, n, room; /* next: index of the first stop that was not handled */
};

/* Takes a stop from its source. False: there is no stop. */
typedef bool linx_take_stop(void *ctx, struct linx_stop *s);

/* Makes room for one more stop. False: no memory. */
bool linx_pending_reserve(struct linx_pending *q);
/*
 * Begins a round if the last one is over: takes stops, no more than "most" and as many as there is memory for. A later
 * stop of the same task replaces the earlier one.
 */
void linx_pending_collect(struct linx_pending *q, unsigned int most, linx_take_stop *take, void *ctx);
/* Gets the next stop to handle. False: the round is over. */
bool linx_pending_next(struct linx_pending *q, struct linx_stop *s);
/* Forgets the stop of a task that is no longer a tracee. */
void linx_pending_drop(struct linx_pending *q, pid_t tid);
void linx_pending_free(struct linx_pending *q);

#endif
