// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A tracer that changes the call its tracee makes: at the stop before chdir("/tmp/shown") it writes "/tmp/taken" to the
 * register of the first argument. Prints the tracee's working directory after the call. Built for the 64-bit ABI only
 * (native only).
 */
#include <elf.h>
#include <linux/limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __aarch64__
#include <asm/ptrace.h>
typedef struct user_pt_regs registers;
#define NR(r) ((r)->regs[8])
#define FIRST(r) ((r)->regs[0])
#else
typedef struct user_regs_struct registers;
#define NR(r) ((r)->orig_rax)
#define FIRST(r) ((r)->rdi)
#endif

/* the strings are written to before, so that their page is present */
static char shown[] = "/tmp/shown", taken[] = "/tmp/taken";

static void go(void)
{
	char where[PATH_MAX];

	shown[1] = taken[1] = 't';
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	raise(SIGSTOP);
	if (syscall(SYS_chdir, shown) || !getcwd(where, sizeof(where)))
		_exit(1);
	puts(where);
	fflush(stdout);
	_exit(0);
}

int main(void)
{
	registers regs;
	struct iovec io = { &regs, sizeof(regs) };
	pid_t pid = fork();
	int status;

	if (!pid)
		go();
	if (waitpid(pid, &status, 0) != pid)
		return 2;
	do {
		if (ptrace(PTRACE_SYSCALL, pid, 0, 0) || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
		    ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &io))
			return 3;
	} while (NR(&regs) != SYS_chdir);
	FIRST(&regs) = (uintptr_t)taken;
	if (ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &io) || ptrace(PTRACE_DETACH, pid, 0, 0))
		return 4;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 5;
}
