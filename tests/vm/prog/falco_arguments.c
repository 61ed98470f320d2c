// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes calls that fill those arguments of Falco's events that no program of tests/cases fills: TCP connections, open
 * files, rings, an environment, a program in memory.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef SYS_socketcall
#include <linux/net.h>
#endif

static void must(bool ok, const char *what)
{
	if (!ok)
		err(1, "%s", what);
}

/*
 * Makes both ends of a TCP connection; ends[0] is the connecting one. plain: accepts by accept() instead of accept4().
 */
static void connected(int ends[2], bool plain)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int server = socket(AF_INET, SOCK_STREAM, 0);

	must(server >= 0 && !bind(server, (struct sockaddr *)&at, sizeof(at)) && !listen(server, 1), "listen");
	must(!getsockname(server, (struct sockaddr *)&at, &size), "getsockname");
	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	must(!connect(ends[0], (struct sockaddr *)&at, sizeof(at)), "connect");
#ifdef SYS_socketcall
	if (plain)
		ends[1] = (int)syscall(SYS_socketcall, SYS_ACCEPT, ((unsigned long[3]){ (unsigned long)server }));
#else
	if (plain)
		ends[1] = (int)syscall(SYS_accept, server, NULL, NULL);
#endif
	else
		ends[1] = (int)syscall(SYS_accept4, server, NULL, NULL, SOCK_CLOEXEC);
	must(ends[1] >= 0, "accept");
	close(server);
}

static void converse(const int ends[2])
{
	char bytes[] = "some bytes", room[64];
	struct iovec out = { bytes, 4 }, in = { room, 4 };
	struct msghdr sent = { .msg_iov = &out, .msg_iovlen = 1 }, got = { .msg_iov = &in, .msg_iovlen = 1 };
	struct mmsghdr many = { .msg_hdr = sent }, all = { .msg_hdr = got };

	must(sendto(ends[0], bytes, 4, 0, NULL, 0) == 4 && recvfrom(ends[1], room, 4, 0, NULL, NULL) == 4, "recvfrom");
	must(sendmsg(ends[0], &sent, 0) == 4 && recvmsg(ends[1], &got, 0) == 4, "recvmsg");
	must(syscall(SYS_sendmmsg, ends[0], &many, 1, 0) == 1 && syscall(SYS_recvmmsg, ends[1], &all, 1, 0, NULL) == 1, "recvmmsg");
	must(writev(ends[0], &out, 1) == 4 && readv(ends[1], &in, 1) == 4, "readv");
#ifdef SYS_socketcall
	must(syscall(SYS_socketcall, SYS_SEND, ((unsigned long[4]){ (unsigned long)ends[0], (unsigned long)bytes, 4, 0 })) == 4, "send");
	must(syscall(SYS_socketcall, SYS_RECV, ((unsigned long[4]){ (unsigned long)ends[1], (unsigned long)room, 4, 0 })) == 4, "recv");
#endif
}

static void files(void)
{
	char bytes[] = "some bytes", room[64];
	struct iovec out = { bytes, 4 }, in = { room, 4 };
	struct {
		struct file_handle head;
		unsigned char room[MAX_HANDLE_SZ];
	} handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int fd = creat("made", 0644), mount;

	must(fd >= 0 && !close(fd), "creat");
	fd = open("made", O_RDWR);
	must(syscall(SYS_pwritev, fd, &out, 1, 0, 0) == 4 && syscall(SYS_preadv, fd, &in, 1, 0, 0) == 4, "preadv");
	must(process_vm_writev(getpid(), &out, 1, &in, 1, 0) == 4 && process_vm_readv(getpid(), &in, 1, &out, 1, 0) == 4, "process_vm");
	must(!name_to_handle_at(AT_FDCWD, "made", &handle.head, &mount, 0), "name_to_handle_at");
	must(open_by_handle_at(fd, &handle.head, O_RDONLY) >= 0, "open_by_handle_at");
}

static void ring(void)
{
	struct io_uring_params p = { .flags = IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF, .sq_thread_cpu = 0, .sq_thread_idle = 10 };

	must(syscall(SYS_io_uring_setup, 4, &p) >= 0, "io_uring_setup");
}

/* Shows a user and a group that have names: those of root. */
static void ids(void)
{
	unsigned int r, e, s;

	must(!syscall(SYS_setregid, 0, 0) && !syscall(SYS_setresgid, 0, 0, 0) && !syscall(SYS_getresgid, &r, &e, &s), "setresgid");
}

/* Executes a copy of this program's file in memory: by execveat() if at is true, else by execve(). */
static void executed(bool at)
{
	char *const argv[] = { "again", "once", NULL }, *const env[] = { "SEEN=yes", NULL };
	int from = open("/proc/self/exe", O_RDONLY), fd = memfd_create("again", 0), status;
	char path[64], piece[4096];
	ssize_t n;
	pid_t pid;

	while ((n = read(from, piece, sizeof(piece))) > 0)
		must(write(fd, piece, (size_t)n) == n, "write");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	pid = fork();
	if (!pid) {
		if (at)
			syscall(SYS_execveat, fd, "", argv, env, AT_EMPTY_PATH);
		else
			execve(path, argv, env);
		_exit(1);
	}
	must(waitpid(pid, &status, 0) == pid && !status, "exec");
	close(from);
	close(fd);
}

int main(int argc, char **argv)
{
	int ends[2];

	if (argc > 1 && !strcmp(argv[1], "once"))
		return 0;
	for (int plain = 0; plain < 2; plain++) {
		connected(ends, plain);
		converse(ends);
	}
	files();
	ring();
	ids();
	executed(false);
	executed(true);
	return 0;
}
