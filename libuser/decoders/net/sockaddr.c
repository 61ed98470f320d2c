// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes socket addresses by their family. An address that is too short for its family is shown as bytes. */
#include <arpa/inet.h>

#include "record/decode.h"
#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/net/net.h"

#define FAMILY_SIZE 2u
#define STORAGE 128u /* size of sockaddr_storage, which no address in the kernel exceeds */
#define UNIX_SIZE 110u
#define TIPC_AT 4u /* offset of the address in sockaddr_tipc, behind its kind and scope */
#define TIPC_SIZE 16u
#define TIPC_NAME_SIZE 8u /* bytes of a service's type and instance */
/* linux/tipc.h: kinds of addresses */
#define TIPC_SERVICE_RANGE 1
#define TIPC_SERVICE_ADDR 2
#define TIPC_SOCKET_ADDR 3
#define IN6_OLD_SIZE 24u /* size of the oldest layout of sockaddr_in6, which has no scope */

/* A copy of a socket address, with zeroes for missing bytes. */
struct address {
	uint8_t data[STORAGE + 4];
	size_t n; /* number of bytes that are not missing */
	bool cut; /* more bytes belong to the address, but were not captured */
};

static void put_members(struct linx_put *p, const struct linx_ty *ty, const struct address *a)
{
	struct linx_obj o = { .ty = ty, .data = a->data, .size = linx_type_size(ty, p->abi) };

	linx_put_members(p, &o);
}

static void put_raw(struct linx_put *p, const struct address *a)
{
	linx_put_name(p, linx_put_wants(p, LINX_WANT_DATA) ? "data" : "sa_data");
	/* strace does not mark a cut address with "...": bytes beyond the caller's length do not exist for it */
	linx_put_whole_string(p, a->data + FAMILY_SIZE, a->n - FAMILY_SIZE, a->cut && !p->st->strace);
}

/* ---- common families: formats for programs have names of their own -------------------------- */

/* Writes the address of a Unix socket. A path ends at its NUL; an abstract name has all bytes of the address. */
static void put_unix(struct linx_put *p, const struct address *a)
{
	const char *path = (const char *)a->data + FAMILY_SIZE;
	size_t len = (a->n < UNIX_SIZE ? a->n : UNIX_SIZE) - FAMILY_SIZE;
	bool abstract = !*path;

	linx_put_name(p, !linx_put_wants(p, LINX_WANT_DATA) ? "sun_path" : abstract ? "abstract" : "path");
	linx_put_text(p, abstract ? "@" : "");
	if (abstract)
		linx_put_whole_string(p, path + 1, len - 1, a->cut);
	else
		linx_put_whole_string(p, path, strnlen(path, len), a->cut);
}

static void put_number(struct linx_put *p, const char *name, uint64_t n)
{
	linx_put_name(p, name);
	linx_put_u64(p, n);
}

static void put_inet(struct linx_put *p, const struct address *a, unsigned int family)
{
	uint16_t port;

	memcpy(&port, a->data + 2, sizeof(port));
	linx_put_inet(p, "addr", family, a->data + (family == LINX_AF_INET ? 4 : 8),
		      family == LINX_AF_INET ? 4 : 16);
	put_number(p, "port", ntohs(port));
}

static void put_in(struct linx_put *p, const struct address *a)
{
	if (linx_put_wants(p, LINX_WANT_DATA))
		put_inet(p, a, LINX_AF_INET);
	else
		put_members(p, &linx_ty_sockaddr_in, a);
}

static void put_in6(struct linx_put *p, const struct address *a)
{
	struct linx_obj o = { .ty = &linx_ty_sockaddr_in6, .data = a->data };
	uint32_t flow, scope;

	o.size = a->n > IN6_OLD_SIZE ? linx_type_size(o.ty, p->abi) : IN6_OLD_SIZE;
	if (!linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_members(p, &o);
		return;
	}
	memcpy(&flow, a->data + 4, sizeof(flow));
	memcpy(&scope, a->data + IN6_OLD_SIZE, sizeof(scope));
	put_inet(p, a, LINX_AF_INET6);
	put_number(p, "flowinfo", ntohl(flow));
	put_number(p, "scope_id", scope);
}

static void put_nl(struct linx_put *p, const struct address *a)
{
	uint32_t n[2];
	uint16_t pad;

	if (!linx_put_wants(p, LINX_WANT_DATA)) {
		put_members(p, &linx_ty_sockaddr_nl, a);
		return;
	}
	memcpy(&pad, a->data + FAMILY_SIZE, sizeof(pad));
	if (pad)
		put_number(p, "pad", pad);
	memcpy(n, a->data + 4, sizeof(n));
	put_number(p, "pid", n[0]);
	put_number(p, "groups", n[1]);
}

/*
 * Kinds of TIPC addresses. outer, inner: names that strace writes around the members; inner NULL: only the
 * outer one.
 */
static const struct tipc_kind {
	uint8_t kind;
	const struct linx_ty *ty;
	const char *outer, *inner;
} tipc_kinds[] = {
	{ TIPC_SERVICE_RANGE, &linx_ty_tipc_service_range, "nameseq", NULL },
	{ TIPC_SERVICE_ADDR, &linx_ty_tipc_service_addr, "name", "name" },
	{ TIPC_SOCKET_ADDR, &linx_ty_tipc_socket_addr, "id", NULL },
};

/*
 * Writes a TIPC address as strace does: a negative scope is shown as a minus and the name of the positive
 * number, and the union in the address as a structure.
 */
static void put_tipc_nested(struct linx_put *p, const struct address *a, const struct tipc_kind *k)
{
	int scope = (int8_t)a->data[FAMILY_SIZE + 1];
	struct linx_obj o = { .data = a->data + TIPC_AT };

	linx_put_name(p, "addrtype");
	linx_put_flags(p, &linx_set_tipc_addr_type, a->data[FAMILY_SIZE], 1);
	linx_put_name(p, "scope");
	linx_put_text(p, scope < 0 ? "-" : "");
	linx_put_flags(p, &linx_set_tipc_scope, (uint64_t)(scope < 0 ? -scope : scope), 1);
	linx_put_name(p, "addr");
	if (!k) {
		linx_put_whole_string(p, o.data, TIPC_SIZE - TIPC_AT, false);
		return;
	}
	linx_put_open(p);
	linx_put_name(p, k->outer);
	linx_put_open(p);
	o.ty = k->ty;
	o.size = linx_type_size(o.ty, p->abi);
	if (k->inner) {
		linx_put_name(p, k->inner);
		linx_put_struct(p, &(struct linx_obj){ .ty = &linx_ty_tipc_name, .data = o.data, .size = TIPC_NAME_SIZE });
		linx_put_name(p, "domain");
		linx_put_hex(p, linx_member_num(p, &o, "domain"));
	} else {
		linx_put_members(p, &o);
	}
	linx_put_close(p);
	linx_put_close(p);
}

static void put_tipc(struct linx_put *p, const struct address *a)
{
	struct linx_obj head = { .ty = &linx_ty_sockaddr_tipc, .data = a->data, .size = TIPC_AT };
	struct linx_obj o = { .data = a->data + TIPC_AT };
	const struct tipc_kind *k = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(tipc_kinds); i++)
		if (tipc_kinds[i].kind == a->data[FAMILY_SIZE])
			k = &tipc_kinds[i];
	if (p->st->strace) {
		put_tipc_nested(p, a, k);
	} else if (k) {
		o.ty = k->ty;
		o.size = linx_type_size(o.ty, p->abi);
		linx_put_members(p, &head);
		linx_put_members(p, &o);
	} else {
		put_raw(p, a);
	}
}

/* ---- families with a plain structure -------------------------------------------------------- */

/* Writes a Bluetooth address. The length of the address determines which of the structures it has. */
static void put_bluetooth(struct linx_put *p, const struct address *a)
{
	static const struct {
		size_t n;
		const struct linx_ty *ty;
	} kinds[] = {
		{ 4, &linx_ty_sockaddr_hci }, { 6, &linx_ty_sockaddr_hci }, { 8, &linx_ty_sockaddr_sco },
		{ 10, &linx_ty_sockaddr_rc }, { 12, &linx_ty_sockaddr_l2 }, { 14, &linx_ty_sockaddr_l2 },
	};
	struct linx_obj o = { .data = a->data, .size = a->n };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].n != a->n)
			continue;
		o.ty = kinds[i].ty;
		linx_put_members(p, &o);
		return;
	}
	put_raw(p, a);
}

static const struct {
	uint8_t family;
	uint8_t least; /* number of bytes that the structure has at least */
	/* writes the address; NULL: its members are written by ty */
	void (*put)(struct linx_put *p, const struct address *a);
	const struct linx_ty *ty;
} families[] = {
	{ LINX_AF_UNIX, 3, put_unix, NULL },
	{ LINX_AF_INET, 16, put_in, NULL },
	{ LINX_AF_IPX, 16, NULL, &linx_ty_sockaddr_ipx },
	{ LINX_AF_X25, 18, NULL, &linx_ty_sockaddr_x25 },
	{ LINX_AF_INET6, IN6_OLD_SIZE, put_in6, NULL },
	{ LINX_AF_NETLINK, 12, put_nl, NULL },
	{ LINX_AF_BLUETOOTH, 3, put_bluetooth, NULL },
	{ LINX_AF_IEEE802154, 20, NULL, &linx_ty_sockaddr_ieee802154 },
	{ LINX_AF_QIPCRTR, 12, NULL, &linx_ty_sockaddr_qrtr },
	{ LINX_AF_XDP, 16, NULL, &linx_ty_sockaddr_xdp },
	{ LINX_AF_TIPC, 16, put_tipc, NULL },
	{ LINX_AF_MCTP, 12, NULL, &linx_ty_sockaddr_mctp },
};

/* Families whose addresses have no fixed length. */
static const struct {
	uint8_t family;
	uint8_t least;
	void (*put)(struct linx_put *p, const uint8_t *data, size_t n);
} open_families[] = {
	{ LINX_AF_AX25, 16, linx_put_ax25 },
	{ LINX_AF_PACKET, 20, linx_put_ll },
	{ LINX_AF_RXRPC, 36, linx_put_rxrpc },
	{ LINX_AF_ALG, 25, linx_put_alg },
	{ LINX_AF_NFC, 16, linx_put_nfc },
	{ LINX_AF_VSOCK, 16, linx_put_vm },
};

static void put_body(struct linx_put *p, const struct address *a, unsigned int family)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (families[i].family != family || a->n < families[i].least)
			continue;
		if (families[i].put)
			families[i].put(p, a);
		else
			put_members(p, families[i].ty, a);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(open_families); i++) {
		if (open_families[i].family != family || a->n < open_families[i].least)
			continue;
		open_families[i].put(p, a->data, a->n);
		return;
	}
	put_raw(p, a);
}

static void put_family(struct linx_put *p, unsigned int family)
{
	const struct linx_flag *flag = linx_const_find(&linx_set_addrfam, family, UINT32_MAX);

	linx_put_name(p, linx_put_wants(p, LINX_WANT_DATA) ? "family" : "sa_family");
	if (!linx_put_wants(p, LINX_WANT_DATA))
		linx_put_flags(p, &linx_set_addrfam, family, FAMILY_SIZE);
	else if (flag)
		linx_put_whole_string(p, flag->name, strlen(flag->name), false);
	else
		linx_put_u64(p, family);
}

/* Writes the n captured bytes of a socket address. len: the full length of the address; UINT32_MAX: not known. */
static void put_address(struct linx_put *p, const uint8_t *data, size_t n, uint64_t len)
{
	struct address a = { .n = n < STORAGE ? n : STORAGE };
	unsigned int family;

	/* a length beyond the largest address does not mean that the address was cut: the kernel does not use more */
	a.cut = a.n < len && (a.n < STORAGE || linx_put_wants(p, LINX_WANT_STATES));
	memcpy(a.data, data, a.n);
	family = (unsigned int)(a.data[0] | a.data[1] << 8);
	linx_put_open(p);
	put_family(p, family);
	if (a.n > FAMILY_SIZE)
		put_body(p, &a, family);
	if (a.cut && linx_put_wants(p, LINX_WANT_STATES))
		linx_put_state_members(p, LINX_TRUNCATED, len);
	linx_put_close(p);
}

void linx_put_sockaddr_bytes(struct linx_put *p, const uint8_t *data, size_t n)
{
	put_address(p, data, n, n);
}

void linx_put_sockaddr_part(struct linx_put *p, const uint8_t *data, size_t n)
{
	put_address(p, data, n, UINT32_MAX);
}

/* ---- addresses in captured memory ----------------------------------------------------------- */

void linx_put_sockaddr(struct linx_put *p, uint64_t addr, uint64_t len)
{
	size_t n = len < STORAGE ? len : STORAGE;
	bool shown = len >= FAMILY_SIZE && !p->st->addresses;
	const uint8_t *data = shown ? linx_put_mem_some(p, addr, &n) : NULL;

	if (data && n >= FAMILY_SIZE)
		put_address(p, data, n, len);
	else
		linx_put_addr(p, addr);
	p->plain = false;
}

int linx_sockaddr_family(struct linx_put *p, uint64_t addr, uint64_t len)
{
	int64_t family;

	return len >= FAMILY_SIZE && linx_put_mem_int(p, addr, FAMILY_SIZE, false, &family) ?
		       (int)family :
		       -1;
}

/*
 * True if the value has a whole address. The caller's length can be larger than any address. The end of the memory can
 * then be unreadable although the address is complete.
 */
static bool is_address(const struct linx_value *v)
{
	return (linx_value_readable(v) && v->size >= FAMILY_SIZE) ||
	       (v->state == LINX_UNREADABLE && v->kind == LINX_VAL_BYTES && v->size >= STORAGE);
}

/* Writes a socket address argument, as far as it was captured; the value's state shows whether that is all. */
void linx_arg_sockaddr(struct linx_put *p, unsigned int i)
{
	const struct linx_value *v = linx_put_arg_value(p, i);
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	/* the address is written together with its length, the next argument */
	bool given = !linx_put_wants(p, LINX_WANT_FULL) && p->ev->call->row->args[i].dir == LINX_DIR_IN;

	if (v)
		p->states |= 1u << v->state;
	if (v && is_address(v) && !p->st->addresses && !(given && linx_reg_int(p, i + 1) < 0))
		put_address(p, v->data, v->size,
			    v->state == LINX_TRUNCATED && v->orig <= v->size ? UINT32_MAX : v->orig);
	else
		linx_put_missing(p, v, addr);
}
