/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts of the fast paths, which write the records of most calls with as few instructions as possible. A fast path
 * gives up, for example, if the ring has no room, if memory is not present, or if a string crosses a page. It then
 * counts nothing, and capture/encode.c writes the whole record. All functions are inlined into functions of
 * syscall/fast.c that end a probe, so that a record without pointers makes no call and saves no register. Probe
 * context, preemption off.
 */
#ifndef LINX_KMOD_ENCODE_FAST_H
#define LINX_KMOD_ENCODE_FAST_H

#include "capture/user_mem_fast.h"
#include "compat/compat.h"
#include "capture/encode.h"

/*
 * Returns the same as linx_length(), in a form that compilers mostly turn into conditional moves instead of branches.
 * args[-1] is the call's result.
 */
static __always_inline u64 linx_fast_length(u32 def, const u64 *args)
{
	u64 len = *(args + LINX_ARGDEF_N(def));

	if (def & LINX_ARGDEF_32BIT) {
		len = (u32)len;
		OPTIMIZER_HIDE_VAR(len);
	}
	if (def & LINX_ARGDEF_RESULT) {
		len = min(len, args[-1]);
		OPTIMIZER_HIDE_VAR(len);
	}
	return len;
}

/*
 * Result of the functions below in place of a value's head (struct linx_val), if the value is too long for a fast path.
 */
#define LINX_NO_HEAD U64_MAX

/*
 * Returns the head of the value of an array, or LINX_NO_HEAD. fixed: linx_row.fixed of the argument, which contains the
 * size of an element.
 */
static __always_inline u64 linx_fast_array(u32 def, u32 fixed, const u64 *args)
{
	u64 size = linx_fast_length(def, args);

	if (unlikely(size > LINX_FAST_VALUE_MAX))
		return LINX_NO_HEAD;
	size *= (u16)fixed;
	return likely(size <= LINX_FAST_VALUE_MAX) ? (fixed & 0xffff0000) | size | size << 32 : LINX_NO_HEAD;
}

/* Returns the head of the value of a set of bits, or LINX_NO_HEAD. fixed: linx_row.fixed of the argument. */
static __always_inline u64 linx_fast_bits(u32 def, u32 fixed, const u64 *args)
{
	u64 bits = linx_fast_length(def, args), less = LINX_ARGDEF_WHAT(def), size;

	bits = bits > less ? bits - less : 0;
	if (unlikely(bits > 8 * LINX_FAST_VALUE_MAX))
		return LINX_NO_HEAD;
	size = (bits + 63) / 64 * 8;
	return fixed | size | size << 32;
}

/*
 * Returns the head of the value of a buffer of len bytes, of which at most keep are kept; sets *size to the number of
 * bytes kept. fixed: linx_row.fixed of the argument, whose upper half contains the argument's number.
 */
static __always_inline u64 linx_fast_bytes(u32 fixed, u64 len, u32 keep, u32 *size)
{
	u64 head = (fixed & 0xffff0000) | LINX_VAL_HEAD(0, 0, LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE), 0);

	if (likely(len <= keep)) {
		*size = len;
		return head | len | len << 32;
	}
	*size = keep;
	head += (u64)(LINX_TRUNCATED - LINX_WHOLE) << 24;
	return head | keep | min_t(u64, len, U32_MAX) << 32;
}

/* Returns the head of the value of a buffer, of which at most linx_snap() bytes are kept. */
static __always_inline u64 linx_fast_buffer(const struct linx_session *s, u32 def, u32 fixed, const u64 *args)
{
	u64 len = *(args + (u16)fixed);
	u32 size;

	if (def & LINX_ARGDEF_32BIT)
		len = (u32)len;
	if (def & LINX_ARGDEF_RESULT && args[-1] < len)
		len = args[-1];
	return linx_fast_bytes(fixed, len, linx_snap(s, def), &size);
}

/*
 * Returns the head of the value of argument i, of any kind but a string, or LINX_NO_HEAD. Implemented in
 * capture/encode.c.
 */
u64 linx_fast_other(const struct linx_session *s, u32 def, u32 abi, const u64 *args, unsigned int i);

/* Writes the value of a string at p. Returns its end; NULL: the slow path has to write the record. */
static __always_inline u8 *linx_fast_string(const struct linx_session *s, u8 *p, u64 addr, u32 fixed)
{
	unsigned long n = linx_user_text(p + sizeof(struct linx_val), addr, s->snap_str);

	if (unlikely(n > s->snap_str))
		return NULL;
	*(u64 *)p = fixed | n | (u64)n << 32;
	return p + sizeof(struct linx_val) + LINX_ALIGN8(n);
}

/*
 * Writes the value of argument i, which is not a null pointer, at p. args[-1] is the call's result. Returns the end of
 * the value; NULL: the slow path has to write the record.
 */
static __always_inline u8 *linx_fast_value(const struct linx_session *s, const struct linx_row *row, u32 abi,
					    const u64 *args, u8 *p, unsigned int i)
{
	u32 def = LINX_ROW_ARG(row, i), fixed = *(row->fixed + i);
	u64 head;

	if (LINX_ARGDEF_COPY(def) == LINX_COPY_STR)
		return linx_fast_string(s, p, args[i], fixed);
	if (LINX_ARGDEF_COPY(def) == LINX_COPY_BUF)
		head = linx_fast_buffer(s, def, fixed, args);
	else if (!fixed || abi != LINX_ABI_X86_64)
		head = linx_fast_other(s, def, abi, args, i);
	else if (linx_cap_fixed(LINX_ARGDEF_COPY(def)))
		head = fixed | (u64)(u16)fixed << 32;
	else if (LINX_ARGDEF_COPY(def) == LINX_COPY_BITS)
		head = linx_fast_bits(def, fixed, args);
	else
		head = linx_fast_array(def, fixed, args);
	*(u64 *)p = head;
	return likely(head != LINX_NO_HEAD) ? linx_user_whole(p + sizeof(struct linx_val), args[i], (u16)head) : NULL;
}

/*
 * Writes the values of the arguments in the mask at p. Returns the end of the last value; NULL: the slow path has to
 * write the record.
 */
static __always_inline u8 *linx_fast_values(const struct linx_session *s, const struct linx_row *row, struct linx_rec *rec,
					     u32 abi, const u64 *args, u8 *p, unsigned int mask)
{
	unsigned int i;

	linx_faults_off();
	for (; mask && p; mask &= mask - 1) {
		i = __ffs(mask);
		if (!args[i])
			continue;
		rec->nvals++;
		p = linx_fast_value(s, row, abi, args, p, i);
	}
	linx_faults_on();
	return p;
}

/*
 * Is there room for an ordinary record of size bytes? If not, the slow path has to find out more: the reader may have
 * taken records since the limit was set, or the call may be allowed to use the reserved share of the ring.
 */
static __always_inline bool linx_fast_room(const struct linx_ring *r, u64 size)
{
	/* nested probes set limit[0] to 0 (linx_ring_nested()) */
	return likely(r->areas[0].head + size < data_race(r->limit[0]));
}

/* Returns the address in the ring where the next record will be written. */
static __always_inline struct linx_rec *linx_fast_rec(const struct linx_ring *r)
{
	return (struct linx_rec *)(r->areas[0].data + (r->areas[0].head & r->mask));
}

/*
 * Writes a record's head like linx_rec_head(), in few stores and without the time. If len is 0, linx_fast_len() sets
 * the length later. The words match the layout that the compiler gives struct linx_rec, which
 * tests/unit/engine/test_ring_reader.c checks.
 */
static __always_inline void linx_fast_head(struct linx_rec *rec, const struct linx_ring *r, u8 kind, u8 flags, u32 len,
					    u32 abi, u32 nr, u32 nargs)
{
	u32 *word = (u32 *)rec;

	linx_check_begin();
	word[0] = len + nargs + ((u32)flags << 16) + ((u32)kind << 24);
	word[1] = r->selected;
	if (offsetof(struct task_struct, tgid) == offsetof(struct task_struct, pid) + sizeof(pid_t)) {
		*(u64 *)(word + 4) = *(const u64 *)&current->pid | (u32)(nr << 22) | (u64)abi << 54;
	} else {
		word[4] = current->pid | nr << 22;
		word[5] = current->tgid | abi << 22;
	}
}

/* Returns rec->nr in two instructions. */
static __always_inline u32 linx_fast_nr(const struct linx_rec *rec)
{
	return ((const u32 *)rec)[4] >> 22;
}

/* Sets the length of a record that linx_fast_head() began with len 0. Called once for a record. */
static __always_inline void linx_fast_len(struct linx_rec *rec, u32 len)
{
	*(u16 *)rec += len;
}

/* Stores six argument words, or only nargs of them. The values, written next, overwrite the words beyond nargs. */
static __always_inline void linx_fast_args(u32 key, u32 nargs, struct pt_regs *regs, u64 *to)
{
	if (key >= LINX_NR_MAX)
		linx_put_args(key, regs, to);
	else
		linx_args_64(regs, nargs, to);
}

/* Did the call of this EXIT record fail? */
static __always_inline bool linx_fast_failed(const struct linx_rec *rec)
{
	return IS_ERR_VALUE(*(const s64 *)(rec + 1));
}

/*
 * Counts and publishes the record of len bytes at linx_fast_rec(). Returns true if the caller has to call
 * linx_wake_look() next.
 */
static __always_inline __must_check bool linx_fast_end(struct linx_session *s, struct linx_ring *r, u32 key, u32 len,
							u64 time)
{
	u64 head = r->areas[0].head + len;

	linx_check_record(s, r, len, time);
	r->selected++;
	r->calls[key].selected++;
	r->committed++;
	r->areas[0].head = head;
	return linx_ring_publish(s, r, head, time);
}

#endif
