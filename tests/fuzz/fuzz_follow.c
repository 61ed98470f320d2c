// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes the bytes that calls send and receive through sockets, in any order and cut at any place. Each step takes four
 * bytes: the call, its socket, the captured length of its data, and the length of the data, which follows. If text of a
 * request is reported, it must be in the bytes of that request's socket.
 */
#include <stdlib.h>
#include <string.h>
#include "libuser/decoders/bind.h"
#include "libuser/event/event.h"
#include "libuser/http/follow.h"

#define SOCKETS 4u
#define HAS_SOCKET 16u /* bit in the byte that selects the socket: the record has a description of the descriptor */

static const struct {
	const char *name;
	/*
	 * direction of the captured bytes: 'i' received, 'o' sent; '-': no bytes; 'n': no bytes, and the call may open
	 * the socket
	 */
	char dir;
} calls[] = { { "read", 'i' }, { "write", 'o' }, { "recvfrom", 'i' }, { "sendto", 'o' }, { "writev", 'o' }, { "recvmsg", 'i' },
	      { "sendfile", '-' }, { "close", '-' }, { "accept", 'n' }, { "connect", 'n' }, { "splice", '-' }, { "sendmmsg", 'o' },
	      { "socket", 'n' } };
#define CALLS (sizeof(calls) / sizeof(calls[0]))

/*
 * Captured bytes of a socket in one direction: the record of the call describes that socket, or an earlier call of the
 * process may have opened it under this number.
 */
struct moved {
	uint8_t *data;
	size_t len;
};

#define PROCESSES 4u
#define PROCESS_OF(who) ((who) / 64u)

struct known {
	struct moved moved[SOCKETS][2];
	bool opened[PROCESSES][SOCKETS];
};

static void note(struct moved *m, const uint8_t *data, size_t len)
{
	m->data = realloc(m->data, m->len + len + 1);
	memcpy(m->data + m->len, data, len);
	m->len += len;
}

static const struct linx_table_call *call_of(struct linx_table *t, const char *name)
{
	for (unsigned int i = 0; i < t->ncalls; i++)
		if (!t->calls[i].abi && !strcmp(t->calls[i].name, name))
			return &t->calls[i];
	abort();
}

static bool holds(const struct moved *m, const struct linx_http_value *v)
{
	return m->len && memmem(m->data, m->len, v->data, v->len);
}

/* Expects that the bytes of a socket contain the value. m: its bytes in both directions. */
static void check_value(const struct linx_http_value *v, const struct moved *m)
{
	if (v->data && v->len && !holds(&m[0], v) && !holds(&m[1], v))
		abort();
}

static void check(const struct linx_event *ev, const struct moved (*moved)[2])
{
	const struct linx_http *h;

	if (linx_event_get_http(ev, &h) || h->socket >= SOCKETS + 1 || (!h->has_request && !h->status))
		abort();
	if (!h->socket)
		return;
	check_value(&h->path, moved[h->socket - 1]);
	check_value(&h->host, moved[h->socket - 1]);
	for (unsigned int i = 0; i < LINX_HTTP_NFIELDS; i++)
		check_value(&h->field[i], moved[h->socket - 1]);
}

struct step {
	struct linx_event ev;
	struct linx_rec rec;
	struct linx_position position;
	struct linx_mem mem;
	struct linx_extent pieces[3];
	struct linx_fds fds;
	struct linx_descriptor fd;
	uint64_t words[8];
};

#define DATA_AT 0x10000u
#define WORDS_AT 0x20000u

static void add_piece(struct step *s, uint64_t addr, const void *data, size_t len)
{
	s->pieces[s->mem.n++] = (struct linx_extent){
		.addr = addr, .arg = 1,
		.v = { .data = data, .size = (uint32_t)len, .orig = (uint32_t)len, .kind = LINX_VAL_BYTES, .state = LINX_WHOLE },
	};
}

/*
 * Prepares a step. Its words are an mmsghdr whose msg_iov points to the structure's own begin: the iovec lies in
 * msg_name and msg_namelen, which nothing reads.
 */
static void make(struct step *s, const struct linx_table_call *call, uint8_t who, const uint8_t *data, size_t keep, size_t len)
{
	memset(s, 0, sizeof(*s));
	s->mem.pieces = s->pieces;
	s->rec.pid = s->rec.tid = 1 + PROCESS_OF(who);
	s->ev = (struct linx_event){ .kind = LINX_EVENT_SYSCALL, .rec = &s->rec, .position = &s->position, .call = call,
				     .nargs = LINX_NARGS, .has_ret = true, .ret = (int64_t)len, .mem = &s->mem, .fds = &s->fds };
	s->ev.args[0] = who % SOCKETS;
	s->ev.args[1] = DATA_AT;
	s->ev.args[2] = !strcmp(call->name, "splice") ? who % SOCKETS : len;
	s->fd = (struct linx_descriptor){ .fd = (int32_t)(who % SOCKETS), .type = LINX_FD_SOCKET, .ino = 1 + who % SOCKETS };
	if (who & HAS_SOCKET)
		s->fds = (struct linx_fds){ .items = &s->fd, .n = 1, .cap = 1 };
	s->words[0] = DATA_AT;
	s->words[1] = len;
	s->words[2] = WORDS_AT;
	s->words[3] = 1;
	s->words[7] = len;
	add_piece(s, DATA_AT, data, keep);
	if (!strcmp(call->name, "writev") || !strcmp(call->name, "recvmsg") || !strcmp(call->name, "sendmmsg")) {
		add_piece(s, WORDS_AT, s->words, sizeof(s->words));
		s->ev.args[1] = WORDS_AT;
		s->ev.args[2] = strcmp(call->name, "writev") ? 0 : 1;
		s->ev.ret = strcmp(call->name, "sendmmsg") ? s->ev.ret : 1;
	}
}

static void learn(struct known *k, char dir, uint8_t who, const uint8_t *bytes, size_t n)
{
	bool *opened = &k->opened[PROCESS_OF(who)][who % SOCKETS], has_socket = who & HAS_SOCKET;

	*opened |= dir == 'n' && has_socket;
	if ((dir == 'i' || dir == 'o') && (has_socket || *opened))
		note(&k->moved[who % SOCKETS][dir == 'o'], bytes, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct linx_table *table;
	const struct linx_http_opts opts = { .size = sizeof(opts), .secrets = true, .connections = 3 };
	struct known known = { 0 };
	const struct linx_event *made;
	struct linx_http_counts counts;
	struct linx_follower *f;
	struct step s;

	if ((!table && linx_table_new_builtin(&table)) || linx_follower_new(&opts, &f))
		abort();
	for (size_t at = 0; size - at > 4; ) {
		const uint8_t *head = data + at, *bytes = data + at + 4;
		size_t len = head[3] < size - at - 4 ? head[3] : size - at - 4, keep = head[2] < len ? head[2] : len;
		uint8_t *copy = malloc(keep + 1);

		memcpy(copy, bytes, keep);
		if (head[0] != 255)
			learn(&known, calls[head[0] % CALLS].dir, head[1], bytes, keep);
		make(&s, call_of(table, calls[head[0] % CALLS].name), head[1], copy, keep, len);
		s.ev.time = s.rec.time = at * 100000000u;
		if (head[0] == 255)
			s.ev.kind = LINX_EVENT_GAP;
		linx_follower_feed(f, &s.ev);
		while (linx_follower_next(f, &made))
			check(made, (const struct moved(*)[2])known.moved);
		linx_follower_count(f, &counts);
		if (counts.connections > 3)
			abort();
		free(copy);
		at += 4 + len;
	}
	linx_follower_end(f);
	while (linx_follower_next(f, &made))
		check(made, (const struct moved(*)[2])known.moved);
	linx_follower_free(f);
	for (unsigned int i = 0; i < 2 * SOCKETS; i++)
		free(known.moved[i / 2][i % 2].data);
	return 0;
}
