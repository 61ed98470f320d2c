// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=rt_sigaction,rt_sigsuspend,rt_sigtimedwait,rt_sigqueueinfo,rt_tgsigqueueinfo,pidfd_send_signal,sigaltstack,signalfd,signalfd4,rt_sigreturn,pause -e signal=none */
#include "case.h"
#include <signal.h>
#include <sys/ucontext.h>

/* As the kernel has it. */
struct action {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

static void handler(int sig)
{
	(void)sig;
}

static void actions(void)
{
	struct action a = { SIG_IGN, SA_RESTART, NULL, 1 << (SIGINT - 1) }, old;

	gave(syscall(SYS_rt_sigaction, SIGUSR2, &a, NULL, 8), "rt_sigaction(SIGUSR2, {sa_handler=SIG_IGN, sa_mask=[INT], sa_flags=SA_RESTART}, NULL, 8)");
	run(syscall(SYS_rt_sigaction, SIGUSR2, NULL, &old, 8));
	shows("rt_sigaction(SIGUSR2, NULL, {sa_handler=SIG_IGN, sa_mask=[INT], sa_flags=SA_RESTART}, 8)");
	a = (struct action){ handler, SA_SIGINFO | SA_RESETHAND, NULL, 0 };
	gave(syscall(SYS_rt_sigaction, SIGKILL, &a, &old, 8), "rt_sigaction(SIGKILL, {sa_handler=%p, sa_mask=[], sa_flags=SA_RESETHAND|SA_SIGINFO}, %p, 8)", handler, &old);
	gave(syscall(SYS_rt_sigaction, SIGUSR2, 1, NULL, 4), "rt_sigaction(SIGUSR2, 0x1, NULL, 4)");
	signal(SIGUSR1, handler);
}

int main(void)
{
	uint64_t usr1 = 1 << (SIGUSR1 - 1), none = 0;
	siginfo_t si;
	stack_t st = { .ss_sp = (void *)0x10000, .ss_flags = 0, .ss_size = 8192 }, old;
	int pid = getpid(), fd;

	need(signal(SIGUSR1, handler) == SIG_ERR);
	actions();
	(void)si;
	(void)fd;
	(void)pid;
	(void)usr1;
	(void)none;
	(void)st;
	(void)old;
	return 0;
}
