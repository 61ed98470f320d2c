/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ledger of linx-store, in memory: which blocks of each spool of each machine are stored. */
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
	struct range *have; /* [n] ranges of stored blocks, ascending, with a gap between neighbours */
	size_t n, room;
	uint64_t first; /* smallest number that linx-ship can still send; 0: linx-ship has not been heard */
	uint64_t next; /* number after that of the last block that linx-ship has sent */
	uint64_t heard_ns; /* time at which linx-ship was heard last; 0: never, or it was dropped by ledger_hear() */
	uint64_t noted; /* floor that is noted on disk; 0: none */
	uint64_t floor; /* floor at the last call of source_asks() */
	uint64_t since_ns; /* beginning of the present wait for missing blocks; 0: source_asks() was never called */
	uint64_t wait_ns; /* length of the present wait, after which missing blocks are asked for */
};

struct machine {
	char name[SPOOL_MACHINE_MAX + 1];
	struct source *sources; /* [n] */
	size_t n, room;
	uint64_t heard_ns; /* time at which its linx-ship was heard, or a block was stored, last; 0: never */
	bool silent; /* the machine's silence was reported */
	bool posted, waiting; /* for alert_silence.c: its silence was posted to the receivers; an alert about it is in the queue */
};

struct ledger {
	struct machine *machines; /* [n] */
	size_t n, room;
	uint32_t *slots; /* [nslots] hash table: index of a machine plus 1; 0: free */
	size_t nslots; /* a power of two; 0: there is no table yet */
};

/* Limit of the machines in a ledger. No fleet has so many: names beyond it are likely invented. */
#define LEDGER_MACHINES 262144u
/*
 * Limits for each machine: spools that have stored blocks, and spools that are heard (see ledger_hear()). A machine
 * that exceeds them harms only itself.
 */
#define LEDGER_SPOOLS 1024u
#define LEDGER_HEARD 16u

void ledger_free(struct ledger *l);
/* Returns a machine, which is added if it is new. NULL: no memory, or too many machines. Valid until one is added. */
struct machine *ledger_machine(struct ledger *l, const char *name);
/* Returns the spool of a machine. NULL: the ledger does not have it. Valid until a spool is added. */
struct source *ledger_find(const struct ledger *l, const char *machine, uint64_t spool);
/* Returns the spool of a machine to note stored blocks; adds it if it is new. NULL: no memory, or too many machines. */
struct source *ledger_get(struct ledger *l, const char *machine, uint64_t spool);
/* True if blocks of this spool can be stored: some already are, or the limits allow one more machine or spool. */
bool ledger_has_place(const struct ledger *l, const char *machine, uint64_t spool);
/*
 * Notes that linx-ship has sent its place in this spool. Returns the spool, which is added if it is new. NULL: no
 * memory, or too many machines. If LEDGER_HEARD other spools of the machine are heard, the one that was heard the
 * longest time ago is dropped: it no longer counts as heard.
 */
struct source *ledger_hear(struct ledger *l, const char *machine, uint64_t spool, uint64_t now_ns);
/* True if all blocks with the numbers "from" to "to" are stored. */
bool source_has(const struct source *s, uint64_t from, uint64_t to);
/* Notes that the blocks with the numbers "from" to "to" are stored. False: no memory. */
bool source_add(struct source *s, uint64_t from, uint64_t to);
/* Returns the floor: all blocks with smaller numbers are stored, except those that linx-ship can no longer send. */
uint64_t source_floor(const struct source *s);
/* Finds the first missing blocks, with this number or greater ones, that were sent. False: none is missing. */
bool source_missing(const struct source *s, uint64_t number, struct range *missing);
/* Shortens a range to its first part that is not stored. False: all of it is stored. */
bool source_cut(const struct source *s, struct range *r);
/*
 * True if it is time to ask for missing blocks: the floor has not risen for wait_ns. Each further wait takes twice as
 * long, up to a minute. Blocks stored above the floor do not restart the wait, since blocks can also be missing while a
 * machine goes on sending.
 */
bool source_asks(struct source *s, uint64_t now_ns, uint64_t wait_ns);

#endif
