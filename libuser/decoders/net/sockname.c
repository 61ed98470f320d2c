// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes calls that return a socket address, or receive data with the sender's address. */
#include "decoders/net/net.h"

static uint64_t address(const struct linx_put *p, unsigned int i)
{
	return (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
}

static void put_addr_arg(struct linx_put *p, unsigned int i)
{
	if (linx_put_argname(p, i))
		linx_put_unread(p, address(p, i));
	p->plain = false;
}

/*
 * Reads the length that argument i points to; late: as it was after the call, else before it. False: not
 * captured.
 */
static bool read_len(struct linx_put *p, unsigned int i, bool late, int32_t *len)
{
	int64_t n;
	bool there;

	p->late = late;
	there = linx_put_mem_int(p, address(p, i), 4, true, &n);
	p->late = false;
	*len = there ? (int32_t)n : 0;
	return there;
}

void linx_put_len_arg(struct linx_put *p, unsigned int i, int32_t room, int32_t len)
{
	if (!linx_put_argname(p, i))
		return;
	linx_put_text(p, "[");
	if (room != len) {
		linx_put_before(p);
		linx_put_i64(p, room);
		linx_put_after(p);
	}
	linx_put_i64(p, len);
	if (room != len)
		linx_put_after_end(p);
	linx_put_text(p, "]");
	p->plain = false;
}

/* Writes the socket address in argument i. The next argument points to its length. */
static void put_name(struct linx_put *p, unsigned int i)
{
	int32_t room, len;
	bool ok = linx_put_ok(p);

	if (!address(p, i) || !address(p, i + 1) || !read_len(p, i + 1, false, &room)) {
		put_addr_arg(p, i);
		put_addr_arg(p, i + 1);
		return;
	}
	if (!ok || !read_len(p, i + 1, true, &len)) {
		put_addr_arg(p, i);
		linx_put_len_arg(p, i + 1, room, room);
		return;
	}
	if (linx_put_argname(p, i)) {
		int32_t shown = room > len ? len : room;

		p->late = true;
		linx_put_sockaddr(p, address(p, i), shown < 0 ? 0 : (uint64_t)shown);
		p->late = false;
	}
	linx_put_len_arg(p, i + 1, room, len);
}

/* Writes the arguments of accept(2), accept4(2), getsockname(2) and getpeername(2). */
void linx_call_sockname(struct linx_put *p)
{
	linx_put_arg(p, 0);
	linx_net_known(p);
	put_name(p, 1);
	for (unsigned int i = 3; i < p->ev->call->row->nargs; i++)
		linx_put_arg(p, i);
}

/* ---- buffers that may hold netlink messages ---------------------------------------------- */

/* Writes argument i, a buffer of which len bytes are used. The buffer of a netlink socket has messages. */
static void put_buffer(struct linx_put *p, unsigned int i, uint64_t len)
{
	if (!linx_put_is_netlink(p, linx_reg_int(p, 0))) {
		linx_put_arg(p, i);
		return;
	}
	if (linx_put_argname(p, i))
		linx_put_netlink(p, linx_reg_int(p, 0), address(p, i), len);
	p->plain = false;
}

void linx_call_sendto(struct linx_put *p)
{
	linx_put_arg(p, 0);
	put_buffer(p, 1, linx_reg_as(p, 2, &linx_ty_size));
	for (unsigned int i = 2; i < p->ev->call->row->nargs; i++)
		linx_put_arg(p, i);
}

static void put_received(struct linx_put *p)
{
	uint64_t room = (uint64_t)linx_reg_as(p, 2, &linx_ty_size), n = (uint64_t)p->ev->ret;

	if (!linx_put_ok(p)) {
		put_addr_arg(p, 1);
		return;
	}
	p->late = true;
	put_buffer(p, 1, n < room ? n : room);
	p->late = false;
}

void linx_call_recvfrom(struct linx_put *p)
{
	linx_put_arg(p, 0);
	linx_net_known(p);
	put_received(p);
	linx_put_arg(p, 2);
	linx_put_arg(p, 3);
	if (p->ev->call->row->nargs > 5)
		put_name(p, 4);
}
