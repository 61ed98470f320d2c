// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e status=failed */
#include "case.h"

/* Makes calls with numbers that no call has: six registers are shown as arguments. */
int main(void)
{
	gave(syscall(1023, 1, 2, 3, 4, 5, 6), "syscall_0x3ff(0x1, 0x2, 0x3, 0x4, 0x5, 0x6)");
	gave(syscall(600, -1L, 0, 0, 0, 0, 10), "syscall_0x258(%#lx, 0, 0, 0, 0, 0xa)", -1L);
#ifndef __arm__ /* ARM reserves such large numbers: the call would kill the program */
	gave(syscall(0x7fffffff, 1, 2, 3, 4, 5, 6), "syscall_0x7fffffff(0x1, 0x2, 0x3, 0x4, 0x5, 0x6)");
#endif
	return 0;
}
