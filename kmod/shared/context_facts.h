/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/* Calls after which a context record no longer says who a task is, where its row alone does not decide that. */
#ifndef LINX_SHARED_CONTEXT_FACTS_H
#define LINX_SHARED_CONTEXT_FACTS_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/prctl.h>
#include <linux/types.h>

/* Options of prctl(2) that change what context records hold, of a row with LINX_ROW_OPTION. The engine learns of a new name otherwise. */
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
