/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An operation that a hook judges: the kernel's own objects, as the replaced function was called with them. Implemented
 * in enforce/deny_object.c. The context is that of a probe in the task of the operation: preemption off, an RCU reader.
 */
#ifndef LINX_KMOD_DENY_OBJECT_H
#define LINX_KMOD_DENY_OBJECT_H

#include "enforce/deny_file.h"

struct cred;
struct pt_regs;
struct socket;
struct task_struct;

/* If an index finds more rules than this, all rules are asked. */
#define LINX_DENY_FOUND_MAX 64

/* Most files of an operation: two that are exchanged, each at its old and its new place. */
#define LINX_DENY_FILES_MAX 4

/* Room that an operation needs while it is judged; one for each CPU. */
struct linx_deny_room {
	struct linx_deny_names names[LINX_DENY_FILES_MAX];
	struct linx_deny_names other; /* names of an executable of a process */
	u16 rules[LINX_DENY_FOUND_MAX]; /* rules of an index that may hold */
	struct linx_deny_path path;
};

/* Most credentials with which an operation is judged: see linx_deny_creds(). */
#define LINX_DENY_CREDS 2

struct linx_deny_object {
	struct linx_deny_room *room;
	u16 hook; /* number of the hook within the module, below LINX_DENY_HOOKS_ALL */
	bool nested; /* another probe of this CPU is interrupted: no record can be written */
	bool early; /* the operation may succeed though the check refuses: that is undecided, and sends no signal */
	bool quiet; /* a refusal makes nothing fail, and is not counted */
	u8 nfiles; /* elements of files[]; 0: the operation has no file */
	u8 at; /* the file that is asked about, or that the last rule held for */
	u8 has_host; /* enum linx_deny_answer: is host set? UNDECIDED: the kernel may choose another */
	u8 sets; /* LINX_DENY_SETS_*: which of the three below are set */
	u32 new_mode, new_uid, new_gid;
	u64 detail; /* linx_refused.detail */
	const struct cred *creds[LINX_DENY_CREDS]; /* [ncreds] linx_deny_creds(): rules are judged with each */
	const struct cred *cred; /* element of creds with which a rule is judged now */
	u8 ncreds;
	const char *fs_type; /* NULL: none */
	struct task_struct *target; /* target of KILL and PTRACE; else NULL */
	const struct pt_regs *call; /* registers of the program at a system call; else NULL */

	/* Of a socket; sock is NULL without one. */
	struct socket *sock;
	const void *address; /* as the kernel has it; NULL: none */
	u32 address_len;
	u16 family, type, protocol, port;
	u8 host[16]; /* IPv4 as ::ffff:a.b.c.d */

	struct linx_judged files[LINX_DENY_FILES_MAX]; /* not zeroed */
};

/*
 * A function that is replaced. A hook has one or several. Points of checks are in enforce/deny_object.c, those of system
 * calls in enforce/deny_call.c.
 */
struct linx_deny_point {
	const char *function; /* name of the function; of a system call, without its prefix */
	/* Fills in the operation. Returns false if there is nothing to be judged. NULL: a system call. */
	bool (*fill)(struct linx_deny_object *o, struct pt_regs *regs);
	u16 hook;
};
extern const struct linx_deny_point linx_deny_points[];
extern const u32 linx_deny_npoints;

/* Fills in the operation. Returns false if there is nothing to be judged. */
static inline bool linx_deny_object_fill(struct linx_deny_object *o, const struct linx_deny_point *point, struct linx_deny_room *room,
					 struct pt_regs *regs)
{
	memset(o, 0, offsetof(struct linx_deny_object, files));
	o->room = room;
	o->hook = point->hook;
	return point->fill(o, regs);
}

#endif
