/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests whether the status of two names or descriptors is that of the same file. */
#ifndef LINXCAP_SAME_FILE_H
#define LINXCAP_SAME_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

static inline bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

#endif
