/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which blocks are stored, of each spool of each machine. */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/spool_block.h"

struct range {
	uint64_t from, to;
};

/* A spool of a machine. */
struct source {
	uint64_t spool;
	struct range *have; /* [n] stored blocks, in ascending order, with a gap between each two */
	size_t n, room;
	uint64_t first; /* smallest number that linx-ship can still send; 0: it has not been heard */
	uint64_t next; /* number behind the last block that was sent */
	uint64_t heard_ns; /* when linx-ship was heard last; 0: it is not listened to */
	uint64_t noted; /* floor that is noted on disk; 0: none */
	uint64_t floor; /* the floor when source_asks() was called last */
	uint64_t since_ns; /* when it moved last, or missing blocks were asked for; 0: never */
	uint64_t wait_ns; /* how long the next missing block is waited for */
};

struct machine {
	char name[SPOOL_MACHINE_MAX + 1];
	struct source *sources; /* [n] */
	size_t n, room;
	uint64_t heard_ns; /* when anything of it was heard last; 0: never */
	bool silent; /* the machine's silence was reported */
};

struct ledger {
	struct machine *machines; /* [n] */
	size_t n, room;
	uint32_t *slots; /* [nslots] hash table: index of a machine plus 1; 0: free */
	size_t nslots; /* a power of two; 0: there is no table yet */
};

/* Most machines that a ledger knows; more than that do not exist, or lie. */
#define LEDGER_MACHINES 262144u
/* Most spools of a machine that have stored blocks, and most that are listened to; a machine that has more harms itself. */
#define LEDGER_SPOOLS 1024u
#define LEDGER_HEARD 16u

void ledger_free(struct ledger *l);
/* Returns a machine, which is added if it is new; NULL: no memory, or too many. Valid until the next call. */
struct machine *ledger_machine(struct ledger *l, const char *name);
/* Returns the spool of a machine; NULL: it is not known. Valid until the next call that adds one. */
struct source *ledger_find(const struct ledger *l, const char *machine, uint64_t spool);
/* Returns the spool of a machine for stored blocks, which is added if it is new; NULL: no memory, or too many machines. */
struct source *ledger_get(struct ledger *l, const char *machine, uint64_t spool);
/* True if blocks of this spool can be stored: it is known, or there is a place for it. */
bool ledger_has_place(const struct ledger *l, const char *machine, uint64_t spool);
/*
 * Returns the spool of a machine whose linx-ship was heard, which is added if it is new; NULL: as above. Of LEDGER_HEARD
 * such spools the one that was heard the longest time ago is not listened to any more.
 */
struct source *ledger_hear(struct ledger *l, const char *machine, uint64_t spool, uint64_t now_ns);
/* True if all blocks from from to to are stored. */
bool source_has(const struct source *s, uint64_t from, uint64_t to);
/* Notes that blocks are stored. False: no memory. */
bool source_add(struct source *s, uint64_t from, uint64_t to);
/* Returns the number below which no block is missing that can still come. */
uint64_t source_floor(const struct source *s);
/* Finds the first missing blocks from number on, of those that were sent. False: there are none. */
bool source_missing(const struct source *s, uint64_t number, struct range *missing);
/* Cuts a range to the first part of it that is not stored. False: all of it is stored. */
bool source_cut(const struct source *s, struct range *r);
/*
 * True if it is time to ask for missing blocks: nothing has raised the floor for wait_ns; each further time it takes twice
 * as long, up to a minute. Blocks above the floor change nothing: a machine that goes on sending misses its blocks, too.
 */
bool source_asks(struct source *s, uint64_t now_ns, uint64_t wait_ns);

#endif
