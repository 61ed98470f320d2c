/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds headers of HTTP/1 in the data of sockets and captures them whole; other buffers are cut. capture/http.c
 * describes how. The kernel does not parse a header; the reader of the ring does.
 *
 * A fast path writes its record as usual. It then tests whether the bytes that the call moved begin like a header, and
 * whether a header of any socket is unfinished. If the bytes may belong to a header, the general encoder writes the
 * record again. Probe context, preemption off.
 */
#ifndef LINX_KMOD_HTTP_H
#define LINX_KMOD_HTTP_H

#include <linux/atomic.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/nospec.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include "capture/fd.h"
#include "core/ring.h"
#include "core/session.h"
#include "shared/http_begin.h"
#include "shared/http_facts.h"

struct linx_call;

/*
 * Table of sockets with an unfinished header: a hash table of sets of LINX_HTTP_SET entries. An entry is one word,
 * which probes of all CPUs change by cmpxchg(). A new entry for a full set replaces the oldest one of the set.
 */
struct linx_http {
	u64 entries[LINX_HTTP_ENTRIES];
	atomic64_t dropped; /* entries that were dropped from full sets */
	u32 swept_at; /* time in seconds of the last linx_http_sweep(); written by the reader, when it waits */
};

/* Is a header of any socket unfinished? Then each call has to look up its socket. */
static __always_inline bool linx_http_is_busy(const struct linx_session *s)
{
	/* a plain load, so that the compiler tests the word in memory */
	return unlikely(data_race(s->http_unfinished.counter) & INT_MAX);
}

/* Returns the inode number of a socket; 0: the file is not a socket. */
static __always_inline u32 linx_http_inode(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return S_ISSOCK(READ_ONCE(inode->i_mode)) ? (u32)inode->i_ino : 0;
}

/* Does the same as linx_http_socket() in a shared descriptor table, where another thread may close the file. */
u32 linx_http_shared_socket(s32 fd);

/*
 * Returns the inode number of the socket behind a descriptor of this task; 0: the descriptor is not that of a socket.
 */
static __always_inline u32 linx_http_socket(s32 fd)
{
	const struct fdtable *fdt;
	const struct file *file;

	if (unlikely(!linx_fds_are_own()))
		return linx_http_shared_socket(fd);
	fdt = rcu_dereference_raw(current->files->fdt);
	if ((u32)fd >= fdt->max_fds)
		return 0;
	file = rcu_dereference_raw(fdt->fd[array_index_nospec((u32)fd, fdt->max_fds)]);
	return likely(file) ? linx_http_inode(file) : 0;
}

/* Returns the first of the LINX_HTTP_SET entries in which a socket with this inode number may be. */
static __always_inline u64 *linx_http_set(struct linx_http *h, u32 ino)
{
	return h->entries + hash_32(ino, ilog2(LINX_HTTP_ENTRIES / LINX_HTTP_SET)) * LINX_HTTP_SET;
}

/* Is a header that the socket sends, or one that it receives, unfinished? */
static __always_inline bool linx_http_is_open(const struct linx_session *s, u32 ino)
{
	const u32 *set = (const u32 *)linx_http_set(s->http, ino); /* the upper half of an entry */

	BUILD_BUG_ON(LINX_HTTP_SET != 4);
	return ino == READ_ONCE(set[1]) || ino == READ_ONCE(set[3]) || ino == READ_ONCE(set[5]) || ino == READ_ONCE(set[7]);
}

/* Returns linx_http_may_go_on() of the first 16 of n bytes in a record, where zeroes pad the last word. */
static __always_inline bool linx_http_may_go_on_padded(const u8 *data, u32 n)
{
	return linx_http_may_go_on(*(const u64 *)data, n > sizeof(u64) ? *(const u64 *)(data + sizeof(u64)) : 0);
}

/*
 * Is the descriptor a socket, and can the n bytes at data begin or continue a header that the socket sends or receives?
 */
bool linx_http_matters(struct linx_session *s, s32 fd, const u8 *data, u32 n);

/*
 * Can a record of this call hold a part of a header? Then the general encoder has to write the record again. first,
 * end: the record's values.
 */
bool linx_http_concerns(struct linx_session *s, u32 key, const u64 *args, const u8 *first, const u8 *end);

/*
 * linx_http_is_call(): can the call send or receive bytes through a socket? linx_http_sends(): does it send them? key:
 * linx_key().
 */
bool linx_http_is_call(u32 key);
bool linx_http_sends(u32 key);

/*
 * The general encoder calls these functions in a session with LINX_SETUP_HTTP. linx_http_begin(): before the values of
 * a return, or of an io_uring operation, are captured. linx_http_begin_in_memory(): the same for socketcall(2), where
 * "number" is the operation and "words" its arguments, of "size" bytes. linx_http_put(): captures a buffer of len bytes
 * as a value, for each buffer in order; returns false if there is no room. linx_http_end(): after the last buffer.
 */
void linx_http_begin(struct linx_fill *f, const struct linx_call *c, const u64 *args);
void linx_http_begin_in_memory(struct linx_fill *f, const struct linx_call *c, u32 number, const u32 *words, u32 size);
bool linx_http_put(struct linx_fill *f, u8 arg, u8 kind, u64 addr, u64 len);
void linx_http_end(struct linx_fill *f);

/*
 * Removes entries of headers that have not continued for more than LINX_HTTP_IDLE_MAX seconds; does nothing if it was
 * called in the same second already. Process context, when the reader waits.
 */
void linx_http_sweep(struct linx_session *s);

#endif
