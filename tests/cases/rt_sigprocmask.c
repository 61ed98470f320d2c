// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=rt_sigprocmask,rt_sigpending,rt_sigsuspend,rt_sigtimedwait */
#include "case.h"
#include <signal.h>

#define BIT(sig) (1ULL << ((sig) - 1))

int main(void)
{
	uint64_t set = BIT(SIGUSR1) | BIT(SIGUSR2), old;

	gave(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, &old, 8), "rt_sigprocmask(SIG_BLOCK, [USR1 USR2], [], 8)");
	gave(syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, NULL, &old, 8), "rt_sigprocmask(SIG_UNBLOCK, NULL, [USR1 USR2], 8)");
	need(kill(getpid(), SIGUSR2));
	gave(syscall(SYS_rt_sigpending, &set, 8), "rt_sigpending([USR2], 8)");
	set = ~BIT(SIGHUP);
	gave(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8), "rt_sigprocmask(SIG_SETMASK, ~[HUP], NULL, 8)");
	set = 0;
	gave(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, &old, 8), "rt_sigprocmask(SIG_BLOCK, [], ~[HUP KILL STOP], 8)");
	gave(syscall(SYS_rt_sigprocmask, 7, &set, NULL, 8), "rt_sigprocmask(0x7 /* SIG_??? */, [], NULL, 8)");
	gave(syscall(SYS_rt_sigprocmask, SIG_BLOCK, 1L, NULL, 8), "rt_sigprocmask(SIG_BLOCK, 0x1, NULL, 8)");
	return 0;
}
