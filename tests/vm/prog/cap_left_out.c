// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A program whose calls the recording's filter leaves out while it has the name "hidden". Meanwhile it changes a
 * descriptor and its working directory, and reads from the descriptor as soon as it is recorded again. Built for the
 * 64-bit ABI only (native only).
 *
 * usage: cap_left_out DESCRIPTOR            makes the change itself, in a thread, and before an exec
 *        cap_left_out DESCRIPTOR unseen N   holds N more descriptors, and makes the change once the file go exists
 *        cap_left_out DESCRIPTOR shared N   a hidden process makes the change once the file go exists, in a table that
 *                                           it shares with a recorded process; if N is not 0, by its second thread
 *        cap_left_out DESCRIPTOR own N      holds N more descriptors, and a thread gets a table of its own
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int fd, plain, secret;

static void change(int to, const char *dir)
{
	if (prctl(PR_SET_NAME, "hidden") || dup2(to, fd) != fd || chdir(dir))
		exit(1);
}

/* Reads n bytes. The number n identifies the read in the recording. */
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

static void wait_for_go(void)
{
	if (creat("/tmp/ready", 0600) < 0)
		exit(5);
	while (access("/tmp/go", F_OK))
		usleep(1000);
}

/*
 * Holds "more" further descriptors and makes the change when the file go exists. The process runs before the recording
 * starts, so only a snapshot describes it.
 */
static int unseen(int more)
{
	for (int i = 0; i < more; i++)
		if (dup2(plain, 100 + i) < 0)
			return 5;
	prctl(PR_SET_NAME, "hidden");
	wait_for_go();
	change(secret, "/tmp/secret.d");
	prctl(PR_SET_NAME, "shown");
	look(2);
	return 0;
}

/* 1: it is the hidden process's turn to change the descriptor; 2: the recorded process's turn to read again */
static volatile int turn;

static int reader(void *arg)
{
	prctl(PR_SET_NAME, "shown");
	look(1);
	turn = 1;
	while (turn == 1)
		usleep(1000);
	look(2);
	_exit(0);
	return arg != NULL;
}

static void *shares(void *arg)
{
	static char stack[65536];
	int status, pid;

	if (arg)
		sleep(1); /* during this time the first thread ends */
	pid = clone(reader, stack + sizeof(stack), CLONE_VM | CLONE_FILES | SIGCHLD, NULL);
	while (!turn)
		usleep(1000);
	if (dup2(secret, fd) != fd)
		_exit(5);
	turn = 2;
	_exit(waitpid(pid, &status, 0) != pid || status);
}

/*
 * Runs a process that is not recorded and that creates a recorded process, with which it shares memory and descriptors.
 * second: its second thread does that, after the first thread has ended.
 */
static int shared(int second)
{
	pthread_t t;
	int status, pid;

	wait_for_go();
	pid = fork();
	if (pid)
		return waitpid(pid, &status, 0) != pid || status;
	if (!second)
		shares(NULL);
	if (pthread_create(&t, NULL, shares, &fd))
		return 5;
	return syscall(SYS_exit, 0);
}

static void *gets_its_own(void *arg)
{
	if (unshare(CLONE_FILES))
		exit(6);
	look(2);
	return arg;
}

static int own(int more)
{
	for (int i = 0; i < more; i++)
		if (dup2(plain, 100 + i) < 0)
			return 5;
	look(1);
	in_thread(gets_its_own);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3) { /* the program after the exec of /tmp/hidden; its name is "hidden", too */
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
	if (argc > 3 && !strcmp(argv[2], "shared"))
		return shared(atoi(argv[3]));
	if (argc > 3 && !strcmp(argv[2], "own"))
		return own(atoi(argv[3]));
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
