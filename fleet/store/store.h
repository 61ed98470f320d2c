/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linx-store takes blocks from NATS JetStream, checks them, and stores each exactly once.
 *
 * A block is acknowledged when it is stored. A stored block can arrive again, if the acknowledgement was lost.
 * It is then ignored, since the ledger has its number. If the server loses its disk, numbers of blocks are missing in
 * the ledger, and linx-store asks linx-ship for these blocks. linx-store sends linx-ship a number, the floor: all
 * blocks with smaller numbers are stored. linx-ship keeps a block until the floor is greater than the number of the
 * block.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <pthread.h>

#include "nats/nats_pull.h"
#include "store/alert_desk.h"
#include "store/clickhouse.h"
#include "store/folder.h"
#include "store/frames.h"
#include "store/ledger.h"
#include "store/store_metrics.h"
#include "store/talk.h"

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
	uint32_t day; /* days since 1970: see day_of() in store/store_write.c */
	bool refused; /* the rows of the block are not stored: one row stands for them */
	bool aside; /* aside_put() was called for the message */
	bool stored; /* store_way.put() has stored the block, or has found that it is stored */
	bool again; /* the block was stored already when put() was called, or an earlier insert has stored it after all */
	bool tried; /* this process has inserted the rows, but may have got no answer */
	bool inserted; /* the rows are in the database, but the block may not be in its table "blocks" yet */
	unsigned int failures; /* how often the database has refused this block, and had taken another one since the last time */
	uint64_t since; /* value of store.inserted when the block was refused last */
	uint64_t refused_ns; /* time at which the block was refused last */
};

struct store;
/* A kind of place that has rows. */
struct store_way {
	/* Order in which put() has the blocks that wait, as for qsort(3). */
	int (*order)(const void *x, const void *y);
	/*
	 * Stores some of the blocks that wait, and sets the member "stored" of these. 0: at least one is stored; 1: all
	 * have to wait longer; or -errno as store_write(). s->reason has the reason, or is empty.
	 */
	int (*put)(struct store *s);
	/* Notes that all blocks of a spool with numbers below floor are stored. 0 or -errno. */
	int (*note_floor)(struct store *s, const char *machine, uint64_t spool, uint64_t floor);
	/* Removes the oldest rows, as --keep says; called often. NULL: nothing is removed. */
	void (*tidy)(struct store *s, uint64_t now);
	/* Ends a series of note_floor(). NULL: each floor is noted at once. */
	void (*end_floors)(struct store *s);
	bool slow; /* put() can take minutes, so none follows another once linx-store is to end */
};
extern const struct store_way store_folder_way, store_clickhouse_way;

struct store {
	struct nats nats;
	const struct store_way *way;
	struct aside aside;
	struct folder *folder; /* for store_folder_way */
	struct clickhouse clickhouse; /* for store_clickhouse_way */
	struct frames body; /* for store_clickhouse_way: rows that are to be inserted */
	struct bytes list, more; /* for store_clickhouse_way: rows of other tables that are to be inserted; columns for "body" */
	uint64_t inserted; /* for store_clickhouse_way: number of blocks whose rows the database has taken */
	size_t insert_bytes; /* for store_clickhouse_way: an insert has no further block when it has so many unpacked bytes */
	struct bytes floors; /* for store_clickhouse_way: floors that are not sent yet */
	struct problem reason; /* why the last put() has failed; empty: its result says it */
	struct linx_rowset *rows;
	uint64_t gather_ns; /* --gather */
	uint64_t keep_bytes, keep_ns; /* --keep and --keep-for; 0: no limit */
	uint64_t tidied_ns; /* time at which tidy() has looked last */
	struct complaint tidying; /* last report of rows that cannot be removed */
	struct complaint noting, refusing; /* last report of floors that cannot be noted, and of a block that is refused */
	bool (*stopping)(void); /* true: linx-store is to end */
	bool ended; /* a slow put() ran when linx-store was to end, so that none follows */
	struct pull pull; /* of blocks; its limit of bytes is --stream-size */
	natsSubscription *places;
	struct desk *desk; /* threads that post alerts: --alerts; NULL: none */
	struct block blocks[GATHER];
	unsigned int n;
	size_t bytes;
	uint64_t nrows; /* rows of the messages that wait */
	uint64_t since_ns; /* time from which --gather counts: the first message that waits came, or the last ones were stored */
	uint64_t retry_ns, pause_ns; /* after a failure that may pass: time of the next try; length of the last pause */
	uint64_t silent_ns; /* --silent */
	uint64_t listens_ns; /* time since which machines can be heard: the loop began, or the connection to NATS came back */
	uint64_t said_ns; /* time at which floors were sent last */
	uint64_t noted_ns; /* time at which floors were noted in the folder last */
	struct store_counts counts;
	struct listener_thread *listener; /* thread of --metrics; NULL: none */
	pthread_mutex_t lock; /* protects the ledger, which a thread of libnats writes too, and "shown" */
	struct ledger ledger;
	struct store_shown shown; /* for the thread of --metrics */
};

/* Runs until stopping() is true. 0; -1: why has the reason. */
int store_run(struct store *s, bool (*stopping)(void), struct problem *why);
/*
 * Closes folder and connection, and frees s, which was allocated with calloc(3), with all that it has. Messages that wait
 * stay unacknowledged.
 */
void store_end(struct store *s);

/* store_folder.c: rows as files in the folder s->aside. Opens it; -1: why has the reason. */
int store_use_folder(struct store *s, struct problem *why);
/*
 * store_clickhouse.c: rows in tables of ClickHouse. Reads which blocks they have. Waits while the server is away, until
 * stopping() is true. 0; -1: why has the reason.
 */
int store_use_clickhouse(struct store *s, const struct clickhouse_settings *settings, bool (*stopping)(void), struct problem *why);
/* store_clickhouse_tidy.c: prints a day, which is a number of days since 1970, as YYYY-MM-DD. */
void store_print_day(char text[16], uint32_t day);
/* Removes one day, as --keep says, if the last look is a minute ago. The next call looks for a further day. */
void store_tidy_clickhouse(struct store *s, uint64_t now);

/*
 * store_write.c: takes a message. True if it waits to be stored. Otherwise it is freed; it is also acknowledged, unless
 * another message with the same block waits.
 */
bool store_take(struct store *s, natsMsg *msg);
/*
 * Stores the messages that wait, and acknowledges them. 0 or -errno: messages that were not stored still wait. They can
 * be tried again after -ENOSPC, -EDQUOT, -ENOMEM and -EAGAIN; after other errors the process has to end.
 */
int store_write(struct store *s);

/*
 * True if the block is stored. A head that stands for several lost blocks is cut to the first ones that are not stored.
 * The others are asked for again.
 */
bool store_has(struct store *s, struct spool_head *h);
/* Order of blocks by machine, spool and number. */
int store_by_place(const void *x, const void *y);
/* Adds a row that stands for blocks whose rows are missing, so that queries of the rows show the loss and its cause. */
int store_add_note(struct store *s, const struct spool_head *h, const char *cause);
/* Adds the rows of a block to s->rows. One row stands for a block that is lost, refused, or not what its head says. */
int store_add_block(struct store *s, struct block *b);
/*
 * Does the same without adding the block's rows: *native has its columns. Where a row stands for the block, that is added
 * to s->rows, and native->data is NULL.
 */
int store_check_block(struct store *s, struct block *b, struct linx_rowset_native *native);
/* Refuses a block for good. what: what it is not, for a message. Sets the block aside, but only the first time. */
void store_refuse(struct store *s, struct block *b, const char *what);
/* Notes the floors of all spools in the place of rows, if the last time is a minute ago or at_once is true. */
void store_note_floors(struct store *s, uint64_t now, bool at_once);

/*
 * store_say.c: store_listen() subscribes to the places that linx-ship publishes on all machines. store_say() publishes
 * floors and orders for missing blocks, at most twice a second, and reports silent machines.
 */
int store_listen(struct store *s, struct problem *why);
void store_say(struct store *s, uint64_t now);
/* Notes which machines were silent at the end of the process before, as far as receivers of alerts know. */
void store_know_silent(struct store *s);
uint64_t store_now_ns(void);
#endif

#endif
