/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A folder of Parquet files: DIR/day=2026-11-29/MACHINE-SESSION-NUMBER.parquet. A file grows by being replaced: a
 * longer version is written beside it, synced to disk, and renamed over it. Therefore every reader of the folder, at
 * any moment and even after a crash, finds only whole files, and no row twice.
 *
 * A version that is not complete has a name that begins with a point and does not end in .parquet. It is locked
 * (flock(2)) as long as its writer lives. rows_dir_open() removes versions that nobody has locked.
 */
#ifndef LINXCAP_ROWS_DIR_H
#define LINXCAP_ROWS_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/message.h"

struct rows_dir;

/*
 * Opens the folder. If it does not exist, makes it. keep: most bytes of all its files together; 0: no limit. NULL: why
 * has the reason.
 */
struct rows_dir *rows_dir_open(const char *path, uint64_t keep, struct problem *why);
/* Closes the folder, and removes a version that is not published. */
void rows_dir_close(struct rows_dir *d);

/* Begins the next file, for rows of this machine, this session and the day of time_ns in UTC. 0 or -errno. */
int rows_dir_begin(struct rows_dir *d, const char *machine, uint64_t session, uint64_t time_ns);
/* Writes len bytes at offset to the next version of the file, which ends after these bytes. 0 or -errno. */
int rows_dir_write(struct rows_dir *d, uint64_t offset, const void *data, size_t len);
/*
 * Publishes what was written: a thread syncs the version, which is then renamed. wait: this function returns after
 * that. Otherwise the caller has to call rows_dir_settle() later. If the previous version is still being synced, this
 * function first waits for it. 0 or -errno.
 */
int rows_dir_publish(struct rows_dir *d, bool wait);
/* Renames the version if its sync has ended. 0 or -errno; also 0 if there is no such version. */
int rows_dir_settle(struct rows_dir *d);
/* True if a version is being synced. When it is on the disk, signals_wake() is called. */
bool rows_dir_waits(const struct rows_dir *d);
/* Returns the bytes of all published files of this run. */
uint64_t rows_dir_bytes(const struct rows_dir *d);
/* Returns the path of the file that is written, for messages. */
const char *rows_dir_name(const struct rows_dir *d);

#endif
