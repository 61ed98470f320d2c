// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * crowd THREADS moves FILE, crowd THREADS hides: a process of THREADS sleeping threads. Prints "ready". After SIGUSR1
 * it repeatedly changes state that its threads share: "moves" writes its number into FILE, cgroup.procs of its own
 * cgroup; "hides" renames itself once, and again and again changes to its own working directory. After SIGTERM it
 * prints the number of changes, and sleeps until it is killed.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STACK (16 << 10)

static volatile sig_atomic_t begun, ended;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		begun = 1;
	else
		ended = 1;
}

static void *sleeps(void *arg)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (;;)
		pause();
	return arg;
}

static int make_threads(int n)
{
	pthread_attr_t small;
	pthread_t thread;

	if (pthread_attr_init(&small) || pthread_attr_setstacksize(&small, STACK))
		return -1;
	while (n-- > 0)
		if (pthread_create(&thread, &small, sleeps, NULL))
			return -1;
	return 0;
}

static long moves(const char *path)
{
	int fd = open(path, O_WRONLY), len;
	char pid[16];
	long n;

	len = snprintf(pid, sizeof(pid), "%d", getpid());
	if (fd < 0)
		return -1;
	for (n = 0; !ended; n++)
		if (pwrite(fd, pid, (size_t)len, 0) != len)
			return -1;
	return n;
}

/*
 * Makes a call under the former name, renames the thread once, and then changes again and again to its own working
 * directory until SIGTERM. Returns the number of these changes, or -1.
 */
static long hides(void)
{
	long n;

	syscall(SYS_getppid);
	prctl(PR_SET_NAME, "hidden");
	for (n = 0; !ended; n++)
		if (chdir("."))
			return -1;
	return n;
}

int main(int argc, char **argv)
{
	long n;

	if (argc < 3 || (strcmp(argv[2], "hides") && (strcmp(argv[2], "moves") || argc < 4)))
		return 2;
	signal(SIGUSR1, on_signal);
	signal(SIGTERM, on_signal);
	if (make_threads(atoi(argv[1]))) {
		perror("crowd: a thread");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	while (!begun)
		usleep(10000);
	n = strcmp(argv[2], "moves") ? hides() : moves(argv[3]);
	if (n < 0) {
		perror("crowd");
		return 1;
	}
	printf("%ld\n", n);
	fflush(stdout);
	sleeps(NULL);
}
