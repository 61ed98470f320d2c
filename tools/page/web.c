// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The server of a page: see page/web.h. Each connection has a thread, so that a slow browser or a long answer delays no
 * other connection.
 *
 * The browser sends the token in the body of a POST, and gets a cookie for it. So the token is in no address that is
 * sent, logged or passed on.
 *
 * Requests that name another host, or that come from a page of another origin, are refused. Otherwise a foreign page
 * could make the browser send the cookie, and a foreign name could resolve to 127.0.0.1.
 */
#include "page/web.h"
#include "serve/listener.h"
#include "serve/microhttpd.h"

#ifdef MICROHTTPD_FUNCTIONS
#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/array_size.h"
#include "base/capabilities.h"
#include "base/signals.h"

#define TOO_LARGE 413 /* status, whose name differs between versions of libmicrohttpd */
#define HOST "127.0.0.1"
#define USUAL_PORT 80u
#define WHAT "the page"
#define CLIENTS 64u
#define CLIENTS_S 60u /* seconds without a byte after which a client is disconnected */
#define STRANGER_S 10 /* longest time, in seconds, of a connection that has not shown the cookie */
#define CLIENT_MEMORY 32768u
#define STACK (1u << 20)
#define SECRET 16u /* bytes */
#define SECRET_TEXT (2 * SECRET + 1)
#define BODY_MAX (SECRET_TEXT - 1)
#define COUNTS_MAX 4096u /* bytes of a message with counts */

struct client {
	int fd; /* -1: the entry is free */
	time_t begun;
	bool known; /* the client has shown the cookie */
};

struct web {
	struct page *page;
	struct microhttpd mhd;
	struct MHD_Daemon *daemon;
	pthread_t thread;
	sem_t begun; /* posted when the server runs, or when *why has the reason why it does not */
	int end; /* eventfd, readable when the server must end */
	struct problem *why; /* owned by the caller, used until begun is posted */
	uint16_t port;
	char token[SECRET_TEXT], session[SECRET_TEXT];
	char host[32], other_host[32], cookie[64], address[96];
	pthread_mutex_t lock; /* protects the members below */
	pthread_cond_t ending;
	bool ended;
	struct client clients[CLIENTS];
};

/* ---- connections ---------------------------------------------------------------------------- */

static time_t seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static struct client *find_client(struct web *w, int fd)
{
	for (unsigned int i = 0; i < CLIENTS; i++)
		if (w->clients[i].fd == fd)
			return &w->clients[i];
	return NULL;
}

/* Notes that a client has connected or disconnected. clients[] has as many entries as libmicrohttpd accepts clients. */
static void notice(void *data, struct MHD_Connection *c, void **state, enum MHD_ConnectionNotificationCode code)
{
	struct web *w = data;
	int fd = w->mhd.connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	struct client *client;

	(void)state;
	pthread_mutex_lock(&w->lock);
	client = find_client(w, code == MHD_CONNECTION_NOTIFY_STARTED ? -1 : fd);
	if (client)
		*client = (struct client){ .fd = code == MHD_CONNECTION_NOTIFY_STARTED ? fd : -1, .begun = seconds() };
	pthread_mutex_unlock(&w->lock);
}

static void set_known(struct web *w, struct MHD_Connection *c)
{
	struct client *client;

	pthread_mutex_lock(&w->lock);
	client = find_client(w, w->mhd.connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd);
	if (client)
		client->known = true;
	pthread_mutex_unlock(&w->lock);
}

/* Disconnects clients that have taken too long to show the cookie, so that strangers cannot take all entries for long. */
static void end_strangers(struct web *w)
{
	time_t now = seconds();

	pthread_mutex_lock(&w->lock);
	for (unsigned int i = 0; i < CLIENTS; i++)
		if (w->clients[i].fd >= 0 && !w->clients[i].known && now - w->clients[i].begun > STRANGER_S)
			shutdown(w->clients[i].fd, SHUT_RDWR);
	pthread_mutex_unlock(&w->lock);
}

/* ---- who asks ---------------------------------------------------------------------------------- */

static const char *header(const struct web *w, struct MHD_Connection *c, const char *name)
{
	return w->mhd.value(c, MHD_HEADER_KIND, name);
}

/* Compares in a time that does not depend on where the texts differ. */
static bool is_secret(const char *given, const char *secret)
{
	unsigned char differ = 0;

	if (!given || strlen(given) != SECRET_TEXT - 1)
		return false;
	for (size_t i = 0; i < SECRET_TEXT - 1; i++)
		differ |= (unsigned char)(given[i] ^ secret[i]);
	return !differ;
}

static bool is_host(const struct web *w, const char *host)
{
	return host && (!strcasecmp(host, w->host) || !strcasecmp(host, w->other_host));
}

/* True if the request is for this server, and comes from its own page or from no page at all. */
static bool is_own(const struct web *w, struct MHD_Connection *c, const char *path)
{
	const char *origin = header(w, c, "Origin"), *site = header(w, c, "Sec-Fetch-Site");

	if (!is_host(w, header(w, c, "Host")))
		return false;
	if (origin && (strncmp(origin, "http://", 7) != 0 || !is_host(w, origin + 7)))
		return false;
	/* a link on another site may open the page itself, which has no data */
	return !site || !strcmp(site, "same-origin") || !strcmp(site, "none") || !strcmp(path, "/");
}

static bool is_known(const struct web *w, struct MHD_Connection *c)
{
	return is_secret(w->mhd.value(c, MHD_COOKIE_KIND, w->cookie), w->session);
}

/* ---- answers ----------------------------------------------------------------------------------- */

/*
 * Headers of every answer. The policy forbids the page to load anything from another server, and forbids other pages to
 * show it in a frame.
 */
static const char *const fixed[][2] = {
	{ "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
				     "frame-ancestors 'none'; require-trusted-types-for 'script'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cache-Control", "no-store" },
};

static enum MHD_Result send_response(struct web *w, struct MHD_Connection *c, unsigned int status, const char *type, const char *cookie, struct MHD_Response *r)
{
	enum MHD_Result rc;

	if (!r)
		return MHD_NO;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		w->mhd.head(r, fixed[i][0], fixed[i][1]);
	w->mhd.head(r, "Content-Type", type);
	if (cookie)
		w->mhd.head(r, "Set-Cookie", cookie);
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		w->mhd.head(r, "Allow", "GET, HEAD, POST");
	rc = w->mhd.queue(c, status, r);
	w->mhd.destroy(r);
	return rc;
}

static enum MHD_Result send_text(struct web *w, struct MHD_Connection *c, unsigned int status, const char *type, const char *text, size_t len)
{
	return send_response(w, c, status, type, NULL, w->mhd.response(len, (void *)text, MHD_RESPMEM_MUST_COPY));
}

static enum MHD_Result send_line(struct web *w, struct MHD_Connection *c, unsigned int status, const char *line)
{
	return send_text(w, c, status, "text/plain; charset=utf-8", line, strlen(line));
}

struct parameters {
	struct web *w;
	struct MHD_Connection *c;
};

static const char *parameter(void *data, const char *name)
{
	const struct parameters *p = data;

	return p->w->mhd.value(p->c, MHD_GET_ARGUMENT_KIND, name);
}

/* True if the browser has closed the connection, as it does when its user asks for another list. */
static bool is_gone(void *data)
{
	const struct parameters *p = data;
	char byte;

	ssize_t n = recv(p->w->mhd.connection_info(p->c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	/* the connection is reset if a browser closes it before it has read the answer */
	return !n || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static enum MHD_Result send_data(struct web *w, struct MHD_Connection *c, const char *path)
{
	struct parameters p = { w, c };
	const struct page_query q = { .get = parameter, .gone = is_gone, .data = &p };
	enum MHD_Result rc = MHD_NO;
	unsigned int status;
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return MHD_NO;
	status = page_answer(w->page, path, &q, to);
	if (!fclose(to) && status)
		rc = send_text(w, c, status, "application/json", text, len);
	free(text);
	return rc;
}

/* ---- counts, as server-sent events --------------------------------------------------------------- */

struct feed {
	struct web *w;
	bool begun; /* the first message was sent */
};

/* Waits until the next message is due. False: the server ends. */
static bool wait_a_second(struct web *w)
{
	struct timespec t;
	bool ended;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec++;
	pthread_mutex_lock(&w->lock);
	while (!w->ended && pthread_cond_timedwait(&w->ending, &w->lock, &t) != ETIMEDOUT)
		;
	ended = w->ended;
	pthread_mutex_unlock(&w->lock);
	return !ended;
}

static ssize_t feed_counts(void *data, uint64_t position, char *to, size_t most)
{
	struct feed *f = data;
	char text[COUNTS_MAX];
	FILE *out;
	int n;

	(void)position;
	if (f->begun && !wait_a_second(f->w))
		return MHD_CONTENT_READER_END_OF_STREAM;
	f->begun = true;
	memset(text, 0, sizeof(text));
	out = fmemopen(text, sizeof(text) - 1, "w");
	if (!out)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	page_put_counts(f->w->page, out);
	fclose(out);
	n = snprintf(to, most, "data: %s\n\n", text);
	return n < 0 || (size_t)n >= most ? MHD_CONTENT_READER_END_WITH_ERROR : n;
}

static enum MHD_Result send_feed(struct web *w, struct MHD_Connection *c)
{
	struct feed *f = calloc(1, sizeof(*f));

	if (!f)
		return MHD_NO;
	f->w = w;
	return send_response(w, c, MHD_HTTP_OK, "text/event-stream", NULL, w->mhd.stream(MHD_SIZE_UNKNOWN, 2 * COUNTS_MAX, feed_counts, f, free));
}

/* ---- requests ------------------------------------------------------------------------------------ */

/* State of the request that sends the token, the only one whose body is read. */
struct request {
	size_t n;
	char body[BODY_MAX + 1];
};

static enum MHD_Result get(struct web *w, struct MHD_Connection *c, const char *path)
{
	struct page_file f;

	for (unsigned int i = 0; page_file(i, &f); i++)
		if (!strcmp(path, f.path))
			return send_text(w, c, MHD_HTTP_OK, f.type, f.text, f.len);
	if (strncmp(path, "/api/", 5) != 0)
		return send_line(w, c, MHD_HTTP_NOT_FOUND, "there is no such page\n");
	if (!is_known(w, c))
		return send_line(w, c, MHD_HTTP_UNAUTHORIZED, "open the address that linxcap serve printed\n");
	set_known(w, c);
	return strcmp(path, "/api/counts") ? send_data(w, c, path + 5) : send_feed(w, c);
}

static enum MHD_Result begin_login(struct web *w, struct MHD_Connection *c, void **state)
{
	const char *length = header(w, c, "Content-Length");
	char *end;

	/* the connection ends when a request is answered before its body is read, so a long body is not read */
	if (!length)
		return send_line(w, c, MHD_HTTP_LENGTH_REQUIRED, "the length of the body is required\n");
	if (strtoull(length, &end, 10) > BODY_MAX || *end)
		return send_line(w, c, TOO_LARGE, "the body is too long\n");
	*state = calloc(1, sizeof(struct request));
	return *state ? MHD_YES : MHD_NO;
}

static enum MHD_Result login(struct web *w, struct MHD_Connection *c, const struct request *r)
{
	char cookie[160];

	if (!is_secret(r->body, w->token))
		return send_line(w, c, MHD_HTTP_FORBIDDEN, "not the token of this page\n");
	set_known(w, c);
	snprintf(cookie, sizeof(cookie), "%s=%s; Path=/; HttpOnly; SameSite=Strict", w->cookie, w->session);
	return send_response(w, c, MHD_HTTP_NO_CONTENT, "text/plain", cookie, w->mhd.response(0, (void *)"", MHD_RESPMEM_MUST_COPY));
}

static enum MHD_Result post(struct web *w, struct MHD_Connection *c, const char *path, const char *body, size_t *len, void **state)
{
	struct request *r = *state;
	size_t n = *len;

	if (strcmp(path, "/api/login") != 0)
		return send_line(w, c, MHD_HTTP_NOT_FOUND, "there is no such page\n");
	if (!r)
		return begin_login(w, c, state);
	if (!n)
		return login(w, c, r);
	if (n > BODY_MAX - r->n)
		return MHD_NO;
	memcpy(r->body + r->n, body, n);
	r->n += n;
	*len = 0;
	return MHD_YES;
}

/* The address of this variable, as the state of a request, says that the handler was called once for the request. */
static char answered;

static enum MHD_Result handle(void *data, struct MHD_Connection *c, const char *path, const char *method, const char *version,
			      const char *body, size_t *len, void **state)
{
	struct web *w = data;

	(void)version;
	if (!is_own(w, c, path))
		return send_line(w, c, MHD_HTTP_FORBIDDEN, "this page is for its own address alone\n");
	if (!strcmp(method, "POST"))
		return post(w, c, path, body, len, state);
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return send_line(w, c, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET, HEAD and POST\n");
	if (header(w, c, "Content-Length") || header(w, c, "Transfer-Encoding"))
		return send_line(w, c, TOO_LARGE, "a request without a body, please\n");
	if (*state != &answered) { /* libmicrohttpd ends the connection if the request is answered at the first call */
		*state = &answered;
		return MHD_YES;
	}
	return get(w, c, path);
}

static void forget(void *data, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode code)
{
	(void)data, (void)c, (void)code;
	if (*state != &answered)
		free(*state);
	*state = NULL;
}

/* ---- the server ----------------------------------------------------------------------------------- */

static bool make_secret(char text[SECRET_TEXT])
{
	unsigned char bytes[SECRET];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return false;
	for (size_t i = 0; i < SECRET; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return true;
}

/*
 * Sets names that depend on the port. The cookie's name contains the port, since browsers send a cookie to all ports of
 * a host.
 */
static void set_names(struct web *w)
{
	char port[8] = "";

	/* browsers leave out the port that is the usual one of HTTP */
	if (w->port != USUAL_PORT)
		snprintf(port, sizeof(port), ":%u", w->port);
	snprintf(w->host, sizeof(w->host), HOST "%s", port);
	snprintf(w->other_host, sizeof(w->other_host), "localhost%s", port);
	snprintf(w->cookie, sizeof(w->cookie), "linx-%u", w->port);
	snprintf(w->address, sizeof(w->address), "http://%s/#%s", w->host, w->token);
}

/*
 * Begins in the thread of the server. Drops the thread's capabilities first, so that the threads that it makes have no
 * capabilities either.
 */
static bool begin(struct web *w)
{
	int fd;

	if (!capabilities_drop())
		return !problem_set(w->why, "cannot serve " WHAT ": the capabilities of the thread cannot be dropped");
	fd = listener_open(HOST, &w->port, WHAT, w->why);
	if (fd < 0)
		return false;
	set_names(w);
	w->daemon = w->mhd.start(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC, 0, NULL, NULL, handle, w,
				 MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, CLIENTS, MHD_OPTION_CONNECTION_TIMEOUT, CLIENTS_S,
				 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CLIENT_MEMORY, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK,
				 MHD_OPTION_NOTIFY_CONNECTION, notice, w, MHD_OPTION_NOTIFY_COMPLETED, forget, w, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
				 MHD_OPTION_END);
	if (w->daemon)
		return true;
	close(fd);
	problem_set(w->why, "cannot serve " WHAT ": libmicrohttpd cannot begin");
	return false;
}

static void *run(void *arg)
{
	struct web *w = arg;
	struct pollfd end = { .fd = w->end, .events = POLLIN };
	bool good = begin(w);

	w->why = NULL;
	sem_post(&w->begun);
	while (good && !(end.revents & POLLIN)) {
		poll(&end, 1, 1000);
		end_strangers(w);
	}
	pthread_mutex_lock(&w->lock);
	w->ended = true;
	pthread_cond_broadcast(&w->ending);
	pthread_mutex_unlock(&w->lock);
	atomic_store(&w->page->stopping, true);
	if (w->daemon)
		w->mhd.stop(w->daemon);
	return NULL;
}

static void web_free(struct web *w)
{
	if (w->end >= 0)
		close(w->end);
	sem_destroy(&w->begun);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->ending);
	free(w);
}

/*
 * Sets the clock of timed waits to CLOCK_MONOTONIC: if somebody sets back the wall clock, no thread must wait longer.
 */
static void init_ending(struct web *w)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&w->ending, &attributes);
	pthread_condattr_destroy(&attributes);
}

struct web *web_begin(struct page *p, uint16_t port, struct problem *why)
{
	struct web *w = problem_alloc(sizeof(*w), why);

	if (!w)
		return NULL;
	w->page = p;
	w->port = port;
	w->why = why;
	w->end = eventfd(0, EFD_CLOEXEC);
	for (unsigned int i = 0; i < CLIENTS; i++)
		w->clients[i].fd = -1;
	sem_init(&w->begun, 0, 0);
	pthread_mutex_init(&w->lock, NULL);
	init_ending(w);
	problem_set(why, "cannot serve " WHAT ": out of memory, threads or descriptors");
	if (!microhttpd_load(&w->mhd)) {
		problem_set(why, "cannot serve " WHAT ": libmicrohttpd.so.12 is not installed");
	} else if (w->end >= 0 && make_secret(w->token) && make_secret(w->session) && !signals_start_thread(&w->thread, run, w)) {
		while (sem_wait(&w->begun) && errno == EINTR)
			;
		if (w->daemon)
			return w;
		pthread_join(w->thread, NULL);
	}
	web_free(w);
	return NULL;
}

void web_end(struct web *w)
{
	uint64_t one = 1;

	if (!w)
		return;
	if (write(w->end, &one, sizeof(one)) == sizeof(one))
		pthread_join(w->thread, NULL);
	web_free(w);
}

const char *web_address(const struct web *w)
{
	return w->address;
}

#else

struct web *web_begin(struct page *p, uint16_t port, struct problem *why)
{
	(void)p, (void)port;
	problem_set(why, "cannot serve the page: linxcap was built without libmicrohttpd");
	return NULL;
}

void web_end(struct web *w)
{
	(void)w;
}

const char *web_address(const struct web *w)
{
	(void)w;
	return "";
}
#endif
