/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values about the object of a call: the file that it opened, the socket that it connected (with the peer's address),
 * or the netlink socket that it sent or received a message on.
 */
#ifndef LINX_BPF_FD_H
#define LINX_BPF_FD_H

#include "fd/file.h"
#include "value/shape.h"

/*
 * Reads 32-bit word i of the record's first value, which holds the arguments of socketcall. Returns false if the word
 * was not captured.
 */
static __noinline bool socketcall_word(struct cpu *x, __u32 i, __u32 *word)
{
	__u64 head = load(x, x->w->values_at, 8);

	*word = load(x, x->w->values_at + 8 + i * 4, 4);
	return x->w->nvals && (head >> 16 & 0xff) == 1 && (head & 0xffff) >= (i + 1) * 4;
}

/*
 * Returns which object of the call is recorded (LINX_RESOLVED_*), and sets *fd to the descriptor of that object: the
 * call's result if it opened a file, otherwise its socket.
 */
static __always_inline __u32 resolves(struct cpu *x, __u32 *fd)
{
	__u32 what = x->row->resolved;

	*fd = what == LINX_RESOLVED_OPENED ? (__u32)x->w->ret : (__u32)x->w->args[0];
	if (what != LINX_RESOLVED_SOCKETCALL)
		return what;
	return socketcall_word(x, 0, fd) ? linx_socketcall_resolved(x->w->args[0]) : LINX_RESOLVED_NONE;
}

static __always_inline bool is_netlink(struct cpu *x)
{
	struct sock *sk = sock_of(&x->w->found);

	return sk && GET(sk, sock, __sk_common.skc_family) == AF_NETLINK;
}

/*
 * Sets *fd to the descriptor that the call opened, or to its socket, and returns what is recorded of that descriptor
 * (RECORD_*); 0: nothing.
 */
static __always_inline __u32 parts_of_resolved(struct cpu *x, __u32 *fd)
{
	__u32 what = resolves(x, fd);

	if (!what || !linx_has_resolved(what, x->w->ret) || (__s32)*fd < 0)
		return 0;
	if (what == LINX_RESOLVED_OPENED)
		return RECORD_PATH;
	return what == LINX_RESOLVED_PEER || (find_file(x, *fd) && is_netlink(x)) ? RECORD_DETAILS : 0;
}

static __always_inline __u32 resolved_field(__u32 parts)
{
	return parts == RECORD_PATH ? LINX_FIELD_FD_RESULT : LINX_FIELD_FD;
}

/*
 * Writes the value about the file that the call opened, or about its socket. Used in sessions that record no other
 * descriptors.
 */
static __noinline int put_resolved(struct cpu *x)
{
	__u32 fd, parts = parts_of_resolved(x, &fd);

	x->w->fd_left = fds_room();
	x->w->fd_kept = 0;
	return parts && find_file(x, fd) ? put_found(x, fd, resolved_field(parts), parts) : 0;
}

/* Is the descriptor that of a UNIX socket? */
static __always_inline bool is_unix(struct cpu *x, __s32 fd)
{
	struct sock *sk;

	x->w->found.magic = 0; /* a descriptor that is closed must not be taken for the socket of an earlier lookup */
	if (fd < 0 || !find_file(x, fd))
		return false;
	sk = sock_of(&x->w->found);
	return sk && GET(sk, sock, __sk_common.skc_family) == AF_UNIX;
}

/* Did a receiving call with MSG_TRUNC throw data away and write nothing to its buffers? */
static __noinline bool call_discards(struct cpu *x)
{
	__u32 flags = arg_n(x, linx_message_flags(x->row->nargs)), fd = x->w->args[0], at;
	bool in_memory = x->row->resolved == LINX_RESOLVED_SOCKETCALL;

	if (in_memory && !linx_socketcall_receives(x->w->args[0], &at))
		return false;
	if (in_memory && (!socketcall_word(x, at, &flags) || !socketcall_word(x, 0, &fd)))
		return false;
	if (!(flags & MSG_TRUNC) || x->w->ret <= 0)
		return false;
	x->w->found.magic = 0; /* a descriptor that is closed must not be taken for the socket of an earlier lookup */
	find_file(x, fd);
	return discards(x, flags);
}

#endif
