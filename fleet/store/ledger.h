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
	char machine[SPOOL_MACHINE_MAX + 1];
	uint64_t spool;
	struct range *have; /* [n] stored blocks, in ascending order, with a gap between each two */
	size_t n, room;
	uint64_t first; /* smallest number that linx-ship can still send; 0: it has not been heard */
	uint64_t next; /* number behind the last block that was sent */
	uint64_t heard_ns; /* when linx-ship was heard last */
	uint64_t moved_ns; /* when a block was stored last, or asked for */
	uint64_t wait_ns; /* how long a missing block is waited for */
};

struct ledger {
	struct source *sources;
	size_t n, room;
};

/* Most spools that a ledger knows; more machines than that do not exist, or lie. */
#define LEDGER_MAX 262144u

void ledger_free(struct ledger *l);
/* Returns the spool of a machine, which is added if it is new; NULL: no memory, or too many. Valid until the next call. */
struct source *ledger_get(struct ledger *l, const char *machine, uint64_t spool);
/* True if all blocks from from to to are stored. */
bool source_has(const struct source *s, uint64_t from, uint64_t to);
/* Notes that blocks are stored. False: no memory. */
bool source_add(struct source *s, uint64_t from, uint64_t to);
/* Returns the number below which no block is missing that can still come. */
uint64_t source_floor(const struct source *s);
/* Finds the first missing blocks from number on, of those that were sent. False: there are none. */
bool source_missing(const struct source *s, uint64_t number, struct range *missing);

#endif
