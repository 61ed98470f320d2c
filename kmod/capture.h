/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading user memory into records: capture.c says how, and in which contexts. */
#ifndef LINX_KMOD_CAPTURE_H
#define LINX_KMOD_CAPTURE_H

#include "ring.h"

/* Bytes read of n; fewer: the memory is not there. */
u32 linx_user_read(void *to, u64 addr, u32 n);

/* A value of a buffer of len bytes, of which at most snap are kept. */
void linx_capture_bytes(struct linx_fill *f, u8 arg, u64 addr, u64 len, u32 snap);
/* A value of a NUL-terminated string. */
void linx_capture_str(struct linx_fill *f, u8 arg, u64 addr);
/* A value of kernel memory. */
void linx_put_bytes(struct linx_fill *f, u8 arg, u8 kind, u8 state, const void *from, u32 size);

/*
 * A value that may go on in pieces: a vector of strings (width 4 or 8, the size
 * of its pointers) or a block of left bytes (width 0). The first part of each
 * stands in the head record, so that all of them must be captured together and
 * last. On the stack, set to zero but for the first line.
 */
struct linx_long {
	u8 arg, width;
	bool keep; /* false: vector's strings are only counted */
	u64 addr, left;

	struct linx_val *v; /* in the head record */
	u64 str; /* rest of the string that is being copied, 0: none */
	u32 count, stored, total;
	u8 state;
	bool done;
};
void linx_capture_long(struct linx_fill *f, struct linx_long *l, unsigned int n);

#endif
