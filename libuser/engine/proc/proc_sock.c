// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Addresses of a tracee's socket. pidfd_getfd(2) gives the tracer a descriptor for the same socket; getsockname(2) and
 * similar calls return all addresses except that of the other end of a UNIX socket. sock_diag(7) returns the other
 * end's address, but only in the tracer's own network namespace.
 */
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "engine/proc/proc.h"

/* States of sockets, for all protocols: include/net/tcp_states.h of the kernel. */
#define STATE_ESTABLISHED 1
#define STATE_CLOSE 7
#define STATE_LISTEN 10

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

/*
 * Gets a descriptor of the tracer's own for a tracee's socket; -1: this is not possible. A thread may have another
 * table than its process, so the inode is compared.
 */
static int take(pid_t tgid, int fd, uint64_t ino)
{
	int pidfd = (int)syscall(SYS_pidfd_open, tgid, 0), own = -1;
	struct stat st;

	if (pidfd < 0)
		return -1;
	own = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	close(pidfd);
	if (own >= 0 && (fstat(own, &st) || !S_ISSOCK(st.st_mode) || (ino && st.st_ino != ino))) {
		close(own);
		own = -1;
	}
	return own;
}

static int option(int fd, int name)
{
	socklen_t len = sizeof(int);
	int value = 0;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) ? 0 : value;
}

static uint8_t state_of(int fd, const struct linx_sock *sock, bool connected)
{
	struct tcp_info info = { .tcpi_state = 0 };
	socklen_t len = sizeof(info);

	if (sock->protocol == IPPROTO_TCP && sock->type == SOCK_STREAM && !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return info.tcpi_state;
	if (option(fd, SO_ACCEPTCONN))
		return STATE_LISTEN;
	return connected ? STATE_ESTABLISHED : STATE_CLOSE;
}

/* Copies the address of one end of an internet socket, in network byte order. Returns the port in host byte order. */
static uint16_t take_address(const struct sockaddr_storage *addr, uint8_t *to)
{
	const struct sockaddr_in *in = (const void *)addr;
	const struct sockaddr_in6 *in6 = (const void *)addr;

	if (addr->ss_family == AF_INET) {
		memcpy(to, &in->sin_addr, sizeof(in->sin_addr));
		return ntohs(in->sin_port);
	}
	if (addr->ss_family != AF_INET6)
		return 0;
	memcpy(to, &in6->sin6_addr, sizeof(in6->sin6_addr));
	return ntohs(in6->sin6_port);
}

struct unix_question {
	struct nlmsghdr head;
	struct unix_diag_req req;
};

/* Finds the inode of the socket's peer in an answer of sock_diag, which has len bytes; 0: the answer has no peer. */
static uint64_t peer_in(const uint8_t *buf, size_t len)
{
	const size_t body = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct unix_diag_msg));
	struct nlmsghdr head;
	struct nlattr attr;
	uint32_t ino;

	if (len < body)
		return 0;
	memcpy(&head, buf, sizeof(head));
	if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || head.nlmsg_len > len)
		return 0;
	for (size_t at = body; at + sizeof(attr) <= head.nlmsg_len; at += NLA_ALIGN(attr.nla_len)) {
		memcpy(&attr, buf + at, sizeof(attr));
		if (attr.nla_len < sizeof(attr) || at + attr.nla_len > head.nlmsg_len)
			return 0;
		if (attr.nla_type != UNIX_DIAG_PEER || attr.nla_len < NLA_HDRLEN + sizeof(ino))
			continue;
		memcpy(&ino, buf + at + NLA_HDRLEN, sizeof(ino));
		return ino;
	}
	return 0;
}

static uint64_t unix_peer(uint64_t ino)
{
	const struct unix_question question = {
		.head = { .nlmsg_len = sizeof(question), .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST },
		.req = { .sdiag_family = AF_UNIX, .udiag_states = UINT32_MAX, .udiag_ino = (uint32_t)ino,
			 .udiag_show = UDIAG_SHOW_PEER, .udiag_cookie = { UINT32_MAX, UINT32_MAX } },
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	uint8_t answer[1024];
	ssize_t n = -1;

	if (fd < 0)
		return 0;
	if (send(fd, &question, sizeof(question), 0) == (ssize_t)sizeof(question))
		n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT); /* the answer is there when send() returns */
	close(fd);
	return n > 0 ? peer_in(answer, (size_t)n) : 0;
}

static size_t put_unix(struct linx_sock *sock, const struct sockaddr_storage *local, socklen_t len, uint64_t ino, uint8_t *name)
{
	const size_t head = offsetof(struct sockaddr_un, sun_path);

	sock->peer_ino = unix_peer(ino);
	if (len <= head || len - head > LINX_PROC_SOCK - sizeof(*sock))
		return 0;
	memcpy(name, (const uint8_t *)local + head, len - head);
	return len - head;
}

static size_t put_sock(int fd, uint64_t ino, struct linx_sock *sock, uint8_t *name)
{
	struct sockaddr_storage local = { .ss_family = AF_UNSPEC }, peer = { .ss_family = AF_UNSPEC };
	socklen_t llen = sizeof(local), plen = sizeof(peer);
	bool connected;

	if (getsockname(fd, (struct sockaddr *)&local, &llen))
		llen = 0;
	connected = !getpeername(fd, (struct sockaddr *)&peer, &plen);
	sock->state = state_of(fd, sock, connected);
	switch (sock->family) {
	case AF_INET:
	case AF_INET6:
		sock->local_port = take_address(&local, sock->local);
		sock->peer_port = connected ? take_address(&peer, sock->peer) : 0;
		break;
	case AF_NETLINK:
		sock->portid = ((const struct sockaddr_nl *)(const void *)&local)->nl_pid;
		break;
	case AF_UNIX:
		sock->name_len = (uint8_t)put_unix(sock, &local, llen, ino, name);
		break;
	default:
		break;
	}
	return sizeof(*sock) + sock->name_len;
}

size_t linx_proc_sock(pid_t tgid, int fd, uint64_t ino, uint8_t *to)
{
	struct linx_sock sock = { .family = 0 };
	char path[LINX_PROC_PATH];
	int own = take(tgid, fd, ino);
	size_t len;

	if (own < 0)
		return 0;
	sock.family = (uint16_t)option(own, SO_DOMAIN);
	sock.type = (uint16_t)option(own, SO_TYPE);
	sock.protocol = (uint16_t)option(own, SO_PROTOCOL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", own);
	if (getxattr(path, "system.sockprotoname", sock.proto, sizeof(sock.proto) - 1) < 0)
		sock.proto[0] = '\0';
	len = put_sock(own, ino, &sock, to + sizeof(sock));
	memcpy(to, &sock, sizeof(sock));
	close(own);
	return len;
}

/* A job for linx_aside_do(): reads the protocol of a socket. */
struct proto {
	pid_t tid;
	int fd;
	char name[32];
};

static void read_proto(void *job)
{
	struct proto *p = job;
	char path[LINX_PROC_PATH];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", p->tid, p->fd);
	if (!linx_proc_stat_file(path, &st) || !S_ISSOCK(st.st_mode) ||
	    getxattr(path, "system.sockprotoname", p->name, sizeof(p->name) - 1) < 0)
		p->name[0] = '\0';
}

bool linx_proc_sock_is(struct linx_aside *a, pid_t tgid, pid_t tid, int fd, const char *proto)
{
	static const struct linx_aside_work work = { .run = read_proto };
	struct proto p = { .tid = tid, .fd = fd };

	return linx_aside_do(a, tgid, &work, &p, sizeof(p)) && !strcmp(p.name, proto);
}
