/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/* Finds calls that make a context record out of date, where the row alone does not decide that. */
#ifndef LINX_SHARED_CONTEXT_FACTS_H
#define LINX_SHARED_CONTEXT_FACTS_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/prctl.h>
#include <linux/types.h>

/*
 * Does this option of prctl(2) change what context records hold? For rows with LINX_ROW_OPTION. A new name is not
 * among them: the engine sees renames elsewhere.
 */
static __always_inline bool linx_option_changes_context(__u32 option)
{
	switch (option) {
	case PR_CAPBSET_DROP:
	case PR_SET_SECUREBITS:
	case PR_SET_MM:
	case PR_SET_CHILD_SUBREAPER:
	case PR_CAP_AMBIENT:
		return true;
	default:
		return false;
	}
}

#endif
