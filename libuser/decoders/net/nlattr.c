// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the attributes of netlink messages, as the tables in decoders/net/ describe them. */
#include "decoders/net/nlattr.h"

#define NLA_HEAD 4u
#define NLA_NESTED 0x8000u
#define NLA_NET_BYTEORDER 0x4000u
#define NLA_TYPE_BITS 0x3fffu

static const struct linx_nla as_bytes = { .how = LINX_NLA_BYTES };

static uint64_t align4(uint64_t n)
{
	return (n + 3) & ~3ull;
}

/* ---- contents of an attribute ----------------------------------------------------------- */

static bool put_num(struct linx_put *p, const struct linx_nla *row, const struct linx_nla_data *a)
{
	size_t size = linx_type_size(row->ty, p->abi);
	const uint8_t *data;

	if (a->len < size || (row->how == LINX_NLA_SET && a->len > 8))
		return false;
	data = linx_put_mem(p, a->addr, size);
	if (data)
		linx_put_typed(p, row->ty, row->set, data, size, a->addr);
	else
		linx_put_addr(p, a->addr);
	return true;
}

static bool put_int(struct linx_put *p, const struct linx_nla *row, const struct linx_nla_data *a)
{
	int64_t n;

	if (a->len > 8)
		return false;
	if (linx_put_mem_int(p, a->addr, a->len, false, &n))
		linx_put_flags(p, row->set, (uint64_t)n, 8);
	else
		linx_put_addr(p, a->addr);
	return true;
}

/*
 * Returns the size of the structure in an attribute of len bytes: the present one or an older one. 0: len is
 * too small.
 */
static size_t struct_size(const struct linx_put *p, const struct linx_nla *row, uint32_t len)
{
	size_t size = linx_type_size(row->ty, p->abi);

	if (len >= size)
		return size;
	return len && (len == row->older[0] || len == row->older[1]) ? len : 0;
}

static bool put_struct(struct linx_put *p, const struct linx_nla *row,
		       const struct linx_nla_data *a, size_t *size)
{
	const uint8_t *data;

	*size = struct_size(p, row, a->len);
	if (!*size)
		return false;
	data = linx_put_mem(p, a->addr, *size);
	if (data)
		linx_put_typed(p, row->ty, NULL, data, *size, a->addr);
	else
		linx_put_addr(p, a->addr);
	p->plain = false;
	return true;
}

static bool put_struct_and(struct linx_put *p, const struct linx_nla *row,
			   const struct linx_nla_data *a)
{
	size_t size;
	bool there;

	if (!put_struct(p, row, a, &size))
		return false;
	there = linx_put_mem(p, a->addr, size);
	if (row->how == LINX_NLA_REST && there && a->len > size) {
		linx_put_item(p);
		linx_put_hex_at(p, a->addr + size, a->len - size);
	} else if (row->how == LINX_NLA_HEAD && a->len > align4(size)) {
		linx_put_item(p);
		linx_put_attrs(p, row->nest, a->ctx, a->addr + align4(size), a->len - align4(size));
	}
	return true;
}

static bool put_many(struct linx_put *p, const struct linx_nla *row, const struct linx_nla_data *a)
{
	uint64_t count = a->len / linx_type_size(row->ty, p->abi);

	if (!count)
		return false;
	if (row->how == LINX_NLA_INDEXED)
		linx_put_indexed(p, row->ty, row->set, a->addr, count);
	else
		linx_put_array(p, row->ty, a->addr, count);
	return true;
}

bool linx_put_attr_data(struct linx_put *p, const struct linx_nla *row,
			const struct linx_nla_data *a)
{
	switch ((enum linx_nla_how)row->how) {
	case LINX_NLA_NUM:
	case LINX_NLA_SET:
		return put_num(p, row, a);
	case LINX_NLA_INT:
		return put_int(p, row, a);
	case LINX_NLA_STR:
		linx_put_nul_string_at(p, a->addr, a->len);
		return true;
	case LINX_NLA_CSTR:
		linx_put_cstring_at(p, a->addr, a->len);
		return true;
	case LINX_NLA_ELSE_STR:
		if (!put_struct_and(p, row, a))
			linx_put_string_at(p, a->addr, a->len);
		return true;
	case LINX_NLA_STRUCT:
	case LINX_NLA_REST:
	case LINX_NLA_HEAD:
		return put_struct_and(p, row, a);
	case LINX_NLA_ARRAY:
	case LINX_NLA_INDEXED:
		return put_many(p, row, a);
	case LINX_NLA_NEST:
		linx_put_attrs(p, row->nest, a->ctx, a->addr, a->len);
		return true;
	case LINX_NLA_CALL:
		return row->put(p, a);
	case LINX_NLA_BYTES:
		break;
	}
	return false;
}

/* ---- lists of attributes ------------------------------------------------------------------ */

static const struct linx_nla *row_of(const struct linx_nla_table *t, unsigned int type)
{
	for (unsigned int i = 0; i < t->n; i++)
		if (t->attrs[i].type == type || t->attrs[i].type == LINX_NLA_ANY)
			return &t->attrs[i];
	return &as_bytes;
}

static void put_bit(struct linx_put *p, unsigned int type, unsigned int bit, const char *name)
{
	if (!(type & bit))
		return;
	linx_put_symbol(p, bit, 'x', name);
	linx_put_text(p, "|");
}

static void put_type(struct linx_put *p, const struct linx_nla_table *t, unsigned int type)
{
	bool packed = type & ~NLA_TYPE_BITS;

	if (packed)
		linx_put_packed(p, type);
	put_bit(p, type, NLA_NESTED, "NLA_F_NESTED");
	put_bit(p, type, NLA_NET_BYTEORDER, "NLA_F_NET_BYTEORDER");
	if (t->names)
		linx_put_flags(p, t->names, type & NLA_TYPE_BITS, 2);
	else
		linx_put_hex(p, type & NLA_TYPE_BITS);
	if (packed)
		linx_put_packed_end(p);
}

static void put_head(struct linx_put *p, const struct linx_nla_table *t, unsigned int nla_len,
		     unsigned int type)
{
	linx_put_open(p);
	linx_put_name(p, "nla_len");
	linx_put_u64(p, nla_len);
	linx_put_name(p, "nla_type");
	put_type(p, t, type);
	linx_put_close(p);
}

static void put_attr(struct linx_put *p, const struct linx_nla_table *t, unsigned int nla_len,
		     struct linx_nla_data *a)
{
	bool holds = a->len > 0;
	unsigned int type = a->type;

	if (holds)
		linx_put_list(p);
	put_head(p, t, nla_len, type);
	if (!holds)
		return;
	a->type = type & NLA_TYPE_BITS;
	linx_put_item(p);
	if (!linx_put_attr_data(p, row_of(t, a->type), a))
		linx_put_hex_at(p, a->addr, a->len);
	linx_put_list_end(p);
}

/*
 * Reads the header of an attribute at addr. Returns false if this cannot be done, after it has written the bytes if len
 * is too small for a header, or the address if the header was not captured.
 */
static bool read_head(struct linx_put *p, uint64_t addr, uint64_t len, bool in_list,
		      unsigned int *nla_len, unsigned int *type)
{
	const uint8_t *data;
	uint16_t head[2];

	if (len < NLA_HEAD) {
		linx_put_hex_at(p, addr, len);
		return false;
	}
	data = linx_put_mem(p, addr, NLA_HEAD);
	if (data) {
		memcpy(head, data, sizeof(head));
		*nla_len = head[0];
		*type = head[1];
		return true;
	}
	linx_put_lost_at(p, addr, in_list);
	return false;
}

static void put_attrs(struct linx_put *p, const struct linx_nla_table *t, struct linx_nl_ctx *ctx,
		      uint64_t addr, uint64_t len)
{
	unsigned int nla_len, type, most = p->brief ? p->st->limit : UINT32_MAX;
	bool in_list = false;

	for (unsigned int i = 0; read_head(p, addr, len, in_list, &nla_len, &type); i++) {
		uint64_t step = align4(nla_len), held = nla_len < len ? nla_len : len;
		bool last = nla_len < NLA_HEAD || len <= step;
		struct linx_nla_data a = { addr + NLA_HEAD, (uint32_t)(held < NLA_HEAD ? 0 : held - NLA_HEAD),
					   (uint16_t)type, ctx };

		if (i == most) {
			linx_put_text(p, "...");
			break;
		}
		if (!in_list && !last) {
			linx_put_list(p);
			linx_put_item(p);
			in_list = true;
		}
		put_attr(p, t, nla_len, &a);
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

/*
 * Writes attributes. Any program can send messages, so attributes that are nested too deeply are shown as
 * bytes.
 */
void linx_put_attrs(struct linx_put *p, const struct linx_nla_table *t, struct linx_nl_ctx *ctx,
		    uint64_t addr, uint64_t len)
{
	if (ctx->depth == LINX_NL_DEPTH) {
		linx_put_hex_at(p, addr, len);
		return;
	}
	ctx->depth++;
	put_attrs(p, t, ctx, addr, len);
	ctx->depth--;
}
