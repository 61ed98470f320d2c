/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files of a recording that goes on and on: FILE.000001, FILE.000002 ..., or
 * names made of the time (strftime(3)). What a run before has left is counted
 * and kept: numbers go on behind the highest.
 *
 * The room files/ holds files that are written without end: rotated ones, the log that others follow,
 * and what happens to a file once it is complete.
 */
#ifndef LINXCAP_ROTATED_FILES_H
#define LINXCAP_ROTATED_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"

struct series {
	char *dir;
	char *base; /* the last word of the path, with its conversions */
	char *glob; /* fnmatch(3) pattern of the files' names */
	bool timed; /* base has conversions */
	const char *option; /* that gave the path, for messages */
};

/* -1: why is set. rotated_close() in any case. */
int rotated_open(struct series *s, const char *path, const char *option, struct problem *why);
void rotated_close(struct series *s);
/* Has the last word of the path conversions? Taken as it is, each run would empty what the one before has left. */
bool rotated_is_timed(const char *path);
/* Can there be such names? -1: why is set. */
int rotated_check(const char *path, struct problem *why);
/* Makes a file that was not there, open for writing as *fd, and returns its name; free() it. NULL: why is set. */
char *rotated_next(const struct series *s, int *fd, struct problem *why);
/* Bytes of all files but "current". */
uint64_t rotated_bytes(const struct series *s, const char *current);
/* Removes the oldest files until there are "most". "current" stays. */
void rotated_prune(const struct series *s, uint64_t most, const char *current);
/* Removes the oldest but "current" until they free what is wanted. The bytes; 0: all would not, and none went. */
uint64_t rotated_make_room(const struct series *s, const char *current, uint64_t wanted);

#endif
