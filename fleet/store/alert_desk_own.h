/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The desk from inside, for the files alert_desk*.c: see store/alert_desk.h. */
#ifndef STORE_ALERT_DESK_OWN_H
#define STORE_ALERT_DESK_OWN_H

#include <pthread.h>

#include "base/complaint.h"
#include "store/alert_desk.h"
#include "store/ledger.h"
#include "store/talk.h"

#ifdef FLEET_HAS_NATS
/* Threads that post to a receiver. */
#define POSTERS 4u

struct poster {
	struct desk *desk;
	unsigned int receiver; /* index */
	struct http_client *client;
	pthread_t thread;
	bool started;
};

struct desk_counts {
	uint64_t alerts; /* alerts that are done */
	uint64_t again; /* alerts that came again after they were done */
	uint64_t refused, dropped; /* alerts that were refused for good, and set aside; those for which there was no room */
	uint64_t lost; /* lost alerts that machines have reported */
	uint64_t asked; /* orders to send alerts again */
};

struct desk {
	/* used by the desk's thread alone */
	struct nats connection, *nats; /* nats: points to connection */
	bool refused; /* the server refuses this connection */
	struct pull pull;
	const char *path;
	int dir; /* DIR/alerts */
	struct receiver receivers[ALERT_RECEIVERS];
	struct poster posters[ALERT_RECEIVERS * POSTERS];
	unsigned int nposters;
	pthread_t thread;
	bool started;
	uint64_t begun_ns, noted_ns, said_ns; /* times of the start, of the last floors_write(), and of the last say_floors() */
	uint64_t forgot_ns; /* time of the last forget_seen() */
	bool unsaved; /* the file "silent" is out of date */
	struct complaint noting; /* last report of floors that cannot be written */

	pthread_mutex_t lock; /* protects all below */
	pthread_cond_t more; /* the queue has changed, or the threads have to end */
	bool ending;
	struct queue queue;
	struct ledger done, seen; /* see store/alert_desk.h */
	struct ledger taken[ALERT_RECEIVERS]; /* alerts that left the queue when this receiver alone had taken them */
	struct ledger silences; /* machines that were silent at a time; it has no spools */
	bool changed; /* an alert about a silence may be due */
	unsigned int waiting; /* alerts about silences in the queue */
	uint64_t away, away_ns; /* messages that were given back lately, and the beginning of the present second */
	bool idle; /* the stream has no further message, as far as is known */
	uint64_t apart_ns; /* time since which no message can be fetched; 0: they can */
	uint64_t looked_ns; /* time at which the desk's thread was alive last */
	struct complaint failing[ALERT_RECEIVERS]; /* last report of what is wrong with a receiver */
	struct desk_counts counts;
};

uint64_t store_now_ns(void);

/*
 * alert_floors.c: the file "floors" has lines "MACHINE SPOOL FLOOR". floors_read() notes in a ledger that all alerts below
 * the floors are done; lines that are damaged are ignored. floors_write() replaces the file if a floor has risen since,
 * and holds the lock only while it reads the ledger. 0 or -errno.
 */
int floors_read(struct ledger *l, int dir);
int floors_write(struct ledger *l, pthread_mutex_t *lock, int dir);

/*
 * alert_silence.c: alerts about machines that are silent, or are heard again. silences_read() and silences_write() read and
 * write the file "silent"; the latter does it if an alert was posted since, and is called without the lock. 0 or -errno.
 * silences_queue() adds the alerts that are due to the queue, and silences_end() notes that one is done.
 */
int silences_read(struct desk *d);
int silences_write(struct desk *d);
void silences_queue(struct desk *d, uint64_t now);
void silences_end(struct desk *d, const struct queued *a);
#endif

#endif
