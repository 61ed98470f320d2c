// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A server of keys on the loopback interface, similar to redis. One process waits for all of its connections at once,
 * reads a request and writes a response. The clients take turns. The program ends after REQUESTS responses.
 * usage: serve REQUESTS
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench.h"

#define CLIENTS 8
#define REQUEST "*2\r\n$3\r\nGET\r\n$7\r\nkey:042\r\n"
#define ANSWER "$16\r\nsixteen letters.\r\n"

static void answer(int fd)
{
	char buf[512];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n == (ssize_t)sizeof(REQUEST) - 1)
		must(write(fd, ANSWER, sizeof(ANSWER) - 1) > 0, "write");
	else
		close(fd);
}

static void add(int epoll, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	must(!epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev), "epoll_ctl");
}

static void serve(int listening)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), n;
	struct epoll_event ev[CLIENTS];

	add(epoll, listening);
	for (;;) {
		n = epoll_wait(epoll, ev, CLIENTS, -1);
		for (int i = 0; i < n; i++) {
			if (ev[i].data.fd == listening)
				add(epoll, accept4(listening, NULL, NULL, SOCK_CLOEXEC));
			else
				answer(ev[i].data.fd);
		}
	}
}

static int connect_to(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	must(fd >= 0 && !connect(fd, (const struct sockaddr *)to, sizeof(*to)) &&
	     !setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), "connect");
	return fd;
}

static void ask(int fd)
{
	char buf[512];

	must(write(fd, REQUEST, sizeof(REQUEST) - 1) == sizeof(REQUEST) - 1, "write");
	must(read(fd, buf, sizeof(buf)) == sizeof(ANSWER) - 1, "read");
}

int main(int argc, char **argv)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), clients[CLIENTS];
	unsigned long n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	socklen_t len = sizeof(here);
	pid_t pid;

	must(n && !bind(listening, (struct sockaddr *)&here, len) && !listen(listening, CLIENTS) &&
	     !getsockname(listening, (struct sockaddr *)&here, &len), "usage: serve REQUESTS");
	pid = fork();
	must(pid >= 0, "fork");
	if (!pid)
		serve(listening);
	for (unsigned int i = 0; i < CLIENTS; i++)
		clients[i] = connect_to(&here);
	while (n--)
		ask(clients[n % CLIENTS]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}
