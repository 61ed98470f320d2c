/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file, or a place (a directory and a name in it), for which the conditions of rules are checked. Implemented in
 * enforce/deny_file.c. Context: a probe, see enforce/deny_object.h.
 */
#ifndef LINX_KMOD_DENY_FILE_H
#define LINX_KMOD_DENY_FILE_H

#include <linux/limits.h>
#include "enforce/deny_set.h"

/*
 * Answer to a question about an operation, such as whether a condition or a rule holds. UNDECIDED: it cannot be found
 * out.
 */
enum linx_deny_answer {
	LINX_DENY_NO,
	LINX_DENY_YES,
	LINX_DENY_UNDECIDED,
};

/* Identity of a directory above a file; it is on the same file system. */
struct linx_deny_up {
	u64 ino;
	u32 generation;
};

/* Memory for the directories above a file and for its name. */
struct linx_deny_names {
	struct linx_deny_up above[LINX_DENY_DEPTH_MAX]; /* from the file's directory up to the file system's root */
	char name[NAME_MAX];
};

/*
 * Memory for one path, shared by all files of an operation. It has the path of the file "of", which was asked for last.
 */
struct linx_deny_path {
	const struct linx_judged *of;
	char text[PATH_MAX];
};

struct linx_judged {
	struct inode *inode; /* NULL: there is no file at the place */
	struct dentry *dentry; /* NULL: the place is not known */
	struct linx_ident id; /* identity of the file; if there is no file, only dev is set */
	u32 mode; /* st_mode of a file that is about to be made */
	bool moves; /* a rename moves the name, or a mount hides it, and with it all that is below it */
	struct linx_deny_names *names;
	/* The members from here on are set when a rule first needs them. */
	bool place_known; /* linx_judged_place() was called; with place YES, name_len and names->name are set, too */
	u8 place; /* enum linx_deny_answer: does the file have a place, and is it known? UNDECIDED: not known */
	bool dir_known; /* dir is set; so it can be while "place" is UNDECIDED, if dir compares names in its own way */
	bool walked;
	bool whole; /* if walked: names->above[] reaches the root of the file system */
	bool folds; /* if walked: a directory above compares names in its own way, such as without regard to case */
	struct linx_ident dir; /* the file's directory; name_len, name_hash: of the file's name there */
	u32 name_len, name_hash;
	u32 depth; /* if walked: number of elements of names->above[] */
	const char *path; /* valid while linx_deny_path.of points to this structure; NULL: not known */
	u32 path_len;
};

/* Initializes f for a file, or for a place without a file: then inode is NULL, and dentry must not be. */
void linx_judged_set(struct linx_judged *f, struct inode *inode, struct dentry *dentry, struct linx_deny_names *names);
/* Sets the file of a place that has no file yet. */
void linx_judged_be(struct linx_judged *f, struct inode *inode);
/* Finds the directories above the file. */
void linx_judged_walk(struct linx_judged *f);
/* Sets f->path to the path from the root of the file system. Returns YES, or UNDECIDED if the path is not known. */
enum linx_deny_answer linx_judged_path(struct linx_judged *f, struct linx_deny_path *room);
/* Finds the directory and the name of the file. Returns YES, NO if the file has no place, or UNDECIDED. */
enum linx_deny_answer linx_judged_place(struct linx_judged *f);

/*
 * Copies the name of a dentry with a NUL, cut to size bytes; an empty name if renames by others prevented each try. The
 * caller is an RCU reader, or has a reference to the dentry.
 */
void linx_dentry_name(const struct dentry *d, char *to, u32 size);
/*
 * Reads the directory of a dentry, and the name there, as both were at one time. The name gets no NUL and has at most
 * NAME_MAX bytes. Returns the directory's dentry; NULL if it has no inode, or if renames by others prevented each try.
 * The caller is an RCU reader; what is returned is valid as long as it is one.
 */
struct dentry *linx_dentry_place(const struct dentry *d, struct linx_ident *dir, char *name, u32 *len);

/* Does a condition on files hold? */
enum linx_deny_answer linx_judged_fits(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_judged *f,
				       struct linx_deny_path *room);

#endif
