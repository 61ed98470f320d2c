// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Threads that each make a known mix of calls, and that end in different ways. Then a thread that is not the leader
 * executes the program again, while another thread blocks and the leader waits.
 * usage: cap_threads [plain | loop]: "plain" does not call exec; "loop" is four threads that make the same two calls
 * for ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS 10

static int never[2]; /* a pipe that no process writes to */
static char *self;

static void mix(int n)
{
	char text[] = "abcdefgh", back[8];

	for (int i = 0; i < ROUNDS; i++) {
		int fd = open("/dev/zero", O_RDWR | O_CLOEXEC);

		if (write(fd, text, n + 1) != n + 1 || read(fd, back, i % 8) != i % 8)
			exit(3);
		lseek(fd, n, SEEK_SET);
		close(fd);
		close(1000 + n);
		if (access(n % 2 ? "/dev/zero" : "/dev/not-there", R_OK) && n % 2)
			exit(4);
	}
}

static void *works(void *arg)
{
	int n = (intptr_t)arg;

	mix(n);
	if (n == 1)
		pthread_exit(NULL);
	if (n == 2)
		syscall(SYS_exit, 0);
	return NULL;
}

static void *blocks(void *arg)
{
	char c;

	return (void *)(intptr_t)read(never[0], &c, *(int *)arg);
}

static void *executes(void *arg)
{
	char *argv[] = { "cap_threads", "again", NULL };

	usleep(300000); /* during this time the other threads block */
	execv(self, argv);
	return arg;
}

static void *loops(void *arg)
{
	for (;;) {
		syscall(SYS_getppid);
		usleep(20000);
	}
	return arg;
}

static int loop(void)
{
	pthread_t t;

	for (int i = 1; i < THREADS; i++)
		if (pthread_create(&t, NULL, loops, NULL))
			return 5;
	loops(NULL);
	return 0;
}

int main(int argc, char **argv)
{
	pthread_t t[THREADS], blocked, executing;
	int one = 1;

	if (argc > 1 && !strcmp(argv[1], "again"))
		return 7;
	if (argc > 1 && !strcmp(argv[1], "loop"))
		return loop();
	self = "/proc/self/exe";
	for (intptr_t i = 0; i < THREADS; i++) {
		if (pthread_create(&t[i], NULL, works, (void *)i))
			return 5;
		pthread_join(t[i], NULL);
	}
	if (argc > 1 && !strcmp(argv[1], "plain"))
		return 0;
	if (pipe(never) || pthread_create(&blocked, NULL, blocks, &one) ||
	    pthread_create(&executing, NULL, executes, NULL))
		return 6;
	pthread_join(executing, NULL);
	return 1;
}
