// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=getrlimit,setrlimit,getrusage */
#include "case.h"
#include <sys/resource.h>

#define WIDE NAME("64", "")

int main(void)
{
	unsigned long r[2] = { 0 };

	gave(syscall(SYS_getrlimit, RLIMIT_NOFILE, NULL), "getrlimit(RLIMIT_NOFILE, NULL)");
	gave(syscall(SYS_getrlimit, RLIMIT_CORE, r), "getrlimit(RLIMIT_CORE, {rlim_cur=0, rlim_max=%s})", NAME("RLIM64_INFINITY", "2147483647"));
	r[1] = -1;
	gave(syscall(SYS_setrlimit, RLIMIT_CORE, r), "setrlimit(RLIMIT_CORE, {rlim_cur=0, rlim_max=RLIM%s_INFINITY})", WIDE);
	gave(syscall(SYS_getrusage, RUSAGE_CHILDREN, NULL), "getrusage(RUSAGE_CHILDREN, NULL)");
	gave(syscall(SYS_getrusage, RUSAGE_CHILDREN, (char[200]){ 0 }), "getrusage(RUSAGE_CHILDREN, {ru_utime={tv_sec=0, tv_usec=0}, ru_stime={tv_sec=0, tv_usec=0}, ...})");
	return 0;
}
