/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attacks that send to a protected address, 127.0.0.1 port 4444, where servers for TCP and UDP listen. */
#ifndef DENY_NETS_H
#define DENY_NETS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <net/if.h>
#include <sys/socket.h>
#include "deny_execs.h"

#define NET_PORT 4444

static struct sockaddr_in net_address(int family, uint32_t host)
{
	return (struct sockaddr_in){ .sin_family = (sa_family_t)family, .sin_port = htons(NET_PORT), .sin_addr.s_addr = htonl(host) };
}

static struct sockaddr_in6 net_address6(const char *host)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(NET_PORT) };

	inet_pton(AF_INET6, host, &a.sin6_addr);
	return a;
}

/* Begins to listen, with TCP Fast Open. The sockets live until the test ends. */
static void net_serve(void)
{
	struct sockaddr_in6 any = net_address6("::");
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int tcp = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), udp = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), n = 5;
	FILE *f = fopen("/proc/sys/net/ipv4/tcp_fastopen", "we");

	if (!f || fputs("1027", f) < 0 || fclose(f)) /* Fast Open for clients and servers, without cookies */
		die("tcp_fastopen");
	if (ioctl(tcp, SIOCSIFFLAGS, &lo))
		die("lo");
	if (bind(tcp, (struct sockaddr *)&any, sizeof(any)) || setsockopt(tcp, IPPROTO_TCP, TCP_FASTOPEN, &n, sizeof(n)) ||
	    listen(tcp, 100) || bind(udp, (struct sockaddr *)&any, sizeof(any)))
		die("servers");
}

static int net_connect(int family, const void *address, socklen_t len)
{
	return connect(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), address, len) ? errno : 0;
}

static int net_send(int fd, int flags, const void *address, socklen_t len)
{
	return sendto(fd, "x", 1, flags, address, len) == 1 ? 0 : errno;
}

static int net_tcp(void)
{
	struct sockaddr_in a = net_address(AF_INET, INADDR_LOOPBACK);

	return net_connect(AF_INET, &a, sizeof(a));
}

static int net_mapped(void)
{
	struct sockaddr_in6 a = net_address6("::ffff:127.0.0.1");

	return net_connect(AF_INET6, &a, sizeof(a));
}

/* Connects to 0.0.0.0, which leads to this host as 127.0.0.1 does. */
static int net_any(void)
{
	struct sockaddr_in a = net_address(AF_INET, INADDR_ANY);

	return net_connect(AF_INET, &a, sizeof(a));
}

static int net_any6(void)
{
	struct sockaddr_in6 a = net_address6("::ffff:0.0.0.0");

	return net_connect(AF_INET6, &a, sizeof(a));
}

static int net_udp(void)
{
	struct sockaddr_in a = net_address(AF_INET, INADDR_LOOPBACK);

	return net_send(socket(AF_INET, SOCK_DGRAM, 0), 0, &a, sizeof(a));
}

/* Sends to an address without a family, which UDP takes for one of IPv4. */
static int net_udp_unspec(void)
{
	struct sockaddr_in a = net_address(AF_UNSPEC, INADDR_LOOPBACK);

	return net_send(socket(AF_INET, SOCK_DGRAM, 0), 0, &a, sizeof(a));
}

/* Sends to an address of IPv4 through an IPv6 socket. */
static int net_udp_other_family(void)
{
	struct sockaddr_in a = net_address(AF_INET, INADDR_LOOPBACK);

	return net_send(socket(AF_INET6, SOCK_DGRAM, 0), 0, &a, sizeof(a));
}

static int net_udp_connected(void)
{
	struct sockaddr_in a = net_address(AF_INET, INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	return connect(fd, (struct sockaddr *)&a, sizeof(a)) ? errno : net_send(fd, 0, NULL, 0);
}

static int net_messages(void)
{
	struct sockaddr_in a = net_address(AF_INET, INADDR_LOOPBACK);
	struct iovec iov = { (void *)"x", 1 };
	struct mmsghdr m = { .msg_hdr = { .msg_name = &a, .msg_namelen = sizeof(a), .msg_iov = &iov, .msg_iovlen = 1 } };

	return sendmmsg(socket(AF_INET, SOCK_DGRAM, 0), &m, 1, 0) == 1 ? 0 : errno;
}

/* Uses TCP Fast Open: sendto(2) connects and sends. */
static int net_fast_open(void)
{
	struct sockaddr_in a = net_address(AF_INET, INADDR_LOOPBACK);

	return net_send(socket(AF_INET, SOCK_STREAM, 0), MSG_FASTOPEN, &a, sizeof(a));
}

/* Uses TCP Fast Open by connect(2), which connects only with the first write. */
static int net_fast_open_later(void)
{
	struct sockaddr_in a = net_address(AF_INET, INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &one, sizeof(one)))
		return ABSENT;
	return connect(fd, (struct sockaddr *)&a, sizeof(a)) ? errno : net_send(fd, 0, NULL, 0);
}

static int net_uring(void)
{
	struct sockaddr_in a = net_address(AF_INET, INADDR_LOOPBACK);
	struct ops o;
	int err;

	if (ops_open(&o, 4, 0))
		return ABSENT;
	ops_entry(&o, IORING_OP_CONNECT, socket(AF_INET, SOCK_STREAM, 0), &a, 0, sizeof(a))->flags = IOSQE_ASYNC;
	err = ops_do(&o);
	return err < 0 ? -err : 0;
}

static int net_uring_message(void)
{
	struct sockaddr_in a = net_address(AF_INET, INADDR_LOOPBACK);
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr m = { .msg_name = &a, .msg_namelen = sizeof(a), .msg_iov = &iov, .msg_iovlen = 1 };
	struct ops o;
	int err;

	if (ops_open(&o, 4, 0))
		return ABSENT;
	ops_entry(&o, IORING_OP_SENDMSG, socket(AF_INET, SOCK_DGRAM, 0), &m, 1, 0);
	err = ops_do(&o);
	return err < 0 ? -err : 0;
}

static struct sockaddr_in race_address;

static void *race_flip_address(void *arg)
{
	(void)arg;
	while (!race_over)
		race_address.sin_port = htons(race_flips++ % 2 ? NET_PORT : 9);
	return NULL;
}

static int race_udp_attempt(void)
{
	struct sockaddr_in peer;
	socklen_t len = sizeof(peer);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), err;

	err = connect(fd, (struct sockaddr *)&race_address, sizeof(race_address)) ? errno : ENOMSG;
	if (err == ENOMSG && !getpeername(fd, (struct sockaddr *)&peer, &len) && peer.sin_port == htons(NET_PORT))
		err = 0;
	close(fd);
	return err;
}

/* Connects while another thread rewrites the address. */
static int net_race(void)
{
	race_address = net_address(AF_INET, INADDR_LOOPBACK);
	return race_run(race_udp_attempt, race_flip_address);
}

#endif
