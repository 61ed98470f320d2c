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

/* linx_deny_object_begin() sets each member that is not said to be set later. */
struct linx_deny_object {
	struct linx_deny_room *room;
	u64 now; /* time of the operation; 0: not read yet */
	u16 hook; /* number of the hook within the module, below LINX_DENY_HOOKS_ALL */
	bool nested; /* another probe of this CPU is interrupted: no record can be written */
	bool early; /* the operation may succeed though the check refuses: that is undecided, and sends no signal */
	bool quiet; /* a refusal makes nothing fail, and is not counted */
	bool mute; /* signals cannot be sent */
	u8 nfiles; /* elements of files[]; 0: the operation has no file */
	u8 at; /* the file that is asked about, or that the last rule held for */
	u8 has_host; /* enum linx_deny_answer: is host set? UNDECIDED: the kernel may choose another */
	u8 sets; /* LINX_DENY_SETS_*: which of the three below are set */
	u8 ncreds; /* 0: creds is not set yet */
	u32 new_mode, new_uid, new_gid; /* set later */
	u64 detail; /* linx_refused.detail */
	const struct cred *creds[LINX_DENY_CREDS]; /* [ncreds] linx_deny_creds(): rules are judged with each */
	const struct cred *cred; /* element of creds with which a rule is judged now; set later */
	const char *fs_type; /* NULL: none */
	struct task_struct *target; /* target of KILL and PTRACE; else NULL */
	const struct pt_regs *call; /* registers of the program at a system call; else NULL */

	/* Of a socket; sock is NULL without one. */
	struct socket *sock;
	const void *address; /* as the kernel has it; NULL: none */
	u32 address_len; /* set with address */
	u16 family, type, protocol;
	u16 port; /* set with host */
	u8 host[16]; /* IPv4 as ::ffff:a.b.c.d; set if has_host is */

	struct linx_judged files[LINX_DENY_FILES_MAX]; /* [nfiles] */
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
	/*
	 * Returns linx_deny_object.detail, as fill() sets it, from the arguments alone; NULL: fill() is needed. Conditions that
	 * test it as FLAGS or NUMBER are then decided early.
	 */
	u64 (*detail)(struct pt_regs *regs);
};
extern const struct linx_deny_point linx_deny_points[];
extern const u32 linx_deny_npoints;

/* Is a condition one that tests linx_deny_object.detail? */
static inline bool linx_deny_is_detail(u32 what)
{
	return what == LINX_DENY_FLAGS || what == LINX_DENY_NUMBER;
}

/* Begins an operation, which the point's function fills in. Member by member: memset() takes an instruction for each byte. */
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
