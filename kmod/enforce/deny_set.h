/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set of rules that refuse, as a session has loaded it. Implemented in enforce/deny_set.c.
 *
 * The directory enforce/ replaces checks of the kernel by ftrace. enforce/deny_set.c checks and compiles rules,
 * enforce/deny_object.c finds out what an operation is about, enforce/deny_judge.c compares, and enforce/deny_hook.c
 * attaches the hooks, refuses and records.
 *
 * A set does not change once it is loaded, except for its counters. Hooks find it as RCU readers; who takes it away
 * waits for a grace period before it frees the set.
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

/* The functions of tables/deny_calls.def. */
enum linx_deny_function {
#define CALL(name, function, args) LINX_DENY_CALL_##function,
#include "tables/deny_calls.def"
#undef CALL
	LINX_DENY_CALLS,
};

/* Numbers of hooks within the module: those of enum linx_deny_hook, then one for each function of a system call. */
#define LINX_DENY_HOOKS_ALL (LINX_DENY_HOOKS + LINX_DENY_CALLS)

/* Identity of a file. Deleted files may give their number away, but not with the same generation. */
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

/* An element of a condition on files: a file or, with a name, a place in the directory that id names. */
struct linx_deny_place {
	struct linx_ident id;
	u32 next; /* index plus one of the next element of the same bucket; 0: none */
	u32 name_hash; /* linx_name_hash() of name; 0: a file */
	u32 name_len;
	bool above; /* a directory above a file or place of the condition, which counts if its own name moves */
	char *name; /* kmalloc, with a NUL; NULL: a file */
};

/* A program that a set does not apply to: the file, and what takes its place, as an upgrade does it. */
struct linx_deny_exempt {
	struct linx_ident id, dir;
	char *name; /* in dir; kmalloc, with a NUL; NULL: it has no place */
};

struct linx_deny_part {
	u8 what, test; /* enum linx_deny_what, enum linx_deny_test */
	bool not;
	bool moves; /* a rule of RENAME or MOUNT has the condition: places has directories above, too */
	u32 count;
	union {
		const struct linx_deny_range *ranges; /* these four: in linx_deny_set.operands */
		const struct linx_deny_mask *masks;
		const struct linx_deny_net *nets;
		const struct linx_deny_text *texts;
	};
	/* PLACED, INSIDE: hash table over places, by linx_place_hash() */
	struct linx_deny_place *places;
	u32 nplaces, room, buckets; /* room: of places; buckets: elements of heads, a power of two */
	u32 *heads; /* index plus one of the first element of a bucket; 0: empty */
	dev_t *devs; /* tests of paths: file system of each text; 0: any */
};

struct linx_deny_count {
	atomic64_t observed, refused, signalled, undecided;
};

/*
 * The rules of a hook that need one of certain files or places: found by linx_place_hash() of the file and of its place,
 * so that thousands of such rules cost no more than a few.
 */
struct linx_deny_index {
	u32 buckets; /* elements of heads, a power of two */
	u32 *heads; /* index plus one of the first post of a bucket; 0: empty */
	struct linx_deny_post {
		u32 rule, next; /* next: as in linx_deny_place */
	} *posts;
	u32 nposts;
};

/*
 * The conditions of all rules of a hook that need only credentials and arguments, those of a rule one after the other: what
 * linx_deny_may_hold() asks. Behind the last one is an element without a condition.
 */
struct linx_deny_early {
	const struct linx_deny_part *part;
	bool last; /* the rule has no further early condition */
};

#define LINX_DENY_PROGRAM_BITS 7
#define LINX_DENY_PROGRAMS (1u << LINX_DENY_PROGRAM_BITS)

/* A program, and a rule that held for it. Hooks claim slots without a lock; a slot stays claimed as long as the set lives. */
struct linx_deny_slot {
	atomic_t state;
	u64 id; /* linx_deny_rule.id */
	struct linx_ident exe; /* all zero: a program that the kernel starts */
	kuid_t uid; /* real user whose process claimed it */
	char name[32]; /* last part of its path, with a NUL */
	atomic64_t count;
};

struct linx_deny_set {
	/*
	 * The session that gets the records. Of a kept set NULL or a session that ends before the set: hooks read it
	 * once. Else it outlives the set.
	 */
	struct linx_session *session;
	bool kept; /* the set belongs to the module */
	bool ended; /* the rules do not apply any more, and stay for their counters; set once */
	u64 number; /* linx_deny_list.set */
	u64 base; /* added to the ids of rules in records */
	u32 name_len, about_len;
	char name[LINX_DENY_NAME_MAX + 1];
	char *about;
	u32 nexempt;
	struct linx_deny_exempt *exempt;
	struct linx_deny_slot *programs; /* LINX_DENY_PROGRAMS elements */
	atomic64_t programs_missed; /* operations that found no slot */
	/* Under linx_deny_lock, in ns of the boot time. */
	u64 trial_end; /* 0: no trial */
	u64 late_ns; /* 0: a late reader does not end the set */
	u64 taken, taken_at; /* bytes that the reader has taken, and when it took the last ones or had none left */
	bool late;
	DECLARE_BITMAP(hooks, LINX_DENY_HOOKS_ALL); /* hooks that a rule has */
	u32 nrules, nparts;
	struct linx_deny_rule *rules;
	struct linx_deny_part *parts; /* by index of the condition */
	/*
	 * By index of the rule: in which order its conditions are asked, cheap ones first. From the lowest bit on, each bit
	 * stands for the condition linx_deny_rule.first plus the bit's number modulo LINX_DENY_RULE_CONDS.
	 */
	u64 *order;
	struct linx_deny_count *counts; /* by index of the rule */
	struct linx_deny_from *from; /* by index of the rule: old rules that it goes on as; NULL: not LINX_DENY_RENEW */
	u8 *operands;
	struct linx_deny_of_hook {
		u32 *rules; /* indices of the rules of a hook, rising */
		u32 nrules;
		u32 *apart; /* rules that are in no index, rising */
		u32 napart;
		struct linx_deny_early *early; /* see there; NULL: not each rule has such conditions, or there are many rules */
		struct linx_deny_index index;
	} of[LINX_DENY_HOOKS_ALL];
};

/* The next condition of an order, which is not 0. */
static inline const struct linx_deny_part *linx_deny_next_part(const struct linx_deny_set *set, const struct linx_deny_rule *r, u64 order)
{
	return &set->parts[r->first + __ffs64(order) % LINX_DENY_RULE_CONDS];
}

/* Which hooks and conditions there are. Implemented in enforce/deny_object.c. */
bool linx_deny_hook_built(u32 hook);
/* Does the hook of a rule have what a condition tests? */
bool linx_deny_hook_has(const struct linx_deny_rule *r, u32 what);
bool linx_deny_call_exists(u32 call);
/* Does a rule belong to a hook of the module? */
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
 * Checks and compiles a set for a session, or with LINX_DENY_KEEP for the module. Process context, may sleep. Returns the set or an ERR_PTR, and then sets *why. The set takes
 * arrays from *from; the caller frees what is left there.
 */
struct linx_deny_set *linx_deny_set_load(struct linx_session *s, const struct linx_deny *u, struct linx_deny_arrays *from,
					 struct linx_deny_error *why);
void linx_deny_set_free(struct linx_deny_set *set);

u32 linx_name_hash(const char *name, u32 len);

static inline u32 linx_inode_hash(u64 ino, dev_t dev, u32 name_hash)
{
	return hash_64((ino ^ (u64)dev << 40) + (u64)name_hash * GOLDEN_RATIO_32, 32);
}

/* name_hash: 0 for a file, else that of a name in the directory id. */
static inline u32 linx_place_hash(const struct linx_ident *id, u32 name_hash)
{
	return linx_inode_hash(id->ino, id->dev, name_hash);
}

/* The bucket of a hash, by its upper bits, which are the better ones. */
static inline u32 linx_place_bucket(u32 hash, u32 buckets)
{
	return (u64)hash * buckets >> 32;
}

/*
 * Returns the first element of a condition that is this file or, with a name, this place, and the next one after p;
 * NULL: there is none.
 */
const struct linx_deny_place *linx_deny_place_find(const struct linx_deny_part *part, const struct linx_ident *id,
						   u32 name_hash, const struct linx_deny_place *p);

/*
 * Finds the rules of an index that may hold for a file with these hashes; place may be NULL. Adds their numbers to the n
 * that are there, rising. Returns how many there are; max plus one: more than max.
 */
u32 linx_deny_index_find(const struct linx_deny_index *index, u32 file, const u32 *place, u16 *rules, u32 n, u32 max);

#endif
