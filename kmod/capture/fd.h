/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records the descriptors of a system call, with the files to which they refer in the caller's descriptor table or, for
 * some calls, in that of another process. Implemented in capture/fd.c, capture/fd_rules.c and capture/sock.c.
 */
#ifndef LINX_KMOD_FD_H
#define LINX_KMOD_FD_H

#include <linux/atomic.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/socket.h>
#include "compat/compat.h"
#include "core/session.h"
#include "shared/fd_rules.h"

struct linx_call;
struct linx_follow;

/*
 * Is the current task's descriptor table not shared with other tasks? Then only this task writes to it, and its files
 * stay open during the probe. The load has acquire semantics, as in __fget_light(): if another thread closed a file and
 * then gave up the table, the close is visible here.
 */
static __always_inline bool linx_fds_are_own(void)
{
	/* task->files is not NULL while a task makes a call */
	return likely(atomic_read_acquire(&current->files->count) == 1);
}

/* Bits of linx_session.flags with which all descriptors of calls are recorded. */
#define LINX_SETUP_FDS (LINX_SETUP_FD_PATHS | LINX_SETUP_FD_DETAILS)

/*
 * Adds to f->fds the descriptors in the captured memory v that a member of a structure points to. fo: the member. in:
 * the structure. linx_fd_put() records these descriptors.
 */
void linx_fd_scan(struct linx_fill *f, u8 abi, const struct linx_follow *fo, const struct linx_frame *in,
		  const struct linx_val *v);

/*
 * Writes the values of all descriptors of a call that the session records. args: the arguments in the record. first:
 * the first of the record's values; the values end at f->p. Probe context.
 */
void linx_fd_put(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first);

/*
 * Returns the process, numbered in the initial pid namespace, that a pidfd refers to; 0: fd is not a pidfd, or the
 * process has ended.
 */
pid_t linx_fd_pid(s32 fd);

/*
 * Writes a descriptor of the current task as a value of LINX_FIELD_FD_RESULT. Returns false, and writes nothing, if the
 * descriptor is not open. Probe context.
 *
 * linx_fd_emit_file() writes a file of any task, which stays open: a probe has a reference to it, and a snapshot, in
 * process context, the lock of the table.
 */
bool linx_fd_emit(struct linx_fill *f, s32 fd);
void linx_fd_emit_file(struct linx_fill *f, struct file *file, s32 fd, bool cloexec);

/*
 * linx_fd_makes(): can the call make a descriptor, as its result or in a pair that an argument points to? Called only
 * when the module is loaded. linx_fd_is_result(): is the result of the call a descriptor, if the call has the arguments
 * in args? linx_fd_pair() returns the number of the argument that points to a pair of descriptors; -1: none.
 * Implemented in capture/fd_rules.c.
 */
bool linx_fd_makes(u32 key);
bool linx_fd_is_result(u32 key, const unsigned long *args);
int linx_fd_pair(u32 key);

/* The places of a call where descriptors stand. */
enum linx_fd_place {
	LINX_FD_NOWHERE, /* the call has no descriptors */
	LINX_FD_IN_REGISTERS, /* only in arguments, in the result and, with linx_fd_row.looks, in captured memory */
	LINX_FD_ELSEWHERE, /* any other case: only the general encoder records the descriptors */
};

/* Descriptors of the calls that share a row of the call table; constant once loaded. */
struct linx_fd_row {
	u8 rule; /* 1 + index in linx_fd_rules of the row's first rule; 0: the row has no rule */
	u8 args, dirs, pairs; /* bits of arguments that are descriptors; that may be AT_FDCWD; that point to pairs */
	u8 result; /* BIT(LINX_FD_RESULT): the result is always a descriptor; else 0 */
	u8 place; /* enum linx_fd_place */
	u8 resolved; /* enum linx_resolved */
	bool looks; /* captured memory can hold a descriptor, too: linx_fd_has_more() shows whether it does */
};
#define LINX_FD_RESULT 7 /* number of the result in bit masks of arguments */
extern struct linx_fd_row linx_fd_rows[];

static __always_inline const struct linx_fd_row *linx_fd_row(u32 key)
{
	return linx_fd_rows + *(&linx_row_of[0][0] + key);
}

static __always_inline enum linx_fd_place linx_fd_place(u32 key)
{
	return linx_fd_row(key)->place;
}
/*
 * Does a captured value between first and end hold a descriptor? key: linx_key() of a call whose linx_fd_row.looks is
 * true.
 */
bool linx_fd_has_more(u32 key, const u8 *first, const u8 *end);
/*
 * Adds all descriptors of a call to f->fds. args: the arguments in the record. first: the first of the record's values.
 */
void linx_fd_find(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first);
/* Adds the descriptors of an io_uring operation to f->fds: those of its submission, or those of its result. */
void linx_fd_find_op(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first);
/*
 * Returns, as bits LINX_SETUP_FD_*, what is recorded of the file that an operation of io_uring holds when its result is
 * posted: the details of a socket, where LINX_SETUP_RESOLVED records them for the system call; and path and details of
 * a file that the operation names by an index of the io_uring's own file table and that so has no descriptor. 0:
 * nothing.
 */
u8 linx_fd_wants_file(const struct linx_session *s, const struct linx_call *c);
/* Fills linx_fd_rows. Called once at load, before all other functions of this header. */
void linx_fd_init(void);

/* Returns which value a session with LINX_SETUP_RESOLVED adds to the record of this call's return. */
enum linx_resolved linx_fd_resolved(u32 key);

/* Kind of a socket. All members are 0 if the descriptor is not a socket, or no longer open. */
struct linx_sock_kind {
	u16 family, type, protocol;
};

/* Returns the kind of the socket behind a descriptor of the current task. */
struct linx_sock_kind linx_fd_socket(s32 fd);

/* Is the descriptor a netlink socket, whose messages can be decoded only by its protocol? */
static inline bool linx_fd_is_netlink(s32 fd)
{
	return linx_fd_socket(fd).family == AF_NETLINK;
}

/*
 * Fast path for LINX_SETUP_RESOLVED: linx_fd_opened() writes the value of an opened file with its path, linx_fd_peer()
 * that of a connected socket with its addresses. Both write directly into the record, at p, where LINX_FD_FAST_ROOM
 * bytes are free. They return the end of the value, or p if they wrote no value.
 */
#define LINX_FD_FAST_ROOM (sizeof(struct linx_val) + LINX_RING_SCRATCH)
extern const u8 linx_fd_types[16]; /* enum linx_fd_type by i_mode >> 12, for inodes that are not anonymous */
u8 *linx_fd_opened(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd);
u8 *linx_fd_peer(struct linx_rec *rec, u8 *p, s32 fd);

/*
 * Writes any descriptor, or the working directory (LINX_FD_CWD), as a value of this field at p. what: LINX_SETUP_FD_*.
 * Returns the end; p: the descriptor is not open, or has nothing to record; NULL: linx_fd_put() has to write the value.
 */
u8 *linx_fd_put_one(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd, u8 field, u32 what);
#define LINX_FD_FAST_MAX 3 /* most descriptors of a call that the fast path records */

/*
 * Writes the addresses of a socket, and behind them, for a UNIX socket, the name it is bound to. Returns the number of
 * bytes; 0: the file is not a socket. Implemented in capture/sock.c.
 */
u32 linx_sock_put(struct file *file, struct linx_sock *to);
/* Returns the kind of a socket. */
struct linx_sock_kind linx_sock_kind(struct file *file);
/*
 * Does a receiving call with these MSG_* flags remove data from the socket and copy nothing, as with MSG_TRUNC on TCP?
 * A descriptor that is no longer a socket counts as one that discards, if flags contain MSG_TRUNC.
 */
bool linx_sock_discards(struct linx_sock_kind kind, u32 flags);

#endif
