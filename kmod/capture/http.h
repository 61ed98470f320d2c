/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Headers of HTTP/1 in what sockets carry: kept as far as they go, where other buffers are
 * cut. capture/http.c says how. Nothing here takes a header apart: that is the reader's.
 *
 * A fast path writes its record as without this, and then looks at the first word of what
 * was moved, and at whether any header is unfinished: what may be one is left to the general
 * encoder, which begins anew. Probe context, preemption off.
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
 * Constant in size, whatever programs do: where a set is full, its oldest entry gives way. An
 * entry is one word that probes of all CPUs change by compare and exchange.
 */
struct linx_http {
	u64 entries[LINX_HTTP_ENTRIES];
	atomic64_t dropped; /* entries that gave way */
	u32 swept_at; /* second in which old entries were forgotten last; by the reader, as it waits */
};

/* Relation of the next bytes of a call to a header. */
enum linx_http_state {
	LINX_HTTP_ASK, /* is the next byte of the call the first of a header, or one of an unfinished one? */
	LINX_HTTP_IN,
	LINX_HTTP_NOT,
};

/* Is any header unfinished? Then each socket has to be looked up. */
static __always_inline bool linx_http_is_busy(const struct linx_session *s)
{
	return unlikely(data_race(s->http_unfinished.counter) & INT_MAX); /* a plain load and a mask: tested where it lies */
}

static __always_inline u32 linx_http_inode(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return S_ISSOCK(READ_ONCE(inode->i_mode)) ? (u32)inode->i_ino : 0;
}

/* linx_http_socket() of a table that others share: the file may be closed meanwhile. */
u32 linx_http_shared_socket(s32 fd);

/* Number of the inode of the socket that a descriptor of this task is; 0: it is none. */
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

/* Entries where those of a socket's inode stand. */
static __always_inline u64 *linx_http_set(struct linx_http *h, u32 ino)
{
	return h->entries + hash_32(ino, ilog2(LINX_HTTP_ENTRIES / LINX_HTTP_SET)) * LINX_HTTP_SET;
}

/* Is a header of the socket unfinished, in either direction? */
static __always_inline bool linx_http_is_open(const struct linx_session *s, u32 ino)
{
	const u32 *set = (const u32 *)linx_http_set(s->http, ino); /* little endian: the number is the second half of each */

	BUILD_BUG_ON(LINX_HTTP_SET != 4);
	return ino == READ_ONCE(set[1]) || ino == READ_ONCE(set[3]) || ino == READ_ONCE(set[5]) || ino == READ_ONCE(set[7]);
}

/* linx_http_may_go_on() of n bytes in a record, with zeroes up to the next word. */
static __always_inline bool linx_http_may_go_on_padded(const u8 *data, u32 n)
{
	return linx_http_may_go_on(*(const u64 *)data, n > sizeof(u64) ? *(const u64 *)(data + sizeof(u64)) : 0);
}

/* Is the descriptor a socket, and do n bytes at data begin a header of it, or perhaps go on with one? */
bool linx_http_matters(struct linx_session *s, s32 fd, const u8 *data, u32 n);

/* May a record of this call, with values from first to end, hold a part of a header? Then it has to be written anew. */
bool linx_http_concerns(struct linx_session *s, u32 key, const u64 *args, const u8 *first, const u8 *end);

/* Does the call move bytes through sockets, if its descriptor is one? And into them? */
bool linx_http_is_call(u32 key);
bool linx_http_sends(u32 key);

/*
 * The general encoder: a call that returned or an operation of io_uring, before its values are captured; each buffer of it
 * in their order, as a value of len bytes; and behind the last one. linx_http_begin_in_memory():
 * of socketcall, whose arguments are in memory. linx_http_put() returns false if there is no room.
 */
void linx_http_begin(struct linx_fill *f, const struct linx_call *c, const u64 *args);
void linx_http_begin_in_memory(struct linx_fill *f, const struct linx_call *c, u32 number, const u32 *words, u32 size);
bool linx_http_put(struct linx_fill *f, u8 arg, u8 kind, u64 addr, u64 len);
void linx_http_end(struct linx_fill *f);

/* Forgets headers that nobody goes on with, once in a second. Process context: as the reader waits. */
void linx_http_sweep(struct linx_session *s);

#endif
