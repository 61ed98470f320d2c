// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Creates children by each call that creates processes: many children, one after the other.
 * usage: cap_spawn [ROUNDS [PROGRAM]]
 */
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *program = "/usr/bin/busybox";

static void reap(pid_t pid)
{
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		exit(2);
}

static void spawned(int i)
{
	char number[20], *argv[] = { "true", number, NULL }, *envp[] = { NULL };
	pid_t pid;

	snprintf(number, sizeof(number), "spawn-%d", i);
	if (posix_spawn(&pid, program, NULL, NULL, argv, envp))
		exit(3);
	reap(pid);
	if (!posix_spawn(&pid, "/not/there", NULL, NULL, argv, envp))
		exit(4);
}

static void vforked(int i)
{
	char *argv[] = { "true", "vfork", NULL }, *envp[] = { NULL };
	pid_t pid = vfork();

	if (pid == 0) {
		if (i % 2)
			execve(program, argv, envp);
		_exit(i);
	}
	reap(pid);
}

static void forked(int i)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(i);
	reap(pid);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 10;

	if (argc > 2)
		program = argv[2];
	for (int i = 0; i < rounds; i++) {
		spawned(i);
		vforked(i);
		forked(i);
	}
	return 0;
}
