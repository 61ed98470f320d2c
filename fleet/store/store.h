/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linx-store: takes blocks from NATS JetStream, checks them, and stores each exactly once.
 *
 * A block is acknowledged when it is stored on disk. It can arrive again, because its sender or the server has not heard
 * of that, and then it is passed over: the ledger has it. It can get lost, because the server lost its disk: then its
 * number is missing in the ledger, and linx-ship is asked for it. linx-ship keeps blocks until the floor that is said
 * here has passed them.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <pthread.h>

#include "nats/nats_client.h"
#include "store/folder.h"
#include "store/ledger.h"

#ifdef FLEET_HAS_NATS
/* Most messages that are gathered, and their bytes; one message more can be taken. */
#define GATHER 1024u
#define GATHER_BYTES (64u << 20)
#define GATHER_ROWS 1000000u

/* A message that waits to be stored. */
struct block {
	natsMsg *msg;
	struct spool_head head; /* machine: that of the subject */
	const char *body;
	bool refused; /* the block has a number and may not be stored: a row says so */
	bool aside; /* the message was set aside */
};

struct store_counts {
	uint64_t blocks, rows; /* stored */
	uint64_t again; /* blocks that arrived again */
	uint64_t refused, lost; /* blocks */
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
	uint64_t since_ns; /* when the first of them came */
	uint64_t retry_ns, pause_ns; /* after a full disk: when it is tried again, and how long was waited */
	uint64_t silent_ns; /* --silent */
	uint64_t begun_ns; /* when the loop began */
	uint64_t said_ns; /* when floors were said last */
	uint64_t noted_ns; /* when floors were noted in the folder last */
	uint64_t looked_ns; /* when the consumer was compared with its stream */
	unsigned int stuck; /* how often it had fewer messages than the stream */
	struct complaint subscribing; /* last report of a subscription that fails */
	struct store_counts counts;
	pthread_mutex_t lock; /* protects the ledger, which a thread of libnats writes too */
	struct ledger ledger;
};

/* Runs until stopping() is true. 0; -1: why has the reason. */
int store_run(struct store *s, bool (*stopping)(void), struct problem *why);
/* Ends what was begun. */
void store_end(struct store *s);

/* store_write.c: takes a message; true if it waits to be stored, otherwise it is acknowledged and freed. */
bool store_take(struct store *s, natsMsg *msg);
/* Stores all that waits, and acknowledges it. 0; -ENOSPC: it waits on; or -errno, after which the process has to end. */
int store_write(struct store *s);

/* Notes in the folder which blocks are stored, whatever becomes of their files; each minute, or now. */
void store_note_floors(struct store *s, uint64_t now, bool at_once);

/* store_say.c: listens to where each linx-ship is, and says floors and wants. */
int store_listen(struct store *s, struct problem *why);
void store_say(struct store *s, uint64_t now);
uint64_t store_now_ns(void);
#endif

#endif
