/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * The call that does the same as an io_uring operation, by the number of its rule, as data from tables/uring.def. One file of
 * each engine includes this.
 */
#ifndef LINX_SHARED_URING_DATA_H
#define LINX_SHARED_URING_DATA_H

#include "shared/ids.h"
#include "shared/uring_facts.h"

struct linx_uring_rule {
	__u16 row; /* LINX_ROW_ID_* of the call; 0: no call does the same */
	__u16 from[LINX_NARGS]; /* LINX_SQE_MEMBER() that holds each argument of the call; NONE: the argument is 0 */
};

static const struct linx_uring_rule linx_uring_rules[LINX_URING_RULES] = {
#define URING(rule, row, ...) [rule] = { LINX_ROW_ID_##row, { __VA_ARGS__ } },
#include "tables/uring.def"
#undef URING
};

/*
 * Is row that of the call request? fadvise64() counts as equal to fadvise64_64(), its name on arm64, which has the same
 * arguments.
 */
static inline int linx_uring_is_row(__u16 row, __u16 request)
{
	return row == request || (request == LINX_ROW_ID_fadvise64 && row == LINX_ROW_ID_fadvise64_64);
}

#endif
