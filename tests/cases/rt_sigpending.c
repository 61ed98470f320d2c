// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=rt_sigpending */
#include "case.h"
#include <signal.h>

int main(void)
{
	sigset_t block, pending;

	sigemptyset(&block);
	gave(syscall(SYS_rt_sigpending, &pending, 8), "rt_sigpending([], 8)");
	sigaddset(&block, SIGUSR1);
	sigaddset(&block, SIGRTMAX);
	sigprocmask(SIG_BLOCK, &block, NULL);
	raise(SIGUSR1);
	gave(syscall(SYS_rt_sigpending, &pending, 8), "rt_sigpending([USR1], 8)");
	gave(syscall(SYS_rt_sigpending, (void *)1, 8), "rt_sigpending(0x1, 8)");
	gave(syscall(SYS_rt_sigpending, NULL, 8), "rt_sigpending(NULL, 8)");
	return 0;
}
