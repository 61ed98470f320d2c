/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The working directory and root of tasks: what one changes, all have that
 * share them (CLONE_FS). Processes that show them look whether they changed, so
 * that a change costs the same however many there are.
 */
#ifndef LINX_FS_H
#define LINX_FS_H

#include <linx/state.h>

#include "base/id_map.h"

/* Of the room for what is kept. */
#define LINX_FS_COST (sizeof(struct linx_fs) + 16)

struct linx_fs {
	struct linx_numbered id; /* linx_who.fs */
	uint32_t tasks; /* that have it; without any its number is free to be used again */
	uint32_t refs; /* these, and the processes that show it */
	uint32_t version; /* raised whenever something here changes */
	bool chroot;
	struct linx_text cwd;
};

struct linx_fs_account {
	struct linx_id_map by_id;
	size_t *room; /* bytes that may still be kept */
};

int linx_fs_begin(struct linx_fs_account *a, size_t *room);
/* All are gone. */
void linx_fs_end(struct linx_fs_account *a);

/* Nobody's yet, without a number. NULL: no memory, or no room. */
struct linx_fs *linx_fs_new(struct linx_fs_account *a, const struct linx_text *cwd, bool chroot);
/* NULL: nobody's number that is known. */
struct linx_fs *linx_fs_by_id(const struct linx_fs_account *a, uint64_t id);
struct linx_fs *linx_fs_get(struct linx_fs *fs);
void linx_fs_put(struct linx_fs_account *a, struct linx_fs *fs); /* NULL is fine */
/* A task has it; and not any more. */
struct linx_fs *linx_fs_enter(struct linx_fs *fs);
void linx_fs_leave(struct linx_fs_account *a, struct linx_fs *fs); /* NULL is fine */

/* -ENOMEM */
int linx_fs_set_cwd(struct linx_fs_account *a, struct linx_fs *fs, const struct linx_value *cwd);
void linx_fs_set_chroot(struct linx_fs *fs, bool chroot);

#endif
