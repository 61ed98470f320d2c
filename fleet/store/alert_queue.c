// SPDX-License-Identifier: LGPL-2.1-or-later
/* Decides which alert is posted next: see store/alert_queue.h. */
#include "store/alert_queue.h"

#include <string.h>

#define SECOND_NS 1000000000ull
/* Longest pause after a failure; the first is a second, and each is twice the one before. */
#define PAUSE_MAX_NS (60 * SECOND_NS)
/* Longest pause that a receiver can ask for. */
#define RETRY_MAX_S 300
/* Pause of a receiver that has refused an alert before it has taken any. */
#define DOUBT_NS (SECOND_NS / 4)
/* The first pause of an alert that may be the reason of a failure is as long as the one after so many further failures. */
#define SUSPECT_PAUSES 3u

bool queue_is_full(const struct queue *q)
{
	return q->n >= QUEUE_ALERTS || q->bytes >= QUEUE_BYTES;
}

struct queued *queue_find(const struct queue *q, const struct alert_place *p)
{
	for (unsigned int i = 0; i < q->n; i++) {
		const struct alert_place *o = &q->alerts[i]->place;

		if (o->spool == p->spool && o->number <= p->last && o->last >= p->number && !strcmp(o->machine, p->machine))
			return q->alerts[i];
	}
	return NULL;
}

bool queue_add(struct queue *q, struct queued *a)
{
	unsigned int n = 0;
	size_t bytes = 0;

	for (unsigned int i = 0; i < q->n; i++)
		if (!strcmp(q->alerts[i]->place.machine, a->place.machine)) {
			n++;
			bytes += q->alerts[i]->len;
		}
	if (n >= QUEUE_SHARE || bytes >= QUEUE_SHARE_BYTES || queue_is_full(q))
		return false;
	q->alerts[q->n++] = a;
	q->bytes += a->len;
	return true;
}

static bool is_over(const struct queue_state *s)
{
	return s->taken || s->aside;
}

static bool is_troubled(const struct queue_state *s)
{
	return !is_over(s) && (s->tries || s->faults);
}

/* Number of alerts of a machine that did not go through at a receiver. */
static unsigned int troubled(const struct queue *q, unsigned int receiver, const char *machine)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < q->n; i++)
		n += is_troubled(&q->alerts[i]->at[receiver]) && !strcmp(q->alerts[i]->place.machine, machine);
	return n;
}

/* True if the alert can be posted, apart from its time. */
static bool can_go(const struct queue *q, unsigned int receiver, const struct queued *a)
{
	const struct queue_state *s = &a->at[receiver];

	if (is_over(s) || s->busy || a->later)
		return false;
	return is_troubled(s) || troubled(q, receiver, a->place.machine) < QUEUE_TROUBLED;
}

/* Returns the time at which an alert of a machine was posted last. */
static uint64_t tried_of(const struct queue *q, unsigned int receiver, const char *machine)
{
	uint64_t tried = 0;

	for (unsigned int i = 0; i < q->n; i++)
		if (q->alerts[i]->at[receiver].tried_ns > tried && !strcmp(q->alerts[i]->place.machine, machine))
			tried = q->alerts[i]->at[receiver].tried_ns;
	return tried;
}

/*
 * Finds the alert to be posted: the oldest one; or, if the receiver fails, one of the machine that was tried the longest
 * time ago. Otherwise a machine whose alerts make the receiver fail could keep the others from being tried. NULL: there is
 * none before *until_ns.
 */
static struct queued *choose(const struct queue *q, unsigned int receiver, uint64_t now, uint64_t *until_ns)
{
	uint64_t least = UINT64_MAX, tried;
	struct queued *best = NULL;

	for (unsigned int i = 0; i < q->n; i++) {
		struct queued *a = q->alerts[i];
		uint64_t due_ns = a->at[receiver].due_ns;

		if ((due_ns > now && due_ns >= *until_ns) || !can_go(q, receiver, a))
			continue;
		if (due_ns > now) {
			*until_ns = due_ns;
			continue;
		}
		if (!q->receivers[receiver].failures)
			return a;
		tried = tried_of(q, receiver, a->place.machine);
		if (tried < least) {
			least = tried;
			best = a;
		}
	}
	return best;
}

struct queued *queue_next(struct queue *q, unsigned int receiver, uint64_t now, uint64_t *until_ns)
{
	struct queue_receiver *r = &q->receivers[receiver];
	struct queued *a;

	*until_ns = UINT64_MAX;
	if (r->failures && r->busy)
		return NULL;
	if (r->hold_ns > now) {
		*until_ns = r->hold_ns;
		return NULL;
	}
	a = choose(q, receiver, now, until_ns);
	if (!a)
		return NULL;
	a->at[receiver].busy = true;
	a->at[receiver].tried_ns = now;
	r->busy++;
	return a;
}

/* Returns a pause after the nth failure: up to PAUSE_MAX_NS, and random between the half of it and the whole. */
static uint64_t pause_after(unsigned int n, uint64_t lot)
{
	uint64_t ns = n > 6 ? PAUSE_MAX_NS : SECOND_NS << (n ? n - 1 : 0);

	ns = ns > PAUSE_MAX_NS ? PAUSE_MAX_NS : ns;
	return ns / 2 + lot % (ns / 2);
}

/* The receiver answers for alerts again. Those that failed only because of it are posted at once. */
static void end_failures(struct queue *q, unsigned int receiver)
{
	struct queue_receiver *r = &q->receivers[receiver];

	if (!r->failures)
		return;
	r->failures = 0;
	r->hold_ns = 0;
	for (unsigned int i = 0; i < q->n; i++)
		if (!is_troubled(&q->alerts[i]->at[receiver]))
			q->alerts[i]->at[receiver].due_ns = 0;
}

static bool has_tries(const struct queue *q, const struct queued *a)
{
	for (unsigned int i = 0; i < q->nreceivers; i++)
		if (a->at[i].tries)
			return true;
	return false;
}

/*
 * Counts a post that failed, perhaps because of the alert, and sets the time of the next one. An alert with many such posts
 * leaves its place to others of its machine, and comes again later. Refusals are counted in the queue alone, so an alert
 * that has some stays.
 */
static void suspect(const struct queue *q, unsigned int receiver, struct queued *a, uint64_t lot, uint64_t now)
{
	struct queue_state *s = &a->at[receiver];

	s->faults++;
	s->due_ns = now + pause_after(s->faults + SUSPECT_PAUSES, lot);
	a->later |= s->faults >= QUEUE_TRIES && !has_tries(q, a) && !a->own;
}

/*
 * The receiver is at fault, at least as far as is known: all alerts wait, and the next one that is tried is another one.
 * If the receiver took alerts until now, the reason may be this alert: then it waits longer each time.
 */
static void put_off(struct queue *q, unsigned int receiver, struct queued *a, long retry_s, uint64_t lot, uint64_t now)
{
	struct queue_receiver *r = &q->receivers[receiver];
	struct queue_state *s = &a->at[receiver];
	uint64_t wait_ns;
	bool first;

	r->faults++;
	if (r->failures && r->hold_ns > now) { /* posts that were under way together are one failure */
		s->due_ns = r->hold_ns;
		return;
	}
	first = !r->failures;
	r->since_ns = r->failures ? r->since_ns : now;
	r->failures++;
	wait_ns = pause_after(r->failures, lot);
	if (retry_s > 0)
		wait_ns = (uint64_t)(retry_s < RETRY_MAX_S ? retry_s : RETRY_MAX_S) * SECOND_NS + wait_ns / 2;
	r->hold_ns = now + wait_ns;
	s->due_ns = r->hold_ns + wait_ns / 2;
	if (first && r->proven)
		suspect(q, receiver, a, lot, r->hold_ns);
}

/* The receiver refuses the alert, and has not taken any yet. */
static void doubt(struct queue *q, unsigned int receiver, struct queued *a, uint64_t lot, uint64_t now)
{
	q->receivers[receiver].hold_ns = now + DOUBT_NS;
	suspect(q, receiver, a, lot, now);
}

void queue_result(struct queue *q, unsigned int receiver, struct queued *a, enum post_result result, long retry_s, uint64_t lot, uint64_t now)
{
	struct queue_receiver *r = &q->receivers[receiver];
	struct queue_state *s = &a->at[receiver];

	s->busy = false;
	r->busy--;
	r->last = result;
	if (result == POST_FAILED || result == POST_DENIED) {
		put_off(q, receiver, a, retry_s, lot, now);
		return;
	}
	end_failures(q, receiver);
	if (result == POST_TAKEN) {
		s->taken = r->proven = true;
		r->taken++;
		r->taken_ns = now;
		return;
	}
	r->refusals++;
	if (result == POST_REFUSED && !r->proven) {
		doubt(q, receiver, a, lot, now);
		return;
	}
	s->tries++;
	s->aside = result == POST_REJECTED || s->tries >= QUEUE_TRIES;
	s->due_ns = now + pause_after(s->tries, lot);
}

bool queue_is_done(const struct queue *q, const struct queued *a, bool *aside)
{
	*aside = false;
	for (unsigned int i = 0; i < q->nreceivers; i++) {
		if (!is_over(&a->at[i]))
			return false;
		*aside |= a->at[i].aside;
	}
	return true;
}

bool queue_is_idle(const struct queue *q, const struct queued *a)
{
	for (unsigned int i = 0; i < q->nreceivers; i++)
		if (a->at[i].busy)
			return false;
	return true;
}

static bool is_begun(const struct queue *q, const struct queued *a)
{
	for (unsigned int i = 0; i < q->nreceivers; i++)
		if (is_over(&a->at[i]))
			return true;
	return false;
}

static bool any_fails(const struct queue *q)
{
	for (unsigned int i = 0; i < q->nreceivers; i++)
		if (q->receivers[i].failures)
			return true;
	return false;
}

/* Adds up the alerts of a machine that stay in the queue. */
static void sum_up(const struct queue *q, const char *machine, unsigned int *n, size_t *bytes)
{
	*n = 0;
	*bytes = 0;
	for (unsigned int i = 0; i < q->n; i++)
		if (!q->alerts[i]->later && !strcmp(q->alerts[i]->place.machine, machine)) {
			++*n;
			*bytes += q->alerts[i]->len;
		}
}

void queue_make_room(struct queue *q)
{
	unsigned int left = q->n > QUEUE_ALERTS / 4 * 3 || q->bytes > QUEUE_BYTES / 4 * 3 ? QUEUE_ALERTS / 2 : 0, n;
	size_t bytes;

	if (q->nreceivers < 2 || !any_fails(q))
		return;
	for (unsigned int i = 0; i < q->n; i++) {
		struct queued *a = q->alerts[i];

		if (a->later || a->own || !is_begun(q, a) || has_tries(q, a))
			continue;
		sum_up(q, a->place.machine, &n, &bytes);
		a->later = left || n > QUEUE_SHARE / 2 || bytes > QUEUE_SHARE_BYTES / 2;
		left -= left && a->later;
	}
}

void queue_remove(struct queue *q, unsigned int i)
{
	q->bytes -= q->alerts[i]->len;
	memmove(&q->alerts[i], &q->alerts[i + 1], (--q->n - i) * sizeof(*q->alerts));
}
