// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets: who talks to whom. Probe context, preemption off; the caller keeps
 * the file. Fields are read one by one while others may change them: two of
 * them may belong to different moments of a connect.
 */
#include <linux/bits.h>
#include <linux/file.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include <linux/un.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/sock.h>
#include "compat.h"
#include "fd.h"

static void put_inet(const struct sock *sk, struct linx_sock *to)
{
	const struct inet_sock *inet = inet_sk(sk);

	to->local_port = ntohs(READ_ONCE(inet->inet_sport));
	to->peer_port = ntohs(READ_ONCE(inet->inet_dport));
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		memcpy(to->local, &sk->sk_v6_rcv_saddr, sizeof(to->local));
		memcpy(to->peer, &sk->sk_v6_daddr, sizeof(to->peer));
		return;
	}
#endif
	memcpy(to->local, &inet->inet_rcv_saddr, sizeof(inet->inet_rcv_saddr));
	memcpy(to->peer, &inet->inet_daddr, sizeof(inet->inet_daddr));
}

/* The socket's inode is freed after a grace period, and not before its sock forgets it. */
static u64 inode_of(const struct sock *sk)
{
	struct socket *sock = READ_ONCE(sk->sk_socket);

	return sock ? SOCK_INODE(sock)->i_ino : 0;
}

/* While this lock is held, a socket holds a reference to its peer. */
static u64 unix_peer_inode(struct sock *sk)
{
	const struct sock *peer;
	u64 ino = 0;

	if (!LINX_HAVE_PATHS)
		return 0;
	rcu_read_lock();
	unix_state_lock(sk);
	peer = unix_sk(sk)->peer;
	if (peer)
		ino = inode_of(peer);
	unix_state_unlock(sk);
	rcu_read_unlock();
	return ino;
}

/* The name is set once and stays as long as the socket. Bytes of it behind to. */
static u32 put_unix(struct sock *sk, struct linx_sock *to)
{
	const struct unix_address *addr = smp_load_acquire(&unix_sk(sk)->addr); /* pairs with unix_bind() */
	int len = addr ? addr->len - (int)offsetof(struct sockaddr_un, sun_path) : 0;

	to->peer_ino = unix_peer_inode(sk);
	if (len <= 0)
		return 0;
	len = min_t(int, len, UNIX_PATH_MAX);
	memcpy(to + 1, addr->name->sun_path, len);
	return len;
}

static void put_netlink(struct socket *sock, struct linx_sock *to)
{
	struct sockaddr_storage addr = { };
	const struct sockaddr_nl *nl = (const struct sockaddr_nl *)&addr;

	if (LINX_HAVE_PATHS && kernel_getsockname(sock, (struct sockaddr *)&addr) >= (int)sizeof(*nl))
		to->portid = nl->nl_pid;
}

/*
 * A socket is named after its protocol when it was made. Names in a dentry are
 * read in whole words; what is behind them there never gets into the record,
 * not for a moment: its page can be seen. to is all zero.
 */
static void put_proto(const struct dentry *dentry, char *to)
{
	const u8 *name = dentry->d_name.name;
	u32 len = min_t(u32, dentry->d_name.len, sizeof_field(struct linx_sock, proto) - 1);
	u64 word;
	u32 i;

	for (i = 0; i + sizeof(word) <= len; i += sizeof(word))
		memcpy(to + i, name + i, sizeof(word));
	if (i < len) {
		memcpy(&word, name + i, sizeof(word));
		word &= GENMASK_ULL(8 * (len - i) - 1, 0); /* little-endian, as are all architectures of the table */
		memcpy(to + i, &word, sizeof(word));
	}
}

bool linx_sock_is_netlink(struct file *file)
{
	const struct socket *sock = linx_sock_from_file(file);
	const struct sock *sk = sock ? READ_ONCE(sock->sk) : NULL;

	return sk && sk->sk_family == AF_NETLINK;
}

u32 linx_sock_put(struct file *file, struct linx_sock *to)
{
	struct socket *sock = linx_sock_from_file(file);
	struct sock *sk = sock ? READ_ONCE(sock->sk) : NULL;

	if (!sk)
		return 0;
	*to = (struct linx_sock){
		.family = sk->sk_family,
		.type = sk->sk_type,
		.protocol = sk->sk_protocol,
		.state = READ_ONCE(sk->sk_state),
	};
	put_proto(file->f_path.dentry, to->proto);
	if (sk->sk_family == AF_INET || sk->sk_family == AF_INET6)
		put_inet(sk, to);
	else if (sk->sk_family == AF_UNIX)
		to->name_len = put_unix(sk, to);
	else if (sk->sk_family == AF_NETLINK)
		put_netlink(sock, to);
	return sizeof(*to) + to->name_len;
}
