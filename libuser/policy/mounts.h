/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts as /proc/PID/mountinfo lists them, and where a file is in the tree of its file system. */
#ifndef LINX_POLICY_MOUNTS_H
#define LINX_POLICY_MOUNTS_H

#include <limits.h>
#include <linux/linx.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

struct linx_error;

/* A line of mountinfo. The texts are valid until the next line. */
struct linx_mount {
	int id;
	uint64_t fs; /* number of the file system, of the kernel's super block */
	const char *root; /* directory of the file system that is mounted */
	const char *point;
	const char *type;
};

/*
 * Calls each() for each mount of this process, until it returns a value other than 0, which is returned. -errno: the list
 * cannot be read.
 */
int linx_mounts_each(int (*each)(const struct linx_mount *m, void *ctx), void *ctx, struct linx_error *err);

/* True if path is below the directory, or is the directory itself. Both without a slash at their end, but for "/". */
bool linx_path_is_below(const char *path, const char *directory);

/* Gets the path that the kernel has for a descriptor, in this process's mount namespace. -errno */
int linx_path_of(int fd, char to[PATH_MAX], struct linx_error *err);

/*
 * Finds where an open file is: *fs is its file system as in struct linx_mount, and the path within this is appended to
 * *to, without a slash at its end. A mount may show only a part of the file system, and stands itself somewhere in the
 * tree. -errno, with an error text.
 */
int linx_mounts_locate(int fd, uint64_t *fs, struct linx_strbuf *to, struct linx_error *err);

/*
 * Are paths meant as this process sees them? 1: yes, as it sees the same mounts as the first process, or has a root
 * directory of its own (a container, chroot(2)), or the first process cannot be seen; 0: it sees others, below the same
 * root. -ENOMEM. The list describes each mount with its number, which copies in another namespace do not share.
 */
int linx_mounts_are_meant(void);

/*
 * Checks that the first process sees the open file at the same path: in a namespace of its own, a service may have
 * something else mounted there, and rules on it would be about files that nobody else uses. -EXDEV: another one.
 */
int linx_mounts_check_first(int fd, struct linx_error *err);
/* True if something is mounted at this path for the first process, or if that cannot be seen. */
bool linx_mounts_first_has(const char *point);

#endif
