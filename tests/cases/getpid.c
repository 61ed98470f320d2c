// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=getpid,gettid */
#include "case.h"

int main(void)
{
	gave(syscall(SYS_getpid), "getpid()");
	gave(syscall(SYS_gettid), "gettid()");
	return 0;
}
