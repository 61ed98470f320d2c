// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=fork,vfork -e signal=none */
#include "case.h"
#include <sys/wait.h>

/* The return of fork in the child is not a call of the child. */
int main(void)
{
	pid_t pid = syscall(SYS_fork);

	if (pid == 0) {
		case_len = 0;
		_exit(0);
	}
	gave(pid, "fork()");
	waitpid(pid, NULL, 0);
	pid = vfork();
	if (pid == 0)
		_exit(0);
	gave(pid, "vfork()");
	return 0;
}
