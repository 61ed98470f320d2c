/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Alerts that wait to be posted, and what is to be done with each of them. There is no clock, no network and no lock
 * here: alert_desk.c has them.
 *
 * An alert is posted to each receiver. A receiver that does not answer, or answers that it cannot take alerts, is at
 * fault itself: all alerts wait, and one of them at a time is tried, of another machine each time. A receiver that refuses an alert, but has taken
 * others, finds fault with the alert: it is tried ten times, and then set aside. As long as a receiver has taken none, its
 * refusals do not count, since its URL may be wrong.
 *
 * Each machine has a share of the places. Of the alerts that did not go through, a machine can have only a few, so that
 * its bad alerts leave room to the others.
 */
#ifndef STORE_ALERT_QUEUE_H
#define STORE_ALERT_QUEUE_H

#include "store/alert_message.h"

#define ALERT_RECEIVERS 4u
/* Limits of the alerts that wait: number and bytes of all, and of those of one machine. The last alert can exceed the bytes. */
#define QUEUE_ALERTS 2048u
#define QUEUE_BYTES (64u << 20)
#define QUEUE_SHARE 256u
#define QUEUE_SHARE_BYTES (4u << 20)
/* Limit for each machine: alerts that did not go through. */
#define QUEUE_TROUBLED 16u
/* Number of refusals after which an alert is set aside. */
#define QUEUE_TRIES 10u

/* What came of a post. */
enum post_result {
	POST_TAKEN,
	POST_REFUSED, /* the receiver finds fault with the alert */
	POST_REJECTED, /* the same, and the alert must not be posted again */
	POST_DENIED, /* the receiver refuses this program: wrong URL, method or token */
	POST_FAILED, /* no answer, or the receiver cannot take alerts now */
};

/* The state of an alert at one receiver. */
struct queue_state {
	bool taken, aside; /* the receiver has taken the alert; the receiver has refused it for good */
	bool busy; /* a post is under way */
	unsigned int tries; /* refusals */
	unsigned int faults; /* posts that failed while the receiver took other alerts, or that were refused before it took any */
	uint64_t due_ns; /* time from which it can be posted */
	uint64_t tried_ns; /* time of the last post; 0: there was none */
};

struct queued {
	struct alert_place place;
	void *msg;
	char *own; /* text that was allocated, of an alert of linx-store itself, which has no message; NULL: it came by one */
	bool silent; /* for such an alert: the machine is silent; false: it is heard again */
	const char *data;
	size_t len;
	struct queue_state at[ALERT_RECEIVERS];
	bool later; /* the alert has to leave the queue, and comes again later; never one of linx-store itself */
};

/* The state of a receiver. */
struct queue_receiver {
	bool proven; /* it has taken an alert since the program began */
	unsigned int failures; /* failed posts in a row; 0: it is well */
	enum post_result last; /* result of the last post */
	unsigned int busy; /* posts under way */
	uint64_t hold_ns; /* time before which nothing is posted */
	uint64_t since_ns; /* time of the first failure in the row */
	uint64_t taken_ns; /* time at which it has taken an alert last; 0: never */
	uint64_t taken, refusals, faults; /* counts of posts that were taken, refused, failed or denied */
};

struct queue {
	struct queued *alerts[QUEUE_ALERTS]; /* [n] in the order of their arrival */
	unsigned int n;
	size_t bytes;
	unsigned int nreceivers;
	struct queue_receiver receivers[ALERT_RECEIVERS];
};

bool queue_is_full(const struct queue *q);
/* Returns the alert with one of the numbers of this place; NULL: there is none. */
struct queued *queue_find(const struct queue *q, const struct alert_place *p);
/* Adds an alert, which was allocated. False: the share of its machine is full, and the caller keeps the alert. */
bool queue_add(struct queue *q, struct queued *a);
/*
 * Returns the next alert for a receiver, and marks it as busy there; queue_result() has to follow. NULL: there is none
 * before *until_ns.
 */
struct queued *queue_next(struct queue *q, unsigned int receiver, uint64_t now, uint64_t *until_ns);
/* Notes the result of a post. retry_s: pause that the receiver wants, 0: none. lot: a random number. */
void queue_result(struct queue *q, unsigned int receiver, struct queued *a, enum post_result result, long retry_s, uint64_t lot, uint64_t now);
/* True if each receiver has taken the alert or refused it for good; *aside: one of them has refused it. */
bool queue_is_done(const struct queue *q, const struct queued *a, bool *aside);
/* True if no post of the alert is under way. */
bool queue_is_idle(const struct queue *q, const struct queued *a);
/*
 * If a receiver fails, and the queue or the share of a machine is nearly full, marks alerts that another receiver has taken
 * to come again later, so that the receivers that are well get further alerts.
 */
void queue_make_room(struct queue *q);
/* Removes the alert with this index. The caller frees it. */
void queue_remove(struct queue *q, unsigned int i);

#endif
