// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Strings that are hard to record truly.
 * usage: cap_truth lazy FILE | strange | blocked FIFO | flip COUNT
 *
 * "lazy": paths in pages that were never touched. "strange": a null pointer, an unmapped address, strings that are too
 * long, cut off by the end of the mapping, not UTF-8, control characters. "blocked": a path that another thread changes
 * while the call, which has read it, waits for the FIFO's other end. "flip": a path that another thread changes all the
 * time; prints how often each of the two files was really opened.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void call_openat(const char *path)
{
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);

	if (fd >= 0)
		close(fd);
}

/*
 * Passes three calls the first bytes of the file, which are a path. Each call gets a new mapping of the file, so that
 * its page is untouched.
 */
static int lazy(const char *file)
{
	for (int i = 0; i < 3; i++) {
		int fd = open(file, O_RDONLY | O_CLOEXEC);
		char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

		if (p == MAP_FAILED)
			return 1;
		if (i == 0)
			call_openat(p); /* a call whose path the probe reads at entry */
		else if (i == 1)
			syscall(SYS_faccessat, AT_FDCWD, p, R_OK); /* a call whose path the probe reads only at return */
		else
			syscall(SYS_write, 1, p, 10);
		close(fd);
	}
	return 0;
}

static int strange(void)
{
	static char longer[5001];
	char *edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *argv[] = { "/usr/bin/true", "\xff\xfe\x80", "a\tb\nc\x1b[31m\x7f\x01", "\"quoted\\\"", "\xc3\xa4\xe2\x82\xac",
			 "", NULL };

	if (edge == MAP_FAILED || munmap(edge + 4096, 4096))
		return 1;
	call_openat(NULL);
	call_openat((char *)1);
	call_openat(edge + 4096);
	memset(edge, 'e', 4096);
	call_openat(edge + 4090);
	memset(longer, '/', 5000);
	call_openat(longer);
	call_openat("");
	call_openat("/tmp/\xff\xfe\x80");
	call_openat("/tmp/a\tb\nc\x1b[31m\x7f\x01");
	call_openat("/tmp/\xc3\xa4\xe2\x82\xac");
	call_openat("/tmp/\"quoted\\\"");
	call_openat("/tmp/\xf4\x8f\xba\x80");
	execv(argv[0], argv);
	return 1;
}

/* Returns whether a thread sleeps in openat(2), from /proc/PID/task/TID/syscall. */
static int sleeps_in_openat(pid_t tid)
{
	char name[64];
	long nr = -1;
	FILE *f;

	snprintf(name, sizeof(name), "/proc/self/task/%d/syscall", tid);
	f = fopen(name, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%ld", &nr) != 1)
		nr = -1;
	fclose(f);
	return nr == SYS_openat;
}

struct blocked {
	char path[64];
	pid_t opener;
};

static void *unblock(void *arg)
{
	struct blocked *b = arg;
	char fifo[64];

	memcpy(fifo, b->path, sizeof(fifo));
	while (!sleeps_in_openat(b->opener))
		usleep(1000);
	memcpy(b->path, "/tmp/other", sizeof("/tmp/other"));
	return (void *)(long)open(fifo, O_WRONLY | O_CLOEXEC);
}

static int blocked(const char *fifo)
{
	static struct blocked b;
	pthread_t t;
	void *fd;

	snprintf(b.path, sizeof(b.path), "%s", fifo);
	b.opener = gettid();
	if (pthread_create(&t, NULL, unblock, &b))
		return 1;
	call_openat(b.path);
	pthread_join(t, &fd);
	return (long)fd < 0;
}

static volatile char path[32] = "/tmp/flip-a";
static volatile int stop;

static void *flips(void *arg)
{
	while (!stop) {
		path[10] ^= 'a' ^ 'b';
		/* a pause at each path; without it an emulator would switch CPUs always while the same path is set */
		for (volatile int i = 0; i < 20; i++)
			;
	}
	return arg;
}

static int flip(int count)
{
	struct stat a, b, st;
	int opened[2] = { 0, 0 };
	pthread_t t;

	if (stat("/tmp/flip-a", &a) || stat("/tmp/flip-b", &b) || pthread_create(&t, NULL, flips, NULL))
		return 1;
	for (int i = 0; i < count; i++) {
		int fd = openat(AT_FDCWD, (char *)path, O_RDONLY | O_CLOEXEC);

		if (fd < 0 || fstat(fd, &st))
			return 2;
		opened[st.st_ino == b.st_ino]++;
		close(fd);
	}
	stop = 1;
	pthread_join(t, NULL);
	printf("%d %d\n", opened[0], opened[1]);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "lazy"))
		return lazy(argv[2]);
	if (argc > 1 && !strcmp(argv[1], "strange"))
		return strange();
	if (argc > 2 && !strcmp(argv[1], "blocked"))
		return blocked(argv[2]);
	if (argc > 2 && !strcmp(argv[1], "flip"))
		return flip(atoi(argv[2]));
	return 1;
}
