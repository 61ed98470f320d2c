// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fast path for arrays of buffers (struct iovec) that a structure points to: each buffer becomes a value. Pointers and
 * lengths come from the copy in the record. If memory is not present, or a buffer has LINX_SIMPLE_MAX bytes or more,
 * capture/follow.c has to write the values. Probe context, with page faults disabled.
 */
#include <linux/kernel.h>
#include "capture/encode_fast_members.h"
#include "capture/encode_fast.h"

/*
 * Captures the buffers of an array, which lies in the record from iov to end. The LINX_SHAPE_ROOM bytes that are free
 * at p suffice, since the array has less than LINX_SIMPLE_MAX bytes. part: true for buffers of the kind
 * LINX_FOLLOW_PART, which the call fills one after the other. filled: number of bytes that the call wrote into all of
 * them together; for buffers of other kinds U64_MAX. base: head of each value, with its two lengths still 0.
 */
static __always_inline u8 *put_each(const struct linx_session *s, struct linx_rec *rec, u8 *p, const u64 *iov, const u64 *end,
				    u64 filled, bool part, u64 base)
{
	u64 keep = s->snap_bytes, n;

	for (; iov < end; iov += 2) {
		n = min(iov[1], filled);
		if (unlikely(!iov[0] || !n))
			continue;
		if (part)
			filled -= n;
		rec->nvals++;
		p = likely(n <= keep) ? linx_put_memory(p, iov[0], n, n, base) : linx_put_memory(p, iov[0], n, keep, base);
		if (unlikely(!p))
			return NULL;
	}
	return p;
}

notrace u8 *linx_put_buffers(const struct linx_session *s, struct linx_rec *rec, u8 *p, u32 id, const u64 *iov, u32 left,
			     u64 base)
{
	if ((linx_shapes + id)->follow->kind == LINX_FOLLOW_PART)
		return put_each(s, rec, p, iov, iov + 2 * left, *(const u64 *)(rec + 1), true, base);
	return put_each(s, rec, p, iov, iov + 2 * left, U64_MAX, false, base);
}
