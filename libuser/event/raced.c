// SPDX-License-Identifier: LGPL-2.1-or-later
/* Compares captured values with the values that the call really used, or that were there when it returned. */
#include <string.h>
#include <sys/socket.h>

#include "record/decode.h"
#include "event/raced.h"
#include "event/resolved.h"
#include "table/type.h"

/* True if two values differ. If one is truncated, only the bytes that both have are compared. */
static bool differ(const struct linx_value *x, const struct linx_value *y)
{
	uint32_t n = x->size < y->size ? x->size : y->size;

	if (linx_value_whole(x) && linx_value_whole(y) && x->size != y->size)
		return true;
	return n && memcmp(x->data, y->data, n) != 0;
}

static void set_raced(struct linx_event *ev, unsigned int arg, const struct linx_value *used)
{
	if (!(ev->flags & LINX_EVENT_RACED))
		ev->raced = 0;
	ev->flags |= LINX_EVENT_RACED;
	ev->raced |= 1u << arg;
	ev->used[arg] = *used;
}

static void set_late(struct linx_event *ev, struct linx_value *in, const struct linx_value *from)
{
	*in = *from;
	in->state = LINX_LATE;
	ev->late = true;
}

void linx_raced_merge(struct linx_event *ev, unsigned int arg, struct linx_value late)
{
	struct linx_value *in = &ev->in[arg];

	if (in->state == LINX_UNREADABLE && linx_value_readable(&late))
		set_late(ev, in, &late);
	else if (linx_value_readable(in) && linx_value_readable(&late) && differ(in, &late))
		set_raced(ev, arg, &late);
}

static int find_type(const struct linx_table_call *call, const char *type)
{
	for (unsigned int i = 0; call && i < call->row->nargs; i++)
		if (!strcmp(call->row->args[i].type, type))
			return (int)i;
	return -1;
}

/* Compares the file name that exec itself copied with the captured one. */
static void check_filename(struct linx_event *ev)
{
	const struct linx_value *used = &ev->field[LINX_FIELD_FILENAME];
	int arg = find_type(ev->call, "path");
	struct linx_value *in;

	if (arg < 0 || !linx_value_readable(used))
		return;
	in = &ev->in[arg];
	if (!linx_value_readable(in))
		set_late(ev, in, used);
	/*
	 * The name that exec makes of execveat's descriptor and path begins differently and
	 * cannot be compared.
	 */
	else if (find_type(ev->call, "dirfd") < 0 && differ(in, used))
		set_raced(ev, (unsigned int)arg, used);
	else if (in->state == LINX_LATE && linx_value_whole(used) && in->size == used->size && !differ(in, used))
		/* the EXEC record has the same name, which proves that the captured one belongs to this call */
		in->state = LINX_WHOLE;
}

/*
 * Uses the new program's arguments as the call's argv, if that was not captured whole. This is not done for a file that
 * an interpreter runs (a script, or by binfmt_misc): the interpreter gets other arguments.
 */
static void check_argv(struct linx_event *ev)
{
	const struct linx_value *used = &ev->field[LINX_FIELD_ARGV];
	int arg = find_type(ev->call, "argv");

	if (arg < 0 || linx_value_whole(&ev->in[arg]) || !linx_value_whole(used) ||
	    ev->field[LINX_FIELD_INTERP].state)
		return;
	set_late(ev, &ev->in[arg], used);
}

void linx_raced_exec(struct linx_event *ev)
{
	check_filename(ev);
	check_argv(ev);
}

static bool other_peer(const uint8_t *port, const uint8_t *addr, size_t n, const struct linx_sock *sock)
{
	if ((port[0] << 8 | port[1]) != sock->peer_port)
		return true;
	/* If connect was given an address of zeroes, it means this host, whatever address the peer then has. */
	return !linx_all_zero(addr, n) && memcmp(addr, sock->peer, n);
}

/*
 * Sets ev->used[1] to the address that connect really used: the captured one with the port and host
 * address of the socket's peer. at: offset of the host address, which has n bytes.
 */
static void set_peer(struct linx_event *ev, const struct linx_sock *sock, size_t at, size_t n)
{
	struct linx_value used = ev->in[1];

	if (used.size > sizeof(ev->peer))
		used.size = sizeof(ev->peer);
	memcpy(ev->peer, used.data, used.size);
	ev->peer[2] = (uint8_t)(sock->peer_port >> 8);
	ev->peer[3] = (uint8_t)sock->peer_port;
	memcpy(ev->peer + at, sock->peer, n);
	used.data = ev->peer;
	set_raced(ev, 1, &used);
}

void linx_raced_peer(struct linx_event *ev)
{
	const struct linx_value *in = &ev->in[1];
	const uint8_t *addr = in->data;
	struct linx_descriptor d;
	uint16_t family;

	if (!linx_value_whole(in) || in->state == LINX_LATE || in->size < 16 || !linx_resolved_connected(ev, &d))
		return;
	memcpy(&family, addr, sizeof(family));
	if (family == AF_INET && d.sock.family == AF_INET && other_peer(addr + 2, addr + 4, 4, &d.sock))
		set_peer(ev, &d.sock, 4, 4);
	if (family == AF_INET6 && d.sock.family == AF_INET6 && in->size >= 24 &&
	    other_peer(addr + 2, addr + 8, 16, &d.sock))
		set_peer(ev, &d.sock, 8, 16);
}
