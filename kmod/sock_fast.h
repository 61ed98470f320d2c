/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inline part of sock.c: what a socket of any kind says of itself, and the
 * addresses of one of the internet. Probe context, preemption off; the caller
 * keeps the file. Fields are read one by one while others may change them.
 */
#ifndef LINX_KMOD_SOCK_FAST_H
#define LINX_KMOD_SOCK_FAST_H

#include <linux/compiler.h>
#include <linux/dcache.h>
#include <linux/in6.h>
#include <linux/linx.h>
#include <linux/string.h>
#include <net/inet_sock.h>
#include <net/sock.h>

/*
 * A socket is named after its protocol when it was made. Names in a dentry are
 * read in whole words; what is behind them there never gets into the record,
 * not for a moment: its page can be seen.
 */
static __always_inline void linx_sock_put_proto(const struct dentry *dentry, char *to)
{
	const u8 *name = dentry->d_name.name;
	u32 len = min_t(u32, dentry->d_name.len, sizeof_field(struct linx_sock, proto) - 1);
	u64 word;

	memset(to, 0, sizeof_field(struct linx_sock, proto));
	for (; len >= sizeof(word); len -= sizeof(word)) {
		word = read_word_at_a_time(name);
		memcpy(to, &word, sizeof(word));
		name += sizeof(word);
		to += sizeof(word);
	}
	word = read_word_at_a_time(name) & ~(~0ULL << 8 * len); /* little-endian, as are all architectures of the table */
	memcpy(to, &word, sizeof(word));
}

/* All of it, without addresses. */
static __always_inline void linx_sock_put_head(const struct sock *sk, const struct dentry *dentry, struct linx_sock *to)
{
	to->family = sk->sk_family;
	to->type = sk->sk_type;
	to->protocol = sk->sk_protocol;
	to->state = READ_ONCE(sk->sk_state);
	to->name_len = 0;
	to->local_port = to->peer_port = 0;
	to->portid = 0;
	memset(to->local, 0, sizeof(to->local));
	memset(to->peer, 0, sizeof(to->peer));
	to->peer_ino = 0;
	linx_sock_put_proto(dentry, to->proto);
}

/* Addresses: two of them may belong to different moments of a connect. */
static __always_inline void linx_sock_put_inet(const struct sock *sk, struct linx_sock *to)
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

#endif
