// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread executes a program, and before that program has been loaded, a new process gets the tid that the thread gave
 * up. Tries that until it has succeeded several times, and prints the number of each process that got such a tid. Each
 * of them makes one call of getppid() after the exec is over. Root of the initial pid namespace only.
 * usage: cap_taken SUCCESSES
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRIES 20000

static int known[2]; /* pipe through which the thread's tid is passed */

static void *executes(void *arg)
{
	pid_t tid = syscall(SYS_gettid);

	if (write(known[1], &tid, sizeof(tid)) == sizeof(tid))
		execl("/proc/self/exe", "cap_taken", (char *)NULL);
	_exit(1);
	return arg;
}

static void execute(void)
{
	pthread_t t;

	pthread_create(&t, NULL, executes, NULL);
	for (;;)
		pause();
}

/* Forks a process that makes its call once the pipe's other end is closed. The kernel is asked to give it the tid. */
static pid_t take(int last, pid_t tid, const int *wait)
{
	char text[16], c;
	pid_t pid;
	int len = snprintf(text, sizeof(text), "%d", tid - 1);

	if (pwrite(last, text, len, 0) != len)
		exit(2);
	pid = fork();
	if (pid)
		return pid;
	close(wait[1]);
	if (getpid() == tid && !read(wait[0], &c, 1))
		syscall(SYS_getppid);
	_exit(0);
}

/* Returns the process that got the tid while the exec was under way; 0: none did. */
static pid_t try_once(int last)
{
	pid_t tid, p, execer, taker = 0;
	int wait[2];

	if (pipe2(known, O_CLOEXEC) || pipe2(wait, O_CLOEXEC))
		exit(2);
	execer = fork();
	if (!execer)
		execute();
	if (read(known[0], &tid, sizeof(tid)) != sizeof(tid))
		exit(2);
	while (!waitpid(execer, NULL, WNOHANG) && !taker) {
		p = take(last, tid, wait);
		if (p == tid)
			taker = p;
		else
			waitpid(p, NULL, 0);
	}
	if (taker)
		waitpid(execer, NULL, 0);
	close(wait[0]);
	close(wait[1]);
	close(known[0]);
	close(known[1]);
	if (taker)
		waitpid(taker, NULL, 0);
	return taker;
}

int main(int argc, char **argv)
{
	int last = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	int wanted = argc > 1 ? atoi(argv[1]) : 0;
	pid_t taker;

	if (!wanted) /* the program that the thread executes */
		return 0;
	if (last < 0)
		return 2;
	for (int n = 0; wanted && n < TRIES; n++) {
		taker = try_once(last);
		if (!taker)
			continue;
		printf("%d\n", taker);
		wanted--;
	}
	return wanted ? 3 : 0;
}
