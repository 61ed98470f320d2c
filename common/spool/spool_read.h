/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reading end of a spool. It returns blocks in the order of their numbers, and reports which blocks are lost. */
#ifndef LINX_SPOOL_READ_H
#define LINX_SPOOL_READ_H

#include "base/message.h"
#include "spool/spool_block.h"

struct spool_reader;

/*
 * Opens a spool in a folder that exists, and from which this process can remove files. Only one process reads a spool
 * at a time. NULL: why has the reason.
 */
struct spool_reader *spool_reader_open(const char *path, enum spool_kind kind, struct problem *why);
void spool_reader_close(struct spool_reader *r);
/* Returns the id of the spool; 0: it has no segment yet. */
uint64_t spool_reader_id(struct spool_reader *r);
/*
 * Returns the smallest number that a block of the spool can have; 0: it has no segment yet. Segments that are missing,
 * and were not removed by spool_reader_free_below(), count: their blocks are lost.
 */
uint64_t spool_reader_first(struct spool_reader *r);
/* Returns a number that is greater than those of all blocks so far; 0: the spool has no segment yet. */
uint64_t spool_reader_end(struct spool_reader *r);
/*
 * Notes on disk, before blocks are sent, that those with smaller numbers were sent. A spool that was restored to an older
 * state lacks such notes, and spool_reader_sent() then returns a smaller number than those of blocks that were sent. 0:
 * not known.
 */
void spool_reader_note_sent(struct spool_reader *r, uint64_t number);
uint64_t spool_reader_sent(struct spool_reader *r);
/* Continues with the block of this number; number 0: with the first block that the spool has. */
void spool_reader_seek(struct spool_reader *r, uint64_t number);
/*
 * Returns in *data the next block with its head, *len bytes, which are borrowed until the next call. One block with
 * SPOOL_LOST and no body stands for successive blocks that are damaged or gone. A block that is returned is on the
 * disk. 1; 0: there is no further block yet; or -errno.
 */
int spool_reader_next(struct spool_reader *r, struct spool_head *h, const void **data, size_t *len);
/* Removes the segments all of whose blocks have smaller numbers, but never the last segment. 0 or -errno. */
int spool_reader_free_below(struct spool_reader *r, uint64_t number);

#endif
