// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=nanosleep,restart_syscall -e signal=none */
#include "case.h"
#include <signal.h>
#include <sys/wait.h>

/* A sleeping child is stopped and continued: the kernel makes it continue its call by restart_syscall. */
int main(void)
{
	struct timespec ts = { 2, 0 };
	sigset_t chld;
	int child;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	need(sigprocmask(SIG_BLOCK, &chld, NULL));
	child = need(fork());
	if (!child)
		_exit(syscall(SYS_nanosleep, &ts, NULL) ? 1 : 0);
	case_sleeps(child, SYS_nanosleep);
	need(kill(child, SIGSTOP));
	need(waitpid(child, NULL, WUNTRACED));
	need(kill(child, SIGCONT));
	need(waitpid(child, NULL, 0));
	gave_as("? ERESTART_RESTARTBLOCK (Interrupted by signal)", "nanosleep({tv_sec=2, tv_nsec=0}, NULL)");
	gave(0, "restart_syscall(<... resuming interrupted nanosleep ...>)");
	return 0;
}
