// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes the messages of sendmsg(2) and recvmsg(2): address, buffers and control messages; and arrays of
 * messages.
 */
#include "decoders/net/net.h"

#define NO_LIMIT UINT64_MAX
#define MESSAGES_MAX 1024u /* limit of the messages that the kernel accepts (UIO_MAXIOV) */

/* The message that is being written. */
struct message {
	struct linx_obj o;
	bool has_room, received;
	int32_t room; /* msg_namelen before the call: bytes for the address */
	uint64_t filled; /* bytes that the call stored in the buffers */
};

static uint64_t num(const struct linx_put *p, const struct message *m, const char *name)
{
	return (uint64_t)linx_member_num(p, &m->o, name);
}

/* ---- buffers of a message ---------------------------------------------------------------- */

static size_t word(const struct linx_put *p)
{
	return linx_is_64(p->abi) ? 8 : 4;
}

static uint64_t load_word(const struct linx_put *p, const uint8_t *data)
{
	uint64_t n = 0;

	memcpy(&n, data, word(p));
	return n;
}

/* Writes one buffer of a message. *left: how many bytes of all buffers may still be shown. */
static void put_buffer(struct linx_put *p, const uint8_t *iov, bool netlink, uint64_t *left)
{
	uint64_t base = load_word(p, iov), len = load_word(p, iov + word(p));
	uint64_t shown = len < *left ? len : *left;

	linx_put_open(p);
	linx_put_name(p, "iov_base");
	if (netlink)
		linx_put_netlink(p, linx_reg_int(p, 0), base, shown);
	else
		linx_put_string_at(p, base, shown);
	linx_put_name(p, "iov_len");
	linx_put_u64(p, len);
	linx_put_close(p);
	if (*left != NO_LIMIT)
		*left -= shown;
}

static void put_buffers(struct linx_put *p, uint64_t addr, uint64_t count, bool netlink,
			uint64_t left)
{
	uint64_t most = p->brief ? p->st->limit : UINT64_MAX;
	size_t size = 2 * word(p);

	if (!addr || (count && !linx_put_mem(p, addr, size))) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_list(p);
	for (uint64_t i = 0; i < count; i++) {
		const uint8_t *iov = linx_put_mem(p, addr + i * size, size);

		if (!iov) {
			linx_put_more_at(p, addr + i * size);
			break;
		}
		if (i == most) {
			linx_put_more(p);
			break;
		}
		linx_put_item(p);
		put_buffer(p, iov, netlink, &left);
	}
	linx_put_list_end(p);
}

/* ---- one message --------------------------------------------------------------------------- */

static void put_namelen(struct linx_put *p, const struct message *m, int32_t len)
{
	bool changed = m->has_room && m->room != len;

	linx_put_name(p, "msg_namelen");
	if (changed) {
		linx_put_before(p);
		linx_put_i64(p, m->room);
		linx_put_after(p);
	}
	linx_put_i64(p, len);
	if (changed)
		linx_put_after_end(p);
}

/*
 * True for a message of a netlink socket. strace decides by the address alone, which a receiver need not
 * request.
 */
static bool is_netlink(struct linx_put *p, uint64_t name, uint64_t bytes)
{
	return linx_sockaddr_family(p, name, bytes) == LINX_AF_NETLINK ||
	       (!p->st->strace && linx_put_is_netlink(p, linx_reg_int(p, 0)));
}

static bool meet(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a_size && b_size && (a - b < b_size || b - a < a_size);
}

/*
 * Writes control messages. The kernel stores them first, then the address and the message header: if one of these
 * overlaps the control messages, it has overwritten them, and only their address is shown.
 */
static void put_control(struct linx_put *p, const struct message *m, uint64_t name, uint64_t bytes, uint64_t len)
{
	uint64_t control = num(p, m, "msg_control");

	linx_put_name(p, "msg_control");
	if (m->received && ((name && meet(name, bytes, control, len)) ||
			    meet(m->o.addr, linx_type_size(&linx_ty_msghdr, p->abi), control, len)))
		linx_put_unfilled(p, control);
	else
		linx_put_control(p, control, len);
}

static void put_message(struct linx_put *p, const struct message *m)
{
	uint64_t name = num(p, m, "msg_name"), controllen = num(p, m, "msg_controllen");
	int32_t len = (int32_t)num(p, m, "msg_namelen");
	int32_t shown = m->has_room && len > m->room ? m->room : len;
	uint64_t bytes = shown < 0 ? 0 : (uint64_t)shown;

	linx_put_open(p);
	linx_put_name(p, "msg_name");
	linx_put_sockaddr(p, name, bytes);
	put_namelen(p, m, len);
	linx_put_name(p, "msg_iov");
	put_buffers(p, num(p, m, "msg_iov"), num(p, m, "msg_iovlen"), is_netlink(p, name, bytes), m->filled);
	linx_put_member(p, &m->o, "msg_iovlen");
	if (controllen)
		put_control(p, m, name, bytes, controllen);
	linx_put_member(p, &m->o, "msg_controllen");
	linx_put_member(p, &m->o, "msg_flags");
	linx_put_close(p);
}

/* Writes the message of a sending call. */
void linx_put_msghdr(struct linx_put *p, const struct linx_obj *o)
{
	struct message m = { .o = *o, .filled = NO_LIMIT };

	put_message(p, &m);
}

static uint64_t address(const struct linx_put *p, unsigned int i)
{
	return (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
}

/*
 * Finds a message at addr in captured memory, as the call left it, and msg_namelen as it was before the call.
 * False: not captured.
 */
static bool load(struct linx_put *p, const struct linx_ty *ty, uint64_t addr, struct message *m)
{
	size_t size = linx_type_size(ty, p->abi);
	const uint8_t *before = linx_put_mem_before(p, addr, size), *data = linx_put_mem(p, addr, size);
	struct linx_obj was = { .ty = &linx_ty_msghdr, .data = before };

	was.size = linx_type_size(&linx_ty_msghdr, p->abi);
	*m = (struct message){ .o = was, .filled = NO_LIMIT, .has_room = before };
	m->o.data = data;
	m->o.addr = addr;
	if (before)
		m->room = (int32_t)linx_member_num(p, &was, "msg_namelen");
	return data;
}

/* ---- recvmsg --------------------------------------------------------------------------------- */

/* Writes a received message. If the call failed, only the sizes before the call are shown. */
static void put_received(struct linx_put *p, uint64_t addr)
{
	struct message m;

	p->late = linx_put_ok(p);
	if (!load(p, &linx_ty_msghdr, addr, &m)) {
		linx_put_addr(p, addr);
	} else if (linx_put_ok(p)) {
		m.received = true;
		m.filled = (uint64_t)p->ev->ret;
		put_message(p, &m);
	} else {
		linx_put_open(p);
		linx_put_name(p, "msg_namelen");
		linx_put_i64(p, (int32_t)num(p, &m, "msg_namelen"));
		linx_put_close(p);
	}
	p->late = false;
	p->plain = false;
}

void linx_call_recvmsg(struct linx_put *p)
{
	linx_put_arg(p, 0);
	linx_net_known(p);
	if (linx_put_argname(p, 1))
		put_received(p, address(p, 1));
	linx_put_arg(p, 2);
}

/* ---- arrays of messages -------------------------------------------------------------------- */

/* State of a call with an array of messages: sendmmsg(2) or recvmmsg(2). */
struct vector {
	uint64_t count, done; /* number of messages shown; number of messages sent or received */
	bool received; /* the messages are shown as they were at the return */
};

static bool load_msg_len(struct linx_put *p, uint64_t addr, int64_t *len)
{
	bool late = p->late, there;

	p->late = true;
	there = linx_put_mem_int(p, addr + linx_type_size(&linx_ty_msghdr, p->abi), 4, false, len);
	p->late = late;
	return there;
}

static void put_element(struct linx_put *p, uint64_t addr, struct message *m, bool done, bool received)
{
	int64_t len;
	bool there = load_msg_len(p, addr, &len);

	m->received = received;
	m->has_room = m->has_room && received;
	if (received && there)
		m->filled = (uint64_t)len;
	linx_put_open(p);
	linx_put_name(p, "msg_hdr");
	put_message(p, m);
	if (done && there) {
		linx_put_name(p, "msg_len");
		linx_put_u64(p, (uint64_t)len);
	}
	linx_put_close(p);
}

static void put_vector(struct linx_put *p, uint64_t addr, const struct vector *v)
{
	size_t size = linx_type_size(&linx_ty_mmsghdr, p->abi);
	uint64_t most = p->brief && p->st->limit < MESSAGES_MAX ? p->st->limit : MESSAGES_MAX;
	struct message m;

	if (!addr || (v->count && !linx_put_mem(p, addr, size))) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_list(p);
	for (uint64_t i = 0; i < v->count; i++, addr += size) {
		if (!load(p, &linx_ty_mmsghdr, addr, &m)) {
			linx_put_more_at(p, addr);
			break;
		}
		if (i == most) {
			linx_put_more(p);
			break;
		}
		linx_put_item(p);
		put_element(p, addr, &m, i < v->done, v->received);
	}
	linx_put_list_end(p);
}

/* Writes the arguments of sendmmsg(2). The kernel stores the number of bytes sent in each message. */
void linx_call_sendmmsg(struct linx_put *p)
{
	struct vector v = { .count = (uint32_t)linx_reg(p, 2),
			    .done = linx_put_ok(p) ? (uint64_t)p->ev->ret : 0 };

	linx_put_arg(p, 0);
	linx_net_known(p);
	if (linx_put_argname(p, 1)) {
		put_vector(p, address(p, 1), &v);
		p->plain = false;
	}
	linx_put_arg(p, 2);
	linx_put_arg(p, 3);
}

static void put_timeout(struct linx_put *p, bool late)
{
	p->late = late;
	linx_put_ptr(p, p->ev->call->row->args[4].ty, address(p, 4));
	p->late = false;
	p->plain = false;
}

/* Writes the time that was left, behind the result. */
static void put_left(struct linx_put *p)
{
	struct linx_strbuf *o = p->o;

	if (!p->aux || !linx_put_ok(p))
		return;
	p->late = true;
	if (!p->ev->ret) {
		linx_put_aux_text(p, "Timeout");
	} else if (linx_put_mem(p, address(p, 4), 1)) {
		linx_put_aux_text(p, "left ");
		p->o = p->aux;
		put_timeout(p, true);
		p->o = o;
	}
	p->late = false;
}

void linx_call_recvmmsg(struct linx_put *p)
{
	uint64_t n = linx_put_ok(p) ? (uint64_t)p->ev->ret : 0;
	struct vector v = { .count = n, .done = n, .received = true };

	linx_put_arg(p, 0);
	linx_net_known(p);
	if (linx_put_argname(p, 1)) {
		p->late = true;
		if (linx_put_ok(p))
			put_vector(p, address(p, 1), &v);
		else
			linx_put_addr(p, address(p, 1));
		p->late = p->plain = false;
	}
	linx_put_arg(p, 2);
	linx_put_arg(p, 3);
	if (linx_put_argname(p, 4))
		put_timeout(p, false);
	put_left(p);
}
