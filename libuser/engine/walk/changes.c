// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rules of tables/files.def: how calls change a task's table of descriptors. */
#include "engine/walk/rows.h"

/* Rows as engine/walk/rows.c numbers them. */
enum {
	ROW_UNKNOWN,
#define SYSCALL(id, class, args) ROW_##id,
#include "tables/syscalls.def"
#undef SYSCALL
};

#define RULE(kind_, row_, arg_, k_, mask_, value_)                                                                        \
	{                                                                                                                \
		.kind = LINX_FILES_RULE_##kind_, .row = ROW_##row_, .arg = arg_, .k = k_, .mask = mask_, .value = value_ \
	}
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

static const struct linx_files_rule rules[] = {
#include "tables/files.def"
};
#define NRULES (sizeof(rules) / sizeof(rules[0]))

unsigned int linx_files_rules_get(const struct linx_files_rule **to)
{
	*to = rules;
	return NRULES;
}

static bool makes_some(const struct linx_walker_row *row)
{
	const struct linx_fd_rule *of;
	bool makes = row->pairs;

	linx_fd_rules_get(&of);
	for (unsigned int i = 0; i < row->nrules; i++)
		makes |= of[row->rule + i].kind <= LINX_FD_RULE_RESULT_UNLESS;
	return makes;
}

void linx_row_set_changes(struct linx_walker_row *row)
{
	row->makes_fds = makes_some(row);
	row->nfiles = 0;
	for (unsigned int i = NRULES; i-- > 0;) {
		if (rules[i].row != row->id)
			continue;
		row->files = (uint16_t)i;
		row->nfiles++;
	}
}
