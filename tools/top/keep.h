/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The newest records of a source that cannot be read again, such as a live one: a capture in memory of limited size.
 *
 * The capture has two halves, each written by a linx_writer. When the newer half is full, the older one is dropped.
 * Only its records of tasks and descriptors stay; they are the context that is read before the halves. Records of calls
 * are copied without being decoded: so keeping them costs little, and a reading shows all that a capture file shows.
 */
#ifndef LINXCAP_TOP_KEEP_H
#define LINXCAP_TOP_KEEP_H

#include <linx/linx.h>

#include "base/message.h"

struct top_keep;

/*
 * Begins to keep what linx_next() reads from l, in about so many bytes. Call it before the first linx_next(). NULL: why has the reason. The source
 * must live until top_keep_free().
 */
struct top_keep *top_keep_new(struct linx *l, uint64_t bytes, struct problem *why);
void top_keep_free(struct top_keep *k);
/*
 * Drops the older half when the newer one is full. Call it regularly. time_ns: wall clock of the newest event. 0 or
 * -errno: no more is kept.
 */
int top_keep_look(struct top_keep *k, uint64_t time_ns);
/*
 * Returns a descriptor of a capture with all that is kept now; its offset is the beginning of the capture. The caller
 * closes it. -errno: failure.
 */
int top_keep_open(struct top_keep *k);
/* Returns the wall clock before which calls may have been dropped; 0: none was. */
uint64_t top_keep_since(const struct top_keep *k);

#endif
