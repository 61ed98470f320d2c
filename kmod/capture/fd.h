/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptors of a system call: what they refer to, as the task's own table has it. capture/fd.c, capture/fd_rules.c, capture/sock.c */
#ifndef LINX_KMOD_FD_H
#define LINX_KMOD_FD_H

#include <linux/atomic.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/socket.h>
#include "compat/compat.h"
#include "core/session.h"
#include "shared/fd_rules.h"

struct linx_call;
struct linx_follow;

/*
 * Does nobody share the current task's table? Then the task alone writes to it, and what stands there is open. The
 * order is that of __fget_light(): who closed a file and then left the table is not seen to have done so the other way
 * round.
 */
static __always_inline bool linx_fds_are_own(void)
{
	return likely(atomic_read_acquire(&current->files->count) == 1); /* never NULL: the task is in a call */
}

/* Session flags that ask for descriptors. */
#define LINX_SETUP_FDS (LINX_SETUP_FD_PATHS | LINX_SETUP_FD_DETAILS)

/* Device of /dev/ptmx, whose descriptors are the other ends of terminals. */
#define LINX_FD_PTMX MKDEV(TTYAUX_MAJOR, 2)

/*
 * Descriptors in what a member of a structure points to, told with the others.
 * in: the structure.
 */
void linx_fd_scan(struct linx_fill *f, u8 abi, const struct linx_follow *fo, const struct linx_frame *in,
		  const struct linx_val *v);

/*
 * Values of all descriptors of a call, in a session that asks for them. args and
 * the values so far, from first to f->p, stand in the record. Probe context.
 */
void linx_fd_put(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first);

/* The process behind a pidfd, in the initial namespace; 0: none. */
pid_t linx_fd_pid(s32 fd);

/*
 * A descriptor of the current task as a value of LINX_FIELD_FD_RESULT, whole:
 * false: it is not open, and there is no value. Probe context. With a file: of
 * any task, which the caller holds, in process context.
 */
bool linx_fd_emit(struct linx_fill *f, s32 fd);
void linx_fd_emit_file(struct linx_fill *f, struct file *file, s32 fd, bool cloexec);

/* capture/fd_rules.c: is the result of this call a descriptor? Which argument is a pair of them, -1: none? */
bool linx_fd_makes(u32 key);
bool linx_fd_is_result(u32 key, const unsigned long *args);
int linx_fd_pair(u32 key);
/* Where the descriptors of a call are: in memory, or of a kind that the arguments decide, is elsewhere. */
enum linx_fd_place {
	LINX_FD_NOWHERE, /* the call has none */
	LINX_FD_IN_REGISTERS, /* arguments, and the result */
	LINX_FD_ELSEWHERE,
};

/* Descriptors of a row of the call table; constant once loaded. */
struct linx_fd_row {
	u8 rule; /* 1 + its first rule in capture/fd_rules.c; 0: it has none */
	u8 args, dirs, pairs; /* bits of arguments that are descriptors, may be a working directory, are pairs */
	u8 result; /* BIT(LINX_FD_RESULT): the result is one, whatever the arguments are */
	u8 place; /* enum linx_fd_place */
	u8 resolved; /* enum linx_resolved */
	bool looks; /* IN_REGISTERS, unless linx_fd_has_more() */
};
#define LINX_FD_RESULT 7 /* index of the result beside those of arguments */
extern struct linx_fd_row linx_fd_rows[];

static __always_inline const struct linx_fd_row *linx_fd_row(u32 key)
{
	return linx_fd_rows + *(&linx_row_of[0][0] + key);
}

static __always_inline enum linx_fd_place linx_fd_place(u32 key)
{
	return linx_fd_row(key)->place;
}
/* Does a value between first and end have a descriptor, in a call of which only some do? key: of a row that looks. */
bool linx_fd_has_more(u32 key, const u8 *first, const u8 *end);
/* Which they are. */
void linx_fd_find(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first);
/* Once, before anything else asks. */
void linx_fd_init(void);

/* Value that LINX_SETUP_RESOLVED adds to the returns of a call. */
enum linx_resolved linx_fd_resolved(u32 key);

/* Kind of a socket; all 0: the descriptor is no socket, or none any more. */
struct linx_sock_kind {
	u16 family, type, protocol;
};

struct linx_sock_kind linx_fd_socket(s32 fd);

/* Is it a socket of netlink, whose messages only its protocol explains? */
static inline bool linx_fd_is_netlink(s32 fd)
{
	return linx_fd_socket(fd).family == AF_NETLINK;
}

/*
 * Fast path for resolved descriptors: writes the value straight into the record, at p,
 * where LINX_FD_FAST_ROOM bytes are free. Returns the end.
 */
#define LINX_FD_FAST_ROOM (sizeof(struct linx_val) + LINX_RING_SCRATCH)
extern const u8 linx_fd_types[16]; /* enum linx_fd_type by i_mode >> 12, of what is no anonymous inode */
u8 *linx_fd_opened(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd);
u8 *linx_fd_peer(struct linx_rec *rec, u8 *p, s32 fd);

/*
 * The same for any descriptor, or the working directory, as a value of this field. A descriptor
 * that is not open has no value. what: LINX_SETUP_FD_*. NULL: linx_fd_put() has to.
 */
u8 *linx_fd_put_one(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd, u8 field, u32 what);
#define LINX_FD_FAST_MAX 3 /* descriptors of a call that has them in registers */

/* capture/sock.c: addresses of a socket, and behind them its own name in the file system. Bytes written; 0: no socket. */
u32 linx_sock_put(struct file *file, struct linx_sock *to);
struct linx_sock_kind linx_sock_kind(struct file *file);
/* Does a receiving call with these flags take data away and copy nothing: of a stream of TCP, say? Also of what is no socket any more. */
bool linx_sock_discards(struct linx_sock_kind kind, u32 flags);

#endif
