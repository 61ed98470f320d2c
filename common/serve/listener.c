// SPDX-License-Identifier: LGPL-2.1-or-later
/* A thread that listens and serves pages: see serve/listener.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/capabilities.h"
#include "base/parse_value.h"
#include "base/signals.h"
#include "serve/listener.h"

#define LOCAL "127.0.0.1"
#define BACKLOG 16

struct listener_thread {
	const char *host; /* owned by the caller, used until begun is posted */
	struct http_pages pages;
	struct http_server *server;
	pthread_t thread;
	sem_t begun; /* posted when the socket is open, or when *why has the reason why it could not be opened */
	int end; /* eventfd, readable when the thread must end */
	uint16_t port;
	struct problem *why; /* owned by the caller, used until begun is posted */
	bool good;
};

/* Reads the port after the last colon and the address before it; an IPv6 address is in brackets. */
bool listener_read_address(const char *word, char host[LISTENER_HOST_MAX], uint16_t *to)
{
	const char *colon = strrchr(word, ':'), *port = colon ? colon + 1 : word;
	size_t n = colon ? (size_t)(colon - word) : 0;
	uint8_t bytes[16];
	uint64_t number;

	if (n >= 2 && word[0] == '[' && word[n - 1] == ']')
		word++, n -= 2;
	if (n >= LISTENER_HOST_MAX || (colon && !n) || !value_number(port, &number) || number > UINT16_MAX)
		return false;
	memcpy(host, word, n);
	host[n] = '\0';
	if (!n)
		strcpy(host, LOCAL);
	if (inet_pton(strchr(host, ':') ? AF_INET6 : AF_INET, host, bytes) != 1)
		return false;
	*to = (uint16_t)number;
	return true;
}

static socklen_t address_of(const char *host, uint16_t port, struct sockaddr_storage *to)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
		memcpy(to, &in6, sizeof(in6));
		return sizeof(in6);
	}
	inet_pton(AF_INET, host, &in4.sin_addr);
	memcpy(to, &in4, sizeof(in4));
	return sizeof(in4);
}

/* Returns the port of a socket, which the kernel may have chosen. */
static uint16_t port_of(int fd)
{
	struct sockaddr_storage at = { .ss_family = AF_UNSPEC };
	struct sockaddr_in in4;
	socklen_t n = sizeof(at);

	getsockname(fd, (struct sockaddr *)&at, &n);
	memcpy(&in4, &at, sizeof(in4)); /* the port has the same offset in addresses of both families */
	return ntohs(in4.sin_port);
}

int listener_open(const char *host, uint16_t *port, const char *what, struct problem *why)
{
	struct sockaddr_storage at;
	socklen_t n = address_of(host, *port, &at);
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1, error;

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* connections of an earlier server may remain */
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) || listen(fd, BACKLOG)) {
		error = errno;
		if (fd >= 0)
			close(fd);
		return problem_set(why, "cannot serve %s: %s port %u: %s", what, host, *port, strerror(error));
	}
	*port = port_of(fd);
	return fd;
}

/* Begins in the thread: drops its capabilities, then opens its socket. */
static bool begin(struct listener_thread *t)
{
	int fd;

	if (!capabilities_drop()) {
		problem_set(t->why, "cannot serve %s: the capabilities of the thread cannot be dropped", t->pages.what);
		return false;
	}
	fd = listener_open(t->host, &t->port, t->pages.what, t->why);
	if (fd < 0)
		return false;
	t->server = http_server_new(fd, &t->pages, t->why);
	if (!t->server)
		close(fd);
	return t->server;
}

static void *run(void *arg)
{
	struct listener_thread *t = arg;

	t->good = begin(t);
	t->why = NULL;
	t->host = NULL;
	sem_post(&t->begun);
	if (t->server)
		http_server_run(t->server, t->end);
	http_server_free(t->server);
	return NULL;
}

static void free_thread(struct listener_thread *t)
{
	if (t->end >= 0)
		close(t->end);
	sem_destroy(&t->begun);
	free(t);
}

struct listener_thread *listener_begin(const char *host, uint16_t port, const struct http_pages *pages, struct problem *why)
{
	struct listener_thread *t = calloc(1, sizeof(*t));

	problem_set(why, "cannot serve %s: out of memory, threads or descriptors", pages->what);
	if (!t)
		return NULL;
	*t = (struct listener_thread){ .host = host, .port = port, .pages = *pages, .why = why, .end = eventfd(0, EFD_CLOEXEC) };
	sem_init(&t->begun, 0, 0);
	if (t->end < 0 || signals_start_thread(&t->thread, run, t)) {
		free_thread(t);
		return NULL;
	}
	while (sem_wait(&t->begun) && errno == EINTR)
		;
	if (t->good)
		return t;
	pthread_join(t->thread, NULL);
	free_thread(t);
	return NULL;
}

uint16_t listener_port(const struct listener_thread *t)
{
	return t->port;
}

void listener_end(struct listener_thread *t)
{
	uint64_t one = 1;

	if (!t)
		return;
	if (write(t->end, &one, sizeof(one)) == sizeof(one))
		pthread_join(t->thread, NULL);
	free_thread(t);
}
