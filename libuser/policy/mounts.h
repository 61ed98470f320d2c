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
	uint64_t fs; /* device number of the file system, from the kernel's super block */
	const char *root; /* directory of the file system that the mount shows */
	const char *point;
	const char *type;
};

/*
 * Calls each() for each mount of this process, until each() returns a value other than 0. Returns this value; 0: all
 * mounts were visited; -errno: the list cannot be read.
 */
int linx_mounts_each(int (*each)(const struct linx_mount *m, void *ctx), void *ctx, struct linx_error *err);

/*
 * True if path is below the directory, or is the directory itself. Except for "/", neither may have a slash at its end.
 */
bool linx_path_is_below(const char *path, const char *directory);

/* Gets the path that the kernel has for a descriptor, in this process's mount namespace. -errno */
int linx_path_of(int fd, char to[PATH_MAX], struct linx_error *err);

/*
 * Finds where an open file is. *fs is set to its file system, as in struct linx_mount. The path within the file system
 * is appended to *to, without a slash at its end. This path differs from the file's path, since a file system, or a
 * part of it, is mounted at some directory. -errno, with an error text.
 */
int linx_mounts_locate(int fd, uint64_t *fs, struct linx_strbuf *to, struct linx_error *err);

/*
 * Does a path in a rule mean the file that this process sees at the path? 1: yes, since this process sees the same
 * mounts as the first process, or has a root directory of its own (a container, chroot(2)), or the mounts of the first
 * process cannot be read. 0: no, since this process sees other mounts below the same root. -ENOMEM. The list has the
 * number of each mount, and copies of a mount in another namespace have other numbers.
 */
int linx_mounts_are_meant(void);

/*
 * Checks that the first process sees the same file at the path of this open file. A service in a mount namespace of its
 * own may have another file system mounted there, and rules would be about files that nobody else uses. -EXDEV: the
 * first process sees another file.
 */
int linx_mounts_check_first(int fd, struct linx_error *err);
/* True if something is mounted at this path for the first process, or if that cannot be seen. */
bool linx_mounts_first_has(const char *point);

#endif
