// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds by /proc the file or socket to which a descriptor of a task refers: see hung/tasks.h. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linx/linx.h>

#include "base/array_size.h"
#include "hung/tasks.h"

/* A table of sockets in /proc/PID/net. */
static const struct table {
	const char *file, *proto;
	int family;
} tables[] = {
	{ "tcp", "TCP", AF_INET },	  { "tcp6", "TCPv6", AF_INET6 }, { "udp", "UDP", AF_INET },
	{ "udp6", "UDPv6", AF_INET6 },	  { "raw", "RAW", AF_INET },	  { "raw6", "RAWv6", AF_INET6 },
};

static bool put_address(int family, const struct tasks_address *a, char text[INET6_ADDRSTRLEN + 10])
{
	char address[INET6_ADDRSTRLEN];

	if ((family != AF_INET && family != AF_INET6) || !inet_ntop(family, a->bytes, address, sizeof(address)))
		return false;
	snprintf(text, INET6_ADDRSTRLEN + 10, family == AF_INET ? "%s:%u" : "[%s]:%u", address, a->port);
	return true;
}

bool tasks_put_socket(const char *proto, int family, const struct tasks_address *local, const struct tasks_address *peer,
		      char *text, size_t size)
{
	char from[INET6_ADDRSTRLEN + 10], to[INET6_ADDRSTRLEN + 10];

	if (!put_address(family, local, from) || !put_address(family, peer, to))
		return false;
	if (peer->port)
		snprintf(text, size, "%s:[%s->%s]", proto, from, to);
	else
		snprintf(text, size, "%s:[%s]", proto, from);
	return true;
}

/* Reads an address in a table of sockets: hexadecimal digits, 8 for each word in the byte order of the machine. */
static bool read_address(const char *hex, int family, struct tasks_address *a)
{
	uint32_t words[4] = { 0 };

	for (unsigned int i = 0; i < (family == AF_INET ? 1u : 4u); i++)
		if (sscanf(hex + strnlen(hex, 8 * i), "%8" SCNx32, &words[i]) != 1)
			return false;
	memcpy(a->bytes, words, sizeof(words));
	return true;
}

/* Finds the socket with this inode in a table, and writes its addresses to text. False: it is not there. */
static bool find_in(const struct table *t, uint32_t tid, unsigned long inode, char *text, size_t size)
{
	char path[64], line[512], local[40], peer[40];
	struct tasks_address from, to;
	unsigned long found;
	bool done = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/net/%s", tid, t->file);
	f = fopen(path, "re");
	while (f && !done && fgets(line, sizeof(line), f))
		done = sscanf(line, " %*u: %39[0-9A-F]:%x %39[0-9A-F]:%x %*x %*s %*s %*s %*u %*u %lu", local, &from.port, peer, &to.port,
			      &found) == 5 &&
		       found == inode && read_address(local, t->family, &from) && read_address(peer, t->family, &to) &&
		       tasks_put_socket(t->proto, t->family, &from, &to, text, size);
	if (f)
		fclose(f);
	return done;
}

void tasks_read_fd(uint32_t tid, int fd, char *text, size_t size)
{
	char path[64], target[4096];
	unsigned long inode;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%u/fd/%d", tid, fd);
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	if (sscanf(target, "socket:[%lu]", &inode) == 1)
		for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
			if (find_in(&tables[i], tid, inode, text, size))
				return;
	linx_escape(text, size, target);
}
