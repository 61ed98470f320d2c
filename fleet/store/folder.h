/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The folder of Parquet files in which linx-store stores rows. DIR/machine=NAME/day=YYYY-MM-DD/SPOOL-FROM-TO.parquet
 * has the rows of the blocks FROM to TO of a spool. A file appears whole and in one step. Therefore the names of files
 * show which blocks are stored: those whose numbers are in a name, or are below the floor that was noted for their
 * spool.
 */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include <linx/rowset.h>

#include "base/message.h"
#include "store/aside.h"
#include "store/ledger.h"

struct folder;

/*
 * Uses the folder that *aside has opened, which must outlive the result. Adds the blocks in it to the ledger. NULL: why
 * has the reason.
 */
struct folder *folder_open(const struct aside *aside, struct ledger *ledger, struct problem *why);
void folder_close(struct folder *f);

/*
 * Notes in DIR/machine=NAME/SPOOL.floor that all blocks of a spool with numbers below floor are stored. From then on
 * the blocks count as stored even if their files are deleted or merged. 0 or -errno.
 */
int folder_note_floor(struct folder *f, const char *machine, uint64_t spool, uint64_t floor);

/* Begins a file for a machine and the day of time_ns. 0 or -errno. */
int folder_begin(struct folder *f, const char *machine, uint64_t time_ns);
/* Writes the bytes that linx_rowset_make() returned. The file ends after these bytes. 0 or -errno. */
int folder_write(struct folder *f, const struct linx_rowset_end *end);
/*
 * Completes the file with the blocks "from" to "to" of a spool. 0: all of them are on the disk; -EIO: the folder has the
 * file or not, and the next start has to look; another -errno: the file is removed.
 */
int folder_end(struct folder *f, uint64_t spool, uint64_t from, uint64_t to);
/* Removes a file that was begun and not completed. */
void folder_drop(struct folder *f);

#endif
