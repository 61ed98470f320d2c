/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files of an endless recording: FILE.000001, FILE.000002 ..., or names made from the time (strftime(3)). Files of
 * earlier runs belong to the series too, and are not overwritten: numbers continue after the highest.
 *
 * Sources in common/files/ write files and sync them: this series, the log that other programs follow (maplog.h), and
 * folders of programs (owned_folder.h).
 */
#ifndef LINXCAP_ROTATED_FILES_H
#define LINXCAP_ROTATED_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"

struct series {
	char *dir;
	char *base; /* last component of the path; it may have strftime(3) conversions */
	char *glob; /* fnmatch(3) pattern that matches the files' names */
	bool timed; /* base has strftime(3) conversions */
	const char *option; /* option that the path is an argument of, for messages */
};

/* Prepares a series. -1: why has the reason. Call rotated_close() in any case. */
int rotated_open(struct series *s, const char *path, const char *option, struct problem *why);
void rotated_close(struct series *s);
/*
 * True if the last component of the path has conversions. Then each run writes to new files, and does not truncate the
 * file of the last run.
 */
bool rotated_is_timed(const char *path);
/* Checks that names can be made from the path. -1: why has the reason. */
int rotated_check(const char *path, struct problem *why);
/*
 * Creates the next file, and opens it for writing as *fd. Returns its name, which the caller frees. NULL: why has
 * the reason.
 */
char *rotated_next(const struct series *s, int *fd, struct problem *why);
/* Returns the bytes of all files of the series except "current". */
uint64_t rotated_bytes(const struct series *s, const char *current);
/* Removes the oldest files until "most" are left. "current" counts, but is never removed. */
void rotated_prune(const struct series *s, uint64_t most, const char *current);
/*
 * Removes the oldest files, but never "current", until "wanted" bytes are freed. Returns the freed bytes; 0: all
 * files together would not be enough, and none was removed.
 */
uint64_t rotated_make_room(const struct series *s, const char *current, uint64_t wanted);

#endif
