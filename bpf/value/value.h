/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of a record: contents of memory, each with a head. User memory is read once, into the ring itself. Heads,
 * states and limits are those of libuser/engine/walk/value.c.
 */
#ifndef LINX_BPF_VALUE_H
#define LINX_BPF_VALUE_H

#include "ring/ring.h"

#define PAGE 4096u

/*
 * Packs the kind of a value and the number of its argument into one number, since functions take five arguments at
 * most.
 */
#define WHAT(arg, kind) ((__u32)(arg) | (__u32)(kind) << 8)
#define WHAT_ARG(what) ((what)&0xff)
#define WHAT_KIND(what) ((what) >> 8)

STEP(read_page)
{
	struct work *w = x->w;
	__u64 step = min_u64(PAGE - (w->pages_addr & (PAGE - 1)), w->pages_left);
	__u8 *p = ring_at(x, w->pages_at + w->pages_got, PAGE);

	if (!p || !step)
		return 1;
	/* step is bounded separately: older verifiers do not understand two bounds that the compiler has merged */
	pin(step);
	if (step > PAGE || bpf_probe_read_user(p, step, (void *)w->pages_addr))
		return 1;
	w->pages_addr += step;
	w->pages_left -= step;
	w->pages_got += step;
	return 0;
}

/* Reads user memory page by page, up to the first page that is not present. Returns how many bytes could be read. */
static __always_inline __u64 read_pages(struct cpu *x, __u64 at, __u64 addr, __u64 n)
{
	struct work *w = x->w;

	w->pages_at = at;
	w->pages_addr = addr;
	w->pages_left = n;
	w->pages_got = 0;
	repeat(LINX_REC_USER_MAX / PAGE + 1, read_page, x);
	return w->pages_got;
}

/* Reads n bytes of user memory at addr to offset "at" in the ring. Returns how many bytes could be read. */
static __noinline __u64 read_user(struct cpu *x, __u64 at, __u64 addr, __u64 n)
{
	__u8 *p = ring_at(x, at, LINX_REC_USER_MAX);

	if (!p || !n)
		return 0;
	pin(n);
	if (n > LINX_REC_USER_MAX)
		return 0;
	if (!bpf_probe_read_user(p, n, (void *)addr))
		return n;
	return read_pages(x, at, addr, n);
}

/*
 * Completes the value at offset val: writes its head, and zeroes behind its bytes. Sets w->at to the offset behind the
 * value.
 */
static __always_inline void val_finish(struct cpu *x, __u64 val, __u32 what, __u64 size, __u64 orig)
{
	struct work *w = x->w;
	__u8 *p = ring_at(x, val, 8), *last = ring_at(x, val + 8 + (size & ~7ull), 8);

	if (!p || !last)
		return;
	if (size & 7)
		*(volatile __u64 *)last &= (1ull << (size & 7) * 8) - 1;
	*(volatile __u64 *)p = (size & 0xffff) | (__u64)what << 16 | min_u64(orig, 0xffffffff) << 32;
	w->at = val + 8 + align8(size);
}

static __always_inline __u32 info_of(__u32 what, __u32 state)
{
	return WHAT_ARG(what) | (WHAT_KIND(what) << 3 | state) << 8;
}

static __noinline int val_end(struct cpu *x, __u32 what, __u32 state, __u64 size, __u64 orig)
{
	struct work *w = x->w;

	val_finish(x, w->at, info_of(what, state), size, orig);
	w->budget = w->budget > size ? w->budget - size : 0;
	w->nvals = (w->nvals + 1) & 0xff;
	return 0;
}

static __always_inline bool has_room(struct work *w, __u64 size)
{
	if (w->end - w->at < 8 + align8(size) || w->end < w->at) {
		w->full = 1;
		return false;
	}
	return true;
}

/* Does the record have room for another value of at least LINX_VALUE_ROOM_MIN bytes? */
static __always_inline bool room_left(const struct work *w)
{
	return !w->full && w->end >= w->at && w->end - w->at >= LINX_VALUE_ROOM_MIN;
}

/* Writes a word at offset "at" in the ring. */
static __always_inline void put_word(struct cpu *x, __u64 at, __u64 word)
{
	__u8 *p = ring_at(x, at, 8);

	if (p)
		*(volatile __u64 *)p = word;
}

/* Returns argument n of the call; 0: the call has no such argument. */
static __noinline __u64 arg_n(struct cpu *x, __u64 n)
{
	pin(n);
	return n < LINX_NARGS ? x->w->args[n] : 0;
}

/* Writes a value that is one number of size bytes. */
static __noinline int put_number(struct cpu *x, __u32 what, __u64 number, __u64 size)
{
	if (!has_room(x->w, size))
		return 0;
	put_word(x, x->w->at + 8, number);
	return val_end(x, what, LINX_WHOLE, size, size);
}

/* Writes a value without bytes, which has only a state. */
static __noinline int put_state(struct cpu *x, __u32 what, __u32 state)
{
	return has_room(x->w, 0) ? val_end(x, what, state, 0, 0) : 0;
}

/*
 * Writes bytes of kernel memory as a value with the given state. If the bytes cannot be read, the value has no bytes
 * and the state LINX_UNAVAILABLE.
 */
static __noinline int put_kernel_as(struct cpu *x, __u32 what, __u32 state, const void *from, __u64 size)
{
	__u8 *p;

	if (!has_room(x->w, size))
		return 0;
	p = ring_at(x, x->w->at + 8, PATH_SIZE);
	pin(size);
	if (!p || size > PATH_SIZE || bpf_probe_read_kernel(p, size, from))
		return put_state(x, what, LINX_UNAVAILABLE);
	return val_end(x, what, state, size, size);
}

static __always_inline int put_kernel(struct cpu *x, __u32 what, const void *from, __u64 size)
{
	return put_kernel_as(x, what, LINX_WHOLE, from, size);
}

/* Writes a string of kernel memory as a value. */
static __noinline int put_kernel_str(struct cpu *x, __u32 what, const void *from)
{
	__u8 *p;
	long n;

	if (!has_room(x->w, PATH_SIZE))
		return 0;
	p = ring_at(x, x->w->at + 8, PATH_SIZE);
	n = p ? bpf_probe_read_kernel_str(p, PATH_SIZE, from) : 0;
	if (n <= 0)
		return put_state(x, what, LINX_UNAVAILABLE);
	return val_end(x, what, LINX_WHOLE, n - 1, n - 1);
}

/*
 * Captures at most "keep" of the len bytes at addr. A value of kind LINX_VAL_MEM begins with the address. Returns how
 * many bytes of memory the value holds.
 */
static __noinline __u64 capture(struct cpu *x, __u32 what, __u64 addr, __u64 len, __u64 keep)
{
	__u64 skip = opaque(x, WHAT_KIND(what) == LINX_VAL_MEM ? 8 : 0), got, at, wanted, state;
	struct work *w = x->w;

	if (skip)
		keep = min_u64(keep, (w->end - w->at - 16) & ~7ull);
	wanted = opaque(x, min_u64(len, min_u64(keep, w->budget)));
	if (!has_room(w, skip + wanted))
		return 0;
	at = w->at + 8;
	if (skip)
		put_word(x, at, addr);
	got = opaque(x, read_user(x, at + skip, addr, wanted));
	state = got < wanted ? LINX_UNREADABLE : wanted < len ? LINX_TRUNCATED : LINX_WHOLE;
	val_end(x, what, opaque(x, state), skip + got, opaque(x, min_u64(len, 0xffffffff) + skip));
	return got;
}

/*
 * Reads a string of at most size bytes, with its NUL. Returns the number of bytes, with the NUL. Returns size also if
 * the string is longer, and a number below zero if it cannot be read. Before Linux 6.13 the kernel returns 0 for an
 * empty string.
 */
#define read_str(p, size, addr)                                                        \
	({                                                                             \
		long n_ = bpf_probe_read_user_str(p, size, (void *)(__u64)(addr));     \
		if (!n_) {                                                             \
			*(volatile __u8 *)(p) = 0;                                     \
			n_ = 1;                                                        \
		}                                                                      \
		n_;                                                                    \
	})

STEP(read_rest)
{
	struct work *w = x->w;
	long n = read_str(w->scratch, PATH_SIZE, w->pages_addr);

	if (n < 0)
		return 1;
	if (n < (long)PATH_SIZE) {
		w->pages_left = w->pages_got + n - 1;
		return 1;
	}
	w->pages_got += PATH_SIZE - 1;
	w->pages_addr += PATH_SIZE - 1;
	return 0;
}

/* Returns the length, without the NUL, of the rest of a string that begins at addr; -1: it cannot be found. */
static __noinline __s64 rest_length(struct cpu *x, __u64 addr)
{
	struct work *w = x->w;

	w->pages_addr = addr;
	w->pages_got = 0;
	w->pages_left = ~0ull;
	repeat(LINX_STRLEN_MAX / (PATH_SIZE - 1), read_rest, x);
	return w->pages_left;
}

/* Handles a string that could not be read to its end: its NUL is not on a page that is present. */
static __always_inline int str_unreadable(struct cpu *x, __u32 what, __u64 addr, __u64 wanted, __u64 skip)
{
	__u64 got = read_user(x, x->w->at + 8 + skip, addr, min_u64(wanted + 1, LINX_REC_USER_MAX));

	return val_end(x, what, got > wanted ? LINX_TRUNCATED : LINX_UNREADABLE, skip + min_u64(got, wanted), ~0ull);
}

static __always_inline int str_cut(struct cpu *x, __u32 what, __u64 addr, __u64 wanted, __u64 skip)
{
	__s64 n = x->w->nvals < LINX_SOUGHT_MAX ? rest_length(x, addr + wanted) : -1;

	return val_end(x, what, LINX_TRUNCATED, skip + wanted, n < 0 ? ~0ull : skip + wanted + n);
}

/* Captures a string. A value of kind LINX_VAL_MEMSTR begins with the address. */
static __noinline int capture_str(struct cpu *x, __u32 what, __u64 addr)
{
	__u64 skip = opaque(x, WHAT_KIND(what) == LINX_VAL_MEMSTR ? 8 : 0), wanted, size;
	struct work *w = x->w;
	__u8 *p;
	long n;

	if (!has_room(w, 8 + skip))
		return 0;
	wanted = opaque(x, min_u64(min_u64(config.snap_str, w->budget), w->end - w->at - 16 - skip));
	if (skip)
		put_word(x, w->at + 8, addr);
	p = ring_at(x, w->at + 8 + skip, LINX_REC_USER_MAX + 8);
	size = wanted + 2;
	pin(size);
	if (!p || size > LINX_REC_USER_MAX + 8)
		return 0;
	n = read_str(p, size, addr);
	if (n < 0)
		return str_unreadable(x, what, addr, wanted, skip);
	if ((__u64)n == size)
		return str_cut(x, what, addr, wanted, skip);
	return val_end(x, what, LINX_WHOLE, skip + n - 1, skip + n - 1);
}

/*
 * Writes a value without content for a buffer of len bytes that the call left unchanged. The call's result may be a
 * length nevertheless, but not that of bytes which the call stored in the buffer.
 */
static __noinline int put_unfilled(struct cpu *x, __u32 what, __u64 addr, __u64 len)
{
	__u64 skip = opaque(x, WHAT_KIND(what) == LINX_VAL_MEM ? 8 : 0);

	if (!has_room(x->w, skip))
		return 0;
	if (skip)
		put_word(x, x->w->at + 8, addr);
	return val_end(x, what, LINX_UNAVAILABLE, skip, min_u64(len, 0xffffffff - skip) + skip);
}

/*
 * Writes a value with the address addr and no content, for a buffer whose length is in user memory and could not be
 * read.
 */
static __always_inline int put_unreadable_mem(struct cpu *x, __u32 arg, __u64 addr)
{
	if (!has_room(x->w, 8))
		return 0;
	put_word(x, x->w->at + 8, addr);
	return val_end(x, WHAT(arg, LINX_VAL_MEM), LINX_UNREADABLE, 8, 8);
}

#endif
