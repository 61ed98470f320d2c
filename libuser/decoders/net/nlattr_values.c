// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes contents of attributes that need a function of their own. */
#include <stdio.h>

#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/net/nlattr.h"

#define CALLS 8u /* limit of the bytes of a number that is shown in a function call */
#define FILTER_INSN 8u
#define NEXTHOP_HEAD 8u
#define VIA_FAMILY 2u

/* Writes an address of the family of the message. */
bool linx_attr_addr(struct linx_put *p, const struct linx_nla_data *a)
{
	linx_put_inet_at(p, NULL, a->ctx->family, a->addr, a->len);
	return true;
}

bool linx_attr_in6_addr(struct linx_put *p, const struct linx_nla_data *a)
{
	if (a->len < 16)
		return false;
	linx_put_inet_at(p, NULL, LINX_AF_INET6, a->addr, 16);
	return true;
}

/* Writes a time, a number as long as the attribute. */
static bool put_time(struct linx_put *p, const struct linx_nla_data *a, void (*put)(struct linx_put *p, uint64_t n))
{
	int64_t n;

	if (a->len > CALLS)
		return false;
	if (linx_put_mem_int(p, a->addr, a->len, false, &n))
		put(p, (uint64_t)n);
	else
		linx_put_addr(p, a->addr);
	return true;
}

bool linx_attr_ticks(struct linx_put *p, const struct linx_nla_data *a)
{
	return put_time(p, a, linx_put_ticks);
}

bool linx_attr_milliseconds(struct linx_put *p, const struct linx_nla_data *a)
{
	return put_time(p, a, linx_put_milliseconds);
}

bool linx_attr_eth_proto(struct linx_put *p, const struct linx_nla_data *a)
{
	static const struct linx_nla row = { .how = LINX_NLA_NUM, .ty = &linx_ty_eth_proto };

	return a->len <= CALLS && linx_put_attr_data(p, &row, a);
}

/* Writes the value of a BPF map: a number if it has the length of one, else bytes. */
bool linx_attr_bpf_value(struct linx_put *p, const struct linx_nla_data *a)
{
	int64_t n;

	if (a->len != 1 && a->len != 2 && a->len != 4 && a->len != 8)
		return false;
	if (linx_put_mem_int(p, a->addr, a->len, false, &n))
		linx_put_hex(p, (uint64_t)n);
	else
		linx_put_addr(p, a->addr);
	return true;
}

bool linx_attr_shutdown(struct linx_put *p, const struct linx_nla_data *a)
{
	int64_t n;

	if (!a->len || a->len > CALLS)
		return false;
	if (linx_put_mem_int(p, a->addr, 1, false, &n))
		linx_put_both(p, &linx_set_shutdown_flags, (uint64_t)n, 1);
	else
		linx_put_addr(p, a->addr);
	return true;
}

bool linx_attr_report_type(struct linx_put *p, const struct linx_nla_data *a)
{
	linx_put_open(p);
	linx_put_name(p, "type");
	linx_put_cstring_at(p, a->addr, a->len);
	linx_put_close(p);
	return true;
}

bool linx_attr_filter(struct linx_put *p, const struct linx_nla_data *a)
{
	uint64_t count = a->len / FILTER_INSN;

	if (!count || count > UINT16_MAX)
		return false;
	linx_put_filter(p, a->addr, count);
	return true;
}

/* Writes an address family, and an address of that family behind it. */
bool linx_attr_via(struct linx_put *p, const struct linx_nla_data *a)
{
	int64_t family;

	if (a->len < VIA_FAMILY)
		return false;
	if (!linx_put_mem_int(p, a->addr, VIA_FAMILY, false, &family)) {
		linx_put_addr(p, a->addr);
		return true;
	}
	linx_put_open(p);
	linx_put_name(p, "rtvia_family");
	linx_put_flags(p, &linx_set_addrfam, (uint64_t)family, VIA_FAMILY);
	if (a->len > VIA_FAMILY)
		linx_put_inet_at(p, "rtvia_addr", (unsigned int)family, a->addr + VIA_FAMILY,
				 a->len - VIA_FAMILY);
	linx_put_close(p);
	return true;
}

/* Writes an interface number, and attributes behind it. */
bool linx_attr_router_port(struct linx_put *p, const struct linx_nla_data *a)
{
	int64_t index;

	if (a->len < 4)
		return false;
	if (linx_put_mem_int(p, a->addr, 4, false, &index))
		linx_put_num(p, &linx_ty_ifindex, NULL, index);
	else
		linx_put_addr(p, a->addr);
	if (a->len > 4) {
		linx_put_item(p);
		linx_put_attrs(p, &linx_nla_mdb_router_port, a->ctx, a->addr + 4, a->len - 4);
	}
	return true;
}

/* ---- next hops ------------------------------------------------------------------------ */

static void put_nexthop(struct linx_put *p, const struct linx_nla_data *a, const uint8_t *head,
			uint64_t addr, uint64_t len)
{
	bool attrs = len > NEXTHOP_HEAD;

	if (attrs)
		linx_put_list(p);
	linx_put_typed(p, &linx_ty_rtnexthop, NULL, head, NEXTHOP_HEAD, addr);
	if (!attrs)
		return;
	linx_put_item(p);
	linx_put_attrs(p, &linx_nla_rtmsg, a->ctx, addr + NEXTHOP_HEAD, len - NEXTHOP_HEAD);
	linx_put_list_end(p);
}

bool linx_attr_multipath(struct linx_put *p, const struct linx_nla_data *a)
{
	uint64_t addr = a->addr, left = a->len, len;
	bool in_list = false;
	const uint8_t *head;

	if (left < NEXTHOP_HEAD)
		return false;
	for (;;) {
		head = linx_put_mem(p, addr, NEXTHOP_HEAD);
		if (!head) {
			linx_put_addr(p, addr);
			break;
		}
		len = (uint64_t)(head[0] | head[1] << 8);
		if (addr == a->addr && len < left) {
			linx_put_list(p);
			linx_put_item(p);
			in_list = true;
		} else if (addr != a->addr) {
			linx_put_item(p);
		}
		len = len < left ? len : left;
		put_nexthop(p, a, head, addr, len);
		len = (len + 3) & ~3ull;
		if (!len || len >= left)
			break;
		addr += len;
		left -= len;
	}
	if (in_list)
		linx_put_list_end(p);
	return true;
}

/* ---- the filter language of inet_diag ------------------------------------------------------- */

/* Bytecode operations of inet_diag that have an operand: linux/inet_diag.h. */
enum { BC_S_GE = 2, BC_D_LE = 5, BC_S_COND = 7, BC_D_COND = 8, BC_DEV_COND = 9, BC_MARK_COND = 10 };

static bool put_hostcond(struct linx_put *p, const struct linx_nla_data *a)
{
	size_t size = linx_type_size(&linx_ty_inet_diag_hostcond, p->abi);
	const uint8_t *data;
	struct linx_obj o = { .ty = &linx_ty_inet_diag_hostcond, .size = size };

	if (a->len < size)
		return false;
	data = linx_put_mem(p, a->addr, size);
	if (!data) {
		linx_put_addr(p, a->addr);
		return true;
	}
	o.data = data;
	linx_put_open(p);
	linx_put_members(p, &o);
	if (a->len > size)
		linx_put_inet_at(p, "addr", data[0], a->addr + size, a->len - size);
	linx_put_close(p);
	return true;
}

static bool put_operand(struct linx_put *p, const struct linx_nla_data *a, unsigned int code)
{
	struct linx_nla row = { .how = LINX_NLA_STRUCT };

	switch (code) {
	case BC_S_COND:
	case BC_D_COND:
		return put_hostcond(p, a);
	case BC_DEV_COND:
		row.how = LINX_NLA_NUM;
		row.ty = &linx_ty_ifindex;
		break;
	case BC_MARK_COND:
		row.ty = &linx_ty_inet_diag_markcond;
		break;
	default:
		if (code < BC_S_GE || code > BC_D_LE)
			return false;
		row.ty = &linx_ty_inet_diag_bc_op;
	}
	return linx_put_attr_data(p, &row, a);
}

bool linx_attr_bytecode(struct linx_put *p, const struct linx_nla_data *a)
{
	const size_t size = 4;
	const uint8_t *data;
	struct linx_nla_data rest = { a->addr + size, 0, 0, a->ctx };

	if (a->len < size)
		return false;
	data = linx_put_mem(p, a->addr, size);
	if (!data) {
		linx_put_addr(p, a->addr);
		return true;
	}
	linx_put_typed(p, &linx_ty_inet_diag_bc_op, NULL, data, size, a->addr);
	rest.len = a->len - (uint32_t)size;
	if (!rest.len)
		return true;
	linx_put_item(p);
	if (!put_operand(p, &rest, data[0]))
		linx_put_hex_at(p, rest.addr, rest.len);
	return true;
}

/* ---- socket options that are single bits ------------------------------------------------- */

static void put_bits(struct linx_put *p, unsigned int bits)
{
	static const char *const names[] = {
		"recverr", "is_icsk", "freebind", "hdrincl", "mc_loop", "transparent", "mc_all",
		"nodefrag", "bind_address_no_port", "recverr_rfc4884", "defer_connect",
	};
	const unsigned int n = ARRAY_SIZE(names);

	for (unsigned int i = 0; i < n; i++) {
		if (p->brief && !(bits >> i & 1))
			continue;
		linx_put_name(p, names[i]);
		linx_put_u64(p, bits >> i & 1);
	}
	if (p->brief && !(bits >> n))
		return;
	linx_put_name(p, "unused");
	linx_put_hex(p, bits >> n);
	linx_put_comment(p, "bits 3..8");
}

/* Writes the bytes from offset "from" on, which this library does not know, unless all are zero. */
static void put_rest(struct linx_put *p, const struct linx_nla_data *a, size_t from)
{
	const uint8_t *data = linx_put_mem(p, a->addr + from, a->len - from);
	char text[48];

	if (data && linx_all_zero(data, a->len - from))
		return;
	linx_put_item(p);
	if (!data) {
		linx_put_unavailable(p);
		return;
	}
	if (linx_put_wants(p, LINX_WANT_COMMENTS)) {
		snprintf(text, sizeof(text), "/* bytes %zu..%u */ ", from, a->len - 1);
		linx_put_text(p, text);
	}
	linx_put_hexbytes(p, data, a->len - from, false);
}

bool linx_attr_sockopt(struct linx_put *p, const struct linx_nla_data *a)
{
	const uint8_t *data;

	if (a->len < 2)
		return false;
	data = linx_put_mem(p, a->addr, 2);
	if (!data) {
		linx_put_addr(p, a->addr);
		return true;
	}
	linx_put_open(p);
	put_bits(p, (unsigned int)(data[0] | data[1] << 8));
	linx_put_close(p);
	if (a->len > 2)
		put_rest(p, a, 2);
	return true;
}
