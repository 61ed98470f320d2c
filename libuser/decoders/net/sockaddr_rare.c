// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes socket addresses, or members of them, that need a function of their own. */
#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>

#include "table/flagsets.h"
#include "decoders/net/net.h"

#define LL_ADDR_AT 12u
#define LE_PSM_FIRST 0x80u
#define LE_PSM_LAST 0xffu
#define PSM_FIRST 0x1001u
#define CID_FIRST 0x40u
#define ADDR_SHORT 2
#define ADDR_NONE 0
#define ALG_NAME_AT 24u
#define SHARED_UMEM 0x1
#define SCOPE_AT 24u

static uint16_t u16_at(const uint8_t *data)
{
	return (uint16_t)(data[0] | data[1] << 8);
}

static uint32_t u32_at(const uint8_t *data)
{
	return u16_at(data) | (uint32_t)u16_at(data + 2) << 16;
}

/* ---- IPv6 ------------------------------------------------------------------------------ */

void linx_put_sin6_addr(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_inet(p, "sin6_addr", LINX_AF_INET6, o->data + at, 16);
}

/* Writes the scope of an IPv6 address: an interface if the address is link-local, else a number. */
void linx_put_sin6_scope(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const uint8_t *addr = o->data + at - 16;
	bool link = (addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80) ||
		    (addr[0] == 0xff && (addr[1] & 0x0f) == 0x02);

	linx_put_name(p, "sin6_scope_id");
	linx_put_num(p, link ? &linx_ty_ifindex : &linx_ty_u32, NULL, u32_at(o->data + at));
}

/* ---- AX.25: call signs, shifted by one bit ----------------------------------------------- */

#define CALL_LEN 7u
#define CALL_CHARS 6u
#define AX25_SIZE 16u
#define DIGIS_AT 16u
#define DIGIS_MAX 8

enum manner { AS_TEXT, AS_BOTH, AS_BYTES };

static bool printable(unsigned int c)
{
	return c >= ' ' && c <= 0x7e && c != '*' && c != '/';
}

static bool in_call_sign(unsigned int c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* Returns how an AX.25 call sign is shown: a valid one only as text. */
static enum manner manner_of(const uint8_t *call)
{
	enum manner m = AS_TEXT;
	bool space = false, any = false;

	for (unsigned int i = 0; i < CALL_CHARS; i++) {
		unsigned int c = call[i] >> 1;

		if (!printable(c))
			return AS_BYTES;
		if ((call[i] & 1) || (c != ' ' && (space || !in_call_sign(c))))
			m = AS_BOTH;
		space |= c == ' ';
		any |= c != ' ';
	}
	if (call[CALL_CHARS] & ~0x1eu || (!any && call[CALL_CHARS]))
		m = AS_BOTH;
	return m;
}

static void put_call_text(struct linx_put *p, const uint8_t *call, bool comment)
{
	unsigned int n = CALL_CHARS, ssid = call[CALL_CHARS] >> 1 & 15;
	char text[CALL_LEN + 8];

	while (n && call[n - 1] >> 1 == ' ')
		n--;
	for (unsigned int i = 0; i < n; i++)
		text[i] = (char)(call[i] >> 1);
	snprintf(text + n, sizeof(text) - n, "-%u", ssid);
	if (!n && !ssid)
		strcpy(text, "*");
	if (comment && linx_put_wants(p, LINX_WANT_COMMENTS))
		linx_put_comment(p, text);
	else
		linx_put_word(p, text);
}

static void put_call(struct linx_put *p, const uint8_t *call)
{
	struct linx_obj bytes = { .data = call, .size = CALL_LEN };
	enum manner m = manner_of(call);

	if (m == AS_TEXT && p->st->xlat != LINX_XLAT_ABBREV)
		m = p->st->xlat == LINX_XLAT_RAW ? AS_BYTES : AS_BOTH;
	if (m != AS_TEXT && !(m == AS_BOTH && linx_put_wants(p, LINX_WANT_DATA))) {
		linx_put_open(p);
		linx_put_name(p, "ax25_call");
		linx_put_hex_place(p, &bytes);
		linx_put_close(p);
	}
	if (m != AS_BYTES)
		put_call_text(p, call, m == AS_BOTH);
	p->plain = false;
}

static void put_digipeaters(struct linx_put *p, const uint8_t *data, unsigned int has, int wanted)
{
	unsigned int n = (unsigned int)wanted < has ? (unsigned int)wanted : has;

	linx_put_name(p, "fsa_digipeater");
	linx_put_list(p);
	for (unsigned int i = 0; i < n; i++) {
		linx_put_item(p);
		put_call(p, data + DIGIS_AT + i * CALL_LEN);
	}
	if ((unsigned int)wanted > has && !linx_put_wants(p, LINX_WANT_STATES))
		linx_put_more(p);
	linx_put_list_end(p);
}

void linx_put_ax25(struct linx_put *p, const uint8_t *data, size_t n)
{
	int ndigis = (int)u32_at(data + 12), wanted;
	bool full = ndigis || n > AX25_SIZE;
	unsigned int has = (unsigned int)((n - AX25_SIZE) / CALL_LEN);

	if (full) {
		linx_put_name(p, "fsa_ax25");
		linx_put_open(p);
	}
	linx_put_name(p, "sax25_call");
	put_call(p, data + 2);
	linx_put_name(p, "sax25_ndigis");
	linx_put_i64(p, ndigis);
	if (!full)
		return;
	linx_put_close(p);
	has = has < DIGIS_MAX ? has : DIGIS_MAX;
	wanted = ndigis < 0 ? 0 : ndigis < DIGIS_MAX ? ndigis : DIGIS_MAX;
	if (wanted)
		put_digipeaters(p, data, has, wanted);
	/* missing bytes are shown by a state in JSON, which follows the whole address */
	if (n > AX25_SIZE + has * CALL_LEN && !linx_put_wants(p, LINX_WANT_STATES))
		linx_put_more(p);
}

/* ---- packet sockets ----------------------------------------------------------------------- */

void linx_put_sll_protocol(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	struct linx_style style = *p->st;
	const struct linx_style *was = p->st;
	struct linx_obj bytes = { .data = o->data + at, .size = 2 };
	uint16_t n;

	memcpy(&n, o->data + at, sizeof(n));
	linx_put_name(p, "sll_protocol");
	if (linx_put_spells_numbers(p))
		linx_put_hex_place(p, &bytes);
	if (linx_put_numbers_alone(p))
		return;
	linx_put_text(p, style.xlat == LINX_XLAT_VERBOSE ? " /* " : "");
	style.xlat = LINX_XLAT_ABBREV;
	p->st = &style;
	linx_put_const_in_call(p, "htons", &linx_set_packet_protocol, ntohs(n), sizeof(n));
	p->st = was;
	linx_put_text(p, p->st->xlat == LINX_XLAT_VERBOSE ? " */" : "");
}

/* Writes a link-layer address. It can be longer than the array in the structure if more bytes were captured. */
void linx_put_ll(struct linx_put *p, const uint8_t *data, size_t n)
{
	struct linx_obj o = { .ty = &linx_ty_sockaddr_ll, .data = data, .size = LL_ADDR_AT };
	unsigned int len = data[LL_ADDR_AT - 1];

	linx_put_members(p, &o);
	if (!len)
		return;
	linx_put_name(p, "sll_addr");
	linx_put_list(p);
	for (unsigned int i = 0; i < len; i++) {
		if (i >= n - LL_ADDR_AT) {
			/*
			 * JSON shows only the captured bytes, and the state of the whole address says whether
			 * it was cut
			 */
			if (!linx_put_wants(p, LINX_WANT_STATES))
				linx_put_more(p);
			break;
		}
		linx_put_item(p);
		linx_put_num(p, &linx_ty_wide8, NULL, data[LL_ADDR_AT + i]);
		p->plain = false;
	}
	linx_put_list_end(p);
}

/* ---- Bluetooth: little endian -------------------------------------------------------------- */

void linx_put_hci_dev(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "hci_dev");
	linx_put_in_call(p, "htobs", u16_at(o->data + at));
}

/* Writes a number in a range as an offset from the range's first number: FIRST+n. */
static void put_offset(struct linx_put *p, const char *first_name, unsigned int first, unsigned int n)
{
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_put_text(p, first_name);
	else
		linx_put_symbol(p, first, 'x', first_name);
	linx_put_text(p, "+");
	linx_put_u64(p, n - first);
}

/*
 * Writes a number in Bluetooth's byte order: htobs(NAME), or htobs(FIRST+n) in a range. first: beginning of the range;
 * 0: there is no range.
 */
static void put_le(struct linx_put *p, const struct linx_flagset *set, const char *first_name,
		   unsigned int first, unsigned int n)
{
	bool named = linx_const_find(set, n, UINT16_MAX);

	if (linx_put_wants(p, LINX_WANT_DATA | LINX_WANT_DECIMAL)) {
		linx_put_flags(p, set, n, 2);
		return;
	}
	linx_put_text(p, "htobs(");
	if (named || !first) {
		linx_put_flags(p, set, n, 2);
	} else if (p->st->xlat == LINX_XLAT_ABBREV) {
		put_offset(p, first_name, first, n);
	} else {
		linx_put_hex(p, n);
		if (p->st->xlat == LINX_XLAT_VERBOSE) {
			linx_put_text(p, " /* ");
			put_offset(p, first_name, first, n);
			linx_put_text(p, " */");
		}
	}
	linx_put_text(p, ")");
}

void linx_put_l2_psm(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	unsigned int n = u16_at(o->data + at);
	bool le = n >= LE_PSM_FIRST && n <= LE_PSM_LAST;

	linx_put_name(p, "l2_psm");
	put_le(p, &linx_set_l2cap_psm, le ? "L2CAP_PSM_LE_DYN_START" : "L2CAP_PSM_DYN_START",
	       le ? LE_PSM_FIRST : n >= PSM_FIRST ? PSM_FIRST : 0, n);
}

void linx_put_l2_cid(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	unsigned int n = u16_at(o->data + at);

	linx_put_name(p, "l2_cid");
	put_le(p, &linx_set_l2cap_cid, "L2CAP_CID_DYN_START", n >= CID_FIRST ? CID_FIRST : 0, n);
}

/* ---- RxRPC ---------------------------------------------------------------------------------- */

#define RXRPC_TRANSPORT_AT 8u

static void put_transport(struct linx_put *p, const uint8_t *data, unsigned int said, size_t there)
{
	unsigned int family = u16_at(data), len = said < there ? said : (unsigned int)there;
	bool six = family == LINX_AF_INET6, known = six || family == LINX_AF_INET;
	struct linx_obj o = { .ty = six ? &linx_ty_sockaddr_in6 : &linx_ty_sockaddr_in, .data = data };

	if (known) {
		linx_put_name(p, six ? "sin6" : "sin");
		linx_put_open(p);
	}
	linx_put_name(p, !known ? "family" : six ? "sin6_family" : "sin_family");
	linx_put_flags(p, &linx_set_addrfam, family, 2);
	if (known && said >= (six ? SCOPE_AT : 16)) {
		o.size = six && len <= SCOPE_AT ? SCOPE_AT : linx_type_size(o.ty, p->abi);
		linx_put_members(p, &o);
	} else if (len > 2) {
		linx_put_nameless(p, "data");
		linx_put_whole_string(p, data + 2, len - 2, false);
	}
	if (known)
		linx_put_close(p);
}

void linx_put_rxrpc(struct linx_put *p, const uint8_t *data, size_t n)
{
	unsigned int len = u16_at(data + 6);

	linx_put_name(p, "srx_service");
	linx_put_both(p, &linx_set_rxrpc_service, u16_at(data + 2), 2);
	linx_put_name(p, "transport_type");
	linx_put_flags(p, &linx_set_sock_kind, u16_at(data + 4), 2);
	linx_put_name(p, "transport_len");
	linx_put_u64(p, len);
	linx_put_name(p, "transport");
	linx_put_open(p);
	put_transport(p, data + RXRPC_TRANSPORT_AT, len, n - RXRPC_TRANSPORT_AT);
	linx_put_close(p);
}

/* ---- other families ------------------------------------------------------------------------- */

static void put_both_named(struct linx_put *p, const char *name, const struct linx_flagset *set,
			   uint64_t n, size_t size)
{
	linx_put_name(p, name);
	linx_put_both(p, set, n, size);
}

void linx_put_ieee802154(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const uint8_t *data = o->data + at;
	uint32_t type = u32_at(data);

	linx_put_name(p, "addr");
	linx_put_open(p);
	put_both_named(p, "addr_type", &linx_set_ieee802154_addr_type, type, 4);
	put_both_named(p, "pan_id", &linx_set_ieee802154_pan_id, u16_at(data + 4), 2);
	if (type == ADDR_SHORT) {
		put_both_named(p, "short_addr", &linx_set_ieee802154_addr, u16_at(data + 6), 2);
	} else if (type != ADDR_NONE) {
		linx_put_name(p, "hwaddr");
		linx_put_hwaddr(p, data + 6, 8);
	}
	linx_put_close(p);
}

void linx_put_salg_feat(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_both_named(p, "salg_feat", &linx_set_alg_flags, u32_at(o->data + at), 4);
}

void linx_put_salg_mask(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_both_named(p, "salg_mask", &linx_set_alg_flags, u32_at(o->data + at), 4);
}

/* Writes the address of an algorithm socket. The name of the algorithm has all bytes that are left. */
void linx_put_alg(struct linx_put *p, const uint8_t *data, size_t n)
{
	struct linx_obj o = { .ty = &linx_ty_sockaddr_alg, .data = data, .size = ALG_NAME_AT };
	struct linx_obj name = { .data = data + ALG_NAME_AT, .size = n - ALG_NAME_AT };

	linx_put_members(p, &o);
	linx_put_name(p, "salg_name");
	linx_put_cstr(p, &name);
}

/* Writes an NFC address. An LLCP address is longer: it has the name of a service, and a C long at its end. */
void linx_put_nfc(struct linx_put *p, const uint8_t *data, size_t n)
{
	bool wide = linx_is_64(p->abi);
	struct linx_obj o = { .ty = &linx_ty_sockaddr_nfc, .data = data, .size = 16 };
	uint64_t len;

	linx_put_members(p, &o);
	if (n < (wide ? 96 : 88)) {
		if (n > o.size && !linx_put_wants(p, LINX_WANT_STATES))
			linx_put_more(p);
		return;
	}
	len = wide ? u32_at(data + 88) | (uint64_t)u32_at(data + 92) << 32 : u32_at(data + 84);
	put_both_named(p, "dsap", &linx_set_llcp_sap, data[16], 1);
	put_both_named(p, "ssap", &linx_set_llcp_sap, data[17], 1);
	linx_put_name(p, "service_name");
	linx_put_whole_string(p, data + 18, len < 63 ? len : 63, false);
	linx_put_name(p, "service_name_len");
	linx_put_u64(p, len);
}

void linx_put_vm(struct linx_put *p, const uint8_t *data, size_t n)
{
	static const char *const order[] = { "svm_reserved1", "svm_cid", "svm_port", "svm_flags", "svm_zero", NULL };
	struct linx_obj o = { .ty = &linx_ty_sockaddr_vm, .data = data, .size = n };

	linx_put_members_of(p, &o, order);
}

/*
 * Writes the descriptor of the XDP socket whose memory this socket shares. Without the flag XDP_SHARED_UMEM the kernel
 * ignores the descriptor.
 */
void linx_put_umem_fd(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint32_t n = u32_at(o->data + at);
	bool shared = u16_at(o->data + 2) & SHARED_UMEM;

	if (!shared && !n)
		return;
	linx_put_name(p, "sxdp_shared_umem_fd");
	linx_put_num(p, shared ? &linx_ty_fd : &linx_ty_x32, NULL, shared ? (int32_t)n : (int64_t)n);
}
