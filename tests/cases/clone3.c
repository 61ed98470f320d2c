// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=clone3,rt_sigqueueinfo,rt_sigtimedwait,waitid,pidfd_send_signal -e signal=none */
#include "case.h"
#include <linux/sched.h>
#include <signal.h>
#include <sys/wait.h>

#define P_PIDFD_TYPE 3

/* Makes a child that waits until a signal kills it, so that the parent finds it alive. */
static int start(struct clone_args *args)
{
	int pid = need(syscall(SYS_clone3, args, sizeof(*args)));

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void signals(void)
{
	uint64_t set = 1ull << (SIGUSR1 - 1);
	siginfo_t si = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	struct timespec now = { 0, 0 };
	int pid = getpid();

	need(sigprocmask(SIG_BLOCK, (sigset_t *)&set, NULL));
	si.si_pid = pid;
	si.si_ptr = (void *)0x5;
	gave(syscall(SYS_rt_sigqueueinfo, pid, SIGUSR1, &si),
	     "rt_sigqueueinfo(%d, SIGUSR1, {si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid=%d, si_uid=0, si_int=5, si_ptr=0x5})",
	     pid, pid);
	need(syscall(SYS_rt_sigtimedwait, &set, &si, &now, 8L));
	gave_as("10 (SIGUSR1)",
		"rt_sigtimedwait([USR1], {si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid=%d, si_uid=0, si_int=5, si_ptr=0x5}, "
		"{tv_sec=0, tv_nsec=0}, 8)", pid);
	gave(syscall(SYS_rt_sigtimedwait, &set, &si, &now, 8L), "rt_sigtimedwait([USR1], %p, {tv_sec=0, tv_nsec=0}, 8)", &si);
}

int main(void)
{
	int pidfd = -1, tid = 0, pid;
	struct clone_args args = {
		.flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
		.pidfd = (uintptr_t)&pidfd,
		.parent_tid = (uintptr_t)&tid,
		.exit_signal = SIGCHLD,
	};
	uint64_t wrong[12] = { [0] = CLONE_FS, [11] = 1 };
	siginfo_t si = { 0 };

	pid = start(&args);
	gave(pid, "clone3({flags=CLONE_PIDFD|CLONE_PARENT_SETTID, pidfd=%p, parent_tid=%p, exit_signal=SIGCHLD, stack=NULL, "
		  "stack_size=0} => {pidfd=[%d], parent_tid=[%d]}, %zu)", &pidfd, &tid, pidfd, tid, sizeof(args));
	gave(syscall(SYS_pidfd_send_signal, pidfd, SIGCONT, NULL, 0), "pidfd_send_signal(%d, SIGCONT, NULL, 0)", pidfd);
	/* The child may end before the call that kills it returns. Therefore that call is not among the traced ones. */
	need(kill(pid, SIGKILL));
	case_print("%-5d +++ killed by SIGKILL +++\n", pid);
	gave(syscall(SYS_waitid, P_PIDFD_TYPE, pidfd, &si, WEXITED, NULL),
	     "waitid(P_PIDFD, %d, {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=%d, si_uid=%d, si_status=SIGKILL, "
	     "si_utime=0, si_stime=0}, WEXITED, NULL)", pidfd, pid, getuid());
	gave(syscall(SYS_clone3, wrong, sizeof(wrong)),
	     "clone3({flags=CLONE_FS, exit_signal=0, stack=NULL, stack_size=0, /* bytes 88..95 */ "
	     "\"\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"}, 96)");
	signals();
	return 0;
}
