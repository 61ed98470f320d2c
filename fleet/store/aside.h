/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The folder of linx-store, which one process at a time uses. DIR/refused has refused messages. If rows are stored as
 * files, DIR has them too (see store/folder.h).
 */
#ifndef STORE_ASIDE_H
#define STORE_ASIDE_H

#include <stddef.h>
#include <stdint.h>

#include "base/message.h"

/* Mode of folders: only owner and group can read the rows. */
#define ASIDE_MODE 0750
#define ASIDE_BYTES (64u << 20)

struct aside {
	const char *path; /* path that was given to aside_open(), for messages */
	int dir, lock; /* descriptors; -1: not open */
	uint64_t bytes; /* bytes of all files in DIR/refused */
	unsigned int n; /* number of the next file in DIR/refused, counted from the start of the process */
};

/* Opens and locks the folder, or makes it if it is missing. -1: why has the reason. aside_close() is needed always. */
int aside_open(struct aside *a, const char *path, struct problem *why);
void aside_close(struct aside *a);
/* Opens a folder in dir. Makes it if it is missing, and syncs dir then. Returns a descriptor or -errno. */
int aside_enter(int dir, const char *name);
/* Keeps a refused message as a file in DIR/refused, if all such files then have at most ASIDE_BYTES bytes. */
void aside_put(struct aside *a, const char *machine, const void *data, size_t len);

#endif
