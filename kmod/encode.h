/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of system calls. encode.c */
#ifndef LINX_KMOD_ENCODE_H
#define LINX_KMOD_ENCODE_H

#include "session.h"
#include "table.h"

/* A system call as a probe found it; the same for all sessions. */
struct linx_call {
	struct pt_regs *regs;
	const struct linx_row *row;
	u64 now;
	long nr; /* without the x32 bit */
	long ret;
	unsigned int abi;
	unsigned int index; /* linx_nr_index(nr) */
};

void linx_encode_enter(struct linx_session *s, struct linx_ring *r, const struct linx_call *c);
/* entry: time of entry, 0: not known */
void linx_encode_exit(struct linx_session *s, struct linx_ring *r, const struct linx_call *c, u64 entry);

#endif
