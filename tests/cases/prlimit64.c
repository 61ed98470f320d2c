// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=prlimit64,ugetrlimit -e status=failed */
#include "case.h"
#include <sys/resource.h>

/* The C library makes one of these calls before main(). That one succeeds, so it is not among the failed calls. */
int main(void)
{
	uint64_t old[2];

	gave(syscall(SYS_prlimit64, 0, 99, (uint64_t[]){ 4096, -1 }, old),
	     "prlimit64(0, 0x63 /* RLIMIT_??? */, {rlim_cur=4*1024, rlim_max=RLIM64_INFINITY}, %p)", old);
#ifdef __i386__
	gave(syscall(SYS_ugetrlimit, RLIMIT_CORE, 1), "ugetrlimit(RLIMIT_CORE, 0x1)");
#endif
	return 0;
}
