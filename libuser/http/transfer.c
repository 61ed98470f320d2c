// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array_size.h"
#include "http/transfer.h"
#include "record/decode.h"
#include "shared/http_facts.h"

/* For each call of tables/http.def, whose bytes are captured, the facts that the table has. */
enum {
#define CALL(row, what) FACTS_##row = what,
#include "tables/http.def"
#undef CALL
};
#define FLAGS_PLACE(facts) ((int)LINX_HTTP_FLAGS_OF(facts) ? (int)LINX_HTTP_FLAGS_OF(facts) : -1)
#define MOVES(call, kind, socket) { #call, kind, FACTS_##call & LINX_HTTP_SENDS, socket, 0, FLAGS_PLACE(FACTS_##call) }

/* Calls that move bytes or change sockets, sorted by name for find(). splice also reads from a socket: see follow.c. */
static const struct linx_transfer transfers[] = {
	{ "accept", LINX_TRANSFER_OPEN, false, true, 0, -1 },
	{ "accept4", LINX_TRANSFER_OPEN, false, true, 0, -1 },
	{ "close", LINX_TRANSFER_CLOSE, false, false, 0, -1 },
	{ "connect", LINX_TRANSFER_CONNECT, true, true, 0, -1 },
	MOVES(preadv2, LINX_TRANSFER_VECTOR, false),
	MOVES(pwritev2, LINX_TRANSFER_VECTOR, false),
	MOVES(read, LINX_TRANSFER_BUFFER, false),
	MOVES(readv, LINX_TRANSFER_VECTOR, false),
	MOVES(recv, LINX_TRANSFER_BUFFER, true),
	MOVES(recvfrom, LINX_TRANSFER_BUFFER, true),
	MOVES(recvmmsg, LINX_TRANSFER_MESSAGES, true),
	MOVES(recvmmsg_time64, LINX_TRANSFER_MESSAGES, true),
	MOVES(recvmsg, LINX_TRANSFER_MESSAGE, true),
	MOVES(send, LINX_TRANSFER_BUFFER, true),
	{ "sendfile", LINX_TRANSFER_UNSEEN, true, false, 0, -1 },
	{ "sendfile64", LINX_TRANSFER_UNSEEN, true, false, 0, -1 },
	MOVES(sendmmsg, LINX_TRANSFER_MESSAGES, true),
	MOVES(sendmsg, LINX_TRANSFER_MESSAGE, true),
	MOVES(sendto, LINX_TRANSFER_BUFFER, true),
	{ "socket", LINX_TRANSFER_OPEN, false, true, 0, -1 },
	{ "splice", LINX_TRANSFER_UNSEEN, true, false, 2, -1 },
	MOVES(write, LINX_TRANSFER_BUFFER, false),
	MOVES(writev, LINX_TRANSFER_VECTOR, false),
};

static const struct linx_transfer *find(const char *name)
{
	size_t from = 0, to = ARRAY_SIZE(transfers);

	while (from < to) {
		size_t at = (from + to) / 2;
		int order = strcmp(name, transfers[at].name);

		if (!order)
			return &transfers[at];
		if (order < 0)
			to = at;
		else
			from = at + 1;
	}
	return NULL;
}

/*
 * Value of -EINPROGRESS, the result of a connect that continues in the background. The socket already has its new peer.
 */
#define IN_PROGRESS (-115)

const struct linx_transfer *linx_transfer_of(const struct linx_event *ev)
{
	const struct linx_transfer *t;

	if (ev->kind != LINX_EVENT_SYSCALL || !ev->call || ev->entry || !ev->has_ret)
		return NULL;
	t = find(ev->call->name);
	if (!t || ev->nargs <= t->fd || ev->args_gone)
		return NULL;
	return ev->ret >= 0 || t->kind == LINX_TRANSFER_CLOSE || (t->kind == LINX_TRANSFER_CONNECT && ev->ret == IN_PROGRESS) ?
		       t :
		       NULL;
}

bool linx_transfer_is_aside(const struct linx_transfer *t, const struct linx_event *ev, unsigned int family)
{
	uint64_t flags = t->flags >= 0 && (unsigned int)t->flags < ev->nargs ? ev->args[t->flags] : 0;

	if (t->out || !(flags & (MSG_PEEK | MSG_ERRQUEUE | MSG_OOB)))
		return false;
	return flags & (MSG_PEEK | MSG_OOB) || family != AF_UNIX;
}

/* ---- memory ---------------------------------------------------------------------------- */

static size_t word_size(const struct linx_event *ev)
{
	return ev->call->layout == LINX_ABI_I386 || ev->call->layout == LINX_ABI_X32 || ev->call->layout == LINX_ABI_ARM ? 4 : 8;
}

/* Returns the captured bytes at addr and sets *len. late: the bytes as they were at return. NULL: not captured. */
static const uint8_t *captured(const struct linx_event *ev, uint64_t addr, bool late, uint64_t *len)
{
	const struct linx_extent *e = linx_mem_find(ev->mem, addr, late);

	*len = 0;
	if (!e || !linx_value_readable(&e->v))
		return NULL;
	*len = e->v.size - (addr - e->addr);
	return (const uint8_t *)e->v.data + (addr - e->addr);
}

/*
 * Reads word i of a structure at addr. written: only the word at return will do, not the word at entry. False: not
 * captured.
 */
static bool word_at(const struct linx_event *ev, uint64_t addr, unsigned int i, bool written, uint64_t *word)
{
	const size_t size = word_size(ev);
	const uint8_t *data;
	uint64_t len;

	data = captured(ev, addr + i * size, true, &len);
	if (!data && !written)
		data = captured(ev, addr + i * size, false, &len);
	*word = 0;
	if (!data || len < size)
		return false;
	memcpy(word, data, size); /* all machines with a table of calls are little endian */
	return true;
}

/* ---- pieces ---------------------------------------------------------------------------- */

/*
 * Indexes in struct msghdr, which consists of words: name, its length, vector, its length, control, its length, flags.
 */
#define MSG_VECTOR 2u
#define MSG_COUNT 3u
#define MSG_WORDS 7u
/* Number of words of struct mmsghdr: a msghdr, then the number of bytes of the message, padded to a word. */
#define MMSG_WORDS (MSG_WORDS + 1)

static void begin_message(struct linx_transfer_walk *w, uint64_t addr)
{
	if (!word_at(w->ev, addr, MSG_VECTOR, false, &w->vector) || !word_at(w->ev, addr, MSG_COUNT, false, &w->count))
		w->count = 0;
}

void linx_transfer_begin(struct linx_transfer_walk *w, const struct linx_transfer *t, const struct linx_event *ev)
{
	*w = (struct linx_transfer_walk){ .t = t, .ev = ev, .left = (uint64_t)ev->ret };
	if (t->kind == LINX_TRANSFER_VECTOR && ev->nargs > 2) {
		w->vector = ev->args[1];
		w->count = ev->args[2];
	} else if (t->kind == LINX_TRANSFER_MESSAGE && ev->nargs > 1) {
		begin_message(w, ev->args[1]);
	} else if (t->kind == LINX_TRANSFER_MESSAGES && ev->nargs > 1) {
		w->messages = ev->args[1];
		w->nmessages = (uint64_t)ev->ret;
		w->left = 0;
	}
}

/*
 * If no bytes are left, moves on to the next message of sendmmsg or recvmmsg that has bytes. False: there is no such
 * message.
 */
static bool next_message(struct linx_transfer_walk *w)
{
	while (!w->left && w->nmessages) {
		uint64_t len;

		if (!word_at(w->ev, w->messages, MSG_WORDS, true, &len)) {
			w->nmessages = 0;
			return false;
		}
		w->left = len & UINT32_MAX;
		begin_message(w, w->messages);
		w->messages += MMSG_WORDS * word_size(w->ev);
		w->nmessages--;
	}
	return w->left;
}

/*
 * Gets the next buffer of the vector that is not empty. False: there is no such buffer, or its place in the vector was
 * not captured.
 */
static bool next_buffer(struct linx_transfer_walk *w, uint64_t *base, uint64_t *len)
{
	while (w->count) {
		bool known = word_at(w->ev, w->vector, 0, false, base) && word_at(w->ev, w->vector, 1, false, len);

		w->vector += 2 * word_size(w->ev);
		w->count--;
		if (!known)
			return false;
		if (*len)
			return true;
	}
	return false;
}

bool linx_transfer_next(struct linx_transfer_walk *w, const uint8_t **data, uint64_t *have, uint64_t *len)
{
	uint64_t base = 0;

	if (!next_message(w))
		return false;
	*data = NULL;
	*have = 0;
	*len = w->left;
	if (w->t->kind == LINX_TRANSFER_BUFFER && w->ev->nargs > 1)
		base = w->ev->args[1];
	else if (w->t->kind != LINX_TRANSFER_UNSEEN && !next_buffer(w, &base, len))
		base = 0;
	if (*len > w->left || !base)
		*len = w->left;
	w->left -= *len;
	if (base)
		*data = captured(w->ev, base, !w->t->out, have);
	if (*have > *len)
		*have = *len;
	return true;
}
