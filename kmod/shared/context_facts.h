/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/* Tests whether a call changes what context records of its task hold, for calls where an argument decides that. */
#ifndef LINX_SHARED_CONTEXT_FACTS_H
#define LINX_SHARED_CONTEXT_FACTS_H

#ifndef __KERNEL__
#include <stdbool.h>
#endif
#include <linux/prctl.h>
#include <linux/types.h>

/*
 * Does this option of prctl(2) change what context records hold? Used for calls with LINX_ROW_OPTION. False for
 * PR_SET_NAME: engines find a new name in another way.
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
