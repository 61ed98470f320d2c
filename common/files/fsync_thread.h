/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Syncs a completed file to disk in a thread, because a sync can take seconds, in which the next file is recorded. */
#ifndef LINXCAP_FSYNC_THREAD_H
#define LINXCAP_FSYNC_THREAD_H

#include <stdbool.h>

struct settle;

/* Starts a thread that syncs fd to disk and then closes it; fd belongs to it from now on. NULL: out of memory. */
struct settle *fsync_begin(int fd);
/* True if the file is synced; the thread has then called signals_wake(). */
bool fsync_done(struct settle *s);
/* Waits for the thread, and frees s. 0, or -errno if a part of the file may not be on the disk. */
int fsync_end(struct settle *s);
/* Lets the thread finish without waiting for it. */
void fsync_leave(struct settle *s);

/* Syncs and closes fd in the calling thread. 0 or -errno. */
int fsync_now(int fd);

#endif
