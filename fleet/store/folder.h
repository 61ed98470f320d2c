/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A folder of Parquet files as a store: DIR/machine=NAME/day=YYYY-MM-DD/SPOOL-FROM-TO.parquet has the rows of the blocks
 * FROM to TO of a spool. The names are the ledger: a file appears whole and in one step, so a block is in the folder
 * exactly if a name has its number, or if it is below the floor that was noted. One process at a time writes the folder.
 */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include <linx/rowset.h>

#include "base/message.h"
#include "store/ledger.h"

struct folder;

/* Opens the folder, makes it if it is not there, and notes in the ledger what it has. NULL: why has the reason. */
struct folder *folder_open(const char *path, struct ledger *ledger, struct problem *why);
void folder_close(struct folder *f);

/*
 * Notes that all blocks of a spool below floor are stored, in DIR/machine=NAME/SPOOL.floor. From then on they count as stored,
 * whatever becomes of their files: they may be deleted or merged. 0 or -errno.
 */
int folder_note_floor(struct folder *f, const char *machine, uint64_t spool, uint64_t floor);

/* Begins the file of a machine and of the day of time_ns. 0 or -errno. */
int folder_begin(struct folder *f, const char *machine, uint64_t time_ns);
/* Writes bytes of linx_rowset_make(), behind which the file ends. 0 or -errno. */
int folder_write(struct folder *f, const struct linx_rowset_end *end);
/* Completes the file, which has the blocks from and to of a spool: when it returns 0, they are on the disk. 0 or -errno. */
int folder_end(struct folder *f, uint64_t spool, uint64_t from, uint64_t to);
/* Removes the file that was begun. */
void folder_drop(struct folder *f);
/* Sets the bytes of a refused block aside, as long as all such blocks have at most FOLDER_ASIDE bytes. */
#define FOLDER_ASIDE (64u << 20)
void folder_set_aside(struct folder *f, const char *machine, const void *data, size_t len);

#endif
