// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process whose threads have all ended but stay as zombies, because its ptrace tracer waits for none of them.
 * Prints the process's number. usage: cap_kept THREADS
 */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void *end_now(void *arg)
{
	return arg;
}

/*
 * Waits until the tracer writes to the pipe "begin", creates the threads one after another, each after the end of the
 * one before, and then writes a byte to the pipe "end".
 */
static void target(int begin, int end, unsigned long threads)
{
	pthread_t t;
	char c;

	if (read(begin, &c, 1) != 1)
		_exit(1);
	for (unsigned long i = 0; i < threads; i++)
		if (pthread_create(&t, NULL, end_now, NULL) || pthread_join(t, NULL))
			_exit(1);
	_exit(write(end, "", 1) != 1);
}

/* Resumes each stopped task. */
static void let_go(void)
{
	siginfo_t info = { 0 };

	while (!waitid(P_ALL, 0, &info, WSTOPPED | WNOHANG | __WALL) && info.si_pid) {
		ptrace(PTRACE_CONT, info.si_pid, 0, 0);
		info.si_pid = 0;
	}
}

int main(int argc, char **argv)
{
	unsigned long threads = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	int begin[2], end[2];
	struct pollfd done;
	ssize_t made = 0;
	pid_t pid;
	char c;

	if (pipe(begin) || pipe(end))
		return 2;
	pid = fork();
	if (!pid)
		target(begin[0], end[1], threads);
	close(end[1]);
	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACECLONE) || write(begin[1], "", 1) != 1)
		return 3;
	done = (struct pollfd){ .fd = end[0], .events = POLLIN };
	for (ssize_t n = 1; n > 0; made += n) {
		while (!poll(&done, 1, 1))
			let_go();
		n = read(end[0], &c, 1);
	}
	printf("%d\n", pid);
	return made == 1 ? 0 : 4;
}
