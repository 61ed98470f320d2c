/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/* Data about calls that change descriptor tables, made from tables/files.def. One file of each engine includes this. */
#ifndef LINX_SHARED_FILES_DATA_H
#define LINX_SHARED_FILES_DATA_H

#include "shared/fd_rules.h"
#include "shared/ids.h"

#define RULE(kind_, row_, arg_, k_, mask_, value_)                                                                              \
	{                                                                                                                      \
		.kind = LINX_FILES_RULE_##kind_, .row = LINX_ROW_ID_##row_, .arg = arg_, .k = k_, .mask = mask_, .value = value_ \
	}
static const struct linx_files_rule linx_files_rules[] = {
#define SLOT(row) RULE(SLOT, row, 0, 0, 0, 0),
#define SLOT_IF(row, k, mask, value) RULE(SLOT, row, 0, k, mask, value),
#define RESULT_IF(row, k, mask, value) RULE(RESULT, row, 0, k, mask, value),
#define RANGE(row) RULE(RANGE, row, 0, 0, 0, 0),
#define RIGHTS(row, many) RULE(RIGHTS, row, many, 0, 0, 0),
#define BEHIND_IF(row, i, k, mask, value) RULE(BEHIND, row, i, k, mask, value),
#define CLONE_ARGS(row) RULE(CLONE_ARGS, row, 0, 0, 0, 0),
#define SOCKETCALL(row) RULE(SOCKETCALL, row, 0, 0, 0, 0),
#define ANY_IF(row, k, mask, value) RULE(ANY, row, 0, k, mask, value),
#define UNSHARE_IF(row, k, mask, value) RULE(UNSHARE, row, 0, k, mask, value),
#include "tables/files.def"
};
#define LINX_NFILES_RULES (sizeof(linx_files_rules) / sizeof(linx_files_rules[0]))

#endif
