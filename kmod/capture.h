/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading user memory into records: capture.c says how, and in which contexts. */
#ifndef LINX_KMOD_CAPTURE_H
#define LINX_KMOD_CAPTURE_H

#include <linux/kernel.h>
#include <linux/linx.h>
#include "ring.h"

/* Bytes read of n; fewer: the memory is not there. */
u32 linx_user_read(void *to, u64 addr, u32 n);

/*
 * A string: its length without the NUL; count, if there is no NUL in that many
 * bytes; -EFAULT, and *got bytes were there.
 */
long linx_user_str(void *to, u64 addr, u32 count, u32 *got);

/* A value's size, argument and all that, at v; the bytes stand behind it. Returns what follows. */
static __always_inline u8 *linx_val_finish(struct linx_val *v, u8 arg, u8 info, u32 size, u64 orig)
{
	u64 *last = (u64 *)(v + 1) + size / 8;
	u32 rest = size % 8;

	v->size = size;
	v->arg = arg;
	v->info = info;
	v->orig = min_t(u64, orig, U32_MAX);
	if (!rest)
		return (u8 *)last;
	*last &= (1ULL << rest * 8) - 1; /* padding is zero; little endian */
	return (u8 *)(last + 1);
}

/* A value of a buffer of len bytes, of which at most snap are kept. */
void linx_capture_bytes(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 snap);
/* A value of a NUL-terminated string. */
void linx_capture_str(struct linx_fill *f, u8 arg, u64 addr);
/* A value of kernel memory. */
void linx_put_bytes(struct linx_fill *f, u8 arg, u8 kind, u8 state, const void *from, u32 size);

/*
 * Those in f->longs, set to zero but for their first line. The first part of
 * each stands in the head record, so that all are captured together and last.
 */
void linx_capture_long(struct linx_fill *f);

#endif
