/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mark of a spool: a file that says how far its sender has come. The recorder makes it with the first segment, and
 * linx-ship changes it. So linx-ship knows which segments are missing though it has not removed them, and whether the
 * folder was restored to an older state.
 *
 * The file has a fixed size and is written in place, so that a full disk does not keep linx-ship from sending.
 */
#ifndef LINX_SPOOL_MARK_H
#define LINX_SPOOL_MARK_H

#include "spool/spool_block.h"

struct spool_mark {
	uint64_t spool; /* id of the spool */
	uint64_t freed; /* segments with smaller numbers may have been removed; 0: not known */
	uint64_t sent; /* no block with this number or a greater one was sent; 0: not known */
};

/* Reads the mark of the spool with this id. If there is none, or it is damaged, freed and sent are 0. */
void spool_mark_read(int dir, enum spool_kind kind, uint64_t spool, struct spool_mark *m);
/* Writes the mark. It is on the disk when this has succeeded. 0, or -errno: there is no mark any more. */
int spool_mark_write(int dir, enum spool_kind kind, const struct spool_mark *m);

#endif
