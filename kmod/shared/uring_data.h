/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/* Calls that operations of io_uring stand for, as data, from uring.def. One file of each engine includes this. */
#ifndef LINX_SHARED_URING_DATA_H
#define LINX_SHARED_URING_DATA_H

#include "shared/ids.h"
#include "shared/uring_facts.h"

struct linx_uring_rule {
	__u16 row; /* LINX_ROW_ID_*; 0: the operation stands for no call */
	__u16 from[LINX_NARGS]; /* members of the entry for each argument, words of uring_facts.h */
};

static const struct linx_uring_rule linx_uring_rules[LINX_OP_PIPE + 1] = {
#define URING(opcode, row, ...) [opcode] = { LINX_ROW_ID_##row, { __VA_ARGS__ } },
#include "tables/uring.def"
#undef URING
};

/* Is this the row of the requested call? arm64 has one such call under another name, with the same arguments. */
static inline int linx_uring_is_row(__u16 row, __u16 request)
{
	return row == request || (request == LINX_ROW_ID_fadvise64 && row == LINX_ROW_ID_fadvise64_64);
}

#endif
