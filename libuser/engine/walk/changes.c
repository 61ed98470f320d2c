// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rules of tables/files.def: how calls change a task's descriptor table. */
#include "engine/walk/rows.h"
#include "shared/files_data.h"

unsigned int linx_files_rules_get(const struct linx_files_rule **to)
{
	*to = linx_files_rules;
	return LINX_NFILES_RULES;
}

static bool makes_some(const struct linx_walker_row *row)
{
	const struct linx_fd_rule *of;
	bool makes = row->pairs;

	linx_fd_rules_get(&of);
	for (unsigned int i = 0; i < row->nrules; i++)
		makes |= linx_fd_rule_is_result(of[row->rule + i].kind);
	return makes;
}

void linx_row_set_changes(struct linx_walker_row *row)
{
	row->makes_fds = makes_some(row);
	row->nfiles = 0;
	for (unsigned int i = LINX_NFILES_RULES; i-- > 0;) {
		if (linx_files_rules[i].row != row->id)
			continue;
		row->files = (uint16_t)i;
		row->nfiles++;
	}
}
