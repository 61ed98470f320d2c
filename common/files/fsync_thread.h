/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Syncing of a completed file to disk. That may take seconds while the next file is recorded, so a thread of
 * its own waits for it.
 */
#ifndef LINXCAP_FSYNC_THREAD_H
#define LINXCAP_FSYNC_THREAD_H

#include <stdbool.h>

struct settle;

/* Starts a thread that syncs fd to disk and then closes it; takes fd over. NULL: out of memory. */
struct settle *fsync_begin(int fd);
/* True when the thread is done; it called signals_wake() then. */
bool fsync_done(struct settle *s);
/* Waits for the thread, and frees it. 0 or -errno: a part of the file is not on the disk. */
int fsync_end(struct settle *s);
/* Lets the thread finish on its own. */
void fsync_leave(struct settle *s);

/* Syncs and closes fd in the calling thread. */
int fsync_now(int fd);

#endif
