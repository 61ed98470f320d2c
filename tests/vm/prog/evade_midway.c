// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A tracer that changes its tracee's calls while they are under way: in the stops inside of fork(2) and execve(2) it
 * writes another number to the register of the call's number, so that the call returns under that number. The tracee
 * makes N children, and then executes a program. Prints the process id of each child, and then that of the tracee.
 * Built for the 64-bit ABI only (native only).
 * usage: evade_midway N
 */
// x86 only: elsewhere the number of a call under way is no register of the tracee
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS (PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXEC)

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void go(int n)
{
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	raise(SIGSTOP);
	for (int i = 0; i < n; i++)
		if (!syscall(SYS_fork))
			_exit(0);
	execl("/bin/true", "midway", NULL);
	_exit(1);
}

/* Makes the call under way return as getppid(2), which has changed nothing. */
static void disguise(pid_t pid)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, 0, &regs))
		fail("PTRACE_GETREGS");
	regs.orig_rax = SYS_getppid;
	if (ptrace(PTRACE_SETREGS, pid, 0, &regs))
		fail("PTRACE_SETREGS");
}

/* Handles a stop of the tracee or of one of its children, and lets the task continue. */
static void stopped(pid_t pid, int status)
{
	unsigned long child;
	int event = status >> 16, sig = WSTOPSIG(status);

	if (event == PTRACE_EVENT_FORK && !ptrace(PTRACE_GETEVENTMSG, pid, 0, &child))
		printf("fork %lu\n", child);
	if (event == PTRACE_EVENT_EXEC)
		printf("exec %d\n", pid);
	if (event)
		disguise(pid);
	ptrace(PTRACE_CONT, pid, 0, event || sig == SIGSTOP ? 0 : sig);
}

int main(int argc, char **argv)
{
	int n = argc == 2 ? atoi(argv[1]) : 0, status;
	pid_t tracee = fork(), pid;

	if (!tracee)
		go(n);
	if (waitpid(tracee, &status, 0) != tracee || ptrace(PTRACE_SETOPTIONS, tracee, 0, OPTIONS))
		fail("PTRACE_SETOPTIONS");
	ptrace(PTRACE_CONT, tracee, 0, 0);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR)
		if (pid > 0 && WIFSTOPPED(status))
			stopped(pid, status);
	return 0;
}
