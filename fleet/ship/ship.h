/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linx-ship sends the blocks of a spool (common/spool/) to NATS JetStream, and the alerts of the other spool of the same
 * folder. Both are sent in the same way and share the connection, but nothing else: if one cannot be sent, the other
 * goes on. linx-ship removes a segment of the spool when all
 * blocks in the segment are stored.
 *
 * A block that was sent is in the window until the server has acknowledged it. The window has copies of its blocks.
 * After the acknowledgement a block stays in the spool, since the server can still lose it. linx-store says which
 * blocks are stored by a number, the floor: all blocks with smaller numbers are stored. It asks for the blocks that
 * it misses, and linx-ship reads these from the spool again. With --acks there is no linx-store, and an acknowledged
 * block is removed.
 */
#ifndef SHIP_SHIP_H
#define SHIP_SHIP_H

#include <pthread.h>

#include "base/complaint.h"
#include "nats/nats_client.h"
#include "ship/pace.h"
#include "spool/spool_read.h"

#ifdef FLEET_HAS_NATS
/*
 * Limits of the blocks in the window and of their bytes. A block is added while the bytes are below their limit, and
 * can thus exceed it.
 */
#define WINDOW 64u
#define WINDOW_BYTES (16u << 20)
#define WANTS 64u

/* A block in the window. */
struct flying {
	uint64_t number, last; /* numbers of the block; last differs if blocks are lost; number 0: free entry */
	void *data;
	size_t len;
	uint64_t due_ns; /* time at which the block is sent again */
	unsigned int tries;
	bool acked; /* the server has acknowledged the block; set by a thread of libnats */
};

/* An order of linx-store: send the blocks with these numbers again. */
struct want {
	uint64_t from, to;
};

/* What both spools share. */
struct ship_link {
	struct nats nats;
	pthread_mutex_t lock; /* see struct ship */
	pthread_cond_t news; /* a message of the server or of linx-store has come */
};

/* Sender of one spool. */
struct ship {
	struct ship_link *link;
	enum spool_kind kind;
	struct spool_reader *reader;
	char machine[SPOOL_MACHINE_MAX + 8]; /* name of this machine in subjects of NATS */
	bool named; /* --machine was given; otherwise the name follows that in the blocks */
	uint64_t base; /* number of the first block with the present name; 0: the first block of the spool */
	bool acks; /* --acks: blocks leave the spool when the server has acknowledged them, as there is no linx-store */
	bool until_stored; /* --until-stored: end when all blocks are stored */
	struct pace pace, again_pace; /* again_pace: of blocks that linx-store misses */
	char inbox[128]; /* beginning of the subject of acknowledgements; spool and number of a block follow */
	natsSubscription *answers, *orders;

	uint64_t spool; /* id of the spool; 0: it is not known yet */
	uint64_t next; /* number of the next block that is sent for the first time; 0: the spool is not known yet */
	uint64_t first; /* smallest number of a block that can still be sent under the present name */
	struct flying window[WINDOW];
	size_t bytes; /* bytes of the blocks in the window */
	bool drained; /* the spool had no further block when it was read last */
	bool was_up;
	uint64_t down_ns; /* time at which the connection was lost last, or the program began */
	uint64_t said_ns; /* time at which say_place() published the place last */
	uint64_t heard_until_ns; /* time until which nothing is sent before the first floor has come; 0: no wait */
	uint64_t sent, again, lost; /* counts of blocks: sent for the first time, sent again, lost on disk */
	struct complaint publishing, refusals, removing, names, failing; /* last report of each operation that fails */
	bool done; /* all is stored, and until_stored is set */
	bool failed; /* the last round has failed */
	uint64_t retry_ns; /* after a failed round, time of the next one */
	struct problem why; /* why the last round has failed */

	/* link->lock protects spool, window, and all members below: threads of libnats use them */
	uint64_t floor; /* all blocks with smaller numbers are stored; 0: not known */
	struct want wants[WANTS];
	unsigned int nwants;
	char refusal[160]; /* why the server refused a block; empty: nothing to report */
};

/* Number of spools. */
#define SHIPS 2u
/*
 * Sends the blocks of all spools until stopping() returns true, or until all is stored with until_stored. 0; -1: why has
 * the reason.
 */
int ship_run(struct ship ships[SHIPS], bool (*stopping)(void), struct problem *why);
/* Ends subscriptions and connection, frees the windows, and closes the spools. */
void ship_end(struct ship ships[SHIPS]);

/*
 * ship_hear.c: ship_listen() subscribes to acknowledgements of the server and to orders of linx-store. 0; -1: why has
 * the reason. ship_listen_no_more() ends the subscriptions. Both are called when the machine's name changes, since the
 * subjects have that name.
 */
int ship_listen(struct ship *s, struct problem *why);
void ship_listen_no_more(struct ship *s);
#endif

#endif
