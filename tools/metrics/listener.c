// SPDX-License-Identifier: LGPL-2.1-or-later
/* Listener of --metrics: see metrics/listener.h. */
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
#include "metrics/http_server.h"
#include "metrics/listener.h"

#define LOCAL "127.0.0.1"
#define HEALTH "/healthz"
#define BACKLOG 16

struct listener_thread {
	const struct metrics_settings *settings;
	struct http_pages pages;
	struct http_server *server;
	pthread_t thread;
	sem_t begun; /* the thread has its socket, or why says why not */
	int end; /* becomes readable when it shall end */
	uint16_t port;
	struct problem *why; /* problem of the caller, valid until begun */
	bool good;
};

/* The port behind the last colon; an address of IPv6 stands in brackets. */
bool metrics_read_address(struct metrics_settings *s, const char *word)
{
	const char *colon = strrchr(word, ':'), *port = colon ? colon + 1 : word;
	size_t n = colon ? (size_t)(colon - word) : 0;
	uint8_t bytes[16];
	uint64_t number;

	if (n >= 2 && word[0] == '[' && word[n - 1] == ']')
		word++, n -= 2;
	if (n >= sizeof(s->host) || (colon && !n) || !value_number(port, &number) || number > UINT16_MAX)
		return false;
	memcpy(s->host, word, n);
	s->host[n] = '\0';
	if (!n)
		strcpy(s->host, LOCAL);
	if (inet_pton(strchr(s->host, ':') ? AF_INET6 : AF_INET, s->host, bytes) != 1)
		return false;
	s->port = (uint16_t)number;
	s->address = word;
	return true;
}

static socklen_t address_of(const struct metrics_settings *s, struct sockaddr_storage *to)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(s->port) };
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons(s->port) };

	if (inet_pton(AF_INET6, s->host, &in6.sin6_addr) == 1) {
		memcpy(to, &in6, sizeof(in6));
		return sizeof(in6);
	}
	inet_pton(AF_INET, s->host, &in4.sin_addr);
	memcpy(to, &in4, sizeof(in4));
	return sizeof(in4);
}

/* The port that the kernel chose, where it was asked to. */
static uint16_t port_of(int fd)
{
	struct sockaddr_storage at = { .ss_family = AF_UNSPEC };
	struct sockaddr_in in4;
	socklen_t n = sizeof(at);

	getsockname(fd, (struct sockaddr *)&at, &n);
	memcpy(&in4, &at, sizeof(in4)); /* the port is at the same place in both families */
	return ntohs(in4.sin_port);
}

static int fail(struct listener_thread *t, int fd)
{
	int error = errno;

	if (fd >= 0)
		close(fd);
	return problem_set(t->why, "cannot serve metrics: %s port %u: %s", t->settings->host, t->settings->port, strerror(error));
}

static int open_socket(struct listener_thread *t)
{
	struct sockaddr_storage at;
	socklen_t n = address_of(t->settings, &at);
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	if (fd < 0)
		return fail(t, fd);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* after a restart, connections of the one before may linger */
	if (bind(fd, (struct sockaddr *)&at, n) || listen(fd, BACKLOG))
		return fail(t, fd);
	t->port = port_of(fd);
	return fd;
}

/* In the thread, which has no capabilities any more when it opens its socket. */
static bool begin(struct listener_thread *t)
{
	int fd;

	if (!capabilities_drop()) {
		problem_set(t->why, "cannot serve metrics: the capabilities of the thread cannot be dropped");
		return false;
	}
	fd = open_socket(t);
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
	sem_post(&t->begun);
	if (t->server)
		http_server_run(t->server, t->end);
	http_server_free(t->server);
	return NULL;
}

static void print(void *data, FILE *to)
{
	metrics_ask(data);
	metrics_print(data, to);
}

static bool healthy(void *data, FILE *to)
{
	struct problem why = { "good" };
	bool good;

	metrics_ask(data);
	good = metrics_healthy(data, &why);
	fprintf(to, "%s\n", why.text);
	return good;
}

static void free_thread(struct listener_thread *t)
{
	if (t->end >= 0)
		close(t->end);
	sem_destroy(&t->begun);
	free(t);
}

struct listener_thread *metrics_listen(struct metrics *m, const struct metrics_settings *s, struct problem *why)
{
	struct listener_thread *t = calloc(1, sizeof(*t));

	problem_set(why, "cannot serve metrics: out of memory, threads or descriptors");
	if (!t)
		return NULL;
	*t = (struct listener_thread){ .settings = s, .why = why, .end = eventfd(0, EFD_CLOEXEC) };
	t->pages = (struct http_pages){ .data = m, .health = s->health ? s->health : HEALTH, .print = s->health_alone ? NULL : print, .healthy = healthy };
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

uint16_t metrics_listen_port(const struct listener_thread *t)
{
	return t->port;
}

void metrics_listen_end(struct listener_thread *t)
{
	uint64_t one = 1;

	if (!t)
		return;
	if (write(t->end, &one, sizeof(one)) == sizeof(one))
		pthread_join(t->thread, NULL);
	free_thread(t);
}
