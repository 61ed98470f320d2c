// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=wait4,?waitpid -e signal=none */
#include "case.h"
#include <signal.h>
#include <sys/wait.h>

static pid_t child(int code, int sig)
{
	pid_t pid = need(fork());

	if (pid == 0) {
		case_len = 0;
		if (sig)
			kill(getpid(), sig);
		_exit(code);
	}
	return pid;
}

int main(void)
{
	int status;
	pid_t pid;

	pid = child(3, 0);
	gave(syscall(SYS_wait4, pid, &status, 0, NULL), "wait4(%d, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL)", pid);
	pid = child(0, SIGTERM);
	case_print("%-5d +++ killed by SIGTERM +++\n", pid);
	gave(syscall(SYS_wait4, pid, &status, __WALL, NULL), "wait4(%d, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGTERM}], __WALL, NULL)", pid);
	pid = child(0, SIGSTOP);
	gave(syscall(SYS_wait4, -1, &status, WUNTRACED, NULL), "wait4(-1, [{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}], WSTOPPED, NULL)");
	gave(syscall(SYS_wait4, pid, &status, WNOHANG, NULL), "wait4(%d, %p, WNOHANG, NULL)", pid, &status);
	kill(pid, SIGKILL);
	case_print("%-5d +++ killed by SIGKILL +++\n", pid);
	gave(syscall(SYS_wait4, pid, NULL, 0, NULL), "wait4(%d, NULL, 0, NULL)", pid);
	gave(syscall(SYS_wait4, -1, &status, 0, NULL), "wait4(-1, %p, 0, NULL)", &status);
#ifdef __i386__
	pid = child(1, 0);
	gave(syscall(SYS_waitpid, pid, &status, 0), "waitpid(%d, [{WIFEXITED(s) && WEXITSTATUS(s) == 1}], 0)", pid);
#endif
	return 0;
}
