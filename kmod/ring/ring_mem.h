/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of rings and its mappings. Implemented in ring/ring_mem.c. */
#ifndef LINX_KMOD_RING_MEM_H
#define LINX_KMOD_RING_MEM_H

#include "core/session.h"

struct vm_area_struct;

int linx_ring_alloc(struct linx_session *s, struct linx_ring *r, int cpu);
void linx_ring_free(struct linx_ring *r);
/*
 * Gives side rings to all rings of the session, and to those that are made later. session.lock is held; probes may run.
 * Returns 0, or -errno; after an error some rings may have no side rings.
 */
int linx_ring_want_sides(struct linx_session *s);
int linx_ring_mmap(struct linx_session *s, struct vm_area_struct *vma);
/* Most bytes of memory for rings: of all sessions together, and of one CPU in one session. */
u64 linx_ring_memory_max(void);
u64 linx_ring_size_max(void);
int linx_ring_charge(struct linx_session *s, u64 bytes);
void linx_ring_uncharge(struct linx_session *s, u64 bytes);

#endif
