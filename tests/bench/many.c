/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes N processes one after the other. Each has one of 97 names and makes 40 calls, half of which fail.
 * usage: many N
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS 20

static void work(int i)
{
	char name[16];

	snprintf(name, sizeof(name), "worker-%d", i % 97);
	prctl(PR_SET_NAME, name, 0, 0, 0);
	for (int k = 0; k < CALLS; k++) {
		syscall(SYS_getppid);
		syscall(SYS_close, -1);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 0;

	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		if (!pid)
			work(i);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return 1;
	}
	return !n;
}
