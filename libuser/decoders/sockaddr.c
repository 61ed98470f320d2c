// SPDX-License-Identifier: LGPL-2.1-or-later
/* Socket addresses, by their family. What is too short for it is shown as bytes. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <linux/netlink.h>

#include "decode.h"
#include "sockaddr.h"

static void raw(struct linx_sockaddr *sa, const uint8_t *bytes, uint32_t size)
{
	sa->shape = size > 2 ? LINX_SA_RAW : LINX_SA_NONE;
	sa->path = (const char *)bytes + 2;
	sa->path_len = size - 2;
}

/* A name in the file system ends at its NUL; an abstract one is as long as it was said to be. */
static void unix_name(struct linx_sockaddr *sa, const uint8_t *bytes, uint32_t size)
{
	const char *path = (const char *)bytes + 2;
	uint32_t len = size - 2;

	if (!len)
		return;
	sa->shape = LINX_SA_UNIX;
	sa->abstract = !*path && len > 1;
	sa->path = path + sa->abstract;
	sa->path_len = sa->abstract ? len - 1 : (uint32_t)strnlen(path, len);
}

static void inet(struct linx_sockaddr *sa, const uint8_t *bytes, uint32_t size)
{
	struct sockaddr_in in;

	if (size < sizeof(in)) {
		raw(sa, bytes, size);
		return;
	}
	memcpy(&in, bytes, sizeof(in));
	sa->shape = LINX_SA_INET;
	sa->port = ntohs(in.sin_port);
	inet_ntop(AF_INET, &in.sin_addr, sa->addr, sizeof(sa->addr));
}

static void inet6(struct linx_sockaddr *sa, const uint8_t *bytes, uint32_t size)
{
	struct sockaddr_in6 in;

	if (size < offsetof(struct sockaddr_in6, sin6_scope_id)) {
		raw(sa, bytes, size);
		return;
	}
	memset(&in, 0, sizeof(in)); /* the oldest layout has no scope */
	memcpy(&in, bytes, size < sizeof(in) ? size : sizeof(in));
	sa->shape = LINX_SA_INET6;
	sa->port = ntohs(in.sin6_port);
	sa->flowinfo = ntohl(in.sin6_flowinfo);
	sa->scope = in.sin6_scope_id;
	inet_ntop(AF_INET6, &in.sin6_addr, sa->addr, sizeof(sa->addr));
}

static void netlink(struct linx_sockaddr *sa, const uint8_t *bytes, uint32_t size)
{
	struct sockaddr_nl nl;

	if (size < sizeof(nl)) {
		raw(sa, bytes, size);
		return;
	}
	memcpy(&nl, bytes, sizeof(nl));
	sa->shape = LINX_SA_NETLINK;
	sa->pid = nl.nl_pid;
	sa->groups = nl.nl_groups;
}

static const char *family_name(unsigned int family)
{
	const struct linx_flag *flag = linx_const_find(&linx_set_addrfam, family, UINT32_MAX);

	return flag ? flag->name : NULL;
}

bool linx_sockaddr_decode(const uint8_t *bytes, uint32_t size, struct linx_sockaddr *sa)
{
	uint16_t family;

	memset(sa, 0, sizeof(*sa));
	if (size < sizeof(family))
		return false;
	memcpy(&family, bytes, sizeof(family));
	sa->family = family;
	sa->family_name = family_name(family);
	sa->shape = LINX_SA_NONE;
	switch (family) {
	case AF_UNIX:
		unix_name(sa, bytes, size);
		break;
	case AF_INET:
		inet(sa, bytes, size);
		break;
	case AF_INET6:
		inet6(sa, bytes, size);
		break;
	case AF_NETLINK:
		netlink(sa, bytes, size);
		break;
	default:
		raw(sa, bytes, size);
	}
	return true;
}

/* ---- text --------------------------------------------------------------------------------- */

static void put_inet(struct linx_put *p, const struct linx_sockaddr *sa)
{
	bool six = sa->shape == LINX_SA_INET6;

	linx_put_text(p, six ? ", sin6_port=htons(" : ", sin_port=htons(");
	linx_put_u64(p, sa->port);
	if (six) {
		linx_put_text(p, "), sin6_flowinfo=htonl(");
		linx_put_u64(p, sa->flowinfo);
		linx_put_text(p, "), inet_pton(AF_INET6, \"");
	} else {
		linx_put_text(p, "), sin_addr=inet_addr(\"");
	}
	linx_put_text(p, sa->addr);
	linx_put_text(p, six ? "\", &sin6_addr), sin6_scope_id=" : "\")");
	if (six)
		linx_put_u64(p, sa->scope);
}

/* As %#08x, which is what strace has. */
static void put_netlink(struct linx_put *p, const struct linx_sockaddr *sa)
{
	linx_put_text(p, ", nl_pid=");
	linx_put_u64(p, sa->pid);
	linx_put_text(p, ", nl_groups=");
	if (sa->groups) {
		linx_out_mem(p->o, "0x", 2);
		for (int shift = sa->groups >> 24 ? 28 : 20; shift >= 0; shift -= 4)
			linx_out_char(p->o, "0123456789abcdef"[sa->groups >> shift & 15]);
	} else {
		linx_out_mem(p->o, "00000000", 8);
	}
}

static void text_body(struct linx_put *p, const struct linx_sockaddr *sa, bool cut)
{
	switch (sa->shape) {
	case LINX_SA_UNIX:
		linx_put_text(p, sa->abstract ? ", sun_path=@" : ", sun_path=");
		linx_put_whole_string(p, sa->path, sa->path_len, cut);
		break;
	case LINX_SA_INET:
	case LINX_SA_INET6:
		put_inet(p, sa);
		break;
	case LINX_SA_NETLINK:
		put_netlink(p, sa);
		break;
	case LINX_SA_RAW:
		linx_put_text(p, ", sa_data=");
		/* What the caller left no room for is not there, strace finds. */
		linx_put_whole_string(p, sa->path, sa->path_len, !p->st->strace && cut);
		break;
	case LINX_SA_NONE:
		break;
	}
}

static void put_text(struct linx_put *p, const struct linx_sockaddr *sa, bool cut)
{
	linx_put_open(p);
	linx_put_name(p, "sa_family");
	linx_put_flags(p, &linx_set_addrfam, sa->family, 2);
	text_body(p, sa, cut);
	linx_put_close(p);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void json_string(struct linx_put *p, const char *name, const char *s, size_t n)
{
	linx_put_name(p, name);
	linx_put_whole_string(p, s, n, false);
}

static void json_number(struct linx_put *p, const char *name, uint64_t n)
{
	linx_put_name(p, name);
	linx_put_u64(p, n);
}

static void json_body(struct linx_put *p, const struct linx_sockaddr *sa)
{
	switch (sa->shape) {
	case LINX_SA_UNIX:
		json_string(p, sa->abstract ? "abstract" : "path", sa->path, sa->path_len);
		break;
	case LINX_SA_INET6:
	case LINX_SA_INET:
		json_string(p, "addr", sa->addr, strlen(sa->addr));
		json_number(p, "port", sa->port);
		if (sa->shape != LINX_SA_INET6)
			break;
		json_number(p, "flowinfo", sa->flowinfo);
		json_number(p, "scope_id", sa->scope);
		break;
	case LINX_SA_NETLINK:
		json_number(p, "pid", sa->pid);
		json_number(p, "groups", sa->groups);
		break;
	case LINX_SA_RAW:
		json_string(p, "data", sa->path, sa->path_len);
		break;
	case LINX_SA_NONE:
		break;
	}
}

static void put_json(struct linx_put *p, const struct linx_sockaddr *sa, uint64_t len, bool cut)
{
	linx_put_open(p);
	if (sa->family_name)
		json_string(p, "family", sa->family_name, strlen(sa->family_name));
	else
		json_number(p, "family", sa->family);
	json_body(p, sa);
	if (cut) {
		json_string(p, "state", "truncated", 9);
		json_number(p, "len", len);
	}
	linx_put_close(p);
}

static void put_bytes(struct linx_put *p, const uint8_t *data, size_t n, uint64_t len)
{
	struct linx_sockaddr sa;

	if (!linx_sockaddr_decode(data, (uint32_t)n, &sa))
		linx_put_string(p, data, n, false);
	else if (p->json)
		put_json(p, &sa, len, n < len);
	else
		put_text(p, &sa, n < len);
}

void linx_put_sockaddr(struct linx_put *p, uint64_t addr, uint64_t len)
{
	size_t n = len;
	const uint8_t *data = linx_put_mem_some(p, addr, &n);

	if (data && n >= 2)
		put_bytes(p, data, n, len);
	else
		linx_put_addr(p, addr);
	p->plain = false;
}

/* Of an argument, as much as was captured; its state says whether that is all. */
void linx_arg_sockaddr(struct linx_put *p, unsigned int i)
{
	const struct linx_value *v = linx_put_arg_value(p, i);
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	if (v)
		p->states |= 1u << v->state;
	if (v && linx_value_readable(v) && v->size >= 2)
		put_bytes(p, v->data, v->size, v->state == LINX_TRUNCATED && v->orig <= v->size ?
						       v->size + 1ull : v->orig);
	else if (p->json && v && !linx_value_readable(v) && v->state != LINX_ABSENT)
		linx_json_bytes(p->o, v, 0, 0);
	else
		linx_put_addr(p, addr);
}
