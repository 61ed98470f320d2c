/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An operation that a hook judges: the kernel's own objects, as the replaced function was called with them. Implemented
 * in enforce/deny_object.c. The context is that of a probe in the task of the operation: preemption off, an RCU reader.
 */
#ifndef LINX_KMOD_DENY_OBJECT_H
#define LINX_KMOD_DENY_OBJECT_H

#include <linux/limits.h>
#include "enforce/deny_set.h"

struct path;
struct pt_regs;
struct socket;

/* How a question about an operation is answered. */
enum linx_deny_answer {
	LINX_DENY_NO,
	LINX_DENY_YES,
	LINX_DENY_UNDECIDED,
};

/* If an index finds more rules than this, all rules are asked. */
#define LINX_DENY_FOUND_MAX 64

/* Room that an operation needs while it is judged; one for each CPU. */
struct linx_deny_room {
	struct linx_ident above[LINX_DENY_DEPTH_MAX]; /* directories from the file's own up to the root */
	char name[NAME_MAX];
	u16 rules[LINX_DENY_FOUND_MAX]; /* rules of an index that may hold */
	char path[PATH_MAX];
};

struct linx_deny_object {
	u32 hook; /* enum linx_deny_hook */
	bool nested; /* another probe of this CPU is interrupted: no record can be written */
	struct linx_deny_room *room;

	/* Of a file; inode is NULL without one. */
	struct inode *inode;
	struct dentry *dentry; /* NULL: the place is not known */
	struct linx_ident id;
	u64 detail; /* linx_refused.detail */
	/* Found when the first rule needs it. */
	bool place_known; /* place, dir, name_len and name_hash are set, and linx_deny_room.name */
	enum linx_deny_answer place; /* has the file a place? UNDECIDED: not known */
	bool dir_known; /* dir is set, also if place is UNDECIDED: the directory compares names in its own way */
	struct linx_ident dir; /* the place: directory, and the name's length and linx_name_hash() */
	u32 name_len, name_hash;
	bool walked;
	bool whole; /* walked: above[] reaches the root of the file system */
	bool folds; /* walked: a directory has its own way to compare names, such as without regard to case */
	u32 depth; /* walked: elements of above[] */
	bool path_known; /* path and path_len are set */
	const char *path; /* NULL: not known */
	u32 path_len;

	/* Of a socket; sock is NULL without one. */
	struct socket *sock;
	const void *address; /* as the kernel has it; NULL: none */
	u32 address_len;
	u16 family, type, protocol, port;
	u8 host[16]; /* IPv4 as ::ffff:a.b.c.d */
	enum linx_deny_answer has_host; /* UNDECIDED: the kernel may choose another */
};

/* The function that a hook replaces; NULL: the hook is not built. */
const char *linx_deny_hook_function(u32 hook);
/* Fills in the operation. Returns false if there is nothing to be judged. */
bool linx_deny_object_fill(struct linx_deny_object *o, u32 hook, struct linx_deny_room *room, struct pt_regs *regs);
/* Finds the directories above the file. */
void linx_deny_object_walk(struct linx_deny_object *o);
/* Finds the path within the file system: the answer is YES, or UNDECIDED if it is not known. */
enum linx_deny_answer linx_deny_object_path(struct linx_deny_object *o);
/* Finds the place of the file. */
enum linx_deny_answer linx_deny_object_place(struct linx_deny_object *o);

#endif
