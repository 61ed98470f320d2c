/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Data about descriptors of calls, made from tables/syscalls.def and tables/fds.def. One file of each engine includes
 * this, and no other header does, as its macros have short names.
 */
#ifndef LINX_SHARED_FD_DATA_H
#define LINX_SHARED_FD_DATA_H

#include "shared/fd_rules.h"
#include "shared/row_words.h"

/* Bits LINX_ARG_* of each argument, by row of the call table. */
static const __u8 linx_arg_types[LINX_ROW_ID_NR][LINX_NARGS] = {
#define ARG(name, type, capture) LINX_TYPE_FDS(type),
#define SYSCALL(id, class, args) [LINX_ROW_ID_##id] = { args },
#include "tables/syscalls.def"
#undef ARG
#undef SYSCALL
};

#define RULE(kind_, row_) .kind = LINX_FD_RULE_##kind_, .row = LINX_ROW_ID_##row_
#define IF(k_, mask_, value_) .k = k_, .mask = mask_, .value = value_
static const struct linx_fd_rule linx_fd_rules[] = {
#define RESULT(row) { RULE(RESULT, row) },
#define RESULT_IF(row, k, mask, value) { RULE(RESULT, row), IF(k, mask, value) },
#define RESULT_UNLESS(row, i, at_, mask) { RULE(RESULT_UNLESS, row), .arg = i, .at = at_, IF(0, mask, 0) },
#define ARG_IF(row, i, k, mask, value) { RULE(ARG, row), .arg = i, IF(k, mask, value) },
#define NONE_IF(row, i, k, mask, value) { RULE(NONE, row), .arg = i, IF(k, mask, value) },
#define BEHIND_IF(row, i, k, mask, value) { RULE(BEHIND, row), .arg = i, IF(k, mask, value) },
#define FOREIGN(row, i, p) { RULE(FOREIGN, row), .arg = i, .process = p },
#define FOREIGN_IF(row, i, p, k, mask, value) { RULE(FOREIGN_PID, row), .arg = i, .process = p, IF(k, mask, value) },
#define FOREIGN_AT_IF(row, i, at_, p, k, mask, value) \
	{ RULE(FOREIGN_AT, row), .arg = i, .at = at_, .process = p, IF(k, mask, value) },
#define AT_IF(row, i, at_, k, mask, value) { RULE(AT, row), .arg = i, .at = at_, IF(k, mask, value) },
#define AT_WHEN(row, i, at64, at32, where, mask, value) \
	{ RULE(AT_WHEN, row), .arg = i, .at = at64, .process = at32, IF(where, mask, value) },
#define EACH(shape, at64, at32)
#include "tables/fds.def"
#undef RESULT
#undef RESULT_IF
#undef RESULT_UNLESS
#undef ARG_IF
#undef NONE_IF
#undef BEHIND_IF
#undef FOREIGN
#undef FOREIGN_IF
#undef FOREIGN_AT_IF
#undef AT_IF
#undef AT_WHEN
#undef EACH
};
#undef RULE
#undef IF
#define LINX_NFD_RULES (sizeof(linx_fd_rules) / sizeof(linx_fd_rules[0]))

/* Members of structures that are descriptors: their offsets on x86_64, and on the 32-bit ABIs. */
static const struct linx_fd_position {
	__u16 shape, at[2];
} linx_fd_positions[] = {
#define EACH(shape, at64, at32) { LINX_SHAPE_##shape, { at64, at32 } },
#define RESULT(row)
#define RESULT_IF(row, k, mask, value)
#define RESULT_UNLESS(row, i, at, mask)
#define ARG_IF(row, i, k, mask, value)
#define NONE_IF(row, i, k, mask, value)
#define BEHIND_IF(row, i, k, mask, value)
#define FOREIGN(row, i, p)
#define FOREIGN_IF(row, i, p, k, mask, value)
#define FOREIGN_AT_IF(row, i, at, p, k, mask, value)
#define AT_IF(row, i, at, k, mask, value)
#define AT_WHEN(row, i, at64, at32, where, mask, value)
#include "tables/fds.def"
#undef RESULT
#undef RESULT_IF
#undef RESULT_UNLESS
#undef ARG_IF
#undef NONE_IF
#undef BEHIND_IF
#undef FOREIGN
#undef FOREIGN_IF
#undef FOREIGN_AT_IF
#undef AT_IF
#undef AT_WHEN
#undef EACH
};
#define LINX_NFD_POSITIONS (sizeof(linx_fd_positions) / sizeof(linx_fd_positions[0]))

/* Value that LINX_SETUP_RESOLVED adds to the return of a call (enum linx_resolved), by row of the call table. */
static const __u8 linx_row_resolved[LINX_ROW_ID_NR] = {
	[LINX_ROW_ID_open] = LINX_RESOLVED_OPENED,
	[LINX_ROW_ID_openat] = LINX_RESOLVED_OPENED,
	[LINX_ROW_ID_openat2] = LINX_RESOLVED_OPENED,
	[LINX_ROW_ID_creat] = LINX_RESOLVED_OPENED,
	[LINX_ROW_ID_open_by_handle_at] = LINX_RESOLVED_OPENED,
	[LINX_ROW_ID_connect] = LINX_RESOLVED_PEER,
	[LINX_ROW_ID_send] = LINX_RESOLVED_MESSAGE,
	[LINX_ROW_ID_sendto] = LINX_RESOLVED_MESSAGE,
	[LINX_ROW_ID_sendmsg] = LINX_RESOLVED_MESSAGE,
	[LINX_ROW_ID_sendmmsg] = LINX_RESOLVED_MESSAGE,
	[LINX_ROW_ID_recv] = LINX_RESOLVED_MESSAGE,
	[LINX_ROW_ID_recvfrom] = LINX_RESOLVED_MESSAGE,
	[LINX_ROW_ID_recvmsg] = LINX_RESOLVED_MESSAGE,
	[LINX_ROW_ID_recvmmsg] = LINX_RESOLVED_MESSAGE,
	[LINX_ROW_ID_recvmmsg_time64] = LINX_RESOLVED_MESSAGE,
	[LINX_ROW_ID_socketcall] = LINX_RESOLVED_SOCKETCALL,
};

#endif
