/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Table of the system calls that do the same as io_uring operations, by the number of an operation's rule. The data
 * come from tables/uring.def. One file of each engine includes this.
 */
#ifndef LINX_SHARED_URING_DATA_H
#define LINX_SHARED_URING_DATA_H

#include "shared/ids.h"
#include "shared/uring_facts.h"

struct linx_uring_rule {
	__u16 row; /* LINX_ROW_ID_* of the call; 0: no call does the same as the operation */
	__u16 from[LINX_NARGS]; /* LINX_SQE_MEMBER() that holds each argument of the call; NONE: the argument is 0 */
};

static const struct linx_uring_rule linx_uring_rules[LINX_URING_RULES] = {
#define URING(rule, row, ...) [rule] = { LINX_ROW_ID_##row, { __VA_ARGS__ } },
#include "tables/uring.def"
#undef URING
};

/*
 * Do both rows stand for the same call? fadvise64() counts as equal to fadvise64_64(), its name on arm64, which has the
 * same arguments. row: a row of the call table. request: the row of a rule.
 */
static inline int linx_uring_is_row(__u16 row, __u16 request)
{
	return row == request || (request == LINX_ROW_ID_fadvise64 && row == LINX_ROW_ID_fadvise64_64);
}

#endif
