/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A folder of Parquet files: DIR/day=2026-11-29/MACHINE-SESSION-NUMBER.parquet. A file grows by being replaced: a
 * longer version is written beside it, synced to disk, and renamed over it. So every reader of the folder, at any
 * moment and even after a crash, finds only whole files, and no row twice.
 *
 * A version that is not complete has a name that begins with a point and does not end in .parquet, and is locked
 * (flock(2)) as long as its writer lives; rows_dir_open() removes versions that nobody has locked.
 */
#ifndef LINXCAP_ROWS_DIR_H
#define LINXCAP_ROWS_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/message.h"

struct rows_dir;

/* Opens the folder, and makes it if it is not there. keep: bytes of all its files; 0: no limit. NULL: why has the reason. */
struct rows_dir *rows_dir_open(const char *path, uint64_t keep, struct problem *why);
/* Closes the folder. A version that is not published is removed. */
void rows_dir_close(struct rows_dir *d);

/* Begins the next file: of a machine and session, with rows of the day of time_ns, in UTC. 0 or -errno. */
int rows_dir_begin(struct rows_dir *d, const char *machine, uint64_t session, uint64_t time_ns);
/* Writes len bytes at offset, behind which the file ends, to the version that comes next. 0 or -errno. */
int rows_dir_write(struct rows_dir *d, uint64_t offset, const void *data, size_t len);
/*
 * Publishes what was written: syncs it in a thread, and renames it when that is done. wait: returns when that is done;
 * otherwise rows_dir_settle() has to follow. A version that still waits for the disk is waited for. 0 or -errno.
 */
int rows_dir_publish(struct rows_dir *d, bool wait);
/* Renames the version that is synced, if there is one. 0 or -errno. */
int rows_dir_settle(struct rows_dir *d);
/* True if a version waits for the disk; signals_wake() is called when it is synced. */
bool rows_dir_waits(const struct rows_dir *d);
/* Returns the bytes of all published files of this run. */
uint64_t rows_dir_bytes(const struct rows_dir *d);
/* Returns the path of the file that is written, for messages. */
const char *rows_dir_name(const struct rows_dir *d);

#endif
