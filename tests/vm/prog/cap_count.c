/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes N calls each of getppid, close of no descriptor, dup and close of a descriptor, and N / 100 children that end at
 * once, and a change of its name and of its real uid. Then it ends. The counts of a recording must be exactly these.
 *
 * usage: cap_count N
 */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void make_child(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		exit(1);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 100;

	prctl(PR_SET_NAME, "renamed", 0, 0, 0);
	if (setuid(getuid()))
		return 1;
	for (int i = 0; i < n; i++) {
		syscall(SYS_getppid);
		syscall(SYS_close, -1);
		syscall(SYS_close, (int)syscall(SYS_dup, 0));
		if (i % 100 == 99)
			make_child();
	}
	return 0;
}
