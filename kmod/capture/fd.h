/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptors of a system call: the files that they refer to in the task's own table. capture/fd.c,
 * capture/fd_rules.c, capture/sock.c
 */
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
 * Is the current task's table its own alone? Then only this task writes to it, and its files stay open during the
 * probe. The acquire is that of __fget_light(): if another thread closed a file and then left the table, its close is
 * visible here.
 */
static __always_inline bool linx_fds_are_own(void)
{
	return likely(atomic_read_acquire(&current->files->count) == 1); /* never NULL: the task is in a call */
}

/* Session flags that ask for descriptors. */
#define LINX_SETUP_FDS (LINX_SETUP_FD_PATHS | LINX_SETUP_FD_DETAILS)

/* Device of /dev/ptmx, whose descriptors are the other ends of terminals. */
#define LINX_FD_PTMX MKDEV(TTYAUX_MAJOR, 2)

/* Requests the descriptors in the memory that a member of a structure points to. in: the structure. */
void linx_fd_scan(struct linx_fill *f, u8 abi, const struct linx_follow *fo, const struct linx_frame *in,
		  const struct linx_val *v);

/*
 * Writes the values of all descriptors of a call, in a session that asks for them. args and the values from first to
 * f->p stand in the record. Probe context.
 */
void linx_fd_put(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first);

/* Returns the number in the initial namespace of the process behind a pidfd; 0: none. */
pid_t linx_fd_pid(s32 fd);

/*
 * Writes a descriptor of the current task as a value of LINX_FIELD_FD_RESULT. Returns false, without a value, if it
 * is not open. Probe context.
 *
 * linx_fd_emit_file() writes a file of any task. The caller holds the file. Process context.
 */
bool linx_fd_emit(struct linx_fill *f, s32 fd);
void linx_fd_emit_file(struct linx_fill *f, struct file *file, s32 fd, bool cloexec);

/*
 * linx_fd_makes(): is the result of this call a descriptor? linx_fd_pair(): which argument points to a pair of
 * descriptors? -1: none. capture/fd_rules.c
 */
bool linx_fd_makes(u32 key);
bool linx_fd_is_result(u32 key, const unsigned long *args);
int linx_fd_pair(u32 key);

/* Place of a call's descriptors. Those that depend on other arguments, or on memory, are ELSEWHERE. */
enum linx_fd_place {
	LINX_FD_NOWHERE, /* the call has no descriptors */
	LINX_FD_IN_REGISTERS, /* in arguments and in the result */
	LINX_FD_ELSEWHERE,
};

/* Descriptors of a row of the call table; constant once loaded. */
struct linx_fd_row {
	u8 rule; /* 1 + index of its first rule in capture/fd_rules.c; 0: it has no rule */
	u8 args, dirs, pairs; /* bits of arguments that are descriptors; that may be AT_FDCWD; that point to pairs */
	u8 result; /* BIT(LINX_FD_RESULT): the result is always a descriptor */
	u8 place; /* enum linx_fd_place */
	u8 resolved; /* enum linx_resolved */
	bool looks; /* IN_REGISTERS unless linx_fd_has_more() says otherwise */
};
#define LINX_FD_RESULT 7 /* index of the result, in one count with the arguments */
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
 * Does a value between first and end hold a descriptor? For calls of which only some do. key: of a row with
 * linx_fd_row.looks.
 */
bool linx_fd_has_more(u32 key, const u8 *first, const u8 *end);
/* Requests all descriptors of a call. */
void linx_fd_find(struct linx_fill *f, const struct linx_call *c, const u64 *args, const u8 *first);
/* Called once, before all other functions here. */
void linx_fd_init(void);

/* Returns the value that LINX_SETUP_RESOLVED adds to the returns of a call. */
enum linx_resolved linx_fd_resolved(u32 key);

/* Kind of a socket. All members are 0 if the descriptor is no socket, or no longer open. */
struct linx_sock_kind {
	u16 family, type, protocol;
};

struct linx_sock_kind linx_fd_socket(s32 fd);

/* Is it a netlink socket? Its messages can be decoded only by its protocol. */
static inline bool linx_fd_is_netlink(s32 fd)
{
	return linx_fd_socket(fd).family == AF_NETLINK;
}

/*
 * Fast path for resolved descriptors: writes the value directly into the record, at p, where LINX_FD_FAST_ROOM bytes
 * are free. Returns the end.
 */
#define LINX_FD_FAST_ROOM (sizeof(struct linx_val) + LINX_RING_SCRATCH)
extern const u8 linx_fd_types[16]; /* enum linx_fd_type by i_mode >> 12, of what is no anonymous inode */
u8 *linx_fd_opened(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd);
u8 *linx_fd_peer(struct linx_rec *rec, u8 *p, s32 fd);

/*
 * Writes any descriptor, or the working directory, as a value of this field. A descriptor that is not open gets no
 * value. what: LINX_SETUP_FD_*. Returns the end; NULL: linx_fd_put() has to write it.
 */
u8 *linx_fd_put_one(struct linx_ring *r, struct linx_rec *rec, u8 *p, s32 fd, u8 field, u32 what);
#define LINX_FD_FAST_MAX 3 /* most descriptors of a call that the fast path records */

/*
 * Writes the addresses of a socket, and behind them its own name in the file system. Returns their bytes; 0: the file
 * is no socket. capture/sock.c
 */
u32 linx_sock_put(struct file *file, struct linx_sock *to);
struct linx_sock_kind linx_sock_kind(struct file *file);
/*
 * Does a receiving call with these flags remove data and copy nothing, as with MSG_TRUNC on TCP? Also true if the
 * descriptor is no longer a socket.
 */
bool linx_sock_discards(struct linx_sock_kind kind, u32 flags);

#endif
