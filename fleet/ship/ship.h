/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linx-ship: sends the blocks of a spool to NATS JetStream, and removes segments when all their blocks are stored.
 *
 * A block that is sent is in the window until the server has acknowledged it. That does not free it, since a server can
 * lose what it has: linx-store says what it has stored, as a floor below which nothing is missing, and asks for blocks
 * that it misses. The window has copies of its blocks; other blocks are read from the spool again.
 */
#ifndef SHIP_SHIP_H
#define SHIP_SHIP_H

#include <pthread.h>

#include "base/complaint.h"
#include "nats/nats_client.h"
#include "ship/pace.h"
#include "spool/spool_read.h"

#ifdef FLEET_HAS_NATS
/* Most blocks of the window, and their bytes; one block may be larger. */
#define WINDOW 64u
#define WINDOW_BYTES (16u << 20)
#define WANTS 64u

/* A block that the server has not acknowledged. */
struct flying {
	uint64_t number, last; /* number 0: free */
	void *data;
	size_t len;
	uint64_t due_ns; /* when it is sent again */
	unsigned int tries;
	bool acked; /* set by the thread of libnats */
};

/* Blocks that linx-store misses. */
struct want {
	uint64_t from, to;
};

struct ship {
	struct nats nats;
	struct spool_reader *reader;
	char machine[SPOOL_MACHINE_MAX + 8]; /* name in subjects */
	bool named; /* --machine: the name stays; otherwise it is that of the blocks */
	uint64_t base; /* number of the first block that is sent under this name; 0: the first one that there is */
	bool acks; /* --acks: the server's acknowledgement frees blocks, as there is no linx-store */
	bool until_stored; /* --until-stored: end when all is stored */
	struct pace pace;
	char inbox[128]; /* subject of acknowledgements, without the block */
	natsSubscription *answers, *orders;

	uint64_t spool; /* id of the spool; 0: it is not known yet */
	uint64_t next; /* number behind the last block that was read; 0: none was */
	uint64_t first; /* smallest number that the spool has */
	struct flying window[WINDOW];
	size_t bytes; /* bytes of the window */
	bool drained; /* the spool had no further block when it was read last */
	bool was_up;
	uint64_t down_ns; /* since when the server is away */
	uint64_t said_ns; /* when the place was said last */
	uint64_t heard_until_ns; /* until then the first floor is waited for; 0: it is not waited for any more */
	uint64_t sent, again, lost; /* counts of blocks */
	struct complaint publishing, refusals, removing, names; /* last report of each operation that fails */

	/* the rest belongs to the lock: threads of libnats write it */
	pthread_mutex_t lock;
	pthread_cond_t news;
	uint64_t floor; /* all blocks below are stored; 0: not known */
	struct want wants[WANTS];
	unsigned int nwants;
	char refusal[160]; /* why the server refused a block; empty: it did not */
};

/* Runs until stopping() is true. 0; -1: why has the reason. */
int ship_run(struct ship *s, bool (*stopping)(void), struct problem *why);
/* Ends what ship_run() began. */
void ship_end(struct ship *s);

/* ship_hear.c: what the server and linx-store say. The second call comes after a change of the name. */
int ship_listen(struct ship *s, struct problem *why);
void ship_listen_no_more(struct ship *s);
#endif

#endif
