// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes every kind of change of a descriptor table. After each of these steps it prints the list of /proc/self/fd, and
 * marks the place in the recording by a call that no other program makes: getpgid(-1000 - STEP). Built for the 64-bit
 * ABI only (native only).
 * usage: cap_opened [PROCESSES]
 * With PROCESSES, that many processes at once each have threads that open and dup in one table while children copy the
 * table; each process prints its list at the end.
 */
#include <dirent.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include "load.h"

static int out = 1, step;

/*
 * Prints the open descriptors. The descriptor of /proc/self/fd itself is opened before the mark and left out of the
 * list.
 */
static void list(void)
{
	int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
	DIR *d = fdopendir(dir);
	static char text[1 << 16];
	struct dirent *e;
	size_t len = 0;
	int fds[1024], n = 0;

	while ((e = readdir(d)))
		if (e->d_name[0] != '.' && atoi(e->d_name) != dir && n < 1024)
			fds[n++] = atoi(e->d_name);
	closedir(d);
	for (int i = 0; i < n; i++) {
		char path[64], to[512];
		ssize_t k;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[i]);
		k = readlink(path, to, sizeof(to) - 1);
		to[k > 0 ? k : 0] = 0;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%d %d %d %s\n", getpid(), step, fds[i], to);
	}
	if (write(out, text, len) != (ssize_t)len)
		_exit(9);
	syscall(SYS_getpgid, -1000 - step);
	step++;
}

static void rights(void)
{
	char control[CMSG_SPACE(2 * sizeof(int))], byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		_exit(8);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(2 * sizeof(int));
	memcpy(CMSG_DATA(c), (int[]){ 0, pair[0] }, 2 * sizeof(int));
	sendmsg(pair[0], &m, 0);
	list();
	recvmsg(pair[1], &m, MSG_CMSG_CLOEXEC);
	list();
}

static void make(void)
{
	struct epoll_event ev = { 0 };
	sigset_t set;
	int p[2];

	sigemptyset(&set);
	open("/etc/passwd", O_RDONLY);
	creat("/tmp/cap_opened.made", 0600);
	unlink("/tmp/cap_opened.made");
	list();
	if (pipe2(p, O_CLOEXEC))
		_exit(7);
	epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, p[0], &ev);
	eventfd(1, 0);
	signalfd(-1, &set, 0);
	timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	inotify_init1(0);
	memfd_create("mem fd", 0);
	syscall(SYS_pidfd_open, getpid(), 0);
	syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
	list();
	dup(p[1]);
	dup2(p[0], 200);
	dup3(0, 201, O_CLOEXEC);
	fcntl(1, F_DUPFD, 300);
	fcntl(300, F_SETFD, FD_CLOEXEC);
	ioctl(200, FIOCLEX);
	close(p[0]);
	list();
}

static void network(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "\0cap_opened" };
	int s = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path + 1, 60, "cap_opened.%d", getpid());
	bind(s, (void *)&a, sizeof(a));
	listen(s, 5);
	connect(c, (void *)&a, sizeof(a));
	accept4(s, NULL, NULL, SOCK_NONBLOCK);
	list();
}

static void ranges(void)
{
	for (int i = 0; i < 40; i++)
		dup(0);
	list();
	syscall(SYS_close_range, 20, 40, 0);
	list();
	syscall(SYS_close_range, 60, 70, CLOSE_RANGE_CLOEXEC);
	list();
}

static void *opens(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg;

	for (int i = 0; i < 100; i++) {
		int fd = rand_r(&seed) % 3 ? open("/dev/zero", O_RDONLY) : dup(0);

		if (rand_r(&seed) % 4)
			close(fd);
		else if (rand_r(&seed) % 2)
			dup2(fd, 100 + (int)(rand_r(&seed) % 50));
	}
	return NULL;
}

/* Threads change one table while children copy it. */
static void storm(void)
{
	pthread_t t[3];

	for (uintptr_t i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, opens, (void *)(i + (uintptr_t)getpid()));
	for (int i = 0; i < 10; i++)
		if (!fork()) {
			opens((void *)(uintptr_t)getpid());
			list();
			_exit(0);
		}
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	list();
	while (wait(NULL) > 0)
		;
}

/* Makes a child, which gets a copy of the descriptor table, calls unshare(2), and executes this program again. */
static void copies(void)
{
	if (!fork()) {
		close(0);
		list();
		if (unshare(CLONE_FILES))
			_exit(6);
		execl("/proc/self/exe", "cap_opened", "again", NULL);
	}
	step++;
	wait(NULL);
	list();
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "again")) {
		step = 50;
		list();
		return 0;
	}
	if (argc > 1) {
		for (int i = atoi(argv[1]); i > 0; i--)
			if (!fork()) {
				storm();
				return 0;
			}
		while (wait(NULL) > 0)
			;
		return 0;
	}
	list();
	make();
	network();
	rights();
	ranges();
	copies();
	return 0;
}
