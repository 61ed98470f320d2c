// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tables of descriptors are trees whose parts are shared copy-on-write:
 *
 *   linx_files ---> tree ---> node ---> leaf ---> file
 *                                  ---> leaf ---> file, file
 *   linx_files ---> tree ---> node ------^
 *
 * A table belongs to the tasks that share it (CLONE_FILES). Trees, nodes and files are reference-counted, and written
 * only while there is one reference. A change below a shared node copies the nodes from the root down to the change.
 * Descriptor numbers may be far apart, since a hostile stream can choose them. The cost of a lookup or change therefore
 * depends only on the number of descriptors that change and on the height of the tree, which is at most 5 nodes. No
 * node is empty.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "state/files.h"

#define BITS 6
#define SPAN (1u << BITS)
/* Limit of descriptor numbers. The kernel's own limit is lower, but a hostile stream can contain any number. */
#define FD_MAX (1 << 26)
static_assert(FD_MAX <= 1 << 5 * BITS, "five levels reach all of them");

/* Open file as records describe it, shared by all leaves that refer to the file. */
struct file {
	uint32_t refs;
	uint32_t size; /* bytes of this allocation, texts included */
	/*
	 * description of the file, without the number and LINX_FD_CLOEXEC, which belong to the descriptor, and without
	 * the flags that say what an open did
	 */
	struct linx_descriptor d;
	char texts[];
};

/* Node of the tree. A node of height 0 is a leaf and has 64 descriptors. The children of other nodes are nodes. */
struct node {
	uint32_t refs;
	/*
	 * Bit masks. In a leaf: the open descriptors that exec closes, and the open descriptors that the new program
	 * inherits. Above leaves: the children that contain such descriptors.
	 */
	uint64_t cloexec, inherited;
	union {
		struct node *node;
		struct file *file;
	} child[SPAN]; /* file: in a leaf; node: in other nodes; NULL: no open descriptor */
};

struct tree {
	uint32_t refs;
	uint32_t n; /* number of open descriptors in the tree */
	unsigned int height;
	bool complete;
	uint64_t generation;
	struct node *root; /* root of the tree; NULL: nothing is open */
};

struct linx_files {
	struct linx_files_account *a;
	struct tree *tree;
	uint32_t refs;
	bool cut; /* a change was dropped for lack of memory since the last reset */
	bool uncertain; /* descriptors may be other files than recorded: linx_files_doubt() since the last reset */
	bool early; /* the event that is shown next is older than the table's contents: see linx_files_look() */
	bool was_shared; /* more than one task had the table since the last copy */
	/* stream time at which the contents were complete; changes that were lost after this time are missing */
	uint64_t known_at;
	/*
	 * stream time at which a snapshot had read the table, if it was applied before the stream reached that time; 0:
	 * no such snapshot
	 */
	uint64_t settled;
	struct linx_numbered id; /* number of the table in the kernel's records */
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

static void put_file(struct linx_files_account *a, struct file *file)
{
	if (file && !--file->refs)
		give(a, file, file->size);
}

static uint64_t used(const struct node *node)
{
	return node->cloexec | node->inherited;
}

/* Iterates over the bits that are set in mask, the lowest first. */
#define for_each_bit(i, left, mask) \
	for (uint64_t left = (mask); left && ((i) = (unsigned int)__builtin_ctzll(left), true); left &= left - 1)

static void put_node(struct linx_files_account *a, struct node *node, unsigned int height)
{
	unsigned int i;

	if (!node || --node->refs)
		return;
	for_each_bit(i, left, used(node)) {
		if (height)
			put_node(a, node->child[i].node, height - 1);
		else
			put_file(a, node->child[i].file);
	}
	give(a, node, sizeof(*node));
}

static void put_tree(struct linx_files_account *a, struct tree *tree)
{
	if (!tree || --tree->refs)
		return;
	put_node(a, tree->root, tree->height);
	give(a, tree, sizeof(*tree));
}

/* ---- lookup of tables by the number that the kernel gave them ---------------------------- */

int linx_files_begin(struct linx_files_account *a, size_t *room)
{
	*a = (struct linx_files_account){ .room = room };
	return linx_id_map_new(&a->by_id);
}

void linx_files_end(struct linx_files_account *a)
{
	linx_id_map_free(&a->by_id);
}

struct linx_files *linx_files_by_id(const struct linx_files_account *a, uint64_t id)
{
	struct linx_numbered *n = linx_id_map_find(&a->by_id, id);

	return n ? (void *)((char *)n - offsetof(struct linx_files, id)) : NULL;
}

uint64_t linx_files_get_id(const struct linx_files *f)
{
	return f->id.number;
}

void linx_files_set_id(struct linx_files *f, uint64_t id)
{
	linx_id_map_set(&f->a->by_id, &f->id, id);
}

/* ---- tables --------------------------------------------------------------------- */

struct linx_files *linx_files_new(struct linx_files_account *a)
{
	struct linx_files *f = take(a, sizeof(*f));

	if (!f)
		return NULL;
	f->refs = 1;
	f->a = a;
	f->tree = take(a, sizeof(*f->tree));
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
	*copy = (struct linx_files){ .a = f->a, .tree = f->tree, .refs = 1, .cut = f->cut, .uncertain = f->uncertain };
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

void linx_files_doubt(struct linx_files *f)
{
	f->uncertain = true;
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
	struct tree *tree = take(f->a, sizeof(*tree));

	if (!tree) {
		f->cut = true;
		return;
	}
	tree->refs = 1;
	tree->generation = ++f->a->generation;
	put_tree(f->a, f->tree);
	f->tree = tree;
	f->cut = f->uncertain = false;
	f->known_at = time;
}

void linx_files_look(struct linx_files *f, bool early)
{
	f->early = early;
}

void linx_files_settle(struct linx_files *f, uint64_t time)
{
	f->settled = time;
}

uint64_t linx_files_settled(const struct linx_files *f)
{
	return f->settled;
}

/* ---- copy on write ---------------------------------------------------------------------- */

/*
 * Makes the table the only owner of its tree, and gives the tree a new generation number, since it is about to change.
 * A shared tree is copied. NULL: no room.
 */
static struct tree *own_tree(struct linx_files *f)
{
	struct tree *old = f->tree, *tree = old;

	if (old->refs > 1) {
		tree = take(f->a, sizeof(*tree));
		if (!tree) {
			f->cut = true;
			return NULL;
		}
		*tree = *old;
		tree->refs = 1;
		if (tree->root)
			tree->root->refs++;
		put_tree(f->a, old);
		f->tree = tree;
	}
	tree->generation = ++f->a->generation;
	return tree;
}

static struct node *new_node(struct linx_files *f)
{
	struct node *node = take(f->a, sizeof(*node));

	if (!node) {
		f->cut = true;
		return NULL;
	}
	node->refs = 1;
	return node;
}

/*
 * Makes the node at *at exclusive to this table's tree: copies a shared node, allocates a missing node. NULL: no room.
 */
static struct node *own_node(struct linx_files *f, struct node **at, unsigned int height)
{
	struct node *old = *at, *node;
	unsigned int i;

	if (old && old->refs == 1)
		return old;
	node = new_node(f);
	if (!node)
		return NULL;
	if (old) {
		*node = *old;
		node->refs = 1;
		for_each_bit(i, left, used(node)) {
			if (height)
				node->child[i].node->refs++;
			else
				node->child[i].file->refs++;
		}
		put_node(f->a, old, height);
	}
	*at = node;
	return node;
}

/* Updates the node's bits for child i after a change in that child. */
static void note_child(struct node *node, unsigned int i)
{
	const struct node *child = node->child[i].node;
	uint64_t bit = 1ull << i;

	node->cloexec = child && child->cloexec ? node->cloexec | bit : node->cloexec & ~bit;
	node->inherited = child && child->inherited ? node->inherited | bit : node->inherited & ~bit;
}

static void drop_empty(struct linx_files *f, struct node **at, unsigned int height)
{
	if (used(*at))
		return;
	put_node(f->a, *at, height);
	*at = NULL;
}

void linx_files_set_complete(struct linx_files *f, bool complete)
{
	struct tree *tree;

	if (f->tree->complete == complete)
		return;
	tree = own_tree(f);
	if (tree)
		tree->complete = complete;
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
	file->d.flags &= (uint16_t)~(LINX_FD_CLOEXEC | LINX_FD_CREATED | LINX_FD_FOUND);
	file->d.path = file->texts;
	file->d.info = file->texts + d->path_len + 1;
	if (d->path_len)
		memcpy(file->texts, d->path, d->path_len);
	if (d->info_len)
		memcpy(file->texts + d->path_len + 1, d->info, d->info_len);
	return file;
}

/*
 * Returns the highest number that a node of this height can hold. Numbers are counted from 0 at the node's first
 * descriptor.
 */
static uint32_t reach(unsigned int height)
{
	return (1u << (height + 1) * BITS) - 1;
}

/*
 * Returns the index of the child that holds number fd of a node. within() returns the number in that child. Numbers are
 * counted from 0 at the first descriptor of the node or child.
 */
static unsigned int child_of(uint32_t fd, unsigned int height)
{
	return fd >> height * BITS;
}

static uint32_t within(uint32_t fd, unsigned int height)
{
	return height ? fd & reach(height - 1) : 0;
}

/* Returns the leaf for descriptor fd. NULL: the tree has no such leaf. */
static const struct node *leaf_of(const struct tree *tree, uint32_t fd)
{
	const struct node *node = fd <= reach(tree->height) ? tree->root : NULL;

	for (unsigned int h = tree->height; node && h; fd = within(fd, h), h--)
		node = node->child[child_of(fd, h)].node;
	return node;
}

static struct file *lookup(const struct tree *tree, uint32_t fd)
{
	const struct node *leaf = leaf_of(tree, fd);

	return leaf ? leaf->child[fd % SPAN].file : NULL;
}

static bool has_cloexec(const struct tree *tree, uint32_t fd)
{
	return leaf_of(tree, fd)->cloexec >> fd % SPAN & 1;
}

/*
 * Returns the lowest open descriptor of a node that is fd or higher; -1: there is no such descriptor. Numbers are
 * counted from 0 at the node's first descriptor.
 */
static int32_t next_below(const struct node *node, unsigned int height, uint32_t fd)
{
	unsigned int from = child_of(fd, height), i;
	int32_t found;

	for_each_bit(i, left, used(node) & ~0ull << from) {
		if (!height)
			return (int32_t)i;
		found = next_below(node->child[i].node, height - 1, i == from ? within(fd, height) : 0);
		if (found >= 0)
			return (int32_t)(i << height * BITS) | found;
	}
	return -1;
}

static int32_t next_open(const struct tree *tree, uint32_t fd)
{
	return tree->root && fd <= reach(tree->height) ? next_below(tree->root, tree->height, fd) : -1;
}

/* Adds levels to the tree until it can hold descriptor fd. False: no room. */
static bool grow(struct linx_files *f, uint32_t fd)
{
	struct tree *tree = f->tree;
	struct node *root;

	if (!tree->root)
		tree->height = 0;
	for (; fd > reach(tree->height); tree->height++) {
		if (!tree->root)
			continue;
		root = new_node(f);
		if (!root)
			return false;
		root->child[0].node = tree->root;
		note_child(root, 0);
		tree->root = root;
	}
	return true;
}

/*
 * Stores file as descriptor fd, and takes over the caller's reference to it. False: no room; the tree is unchanged, and
 * the caller keeps the reference.
 */
static bool put_in(struct linx_files *f, struct node **at, unsigned int height, uint32_t fd, struct file *file, bool cloexec)
{
	struct node *node = own_node(f, at, height);
	unsigned int i = child_of(fd, height);
	uint64_t bit = 1ull << i;
	bool done = true;

	if (!node)
		return false;
	if (height) {
		done = put_in(f, &node->child[i].node, height - 1, within(fd, height), file, cloexec);
		note_child(node, i);
		drop_empty(f, at, height);
		return done;
	}
	f->tree->n += !(used(node) & bit);
	put_file(f->a, node->child[i].file);
	node->child[i].file = file;
	node->cloexec = cloexec ? node->cloexec | bit : node->cloexec & ~bit;
	node->inherited = cloexec ? node->inherited & ~bit : node->inherited | bit;
	return true;
}

void linx_files_set(struct linx_files *f, const struct linx_descriptor *d)
{
	struct file *file;

	if (d->fd < 0 || d->fd >= FD_MAX) {
		f->cut |= d->fd >= FD_MAX;
		return;
	}
	file = new_file(f, d);
	if (!file || !own_tree(f) || !grow(f, (uint32_t)d->fd) ||
	    !put_in(f, &f->tree->root, f->tree->height, (uint32_t)d->fd, file, d->flags & LINX_FD_CLOEXEC))
		put_file(f->a, file);
}

static uint32_t count(const struct node *node, unsigned int height)
{
	uint32_t n = 0;
	unsigned int i;

	if (!height)
		return (uint32_t)__builtin_popcountll(used(node));
	for_each_bit(i, left, used(node))
		n += count(node->child[i].node, height - 1);
	return n;
}

/* Closes all descriptors of a node. Nothing is copied, so this cannot fail. */
static void close_all(struct linx_files *f, struct node **at, unsigned int height)
{
	f->tree->n -= count(*at, height);
	put_node(f->a, *at, height);
	*at = NULL;
}

/* Closes the descriptors of a leaf whose bits are set in "which"; they must be open. */
static void close_some(struct linx_files *f, struct node **at, uint64_t which)
{
	struct node *leaf;
	unsigned int i;

	if (which == used(*at)) {
		close_all(f, at, 0);
		return;
	}
	leaf = own_node(f, at, 0);
	if (!leaf)
		return;
	for_each_bit(i, left, which) {
		put_file(f->a, leaf->child[i].file);
		leaf->child[i].file = NULL;
		f->tree->n--;
	}
	leaf->cloexec &= ~which;
	leaf->inherited &= ~which;
}

/* Returns a bit mask of the children of a node that hold the numbers first to last. */
static uint64_t children(uint32_t first, uint32_t last, unsigned int height)
{
	return ~0ull << child_of(first, height) & ~0ull >> (SPAN - 1 - child_of(last, height));
}

/*
 * Closes a range of a node's descriptors. mark: sets their close-on-exec flag instead. If there is no room to copy a
 * shared node, the descriptors below it stay unchanged, and the table counts as incomplete.
 */
static void change_range(struct linx_files *f, struct node **at, unsigned int height, uint32_t first, uint32_t last, bool mark)
{
	uint64_t which = children(first, last, height) & (mark ? (*at)->inherited : used(*at));
	struct node *node;
	unsigned int i;

	if (!which)
		return;
	if (!mark && !first && last == reach(height)) {
		close_all(f, at, height);
		return;
	}
	if (!mark && !height) {
		close_some(f, at, which);
		return;
	}
	node = own_node(f, at, height);
	if (!node)
		return;
	if (!height) {
		node->cloexec |= which;
		node->inherited &= ~which;
		return;
	}
	for_each_bit(i, left, which) {
		change_range(f, &node->child[i].node, height - 1, i == child_of(first, height) ? within(first, height) : 0,
			     i == child_of(last, height) ? within(last, height) : reach(height - 1), mark);
		note_child(node, i);
	}
	drop_empty(f, at, height);
}

static void change_open(struct linx_files *f, uint32_t first, uint32_t last, bool mark)
{
	uint32_t most = reach(f->tree->height);

	change_range(f, &f->tree->root, f->tree->height, first, last < most ? last : most, mark);
}

void linx_files_close_range(struct linx_files *f, uint32_t first, uint32_t last)
{
	int32_t fd = next_open(f->tree, first);

	if (fd >= 0 && (uint32_t)fd <= last && own_tree(f))
		change_open(f, (uint32_t)fd, last, false);
}

void linx_files_close(struct linx_files *f, int32_t fd)
{
	if (fd >= 0)
		linx_files_close_range(f, (uint32_t)fd, (uint32_t)fd);
}

void linx_files_mark_range(struct linx_files *f, uint32_t first, uint32_t last)
{
	int32_t fd = own_tree(f) ? next_open(f->tree, first) : -1;

	if (fd >= 0 && (uint32_t)fd <= last)
		change_open(f, (uint32_t)fd, last, true);
}

void linx_files_match(struct linx_files *f, const uint8_t *map, uint32_t size, bool all)
{
	uint32_t end = size * 8;
	bool known = true;
	int32_t fd;

	for (uint32_t i = 0; i < size && known; i++)
		for (uint32_t k = 0; k < 8 && known && map[i]; k++)
			known = !(map[i] >> k & 1) || lookup(f->tree, i * 8 + k);
	/* The table is marked complete first, since closing the rest may find no room and make it incomplete again. */
	if (!known || all)
		linx_files_set_complete(f, known);
	for (fd = next_open(f->tree, 0); fd >= 0 && (uint32_t)fd < end; fd = next_open(f->tree, (uint32_t)fd + 1))
		if (!(map[fd / 8] >> fd % 8 & 1))
			linx_files_close(f, fd);
	if (all)
		linx_files_close_range(f, end, UINT32_MAX);
}

static void exec_in(struct linx_files *f, struct node **at, unsigned int height)
{
	struct node *node;
	unsigned int i;

	if (!height) {
		close_some(f, at, (*at)->cloexec);
		return;
	}
	node = own_node(f, at, height);
	if (!node)
		return;
	for_each_bit(i, left, node->cloexec) {
		exec_in(f, &node->child[i].node, height - 1);
		note_child(node, i);
	}
	drop_empty(f, at, height);
}

void linx_files_exec(struct linx_files *f)
{
	if (f->tree->root && f->tree->root->cloexec && own_tree(f))
		exec_in(f, &f->tree->root, f->tree->height);
}

/* ---- lookup -------------------------------------------------------------------------- */

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

	return f->tree->complete && !f->cut && !f->uncertain && !f->early && !lost;
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
