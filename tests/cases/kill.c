// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=kill,tkill,tgkill -e signal=none */
#include "case.h"
#include <signal.h>

int main(void)
{
	int pid = getpid();

	signal(SIGUSR1, SIG_IGN);
	signal(35, SIG_IGN);
	gave(syscall(SYS_kill, pid, SIGUSR1), "kill(%d, SIGUSR1)", pid);
	gave(syscall(SYS_kill, pid, 0), "kill(%d, 0)", pid);
	gave(syscall(SYS_kill, pid, 35), "kill(%d, SIGRT_3)", pid);
	gave(syscall(SYS_kill, pid, 99), "kill(%d, 99)", pid);
	gave(syscall(SYS_kill, 0x3fffffff, SIGTERM), "kill(%d, SIGTERM)", 0x3fffffff);
	gave(syscall(SYS_tkill, pid, SIGUSR1), "tkill(%d, SIGUSR1)", pid);
	gave(syscall(SYS_tgkill, pid, pid, SIGCHLD), "tgkill(%d, %d, SIGCHLD)", pid, pid);
	gave(syscall(SYS_tgkill, -1, pid, SIGKILL), "tgkill(-1, %d, SIGKILL)", pid);
	return 0;
}
