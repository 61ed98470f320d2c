// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=set_robust_list,rseq -e status=failed */
#include "case.h"

/* The C library makes these before the case begins, but without a failure. */
int main(void)
{
	gave(syscall(SYS_set_robust_list, 0x1000, 1), "set_robust_list(0x1000, 1)");
	gave(syscall(SYS_rseq, 0x1000, 0x30, 2, 0x12345678), "rseq(0x1000, 0x30, 0x2, 0x12345678)");
	return 0;
}
