// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes values of networks: addresses, ports, hardware addresses, interfaces. */
#include <arpa/inet.h>
#include <endian.h>
#include <net/if.h>
#include <stdio.h>

#include "table/flagsets.h"
#include "decoders/net/net.h"

#define TICKS_PER_SECOND 100u /* USER_HZ of x86 */

/* ---- values as function calls: htons(80) ---------------------------------------------- */

/* Begins a function call in C, such as "htons("; in formats that want numbers in base 10, writes nothing. */
static void call_begin(struct linx_put *p, const char *function)
{
	if (linx_put_wants(p, LINX_WANT_DECIMAL))
		return;
	linx_put_text(p, function);
	linx_put_text(p, "(");
}

static void call_end(struct linx_put *p)
{
	linx_put_text(p, linx_put_wants(p, LINX_WANT_DECIMAL) ? "" : ")");
}

void linx_put_in_call(struct linx_put *p, const char *function, uint64_t n)
{
	call_begin(p, function);
	linx_put_u64(p, n);
	call_end(p);
}

void linx_put_const_in_call(struct linx_put *p, const char *function,
			    const struct linx_flagset *set, uint64_t n, size_t size)
{
	call_begin(p, function);
	linx_put_flags(p, set, n, size);
	call_end(p);
}

void linx_num_be(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	size_t size = ty->size[p->abi];
	uint64_t host = size == 2 ? ntohs((uint16_t)n) :
			size == 4 ? ntohl((uint32_t)n) :
				    be64toh((uint64_t)n);

	call_begin(p, size == 2 ? "htons" : size == 4 ? "htonl" : "htobe64");
	if (ty->fmt == 'x')
		linx_put_hex(p, host);
	else
		linx_put_u64(p, host);
	call_end(p);
}

/* Writes a port or a flow label; as bytes if numbers are wanted instead of names. */
void linx_num_netport(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	if (!linx_put_spells_numbers(p)) {
		linx_num_be(p, ty, n);
		return;
	}
	linx_put_whole_hexbytes(p, &n, ty->size[p->abi], false);
	if (!linx_put_remark_begin(p))
		return;
	linx_num_be(p, ty, n);
	linx_put_comment_end(p);
}

void linx_num_eth_proto(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_const_in_call(p, "htons", &linx_set_packet_protocol, ntohs((uint16_t)n), 2);
}

/* ---- numbers in network byte order, interfaces ------------------------------------------ */

void linx_num_ifindex(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	char name[IF_NAMESIZE], text[IF_NAMESIZE + 24];

	(void)ty;
	if (!p->st->ifnames || !n || !if_indextoname((unsigned int)n, name)) {
		linx_put_u64(p, (uint32_t)n);
		return;
	}
	snprintf(text, sizeof(text), "if_nametoindex(\"%s\")", name);
	linx_put_symbol(p, n, 'u', text);
}

static void put_time(struct linx_put *p, uint64_t n, unsigned int per_second, int digits)
{
	char text[40];

	linx_put_u64(p, n);
	if (!n || p->st->xlat == LINX_XLAT_RAW)
		return;
	snprintf(text, sizeof(text), "%llu.%0*llu s", (unsigned long long)n / per_second, digits,
		 (unsigned long long)n % per_second);
	linx_put_comment(p, text);
}

void linx_put_ticks(struct linx_put *p, uint64_t n)
{
	put_time(p, n, TICKS_PER_SECOND, 2);
}

void linx_put_milliseconds(struct linx_put *p, uint64_t n)
{
	put_time(p, n, 1000, 3);
}

void linx_put_both(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size)
{
	linx_put_explained(p, set, n, size, 'x');
}

/* ---- addresses ---------------------------------------------------------------------------- */

/* Writes the call of inet_pton() that makes this address. name: the variable that receives the address. */
static void put_pton(struct linx_put *p, unsigned int family, const char *text, const char *name)
{
	bool six = family == LINX_AF_INET6;

	linx_put_text(p, six ? "inet_pton(AF_INET6, \"" : "inet_addr(\"");
	linx_put_text(p, text);
	linx_put_text(p, "\"");
	if (six && name) {
		linx_put_text(p, ", &");
		linx_put_text(p, name);
	}
	linx_put_text(p, ")");
}

static void text_inet(struct linx_put *p, const char *name, unsigned int family,
		      const uint8_t *data, size_t len)
{
	char text[INET6_ADDRSTRLEN];
	bool abbrev = p->st->xlat == LINX_XLAT_ABBREV;

	inet_ntop((int)family, data, text, sizeof(text));
	if (name && !(abbrev && family == LINX_AF_INET6))
		linx_put_name(p, name);
	else if (name)
		linx_put_item(p);
	if (abbrev) {
		put_pton(p, family, text, name);
		return;
	}
	linx_put_whole_hexbytes(p, data, len, false);
	if (p->st->xlat == LINX_XLAT_RAW)
		return;
	linx_put_text(p, " /* ");
	put_pton(p, family, text, NULL);
	linx_put_text(p, " */");
}

static size_t inet_size(unsigned int family)
{
	return family == LINX_AF_INET ? 4 : family == LINX_AF_INET6 ? 16 : 0;
}

void linx_put_inet(struct linx_put *p, const char *name, unsigned int family, const uint8_t *data,
		   size_t len)
{
	char text[INET6_ADDRSTRLEN];
	size_t size = inet_size(family);

	if (size && size <= len && !linx_put_wants(p, LINX_WANT_DATA | LINX_WANT_DECIMAL)) {
		text_inet(p, name, family, data, len);
		return;
	}
	if (name)
		linx_put_name(p, name);
	if (size && size <= len) {
		inet_ntop((int)family, data, text, sizeof(text));
		linx_put_whole_string(p, text, strlen(text), false);
	} else {
		linx_put_whole_hexbytes(p, data, len, false);
	}
}

void linx_put_inet_at(struct linx_put *p, const char *name, unsigned int family, uint64_t addr,
		      uint64_t len)
{
	size_t size = inet_size(family);
	const uint8_t *data = size && len >= size ? linx_put_mem(p, addr, size) : NULL;

	if (data) {
		linx_put_inet(p, name, family, data, size);
		return;
	}
	if (name)
		linx_put_name(p, name);
	if (!size || len < size)
		linx_put_hex_at(p, addr, len);
	else
		linx_put_addr(p, addr);
}

void linx_num_in_addr(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint32_t addr = (uint32_t)n;

	(void)ty;
	linx_put_inet(p, NULL, LINX_AF_INET, (const uint8_t *)&addr, sizeof(addr));
}

void linx_put_hwaddr(struct linx_put *p, const uint8_t *data, size_t n)
{
	char text[3 * 32 + 1] = "";

	for (size_t i = 0; i < n && i < 32; i++)
		snprintf(text + (i ? 3 * i - 1 : 0), 4, "%s%02x", i ? ":" : "", data[i]);
	linx_put_worded_bytes(p, data, n, text);
}

/* ---- arrays inside structures, with addresses or strings ---------------------------------- */

void linx_put_mac(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_hwaddr(p, o->data, o->size);
}

void linx_put_hex_place(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_whole_hexbytes(p, o->data, o->size, false);
}

void linx_put_cstr(struct linx_put *p, const struct linx_obj *o)
{
	size_t len = strnlen((const char *)o->data, o->size);
	bool ends = len < o->size || linx_put_wants(p, LINX_WANT_FULL);

	/* strace reserves the last byte for the NUL, whatever it holds */
	linx_put_whole_string(p, o->data, ends ? len : len - 1, len == o->size);
}

void linx_put_sockaddr_place(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_sockaddr_bytes(p, o->data, o->size);
}

void linx_put_part(struct linx_put *p, const struct linx_ty *ty, const uint8_t *data, size_t n)
{
	struct linx_obj o = { .ty = ty, .data = data, .size = n };
	size_t at, end = 0;

	linx_put_open(p);
	linx_put_members(p, &o);
	for (unsigned int i = 0; i < ty->nmembers; i++)
		if (linx_member_find(p, &o, ty->members[i].name, &at))
			end = at + linx_type_size(ty->members[i].ty, p->abi);
	for (unsigned int i = 0; i < ty->nmembers && end < n; i++) {
		if (linx_member_find(p, &o, ty->members[i].name, &at))
			continue;
		linx_put_name(p, ty->members[i].name);
		linx_put_whole_hexbytes(p, data + end, n - end, false);
		break;
	}
	linx_put_close(p);
}

/* ---- strings and bytes in captured memory ------------------------------------------------- */

/*
 * Returns the part of len bytes at addr that is shown, and its size in *n. NULL: it was not captured, and the
 * address was written.
 */
static const uint8_t *shown_at(struct linx_put *p, uint64_t addr, uint64_t len, size_t *n)
{
	size_t wanted = len < p->st->limit ? len : p->st->limit;
	const uint8_t *data;

	*n = wanted;
	if (!wanted && addr)
		return (const uint8_t *)"";
	data = linx_put_mem_some(p, addr, n);
	if (data && (*n == wanted || (*n && !p->st->strace)))
		return data;
	linx_put_addr(p, addr);
	return NULL;
}

void linx_put_hex_at(struct linx_put *p, uint64_t addr, uint64_t len)
{
	size_t n;
	const uint8_t *data = shown_at(p, addr, len, &n);

	if (data)
		linx_put_there(p, addr, data, n, len, true);
}

void linx_put_string_at(struct linx_put *p, uint64_t addr, uint64_t len)
{
	size_t n;
	const uint8_t *data = shown_at(p, addr, len, &n);

	if (data)
		linx_put_there(p, addr, data, n, len, false);
}

void linx_put_nul_string_at(struct linx_put *p, uint64_t addr, uint64_t len)
{
	size_t n;
	const uint8_t *data = shown_at(p, addr, len, &n);
	bool ends;

	if (!data)
		return;
	ends = n && !data[n - 1] && !p->st->hex;
	if (n < len && linx_put_wants(p, LINX_WANT_STATES))
		linx_put_there(p, addr, data, n, len, false);
	else
		linx_put_string(p, data, n - ends, !ends && len);
}

void linx_put_cstring_at(struct linx_put *p, uint64_t addr, uint64_t len)
{
	size_t n, end;
	const uint8_t *data = shown_at(p, addr, len, &n);

	if (!data)
		return;
	end = strnlen((const char *)data, n);
	if (end == n && linx_put_wants(p, LINX_WANT_STATES))
		linx_put_there(p, addr, data, n, len, false);
	else
		linx_put_string(p, data, end, end == n && len);
}

/* ---- arrays whose indexes have names -------------------------------------------------------- */

static void put_index(struct linx_put *p, const struct linx_flagset *set, uint64_t i)
{
	const struct linx_flag *flag = linx_const_find(set, i, UINT32_MAX);
	char number[24];

	if (linx_put_wants(p, LINX_WANT_DATA)) {
		snprintf(number, sizeof(number), "%llu", (unsigned long long)i);
		linx_put_name(p, flag ? flag->name : number);
		return;
	}
	linx_put_item(p);
	linx_put_text(p, "[");
	linx_put_flags_fmt(p, set, i, 4, 'u');
	linx_put_text(p, "]=");
}

static void begin(struct linx_put *p)
{
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_open(p);
	else
		linx_put_list(p);
}

static void end(struct linx_put *p)
{
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_close(p);
	else
		linx_put_list_end(p);
}

/* Writes array elements with the names of their indexes. The first element must be captured. */
static void put_positions(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		       uint64_t addr, uint64_t count)
{
	size_t size = linx_type_size(ty, p->abi);
	uint64_t most = p->brief ? p->st->limit : UINT64_MAX;

	for (uint64_t i = 0; i < count; i++) {
		const uint8_t *data = linx_put_mem(p, addr + i * size, size);

		if (!data) {
			linx_put_more_at(p, addr + i * size);
			return;
		}
		if (i == most) {
			linx_put_more(p);
			return;
		}
		put_index(p, set, i);
		linx_put_typed(p, ty, NULL, data, size, addr + i * size);
		p->plain = false;
	}
}

void linx_put_indexed(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		      uint64_t addr, uint64_t count)
{
	if (!linx_put_mem(p, addr, linx_type_size(ty, p->abi))) {
		linx_put_addr(p, addr);
		return;
	}
	begin(p);
	put_positions(p, ty, set, addr, count);
	end(p);
}

/* Writes two counters, of received and of sent packets. */
void linx_put_mcast_pair(struct linx_put *p, const struct linx_obj *o)
{
	begin(p);
	for (unsigned int i = 0; i < 2; i++) {
		put_index(p, &linx_set_br_mcast_dir, i);
		linx_put_typed(p, &linx_ty_u64, NULL, o->data + 8 * i, 8, 0);
		p->plain = false;
	}
	end(p);
}

void linx_put_filter(struct linx_put *p, uint64_t addr, uint64_t count)
{
	if (p->brief)
		linx_put_addr(p, addr);
	else
		linx_put_array(p, &linx_ty_socket_insn, addr, count);
}
