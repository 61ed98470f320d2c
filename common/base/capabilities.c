// SPDX-License-Identifier: LGPL-2.1-or-later
/* Capabilities of a thread: see base/capabilities.h. */
#include <linux/capability.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/capabilities.h"

/* True if the calling thread has no capability and can get none: ambient ones are always permitted and inheritable, too. */
static bool has_none(struct __user_cap_header_struct *head)
{
	struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (syscall(SYS_capget, head, has))
		return false;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		if (has[i].effective || has[i].permitted || has[i].inheritable)
			return false;
	return true;
}

bool capabilities_have(unsigned int capability)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3];

	return syscall(SYS_capget, &head, has) || (has[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability));
}

bool capabilities_drop(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return false;
	/* a service without capabilities may have a filter that refuses capset(2) */
	return has_none(&head) || !syscall(SYS_capset, &head, none);
}
