/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes and members of structures that arguments point to (shapes), and reading numbers from the ring. */
#ifndef LINX_BPF_SHAPE_H
#define LINX_BPF_SHAPE_H

#include "ring/ring.h"

static __always_inline struct frame *frame_now(struct cpu *x)
{
	return &x->w->frames[(x->w->depth - 1) & (LINX_FRAMES_MAX - 1)];
}

static __always_inline struct shape *shape_get(__u32 id)
{
	return bpf_map_lookup_elem(&shapes, &id);
}

static __always_inline __u64 linx_shape_size(__u32 id, __u32 abi)
{
	struct shape *s = shape_get(id);

	return s ? s->size[abi & 3] : 0;
}

#include "shared/extent.h"

/* Reads an integer of "width" bytes from the ring. */
static __always_inline __u64 load(struct cpu *x, __u64 at, __u32 width)
{
	__u8 *p = ring_at(x, at, 8);
	__u64 all;

	if (!p)
		return 0;
	__builtin_memcpy(&all, p, 8);
	return width >= 8 ? all : all & ((1ull << width * 8) - 1);
}

#endif
