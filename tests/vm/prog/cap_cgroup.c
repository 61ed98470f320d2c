// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process that moves itself to other cgroups: each of its threads calls getppid() once in the beginning and once
 * after each move.
 * usage: cap_cgroup THREADS [FILE...]     each FILE is the cgroup.procs of a cgroup to move to
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STACK (64 << 10)

static pthread_barrier_t together;
static int rounds;

static void *calls(void *arg)
{
	for (int i = 0; i < rounds; i++) {
		pthread_barrier_wait(&together);
		syscall(SYS_getppid);
		pthread_barrier_wait(&together);
	}
	return arg;
}

static void move_to(const char *path)
{
	char pid[16];
	int fd = open(path, O_WRONLY), n = snprintf(pid, sizeof(pid), "%d", getpid());

	if (fd < 0 || write(fd, pid, (size_t)n) != n) {
		perror(path);
		exit(1);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 0;
	pthread_attr_t small;
	pthread_t thread;

	rounds = argc - 1;
	if (threads < 1 || pthread_barrier_init(&together, NULL, (unsigned int)threads + 1) || pthread_attr_init(&small) ||
	    pthread_attr_setstacksize(&small, STACK))
		return 2;
	for (int i = 0; i < threads; i++) {
		if (pthread_create(&thread, &small, calls, NULL)) {
			fprintf(stderr, "thread %d cannot be made\n", i);
			return 2;
		}
	}
	for (int i = 0; i < rounds; i++) {
		if (i)
			move_to(argv[i + 1]);
		pthread_barrier_wait(&together);
		pthread_barrier_wait(&together);
	}
	return 0;
}
