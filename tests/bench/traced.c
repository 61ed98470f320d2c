// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The program that tests/bench/ptrace traces: it calls getppid many times, opens, reads and closes a file, or makes ten
 * calls beside threads that loop, at once or when a tracer has attached, and prints the milliseconds that these took.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int one_file(void)
{
	char bytes[512];
	int fd = open("/etc/passwd", O_RDONLY);

	return fd < 0 || read(fd, bytes, sizeof(bytes)) < 0 || close(fd);
}

/* Longest wait for a tracer, in seconds; then a signal ends the process. */
#define PATIENCE 120

static int gate[2] = { -1, -1 }; /* pipe, which is closed when the loops may begin; -1: they begin at once */

static int is_traced(const char *tid)
{
	char path[64], text[4096], *at;
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/task/%.16s/status", tid);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = 0;
	at = strstr(text, "TracerPid:");
	return at && atoi(at + strlen("TracerPid:"));
}

static int all_traced(void)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *d;
	int all = 1;

	while (dir && all && (d = readdir(dir)))
		all = d->d_name[0] == '.' || is_traced(d->d_name);
	if (dir)
		closedir(dir);
	return all;
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void *ten_calls(void *unused)
{
	long begun;

	if (gate[1] >= 0) {
		alarm(PATIENCE);
		while (!all_traced())
			usleep(10000);
		sleep(1); /* for the tracer to begin */
		close(gate[1]);
	}
	usleep(100000);
	begun = now_ms();
	for (int i = 0; i < 10; i++) {
		syscall(SYS_getppid);
		usleep(20000);
	}
	printf("ms %ld\n", now_ms() - begun);
	fflush(stdout);
	_exit(0);
	return unused;
}

static void *loop(void *unused)
{
	char c;

	if (gate[0] >= 0 && read(gate[0], &c, 1))
		return unused;
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
		fprintf(stderr, "usage: traced getppid|files TIMES, traced loopers|attached THREADS\n");
		return 2;
	}
	if (!strcmp(argv[1], "attached") && pipe(gate))
		return 1;
	if (gate[0] >= 0 || !strcmp(argv[1], "loopers"))
		return among_loopers(n);
	while (n--) {
		if (!files)
			syscall(SYS_getppid);
		else if (one_file())
			return 1;
	}
	return 0;
}
