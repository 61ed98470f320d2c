/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Working directory and root, shared by tasks (CLONE_FS): a change by one applies to all. Processes compare
 * versions when they are shown, so a change costs the same for any number of sharers.
 */
#ifndef LINX_FS_H
#define LINX_FS_H

#include <linx/state.h>

#include "base/id_map.h"

/* Bytes that one entry costs of the memory budget, with the allocator's overhead. */
#define LINX_FS_COST (sizeof(struct linx_fs) + 16)

struct linx_fs {
	struct linx_numbered id; /* linx_who.fs */
	uint32_t tasks; /* tasks that use it; when the last one leaves, it loses its number, which the kernel may use again */
	uint32_t refs; /* references of tasks and of processes that show it */
	uint32_t version; /* raised whenever a member changes */
	bool chroot;
	struct linx_text cwd;
};

struct linx_fs_account {
	struct linx_id_map by_id;
	size_t *room; /* memory budget left, in bytes */
};

int linx_fs_begin(struct linx_fs_account *a, size_t *room);
/* Frees the account; all of its entries must be gone. */
void linx_fs_end(struct linx_fs_account *a);

/* Makes an entry without number and references, which linx_fs_enter() gives it. NULL: no memory, or no room. */
struct linx_fs *linx_fs_new(struct linx_fs_account *a, const struct linx_text *cwd, bool chroot);
/* Entry with this number; NULL: none. */
struct linx_fs *linx_fs_by_id(const struct linx_fs_account *a, uint64_t id);
struct linx_fs *linx_fs_get(struct linx_fs *fs);
void linx_fs_put(struct linx_fs_account *a, struct linx_fs *fs); /* fs may be NULL */
/* Count a task in and out; each holds a reference. */
struct linx_fs *linx_fs_enter(struct linx_fs *fs);
void linx_fs_leave(struct linx_fs_account *a, struct linx_fs *fs); /* fs may be NULL */

/* Sets the directory from a record's value; an absent value or the same one changes nothing. -ENOMEM */
int linx_fs_set_cwd(struct linx_fs_account *a, struct linx_fs *fs, const struct linx_value *cwd);
void linx_fs_set_chroot(struct linx_fs *fs, bool chroot);

#endif
