/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Closes a descriptor that it does not have, and changes its name and its real uid. Then it makes N calls each of
 * getppid, close of no descriptor, dup and close of a descriptor, and N / 100 children that end at once. At its end it
 * executes the program at the path NEXT. The counts of a recording must be exactly these.
 *
 * usage: cap_count N [NEXT N]
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

	syscall(SYS_close, -1);
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
	if (argc > 2)
		execv(argv[2], argv + 2);
	return argc > 2;
}
