// SPDX-License-Identifier: LGPL-2.1-or-later
/* The tables of netlink attributes in decoders/net/ as const data, made by the preprocessor. */
#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/net/nlattr.h"

/* The names of the attributes as constants. This file includes no header that also defines them. */
enum {
#define CONSTS(set, prefix)
#define C(name, value) name = (value),
#define CL(name, value) C(name, value)
#define END(set)
#include "table/flags/nlattr.def"
#undef CONSTS
#undef C
#undef CL
#undef END
};

#define A(attr, ...) { .type = attr, __VA_ARGS__ },
#define BYTES .how = LINX_NLA_BYTES
#define NUM(t) .how = LINX_NLA_NUM, .ty = &linx_ty_##t
#define NAMED(t, s) .how = LINX_NLA_NUM, .ty = &linx_ty_##t, .set = &linx_set_##s
#define SET(t, s) .how = LINX_NLA_SET, .ty = &linx_ty_##t, .set = &linx_set_##s
#define INT(s) .how = LINX_NLA_INT, .set = &linx_set_##s
#define STR .how = LINX_NLA_STR
#define CSTR .how = LINX_NLA_CSTR
#define OBJECT(t) .how = LINX_NLA_STRUCT, .ty = &linx_ty_##t
#define SIZES(t, a, b) .how = LINX_NLA_STRUCT, .ty = &linx_ty_##t, .older = { a, b }
#define ELSE_STRING(t) .how = LINX_NLA_ELSE_STR, .ty = &linx_ty_##t
#define REST(t) .how = LINX_NLA_REST, .ty = &linx_ty_##t
#define HEAD(t, table) .how = LINX_NLA_HEAD, .ty = &linx_ty_##t, .nest = &linx_nla_##table
#define ARRAY(t) .how = LINX_NLA_ARRAY, .ty = &linx_ty_##t
#define POSITIONS(t, s) .how = LINX_NLA_INDEXED, .ty = &linx_ty_##t, .set = &linx_set_##s
#define NEST(table) .how = LINX_NLA_NEST, .nest = &linx_nla_##table
#define CALL(function) .how = LINX_NLA_CALL, .put = function

#define TABLE(name, set, ...)                                                                      \
	static const struct linx_nla attrs_##name[] = { __VA_ARGS__ };                             \
	const struct linx_nla_table linx_nla_##name = { &linx_set_##set, ARRAY_SIZE(attrs_##name), \
							attrs_##name };
#define ARRAY_OF(name, ...)                                    \
	static const struct linx_nla attrs_##name[] = { __VA_ARGS__ }; \
	const struct linx_nla_table linx_nla_##name = { NULL, ARRAY_SIZE(attrs_##name), attrs_##name };
#define PLAIN(name) const struct linx_nla_table linx_nla_##name = { NULL, 0, NULL };
#include "decoders/net/all.def"
