// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tables of descriptors:
 *
 *      linx_files ---> tree ---> leaf ---> file
 *                           ---> leaf ---> file, file
 *      linx_files ---> tree ------^
 *
 * A table belongs to the tasks that share it (CLONE_FILES). Trees, leaves and
 * files are counted and never changed while somebody else holds them; only the
 * holder of a single reference writes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

#define LEAF_BITS 5
#define LEAF (1u << LEAF_BITS)
/* The kernel's own limit is below; a stream may claim anything. */
#define FD_MAX (1 << 26)

/* An open file, as a descriptor tells of it. */
struct file {
	uint32_t refs;
	uint32_t size; /* of this with its texts */
	struct linx_descriptor d; /* but for its number and what is the descriptor's own */
	char texts[];
};

struct leaf {
	uint32_t refs;
	uint32_t n; /* open */
	struct file *file[LEAF];
	uint32_t cloexec; /* a bit each */
};

struct tree {
	uint32_t refs;
	uint32_t n; /* open */
	uint32_t nleaves;
	bool complete;
	uint64_t generation;
	struct leaf *leaf[]; /* NULL: nothing is open there */
};

struct linx_files {
	struct linx_files_account *a;
	struct tree *tree;
	uint32_t refs;
	bool cut; /* something had no room */
	bool early; /* is looked at before what is known of it */
	bool was_shared; /* more than one task had it since the last copy */
	uint64_t known_at; /* what was lost since is missing */
	struct linx_numbered id; /* the kernel's number */
};

static void *take(struct linx_files_account *a, size_t size)
{
	void *p;

	if (*a->room < size)
		return NULL;
	p = calloc(1, size);
	if (p)
		*a->room -= size;
	return p;
}

static void give(struct linx_files_account *a, void *p, size_t size)
{
	*a->room += size;
	free(p);
}

static size_t tree_size(uint32_t nleaves)
{
	return sizeof(struct tree) + nleaves * sizeof(struct leaf *);
}

static void put_file(struct linx_files_account *a, struct file *file)
{
	if (file && !--file->refs)
		give(a, file, file->size);
}

static void put_leaf(struct linx_files_account *a, struct leaf *leaf)
{
	if (!leaf || --leaf->refs)
		return;
	for (unsigned int i = 0; i < LEAF; i++)
		put_file(a, leaf->file[i]);
	give(a, leaf, sizeof(*leaf));
}

static void put_tree(struct linx_files_account *a, struct tree *tree)
{
	if (!tree || --tree->refs)
		return;
	for (uint32_t i = 0; i < tree->nleaves; i++)
		put_leaf(a, tree->leaf[i]);
	give(a, tree, tree_size(tree->nleaves));
}

/* ---- the kernel's numbers -------------------------------------------------------- */

int linx_files_begin(struct linx_files_account *a, size_t *room)
{
	*a = (struct linx_files_account){ .room = room };
	return linx_numbers_new(&a->by_id);
}

void linx_files_end(struct linx_files_account *a)
{
	linx_numbers_free(&a->by_id);
}

struct linx_files *linx_files_by_id(const struct linx_files_account *a, uint64_t id)
{
	struct linx_numbered *n = linx_numbers_find(&a->by_id, id);

	return n ? (void *)((char *)n - offsetof(struct linx_files, id)) : NULL;
}

uint64_t linx_files_get_id(const struct linx_files *f)
{
	return f->id.number;
}

void linx_files_set_id(struct linx_files *f, uint64_t id)
{
	linx_numbers_set(&f->a->by_id, &f->id, id);
}

/* ---- tables --------------------------------------------------------------------- */

struct linx_files *linx_files_new(struct linx_files_account *a)
{
	struct linx_files *f = take(a, sizeof(*f));

	if (!f)
		return NULL;
	f->refs = 1;
	f->a = a;
	f->tree = take(a, tree_size(0));
	if (!f->tree) {
		linx_files_put(f);
		return NULL;
	}
	f->tree->refs = 1;
	f->tree->generation = ++a->generation;
	return f;
}

struct linx_files *linx_files_copy(struct linx_files *f)
{
	struct linx_files *copy = take(f->a, sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = (struct linx_files){ .a = f->a, .tree = f->tree, .refs = 1, .cut = f->cut };
	copy->known_at = f->known_at;
	copy->tree->refs++;
	return copy;
}

struct linx_files *linx_files_get(struct linx_files *f)
{
	f->refs++;
	f->was_shared = true;
	return f;
}

bool linx_files_was_shared(struct linx_files *f)
{
	bool shared = f->was_shared;

	f->was_shared = f->refs > 1;
	return shared;
}

void linx_files_put(struct linx_files *f)
{
	if (!f || --f->refs)
		return;
	linx_files_set_id(f, 0);
	put_tree(f->a, f->tree);
	give(f->a, f, sizeof(*f));
}

void linx_files_know(struct linx_files *f, uint64_t time)
{
	f->known_at = time;
}

void linx_files_reset(struct linx_files *f, uint64_t time)
{
	struct tree *tree = take(f->a, tree_size(0));

	if (!tree) {
		f->cut = true;
		return;
	}
	tree->refs = 1;
	tree->generation = ++f->a->generation;
	put_tree(f->a, f->tree);
	f->tree = tree;
	f->cut = false;
	f->known_at = time;
}

void linx_files_look(struct linx_files *f, bool early)
{
	f->early = early;
}

/* ---- before a change --------------------------------------------------------------- */

/* The table's own tree, with room for that many leaves, of a new generation. NULL: no room. */
static struct tree *own_tree(struct linx_files *f, uint32_t nleaves)
{
	struct tree *old = f->tree, *tree = old;

	if (nleaves > old->nleaves && nleaves < 2 * old->nleaves)
		nleaves = 2 * old->nleaves;
	if (nleaves < old->nleaves)
		nleaves = old->nleaves;
	if (old->refs > 1 || nleaves > old->nleaves) {
		tree = take(f->a, tree_size(nleaves));
		if (!tree) {
			f->cut = true;
			return NULL;
		}
		memcpy(tree, old, tree_size(old->nleaves));
		tree->refs = 1;
		tree->nleaves = nleaves;
		for (uint32_t i = 0; i < old->nleaves; i++)
			if (old->leaf[i])
				old->leaf[i]->refs++;
		put_tree(f->a, old);
		f->tree = tree;
	}
	tree->generation = ++f->a->generation;
	return tree;
}

/* A leaf of the tree's own. NULL: no room. */
static struct leaf *own_leaf(struct linx_files *f, struct tree *tree, uint32_t i)
{
	struct leaf *old = tree->leaf[i], *leaf = old;

	if (old && old->refs == 1)
		return old;
	leaf = take(f->a, sizeof(*leaf));
	if (!leaf) {
		f->cut = true;
		return NULL;
	}
	if (old) {
		*leaf = *old;
		for (unsigned int k = 0; k < LEAF; k++)
			if (leaf->file[k])
				leaf->file[k]->refs++;
		put_leaf(f->a, old);
	}
	leaf->refs = 1;
	tree->leaf[i] = leaf;
	return leaf;
}

void linx_files_set_complete(struct linx_files *f, bool complete)
{
	struct tree *tree;

	if (f->tree->complete == complete)
		return;
	tree = own_tree(f, 0);
	if (tree)
		tree->complete = complete;
	if (complete)
		f->cut = false;
}

/* ---- changes ------------------------------------------------------------------------ */

static struct file *new_file(struct linx_files *f, const struct linx_descriptor *d)
{
	size_t size = sizeof(struct file) + d->path_len + d->info_len + 2u;
	struct file *file = size > UINT32_MAX ? NULL : take(f->a, size);

	if (!file) {
		f->cut = true;
		return NULL;
	}
	file->refs = 1;
	file->size = (uint32_t)size;
	file->d = *d;
	file->d.flags &= (uint16_t)~LINX_FD_CLOEXEC;
	file->d.path = file->texts;
	file->d.info = file->texts + d->path_len + 1;
	if (d->path_len)
		memcpy(file->texts, d->path, d->path_len);
	if (d->info_len)
		memcpy(file->texts + d->path_len + 1, d->info, d->info_len);
	return file;
}

static struct file *lookup(const struct tree *tree, uint32_t fd)
{
	uint32_t i = fd >> LEAF_BITS;

	return i < tree->nleaves && tree->leaf[i] ? tree->leaf[i]->file[fd % LEAF] : NULL;
}

static bool has_cloexec(const struct tree *tree, uint32_t fd)
{
	return tree->leaf[fd >> LEAF_BITS]->cloexec >> fd % LEAF & 1;
}

void linx_files_set(struct linx_files *f, const struct linx_descriptor *d)
{
	uint32_t fd = (uint32_t)d->fd, bit = 1u << fd % LEAF;
	struct tree *tree;
	struct leaf *leaf;
	struct file *file;

	if (d->fd < 0 || d->fd >= FD_MAX) {
		f->cut |= d->fd >= FD_MAX;
		return;
	}
	file = new_file(f, d);
	tree = file ? own_tree(f, (fd >> LEAF_BITS) + 1) : NULL;
	leaf = tree ? own_leaf(f, tree, fd >> LEAF_BITS) : NULL;
	if (!leaf) {
		put_file(f->a, file);
		return;
	}
	if (!leaf->file[fd % LEAF]) {
		leaf->n++;
		tree->n++;
	}
	put_file(f->a, leaf->file[fd % LEAF]);
	leaf->file[fd % LEAF] = file;
	leaf->cloexec = d->flags & LINX_FD_CLOEXEC ? leaf->cloexec | bit : leaf->cloexec & ~bit;
}

void linx_files_close(struct linx_files *f, int32_t fd)
{
	struct file *file = fd >= 0 ? lookup(f->tree, (uint32_t)fd) : NULL;
	struct tree *tree = file ? own_tree(f, 0) : NULL;
	struct leaf *leaf = tree ? own_leaf(f, tree, (uint32_t)fd >> LEAF_BITS) : NULL;

	if (!leaf)
		return;
	leaf->file[fd % LEAF] = NULL;
	leaf->cloexec &= ~(1u << fd % LEAF);
	tree->n--;
	if (!--leaf->n) {
		tree->leaf[(uint32_t)fd >> LEAF_BITS] = NULL;
		put_leaf(f->a, leaf);
	}
	put_file(f->a, file);
}

/* The first that is open, from here on; -1: none. */
static int32_t next_open(const struct tree *tree, uint32_t fd)
{
	uint32_t i = fd >> LEAF_BITS, k = fd % LEAF;

	for (; i < tree->nleaves; i++, k = 0) {
		if (!tree->leaf[i])
			continue;
		for (; k < LEAF; k++)
			if (tree->leaf[i]->file[k])
				return (int32_t)(i << LEAF_BITS | k);
	}
	return -1;
}

void linx_files_close_range(struct linx_files *f, uint32_t first, uint32_t last)
{
	int32_t fd = next_open(f->tree, first);

	for (; fd >= 0 && (uint32_t)fd <= last; fd = next_open(f->tree, (uint32_t)fd + 1))
		linx_files_close(f, fd);
}

void linx_files_mark_range(struct linx_files *f, uint32_t first, uint32_t last)
{
	struct tree *tree = own_tree(f, 0);
	int32_t fd = tree ? next_open(tree, first) : -1;
	struct leaf *leaf;

	for (; fd >= 0 && (uint32_t)fd <= last; fd = next_open(tree, (uint32_t)fd + 1)) {
		leaf = own_leaf(f, tree, (uint32_t)fd >> LEAF_BITS);
		if (leaf)
			leaf->cloexec |= 1u << fd % LEAF;
	}
}

void linx_files_match(struct linx_files *f, const uint8_t *map, uint32_t size, bool all)
{
	uint32_t end = size * 8;
	bool known = true;

	for (int32_t fd = next_open(f->tree, 0); fd >= 0; fd = next_open(f->tree, (uint32_t)fd + 1))
		if (((uint32_t)fd < end && !(map[fd / 8] >> fd % 8 & 1)) || ((uint32_t)fd >= end && all))
			linx_files_close(f, fd);
	for (uint32_t i = 0; i < size && known; i++)
		for (uint32_t k = 0; k < 8 && known && map[i]; k++)
			known = !(map[i] >> k & 1) || lookup(f->tree, i * 8 + k);
	if (!known || all)
		linx_files_set_complete(f, known);
}

void linx_files_exec(struct linx_files *f)
{
	int32_t fd = next_open(f->tree, 0);

	for (; fd >= 0; fd = next_open(f->tree, (uint32_t)fd + 1))
		if (has_cloexec(f->tree, (uint32_t)fd))
			linx_files_close(f, fd);
}

/* ---- looking ------------------------------------------------------------------------- */

uint64_t linx_files_get_generation(const struct linx_files *f)
{
	return f->tree->generation;
}

unsigned int linx_files_get_count(const struct linx_files *f)
{
	return f->tree->n;
}

bool linx_files_is_complete(const struct linx_files *f)
{
	bool lost = f->a->lost_until && f->known_at <= f->a->lost_until;

	return f->tree->complete && !f->cut && !f->early && !lost;
}

int linx_files_find(const struct linx_files *f, int32_t fd, struct linx_descriptor *d)
{
	const struct file *file = fd >= 0 ? lookup(f->tree, (uint32_t)fd) : NULL;

	if (!file)
		return -ENOENT;
	*d = file->d;
	d->fd = fd;
	if (has_cloexec(f->tree, (uint32_t)fd))
		d->flags |= LINX_FD_CLOEXEC;
	return 0;
}

int linx_files_next(const struct linx_files *f, int32_t after, struct linx_descriptor *d)
{
	return linx_files_find(f, after == INT32_MAX ? -1 : next_open(f->tree, (uint32_t)(after + 1)), d);
}
