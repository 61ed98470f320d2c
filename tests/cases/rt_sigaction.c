// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=rt_sigaction,sigaction,sigaltstack,signalfd,signalfd4,rt_sigqueueinfo,rt_tgsigqueueinfo,pidfd_send_signal -e signal=none */
#include "case.h"
#include <signal.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

/* struct sigaction as the kernel has it, which differs from the C library's. Its mask is an array of longs. */
struct action {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
} __attribute__((packed));

#define IGNORED "{sa_handler=SIG_IGN, sa_mask=[INT], sa_flags=SA_RESTART}"
#define QUEUED "{si_signo=SIGUSR2, si_code=SI_QUEUE, si_pid=%d, si_uid=7, si_int=5, si_ptr=0x5}"

static void actions(void)
{
	struct action a = { SIG_IGN, SA_RESTART, NULL, 1 << (SIGINT - 1) }, old;

	gave(syscall(SYS_rt_sigaction, SIGUSR2, &a, NULL, 8), "rt_sigaction(SIGUSR2, " IGNORED ", NULL, 8)");
	gave(syscall(SYS_rt_sigaction, SIGUSR2, NULL, &old, 8), "rt_sigaction(SIGUSR2, NULL, " IGNORED ", 8)");
	a = (struct action){ (void *)0x12345, SA_SIGINFO | SA_RESETHAND, NULL, 0 };
	gave(syscall(SYS_rt_sigaction, SIGKILL, &a, &old, 8),
	     "rt_sigaction(SIGKILL, {sa_handler=0x12345, sa_mask=[], sa_flags=SA_RESETHAND|SA_SIGINFO}, %p, 8)", &old);
	gave(syscall(SYS_rt_sigaction, SIGUSR2, 1, NULL, 4), "rt_sigaction(SIGUSR2, 0x1, NULL, 4)");
}

static void stacks(void)
{
	static char stack[8192];
	stack_t st = { .ss_sp = stack, .ss_flags = (int)SS_AUTODISARM, .ss_size = sizeof(stack) }, old;

	gave(syscall(SYS_sigaltstack, &st, &old),
	     "sigaltstack({ss_sp=%p, ss_flags=SS_AUTODISARM, ss_size=8192}, {ss_sp=NULL, ss_flags=SS_DISABLE, ss_size=0})", stack);
	st.ss_size = 1;
	gave(syscall(SYS_sigaltstack, &st, NULL), "sigaltstack({ss_sp=%p, ss_flags=SS_AUTODISARM, ss_size=1}, NULL)", stack);
	gave(syscall(SYS_sigaltstack, NULL, 1), "sigaltstack(NULL, 0x1)");
}

static void queued(void)
{
	int pid = getpid(), fd = need(syscall(SYS_pidfd_open, pid, 0));
	siginfo_t si = { .si_signo = SIGUSR2, .si_code = SI_QUEUE };

	si.si_pid = pid;
	si.si_uid = 7;
	si.si_value.sival_int = 5;
	gave(syscall(SYS_rt_sigqueueinfo, pid, SIGUSR2, &si), "rt_sigqueueinfo(%d, SIGUSR2, " QUEUED ")", pid, pid);
	gave(syscall(SYS_rt_sigqueueinfo, 0x3fffffff, SIGUSR2, 1), "rt_sigqueueinfo(%d, SIGUSR2, 0x1)", 0x3fffffff);
	gave(syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGUSR2, &si), "rt_tgsigqueueinfo(%d, %d, SIGUSR2, " QUEUED ")", pid, pid, pid);
	gave(syscall(SYS_pidfd_send_signal, fd, SIGUSR2, &si, 0), "pidfd_send_signal(%d, SIGUSR2, " QUEUED ", 0)", fd, pid);
	gave(syscall(SYS_pidfd_send_signal, -1, 0, NULL, 0), "pidfd_send_signal(-1, 0, NULL, 0)");
}

static void descriptors(void)
{
	uint64_t mask = 1 << (SIGUSR1 - 1) | 1 << (SIGCHLD - 1);
	int fd = need(syscall(SYS_signalfd4, -1, &mask, 8, O_CLOEXEC));

	gave(fd, "signalfd4(-1, [USR1 CHLD], 8, SFD_CLOEXEC)");
	mask = ~mask;
	gave(syscall(SYS_signalfd4, fd, &mask, 8, 0), "signalfd4(%d, ~[USR1 CHLD], 8, 0)", fd);
	gave(syscall(SYS_signalfd, 0, &mask, 8), "signalfd(0, ~[USR1 CHLD], 8)");
	gave(syscall(SYS_signalfd4, -1, NULL, 8, SIGHUP), "signalfd4(-1, NULL, 8, 0x1 /* SFD_??? */)");
}

int main(void)
{
	actions();
	stacks();
	queued();
	descriptors();
	return 0;
}
