// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An HTTP server of a few pages: see serve/http_server.h. libmicrohttpd is loaded when a server is made. All its
 * work is done in the thread that calls http_server_run(); it has no thread of its own.
 */
#include "serve/http_server.h"
#include "serve/microhttpd.h"

#ifdef MICROHTTPD_FUNCTIONS
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* Most clients at a time, and the number of seconds after which each client is disconnected, whatever it does. */
#define CLIENTS 16u
#define CLIENT_S 10
/* Memory for the header of a request, in bytes. */
#define CLIENT_MEMORY 8192u
#define LOOK_MS 1000

struct client {
	int fd; /* -1: the entry is free */
	time_t begun;
};

struct http_server {
	struct http_pages pages;
	struct microhttpd mhd;
	struct MHD_Daemon *daemon;
	struct client clients[CLIENTS];
	unsigned int busy; /* number of entries of clients[] in use, when it was last counted */
};

/* ---- clients, and their time limit --------------------------------------------------------- */

static time_t seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static struct client *find_client(struct http_server *s, int fd)
{
	for (unsigned int i = 0; i < CLIENTS; i++)
		if (s->clients[i].fd == fd)
			return &s->clients[i];
	return NULL;
}

/* Notes that a client has connected or disconnected. clients[] has as many entries as libmicrohttpd accepts clients. */
static void notice(void *data, struct MHD_Connection *c, void **state, enum MHD_ConnectionNotificationCode code)
{
	struct http_server *s = data;
	int fd = s->mhd.connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	struct client *client = find_client(s, code == MHD_CONNECTION_NOTIFY_STARTED ? -1 : fd);

	(void)state;
	if (client)
		*client = (struct client){ .fd = code == MHD_CONNECTION_NOTIFY_STARTED ? fd : -1, .begun = seconds() };
}

/* Disconnects clients that have exceeded their time. */
static void end_late(struct http_server *s)
{
	time_t now = seconds();

	for (unsigned int i = 0; i < CLIENTS; i++)
		if (s->clients[i].fd >= 0 && now - s->clients[i].begun > CLIENT_S)
			shutdown(s->clients[i].fd, SHUT_RDWR);
}

/* ---- pages ----------------------------------------------------------------------------------- */

static enum MHD_Result answer(struct http_server *s, struct MHD_Connection *c, unsigned int status, const char *text, size_t len)
{
	struct MHD_Response *r = s->mhd.response(len, (void *)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result rc;

	if (!r)
		return MHD_NO;
	s->mhd.head(r, "Content-Type", s->pages.type);
	s->mhd.head(r, "Connection", "close");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		s->mhd.head(r, "Allow", "GET, HEAD");
	rc = s->mhd.queue(c, status, r);
	s->mhd.destroy(r);
	return rc;
}

/* Writes a line such as "there are /metrics and /healthz". */
static void list_pages(const struct http_pages *pages, FILE *to)
{
	fputs(pages->n == 1 ? "there is " : "there are ", to);
	for (unsigned int i = 0; i < pages->n; i++)
		fprintf(to, "%s%s", !i ? "" : i + 1 < pages->n ? ", " : " and ", pages->pages[i].path);
	fputc('\n', to);
}

/* Writes the page for a path. Returns the HTTP status; 0: it could not be written. */
static unsigned int write_page(const struct http_pages *pages, const char *path, const char *method, FILE *to)
{
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return fputs("only GET and HEAD\n", to) < 0 ? 0 : MHD_HTTP_METHOD_NOT_ALLOWED;
	for (unsigned int i = 0; i < pages->n; i++)
		if (!strcmp(path, pages->pages[i].path))
			return pages->pages[i].print(pages->data, to) ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
	list_pages(pages, to);
	return MHD_HTTP_NOT_FOUND;
}

/* Answers a request. Its body is not read, since the connection is closed after the answer. */
static enum MHD_Result handle(void *data, struct MHD_Connection *c, const char *path, const char *method, const char *version,
			      const char *body, size_t *len, void **state)
{
	struct http_server *s = data;
	enum MHD_Result rc = MHD_NO;
	unsigned int status;
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	(void)version, (void)body, (void)len, (void)state;
	if (!to)
		return MHD_NO;
	status = write_page(&s->pages, path, method, to);
	if (!fclose(to) && status)
		rc = answer(s, c, status, text, size);
	free(text);
	return rc;
}

/* ---- the server -------------------------------------------------------------------------------- */

struct http_server *http_server_new(int fd, const struct http_pages *pages, struct problem *why)
{
	struct http_server *s = calloc(1, sizeof(*s));

	if (s && !microhttpd_load(&s->mhd)) {
		problem_set(why, "cannot serve %s: libmicrohttpd.so.12 is not installed", pages->what);
		free(s);
		return NULL;
	}
	if (!s) {
		problem_set(why, "out of memory");
		return NULL;
	}
	s->pages = *pages;
	for (unsigned int i = 0; i < CLIENTS; i++)
		s->clients[i].fd = -1;
	s->daemon = s->mhd.start(MHD_USE_EPOLL, 0, NULL, NULL, handle, s, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
			     CLIENTS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)CLIENT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
			     (size_t)CLIENT_MEMORY, MHD_OPTION_NOTIFY_CONNECTION, notice, s, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
			     MHD_OPTION_END);
	if (s->daemon)
		return s;
	problem_set(why, "cannot serve %s: libmicrohttpd cannot begin", pages->what);
	free(s);
	return NULL;
}

/*
 * Returns how long to wait, in ms; -1: no limit, as there are no clients. After a client has left it is 0, since
 * libmicrohttpd must run once more to accept clients that had to wait for a free entry.
 */
static int time_to_wait(struct http_server *s)
{
	unsigned int before = s->busy;
	MHD_UNSIGNED_LONG_LONG ms;

	s->busy = 0;
	for (unsigned int i = 0; i < CLIENTS; i++)
		s->busy += s->clients[i].fd >= 0;
	if (s->busy < before)
		return 0;
	if (s->mhd.timeout(s->daemon, &ms) == MHD_YES)
		return ms > LOOK_MS ? LOOK_MS : (int)ms;
	return s->busy ? LOOK_MS : -1;
}

void http_server_run(struct http_server *s, int end)
{
	struct pollfd fds[2] = { { .fd = end, .events = POLLIN },
				 { .fd = s->mhd.daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = POLLIN } };

	while (!(fds[0].revents & POLLIN)) {
		poll(fds, 2, time_to_wait(s));
		s->mhd.run(s->daemon);
		end_late(s);
	}
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	s->mhd.stop(s->daemon);
	free(s); /* the library is not unloaded */
}

#else

struct http_server *http_server_new(int fd, const struct http_pages *pages, struct problem *why)
{
	(void)fd;
	problem_set(why, "cannot serve %s: linxcap was built without libmicrohttpd", pages->what);
	return NULL;
}

void http_server_run(struct http_server *s, int end)
{
	(void)s, (void)end;
}

void http_server_free(struct http_server *s)
{
	(void)s;
}
#endif
