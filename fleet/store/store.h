/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linx-store takes blocks from NATS JetStream, checks them, and stores each exactly once.
 *
 * A block is acknowledged when it is stored on disk. A stored block can arrive again, if the acknowledgement was lost.
 * It is then ignored, since the ledger has its number. If the server loses its disk, numbers of blocks are missing in
 * the ledger, and linx-store asks linx-ship for these blocks. linx-store sends linx-ship a number, the floor: all
 * blocks with smaller numbers are stored. linx-ship keeps a block until the floor is greater than the number of the
 * block.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <pthread.h>

#include "nats/nats_client.h"
#include "store/folder.h"
#include "store/ledger.h"

#ifdef FLEET_HAS_NATS
/*
 * Limits of the messages that wait to be stored: number, bytes, rows. No message is fetched when one limit is
 * reached. Bytes and rows can exceed their limits by those of one fetch.
 */
#define GATHER 1024u
#define GATHER_BYTES (64u << 20)
#define GATHER_ROWS 1000000u

/* A message that waits to be stored. */
struct block {
	natsMsg *msg;
	struct spool_head head; /* head of the block, with the machine that the subject names */
	const char *body;
	bool refused; /* the rows of the block are not stored: one row stands for them */
	bool aside; /* folder_set_aside() was called for the message */
};

struct store_counts {
	uint64_t blocks, rows; /* stored blocks, and their rows */
	uint64_t again; /* blocks that arrived again */
	uint64_t refused, lost; /* refused messages; blocks that were lost on the disk of their machine */
	uint64_t asked; /* orders to send blocks again */
};

struct store {
	struct nats nats;
	struct folder *folder;
	struct linx_rowset *rows;
	uint64_t gather_ns; /* --gather */
	int64_t stream_bytes; /* --stream-size */
	natsSubscription *pull, *places;
	jsCtx *js;
	struct block blocks[GATHER];
	unsigned int n;
	size_t bytes;
	uint64_t nrows; /* rows of the messages that wait */
	uint64_t since_ns; /* time at which the first message that waits came */
	uint64_t retry_ns, pause_ns; /* after a full disk: time of the next try; length of the last pause */
	uint64_t silent_ns; /* --silent */
	uint64_t begun_ns; /* time at which the loop began */
	uint64_t said_ns; /* time at which floors were sent last */
	uint64_t noted_ns; /* time at which floors were noted in the folder last */
	uint64_t looked_ns; /* time at which the consumer was compared with its stream last */
	unsigned int stuck; /* comparisons in a row in which the consumer had fewer messages than the stream */
	struct complaint subscribing; /* last report of a subscription that fails */
	struct store_counts counts;
	pthread_mutex_t lock; /* protects the ledger, which a thread of libnats writes too */
	struct ledger ledger;
};

/* Runs until stopping() is true. 0; -1: why has the reason. */
int store_run(struct store *s, bool (*stopping)(void), struct problem *why);
/* Frees all that *s has, and closes folder and connection. Messages that wait stay unacknowledged. */
void store_end(struct store *s);

/*
 * store_write.c: takes a message. True if it waits to be stored. Otherwise it is freed; it is also acknowledged, unless
 * another message with the same block waits.
 */
bool store_take(struct store *s, natsMsg *msg);
/*
 * Stores all messages that wait, and acknowledges them. 0 or -errno: messages that were not stored still wait. They can
 * be tried again after -ENOSPC, -EDQUOT and -ENOMEM; after other errors the process has to end.
 */
int store_write(struct store *s);

/* Notes the floors of all spools in the folder, if the last time is a minute ago or at_once is true. */
void store_note_floors(struct store *s, uint64_t now, bool at_once);

/*
 * store_say.c: store_listen() subscribes to the places that linx-ship publishes on all machines. store_say() publishes
 * floors and orders for missing blocks, at most twice a second, and reports silent machines.
 */
int store_listen(struct store *s, struct problem *why);
void store_say(struct store *s, uint64_t now);
uint64_t store_now_ns(void);
#endif

#endif
