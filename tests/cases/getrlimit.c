// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=getrlimit,?ugetrlimit,setrlimit,getrusage */
#include "case.h"
#include <sys/resource.h>

#define WIDE NAME("64", "")

#ifdef SYS_getrlimit
#define CALL "getrlimit"
#else
#define CALL "ugetrlimit"
#define SYS_getrlimit SYS_ugetrlimit
#endif

int main(void)
{
	unsigned long r[2] = { 0 };

#ifndef __LP64__ /* the first expected line, because the C library makes this call before main() */
	gave_as("0", "ugetrlimit(RLIMIT_STACK, {rlim_cur=8192*1024, rlim_max=RLIM_INFINITY})");
#endif
	gave(syscall(SYS_getrlimit, RLIMIT_NOFILE, NULL), CALL "(RLIMIT_NOFILE, NULL)");
	run(syscall(SYS_getrlimit, RLIMIT_CORE, r));
	if (r[1] == -1ul)
		shows(CALL "(RLIMIT_CORE, {rlim_cur=0, rlim_max=RLIM%s_INFINITY})", WIDE);
	else
		shows(CALL "(RLIMIT_CORE, {rlim_cur=0, rlim_max=%lu})", r[1]);
	r[1] = -1;
	gave(syscall(SYS_setrlimit, RLIMIT_CORE, r), "setrlimit(RLIMIT_CORE, {rlim_cur=0, rlim_max=RLIM%s_INFINITY})", WIDE);
	gave(syscall(SYS_getrusage, RUSAGE_CHILDREN, NULL), "getrusage(RUSAGE_CHILDREN, NULL)");
	gave(syscall(SYS_getrusage, RUSAGE_CHILDREN, (char[200]){ 0 }), "getrusage(RUSAGE_CHILDREN, {ru_utime={tv_sec=0, tv_usec=0}, ru_stime={tv_sec=0, tv_usec=0}, ...})");
	return 0;
}
