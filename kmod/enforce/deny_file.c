// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds out what conditions compare of a file: its identity, its place (directory and name), the directories above it,
 * and its path. The work is bounded by LINX_DENY_DEPTH_MAX and by the number of values of a condition; nothing sleeps,
 * allocates or reads user memory.
 *
 * The callers of the hooked functions can hold these locks: sleeping ones (inode locks, cred_guard_mutex, locks of
 * super blocks), tasklist_lock for reading, a task's alloc_lock and the state lock of a unix socket. The kernel takes
 * none of these locks while it holds rename_lock. Therefore rename_lock can be taken here. Names and parents are first
 * read without a lock, and again under rename_lock if a rename came in between, as d_path() does it. On PREEMPT_RT
 * rename_lock sleeps. There a probe reads without the lock a few times; if renames prevent that, enforce/deny_wait.c
 * waits for them.
 */
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/seqlock.h>
#include <linux/string.h>
#include "compat/compat.h"
#include "core/probe_work.h"
#include "core/rename.h"
#include "enforce/deny_file.h"
#include "enforce/deny_wait.h"

/*
 * Work of looking at a file, and at each directory above it, if the CPU's caches lack them. The unit is that of
 * core/probe_work.h.
 */
#define WORK_OF_FILE 300
#define WORK_OF_DIRECTORY 60

/* Sets dentry to NULL (place not known) if inode and dentry do not belong together. */
void linx_judged_set(struct linx_judged *f, struct inode *inode, struct dentry *dentry, struct linx_deny_names *names)
{
	f->names = names;
	f->inode = inode;
	f->mode = 0;
	f->moves = f->place_known = f->dir_known = f->walked = f->whole = f->folds = false;
	f->depth = 0;
	if (inode) {
		linx_ident_of(inode, &f->id);
		f->dentry = dentry && d_inode(dentry) == inode ? dentry : NULL;
	} else {
		f->id = (struct linx_ident){ .dev = dentry->d_sb->s_dev };
		f->dentry = dentry;
	}
}

void linx_judged_be(struct linx_judged *f, struct inode *inode)
{
	f->inode = inode;
	linx_ident_of(inode, &f->id);
}

/* ---- names and parents, while others rename */

/*
 * State of a pass: reading names and parents, and repeating that if a rename came meanwhile. The structure is zero
 * before the first try.
 */
struct pass {
	int seq; /* sequence count of rename_lock; odd: see pass_begin() */
	unsigned int tries; /* PREEMPT_RT: number of tries during which a rename came */
	bool given_up; /* PREEMPT_RT: each try met a rename; what was read may be wrong */
};

#ifndef CONFIG_PREEMPT_RT

/* Begins a try. If p->seq is odd, takes rename_lock, and the try cannot fail. */
static inline void pass_begin(struct pass *p)
{
	read_seqbegin_or_lock(&rename_lock, &p->seq);
}

/* Has a rename come since the pass began? */
static inline bool pass_is_torn(const struct pass *p)
{
	return need_seqretry(&rename_lock, p->seq);
}

/* Ends a try. Returns false if a rename came and the caller has to try again. */
static inline bool pass_is_done(struct pass *p)
{
	if (unlikely(pass_is_torn(p))) {
		p->seq = 1;
		return false;
	}
	done_seqretry(&rename_lock, p->seq);
	return true;
}

#else

/* Begins a try. If a rename is under way, the try fails. */
static inline void pass_begin(struct pass *p)
{
	p->seq = linx_rename_begin();
}

static inline bool pass_is_torn(const struct pass *p)
{
	return linx_rename_came(p->seq);
}

static inline bool pass_is_done(struct pass *p)
{
	if (likely(!pass_is_torn(p)))
		return true;
	if (linx_probe_may_retry(&p->tries))
		return false;
	linx_deny_found_rename();
	p->given_up = true;
	return true;
}

#endif

/*
 * Sets *name to the dentry's name. RCU keeps the memory of the name. Pointer and length belong together only if no
 * rename came between their reads. Returns false if one came; then the bytes must not be read.
 */
static inline bool pass_name(const struct pass *p, const struct dentry *d, struct qstr *name)
{
	name->name = READ_ONCE(d->d_name.name);
	name->len = READ_ONCE(d->d_name.len);
	return !pass_is_torn(p);
}

/*
 * Copies at most max bytes of a name. If a rename changes the bytes meanwhile, pass_is_done() finds that. Returns the
 * number of bytes.
 */
static inline u32 copy_name(char *to, const struct qstr *name, u32 max)
{
	u32 len = min(name->len, max);

	data_race(memcpy(to, name->name, len));
	return len;
}

void linx_dentry_name(const struct dentry *d, char *to, u32 size)
{
	struct pass p = {};
	struct qstr name;
	u32 len;

	do {
		pass_begin(&p);
		len = pass_name(&p, d, &name) ? copy_name(to, &name, size - 1) : 0;
	} while (!pass_is_done(&p));
	to[p.given_up ? 0 : len] = 0;
}

struct dentry *linx_dentry_place(const struct dentry *d, struct linx_ident *dir, char *name, u32 *len)
{
	struct pass p = {};
	const struct inode *inode;
	struct dentry *up;
	struct qstr at;

	do {
		pass_begin(&p);
		up = READ_ONCE(d->d_parent);
		inode = READ_ONCE(up->d_inode);
		if (inode)
			linx_ident_of(inode, dir);
		if (pass_name(&p, d, &at))
			*len = copy_name(name, &at, NAME_MAX);
	} while (!pass_is_done(&p));
	return inode && !p.given_up ? up : NULL;
}

/* Stores the directories above the file, up to the root of its file system, in f->names->above. */
static void go_up(struct linx_judged *f)
{
	struct linx_deny_up *above = f->names->above, *const end = above + LINX_DENY_DEPTH_MAX;
	struct dentry *d = f->dentry, *up;
	const struct inode *inode;
	unsigned int flags = 0;

	for (;; d = up) {
		up = READ_ONCE(d->d_parent);
		if (up == d || above == end)
			break;
		inode = READ_ONCE(up->d_inode);
		if (!inode)
			break;
		flags |= READ_ONCE(up->d_flags);
		above->ino = inode->i_ino;
		above++->generation = inode->i_generation;
	}
	f->depth = above - f->names->above;
	f->folds = flags & DCACHE_OP_COMPARE;
	/* a file that was opened by its handle may not be connected to a directory yet */
	f->whole = up == d && !(READ_ONCE(d->d_flags) & DCACHE_DISCONNECTED);
}

/*
 * Goes up from the file to the root of its file system. Each dentry on the way is referenced by the one below it, or is
 * freed only after a grace period.
 */
void linx_judged_walk(struct linx_judged *f)
{
	struct pass p = {};

	if (f->walked)
		return;
	f->walked = true;
	if (!f->dentry)
		return;
	do {
		pass_begin(&p);
		go_up(f);
		linx_probe_spend(WORK_OF_FILE + f->depth * WORK_OF_DIRECTORY);
	} while (!pass_is_done(&p));
	if (unlikely(p.given_up)) {
		f->depth = 0;
		f->whole = false;
	}
}

/*
 * Writes the path of d into the room, backwards from the room's end. Returns where the path begins; NULL if the path is
 * too long, or if a rename came.
 */
static char *write_path(const struct pass *p, const struct dentry *d, struct linx_deny_path *room)
{
	char *at = room->text + sizeof(room->text) - 1;
	const struct dentry *up;
	struct qstr name;

	*at = 0;
	for (;; d = up) {
		up = READ_ONCE(d->d_parent);
		if (up == d)
			break;
		if (!pass_name(p, d, &name) || name.len >= at - room->text)
			return NULL;
		at -= name.len;
		data_race(memcpy(at, name.name, name.len));
		*--at = '/';
	}
	if (!*at)
		*--at = '/';
	return at;
}

enum linx_deny_answer linx_judged_path(struct linx_judged *f, struct linx_deny_path *room)
{
	struct pass p = {};
	char *path;

	if (room->of == f)
		return f->path ? LINX_DENY_YES : LINX_DENY_UNDECIDED;
	room->of = f;
	f->path = NULL;
	linx_judged_walk(f);
	if (!f->whole)
		return LINX_DENY_UNDECIDED;
	do {
		pass_begin(&p);
		path = write_path(&p, f->dentry, room);
	} while (!pass_is_done(&p));
	if (!path || p.given_up)
		return LINX_DENY_UNDECIDED;
	f->path = path;
	f->path_len = room->text + sizeof(room->text) - 1 - path;
	return LINX_DENY_YES;
}

/*
 * Finds the file's directory and name. The answer is UNDECIDED if the directory compares names in its own way
 * (d_compare), as it may accept other spellings of the name. The root of a file system has no place; nor has a file
 * without a name, which only a descriptor refers to. A file that was opened by its handle can have a place that is not
 * known.
 */
enum linx_deny_answer linx_judged_place(struct linx_judged *f)
{
	const struct dentry *up;

	if (f->place_known)
		return f->place;
	f->place_known = true;
	f->place = LINX_DENY_UNDECIDED;
	if (!f->dentry)
		return f->place;
	if (IS_ROOT(f->dentry)) {
		if (!(READ_ONCE(f->dentry->d_flags) & DCACHE_DISCONNECTED))
			f->place = LINX_DENY_NO;
		return f->place;
	}
	up = linx_dentry_place(f->dentry, &f->dir, f->names->name, &f->name_len);
	f->dir_known = up;
	if (!up || READ_ONCE(up->d_flags) & DCACHE_OP_COMPARE)
		return f->place;
	f->name_hash = linx_name_hash(f->names->name, f->name_len);
	f->place = LINX_DENY_YES;
	return f->place;
}

/* ---- conditions */

/*
 * Could a file whose place is not known be an element of the condition? If the file's directory is known, it could if
 * an element is in that directory; otherwise, if an element is on the same file system.
 */
static bool may_be_near(const struct linx_deny_part *part, const struct linx_judged *f, bool dir_known)
{
	u32 i;

	for (i = 0; i < part->nplaces; i++)
		if (dir_known ? !part->places[i].above && linx_ident_same(&part->places[i].id, &f->dir) : part->places[i].id.dev == f->id.dev)
			return true;
	return false;
}

/*
 * Is the file or directory "id" an element of the condition? Directories above elements count only if moves->moves is
 * set: a rename or mount of such a directory moves the elements in it. moves may be NULL.
 */
static bool is_listed(const struct linx_deny_part *part, const struct linx_ident *id, const struct linx_judged *moves)
{
	const struct linx_deny_place *p = NULL;

	while ((p = linx_deny_place_find(part, id, 0, p)))
		if (!p->above || (moves && moves->moves))
			return true;
	return false;
}

/* Is a directory above a file an element of the condition? */
static bool is_above(const struct linx_deny_part *part, const struct linx_deny_up *up, dev_t dev)
{
	const struct linx_ident id = { .ino = up->ino, .generation = up->generation, .dev = dev };

	return is_listed(part, &id, NULL);
}

/* Does the condition have the file, or the file's place, as an element? */
static enum linx_deny_answer is_placed(const struct linx_deny_part *part, struct linx_judged *f)
{
	enum linx_deny_answer place;
	const struct linx_deny_place *p = NULL;

	if (f->inode && is_listed(part, &f->id, f))
		return LINX_DENY_YES;
	place = linx_judged_place(f);
	if (place == LINX_DENY_UNDECIDED)
		return may_be_near(part, f, f->dir_known) ? LINX_DENY_UNDECIDED : LINX_DENY_NO;
	if (place != LINX_DENY_YES)
		return place;
	while ((p = linx_deny_place_find(part, &f->dir, f->name_hash, p)))
		if (p->name_len == f->name_len && !memcmp(p->name, f->names->name, p->name_len))
			return LINX_DENY_YES;
	return LINX_DENY_NO;
}

static enum linx_deny_answer is_inside(const struct linx_deny_part *part, struct linx_judged *f)
{
	const u32 *heads = part->heads, buckets = part->buckets;
	const struct linx_deny_up *up, *end;
	const dev_t dev = f->id.dev;

	if (f->inode && is_listed(part, &f->id, f))
		return LINX_DENY_YES;
	linx_judged_walk(f);
	for (up = f->names->above, end = up + f->depth; up < end; up++)
		if (unlikely(heads[linx_place_bucket(linx_inode_hash(up->ino, dev, 0), buckets)]) && is_above(part, up, dev))
			return LINX_DENY_YES;
	return f->whole || !may_be_near(part, f, false) ? LINX_DENY_NO : LINX_DENY_UNDECIDED;
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

/*
 * Compares two texts. folds: a directory compares names in its own way, so upper and lower case of ASCII letters count
 * as equal.
 */
static bool bytes_same(const char *a, const char *b, u32 len, bool folds)
{
	u32 i;

	if (!folds)
		return !memcmp(a, b, len);
	for (i = 0; i < len; i++)
		if (fold(a[i]) != fold(b[i]))
			return false;
	return true;
}

/*
 * Can a directory that compares names in its own way accept other spellings of this path's names, beside the case of
 * ASCII letters? It can if a name has a character outside of ASCII, may be a short name of FAT (NAME~1), or ends with a
 * dot or a blank.
 */
static bool has_spellings(const char *path, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (!isascii(path[i]) || path[i] == '~' ||
		    ((path[i] == '.' || path[i] == ' ') && (i + 1 == len || path[i + 1] == '/')))
			return true;
	return false;
}

static enum linx_deny_answer has_path(const struct linx_deny_set *set, const struct linx_deny_part *part,
				      struct linx_judged *f, struct linx_deny_path *room)
{
	const struct linx_deny_text *t;
	enum linx_deny_answer none = LINX_DENY_NO;
	const char *text;
	u32 i;

	for (i = 0; i < part->count; i++) {
		t = &part->texts[i];
		if (part->devs[i] && part->devs[i] != f->id.dev)
			continue;
		if (linx_judged_path(f, room) != LINX_DENY_YES)
			return LINX_DENY_UNDECIDED;
		text = (const char *)set->operands + t->text;
		if (unlikely(f->folds) && (has_spellings(f->path, f->path_len) || has_spellings(text, t->len)))
			none = LINX_DENY_UNDECIDED;
		if (t->len > f->path_len || (part->test == LINX_DENY_IS && t->len != f->path_len))
			continue;
		if (bytes_same(part->test == LINX_DENY_ENDS ? f->path + f->path_len - t->len : f->path, text, t->len, f->folds))
			return LINX_DENY_YES;
	}
	return none;
}

enum linx_deny_answer linx_judged_fits(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_judged *f,
				       struct linx_deny_path *room)
{
	switch (part->test) {
	case LINX_DENY_PLACED:
		return is_placed(part, f);
	case LINX_DENY_INSIDE:
		return is_inside(part, f);
	default:
		return has_path(set, part, f, room);
	}
}
