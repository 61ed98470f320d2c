/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Working directory and root of tasks. Tasks may share an entry (CLONE_FS): a change by one task applies to all. When a
 * process is shown, it compares the version of its copy with the entry's version. So a change costs the same for any
 * number of tasks.
 */
#ifndef LINX_FS_H
#define LINX_FS_H

#include <linx/state.h>

#include "base/id_map.h"

/* Part of the memory budget that one entry takes, in bytes, with the allocator's overhead. */
#define LINX_FS_COST (sizeof(struct linx_fs) + 16)

struct linx_fs {
	struct linx_numbered id; /* the kernel's number of the entry: linx_who.fs */
	/*
	 * number of tasks that use the entry; at 0 the entry loses its number, since the kernel may use the number
	 * again
	 */
	uint32_t tasks;
	uint32_t refs; /* number of references by tasks, and by processes that show the entry */
	uint32_t version; /* raised whenever a member changes */
	bool chroot;
	struct linx_text cwd;
};

struct linx_fs_account {
	struct linx_id_map by_id;
	size_t *room; /* memory budget left, in bytes */
};

int linx_fs_begin(struct linx_fs_account *a, size_t *room);
/* Frees the account. All of its entries must have been freed before. */
void linx_fs_end(struct linx_fs_account *a);

/*
 * Makes an entry without a number and without references. linx_fs_enter() adds a reference. NULL: no memory, or no
 * room.
 */
struct linx_fs *linx_fs_new(struct linx_fs_account *a, const struct linx_text *cwd, bool chroot);
/* Finds the entry with this number; NULL: there is no such entry. */
struct linx_fs *linx_fs_by_id(const struct linx_fs_account *a, uint64_t id);
struct linx_fs *linx_fs_get(struct linx_fs *fs);
void linx_fs_put(struct linx_fs_account *a, struct linx_fs *fs); /* fs may be NULL */
/* linx_fs_enter() adds a task that uses the entry, linx_fs_leave() removes it. Each such task holds a reference. */
struct linx_fs *linx_fs_enter(struct linx_fs *fs);
void linx_fs_leave(struct linx_fs_account *a, struct linx_fs *fs); /* fs may be NULL */

/* Sets the directory from a record's value. An absent value, or one equal to the directory, changes nothing. -ENOMEM */
int linx_fs_set_cwd(struct linx_fs_account *a, struct linx_fs *fs, const struct linx_value *cwd);
void linx_fs_set_chroot(struct linx_fs *fs, bool chroot);

#endif
