/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inline part of capture/sock.c: the kind of any socket, and the addresses of an internet socket. Probe context,
 * preemption off; the caller keeps the file open. Other tasks may change the socket meanwhile.
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

extern const u64 linx_low_bytes[8]; /* element n: mask of the first n bytes of a word in memory */

/* Writes family, type, protocol and state of the socket. Other functions write the addresses and to->proto. */
static __always_inline void linx_sock_put_kind(const struct sock *sk, struct linx_sock *to)
{
	to->family = sk->sk_family;
	to->type = sk->sk_type;
	to->protocol = sk->sk_protocol;
	to->state = READ_ONCE(sk->sk_state);
	to->name_len = 0;
}

/*
 * Writes the name of a dentry to the address "to", and zeroes up to the end of the name's last word. The address need
 * not be aligned. The name is read in whole words, since its begin is aligned to a word. Bytes behind its NUL are never
 * written to the record, since a reader may look at the record before it is published. Returns the end of the name;
 * NULL: the name is too long.
 */
static __always_inline u8 *linx_put_name(u8 *to, const u8 *name, u32 len)
{
	u64 word;

	if (len >= sizeof(word)) {
		if (unlikely(len > NAME_MAX))
			return NULL;
		for (; len >= sizeof(word); len -= sizeof(word)) {
			word = read_word_at_a_time(name);
			memcpy(to, &word, sizeof(word));
			name += sizeof(word);
			to += sizeof(word);
		}
	}
	word = read_word_at_a_time(name) & *(linx_low_bytes + len);
	memcpy(to, &word, sizeof(word));
	return to + len;
}

/* Writes zeroes for the addresses. */
static __always_inline void linx_sock_put_none(struct linx_sock *to)
{
	to->local_port = to->peer_port = 0;
	to->portid = 0;
	memset(to->local, 0, sizeof(to->local));
	memset(to->peer, 0, sizeof(to->peer));
	to->peer_ino = 0;
}

/* Writes an IPv4 address of four bytes, and twelve zeroes. */
static __always_inline void linx_sock_put_address(u8 *to, __be32 address)
{
	u64 low = (__force u32)address;

	memcpy(to, &low, sizeof(low)); /* both supported architectures are little-endian */
	memset(to + sizeof(low), 0, sizeof(low));
}

/* Writes the addresses of both ends of an internet socket. They may be of different moments of a connect. */
static __always_inline void linx_sock_put_inet(const struct sock *sk, struct linx_sock *to)
{
	const struct inet_sock *inet = inet_sk(sk);

	to->local_port = ntohs(READ_ONCE(inet->inet_sport));
	to->peer_port = ntohs(READ_ONCE(inet->inet_dport));
	to->portid = 0;
	to->peer_ino = 0;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		memcpy(to->local, &sk->sk_v6_rcv_saddr, sizeof(to->local));
		memcpy(to->peer, &sk->sk_v6_daddr, sizeof(to->peer));
		return;
	}
#endif
	linx_sock_put_address(to->local, READ_ONCE(inet->inet_rcv_saddr));
	linx_sock_put_address(to->peer, READ_ONCE(inet->inet_daddr));
}

#endif
