// SPDX-License-Identifier: LGPL-2.1-or-later
/* ABI of the running system, from uname(2). */
#include <string.h>
#include <sys/utsname.h>
#include <linx/linx.h>

#include "base/host_abi.h"

unsigned int running_abi(void)
{
	struct utsname u;

	if (!uname(&u))
		for (unsigned int abi = 0; abi <= LINX_ABI_ARM; abi++)
			if (!strcmp(u.machine, linx_abi_name(abi)))
				return abi;
	return strcmp(u.machine, "aarch64") ? LINX_ABI_X86_64 : LINX_ABI_ARM64;
}
