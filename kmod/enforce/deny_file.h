/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file, or a place in a directory, about which rules are asked. Implemented in enforce/deny_file.c. The context is that
 * of enforce/deny_object.h.
 */
#ifndef LINX_KMOD_DENY_FILE_H
#define LINX_KMOD_DENY_FILE_H

#include <linux/limits.h>
#include "enforce/deny_set.h"

/* How a question about an operation is answered. */
enum linx_deny_answer {
	LINX_DENY_NO,
	LINX_DENY_YES,
	LINX_DENY_UNDECIDED,
};

/* A directory above a file, on the same file system. */
struct linx_deny_up {
	u64 ino;
	u32 generation;
};

/* Room for what is found out about a file. */
struct linx_deny_names {
	struct linx_deny_up above[LINX_DENY_DEPTH_MAX]; /* directories from the file's own up to the root */
	char name[NAME_MAX];
};

/* Room for the path of a file, which files share: it holds that of the last one that was asked for. */
struct linx_deny_path {
	const struct linx_judged *of;
	char text[PATH_MAX];
};

struct linx_judged {
	struct inode *inode; /* NULL: a place without a file */
	struct dentry *dentry; /* NULL: the place is not known */
	struct linx_ident id; /* only dev is set without a file */
	u32 mode; /* st_mode of a file that is about to be made */
	bool moves; /* the name moves, or is hidden by a mount, and what is below it, too */
	struct linx_deny_names *names;
	/* Found when the first rule needs it. */
	bool place_known; /* place, dir, name_len and name_hash are set, and linx_deny_names.name */
	u8 place; /* enum linx_deny_answer: has the file a place? UNDECIDED: not known */
	bool dir_known; /* dir is set, also if place is UNDECIDED: the directory compares names in its own way */
	bool walked;
	bool whole; /* walked: above[] reaches the root of the file system */
	bool folds; /* walked: a directory has its own way to compare names, such as without regard to case */
	struct linx_ident dir; /* the place: directory, and the name's length and linx_name_hash() */
	u32 name_len, name_hash;
	u32 depth; /* walked: elements of above[] */
	const char *path; /* valid while linx_deny_path.of is this; NULL: not known */
	u32 path_len;
};

/* Begins with a file, or with a place: inode is NULL then, and dentry is not. */
void linx_judged_set(struct linx_judged *f, struct inode *inode, struct dentry *dentry, struct linx_deny_names *names);
/* Puts a file at the place. */
void linx_judged_be(struct linx_judged *f, struct inode *inode);
/* Finds the directories above the file. */
void linx_judged_walk(struct linx_judged *f);
/* Finds the path within the file system: the answer is YES, or UNDECIDED if it is not known. */
enum linx_deny_answer linx_judged_path(struct linx_judged *f, struct linx_deny_path *room);
/* Finds the place of the file. */
enum linx_deny_answer linx_judged_place(struct linx_judged *f);

/* Copies a name, as much as there is room for with a NUL; an empty one if others rename all the time. RCU keeps the dentry. */
void linx_dentry_name(const struct dentry *d, char *to, u32 size);

/* Does a condition on files hold? */
enum linx_deny_answer linx_judged_fits(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_judged *f,
				       struct linx_deny_path *room);

#endif
