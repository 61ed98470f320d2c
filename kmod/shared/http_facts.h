/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Headers of HTTP/1 that a call leaves unfinished, as the kernel's engines note them, and the words of
 * tables/http.def. kmod/capture/http.c describes the rules.
 */
#ifndef LINX_HTTP_FACTS_H
#define LINX_HTTP_FACTS_H

#include <linux/types.h>

#define LINX_HTTP_MOVES 1u /* the call moves bytes through a descriptor that may be a socket */
#define LINX_HTTP_SENDS 2u
#define LINX_HTTP_MANY 4u /* the result counts messages, not bytes */
#define LINX_HTTP_FLAGS(arg) ((arg) << 4) /* number of the argument with the MSG_* flags */
#define LINX_HTTP_FLAGS_OF(what) ((what) >> 4)

/* Part of the header's end that has been seen. An empty line ends a header, with or without carriage returns. */
enum linx_http_ends {
	LINX_HTTP_ENDS_NOT,
	LINX_HTTP_ENDS_LINE,
	LINX_HTTP_ENDS_RETURN, /* a carriage return that may belong to the empty line */
	LINX_HTTP_ENDS_BODY, /* the whole end; a short body follows */
};

/* Number of entries in a set, for sockets with an unfinished header. */
#define LINX_HTTP_SET 4
#define LINX_HTTP_ENTRIES 1024

/*
 * An entry, one word: inode number of the socket, time of writing, direction, bytes of the header so far or bytes of
 * the body to come, and the part of the header's end that was seen. 0: none. Inode numbers of sockets have 32 bits
 * and are never 0.
 */
#define LINX_HTTP_INO(entry) ((__u32)((entry) >> 32))
#define LINX_HTTP_TIME(entry) ((__u32)(entry) >> 19)
#define LINX_HTTP_TIME_MASK 0x1fffu /* in seconds */
#define LINX_HTTP_OUT (1u << 18)
#define LINX_HTTP_KEPT_MAX 0xffffu
#define LINX_HTTP_KEPT(entry) ((__u32)(entry) >> 2 & LINX_HTTP_KEPT_MAX)
#define LINX_HTTP_ENDS(entry) ((entry) & 3)
#define LINX_HTTP_ENTRY(ino, seconds, out, kept, ends)                                                             \
	((__u64)(ino) << 32 | (__u64)((seconds) & LINX_HTTP_TIME_MASK) << 19 | ((out) ? LINX_HTTP_OUT : 0) |      \
	 (__u64)((kept) < LINX_HTTP_KEPT_MAX ? (kept) : LINX_HTTP_KEPT_MAX) << 2 | (ends))
/* Do two entries belong to the same socket and direction? */
#define LINX_HTTP_SAME(a, b) (!(((a) ^ (b)) & (0xffffffff00000000ULL | LINX_HTTP_OUT)))

/* Seconds after which an unfinished header is forgotten. */
#define LINX_HTTP_IDLE_MAX 30
/* Age of an entry in seconds. */
#define LINX_HTTP_AGE(entry, seconds) (((seconds) - LINX_HTTP_TIME(entry)) & LINX_HTTP_TIME_MASK)

#endif
