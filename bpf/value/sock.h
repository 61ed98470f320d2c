/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets: the addresses of both ends, as kmod/capture/sock.c records them. Members are read one by one while other
 * tasks may change them. Therefore two of them may belong to different moments of a connect.
 */
#ifndef LINX_BPF_SOCK_H
#define LINX_BPF_SOCK_H

#include "value/value.h"

#define AF_UNIX 1
#define AF_INET 2
#define AF_LLC 26
#define AF_INET6 10
#define AF_NETLINK 16
#define AF_SMC 43
#define SOCK_STREAM 1
#define IPPROTO_SCTP 132
#define MSG_TRUNC 0x20
#define MSG_ERRQUEUE 0x2000
#define UNIX_PATH_MAX 108

#include "shared/sock_facts.h"

/* Returns the kernel's socket of the file. NULL: the file is not a socket, or was opened with O_PATH. */
static __always_inline struct sock *sock_of(const struct found *f)
{
	struct inode *inode = (void *)f->inode;
	struct socket_alloc *all;

	if (f->magic != SOCKFS_MAGIC || GET(f->file, file, f_mode) & FMODE_PATH)
		return 0;
	all = (void *)inode - __builtin_preserve_field_info(((struct socket_alloc *)0)->vfs_inode, 0);
	return GET(all, socket_alloc, socket.sk);
}

static __always_inline __u64 word_at(__u64 at)
{
	return GET(at, timespec64, tv_sec);
}

/*
 * Does the descriptor table still have the same file at the descriptor? Then the facts that were read are those of its
 * socket. The memory of most sockets may be reused at once when another thread closes them.
 */
static __always_inline bool is_there(const struct found *f)
{
	return !f->slot || word_at(f->slot) == f->file;
}

static __always_inline __u64 inode_of(struct sock *sk)
{
	struct socket *socket = GET(sk, sock, sk_socket);
	struct socket_alloc *all = (void *)socket - __builtin_preserve_field_info(((struct socket_alloc *)0)->socket, 0);

	return socket ? GET(all, socket_alloc, vfs_inode.i_ino) : 0;
}

static __always_inline __u16 swap16(__u16 n)
{
	return n << 8 | n >> 8;
}

static __noinline int put_inet(struct linx_sock *to, struct sock *sk)
{
	__u32 address;

	to->local_port = swap16(GET(sk, inet_sock, inet_sport));
	to->peer_port = swap16(GET(sk, sock, __sk_common.skc_dport));
	if (to->family == AF_INET6 && bpf_core_field_exists(sk->__sk_common.skc_v6_daddr)) {
		bpf_core_read(to->local, sizeof(to->local), &sk->__sk_common.skc_v6_rcv_saddr);
		bpf_core_read(to->peer, sizeof(to->peer), &sk->__sk_common.skc_v6_daddr);
		return 0;
	}
	address = GET(sk, sock, __sk_common.skc_rcv_saddr);
	__builtin_memcpy(to->local, &address, sizeof(address));
	address = GET(sk, sock, __sk_common.skc_daddr);
	__builtin_memcpy(to->peer, &address, sizeof(address));
	return 0;
}

/* Sets the inode number of the socket at the other end, and writes the socket's own name at offset "at" in the ring. */
static __noinline int put_unix(struct cpu *x, struct linx_sock *to, struct sock *sk, __u64 at)
{
	struct unix_address *address = GET(sk, unix_sock, addr);
	struct sock *peer = GET(sk, unix_sock, peer);
	__u64 head = bpf_core_field_offset(struct sockaddr_un, sun_path), len = 0;
	__u8 *p = ring_at(x, at, UNIX_PATH_MAX);

	if (peer)
		to->peer_ino = inode_of(peer);
	if (address)
		len = (__s64)GET(address, unix_address, len) - head;
	if (!address || (__s64)len <= 0 || !p)
		return 0;
	len = min_u64(len, UNIX_PATH_MAX);
	pin(len);
	if (len > UNIX_PATH_MAX ||
	    bpf_probe_read_kernel(p, len, (void *)address + bpf_core_field_offset(struct unix_address, name) + head))
		return 0;
	to->name_len = len;
	return 0;
}

/*
 * Writes the addresses of the socket in w->found at offset "at" in the ring. Returns the number of bytes; 0: the file
 * is not a socket.
 */
static __noinline __u64 put_sock(struct cpu *x, __u64 at)
{
	struct found *f = &x->w->found;
	struct linx_sock *to = &x->w->sock;
	struct sock *sk = sock_of(f);
	__u8 *p = ring_at(x, at, sizeof(*to));

	pin(p);
	if (!sk || !p)
		return 0;
	__builtin_memset(to, 0, sizeof(*to));
	to->family = GET(sk, sock, __sk_common.skc_family);
	to->type = GET(sk, sock, sk_type);
	to->protocol = GET(sk, sock, sk_protocol);
	to->state = GET(sk, sock, __sk_common.skc_state);
	/* the kernel gives the name of the protocol to the file when it makes the socket */
	bpf_probe_read_kernel_str(to->proto, sizeof(to->proto), GET(f->dentry, dentry, d_name.name));
	if (to->family == AF_INET || to->family == AF_INET6)
		put_inet(to, sk);
	else if (to->family == AF_UNIX && bpf_core_type_exists(struct unix_sock))
		put_unix(x, to, sk, at + sizeof(*to));
	else if (to->family == AF_NETLINK && bpf_core_type_exists(struct netlink_sock))
		to->portid = GET(sk, netlink_sock, portid);
	for (__u32 i = 0; i < sizeof(*to) / 8; i++)
		*(volatile __u64 *)(p + i * 8) = ((const __u64 *)(const void *)to)[i];
	return is_there(f) ? sizeof(*to) + to->name_len : 0;
}

/* Does a receive with these flags remove data from the socket in w->found without copying any to the caller? */
static __noinline bool discards(struct cpu *x, __u32 flags)
{
	struct sock *sk = sock_of(&x->w->found);

	if (!sk)
		return linx_message_discards(flags, 0, 0, 0);
	return linx_message_discards(flags, GET(sk, sock, __sk_common.skc_family), GET(sk, sock, sk_type), GET(sk, sock, sk_protocol));
}

#endif
