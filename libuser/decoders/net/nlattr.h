/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Attributes of netlink messages as data: a table for each place of attributes describes the content of each.
 * netlink/ has the tables.
 */
#ifndef LINX_DECODERS_NLATTR_H
#define LINX_DECODERS_NLATTR_H

#include "decoders/net/net.h"

/* Properties of a message on which attributes further down depend. */
struct linx_nl_ctx {
	uint8_t depth; /* nesting of attributes and messages */
	uint8_t family; /* AF_* of the message */
	const struct linx_flagset *commands; /* commands of the family that nlctrl describes; NULL: no name yet */
	char kind[16], slave_kind[16]; /* kind of a link; "": that attribute has not come yet, or is too long */
};

/* Content of an attribute: place, length and type. */
struct linx_nla_data {
	uint64_t addr;
	uint32_t len;
	uint16_t type;
	struct linx_nl_ctx *ctx;
};

/* Form of an attribute. One with too few or too many bytes for it is shown as bytes. */
enum linx_nla_how {
	LINX_NLA_BYTES,
	LINX_NLA_NUM, /* a number of the type ty; further bytes are not shown */
	LINX_NLA_SET, /* a number of the type ty with names of set, at most 8 bytes */
	LINX_NLA_INT, /* a number as wide as the attribute, with names of set */
	LINX_NLA_STR, /* a string with its NUL */
	LINX_NLA_CSTR, /* a string up to its NUL */
	LINX_NLA_STRUCT, /* a structure of the type ty, or one of its older sizes */
	LINX_NLA_ELSE_STR, /* STRUCT, but too few bytes are shown as a string */
	LINX_NLA_REST, /* STRUCT, and behind it bytes */
	LINX_NLA_HEAD, /* STRUCT, and behind it attributes of nest */
	LINX_NLA_ARRAY, /* elements of type ty, as many as fit */
	LINX_NLA_INDEXED, /* ARRAY, each element with its name of set */
	LINX_NLA_NEST, /* attributes */
	LINX_NLA_CALL, /* put() */
};

struct linx_nla_table;

struct linx_nla {
	uint16_t type;
	uint8_t how; /* enum linx_nla_how */
	uint16_t older[2]; /* STRUCT: sizes of older versions */
	const struct linx_ty *ty;
	const struct linx_flagset *set;
	const struct linx_nla_table *nest;
	/* Writes the content. False: the bytes have the wrong form. */
	bool (*put)(struct linx_put *p, const struct linx_nla_data *a);
};

struct linx_nla_table {
	const struct linx_flagset *names; /* NULL: numbers without names */
	unsigned int n;
	const struct linx_nla *attrs; /* attributes with a form; type 0xffff: all others */
};
#define LINX_NLA_ANY 0xffff
#define LINX_NL_DEPTH 24

void linx_put_attrs(struct linx_put *p, const struct linx_nla_table *t, struct linx_nl_ctx *ctx,
		    uint64_t addr, uint64_t len);
/* Writes bytes that stand elsewhere in the form of a row. */
bool linx_put_attr_data(struct linx_put *p, const struct linx_nla *row,
			const struct linx_nla_data *a);

/* Tables: linx_nla_ifinfomsg. */
#define TABLE(name, set, ...) extern const struct linx_nla_table linx_nla_##name;
#define ARRAY_OF(name, ...) extern const struct linx_nla_table linx_nla_##name;
#define PLAIN(name) extern const struct linx_nla_table linx_nla_##name;
#include "decoders/net/all.def"
#undef TABLE
#undef ARRAY_OF
#undef PLAIN

/* Functions that the tables name. */
#define ATTRFN(function) bool function(struct linx_put *p, const struct linx_nla_data *a);
#include "decoders/net/functions.def"
#undef ATTRFN

#endif
