// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads sets of rules: checks each word, and turns descriptors into identities of files. If a rule cannot be compiled
 * exactly, the whole set is refused with the reason. Process context, may sleep.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "core/ring.h"
#include "core/session.h"
#include "enforce/deny_order.h"
#include "enforce/deny_set.h"
#include "shared/deny_facts.h"
#include "task/task_info.h"

#define NONE (~0u)

/* State while a set is loaded. why: gets the reason and the place of the first fault. */
struct load {
	struct linx_deny_set *set;
	const struct linx_deny_cond *conds;
	u32 nconds, operands_len;
	struct linx_deny_error *why;
};

static int fault(struct load *l, int err, enum linx_deny_reason reason, u32 rule, u32 cond, u32 hook)
{
	*l->why = (struct linx_deny_error){ .reason = reason, .rule = rule, .cond = cond, .hook = hook };
	return err;
}

void linx_ident_of(const struct inode *inode, struct linx_ident *id)
{
	id->ino = inode->i_ino;
	id->generation = inode->i_generation;
	id->dev = inode->i_sb->s_dev;
}

/* Returns a hash of a name, never 0. */
u32 linx_name_hash(const char *name, u32 len)
{
	return full_name_hash(NULL, name, len) ?: 1;
}

const struct linx_deny_place *linx_deny_place_find(const struct linx_deny_part *part, const struct linx_ident *id,
						   u32 name_hash, const struct linx_deny_place *p)
{
	u32 at = p ? p->next : part->heads[linx_place_bucket(linx_place_hash(id, name_hash), part->buckets)];

	while (at) {
		p = &part->places[at - 1];
		if (p->name_hash == name_hash && linx_ident_same(&p->id, id))
			return p;
		at = p->next;
	}
	return NULL;
}

static int grow(struct linx_deny_part *part)
{
	u32 room = max(part->room * 2, 4u);
	struct linx_deny_place *more = kvcalloc(room, sizeof(*more), LINX_GFP);

	if (!more)
		return -ENOMEM;
	if (part->nplaces)
		memcpy(more, part->places, part->nplaces * sizeof(*more));
	kvfree(part->places);
	part->places = more;
	part->room = room;
	return 0;
}

/* Adds an element to a condition. The condition owns the name afterwards; on failure the name is freed. */
static int add_place(struct linx_deny_part *part, const struct inode *inode, char *name, u32 name_len, bool above)
{
	struct linx_deny_place *p;
	u32 *head;

	if (part->nplaces == part->room && grow(part)) {
		kfree(name);
		return -ENOMEM;
	}
	p = &part->places[part->nplaces++];
	linx_ident_of(inode, &p->id);
	p->name = name;
	p->name_len = name_len;
	p->above = above;
	p->name_hash = name ? linx_name_hash(name, name_len) : 0;
	head = &part->heads[linx_place_bucket(linx_place_hash(&p->id, p->name_hash), part->buckets)];
	p->next = *head;
	*head = part->nplaces;
	return 0;
}

static char *copy_name(const void *from, u32 len)
{
	return kmemdup_nul(from, len, LINX_GFP);
}

/* Adds the place of a name in a directory. */
static int add_named_in(struct linx_deny_part *part, const struct inode *dir, const void *name, u32 len)
{
	char *copy = copy_name(name, len);

	return copy ? add_place(part, dir, copy, len, false) : -ENOMEM;
}

/* Most directories above an element of a condition that add_above() adds; the load fails if there are more. */
#define ABOVE_MAX 32

/* A dentry's name, and the dentries above it, as all of them were at one time. */
struct lineage {
	struct name_snapshot name;
	struct dentry *up[ABOVE_MAX]; /* the dentry itself, its directory, and so on; each with a reference */
	u32 n;
	bool whole; /* up[] reaches the root of the file system */
};

/*
 * Returns a dentry's directory, with a reference. locked: renames wait, so that it stays the directory; dget_parent() may
 * sleep, which the lock forbids.
 */
static struct dentry *get_up(struct dentry *dentry, bool locked)
{
	return locked ? dget(dentry->d_parent) : dget_parent(dentry);
}

static void read_lineage(struct lineage *l, struct dentry *dentry, u32 max, bool locked)
{
	take_dentry_name_snapshot(&l->name, dentry);
	l->up[0] = dget(dentry);
	for (l->n = 1; l->n < max && !IS_ROOT(l->up[l->n - 1]); l->n++)
		l->up[l->n] = get_up(l->up[l->n - 1], locked);
	l->whole = IS_ROOT(l->up[l->n - 1]);
}

static void put_lineage(struct lineage *l)
{
	release_dentry_name_snapshot(&l->name);
	while (l->n)
		dput(l->up[--l->n]);
}

/*
 * Reads at most "max" dentries from this one upwards. If a rename comes in between, all is read again, while renames
 * wait. The caller calls put_lineage() afterwards.
 */
static void get_lineage(struct lineage *l, struct dentry *dentry, u32 max)
{
	int seq = 0;

	for (;;) {
		read_seqbegin_or_lock(&rename_lock, &seq);
		read_lineage(l, dentry, max, seq & 1);
		if (!need_seqretry(&rename_lock, seq))
			break;
		put_lineage(l);
		seq = 1;
	}
	done_seqretry(&rename_lock, seq);
}

/* Finds the directory that a dentry is in. NULL: the root of a file system is in none. */
static const struct inode *dir_of(const struct lineage *l)
{
	return l->n > 1 ? d_inode(l->up[1]) : NULL;
}

/* Adds the place of an open file. */
static int add_place_of(struct linx_deny_part *part, const struct lineage *l)
{
	const struct inode *dir = dir_of(l);

	return dir ? add_named_in(part, dir, l->name.name.name, l->name.name.len) : 0;
}

/* Adds the directories above a dentry, up to the root of the file system. first: 0 adds the dentry as well, 1 does not. */
static int add_above(struct linx_deny_part *part, const struct lineage *l, u32 first)
{
	int err = l->whole ? 0 : -E2BIG;
	u32 i;

	for (i = first; i < l->n && !err; i++)
		err = add_place(part, d_inode(l->up[i]), NULL, 0, true);
	return err;
}

/* Adds an existing file and, unless the test is INSIDE, its place. */
static int add_found(struct linx_deny_part *part, struct dentry *dentry, bool inside)
{
	struct lineage l;
	int err;

	get_lineage(&l, dentry, part->moves ? ABOVE_MAX : 2);
	err = inside ? 0 : add_place_of(part, &l);
	if (!err)
		err = add_place(part, d_inode(dentry), NULL, 0, false);
	if (!err && part->moves)
		err = add_above(part, &l, 1);
	put_lineage(&l);
	return err;
}

/* Adds the place of a name in a directory and, if the condition needs them, the directories above. */
static int add_named(struct linx_deny_part *part, struct dentry *dir, const void *name, u32 len)
{
	int err = add_named_in(part, d_inode(dir), name, len);
	struct lineage l;

	if (err || !part->moves)
		return err;
	get_lineage(&l, dir, ABOVE_MAX);
	err = add_above(part, &l, 0);
	put_lineage(&l);
	return err;
}

static int add_existing(struct linx_deny_part *part, const char *name)
{
	struct path path;
	int err = kern_path(name, LOOKUP_FOLLOW, &path);

	if (err)
		return err == -ENOENT ? 0 : err;
	err = add_found(part, path.dentry, false);
	path_put(&path);
	return err;
}

/* Adds the place that a path names and, if there is a file now, the file. */
static int add_by_path(struct linx_deny_part *part, const u8 *from, u32 len)
{
	char *name = len && len < PATH_MAX && *from == '/' && !memchr(from, 0, len) ? copy_name(from, len) : NULL, *last;
	struct path dir;
	int err;

	if (!name)
		return -EINVAL;
	last = strrchr(name, '/') + 1;
	err = *last && strlen(last) <= NAME_MAX ? 0 : -EINVAL;
	if (!err)
		err = add_existing(part, name);
	if (!err) {
		last[-1] = 0;
		err = kern_path(last - 1 == name ? "/" : name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &dir);
	}
	if (!err) {
		err = add_named(part, dir.dentry, last, strlen(last));
		path_put(&dir);
	}
	kfree(name);
	return err == -ENOENT || err == -ENOTDIR ? -EBADF : err;
}

/* Adds one value of a condition with the test PLACED or INSIDE. */
static int add_file(struct load *l, struct linx_deny_part *part, const struct linx_deny_file *u, bool inside)
{
	const u8 *name = l->set->operands + u->name;
	struct inode *inode;
	struct file *file;
	int err;

	if ((inside && u->name_len) || u->name > l->operands_len || u->name_len > l->operands_len - u->name)
		return -EINVAL;
	if (u->fd == LINX_DENY_BY_PATH)
		return inside ? -EINVAL : add_by_path(part, name, u->name_len);
	if (u->name_len > NAME_MAX || (u->name_len && (memchr(name, 0, u->name_len) || memchr(name, '/', u->name_len))))
		return -EINVAL;
	file = fget_raw(u->fd);
	if (!file)
		return -EBADF;
	inode = d_inode(file->f_path.dentry);
	if (!inode || ((inside || u->name_len) && !S_ISDIR(inode->i_mode)))
		err = -EBADF;
	else if (u->name_len)
		err = add_named(part, file->f_path.dentry, name, u->name_len);
	else
		err = add_found(part, file->f_path.dentry, inside);
	fput(file);
	return err;
}

/*
 * Returns the number of buckets for n elements. Most lookups find nothing, and are quick if most buckets are empty.
 * many: the table is looked up very often, so even a small table gets 128 buckets.
 */
static u32 buckets_for(u32 n, bool many)
{
	return roundup_pow_of_two(max(n * 4, many ? 128u : 4u));
}

static int load_files(struct load *l, struct linx_deny_part *part, const struct linx_deny_file *u)
{
	int err = 0;
	u32 i;

	part->buckets = buckets_for(part->count * 2, part->test == LINX_DENY_INSIDE); /* for each value a file and its place */
	part->heads = kvcalloc(part->buckets, sizeof(*part->heads), LINX_GFP);
	if (!part->heads)
		return -ENOMEM;
	for (i = 0; i < part->count && !err; i++)
		err = add_file(l, part, &u[i], part->test == LINX_DENY_INSIDE);
	return err;
}

static int load_texts(struct load *l, struct linx_deny_part *part)
{
	const struct linx_deny_text *t = part->texts;
	struct file *file;
	u32 i;

	part->devs = kvcalloc(part->count, sizeof(*part->devs), LINX_GFP);
	if (!part->devs)
		return -ENOMEM;
	for (i = 0; i < part->count; i++, t++) {
		if (!t->len || t->len > LINX_DENY_TEXT_MAX || t->text > l->operands_len || t->len > l->operands_len - t->text)
			return -EINVAL;
		if (t->fd == -1)
			continue;
		file = fget_raw(t->fd);
		if (!file)
			return -EBADF;
		part->devs[i] = file_inode(file)->i_sb->s_dev;
		fput(file);
	}
	return 0;
}

static int check_nets(const struct linx_deny_part *part)
{
	u32 i;

	for (i = 0; i < part->count; i++)
		if (part->nets[i].prefix > 128 || memchr_inv(part->nets[i].reserved, 0, sizeof(part->nets[i].reserved)))
			return -EINVAL;
	return 0;
}

static int check_ranges(const struct linx_deny_part *part)
{
	u32 i;

	for (i = 0; i < part->count; i++)
		if (part->ranges[i].from > part->ranges[i].to)
			return -EINVAL;
	return 0;
}

static u32 value_size(u32 test)
{
	switch (test) {
	case LINX_DENY_RANGE:
		return sizeof(struct linx_deny_range);
	case LINX_DENY_MASK:
		return sizeof(struct linx_deny_mask);
	case LINX_DENY_PLACED:
	case LINX_DENY_INSIDE:
		return sizeof(struct linx_deny_file);
	case LINX_DENY_IS:
	case LINX_DENY_BEGINS:
	case LINX_DENY_ENDS:
		return sizeof(struct linx_deny_text);
	case LINX_DENY_WITHIN:
		return sizeof(struct linx_deny_net);
	default:
		return 0;
	}
}

/* Can a condition of this kind (enum linx_deny_what) have this test (enum linx_deny_test)? */
static bool test_fits(u32 what, u32 test)
{
	switch (what) {
	case LINX_DENY_FILE:
	case LINX_DENY_TARGET:
	case LINX_DENY_EXE:
	case LINX_DENY_PARENT:
	case LINX_DENY_ANCESTOR:
		return test >= LINX_DENY_PLACED && test <= LINX_DENY_ENDS;
	case LINX_DENY_ADDRESS:
		return test == LINX_DENY_WITHIN;
	case LINX_DENY_CAPS:
	case LINX_DENY_CAPS_GAINED:
	case LINX_DENY_FILE_MODE:
	case LINX_DENY_FLAGS:
	case LINX_DENY_NEW_MODE:
		return test == LINX_DENY_MASK;
	case LINX_DENY_FS_TYPE:
		return test == LINX_DENY_IS;
	default:
		if (what >= LINX_DENY_ARG)
			return test == LINX_DENY_RANGE || test == LINX_DENY_MASK;
		return test == LINX_DENY_RANGE;
	}
}

static int load_values(struct load *l, struct linx_deny_part *part, const void *values)
{
	switch (part->test) {
	case LINX_DENY_PLACED:
	case LINX_DENY_INSIDE:
		return load_files(l, part, values);
	case LINX_DENY_WITHIN:
		part->nets = values;
		return check_nets(part);
	case LINX_DENY_MASK:
		part->masks = values;
		return 0;
	case LINX_DENY_RANGE:
		part->ranges = values;
		return check_ranges(part);
	default:
		part->texts = values;
		return load_texts(l, part);
	}
}

static bool is_built(u32 what)
{
	return what != LINX_DENY_MNT_NS || linx_task_info_mnt_ns(current->nsproxy);
}

static int load_part(struct load *l, u32 rule, u32 i)
{
	const struct linx_deny_cond *c = &l->conds[i];
	struct linx_deny_part *part = &l->set->parts[i];
	const struct linx_deny_rule *r = &l->set->rules[rule];
	u32 hook = r->hook, size = value_size(c->test);
	int err;

	if (!is_built(c->what))
		return fault(l, -EOPNOTSUPP, LINX_DENY_NOT_BUILT, rule, i, hook);
	if (!size || c->flags & ~LINX_DENY_NOT || c->reserved || !c->count || c->offset % 8 || c->offset > l->operands_len ||
	    c->count > (l->operands_len - c->offset) / size || !test_fits(c->what, c->test))
		return fault(l, -EINVAL, LINX_DENY_WRONG, rule, i, hook);
	if (!linx_deny_hook_has(r, c->what))
		return fault(l, -EINVAL, LINX_DENY_NOT_HERE, rule, i, hook);
	if (part->count)
		return 0; /* the condition is loaded already: another rule has it, too */
	part->what = c->what;
	part->test = c->test;
	part->not = c->flags & LINX_DENY_NOT;
	part->count = c->count;
	err = load_values(l, part, l->set->operands + c->offset);
	if (!err)
		return 0;
	return fault(l, err, err == -EBADF ? LINX_DENY_NO_FILE : err == -EINVAL ? LINX_DENY_WRONG : LINX_DENY_NO_REASON, rule, i, hook);
}

static bool action_is_right(const struct linx_deny_rule *r)
{
	switch (r->action) {
	case LINX_DENY_ERRNO:
		return linx_deny_may_return(r->value);
	case LINX_DENY_SIGNAL:
		return r->value >= 1 && r->value <= _NSIG;
	case LINX_DENY_NOTIFY:
	case LINX_DENY_KILL_TASK:
		return !r->value;
	default:
		return false;
	}
}

/* Does the hook support the rule's action? At GAIN an exec cannot fail with an error any more. */
static bool hook_may(const struct linx_deny_rule *r)
{
	return r->hook != LINX_DENY_GAIN || r->action == LINX_DENY_KILL_TASK || r->action == LINX_DENY_NOTIFY;
}

static int load_rule(struct load *l, u32 i)
{
	const struct linx_deny_rule *r = &l->set->rules[i];
	u32 c;
	int err;

	if (!r->hook || r->hook > LINX_DENY_GAIN || r->mode > LINX_DENY_ENFORCE || !action_is_right(r) || (r->call && r->hook != LINX_DENY_CALL) ||
	    r->nconds > LINX_DENY_RULE_CONDS || r->first > l->nconds || r->nconds > l->nconds - r->first)
		return fault(l, -EINVAL, LINX_DENY_WRONG, i, NONE, r->hook);
	if (!linx_deny_hook_built(r->hook) || (r->hook == LINX_DENY_CALL && !linx_deny_call_exists(r->call)))
		return fault(l, -EOPNOTSUPP, LINX_DENY_NOT_BUILT, i, NONE, r->hook);
	if (!hook_may(r))
		return fault(l, -EINVAL, LINX_DENY_NOT_HERE, i, NONE, r->hook);
	for (c = r->first; c < r->first + r->nconds; c++) {
		err = load_part(l, i, c);
		if (err)
			return err;
	}
	l->set->order[i] = linx_deny_order(l->set, r);
	for (c = 0; c < LINX_DENY_HOOKS_ALL; c++) {
		if (!linx_deny_rule_is_of(r, c))
			continue;
		__set_bit(c, l->set->hooks);
		l->set->of[c].nrules++;
	}
	return 0;
}

/*
 * Sets linx_deny_part.moves for the conditions of rules of RENAME and MOUNT. Done before any condition is loaded, since
 * rules can share conditions. A condition with LINX_DENY_NOT is not marked: it must not exempt the directories above
 * its elements.
 */
static void mark_moves(struct load *l)
{
	const struct linx_deny_rule *r;
	u32 i, c;

	for (i = 0; i < l->set->nrules; i++) {
		r = &l->set->rules[i];
		if (r->hook != LINX_DENY_RENAME && r->hook != LINX_DENY_MOUNT)
			continue;
		for (c = 0; c < min(r->nconds, LINX_DENY_RULE_CONDS) && (u64)r->first + c < l->nconds; c++)
			l->set->parts[r->first + c].moves |= !(l->conds[r->first + c].flags & LINX_DENY_NOT);
	}
}

/*
 * Returns a condition of the rule by which the index can find the rule: one that names files or places and has to hold.
 * NULL: the rule has no such condition.
 */
static const struct linx_deny_part *anchor_of(const struct linx_deny_set *set, u32 rule)
{
	const struct linx_deny_rule *r = &set->rules[rule];
	u32 i;

	for (i = r->first; i < r->first + r->nconds; i++)
		if (set->parts[i].what == LINX_DENY_FILE && set->parts[i].test == LINX_DENY_PLACED && !set->parts[i].not)
			return &set->parts[i];
	return NULL;
}

static void post_rule(struct linx_deny_index *index, const struct linx_deny_part *part, u32 rule)
{
	struct linx_deny_post *post;
	u32 i, *head;

	for (i = 0; i < part->nplaces; i++) {
		post = &index->posts[index->nposts++];
		head = &index->heads[linx_place_bucket(linx_place_hash(&part->places[i].id, part->places[i].name_hash), index->buckets)];
		*post = (struct linx_deny_post){ .rule = rule, .next = *head };
		*head = index->nposts;
	}
}

/*
 * Most elements of linx_deny_index.posts. The limit bounds the memory that many rules need which share a condition with
 * many files.
 */
#define POSTS_MAX (1u << 18)

static int build_index(struct linx_deny_set *set, struct linx_deny_of_hook *of)
{
	struct linx_deny_index *index = &of->index;
	const struct linx_deny_part *part;
	u64 posts = 0;
	u32 i;

	for (i = 0; i < of->nrules; i++) {
		part = anchor_of(set, of->rules[i]);
		posts += part ? part->nplaces : 0;
	}
	if (posts > POSTS_MAX)
		return -E2BIG;
	index->buckets = buckets_for(posts, true);
	index->heads = kvcalloc(index->buckets, sizeof(*index->heads), LINX_GFP);
	index->posts = kvcalloc(max_t(u32, posts, 1), sizeof(*index->posts), LINX_GFP);
	if (!index->heads || !index->posts)
		return -ENOMEM;
	for (i = 0; i < of->nrules; i++) {
		part = anchor_of(set, of->rules[i]);
		if (part)
			post_rule(index, part, of->rules[i]);
		else
			of->apart[of->napart++] = of->rules[i];
	}
	return 0;
}

/*
 * Most values in the conditions of all rules of a hook. They are compared one after the other with preemption off.
 * Values of PLACED and INSIDE do not count, since they are in hash tables.
 */
#define VALUES_MAX (1u << 18)

static int bound_values(const struct linx_deny_set *set, const struct linx_deny_of_hook *of)
{
	const struct linx_deny_rule *r;
	u64 values = 0;
	u32 i, c;

	for (i = 0; i < of->nrules; i++) {
		r = &set->rules[of->rules[i]];
		for (c = r->first; c < r->first + r->nconds; c++)
			if (set->parts[c].test != LINX_DENY_PLACED && set->parts[c].test != LINX_DENY_INSIDE)
				values += set->parts[c].count;
	}
	return values > VALUES_MAX ? -E2BIG : 0;
}

static int sort_by_hook(struct linx_deny_set *set)
{
	struct linx_deny_of_hook *of;
	u32 hook, i, n;
	int err;

	for (hook = 0; hook < LINX_DENY_HOOKS_ALL; hook++) {
		of = &set->of[hook];
		if (!of->nrules)
			continue;
		of->rules = kvmalloc_array(of->nrules, sizeof(u32), LINX_GFP);
		of->apart = kvmalloc_array(of->nrules, sizeof(u32), LINX_GFP);
		if (!of->rules || !of->apart)
			return -ENOMEM;
		for (i = 0, n = 0; i < set->nrules; i++)
			if (linx_deny_rule_is_of(&set->rules[i], hook))
				of->rules[n++] = i;
		err = bound_values(set, of) ?: build_index(set, of);
		if (err)
			return err;
		err = linx_deny_sort_early(set, hook);
		if (err)
			return err;
	}
	return 0;
}

/*
 * Adds the rules of a bucket to rules[], which has n rules in rising order and room for max. Adds no rule twice.
 * Returns the new number of rules, or max plus one if there is not enough room.
 */
static u32 add_bucket(const struct linx_deny_index *index, u32 hash, u16 *rules, u32 n, u32 max)
{
	u32 at = index->heads[linx_place_bucket(hash, index->buckets)], i;

	for (; at; at = index->posts[at - 1].next) {
		for (i = n; i && rules[i - 1] > index->posts[at - 1].rule; i--)
			;
		if (i && rules[i - 1] == index->posts[at - 1].rule)
			continue;
		if (n == max)
			return max + 1;
		memmove(&rules[i + 1], &rules[i], (n - i) * sizeof(*rules));
		rules[i] = index->posts[at - 1].rule;
		n++;
	}
	return n;
}

static_assert(LINX_DENY_RULES_MAX <= U16_MAX);

u32 linx_deny_index_find(const struct linx_deny_index *index, u32 file, const u32 *place, u16 *rules, u32 n, u32 max)
{
	n = add_bucket(index, file, rules, n, max);
	return n <= max && place ? add_bucket(index, *place, rules, n, max) : n;
}

static int take_arrays(struct load *l, const struct linx_deny *u, struct linx_deny_arrays *from)
{
	struct linx_deny_set *set = l->set;

	swap(set->rules, from->rules);
	swap(set->operands, from->operands);
	swap(set->about, from->about);
	swap(set->from, from->from);
	set->about_len = u->about_len;
	set->name_len = u->name_len;
	memcpy(set->name, from->name ?: "", u->name_len);
	l->conds = from->conds;
	set->nrules = u->nrules;
	set->nparts = l->nconds = u->nconds;
	l->operands_len = u->operands_len;
	set->parts = u->nconds ? kvcalloc(u->nconds, sizeof(*set->parts), LINX_GFP) : NULL;
	set->order = kvcalloc(u->nrules, sizeof(*set->order), LINX_GFP);
	set->counts = kvcalloc(u->nrules, sizeof(*set->counts), LINX_GFP);
	set->programs = kvcalloc(LINX_DENY_PROGRAMS, sizeof(*set->programs), LINX_GFP);
	return (u->nconds && !set->parts) || !set->order || !set->counts || !set->programs ? -ENOMEM : 0;
}

/* Stores the place where an exempt program is now. */
static int note_place(struct linx_deny_exempt *e, struct dentry *dentry)
{
	const struct inode *dir;
	struct lineage l;

	get_lineage(&l, dentry, 2);
	dir = dir_of(&l);
	if (dir) {
		linx_ident_of(dir, &e->dir);
		e->name = copy_name(l.name.name.name, l.name.name.len);
	}
	put_lineage(&l);
	return e->name || !dir ? 0 : -ENOMEM;
}

static int load_exempt(struct load *l, const s32 *fds, u32 n)
{
	struct linx_deny_set *set = l->set;
	struct file *file;
	int err = 0;

	set->exempt = n ? kcalloc(n, sizeof(*set->exempt), LINX_GFP) : NULL;
	if (n && !set->exempt)
		return -ENOMEM;
	for (; set->nexempt < n && !err; set->nexempt++) {
		file = fget_raw(fds[set->nexempt]);
		if (!file)
			return fault(l, -EBADF, LINX_DENY_NO_FILE, NONE, NONE, 0);
		linx_ident_of(file_inode(file), &set->exempt[set->nexempt].id);
		err = note_place(&set->exempt[set->nexempt], file->f_path.dentry);
		fput(file);
	}
	return err;
}

static int load_set(struct load *l, const struct linx_deny *u, struct linx_deny_arrays *from)
{
	int err = take_arrays(l, u, from) ?: load_exempt(l, from->exempt, u->nexempt);
	u32 i;

	if (!err)
		mark_moves(l);
	for (i = 0; i < u->nrules && !err; i++) {
		err = load_rule(l, i);
		cond_resched();
	}
	return err ?: sort_by_hook(l->set);
}

struct linx_deny_set *linx_deny_set_load(struct linx_session *s, const struct linx_deny *u, struct linx_deny_arrays *from,
					 struct linx_deny_error *why)
{
	struct load l = { .why = why };
	int err;

	*why = (struct linx_deny_error){ .rule = NONE, .cond = NONE };
	l.set = kvzalloc(sizeof(*l.set), LINX_GFP);
	if (!l.set)
		return ERR_PTR(-ENOMEM);
	l.set->kept = u->flags & LINX_DENY_KEEP;
	l.set->session = l.set->kept && !s->running ? NULL : s;
	l.set->base = u->base;
	err = load_set(&l, u, from);
	if (!err)
		return l.set;
	linx_deny_set_free(l.set);
	return ERR_PTR(err);
}

static void free_part(struct linx_deny_part *part)
{
	u32 i;

	for (i = 0; i < part->nplaces; i++)
		kfree(part->places[i].name);
	kvfree(part->places);
	kvfree(part->heads);
	kvfree(part->devs);
}

static void free_of_hook(struct linx_deny_of_hook *of)
{
	kvfree(of->rules);
	kvfree(of->apart);
	kvfree(of->early);
	kvfree(of->index.heads);
	kvfree(of->index.posts);
}

void linx_deny_set_free(struct linx_deny_set *set)
{
	u32 i;

	if (!set)
		return;
	for (i = 0; set->parts && i < set->nparts; i++)
		free_part(&set->parts[i]);
	for (i = 0; i < LINX_DENY_HOOKS_ALL; i++)
		free_of_hook(&set->of[i]);
	kvfree(set->parts);
	kvfree(set->about);
	while (set->nexempt)
		kfree(set->exempt[--set->nexempt].name);
	kfree(set->exempt);
	kvfree(set->programs);
	kvfree(set->counts);
	kvfree(set->order);
	kvfree(set->from);
	kvfree(set->rules);
	kvfree(set->operands);
	kvfree(set);
}
