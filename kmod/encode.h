/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of system calls. encode.c */
#ifndef LINX_KMOD_ENCODE_H
#define LINX_KMOD_ENCODE_H

#include <asm/syscall.h>
#include "ring_fast.h"
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

/*
 * The usual record, made of nothing but registers: a fixed number of stores.
 * false: the long way, linx_encode_exit(). For plain rows and sessions.
 */
static __always_inline bool linx_encode_plain(struct linx_session *s, struct linx_ring *r, struct pt_regs *regs,
					      const struct linx_row *row, u32 key, long nr, long ret, u64 now)
{
	struct linx_area *a = &r->areas[0];
	u64 head = a->head, time = linx_ring_time(r, now);
	u32 nargs = row->nargs, len = sizeof(struct linx_rec) + 8 + nargs * 8;
	struct linx_rec *rec;
	u64 *body;

	if (unlikely(head + LINX_FIXED_MAX >= r->limit[0]))
		return false;
	rec = (struct linx_rec *)(a->data + (head & r->mask));
	body = (u64 *)(rec + 1);
	linx_rec_head(rec, r, LINX_REC_EXIT, r->selected++, time, key / LINX_NR_MAX, nr, nargs);
	rec->len = len;
	body[0] = ret;
	linx_put_args(key, regs, body + 1);
	r->calls[key].selected++;
	r->committed++;
	a->head = head + len;
	linx_ring_publish(s, r, head + len, time);
	return true;
}

/*
 * The short way for a call with one string or buffer, row.enter_one or exit_one.
 * false: nothing was written or counted, the long way has to do it.
 */
bool linx_encode_enter_one(struct linx_session *s, struct linx_ring *r, const struct linx_call *c);
bool linx_encode_exit_one(struct linx_session *s, struct linx_ring *r, struct pt_regs *regs,
			  const struct linx_row *row, u32 key, long nr, long ret, u64 now);

void linx_encode_enter(struct linx_session *s, struct linx_ring *r, const struct linx_call *c);
/* entry: time of entry, 0: not known */
void linx_encode_exit(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry);

#endif
