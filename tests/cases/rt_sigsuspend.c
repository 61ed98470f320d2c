// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=rt_sigsuspend,rt_sigtimedwait,rt_sigreturn,sigreturn,pause -e signal=none */
#include "case.h"
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#define RESTART "? ERESTARTNOHAND (To be restarted if no handler)"

static void handler(int sig)
{
	(void)sig;
}

static void in_a_moment(void)
{
	struct itimerval t = { .it_value.tv_usec = 50000 };

	need(setitimer(ITIMER_REAL, &t, NULL));
}

int main(void)
{
	uint64_t usr1 = 1 << (SIGUSR1 - 1), alarm_only = ~(1ULL << (SIGALRM - 1));
	siginfo_t si;

	need(signal(SIGALRM, handler) == SIG_ERR);
	need(sigprocmask(SIG_BLOCK, (sigset_t *)&(sigset_t){ { usr1 } }, NULL));
	in_a_moment();
	syscall(SYS_rt_sigsuspend, &alarm_only, 8);
	gave_as(RESTART, "rt_sigsuspend(~[ALRM], 8)");
	errno = EINTR;
	gave(-1, NAME("rt_sigreturn", "sigreturn") "({mask=[USR1]})");
	in_a_moment();
	syscall(SYS_pause);
	gave_as(RESTART, "pause()");
	errno = EINTR;
	gave(-1, NAME("rt_sigreturn", "sigreturn") "({mask=[USR1]})");
	gave(syscall(SYS_rt_sigsuspend, 1, 8), "rt_sigsuspend(0x1, 8)");
	gave(syscall(SYS_rt_sigsuspend, NULL, 4), "rt_sigsuspend(NULL, 4)");
	need(kill(getpid(), SIGUSR1));
	gave_as("10 (SIGUSR1)", "rt_sigtimedwait([USR1], {si_signo=SIGUSR1, si_code=SI_USER, si_pid=%d, si_uid=%d}, NULL, 8)", getpid(), getuid());
	need(syscall(SYS_rt_sigtimedwait, &usr1, &si, NULL, 8));
	gave(syscall(SYS_rt_sigtimedwait, &usr1, NULL, &(struct timespec){ 0, 1000 }, 8), "rt_sigtimedwait([USR1], NULL, {tv_sec=0, tv_nsec=1000}, 8)");
	return 0;
}
