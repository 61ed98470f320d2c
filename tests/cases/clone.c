// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=clone,clone3,waitid,exit -e signal=none */
#include "case.h"
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

static int go[2];

/* Runs in a child, and ends when the parent allows it, so that calls of child and parent never overlap. */
static void child(int status)
{
	char c;

	need(read(go[0], &c, 1));
	syscall(SYS_exit, status);
}

/*
 * Lets the child end, and waits until it is a zombie: its exit is recorded before that. The case does not trace the
 * calls of this function.
 */
static void release(int pid)
{
	struct pollfd ended = { .events = POLLIN };

	ended.fd = need(syscall(SYS_pidfd_open, pid, 0));
	need(write(go[1], "", 1));
	need(poll(&ended, 1, -1));
	close(ended.fd);
}

int main(void)
{
	struct clone_args args = { .flags = CLONE_FS, .exit_signal = SIGCHLD };
	siginfo_t si = { 0 };
	int pid;

	need(pipe(go));
	pid = need(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
	if (!pid)
		child(5);
	gave(pid, "clone(child_stack=NULL, flags=SIGCHLD)");
	release(pid);
	gave_as("?", "exit(5)");
	gave(syscall(SYS_waitid, P_PID, pid, &si, WEXITED, NULL),
	     "waitid(P_PID, %d, {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=%d, si_uid=%d, si_status=5, si_utime=0, si_stime=0}, WEXITED, NULL)", pid, pid, getuid());
	gave(syscall(SYS_waitid, P_ALL, 0, NULL, WEXITED | WNOHANG, NULL), "waitid(P_ALL, 0, NULL, WNOHANG|WEXITED, NULL)");
	pid = need(syscall(SYS_clone3, &args, sizeof(args)));
	if (!pid)
		child(0);
	gave(pid, "clone3({flags=CLONE_FS, exit_signal=SIGCHLD, stack=NULL, stack_size=0}, %zu)", sizeof(args));
	release(pid);
	gave_as("?", "exit(0)");
	gave(syscall(SYS_clone3, NULL, 64), "clone3(NULL, 64)");
	return 0;
}
