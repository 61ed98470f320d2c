// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A program that tries to make calls which its tracer does not record. It does what its argument names, and prints what
 * it has done. The exit status is 77 if that is not possible here.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096u

/* ---- calls that the kernel has made when SIGKILL comes */

enum { ROUNDS = 300 };

/* Each child writes a byte of a file, and is killed when its parent sees the byte in a mapping of the file. */
static int killed_writers(void)
{
	char name[] = "written.XXXXXX";
	int fd = mkstemp(name);
	volatile char *map;
	pid_t pid;

	if (fd < 0 || unlink(name) || ftruncate(fd, PAGE))
		return 77;
	map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return 77;
	for (int i = 0; i < ROUNDS; i++) {
		pid = fork();
		if (!pid) {
			pwrite(fd, "x", 1, i);
			pause();
		}
		while (!map[i])
			sched_yield();
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	printf("written %d\n", ROUNDS);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} words[] = {
		{ "killed-writers", killed_writers },
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; argc > 1 && i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(argv[1], words[i].name))
			return words[i].run();
	return 2;
}
