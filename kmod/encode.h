/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of system calls. encode.c */
#ifndef LINX_KMOD_ENCODE_H
#define LINX_KMOD_ENCODE_H

#include <asm/syscall.h>
#include "capture.h"
#include "ring_fast.h"
#include "shape.h"
#include "table.h"

/* A system call as a probe found it; the same for all sessions. */
struct linx_call {
	struct pt_regs *regs;
	const struct linx_row *row;
	u64 now;
	long nr; /* without the x32 bit */
	long ret;
	u32 key; /* linx_key() */
};

/*
 * All six argument words are stored, whatever the call has: there is always
 * LINX_FIXED_MAX of room, and what follows simply overwrites those too many.
 */
static __always_inline void linx_put_args(u32 key, struct pt_regs *regs, u64 *to)
{
	unsigned int i;

	syscall_get_arguments(current, regs, (unsigned long *)to);
	if (unlikely(key / LINX_NR_MAX == LINX_ABI_I386))
		for (i = 0; i < LINX_NARGS; i++)
			to[i] = (u32)to[i];
}

static __always_inline u32 linx_snap(const struct linx_session *s, unsigned int def)
{
	if (likely(!(def & (LINX_ARGDEF_SOCKADDR | LINX_ARGDEF_PATH))))
		return s->snap_bytes;
	return def & LINX_ARGDEF_PATH ? s->snap_str : LINX_SOCKADDR_MAX;
}

/* A length, or a number of elements. */
static __always_inline u64 linx_length(unsigned int def, const u64 *args, u64 ret)
{
	u64 len = args[LINX_ARGDEF_N(def)];

	if (def & LINX_ARGDEF_32BIT)
		len = (u32)len;
	return def & LINX_ARGDEF_RESULT && ret < len ? ret : len;
}

/* How many bytes an argument points to, and how many of them are kept. Not for strings, LENP and AT. */
static __always_inline u64 linx_extent(const struct linx_session *s, unsigned int def, u32 abi, const u64 *args,
				       u64 ret, u32 *keep)
{
	u64 len = linx_length(def, args, ret);
	u32 what = LINX_ARGDEF_WHAT(def);

	if (LINX_ARGDEF_CAP(def) == LINX_CAP_BUF) {
		*keep = linx_snap(s, def);
		return len;
	}
	*keep = LINX_STRUCT_MAX;
	switch (LINX_ARGDEF_CAP(def)) {
	case LINX_CAP_ONE:
		return linx_shape_size(what, abi);
	case LINX_CAP_N:
		return min_t(u64, len, U32_MAX) * linx_shape_size(what, abi);
	case LINX_CAP_FIX:
		return what;
	case LINX_CAP_SZ:
	case LINX_CAP_ALL:
		return len;
	case LINX_CAP_IOC:
		return _IOC_SIZE(len);
	case LINX_CAP_BITS:
		return len > what ? linx_bits_bytes(len - what, abi) : 0;
	case LINX_CAP_PAGES:
		return (min_t(u64, len, S64_MAX) + PAGE_SIZE - 1) >> PAGE_SHIFT;
	default: /* MSG */
		what = abi == LINX_ABI_I386 ? 4 : 8;
		*keep = s->snap_bytes + what;
		return min_t(u64, len, U32_MAX) + what;
	}
}

/* A value of size bytes, all of them kept. */
static __always_inline u8 *linx_put_whole(u8 *p, u64 addr, u32 size, unsigned int i)
{
	return linx_user_value(p, addr, LINX_VAL_HEAD(size, i, LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE), size));
}

/* A short array. */
static __always_inline u8 *linx_put_array(u8 *p, u32 def, u32 unit, const u64 *args, unsigned int i)
{
	u64 size = linx_length(def, args, args[-1]);

	if (unlikely(size > LINX_SHORT_MAX))
		return NULL;
	size *= unit;
	return size <= LINX_SHORT_MAX ? linx_put_whole(p, args[i], size, i) : NULL;
}

/* Anything else. */
static __always_inline u8 *linx_put_other(const struct linx_session *s, u8 *p, u32 def, u32 abi, const u64 *args,
					  unsigned int i)
{
	u64 len;
	u32 keep;
	long n;

	if (LINX_ARGDEF_CAP(def) == LINX_CAP_STR) {
		keep = s->snap_str + 1;
		n = linx_user_str(p + sizeof(struct linx_val), args[i], keep);
		if (unlikely((unsigned long)n >= keep))
			return NULL;
		return linx_val_finish((struct linx_val *)p, i, LINX_VAL_INFO(LINX_VAL_STR, LINX_WHOLE), n, n);
	}
	len = linx_extent(s, def, abi, args, args[-1], &keep);
	if (len <= keep)
		return len <= s->few_bytes ? linx_put_whole(p, args[i], len, i) : NULL;
	return keep > s->few_bytes ?
		       NULL :
		       linx_user_value(p, args[i],
				       LINX_VAL_HEAD(keep, i, LINX_VAL_INFO(LINX_VAL_BYTES, LINX_TRUNCATED),
						     min_t(u64, len, U32_MAX)));
}

/*
 * The values of the arguments in the mask, into a record that has all up to
 * there; nvals is 0. At return the result stands before args. Returns the end,
 * or NULL: something is not there or too long, the long way has to do it. For rows with a short way.
 */
static __always_inline u8 *linx_put_few(const struct linx_session *s, const struct linx_row *row, struct linx_rec *rec,
					const u64 *args, unsigned int mask)
{
	u8 *p = (u8 *)(args + row->nargs);
	unsigned int i, fixed;

	for (; mask; mask &= mask - 1) {
		i = __ffs(mask);
		if (!args[i])
			continue;
		fixed = *(row->fixed + i);
		if (!fixed || unlikely(rec->abi != LINX_ABI_X86_64))
			p = linx_put_other(s, p, LINX_ROW_ARG(row, i), rec->abi, args, i);
		else if (fixed & LINX_FIXED_ONE)
			p = linx_user_value(p, args[i], fixed | (u64)(u16)fixed << 32);
		else
			p = linx_put_array(p, LINX_ROW_ARG(row, i), (u16)fixed, args, i);
		if (unlikely(!p))
			return NULL;
		rec->nvals++;
	}
	return p;
}

/* What the structures among a record's values point to, behind them at end. Returns the new end. */
u8 *linx_follow_few(const struct linx_session *s, struct linx_ring *r, const struct linx_row *row, struct linx_rec *rec,
		    const u64 *args, u8 *end);

/* Ways for the records of most returns. */
enum linx_short {
	LINX_SHORT_PLAIN, /* registers alone, a fixed number of stores: row.plain */
	LINX_SHORT_FEW, /* few values: row.exit_few of them */
	LINX_SHORT_FOLLOW, /* few values, and what they point to: row.exit_follow of them */
};

/*
 * false: nothing has been counted, the long way has to do it, linx_encode_exit().
 * For plain sessions.
 */
static __always_inline bool linx_encode_short(struct linx_session *s, struct linx_ring *r, struct pt_regs *regs,
					      const struct linx_row *row, u32 key, long nr, long ret, u64 now,
					      enum linx_short how)
{
	struct linx_area *a = &r->areas[0];
	u64 head = a->head, time = linx_ring_time(r, now);
	u32 nargs = row->nargs, len = sizeof(struct linx_rec) + 8 + nargs * 8;
	u64 room = how == LINX_SHORT_PLAIN ? 0 : how == LINX_SHORT_FEW ? s->few_room : s->follow_room;
	struct linx_rec *rec;
	u64 *body;
	u8 *end;

	if (unlikely(head + LINX_FIXED_MAX + room >=
		     r->limit[how != LINX_SHORT_PLAIN && row->flags & LINX_ROW_PRIO ? 1 : 0]))
		return false;
	rec = (struct linx_rec *)(a->data + (head & r->mask));
	body = (u64 *)(rec + 1);
	linx_rec_head(rec, r, LINX_REC_EXIT, r->selected, time, key / LINX_NR_MAX, nr, nargs);
	rec->len = len;
	body[0] = ret;
	linx_put_args(key, regs, body + 1);
	if (how != LINX_SHORT_PLAIN) {
		end = linx_put_few(s, row, rec, body + 1, row->in | (IS_ERR_VALUE(ret) ? row->err : row->out));
		if (unlikely(!end))
			return false;
		if (how == LINX_SHORT_FOLLOW)
			end = linx_follow_few(s, r, row, rec, body + 1, end);
		rec->len = len = end - (u8 *)rec;
	}
	r->selected++;
	r->calls[key].selected++;
	r->committed++;
	a->head = head + len;
	linx_ring_publish(s, r, head + len, time);
	return true;
}

/* LINX_SHORT_FOLLOW, not inline. */
bool linx_encode_follow(struct linx_session *s, struct linx_ring *r, struct pt_regs *regs, const struct linx_row *row,
			u32 key, long nr, long ret, u64 now);

/* For an entry: rows with enter_short. */
bool linx_encode_enter_few(struct linx_session *s, struct linx_ring *r, const struct linx_call *c);

void linx_encode_enter(struct linx_session *s, struct linx_ring *r, const struct linx_call *c);
/* entry: time of entry, 0: not known */
void linx_encode_exit(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry);

#endif
