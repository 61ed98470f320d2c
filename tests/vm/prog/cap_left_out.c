// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A program that the filter leaves out for a while by its name, and what it
 * changes meanwhile: a descriptor, its directory. It reads from that descriptor
 * when it is seen. native only
 * usage: cap_left_out DESCRIPTOR            changes it seen by turns, alone, in a thread, through an exec
 *        cap_left_out DESCRIPTOR unseen N   with N more: left out until it has changed it; the file go says when
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int fd, plain, secret;

static void change(int to, const char *dir)
{
	if (prctl(PR_SET_NAME, "hidden") || dup2(to, fd) != fd || chdir(dir))
		exit(1);
}

/* Its number of bytes tells one read from another. */
static void look(size_t n)
{
	char buf[16];

	if (pread(fd, buf, n, 0) != (ssize_t)n)
		exit(2);
}

static void *thread(void *arg)
{
	change(plain, "/tmp/plain.d");
	return arg;
}

static void *first(void *arg)
{
	change(secret, "/tmp/secret.d");
	return arg;
}

static void in_thread(void *(*fn)(void *))
{
	pthread_t t;

	if (pthread_create(&t, NULL, fn, NULL) || pthread_join(t, NULL))
		exit(3);
}

/* From before the recording on: known of a snapshot alone. */
static int unseen(int more)
{
	for (int i = 0; i < more; i++)
		if (dup2(plain, 100 + i) < 0)
			return 5;
	prctl(PR_SET_NAME, "hidden");
	if (creat("/tmp/ready", 0600) < 0)
		return 5;
	while (access("/tmp/go", F_OK))
		usleep(1000);
	change(secret, "/tmp/secret.d");
	prctl(PR_SET_NAME, "shown");
	look(2);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3) { /* it was executed under a name that is left out */
		prctl(PR_SET_NAME, "shown");
		fd = atoi(argv[1]);
		if (fcntl(fd + 1, F_GETFD) >= 0)
			exit(4);
		look(4);
		return 0;
	}
	fd = argc > 1 ? atoi(argv[1]) : 9;
	mkdir("/tmp/plain.d", 0700);
	mkdir("/tmp/secret.d", 0700);
	plain = open("/tmp/plain.d/file", O_CREAT | O_RDWR, 0600);
	secret = open("/tmp/secret.d/file", O_CREAT | O_RDWR, 0600);
	if (write(plain, "plain words", 11) != 11 || write(secret, "secret words", 12) != 12)
		return 5;
	if (dup2(plain, fd) != fd || dup3(plain, fd + 1, O_CLOEXEC) != fd + 1)
		return 5;
	if (argc > 3)
		return unseen(atoi(argv[3]));
	look(1);
	change(secret, "/tmp/secret.d");
	prctl(PR_SET_NAME, "shown");
	look(2);
	in_thread(thread);
	look(3);
	in_thread(first);
	symlink("/proc/self/exe", "/tmp/hidden");
	execl("/tmp/hidden", "hidden", argc > 1 ? argv[1] : "9", "again", NULL);
	return 6;
}
