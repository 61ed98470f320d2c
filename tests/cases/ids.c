// SPDX-License-Identifier: LGPL-2.1-or-later
// root only: some calls of this case need the privileges of root
/* linx-options: -e trace=setfsuid,setfsgid,setfsuid32,setfsgid32,nice,getcpu,sync,vhangup,munlockall,mlockall */
#include "case.h"
#include <sys/mman.h>

int main(void)
{
	unsigned int cpu, node;

	gave(syscall(NR(setfsuid, setfsuid32), 1000), NAME("setfsuid", "setfsuid32") "(1000)");
	gave(syscall(NR(setfsuid, setfsuid32), -1), NAME("setfsuid", "setfsuid32") "(-1)");
	gave(syscall(NR(setfsgid, setfsgid32), 1000), NAME("setfsgid", "setfsgid32") "(1000)");
	gave(syscall(NR(setfsgid, setfsgid32), -1), NAME("setfsgid", "setfsgid32") "(-1)");
	if (!need(syscall(SYS_getcpu, &cpu, &node, NULL)))
		gave(0, "getcpu([%u], [%u], NULL)", cpu, node);
	gave(syscall(SYS_getcpu, &cpu, (void *)1, NULL), "getcpu(%p, 0x1, NULL)", &cpu);
	gave(syscall(SYS_mlockall, MCL_CURRENT | MCL_FUTURE), "mlockall(MCL_CURRENT|MCL_FUTURE)");
	gave(syscall(SYS_munlockall), "munlockall()");
	gave(syscall(SYS_mlockall, 0x80), "mlockall(0x80 /* MCL_??? */)");
	gave(syscall(SYS_sync), "sync()");
	need(setuid(1000));
	gave(syscall(SYS_vhangup), "vhangup()");
	return 0;
}
