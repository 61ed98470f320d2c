/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An operation that a hook judges, in terms of the kernel objects with which the hooked function was called.
 * Implemented in enforce/deny_object.c. The context is that of a probe in the task of the operation: preemption off, an
 * RCU reader.
 */
#ifndef LINX_KMOD_DENY_OBJECT_H
#define LINX_KMOD_DENY_OBJECT_H

#include "enforce/deny_file.h"

struct cred;
struct pt_regs;
struct socket;
struct task_struct;

/* Most rules that an index returns. If it finds more, all rules of the hook are checked. */
#define LINX_DENY_FOUND_MAX 64

/* Most elements of linx_deny_object.files: RENAME_EXCHANGE has two files, each at its old and at its new place. */
#define LINX_DENY_FILES_MAX 4

/* Memory that is needed to judge an operation. There is one such structure for each CPU. */
struct linx_deny_room {
	struct linx_deny_names names[LINX_DENY_FILES_MAX];
	struct linx_deny_names other; /* for the executable of a process */
	u16 rules[LINX_DENY_FOUND_MAX]; /* result of linx_deny_find() */
	struct linx_deny_path path;
};

/* Most credentials that one operation can have: see linx_deny_creds(). */
#define LINX_DENY_CREDS 2

/* linx_deny_object_begin() sets all members except files, and those whose comment says when they are set. */
struct linx_deny_object {
	struct linx_deny_room *room;
	u64 now; /* time of the operation; 0: not read yet */
	u16 hook; /* number of the hook, below LINX_DENY_HOOKS_ALL */
	bool nested; /* the hook interrupted another probe on this CPU: no record can be written */
	bool early; /* the operation can succeed despite a refusal: it counts as undecided, and no signal is sent */
	bool quiet; /* a refusal does not make the program's call fail, and is not counted */
	bool mute; /* signals cannot be sent, as linx_deny_owe() failed */
	u8 nfiles; /* number of elements in files[]; 0: the operation is not about a file */
	u8 at; /* index in files[] of the file that is being checked, or for which the last rule held */
	u8 has_host; /* enum linx_deny_answer: is host set? UNDECIDED: the kernel may use another address */
	u8 sets; /* LINX_DENY_SETS_*: which of new_mode, new_uid, new_gid are set, and others */
	u8 ncreds; /* elements of creds[]; 0: not set yet */
	u32 new_mode, new_uid, new_gid; /* set later */
	u64 detail; /* linx_refused.detail */
	const struct cred *creds[LINX_DENY_CREDS]; /* from linx_deny_creds(): rules are checked with each of them */
	const struct cred *cred; /* element of creds[] with which a rule is being checked; set later */
	const char *fs_type; /* NULL: none */
	struct task_struct *target; /* target of KILL and PTRACE; else NULL */
	const struct pt_regs *call; /* hook at a system call: registers of the program; else NULL */

	/* Members about a socket. sock is NULL if the operation is not about one. */
	struct socket *sock;
	const void *address; /* socket address in kernel memory; NULL: none */
	u32 address_len; /* set with address */
	u16 family, type, protocol;
	u16 port; /* set with host */
	u8 host[16]; /* IP address, IPv4 as ::ffff:a.b.c.d; set if has_host is not NO */

	struct linx_judged files[LINX_DENY_FILES_MAX]; /* [nfiles] */
};

/*
 * A function of the kernel that is hooked. A hook has one such function or several. Functions for security checks
 * (security_*()) are in enforce/deny_object.c, those for system calls in enforce/deny_call.c.
 */
struct linx_deny_point {
	const char *function; /* name of the function; of a system call, without its prefix */
	/* Fills in the operation. Returns false if rules do not apply to it. */
	bool (*fill)(struct linx_deny_object *o, struct pt_regs *regs);
	u16 hook;
	/*
	 * Returns from the arguments alone the value that fill() stores in linx_deny_object.detail. Used to check the
	 * conditions FLAGS and NUMBER before fill() is called. NULL: only fill() can find the value.
	 */
	u64 (*detail)(struct pt_regs *regs);
};
extern const struct linx_deny_point linx_deny_points[];
extern const u32 linx_deny_npoints;

/* Does a condition of this kind (enum linx_deny_what) test linx_deny_object.detail? */
static inline bool linx_deny_is_detail(u32 what)
{
	return what == LINX_DENY_FLAGS || what == LINX_DENY_NUMBER;
}

/*
 * Initializes an operation before point->fill() is called. Sets member by member, since memset() of so many bytes would
 * take longer.
 */
static inline void linx_deny_object_begin(struct linx_deny_object *o, const struct linx_deny_point *point, struct linx_deny_room *room)
{
	o->room = room;
	room->path.of = NULL;
	o->now = 0;
	o->hook = point->hook;
	o->nested = o->early = o->quiet = o->mute = false;
	o->nfiles = o->at = o->has_host = o->sets = o->ncreds = 0;
	o->detail = 0;
	o->fs_type = NULL;
	o->target = NULL;
	o->call = NULL;
	o->sock = NULL;
	o->address = NULL;
	o->family = o->type = o->protocol = 0;
}

#endif
