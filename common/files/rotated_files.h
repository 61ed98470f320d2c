/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files of an endless recording: FILE.000001, FILE.000002 ..., or names made of the time (strftime(3)).
 * Files of an earlier run are counted and kept: numbers continue behind the highest.
 *
 * The room files/ holds files that are written without end: rotated files, the log that others follow, and the
 * work on a completed file.
 */
#ifndef LINXCAP_ROTATED_FILES_H
#define LINXCAP_ROTATED_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"

struct series {
	char *dir;
	char *base; /* last component of the path, with its conversions */
	char *glob; /* fnmatch(3) pattern of the files' names */
	bool timed; /* base has conversions */
	const char *option; /* option with the path, for messages */
};

/* Opens a series. -1: why is set. Call rotated_close() in any case. */
int rotated_open(struct series *s, const char *path, const char *option, struct problem *why);
void rotated_close(struct series *s);
/*
 * True if the last component of the path has conversions. Without them each run would truncate the file of the
 * last run.
 */
bool rotated_is_timed(const char *path);
/* Checks whether such names are possible. -1: why is set. */
int rotated_check(const char *path, struct problem *why);
/* Creates the next file, open for writing as *fd. Returns its name, which the caller frees. NULL: why is set. */
char *rotated_next(const struct series *s, int *fd, struct problem *why);
/* Bytes of all files without "current". */
uint64_t rotated_bytes(const struct series *s, const char *current);
/* Removes the oldest files until "most" are left. "current" stays. */
void rotated_prune(const struct series *s, uint64_t most, const char *current);
/*
 * Removes the oldest files without "current" until enough bytes are free. Returns the bytes; 0: all files
 * would not be enough, and none was removed.
 */
uint64_t rotated_make_room(const struct series *s, const char *current, uint64_t wanted);

#endif
