// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process whose first thread touches PAGES pages and ends, while a second thread waits for that end and then ends the
 * process.
 * usage: cap_usage PAGES
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096

/* Returns the state of the first thread: field 3 of its stat file, after the name. */
static char first_state(void)
{
	char path[32], name[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", getpid());
	f = fopen(path, "r");
	if (!f || fscanf(f, "%*d %63s %c", name, &state) != 2)
		exit(3);
	fclose(f);
	return state;
}

static void *last(void *arg)
{
	while (first_state() != 'Z')
		usleep(10000);
	_exit(0);
	return arg;
}

int main(int argc, char **argv)
{
	size_t pages = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	volatile char *memory = mmap(NULL, (pages + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t t;

	if (memory == MAP_FAILED || madvise((void *)memory, pages * PAGE, MADV_NOHUGEPAGE) || pthread_create(&t, NULL, last, NULL))
		return 2;
	for (size_t i = 0; i < pages; i++)
		memory[i * PAGE] = 1;
	syscall(SYS_exit, 0);
	return 1;
}
