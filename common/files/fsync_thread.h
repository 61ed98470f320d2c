/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file that was written to its end goes to the disk. That may take seconds,
 * while the next file is recorded: a thread of its own waits for it.
 */
#ifndef LINXCAP_FSYNC_THREAD_H
#define LINXCAP_FSYNC_THREAD_H

#include <stdbool.h>

struct settle;

/* Starts a thread that syncs fd to disk and then closes it; fd is taken over. NULL: out of memory. */
struct settle *fsync_begin(int fd);
/* signals_wake() was called when it is. */
bool fsync_done(struct settle *s);
/* Waits for its end, and frees it. 0 or -errno: something of the file is not there. */
int fsync_end(struct settle *s);
/* Lets the thread finish on its own. */
void fsync_leave(struct settle *s);

/* Syncs and closes fd in the calling thread. */
int fsync_now(int fd);

#endif
