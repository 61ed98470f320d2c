// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds by /proc the file or socket to which a descriptor of a task refers: see hung/tasks.h. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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

/* A socket in one of the tables. An element with inode 0 is a mark: the tables of its namespace have been read. */
struct task_socket {
	unsigned long space, inode; /* inode numbers of the network namespace and of the socket */
	const struct table *table;
	struct tasks_address local, peer;
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

/* Reads a line of a table. False: the line does not describe a socket. */
static bool read_socket(const struct table *t, const char *line, struct task_socket *s)
{
	char local[40], peer[40];

	*s = (struct task_socket){ .table = t };
	return sscanf(line, " %*u: %39[0-9A-F]:%x %39[0-9A-F]:%x %*x %*s %*s %*s %*u %*u %lu", local, &s->local.port, peer, &s->peer.port,
		      &s->inode) == 5 &&
	       read_address(local, t->family, &s->local) && read_address(peer, t->family, &s->peer);
}

/* Appends a socket. False: no memory. */
static bool add_socket(struct task_sockets *sockets, const struct task_socket *s)
{
	size_t room = sockets->room ? 2 * sockets->room : 256;
	struct task_socket *at = sockets->at;

	if (sockets->n == sockets->room) {
		at = reallocarray(at, room, sizeof(*at));
		if (!at)
			return false;
		sockets->at = at;
		sockets->room = room;
	}
	at[sockets->n++] = *s;
	return true;
}

/* Appends the sockets of a table of the task's network namespace. If memory runs out, further ones are left out. */
static void read_table(const struct table *t, uint32_t tid, unsigned long space, struct task_sockets *sockets)
{
	char path[64], line[512];
	struct task_socket s;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/net/%s", tid, t->file);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		/* inode 0: no descriptor refers to the connection any more, as in TIME_WAIT */
		if (!read_socket(t, line, &s) || !s.inode)
			continue;
		s.space = space;
		if (!add_socket(sockets, &s))
			break;
	}
	if (f)
		fclose(f);
}

static int by_inode(const void *a, const void *b)
{
	const struct task_socket *x = a, *y = b;

	if (x->space != y->space)
		return x->space > y->space ? 1 : -1;
	return (x->inode > y->inode) - (x->inode < y->inode);
}

static const struct task_socket *find(const struct task_sockets *sockets, unsigned long space, unsigned long inode)
{
	const struct task_socket want = { .space = space, .inode = inode };

	return sockets->n ? bsearch(&want, sockets->at, sockets->n, sizeof(want), by_inode) : NULL;
}

/* Returns the number of the task's network namespace; 0: it is not known. */
static unsigned long space_of(uint32_t tid)
{
	unsigned long space = 0;
	char path[64], target[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%u/ns/net", tid);
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	return sscanf(target, "net:[%lu]", &space) == 1 ? space : 0;
}

/* Reads all tables of the task's network namespace. */
static void read_tables(uint32_t tid, unsigned long space, struct task_sockets *sockets)
{
	const struct task_socket read = { .space = space };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		read_table(&tables[i], tid, space, sockets);
	if (add_socket(sockets, &read))
		qsort(sockets->at, sockets->n, sizeof(read), by_inode);
	else
		tasks_free_sockets(sockets);
}

void tasks_free_sockets(struct task_sockets *sockets)
{
	free(sockets->at);
	*sockets = (struct task_sockets){ 0 };
}

/* Writes the addresses of the socket with this inode in the task's network namespace. False: no table has it. */
static bool put_found(uint32_t tid, unsigned long inode, struct task_sockets *sockets, char *text, size_t size)
{
	unsigned long space = space_of(tid);
	const struct task_socket *s;

	if (!find(sockets, space, 0))
		read_tables(tid, space, sockets);
	s = find(sockets, space, inode);
	return s && tasks_put_socket(s->table->proto, s->table->family, &s->local, &s->peer, text, size);
}

void tasks_read_fd(uint32_t tid, int fd, struct task_sockets *sockets, char *text, size_t size)
{
	char path[64], target[4096];
	unsigned long inode;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%u/fd/%d", tid, fd);
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	if (sscanf(target, "socket:[%lu]", &inode) != 1 || !put_found(tid, inode, sockets, text, size))
		linx_escape(text, size, target);
}
