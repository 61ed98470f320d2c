/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fast path for the memory that a structure points to: buffers, and arrays of buffers. Implemented in
 * capture/encode_fast_members.c.
 */
#ifndef LINX_KMOD_ENCODE_FAST_MEMBERS_H
#define LINX_KMOD_ENCODE_FAST_MEMBERS_H

#include "table/layout.h"
#include "capture/encode_fast.h"

/*
 * Writes a value that holds the address addr and the first count of the len bytes at that address. count is below
 * LINX_SIMPLE_MAX. base: the value's head, with its two lengths still 0. Returns the end of the value; NULL: not all
 * bytes are present.
 */
static __always_inline u8 *linx_put_memory(u8 *p, u64 addr, u64 len, u64 count, u64 base)
{
	u64 size = count + sizeof(u64), orig = size;

	if (unlikely(count < len)) {
		base += (u64)(LINX_TRUNCATED - LINX_WHOLE) << 24;
		orig = min_t(u64, len, U32_MAX - sizeof(u64)) + sizeof(u64);
		OPTIMIZER_HIDE_VAR(orig);
	}
	*(u64 *)p = (base | size) + (orig << 32);
	*(u64 *)(p + sizeof(u64)) = addr;
	return linx_user_simple(p + 2 * sizeof(u64), addr, count);
}

/*
 * The functions below write values at p, where LINX_SHAPE_ROOM bytes are free, and return the end of these values. A
 * function returns NULL if the general encoder has to write the record. base: head of each value, with its two lengths
 * still 0. The functions run in probe context, with page faults disabled.
 *
 * linx_put_buffers() captures the buffers of an array of struct iovec. iov: first element of the array's copy in the
 * record; left: number of elements from there on.
 */
u8 *linx_put_buffers(const struct linx_session *s, struct linx_rec *rec, u8 *p, u32 shape, const u64 *iov, u32 left, u64 base);

/*
 * Captures the memory that members of a structure point to. simple: a constant; true if the size bytes at data
 * contain all members, and each member has a length and no condition (linx_simple_from). first may be NULL.
 * Otherwise, if a member points to an array of buffers, *first is set to the end of the array's value, which is where
 * the value of the first buffer is written.
 */
static __always_inline u8 *linx_put_some_members(const struct linx_session *s, struct linx_rec *rec, u8 *p, u32 id,
						 const u8 *data, u32 size, u64 base, u8 **first, bool simple)
{
	const struct linx_member *m = linx_members + *(linx_member_of + id), *end = m + (linx_shapes + id)->count;
	u8 dirs = linx_fast_failed(rec) ? LINX_WHEN_IN : LINX_WHEN_IN | LINX_WHEN_OUT;
	u64 addr, n;
	u8 *v;

	for (; m < end; m++) {
		if (!(m->dir & dirs) || (!simple && m->end > size))
			continue;
		if (!simple && m->mask && (*(const u32 *)(data + m->when) & m->mask) != m->value)
			continue;
		addr = *(const u64 *)(data + m->ptr);
		n = *(const u64 *)(data + m->len) & m->len_mask;
		if (!simple)
			n |= m->count;
		if (!addr || !n)
			continue;
		if (unlikely(n > m->most))
			return NULL;
		n *= m->unit;
		rec->nvals++;
		v = p;
		p = linx_put_memory(p, addr, n, n, base);
		if (p && m->inner && first)
			*first = p;
		if (p && m->inner && (linx_shapes + m->inner)->follow->dir & dirs)
			p = linx_put_buffers(s, rec, p, m->inner, (const u64 *)(v + 2 * sizeof(u64)), n / (2 * sizeof(u64)),
					     base);
		if (unlikely(!p))
			return NULL;
	}
	return p;
}

/*
 * Captures the memory that a structure in the record points to: size bytes at data. linx_shape_plain() is true for the
 * shape id, and the structure is not itself an element of an array of buffers. first: NULL, or where to store the end
 * of the value of an array of buffers, if a member points to such an array.
 */
static __always_inline u8 *linx_put_members(const struct linx_session *s, struct linx_rec *rec, u8 *p, u32 id, const u8 *data,
					    u32 size, u64 base, u8 **first)
{
	if (likely(size >= *(linx_simple_from + id)))
		return linx_put_some_members(s, rec, p, id, data, size, base, first, true);
	return linx_put_some_members(s, rec, p, id, data, size, base, first, false);
}

#endif
