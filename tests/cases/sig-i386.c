// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=sigaction,sigprocmask,sigpending,sigsuspend -e signal=none */
/* i386 only: the signal calls that are older than real-time signals */
#include "case.h"
#include <signal.h>

struct action {
	unsigned int handler, mask, flags, restorer;
};

static void handler(int sig)
{
	(void)sig;
}

int main(void)
{
	struct action a = { 0x1234, 1 << (SIGINT - 1), SA_RESTART, 0 }, old;
	unsigned int set = 1 << (SIGUSR1 - 1), was;

	need(signal(SIGALRM, handler) == SIG_ERR);
	gave(syscall(SYS_sigaction, SIGUSR2, &a, &old),
	     "sigaction(SIGUSR2, {sa_handler=0x1234, sa_mask=[INT], sa_flags=SA_RESTART}, {sa_handler=SIG_DFL, sa_mask=[], sa_flags=0})");
	gave(syscall(SYS_sigaction, SIGUSR2, NULL, &old), "sigaction(SIGUSR2, NULL, {sa_handler=0x1234, sa_mask=[INT], sa_flags=SA_RESTART})");
	gave(syscall(SYS_sigaction, SIGKILL, 1, NULL), "sigaction(SIGKILL, 0x1, NULL)");
	gave(syscall(SYS_sigprocmask, SIG_BLOCK, &set, &was), "sigprocmask(SIG_BLOCK, [USR1], [])");
	gave(syscall(SYS_sigprocmask, 7, &set, NULL), "sigprocmask(0x7 /* SIG_??? */, [USR1], NULL)");
	need(kill(getpid(), SIGUSR1));
	gave(syscall(SYS_sigpending, &was), "sigpending([USR1])");
	gave(syscall(SYS_sigpending, 1), "sigpending(0x1)");
	alarm(1);
	syscall(SYS_sigsuspend, 1, 2, ~(1 << (SIGALRM - 1)));
	gave_as("? ERESTARTNOHAND (To be restarted if no handler)", "sigsuspend(~[ALRM])");
	return 0;
}
