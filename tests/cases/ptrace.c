// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=ptrace -e signal=none */
#include "case.h"
#include <elf.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static long trace(long request, pid_t pid, uintptr_t addr, void *data)
{
	return syscall(SYS_ptrace, request, (long)pid, addr, data);
}

#if defined(__x86_64__) || defined(__i386__)
static void registers(pid_t pid)
{
	unsigned long word;
	struct iovec iov = { &word, sizeof(word) };

	run(trace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov));
	shows("ptrace(PTRACE_GETREGSET, %d, NT_PRSTATUS, {iov_base={" NAME("r15", "ebx") "=%#lx}, iov_len=%zu})", pid, word,
	      sizeof(word));
	run(trace(PTRACE_PEEKUSER, pid, NAME(120, 44), &word));
	shows("ptrace(PTRACE_PEEKUSER, %d, " NAME("8*ORIG_RAX", "4*ORIG_EAX") ", [%#lx])", pid, word);
}
#else
static void registers(pid_t pid)
{
	enum { REGS = NAME(31, 18), ALL = NAME(34, 18) };
	unsigned long r[ALL];
	struct iovec iov = { r, sizeof(r) };
	char text[1000], *t = text;

	run(trace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov));
	for (int i = 0; i < REGS; i++)
		t += sprintf(t, r[i] ? "%s%#lx" : "%s0", i ? ", " : "", r[i]);
	t += sprintf(t, "]");
	if (ALL > REGS)
		sprintf(t, ", sp=%#lx, pc=%#lx, pstate=%#lx", r[ALL - 3], r[ALL - 2], r[ALL - 1]);
	shows("ptrace(PTRACE_GETREGSET, %d, NT_PRSTATUS, {iov_base={" NAME("regs", "uregs") "=[%s}, iov_len=%zu})", pid, text,
	      sizeof(r));
}
#endif

static void stopped(pid_t pid)
{
	unsigned long word;
	siginfo_t si;
	uint64_t mask, peek[2] = { 0, 1ull << 32 };

	registers(pid);
	run(trace(PTRACE_GETSIGINFO, pid, 0, &si));
	shows("ptrace(PTRACE_GETSIGINFO, %d, NULL, {si_signo=SIGTRAP, si_code=%#x, si_pid=%d, si_uid=0})", pid, si.si_code, pid);
	gave(trace(PTRACE_GETEVENTMSG, pid, 0, &word), "ptrace(PTRACE_GETEVENTMSG, %d, NULL, [0])", pid);
	gave(trace(PTRACE_GETSIGMASK, pid, 8, &mask), "ptrace(PTRACE_GETSIGMASK, %d, 8, [])", pid);
	mask = 1ull << (SIGUSR1 - 1);
	gave(trace(PTRACE_SETSIGMASK, pid, 8, &mask), "ptrace(PTRACE_SETSIGMASK, %d, 8, [USR1])", pid);
	gave(trace(PTRACE_PEEKSIGINFO, pid, (uintptr_t)peek, &si),
	     "ptrace(PTRACE_PEEKSIGINFO, %d, {off=0, flags=0, nr=1}, [])", pid);
	gave(trace(PTRACE_SETOPTIONS, pid, 0, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)),
	     "ptrace(PTRACE_SETOPTIONS, %d, NULL, PTRACE_O_TRACESYSGOOD|PTRACE_O_EXITKILL)", pid);
	gave(trace(0x7777, pid, 1, NULL), "ptrace(0x7777 /* PTRACE_??? */, %d, 0x1, NULL)", pid);
	gave(trace(PTRACE_DETACH, pid, 0, (void *)SIGKILL), "ptrace(PTRACE_DETACH, %d, NULL, SIGKILL)", pid);
}

int main(void)
{
	pid_t pid = need(fork());
	int status;

	if (pid == 0) {
		case_len = 0;
		for (;;)
			syscall(SYS_ppoll, NULL, 0L, NULL, NULL, 0L);
	}
	case_sleeps(pid, SYS_ppoll);
	gave(trace(PTRACE_SEIZE, pid, 0, (void *)PTRACE_O_TRACEEXEC), "ptrace(PTRACE_SEIZE, %d, NULL, PTRACE_O_TRACEEXEC)", pid);
	gave(trace(PTRACE_INTERRUPT, pid, 0, NULL), "ptrace(PTRACE_INTERRUPT, %d)", pid);
	need(waitpid(pid, &status, 0));
	stopped(pid);
	/* PTRACE_DETACH delivers its signal only if the tracee was stopped by a signal, so the child is killed */
	need(kill(pid, SIGKILL));
	case_print("%-5d +++ killed by SIGKILL +++\n", pid);
	need(waitpid(pid, &status, 0));
	gave(trace(PTRACE_ATTACH, 0x3fffffff, 0, NULL), "ptrace(PTRACE_ATTACH, %d)", 0x3fffffff);
	return 0;
}
