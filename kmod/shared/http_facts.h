/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Headers of HTTP/1 that a call leaves unfinished, as each engine in the kernel notes them, and
 * the words of tables/http.def. kmod/capture/http.c tells the rules.
 */
#ifndef LINX_HTTP_FACTS_H
#define LINX_HTTP_FACTS_H

#include <linux/types.h>

#define LINX_HTTP_MOVES 1u /* bytes through what may be a socket */
#define LINX_HTTP_SENDS 2u
#define LINX_HTTP_MANY 4u /* the result counts messages, not bytes */
#define LINX_HTTP_FLAGS(arg) ((arg) << 4) /* which argument is MSG_* */
#define LINX_HTTP_FLAGS_OF(what) ((what) >> 4)

/* Part of a header's end that was seen: an empty line ends a header, with or without carriage returns. */
enum linx_http_ends {
	LINX_HTTP_ENDS_NOT,
	LINX_HTTP_ENDS_LINE,
	LINX_HTTP_ENDS_RETURN, /* of what may be the empty line */
	LINX_HTTP_ENDS_BODY, /* all; a short body follows */
};

/* Entries for sockets whose header is unfinished, in sets of so many. */
#define LINX_HTTP_SET 4
#define LINX_HTTP_ENTRIES 1024

/*
 * An entry: number of the inode, when it was written, direction, bytes of the header so far or
 * those of its body that are still to come, and how much of its end was seen. 0: none. Numbers of
 * sockets' inodes have 32 bits and are not 0.
 */
#define LINX_HTTP_INO(entry) ((__u32)((entry) >> 32))
#define LINX_HTTP_TIME(entry) ((__u32)(entry) >> 19)
#define LINX_HTTP_TIME_MASK 0x1fffu /* seconds */
#define LINX_HTTP_OUT (1u << 18)
#define LINX_HTTP_KEPT_MAX 0xffffu
#define LINX_HTTP_KEPT(entry) ((__u32)(entry) >> 2 & LINX_HTTP_KEPT_MAX)
#define LINX_HTTP_ENDS(entry) ((entry) & 3)
#define LINX_HTTP_ENTRY(ino, seconds, out, kept, ends)                                                             \
	((__u64)(ino) << 32 | (__u64)((seconds) & LINX_HTTP_TIME_MASK) << 19 | ((out) ? LINX_HTTP_OUT : 0) |      \
	 (__u64)((kept) < LINX_HTTP_KEPT_MAX ? (kept) : LINX_HTTP_KEPT_MAX) << 2 | (ends))
/* Are two entries of the same socket and direction? */
#define LINX_HTTP_SAME(a, b) (!(((a) ^ (b)) & (0xffffffff00000000ULL | LINX_HTTP_OUT)))

/* Seconds after which a header that nobody goes on with is forgotten. */
#define LINX_HTTP_IDLE_MAX 30
/* Age of an entry in seconds. */
#define LINX_HTTP_AGE(entry, seconds) (((seconds) - LINX_HTTP_TIME(entry)) & LINX_HTTP_TIME_MASK)

#endif
