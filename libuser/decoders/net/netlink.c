// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes messages of netlink sockets: headers and errors. Chooses the decoder of the protocol for the rest. */
#include <stdio.h>

#include <linx/state.h>

#include "record/fds.h"
#include "base/array_size.h"
#include "decoders/net/netlink.h"
#include "event/uring.h"

#define HEAD 16u /* size of struct nlmsghdr */
#define ERROR_SIZE (4 + HEAD) /* size of struct nlmsgerr */
#define NLM_F_CAPPED 0x100
#define KOBJECT_UEVENT 15

static void put_message(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len);

static uint64_t align4(uint64_t n)
{
	return (n + 3) & ~3ull;
}

static struct linx_nlmsg load_head(const uint8_t *data)
{
	struct linx_nlmsg m;

	memcpy(&m.len, data, 4);
	memcpy(&m.type, data + 4, 2);
	memcpy(&m.flags, data + 6, 2);
	memcpy(&m.seq, data + 8, 4);
	memcpy(&m.pid, data + 12, 4);
	return m;
}

static void put_head(struct linx_nl *nl, const struct linx_nlmsg *m)
{
	struct linx_put *p = nl->p;

	linx_put_open(p);
	linx_put_name(p, "nlmsg_len");
	linx_put_u64(p, m->len);
	linx_put_name(p, "nlmsg_type");
	linx_nl_put_type(p, nl->protocol, m->type);
	linx_put_name(p, "nlmsg_flags");
	linx_nl_put_flags(p, nl->protocol, m->type, m->flags);
	linx_put_name(p, "nlmsg_seq");
	linx_put_u64(p, m->seq);
	linx_put_name(p, "nlmsg_pid");
	linx_put_num(p, &linx_ty_pid, NULL, (int32_t)m->pid);
	linx_put_close(p);
}

/* ---- error messages ---------------------------------------------------------------------- */

static void put_error_text(struct linx_put *p, int32_t error)
{
	const char *name = error < 0 ? linx_errno_name((unsigned int)-(int64_t)error) : NULL;
	char text[48];

	if (name) {
		snprintf(text, sizeof(text), "-%s", name);
		linx_put_symbol(p, error, 'd', text);
	} else {
		linx_put_i64(p, error);
	}
}

/* Writes an error and the message that it answers, followed by attributes that explain the error. */
static void put_error(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len)
{
	struct linx_put *p = nl->p;
	const uint8_t *data = len >= ERROR_SIZE ? linx_put_mem(p, addr, ERROR_SIZE) : NULL;
	struct linx_nlmsg inner;
	uint64_t echoed, rest = len - 4;
	int32_t error;

	if (len < ERROR_SIZE) {
		linx_put_hex_at(p, addr, len);
		return;
	}
	if (!data) {
		linx_put_addr(p, addr);
		return;
	}
	memcpy(&error, data, sizeof(error));
	inner = load_head(data + 4);
	echoed = m->flags & NLM_F_CAPPED || inner.len < HEAD ? HEAD : inner.len;
	echoed = echoed < rest ? echoed : rest;
	if (rest > echoed)
		linx_put_list(p);
	linx_put_open(p);
	linx_put_name(p, "error");
	put_error_text(p, error);
	linx_put_name(p, "msg");
	put_message(nl, &inner, addr + 4, echoed);
	linx_put_close(p);
	if (rest == echoed)
		return;
	linx_put_item(p);
	linx_put_attrs(p, &linx_nla_nlmsgerr, &nl->ctx, addr + 4 + echoed, rest - echoed);
	linx_put_list_end(p);
}

/* ---- messages and their headers ---------------------------------------------------------- */

static const struct {
	int protocol;
	bool (*payload)(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len);
} protocols[] = {
	{ LINX_NETLINK_ROUTE, linx_nl_route },
	{ LINX_NETLINK_SOCK_DIAG, linx_nl_sock_diag },
	{ LINX_NETLINK_SELINUX, linx_nl_selinux },
	{ LINX_NETLINK_NETFILTER, linx_nl_netfilter },
	{ LINX_NETLINK_CRYPTO, linx_nl_crypto },
	{ LINX_NETLINK_GENERIC, linx_nl_generic },
};

static bool put_by_protocol(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr,
			    uint64_t len)
{
	if (m->type < LINX_NLMSG_FIRST && m->type != LINX_NLMSG_DONE)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i].protocol == nl->protocol)
			return protocols[i].payload(nl, m, addr, len);
	return false;
}

static void put_payload(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len)
{
	struct linx_put *p = nl->p;
	int64_t n;

	if (m->type == LINX_NLMSG_ERROR) {
		put_error(nl, m, addr, len);
	} else if (put_by_protocol(nl, m, addr, len)) {
		return;
	} else if (m->type != LINX_NLMSG_DONE || len != 4) {
		linx_put_hex_at(p, addr, len);
	} else if (linx_put_mem_int(p, addr, 4, true, &n)) {
		linx_put_i64(p, n);
	} else {
		linx_put_addr(p, addr);
	}
}

/* Writes a message. An error message contains a message, which may itself be an error message. */
static void put_message(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len)
{
	uint64_t held = m->len < len ? m->len : len;

	if (held > HEAD)
		linx_put_list(nl->p);
	put_head(nl, m);
	if (held <= HEAD)
		return;
	linx_put_item(nl->p);
	if (nl->ctx.depth == LINX_NL_DEPTH) {
		linx_put_hex_at(nl->p, addr + HEAD, held - HEAD);
	} else {
		nl->ctx.depth++;
		put_payload(nl, m, addr + HEAD, held - HEAD);
		nl->ctx.depth--;
	}
	linx_put_list_end(nl->p);
}

/*
 * Reads the header of a message at addr. Returns false if this cannot be done, after it has written the bytes if len is
 * too small for a header, or the address if the header was not captured.
 */
static bool read_head(struct linx_put *p, uint64_t addr, uint64_t len, bool in_list,
		      struct linx_nlmsg *m)
{
	const uint8_t *data;

	if (len < HEAD) {
		linx_put_hex_at(p, addr, len);
		return false;
	}
	data = linx_put_mem(p, addr, HEAD);
	if (data) {
		*m = load_head(data);
		return true;
	}
	linx_put_lost_at(p, addr, in_list);
	return false;
}

static void put_messages(struct linx_nl *nl, uint64_t addr, uint64_t len)
{
	struct linx_put *p = nl->p;
	unsigned int most = p->brief ? p->st->limit : UINT32_MAX;
	struct linx_nlmsg m;
	bool in_list = false;

	for (unsigned int i = 0; read_head(p, addr, len, in_list, &m); i++) {
		uint64_t step = align4(m.len);
		bool last = m.len < HEAD || len <= step;

		if (i == most) {
			linx_put_text(p, "...");
			break;
		}
		if (!in_list && !last) {
			linx_put_list(p);
			linx_put_item(p);
			in_list = true;
		}
		put_message(nl, &m, addr, len);
		if (last)
			break;
		linx_put_item(p);
		addr += step;
		len -= step;
	}
	p->plain = false;
	if (in_list)
		linx_put_list_end(p);
}

/* ---- netlink sockets and their protocols ------------------------------------------------ */

/*
 * Returns the protocol of a socket, NETLINK_*; -1: not known to be a netlink socket. Sending or receiving does not
 * change a descriptor, so the file that the descriptor refers to at the return is also that at the entry.
 */
static int protocol_of(const struct linx_put *p, int fd)
{
	const struct linx_descriptor *d = linx_fds_find(p->ev->fds, fd, true);
	struct linx_descriptor known;

	if (!d && p->ev->files && !linx_uring_names_index(p->ev) && !linx_files_find(p->ev->files, fd, &known))
		d = &known;
	return d && d->has_sock && d->sock.family == LINX_AF_NETLINK ? d->sock.protocol : -1;
}

bool linx_put_is_netlink(const struct linx_put *p, int fd)
{
	return !p->st->addresses && protocol_of(p, fd) >= 0;
}

/* Writes a message of udev: the header that libudev defines, followed by strings. */
static void put_uevent(struct linx_put *p, uint64_t addr, uint64_t len)
{
	size_t size = linx_type_size(&linx_ty_udev_header, p->abi);
	const uint8_t *data = len >= size ? linx_put_mem(p, addr, size) : NULL;

	if (!data || memcmp(data, "libudev", 8) != 0) {
		linx_put_string_at(p, addr, len);
		return;
	}
	if (len > size)
		linx_put_list(p);
	linx_put_typed(p, &linx_ty_udev_header, NULL, data, size, addr);
	if (len == size)
		return;
	linx_put_item(p);
	linx_put_string_at(p, addr + size, len - size);
	linx_put_list_end(p);
}

void linx_put_netlink(struct linx_put *p, int fd, uint64_t addr, uint64_t len)
{
	struct linx_nl nl = { .p = p, .protocol = protocol_of(p, fd) };

	if (nl.protocol == KOBJECT_UEVENT)
		put_uevent(p, addr, len);
	else
		put_messages(&nl, addr, len);
	p->plain = false;
}
