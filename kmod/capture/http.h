/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps headers of HTTP/1 in what sockets carry whole, where other buffers are cut. capture/http.c describes how. The
 * kernel does not parse a header; the reader does.
 *
 * A fast path writes its record as usual. It then looks at the first word of the moved bytes, and at whether any
 * header is unfinished. If the bytes may belong to a header, the general encoder writes the record again. Probe
 * context, preemption off.
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
 * Table of unfinished headers. Its size is constant: in a full set the oldest entry is dropped. Probes of all CPUs
 * change an entry, which is one word, by compare and exchange.
 */
struct linx_http {
	u64 entries[LINX_HTTP_ENTRIES];
	atomic64_t dropped; /* entries that were dropped from full sets */
	u32 swept_at; /* second of the last sweep of old entries; written by the waiting reader */
};

/* Relation of the next byte of a call to a header. */
enum linx_http_state {
	LINX_HTTP_ASK, /* undecided: the byte may begin a header, or continue an unfinished one */
	LINX_HTTP_IN,
	LINX_HTTP_NOT,
};

/* Is any header unfinished? Then the socket of each call is looked up. */
static __always_inline bool linx_http_is_busy(const struct linx_session *s)
{
	return unlikely(data_race(s->http_unfinished.counter) & INT_MAX); /* a plain load: the compiler tests the word in memory */
}

static __always_inline u32 linx_http_inode(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return S_ISSOCK(READ_ONCE(inode->i_mode)) ? (u32)inode->i_ino : 0;
}

/* Does the work of linx_http_socket() in a shared table, where another thread may close the file meanwhile. */
u32 linx_http_shared_socket(s32 fd);

/* Returns the inode number of the socket behind a descriptor of this task; 0: the descriptor is no socket. */
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

/* Returns the set of entries for a socket's inode. */
static __always_inline u64 *linx_http_set(struct linx_http *h, u32 ino)
{
	return h->entries + hash_32(ino, ilog2(LINX_HTTP_ENTRIES / LINX_HTTP_SET)) * LINX_HTTP_SET;
}

/* Is a header of the socket unfinished, in either direction? */
static __always_inline bool linx_http_is_open(const struct linx_session *s, u32 ino)
{
	const u32 *set = (const u32 *)linx_http_set(s->http, ino); /* inode: upper half of an entry */

	BUILD_BUG_ON(LINX_HTTP_SET != 4);
	return ino == READ_ONCE(set[1]) || ino == READ_ONCE(set[3]) || ino == READ_ONCE(set[5]) || ino == READ_ONCE(set[7]);
}

/* Calls linx_http_may_go_on() for n bytes in a record, which are padded with zeroes. */
static __always_inline bool linx_http_may_go_on_padded(const u8 *data, u32 n)
{
	return linx_http_may_go_on(*(const u64 *)data, n > sizeof(u64) ? *(const u64 *)(data + sizeof(u64)) : 0);
}

/* Is the descriptor a socket, and may n bytes at data begin or continue one of its headers? */
bool linx_http_matters(struct linx_session *s, s32 fd, const u8 *data, u32 n);

/*
 * May a record of this call, with values from first to end, hold a part of a header? The general encoder then writes
 * it again.
 */
bool linx_http_concerns(struct linx_session *s, u32 key, const u64 *args, const u8 *first, const u8 *end);

/*
 * linx_http_is_call(): does the call move bytes through a socket? linx_http_sends(): does it move them into the
 * socket?
 */
bool linx_http_is_call(u32 key);
bool linx_http_sends(u32 key);

/*
 * Hooks of the general encoder. linx_http_begin(): a call that returned, or an operation of io_uring, before its
 * values are captured; linx_http_begin_in_memory(): the same for socketcall, whose arguments are in memory;
 * linx_http_put(): each buffer in order, as a value of len bytes; linx_http_end(): behind the last buffer.
 * linx_http_put() returns false if there is no room.
 */
void linx_http_begin(struct linx_fill *f, const struct linx_call *c, const u64 *args);
void linx_http_begin_in_memory(struct linx_fill *f, const struct linx_call *c, u32 number, const u32 *words, u32 size);
bool linx_http_put(struct linx_fill *f, u8 arg, u8 kind, u64 addr, u64 len);
void linx_http_end(struct linx_fill *f);

/*
 * Forgets headers that have not continued for some time, at most once a second. Process context, when the reader
 * waits.
 */
void linx_http_sweep(struct linx_session *s);

#endif
