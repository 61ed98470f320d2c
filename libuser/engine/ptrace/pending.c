// SPDX-License-Identifier: LGPL-2.1-or-later
/* Queue of stops that wait to be handled: see engine/ptrace/pending.h. */
#include <stdlib.h>
#include <sys/ptrace.h>

#include "engine/ptrace/pending.h"

#define ROOM_FIRST 64u

bool linx_pending_reserve(struct linx_pending *q)
{
	unsigned int room = q->room ? 2 * q->room : ROOM_FIRST;
	struct linx_stop *more;

	if (q->n < q->room)
		return true;
	more = realloc(q->stops, room * sizeof(*more));
	if (!more)
		return false;
	q->stops = more;
	q->room = room;
	return true;
}

void linx_pending_drop(struct linx_pending *q, pid_t tid)
{
	for (unsigned int i = q->next; i < q->n; i++)
		if (q->stops[i].tid == tid)
			q->stops[i].tid = 0;
}

/*
 * True if the stop may be the second one under its tid while the first is not handled yet: a task that SIGKILL took out
 * of its first stop stops to exit, and a thread that execs stops under the tid of its leader.
 */
static bool may_be_second(const struct linx_stop *s)
{
	int event = s->status >> 8 & 0xff;

	return event == PTRACE_EVENT_EXIT || event == PTRACE_EVENT_EXEC;
}

void linx_pending_collect(struct linx_pending *q, unsigned int most, linx_take_stop *take, void *ctx)
{
	struct linx_stop s;

	if (q->next < q->n)
		return;
	q->next = q->n = 0;
	while (q->n < most && linx_pending_reserve(q) && take(ctx, &s)) {
		if (may_be_second(&s))
			linx_pending_drop(q, s.tid);
		q->stops[q->n++] = s;
	}
}

bool linx_pending_next(struct linx_pending *q, struct linx_stop *s)
{
	while (q->next < q->n) {
		*s = q->stops[q->next++];
		if (s->tid)
			return true;
	}
	return false;
}

void linx_pending_free(struct linx_pending *q)
{
	free(q->stops);
	*q = (struct linx_pending){ .room = 0 };
}
