// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes link attributes that depend on the kind of the link or on a family, and hardware addresses. */
#include "base/array_size.h"
#include "decoders/net/nlattr.h"

#define HWADDR_MAX 32u
#define AF_MPLS 28
#define AF_MCTP 45
#define GUID_SIZE 12u
#define GUID_PADDED_SIZE 16u

struct family_table {
	unsigned int family;
	const struct linx_nla_table *table;
};

bool linx_attr_hwaddr(struct linx_put *p, const struct linx_nla_data *a)
{
	const uint8_t *data;

	if (a->len > HWADDR_MAX)
		return false;
	data = linx_put_mem(p, a->addr, a->len);
	if (data)
		linx_put_hwaddr(p, data, a->len);
	else
		linx_put_addr(p, a->addr);
	return true;
}

/* ---- attributes that depend on an address family -------------------------------------- */

static void put_by_family(struct linx_put *p, const struct linx_nla_data *a, unsigned int family,
			  const struct family_table *tables, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (tables[i].family != family)
			continue;
		linx_put_attrs(p, tables[i].table, a->ctx, a->addr, a->len);
		return;
	}
	linx_put_hex_at(p, a->addr, a->len);
}

bool linx_attr_protinfo(struct linx_put *p, const struct linx_nla_data *a)
{
	static const struct family_table tables[] = {
		{ LINX_AF_BRIDGE, &linx_nla_brport },
		{ LINX_AF_INET6, &linx_nla_link_inet6 },
	};

	put_by_family(p, a, a->ctx->family, tables, ARRAY_SIZE(tables));
	return true;
}

/*
 * Writes the content of IFLA_AF_SPEC: attributes of a bridge in a message of the family AF_BRIDGE, else one attribute
 * for each address family.
 */
bool linx_attr_af_spec(struct linx_put *p, const struct linx_nla_data *a)
{
	bool bridge = a->ctx->family == LINX_AF_BRIDGE;

	linx_put_attrs(p, bridge ? &linx_nla_link_af_bridge : &linx_nla_link_af, a->ctx, a->addr,
		       a->len);
	return true;
}

bool linx_attr_af(struct linx_put *p, const struct linx_nla_data *a)
{
	static const struct family_table tables[] = {
		{ LINX_AF_INET, &linx_nla_link_inet },
		{ LINX_AF_INET6, &linx_nla_link_inet6 },
		{ AF_MCTP, &linx_nla_link_mctp },
	};

	put_by_family(p, a, a->type, tables, ARRAY_SIZE(tables));
	return true;
}

bool linx_attr_stats_af(struct linx_put *p, const struct linx_nla_data *a)
{
	static const struct family_table tables[] = { { AF_MPLS, &linx_nla_mpls_stats } };

	put_by_family(p, a, a->type, tables, ARRAY_SIZE(tables));
	return true;
}

/* ---- attributes that depend on the kind of a link --------------------------------------- */

/* Copies the kind of a link, on which later attributes depend, to kind; "" if it is longer than room. */
static void note_kind(struct linx_put *p, const struct linx_nla_data *a, char *kind, size_t room)
{
	const uint8_t *data = a->len < room ? linx_put_mem(p, a->addr, a->len) : NULL;

	memset(kind, 0, room);
	if (data)
		memcpy(kind, data, a->len);
}

bool linx_attr_link_info(struct linx_put *p, const struct linx_nla_data *a)
{
	a->ctx->kind[0] = a->ctx->slave_kind[0] = '\0';
	linx_put_attrs(p, &linx_nla_link_info_attrs, a->ctx, a->addr, a->len);
	return true;
}

bool linx_attr_info_kind(struct linx_put *p, const struct linx_nla_data *a)
{
	note_kind(p, a, a->ctx->kind, sizeof(a->ctx->kind));
	linx_put_cstring_at(p, a->addr, a->len);
	return true;
}

bool linx_attr_info_slave_kind(struct linx_put *p, const struct linx_nla_data *a)
{
	note_kind(p, a, a->ctx->slave_kind, sizeof(a->ctx->slave_kind));
	linx_put_cstring_at(p, a->addr, a->len);
	return true;
}

bool linx_attr_info_data(struct linx_put *p, const struct linx_nla_data *a)
{
	static const struct {
		const char *kind;
		const struct linx_nla_table *table;
	} kinds[] = { { "bridge", &linx_nla_link_bridge }, { "tun", &linx_nla_link_tun } };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(a->ctx->kind, kinds[i].kind) != 0)
			continue;
		linx_put_attrs(p, kinds[i].table, a->ctx, a->addr, a->len);
		return true;
	}
	return false;
}

bool linx_attr_info_slave_data(struct linx_put *p, const struct linx_nla_data *a)
{
	if (strcmp(a->ctx->slave_kind, "bridge") != 0)
		return false;
	linx_put_attrs(p, &linx_nla_brport, a->ctx, a->addr, a->len);
	return true;
}

bool linx_attr_info_xstats(struct linx_put *p, const struct linx_nla_data *a)
{
	static const struct linx_nla can = { .how = LINX_NLA_STRUCT, .ty = &linx_ty_can_device_stats };

	return !strcmp(a->ctx->kind, "can") && linx_put_attr_data(p, &can, a);
}

/* Writes a GUID (struct ifla_vf_guid), which has no padding if the program has 32 bits. */
bool linx_attr_vf_guid(struct linx_put *p, const struct linx_nla_data *a)
{
	struct linx_nla row = { .how = LINX_NLA_STRUCT, .ty = &linx_ty_ifla_vf_guid32 };

	if (a->len != GUID_SIZE && a->len != GUID_PADDED_SIZE)
		return false;
	if (a->len == GUID_PADDED_SIZE)
		row.ty = &linx_ty_ifla_vf_guid64;
	return linx_put_attr_data(p, &row, a);
}
