/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Time-ordered merge of an engine's lanes: a heap of the first groups of all lanes; nothing is copied. A group is
 * delivered when every other lane has shown a later group, or will show no earlier group because the engine's floor is
 * later.
 */
#ifndef LINX_MERGE_H
#define LINX_MERGE_H

#include "engine/engine.h"

struct linx_merge;

int linx_merge_new(struct linx_engine *e, struct linx_merge **out);
void linx_merge_free(struct linx_merge *m);
/*
 * Delivers the next group (a record with its pieces) in time order. 1: *g is valid until the next call; 0: there was no
 * group within timeout_ms; -EAGAIN: yields to the caller, more is available; -ENODATA: the section has ended; -EINTR;
 * -EBADMSG or another -errno.
 */
int linx_merge_next(struct linx_merge *m, struct linx_group *g, int timeout_ms);
/*
 * Returns the latest time of a loss in any GAP that a lane has shown and whose first loss may be before time; 0: there
 * is no such loss. The result is known before the GAP is delivered: a GAP is written when there is room again, so its
 * own time is later than those of the losses it reports. Later calls must not pass an earlier time.
 */
uint64_t linx_merge_lost_until(struct linx_merge *m, uint64_t time);
/* Returns the number of groups of a lane that were delivered and count in the certificate (linx_rec_counts()). */
uint64_t linx_merge_delivered(const struct linx_merge *m, unsigned int lane);
/*
 * Releases all delivered groups to the engine, and forgets the groups that were not delivered: the merge peeks at them
 * again. Called before a dump or a count of unread records. The last delivered group must not be used any more.
 */
void linx_merge_sync(struct linx_merge *m);

/*
 * Receives all groups of a lane, in order, after they were delivered and before their memory is released: len bytes at
 * data. seq: full sequence number of a record before them. Returns that of the last record among them.
 */
typedef uint64_t linx_merge_watch_fn(void *ctx, unsigned int lane, const uint8_t *data, size_t len, uint64_t seq);
/* Calls fn for the groups that are delivered from now on, in pieces as long as possible; NULL: no more. */
void linx_merge_watch(struct linx_merge *m, linx_merge_watch_fn *fn, void *ctx);
/*
 * Calls the function of linx_merge_watch() for all groups that were delivered so far. The last "but" bytes of these are
 * left out: 0, or the length of the group that was delivered last.
 */
void linx_merge_show(struct linx_merge *m, size_t but);
/* Returns the latest time of a group that was delivered. */
uint64_t linx_merge_released(const struct linx_merge *m);

#endif
