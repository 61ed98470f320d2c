// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=set_tid_address */
#include "case.h"
#include <sys/prctl.h>

/* The first expected line is that of the C library, which calls set_tid_address before main(). */
int main(void)
{
	uint64_t at = 0;

	need(prctl(PR_GET_TID_ADDRESS, &at));
	gave(getpid(), "set_tid_address(%#jx)", (uintmax_t)at);
	gave(syscall(SYS_set_tid_address, 0x1000), "set_tid_address(0x1000)");
	return 0;
}
