// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes addresses of both ends of a socket into records. Probe context, preemption off; the caller keeps the file
 * open. Other tasks may change the socket meanwhile. Two addresses may therefore be of different moments of a connect.
 */
#include <linux/bits.h>
#include <linux/file.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/string.h>
#include <linux/un.h>
#include <net/af_unix.h>
#include <net/sock.h>
#include "compat/compat.h"
#include "capture/fd.h"
#include "capture/sock_fast.h"
#include "shared/sock_facts.h"

/* Element n: mask of the first n bytes of a word in memory. Both supported architectures are little-endian. */
const u64 linx_low_bytes[8] = { 0, GENMASK_ULL(7, 0), GENMASK_ULL(15, 0), GENMASK_ULL(23, 0), GENMASK_ULL(31, 0),
				GENMASK_ULL(39, 0), GENMASK_ULL(47, 0), GENMASK_ULL(55, 0) };

/*
 * Returns the inode number of a socket; 0: the socket has no inode any more. The caller is an RCU reader: the inode is
 * freed a grace period after sk_socket was set to NULL.
 */
static u64 inode_of(const struct sock *sk)
{
	struct socket *sock = READ_ONCE(sk->sk_socket);

	return sock ? SOCK_INODE(sock)->i_ino : 0;
}

/*
 * Returns the inode number of the socket's peer; 0: the socket has no peer, or the peer is not known. While the lock is
 * held, the socket has a reference to its peer.
 */
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

/*
 * Writes the peer's inode into *to, and behind *to the name that a UNIX socket is bound to, which is set once and
 * exists as long as the socket. Returns the bytes of the name; 0: the socket has no name.
 */
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
 * Writes the name of the socket's protocol, which the kernel gives to the dentry when it makes a socket. The last byte
 * is a NUL.
 */
static void put_proto(const struct dentry *dentry, char *to)
{
	memset(to, 0, sizeof_field(struct linx_sock, proto));
	linx_put_name((u8 *)to, dentry->d_name.name, min_t(u32, dentry->d_name.len, sizeof_field(struct linx_sock, proto) - 1));
}

struct linx_sock_kind linx_sock_kind(struct file *file)
{
	const struct socket *sock = linx_sock_from_file(file);
	const struct sock *sk = sock ? READ_ONCE(sock->sk) : NULL;

	if (!sk)
		return (struct linx_sock_kind){ };
	return (struct linx_sock_kind){ .family = sk->sk_family, .type = sk->sk_type, .protocol = sk->sk_protocol };
}

bool linx_sock_discards(struct linx_sock_kind kind, u32 flags)
{
	return linx_message_discards(flags, kind.family, kind.type, kind.protocol);
}

u32 linx_sock_put(struct file *file, struct linx_sock *to)
{
	struct socket *sock = linx_sock_from_file(file);
	struct sock *sk = sock ? READ_ONCE(sock->sk) : NULL;

	if (!sk)
		return 0;
	linx_sock_put_kind(sk, to);
	put_proto(file->f_path.dentry, to->proto);
	if (sk->sk_family == AF_INET || sk->sk_family == AF_INET6) {
		linx_sock_put_inet(sk, to);
		return sizeof(*to);
	}
	linx_sock_put_none(to);
	if (sk->sk_family == AF_UNIX)
		to->name_len = put_unix(sk, to);
	else if (sk->sk_family == AF_NETLINK)
		put_netlink(sock, to);
	return sizeof(*to) + to->name_len;
}
