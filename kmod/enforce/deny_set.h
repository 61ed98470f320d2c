/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set of rules that refuse operations, as loaded by a session. Implemented in enforce/deny_set.c.
 *
 * The directory enforce/ hooks functions of the kernel by ftrace, to refuse operations by rules. enforce/deny_set.c
 * checks and compiles rules, enforce/deny_object.c finds out what an operation is about, enforce/deny_judge.c checks
 * the conditions of rules, and enforce/deny_hook.c attaches the hooks, refuses and records.
 *
 * A set does not change once it is loaded, except for its counters. Hooks find it as RCU readers. A set is freed a
 * grace period after it was removed from linx_deny_sets.
 */
#ifndef LINX_KMOD_DENY_SET_H
#define LINX_KMOD_DENY_SET_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/hash.h>
#include <linux/linx.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct dentry;
struct inode;
struct linx_session;

/* Numbers of the functions in tables/deny_calls.def. */
enum linx_deny_function {
#define CALL(name, function, args) LINX_DENY_CALL_##function,
#include "tables/deny_calls.def"
#undef CALL
	LINX_DENY_CALLS,
};

/*
 * Number of hooks. Hook numbers are those of enum linx_deny_hook, followed by one for each function in
 * tables/deny_calls.def.
 */
#define LINX_DENY_HOOKS_ALL (LINX_DENY_HOOKS + LINX_DENY_CALLS)

/* Identity of a file. A new file can get the inode number of a deleted file, but then it has another generation. */
struct linx_ident {
	u64 ino;
	u32 generation;
	dev_t dev;
};

static inline bool linx_ident_same(const struct linx_ident *a, const struct linx_ident *b)
{
	return a->ino == b->ino && a->generation == b->generation && a->dev == b->dev;
}

void linx_ident_of(const struct inode *inode, struct linx_ident *id);

/*
 * An element of a condition on files: if name is NULL, the file "id"; otherwise the place "name" in the directory "id".
 */
struct linx_deny_place {
	struct linx_ident id;
	u32 next; /* index plus one of the next element of the same bucket; 0: none */
	u32 name_hash; /* linx_name_hash() of name; 0: a file */
	u32 name_len;
	bool above; /* a directory above an element; compared only with a file that the operation moves */
	char *name; /* kmalloc, with a NUL; NULL: a file */
};

/*
 * A program to which a set does not apply: the file "id", and any file that is put at its place, such as by an upgrade.
 */
struct linx_deny_exempt {
	struct linx_ident id, dir;
	char *name; /* the program's name in the directory "dir"; kmalloc, with a NUL; NULL: only "id" is exempt */
};

struct linx_deny_part {
	u8 what, test; /* enum linx_deny_what, enum linx_deny_test */
	bool not;
	bool moves; /* a rule of RENAME or MOUNT has the condition: places[] has directories above its elements, too */
	u32 count;
	union {
		const struct linx_deny_range *ranges; /* the four pointers of the union point into operands */
		const struct linx_deny_mask *masks;
		const struct linx_deny_net *nets;
		const struct linx_deny_text *texts;
	};
	/* tests PLACED and INSIDE: hash table of the elements, by linx_place_hash() */
	struct linx_deny_place *places;
	u32 nplaces, room, buckets; /* room: allocated in places[]; buckets: elements of heads[], a power of two */
	u32 *heads; /* index plus one of the first element of a bucket; 0: empty */
	dev_t *devs; /* tests of paths: device of each text's file system; 0: any file system */
};

struct linx_deny_count {
	atomic64_t observed, refused, signalled, undecided;
};

/*
 * Index of the rules of a hook that hold only for certain files or places. Rules are found by linx_place_hash() of the
 * file and of its place. Therefore thousands of such rules take no more time than a few.
 */
struct linx_deny_index {
	u32 buckets; /* elements of heads, a power of two */
	u32 *heads; /* by bucket: index plus one of its first element in posts[]; 0: empty */
	struct linx_deny_post {
		u32 rule, next; /* next: index plus one of the next element of the same bucket; 0: none */
	} *posts;
	u32 nposts;
};

/*
 * An early condition: one that linx_deny_may_hold() can check, since it needs only credentials and arguments. An array
 * has the early conditions of all rules of a hook, rule after rule. It ends with an element whose part is NULL.
 */
struct linx_deny_early {
	const struct linx_deny_part *part;
	bool last; /* the rule has no further early condition */
};

#define LINX_DENY_PROGRAM_BITS 7
#define LINX_DENY_PROGRAMS (1u << LINX_DENY_PROGRAM_BITS)

/*
 * Counter of the operations of one program for which rules with one id held. Hooks claim slots without a lock. A
 * claimed slot stays claimed until the set is freed.
 */
struct linx_deny_slot {
	atomic_t state;
	u64 id; /* linx_deny_rule.id */
	struct linx_ident exe; /* all zero: the task had no executable, such as a kernel thread */
	kuid_t uid; /* real user whose process claimed it */
	char name[32]; /* last part of the program's path, with a NUL */
	atomic64_t count;
};

struct linx_deny_set {
	/*
	 * The session that gets the records. If the set is kept, the session can end before the set, and the pointer
	 * then becomes NULL: each function of a hook reads it once. If the set is not kept, the session outlives it.
	 */
	struct linx_session *session;
	bool kept; /* LINX_DENY_KEEP: the set belongs to the module, and stays when the session ends */
	bool ended; /* the rules do not apply any more, and are kept only for their counters; set once */
	u64 number; /* linx_deny_list.set */
	u64 base; /* added to the ids of rules when they are written into records */
	u32 name_len, about_len;
	char name[LINX_DENY_NAME_MAX + 1];
	char *about;
	u32 nexempt;
	struct linx_deny_exempt *exempt;
	struct linx_deny_slot *programs; /* LINX_DENY_PROGRAMS elements */
	atomic64_t programs_missed; /* number of operations that found no slot */
	/* The next five members are protected by linx_deny_lock. Times are in ns of CLOCK_BOOTTIME. */
	u64 trial_end; /* 0: no trial */
	u64 late_ns; /* the set ends when its reader has left records unread for so long; 0: it does not end */
	u64 taken, taken_at; /* bytes that the reader has taken; last time when it took some or none were left */
	bool late;
	DECLARE_BITMAP(hooks, LINX_DENY_HOOKS_ALL); /* hooks of which the set has a rule */
	u32 nrules, nparts;
	struct linx_deny_rule *rules;
	struct linx_deny_part *parts; /* by index of the condition */
	/*
	 * By index of the rule: the order in which its conditions are checked, cheap ones first. Each set bit, from the
	 * lowest on, stands for the condition with the index linx_deny_rule.first plus the bit's number modulo
	 * LINX_DENY_RULE_CONDS.
	 */
	u64 *order;
	struct linx_deny_count *counts; /* by index of the rule */
	struct linx_deny_from *from; /* by index of the rule: rules of the replaced set that it continues; or NULL */
	u8 *operands;
	struct linx_deny_of_hook {
		u32 *rules; /* indices of the hook's rules, rising */
		u32 nrules;
		u32 *apart; /* indices of the rules that are not in the index below, rising */
		u32 napart;
		struct linx_deny_early *early; /* NULL: a rule has no early condition, or there are too many rules */
		struct linx_deny_index index;
	} of[LINX_DENY_HOOKS_ALL];
};

/* Returns the condition for the lowest bit of an element of linx_deny_set.order. order must not be 0. */
static inline const struct linx_deny_part *linx_deny_next_part(const struct linx_deny_set *set, const struct linx_deny_rule *r, u64 order)
{
	return &set->parts[r->first + __ffs64(order) % LINX_DENY_RULE_CONDS];
}

/* Does this module support a hook? Implemented, as the next function, in enforce/deny_object.c. */
bool linx_deny_hook_built(u32 hook);
/* Can a rule of this hook have a condition of the kind "what" (enum linx_deny_what)? */
bool linx_deny_hook_has(const struct linx_deny_rule *r, u32 what);
bool linx_deny_call_exists(u32 call);
/* Does a rule belong to a hook? hook: a number below LINX_DENY_HOOKS_ALL. */
bool linx_deny_rule_is_of(const struct linx_deny_rule *r, u32 hook);

/* Copies of the arrays that a struct linx_deny points to, allocated by kvmalloc(); NULL for an empty one. */
struct linx_deny_arrays {
	struct linx_deny_rule *rules;
	struct linx_deny_cond *conds;
	u8 *operands;
	char *name, *about;
	s32 *exempt;
	struct linx_deny_from *from;
};

/*
 * Checks and compiles a set for a session, or with LINX_DENY_KEEP for the module. Returns the set, or an ERR_PTR after
 * setting *why. Arrays that the set needs are moved from *from into the set; the caller frees those that remain in
 * *from. Process context, may sleep.
 */
struct linx_deny_set *linx_deny_set_load(struct linx_session *s, const struct linx_deny *u, struct linx_deny_arrays *from,
					 struct linx_deny_error *why);
void linx_deny_set_free(struct linx_deny_set *set);

u32 linx_name_hash(const char *name, u32 len);

static inline u32 linx_inode_hash(u64 ino, dev_t dev, u32 name_hash)
{
	return hash_64((ino ^ (u64)dev << 40) + (u64)name_hash * GOLDEN_RATIO_32, 32);
}

/*
 * Returns the hash of an element. name_hash: 0 for the file "id"; for a place in the directory "id", linx_name_hash()
 * of the name.
 */
static inline u32 linx_place_hash(const struct linx_ident *id, u32 name_hash)
{
	return linx_inode_hash(id->ino, id->dev, name_hash);
}

/*
 * Returns the bucket of a hash. The bucket is chosen by the upper bits of the hash, which are spread more evenly than
 * the lower ones.
 */
static inline u32 linx_place_bucket(u32 hash, u32 buckets)
{
	return (u64)hash * buckets >> 32;
}

/*
 * Returns the first element of a condition with this id and name_hash or, if p is not NULL, the next such element after
 * p. Returns NULL if there is none. For a place, the caller has to compare the name.
 */
const struct linx_deny_place *linx_deny_place_find(const struct linx_deny_part *part, const struct linx_ident *id,
						   u32 name_hash, const struct linx_deny_place *p);

/*
 * Finds the rules of an index that can hold for a file. file, *place: linx_place_hash() of the file and of its place;
 * place may be NULL. Adds their indices to the n indices in rules[], in rising order. Returns the new number of
 * indices, or max plus one if there would be more than max.
 */
u32 linx_deny_index_find(const struct linx_deny_index *index, u32 file, const u32 *place, u16 *rules, u32 n, u32 max);

#endif
