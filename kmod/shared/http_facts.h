/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Table entries by which the module and the eBPF engine remember sockets with an unfinished HTTP/1 header, and the
 * LINX_HTTP_* flags that tables/http.def uses. kmod/capture/http.c describes how headers are found.
 */
#ifndef LINX_HTTP_FACTS_H
#define LINX_HTTP_FACTS_H

#include <linux/types.h>

#define LINX_HTTP_MOVES 1u /* the call sends or receives bytes through a descriptor that may be a socket */
#define LINX_HTTP_SENDS 2u /* the call sends, or writes */
#define LINX_HTTP_MANY 4u /* the result is a number of messages, not of bytes */
#define LINX_HTTP_FLAGS(arg) ((arg) << 4) /* number of the argument with the MSG_* flags */
#define LINX_HTTP_FLAGS_OF(what) ((what) >> 4)

/* Most blanks and digits that are read of the number behind "Content-Length:". */
#define LINX_HTTP_DIGITS_MAX 64

/* Does the next byte that a call moves belong to a header? */
enum linx_http_state {
	LINX_HTTP_ASK, /* not known: the byte may begin a header, or continue an unfinished one */
	LINX_HTTP_WITHIN, /* yes, or to a short body that a header may follow */
	LINX_HTTP_NOT, /* no */
};

/* Parts of the end of a header that have been seen. An empty line ends a header, with or without carriage returns. */
enum linx_http_ends {
	LINX_HTTP_ENDS_NOT, /* nothing: within a line */
	LINX_HTTP_ENDS_LINE, /* the end of a line */
	LINX_HTTP_ENDS_RETURN, /* the end of a line, and a carriage return behind it */
	LINX_HTTP_ENDS_BODY, /* the whole end; the bytes are within a short body behind the header */
};

/*
 * Number of entries for sockets with an unfinished header: in one set, which sockets with the same hash share, and in
 * all sets together.
 */
#define LINX_HTTP_SET 4
#define LINX_HTTP_ENTRIES 1024

/*
 * An entry is one word, and 0 if it is free. It holds the inode number of the socket (which has 32 bits and is never
 * 0), the time at which the entry was written, the direction (SENT: sent by the program), the number of bytes of the
 * header so far or of the body that is still to come (KEPT), and enum linx_http_ends (ENDS).
 */
#define LINX_HTTP_INO(entry) ((__u32)((entry) >> 32))
#define LINX_HTTP_TIME(entry) ((__u32)(entry) >> 19)
#define LINX_HTTP_TIME_MASK 0x1fffu /* in seconds */
#define LINX_HTTP_SENT (1u << 18)
#define LINX_HTTP_KEPT_MAX 0xffffu
#define LINX_HTTP_KEPT(entry) ((__u32)(entry) >> 2 & LINX_HTTP_KEPT_MAX)
#define LINX_HTTP_ENDS(entry) ((entry) & 3)
#define LINX_HTTP_ENTRY(ino, seconds, out, kept, ends)                                                             \
	((__u64)(ino) << 32 | (__u64)((seconds) & LINX_HTTP_TIME_MASK) << 19 | ((out) ? LINX_HTTP_SENT : 0) |      \
	 (__u64)((kept) < LINX_HTTP_KEPT_MAX ? (kept) : LINX_HTTP_KEPT_MAX) << 2 | (ends))
/* Do two entries belong to the same socket and direction? */
#define LINX_HTTP_SAME(a, b) (!(((a) ^ (b)) & (0xffffffff00000000ULL | LINX_HTTP_SENT)))

/* Seconds after which an unfinished header is forgotten. */
#define LINX_HTTP_IDLE_MAX 30
/* Age of an entry in seconds. */
#define LINX_HTTP_AGE(entry, seconds) (((seconds) - LINX_HTTP_TIME(entry)) & LINX_HTTP_TIME_MASK)

#endif
