// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=gettid,getppid,getuid,geteuid,getgid,getegid,getuid32,geteuid32,getgid32,getegid32,getpgrp,getpgid,setpgid,getsid,setsid */
#include "case.h"

int main(void)
{
	int pid = getpid();

	gave(syscall(SYS_gettid), "gettid()");
	gave(syscall(SYS_getppid), "getppid()");
	gave(syscall(NR(getuid, getuid32)), NAME("getuid()", "getuid32()"));
	gave(syscall(NR(geteuid, geteuid32)), NAME("geteuid()", "geteuid32()"));
	gave(syscall(NR(getgid, getgid32)), NAME("getgid()", "getgid32()"));
	gave(syscall(NR(getegid, getegid32)), NAME("getegid()", "getegid32()"));
	gave(syscall(SYS_getpgrp), "getpgrp()");
	gave(syscall(SYS_setpgid, 0, 0), "setpgid(0, 0)");
	gave(syscall(SYS_getpgid, pid), "getpgid(%d)", pid);
	gave(syscall(SYS_getpgid, 0x3fffffff), "getpgid(%d)", 0x3fffffff);
	gave(syscall(SYS_getsid, 0), "getsid(0)");
	gave(syscall(SYS_setsid), "setsid()");
	return 0;
}
