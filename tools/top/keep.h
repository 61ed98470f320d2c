/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The newest records of a source that cannot be read again, such as a live one: a capture in memory of limited size.
 *
 * The capture has two halves, each written by a linx_writer. When the newer half is full, the older one is dropped.
 * Only its records of tasks and descriptors stay; they are the context that is read before the halves. Records are
 * copied many at a time and are not decoded: therefore keeping them costs little, and a reader gets all that a capture
 * file has.
 * linxcap top and the page of linxcap serve keep events in this way.
 */
#ifndef LINXCAP_TOP_KEEP_H
#define LINXCAP_TOP_KEEP_H

#include <linx/linx.h>

#include "base/message.h"

struct top_keep;

/*
 * Begins to keep what is read from l by linx_next(), in about so many bytes. Call it before the first
 * linx_next(). on_disk: in files without a name in TMPDIR or /tmp; otherwise, and where such files cannot be, in
 * memory. NULL: *why has the reason. l must not be closed before top_keep_free().
 */
struct top_keep *top_keep_new(struct linx *l, uint64_t bytes, bool on_disk, struct problem *why);
void top_keep_free(struct top_keep *k);
/*
 * Drops the older half and begins a new one if the newer half is full. Call it now and then, in the thread that reads
 * l. time_ns: wall clock of the newest event. 0, or -errno, after which no more is kept.
 */
int top_keep_look(struct top_keep *k, uint64_t time_ns);
/* Writes what was read from l so far, for top_keep_open(). Call it in the thread that reads l. 0 or -errno. */
int top_keep_flush(struct top_keep *k);
/*
 * Returns a pipe, or -errno. From the pipe a capture can be read, with all that is kept of what was read from l up to
 * the last top_keep_flush(). The caller closes the pipe; halves dropped before that are freed only then. Any thread may
 * call this function.
 */
int top_keep_open(struct top_keep *k);
/* Returns the wall clock before which calls may have been dropped; 0: none was. */
uint64_t top_keep_since(const struct top_keep *k);

#endif
