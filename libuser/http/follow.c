// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds HTTP requests and responses in the data of calls. The data of each direction of a socket
 * go to a parser. A request waits in a queue of its connection until the header of its response
 * is complete.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "http/connection.h"
#include "http/follow.h"
#include "http/transfer.h"
#include "record/decode.h"
#include "shared/http_begin.h"
#include "state/tasks.h"

/*
 * Times without use after which a socket counts as closed, in ns of the stream's clock: GRACE_WAITING_NS if a request
 * waits for its response, else GRACE_IDLE_NS. A socket that one process closed may still be open in another process.
 */
#define GRACE_IDLE_NS 1000000000ull
#define GRACE_WAITING_NS 60000000000ull

struct linx_follower {
	struct linx_connections all;
	bool secrets;
	bool descriptors; /* a call was seen that moves bytes, and whose socket the stream describes */
	const struct linx_event *ev; /* event that is being fed; NULL: none */
	const struct linx_tasks *tasks; /* tasks of the section whose events are fed; NULL: no event was fed yet */
	struct linx_exchange *done, **done_last; /* exchanges to be delivered */
	struct linx_exchange *delivered; /* the exchange that the event in the member out describes */
	struct linx_event out;
	struct linx_position position;
	struct linx_http_counts counts;
};

int linx_follower_new(const struct linx_http_opts *opts, struct linx_follower **out)
{
	struct linx_follower *f = calloc(1, sizeof(*f));
	int ret = f ? linx_connections_new(&f->all, opts->connections ? opts->connections : LINX_HTTP_CONNECTIONS) : -ENOMEM;

	if (ret) {
		linx_follower_free(f);
		return ret;
	}
	f->secrets = opts->secrets;
	f->done_last = &f->done;
	*out = f;
	return 0;
}

/* ---- finished exchanges --------------------------------------------------------------------- */

static void finish(struct linx_follower *f, struct linx_exchange *x)
{
	x->next = NULL;
	*f->done_last = x;
	f->done_last = &x->next;
	f->counts.answered += x->request && x->response;
	f->counts.unanswered += !x->response;
	f->counts.orphans += !x->request;
}

/* Delivers the waiting requests of a connection without a response, since no response will be seen. */
static void finish_waiting(struct linx_follower *f, struct linx_connection *c)
{
	struct linx_exchange *x;

	while ((x = linx_connection_pop(c)))
		finish(f, x);
}

/* Delivers a response whose request was not seen, if there is one. */
static void finish_early(struct linx_follower *f, struct linx_connection *c)
{
	if (c->early)
		finish(f, c->early);
	c->early = NULL;
}

static void drop(struct linx_follower *f, struct linx_connection *c)
{
	finish_waiting(f, c);
	finish_early(f, c);
	linx_connection_free(&f->all, c);
}

static void make_event(struct linx_follower *f, struct linx_exchange *x)
{
	struct linx_task_slot *slot = f->tasks ? linx_tasks_find(f->tasks, x->rec.tid) : NULL;
	struct linx_event *ev = &f->out;

	memset(ev, 0, sizeof(*ev));
	if (f->ev && x->response && !x->late) {
		*ev = *f->ev;
	} else {
		ev->rec = &x->rec;
		f->position = x->position;
		ev->position = &f->position;
		ev->time = x->time;
		ev->wall_ns = x->wall_ns;
		ev->task = slot && slot->known ? &slot->task : NULL;
		ev->tasks = f->tasks;
	}
	ev->kind = LINX_EVENT_HTTP;
	ev->flags &= LINX_EVENT_STALE | LINX_EVENT_LATE_ORDER | LINX_EVENT_IO_URING;
	ev->uring = NULL;
	ev->http = &x->info;
}

bool linx_follower_next(struct linx_follower *f, const struct linx_event **ev)
{
	struct linx_exchange *x = f->done;

	linx_exchange_free(f->delivered);
	f->delivered = x;
	if (!x)
		return false;
	f->done = x->next;
	if (!f->done)
		f->done_last = &f->done;
	linx_exchange_describe(x, f->secrets);
	make_event(f, x);
	*ev = &f->out;
	return true;
}

void linx_follower_end(struct linx_follower *f)
{
	f->ev = NULL;
	while (f->all.oldest)
		drop(f, f->all.oldest);
}

void linx_follower_free(struct linx_follower *f)
{
	struct linx_exchange *x;

	if (!f)
		return;
	linx_follower_end(f);
	linx_exchange_free(f->delivered);
	while ((x = f->done)) {
		f->done = x->next;
		linx_exchange_free(x);
	}
	linx_connections_free(&f->all);
	free(f);
}

void linx_follower_count(const struct linx_follower *f, struct linx_http_counts *counts)
{
	*counts = f->counts;
	counts->connections = f->all.n;
}

/* ---- connections that cannot be followed ---------------------------------------------------------------- */

static void count_stop(struct linx_follower *f, struct linx_connection *c, enum linx_http_why why)
{
	f->counts.http2 += why == LINX_HTTP_WHY_HTTP2;
	f->counts.tunnels += why == LINX_HTTP_WHY_TUNNEL;
	f->counts.holes += why == LINX_HTTP_WHY_HOLE && !c->lost;
	f->counts.malformed += why == LINX_HTTP_WHY_FOREIGN || why == LINX_HTTP_WHY_LENGTH || why == LINX_HTTP_WHY_LONG;
}

/*
 * Handles that the parser of a direction has stopped. If bytes were not captured (a hole), the direction may be
 * followed again later, and the other direction continues. For any other reason, the other direction is stopped too.
 */
static void stopped(struct linx_follower *f, struct linx_connection *c, unsigned int dir)
{
	enum linx_http_why why = (enum linx_http_why)c->parser[dir].why;

	count_stop(f, c, why);
	finish_early(f, c);
	c->in_step = false;
	if (why == LINX_HTTP_WHY_HOLE) {
		c->lost = true;
		/* The bytes that were not captured may have had the responses to the waiting requests. */
		if (dir != c->requests)
			finish_waiting(f, c);
		return;
	}
	finish_waiting(f, c);
	linx_http_stop(&c->parser[!dir], why);
}

/*
 * Handles lost records. They may have had the rest of unfinished messages of a connection, and responses to its waiting
 * requests.
 */
static void lose(struct linx_follower *f, struct linx_connection *c)
{
	bool busy = c->first;

	c->gaps = f->all.gaps;
	for (unsigned int i = 0; i < LINX_HTTP_DIRS; i++) {
		if (c->parser[i].state == LINX_HTTP_START || c->parser[i].state == LINX_HTTP_STOPPED)
			continue;
		linx_http_stop(&c->parser[i], LINX_HTTP_WHY_HOLE);
		busy = true;
	}
	f->counts.lost += busy;
	c->lost |= busy;
	c->in_step = false;
	finish_waiting(f, c);
	finish_early(f, c);
}

/* Returns whether data looks like the start of an HTTP/1 message. */
static enum linx_http_looks looks_of(const uint8_t *data, uint64_t len)
{
	return linx_http_looks(data, len < LINX_HTTP_LOOK ? (uint32_t)len : LINX_HTTP_LOOK);
}

/* True if data is the start of a TLS connection: a handshake record with a hello of the client or the server. */
static bool is_tls(const uint8_t *data, uint64_t len)
{
	return len >= 6 && data[0] == 0x16 && data[1] == 3 && data[2] <= 4 && (data[5] == 1 || data[5] == 2);
}

/* ---- messages --------------------------------------------------------------------------------- */

/*
 * Sets which direction carries requests, from a message in direction dir. False: the message contradicts earlier
 * messages.
 */
static bool has_role(struct linx_connection *c, unsigned int dir, bool response)
{
	unsigned int requests = response ? !dir : dir;

	if (c->requests == LINX_HTTP_DIR_UNKNOWN)
		c->requests = (uint8_t)requests;
	return c->requests == requests;
}

static void describe_place(struct linx_follower *f, const struct linx_connection *c, struct linx_exchange *x, int32_t fd)
{
	x->info.side = c->requests == LINX_HTTP_OUT ? LINX_HTTP_SIDE_CLIENT : LINX_HTTP_SIDE_SERVER;
	x->info.pid = f->ev->rec->pid;
	x->info.fd = fd;
	x->info.socket = c->by_socket.number >> 63 ? 0 : c->by_socket.number;
	x->info.has_sock = c->has_sock;
	x->info.sock = c->sock;
}

static struct linx_exchange *exchange_new(const struct linx_follower *f)
{
	struct linx_exchange *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->rec = *f->ev->rec;
	x->position = *f->ev->position;
	x->time = f->ev->time;
	x->wall_ns = f->ev->wall_ns;
	return x;
}

/* Returns whether the response to this request has a body, has none (HEAD), or begins a tunnel (CONNECT). */
static enum linx_http_body body_after(const struct linx_http_head *request, const struct linx_http_head *response)
{
	const char *method;
	size_t len;

	method = request ? linx_http_text(request, LINX_HTTP_METHOD, &len) : NULL;
	if (!method)
		return LINX_HTTP_BODY_GIVEN;
	if (len == 4 && !memcmp(method, "HEAD", len))
		return LINX_HTTP_BODY_NONE;
	return len == 7 && !memcmp(method, "CONNECT", len) && response->status / 100 == 2 ? LINX_HTTP_BODY_TUNNEL :
											      LINX_HTTP_BODY_GIVEN;
}

/*
 * Joins a request with its response, whose record came before that of the request. This happens if one thread of a
 * client reads the response before the call that sent the request has returned in another thread. Only the request
 * shows whether the response has a body. Therefore the parser of responses is corrected now.
 */
static void join_early(struct linx_follower *f, struct linx_connection *c, struct linx_exchange *x)
{
	struct linx_http_parser *responses = &c->parser[!c->requests];
	enum linx_http_body body = body_after(x->request, c->early->response);

	x->response = c->early->response;
	x->answered_at = c->early->answered_at;
	c->early->response = NULL;
	linx_exchange_free(c->early);
	c->early = NULL;
	finish(f, x);
	if (responses->state == LINX_HTTP_STOPPED || body == LINX_HTTP_BODY_GIVEN)
		return;
	linx_http_parser_restart(responses);
	if (body == LINX_HTTP_BODY_TUNNEL) {
		linx_http_stop(responses, LINX_HTTP_WHY_TUNNEL);
		stopped(f, c, !c->requests);
	}
}

static int take_request(struct linx_follower *f, struct linx_connection *c, unsigned int dir, int32_t fd)
{
	struct linx_exchange *x = exchange_new(f);

	if (!x)
		return -ENOMEM;
	x->info.resumed = c->lost;
	f->counts.resumed += c->lost;
	c->lost = false;
	c->in_step = true;
	x->request = linx_http_take_head(&c->parser[dir], LINX_HTTP_BODY_GIVEN);
	describe_place(f, c, x, fd);
	if (c->early)
		join_early(f, c, x);
	else
		linx_connection_push(c, x);
	return 0;
}

static int take_response(struct linx_follower *f, struct linx_connection *c, unsigned int dir, int32_t fd)
{
	struct linx_http_parser *p = &c->parser[dir];
	struct linx_exchange *x;

	/* RFC 9110, 15.2: this is an interim response (100 Continue). The final response follows. */
	if (p->head->status < 200 && p->head->status != 101) {
		linx_http_head_free(linx_http_take_head(p, LINX_HTTP_BODY_NONE));
		return 0;
	}
	x = linx_connection_pop(c);
	if (!x)
		x = exchange_new(f);
	if (!x)
		return -ENOMEM;
	x->response = linx_http_take_head(p, body_after(x->request, p->head));
	x->answered_at = f->ev->time;
	describe_place(f, c, x, fd);
	finish_early(f, c);
	x->late = !x->request && c->in_step && c->requests == LINX_HTTP_OUT;
	if (x->late)
		c->early = x;
	else
		finish(f, x);
	if (p->state == LINX_HTTP_STOPPED)
		stopped(f, c, dir);
	return 0;
}

static int take_head(struct linx_follower *f, struct linx_connection *c, unsigned int dir, int32_t fd)
{
	struct linx_http_parser *p = &c->parser[dir];
	const bool response = p->head->response;

	if (!has_role(c, dir, response)) {
		linx_http_stop(p, LINX_HTTP_WHY_FOREIGN);
		stopped(f, c, dir);
		return 0;
	}
	if (response)
		return take_response(f, c, dir, fd);
	if (c->waiting < LINX_HTTP_PIPELINE)
		return take_request(f, c, dir, fd);
	f->counts.given_up++;
	finish_waiting(f, c);
	linx_http_stop(p, LINX_HTTP_WHY_TUNNEL);
	linx_http_stop(&c->parser[!dir], LINX_HTTP_WHY_TUNNEL);
	return 0;
}

static int feed_captured(struct linx_follower *f, struct linx_connection *c, unsigned int dir, int32_t fd, const uint8_t *data,
			 uint64_t len)
{
	size_t used = 0;
	int ret;

	do {
		ret = linx_http_feed(&c->parser[dir], data + used, len - used, &used);
		if (ret == LINX_HTTP_STOP)
			stopped(f, c, dir);
		else if (ret == LINX_HTTP_HEAD)
			ret = take_head(f, c, dir, fd) ? -ENOMEM : LINX_HTTP_HEAD;
	} while (ret > LINX_HTTP_MORE);
	return ret;
}

/*
 * Restarts the parser of a direction that stopped at a hole, if the data of a call begins like a message. A response is
 * accepted only if a request was seen after the hole.
 */
static void find_again(struct linx_connection *c, unsigned int dir, enum linx_http_looks looks, const uint8_t *data)
{
	struct linx_http_parser *p = &c->parser[dir];
	const bool response = *data == 'H' && looks == LINX_HTTP_LOOKS_RIGHT && !memcmp(data, "HTTP/", 5);

	if (p->state != LINX_HTTP_STOPPED || p->why != LINX_HTTP_WHY_HOLE || looks != LINX_HTTP_LOOKS_RIGHT)
		return;
	if (c->requests != LINX_HTTP_DIR_UNKNOWN && (response == (dir == c->requests) || (response && !c->first)))
		return;
	linx_http_parser_restart(p);
}

static int feed_piece(struct linx_follower *f, struct linx_connection *c, unsigned int dir, int32_t fd, const uint8_t *data,
		      uint64_t have, uint64_t len)
{
	int ret = 0;

	if (have) {
		find_again(c, dir, looks_of(data, have), data);
		ret = feed_captured(f, c, dir, fd, data, have);
	}
	if (!ret && linx_http_skip(&c->parser[dir], len - have))
		stopped(f, c, dir);
	return ret;
}

/* ---- sockets ------------------------------------------------------------------------------------ */

/* Finds the description of descriptor fd, in the event or in the task's table. False: it is not recorded. */
static bool find_descriptor(const struct linx_event *ev, int32_t fd, struct linx_descriptor *d)
{
	const struct linx_descriptor *recorded = linx_fds_find(ev->fds, fd, true);

	if (recorded) {
		*d = *recorded;
		return true;
	}
	return ev->files && !linx_files_find(ev->files, fd, d);
}

static bool is_stream(const struct linx_descriptor *d)
{
	if (d->type != LINX_FD_SOCKET || !d->ino)
		return false;
	return !d->has_sock || ((d->sock.family == AF_INET || d->sock.family == AF_INET6 || d->sock.family == AF_UNIX) &&
				d->sock.type == SOCK_STREAM);
}

/*
 * Socket of a call. user: a number made of process and fd. socket: the inode; if it is not recorded, the same number as
 * "user".
 */
struct place {
	uint64_t socket, user;
	int32_t fd;
	bool known; /* d is set */
	struct linx_descriptor d;
};

static unsigned int family_of(const struct place *at)
{
	return at->known && at->d.has_sock ? at->d.sock.family : 0;
}

static bool find_place(const struct linx_event *ev, int32_t fd, struct place *at)
{
	at->fd = fd;
	at->user = linx_connection_user(ev->rec->pid, fd);
	at->known = find_descriptor(ev, fd, &at->d);
	if (at->known && !is_stream(&at->d))
		return false;
	at->socket = at->known ? at->d.ino : at->user;
	return true;
}

/*
 * Finds the connection of a socket. If the stream does not describe the sockets of calls that move bytes, the call that
 * opened the socket may still have been described: the connection is then found by its process and descriptor, until
 * the descriptor is closed.
 */
static struct linx_connection *find_connection(const struct linx_follower *f, const struct place *at)
{
	struct linx_connection *c = linx_connection_by_socket(&f->all, at->socket);

	if (c || at->known || f->descriptors)
		return c;
	c = linx_connection_by_user(&f->all, at->user);
	return c && !c->closed_at ? c : NULL;
}

static void learn_addresses(struct linx_connection *c, const struct place *at)
{
	if (!at->known || !at->d.has_sock)
		return;
	if (c->has_sock && !at->d.sock.peer_port && c->sock.peer_port)
		return;
	c->sock = at->d.sock;
	c->has_sock = true;
}

/*
 * Drops the connections that were unused longest, except the one that "but" points to, until the number of connections
 * and their memory are within the limits.
 */
static void make_room(struct linx_follower *f, const struct linx_connection *but)
{
	while (f->all.oldest && f->all.oldest != but && (f->all.n > f->all.max || f->all.memory > LINX_HTTP_MEMORY)) {
		f->counts.given_up++;
		drop(f, f->all.oldest);
	}
}

static struct linx_connection *begin(struct linx_follower *f, const struct place *at)
{
	struct linx_connection *c = linx_connection_new(&f->all, at->socket);

	make_room(f, c);
	return c;
}

/* True for a connection that can be dropped, since it turned out not to be HTTP before any header was seen. */
static bool is_pointless(const struct linx_connection *c)
{
	return c->requests == LINX_HTTP_DIR_UNKNOWN && c->parser[0].state == LINX_HTTP_STOPPED &&
	       c->parser[0].why == LINX_HTTP_WHY_FOREIGN;
}

/* True if no bytes of the connection were seen yet, only calls such as socket and connect. */
static bool is_fresh(const struct linx_connection *c)
{
	return c->requests == LINX_HTTP_DIR_UNKNOWN && c->parser[0].state == LINX_HTTP_START &&
	       c->parser[1].state == LINX_HTTP_START;
}

/*
 * True if the bytes look like the start of HTTP. If *c is NULL, the function then makes a connection; *c stays NULL if
 * there is no memory. If the stream does not describe descriptors, only a call that works on sockets alone shows that
 * fd is a socket. False: the bytes are not HTTP, and the connection was dropped; or there are no bytes, or fd is not
 * known to be a socket.
 */
static bool may_begin(struct linx_follower *f, const struct linx_transfer *t, const struct place *at, struct linx_connection **c,
		      const uint8_t *data, uint64_t have)
{
	const bool socket = *c || at->known || t->socket;

	if (!have || !socket)
		return false;
	if (looks_of(data, have) != LINX_HTTP_LOOKS_FOREIGN) {
		if (!*c)
			*c = begin(f, at);
		return true;
	}
	f->counts.tls += is_tls(data, have);
	if (*c)
		drop(f, *c);
	*c = NULL;
	return false;
}

static int move_piece(struct linx_follower *f, const struct linx_transfer *t, const struct place *at, struct linx_connection **c,
		      const uint8_t *data, uint64_t have, uint64_t len)
{
	if ((!*c || is_fresh(*c)) && !may_begin(f, t, at, c, data, have))
		return 0;
	if (!*c)
		return -ENOMEM;
	learn_addresses(*c, at);
	return feed_piece(f, *c, t->out ? LINX_HTTP_OUT : LINX_HTTP_IN, at->fd, data, have, len);
}

/*
 * Handles bytes whose socket is not recorded. They may belong to the connection that the process last used with this
 * descriptor.
 */
static void miss(struct linx_follower *f, uint64_t user)
{
	struct linx_connection *c = linx_connection_by_user(&f->all, user);

	if (c)
		lose(f, c);
}

static int move(struct linx_follower *f, const struct linx_transfer *t, const struct linx_event *ev)
{
	struct linx_transfer_walk w;
	struct linx_connection *c;
	const uint8_t *data;
	uint64_t have, len;
	struct place at;
	int ret = 0;

	if (!find_place(ev, (int32_t)ev->args[t->fd], &at) || linx_transfer_is_aside(t, ev, family_of(&at)))
		return 0;
	f->descriptors |= at.known;
	c = find_connection(f, &at);
	if (c && c->gaps != f->all.gaps)
		lose(f, c);
	if (!c && !at.known)
		miss(f, at.user);
	linx_transfer_begin(&w, t, ev);
	while (!ret && linx_transfer_next(&w, &data, &have, &len))
		ret = move_piece(f, t, &at, &c, data, have, len);
	if (!c)
		return ret;
	linx_connection_use(&f->all, c, at.user);
	linx_connection_account(&f->all, c);
	if (ret || is_pointless(c))
		drop(f, c);
	else
		make_room(f, c);
	return ret;
}

/* Handles a read of 0 bytes: the peer has closed its side, so no more responses come. */
static void end_of_stream(struct linx_follower *f, const struct linx_event *ev, const struct linx_transfer *t)
{
	struct linx_connection *c;
	struct place at;

	if (t->out || t->kind != LINX_TRANSFER_BUFFER || ev->nargs < 3 || !ev->args[2] ||
	    !find_place(ev, (int32_t)ev->args[t->fd], &at) || linx_transfer_is_aside(t, ev, family_of(&at)))
		return;
	c = find_connection(f, &at);
	if (c && c->requests == LINX_HTTP_OUT)
		finish_waiting(f, c);
}

static void forget(struct linx_follower *f, struct linx_connection *c)
{
	if (c)
		drop(f, c);
}

/*
 * Handles a new socket, or a connect. An earlier connection with this inode or descriptor has ended. A new connection
 * is made for a connect, to mark that the connection is known from its beginning. If descriptors are not recorded, it
 * is made for any new socket, to mark that fd is a socket.
 */
static void open_socket(struct linx_follower *f, const struct linx_event *ev, int32_t fd, bool connects)
{
	struct linx_connection *c;
	struct place at;

	if (!find_place(ev, fd, &at))
		return;
	forget(f, linx_connection_by_socket(&f->all, at.socket));
	forget(f, linx_connection_by_socket(&f->all, at.user));
	if (at.known && !connects && f->descriptors)
		return;
	c = begin(f, &at);
	if (!c)
		return;
	c->in_step = connects;
	linx_connection_use(&f->all, c, at.user);
}

static void close_socket(struct linx_follower *f, const struct linx_event *ev)
{
	struct linx_connection *c;
	uint64_t user = linx_connection_user(ev->rec->pid, (int32_t)ev->args[0]);

	forget(f, linx_connection_by_socket(&f->all, user));
	c = linx_connection_by_user(&f->all, user);
	if (c && is_fresh(c))
		drop(f, c);
	else if (c)
		c->closed_at = ev->time;
}

/*
 * Drops closed connections, beginning with the one that was unused longest. Stops at the first one that is open or was
 * closed recently.
 */
static void sweep(struct linx_follower *f, uint64_t now)
{
	struct linx_connection *c = f->all.oldest;

	while (c && c->closed_at && now > c->closed_at + (c->first ? GRACE_WAITING_NS : GRACE_IDLE_NS)) {
		drop(f, c);
		c = f->all.oldest;
	}
}

static int take_call(struct linx_follower *f, const struct linx_event *ev)
{
	static const struct linx_transfer from_socket = { "splice", LINX_TRANSFER_UNSEEN, false, false, 0, -1 };
	const struct linx_transfer *t = linx_transfer_of(ev);
	int ret;

	if (!t)
		return 0;
	switch (t->kind) {
	case LINX_TRANSFER_CLOSE:
		close_socket(f, ev);
		return 0;
	case LINX_TRANSFER_OPEN:
		open_socket(f, ev, (int32_t)ev->ret, false);
		return 0;
	case LINX_TRANSFER_CONNECT:
		open_socket(f, ev, (int32_t)ev->args[0], true);
		return 0;
	default:
		break;
	}
	if (!ev->ret) {
		end_of_stream(f, ev, t);
		return 0;
	}
	ret = move(f, t, ev);
	return ret || t->kind != LINX_TRANSFER_UNSEEN || !t->fd ? ret : move(f, &from_socket, ev);
}

int linx_follower_feed(struct linx_follower *f, const struct linx_event *ev)
{
	int ret = 0;

	f->ev = ev;
	if (ev->tasks)
		f->tasks = ev->tasks;
	if (ev->kind == LINX_EVENT_GAP)
		f->all.gaps++;
	if (ev->rec)
		sweep(f, ev->time);
	if (ev->kind == LINX_EVENT_SYSCALL)
		ret = take_call(f, ev);
	f->counts.given_up += ret < 0;
	return ret;
}
