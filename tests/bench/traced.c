// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The program that tests/bench/ptrace traces: it calls getppid many times, opens, reads and closes a file, or makes ten
 * calls beside threads that loop.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int one_file(void)
{
	char bytes[512];
	int fd = open("/etc/passwd", O_RDONLY);

	return fd < 0 || read(fd, bytes, sizeof(bytes)) < 0 || close(fd);
}

static void *ten_calls(void *unused)
{
	usleep(100000);
	for (int i = 0; i < 10; i++) {
		syscall(SYS_getppid);
		usleep(20000);
	}
	_exit(0);
	return unused;
}

static void *loop(void *unused)
{
	for (;;)
		syscall(SYS_getuid);
	return unused;
}

/*
 * Makes ten calls while other threads loop. The thread of the ten calls is created first, because the kernel reports
 * the stops of such a thread last.
 */
static int among_loopers(long n)
{
	pthread_t t;

	if (pthread_create(&t, NULL, ten_calls, NULL))
		return 1;
	while (n--)
		if (pthread_create(&t, NULL, loop, NULL))
			return 1;
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	long n = argc == 3 ? atol(argv[2]) : 0;
	int files = n && !strcmp(argv[1], "files");

	if (n <= 0) {
		fprintf(stderr, "usage: traced getppid|files TIMES, traced loopers THREADS\n");
		return 2;
	}
	if (!strcmp(argv[1], "loopers"))
		return among_loopers(n);
	while (n--) {
		if (!files)
			syscall(SYS_getppid);
		else if (one_file())
			return 1;
	}
	return 0;
}
