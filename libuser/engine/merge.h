/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Time-ordered merge of an engine's lanes: a heap of lane fronts, nothing
 * copied. A group is released when every lane has shown a later one or is
 * known, by the engine's floor, to be quiet until a later time.
 */
#ifndef LINX_MERGE_H
#define LINX_MERGE_H

#include "engine/engine.h"

struct linx_merge;

int linx_merge_new(struct linx_engine *e, struct linx_merge **out);
void linx_merge_free(struct linx_merge *m);
/* 1: *g is borrowed until the next call; 0: nothing within the time; -EAGAIN: the caller's turn, there is more; -errno as linx_next(). */
int linx_merge_next(struct linx_merge *m, struct linx_group *g, int timeout_ms);
/*
 * Up to when gaps that have been met tell of losses; 0: none. Ahead of the gaps
 * themselves: one is written once there is room again, and its turn comes then.
 */
uint64_t linx_merge_lost_until(const struct linx_merge *m);
/* Groups released so far per lane (seq-bearing ones: not GAP, not PAD), for the certificate. */
uint64_t linx_merge_delivered(const struct linx_merge *m, unsigned int lane);
/*
 * Hand back to the engine all that was delivered and forget the rest, which is
 * peeked at again: before a dump or a count of what is unread. Ends the borrow.
 */
void linx_merge_sync(struct linx_merge *m);

#endif
