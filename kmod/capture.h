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
 * Those in f->longs, set to zero but for their first line. The first part of
 * each stands in the head record, so that all are captured together and last.
 */
void linx_capture_long(struct linx_fill *f);

#endif
