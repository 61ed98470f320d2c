// SPDX-License-Identifier: LGPL-2.1-or-later
/* Working directories and roots: see state/fs.h. */
#include <stdlib.h>
#include <string.h>

#include "record/decode.h"
#include "state/fs.h"
#include "state/shared_str.h"

int linx_fs_begin(struct linx_fs_account *a, size_t *room)
{
	a->room = room;
	return linx_id_map_new(&a->by_id);
}

void linx_fs_end(struct linx_fs_account *a)
{
	linx_id_map_free(&a->by_id);
}

struct linx_fs *linx_fs_new(struct linx_fs_account *a, const struct linx_text *cwd, bool chroot)
{
	struct linx_fs *fs = *a->room < LINX_FS_COST ? NULL : calloc(1, sizeof(*fs));

	if (!fs)
		return NULL;
	*a->room -= LINX_FS_COST;
	linx_shared_str_share(&fs->cwd, cwd);
	fs->chroot = chroot;
	return fs;
}

struct linx_fs *linx_fs_by_id(const struct linx_fs_account *a, uint64_t id)
{
	struct linx_numbered *n = linx_id_map_find(&a->by_id, id);

	return n ? (void *)((char *)n - offsetof(struct linx_fs, id)) : NULL;
}

struct linx_fs *linx_fs_get(struct linx_fs *fs)
{
	fs->refs++;
	return fs;
}

void linx_fs_put(struct linx_fs_account *a, struct linx_fs *fs)
{
	if (!fs || --fs->refs)
		return;
	linx_shared_str_drop(a->room, &fs->cwd);
	free(fs);
	*a->room += LINX_FS_COST;
}

struct linx_fs *linx_fs_enter(struct linx_fs *fs)
{
	fs->tasks++;
	return linx_fs_get(fs);
}

void linx_fs_leave(struct linx_fs_account *a, struct linx_fs *fs)
{
	if (fs && !--fs->tasks)
		linx_id_map_set(&a->by_id, &fs->id, 0);
	linx_fs_put(a, fs);
}

static bool is_same(const struct linx_text *text, const struct linx_value *v)
{
	return text->state == v->state && text->data && linx_value_readable(v) && text->len == v->size &&
	       !memcmp(text->data, v->data, v->size);
}

int linx_fs_set_cwd(struct linx_fs_account *a, struct linx_fs *fs, const struct linx_value *cwd)
{
	if (!cwd->state || is_same(&fs->cwd, cwd))
		return 0;
	fs->version++;
	return linx_shared_str_take(a->room, &fs->cwd, cwd);
}

void linx_fs_set_chroot(struct linx_fs *fs, bool chroot)
{
	fs->version += fs->chroot != chroot;
	fs->chroot = chroot;
}
