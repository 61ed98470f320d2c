// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls that have descriptors in every position that the module decodes: arguments, results, pairs, sets, arrays,
 * structures, control messages, another process.
 */
#include <fcntl.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int pair[2], tube[2], file;

static void sets(void)
{
	struct pollfd p[3] = { { .fd = pair[0], .events = POLLIN }, { .fd = -1 }, { .fd = tube[1], .events = POLLOUT } };
	struct timeval now = { 0, 0 };
	fd_set in, out;

	poll(p, 3, 0);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(tube[0], &in);
	FD_SET(file, &in);
	FD_SET(pair[1], &out);
	select(64, &in, &out, NULL, &now);
}

static void events(void)
{
	int queue = epoll_create1(EPOLL_CLOEXEC), counter = eventfd(3, EFD_NONBLOCK);
	struct epoll_event e = { .events = EPOLLIN, .data.fd = counter };
	struct epoll_event got[4];
	sigset_t set;
	char buf[128];

	epoll_ctl(queue, EPOLL_CTL_ADD, counter, &e);
	epoll_pwait(queue, got, 4, 0, NULL);
	if (read(counter, buf, 8) != 8)
		_exit(2);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMAX);
	close(signalfd(-1, &set, SFD_CLOEXEC));
	close(counter);
	close(queue);
}

static void rights(void)
{
	char control[CMSG_SPACE(2 * sizeof(int))] = { 0 }, byte = 'x';
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	const int fds[2] = { file, tube[0] };

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	sendmsg(pair[0], &m, 0);
	memset(control, 0, sizeof(control));
	recvmsg(pair[1], &m, 0);
}

static void others(void)
{
	int own = getpid(), n;
	int process = (int)syscall(SYS_pidfd_open, own, 0);

	syscall(SYS_pidfd_getfd, process, file, 0);
	syscall(SYS_kcmp, own, own, KCMP_FILE, file, dup(file));
	syscall(SYS_kcmp, own, own, KCMP_FILE, file, 1 << 20); /* 1 << 20 is not a descriptor, so the call fails */
	syscall(SYS_kcmp, own, -1, KCMP_FILE, file, file);
	ioctl(tube[0], FIONREAD, &n);
	ioctl(file, FIONREAD, &n);
}

static void paths(void)
{
	int dir = open("/usr", O_PATH | O_DIRECTORY);
	struct stat st;

	fstatat(dir, "bin", &st, 0);
	faccessat(AT_FDCWD, "bin", F_OK, 0);
	fchdir(dir);
	faccessat(AT_FDCWD, "bin", F_OK, 0);
	renameat(dir, "none", AT_FDCWD, "nowhere");
	mkdirat(-1, "x", 0);
	fcntl(dir, F_DUPFD_CLOEXEC, 40);
	dup3(dir, 50, 0);
	close(50);
	fstat(dir, &st);
	fstat(4711, &st);
	fstat(open("/dev/ptmx", O_RDWR | O_NOCTTY), &st);
}

int main(void)
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || pipe2(tube, O_CLOEXEC))
		return 1;
	file = open("/etc/passwd", O_RDONLY);
	sets();
	events();
	rights();
	others();
	paths();
	return 0;
}
