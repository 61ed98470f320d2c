// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=exit_group -e signal=none */
#include "case.h"
#include <sys/wait.h>

/* exit_group does not return, so its line has no result. */
int main(void)
{
	const int codes[] = { 3, 255, 256, -1 };

	for (int i = 0; i < 4; i++) {
		pid_t pid = need(fork());

		if (pid == 0)
			syscall(SYS_exit_group, codes[i]);
		waitpid(pid, NULL, 0);
		gave_as("?", "exit_group(%d)", codes[i]);
	}
	gave_as("?", "exit_group(0)");
	return 0;
}
