/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Attributes of netlink messages, described by tables: one for each kind of message or nested attribute, with
 * the content of each attribute. The tables are in decoders/net/.
 */
#ifndef LINX_DECODERS_NLATTR_H
#define LINX_DECODERS_NLATTR_H

#include "decoders/net/net.h"

/* Facts about a message on which later and nested attributes depend. */
struct linx_nl_ctx {
	uint8_t depth; /* how deeply attributes and messages are nested */
	uint8_t family; /* AF_* of the message */
	/* nlctrl: commands of the family that is being described; NULL: its name was not seen yet */
	const struct linx_flagset *commands;
	/* kinds of a link and of the link it belongs to; "": not seen yet, or too long */
	char kind[16], slave_kind[16];
};

/* An attribute's content in captured memory: address, length and type. */
struct linx_nla_data {
	uint64_t addr;
	uint32_t len;
	uint16_t type;
	struct linx_nl_ctx *ctx;
};

/* Ways in which the content of an attribute is shown. If its length does not fit, it is shown as bytes. */
enum linx_nla_how {
	LINX_NLA_BYTES,
	LINX_NLA_NUM, /* a number of type ty; bytes behind it are not shown */
	LINX_NLA_SET, /* like NUM with the names of set; at most 8 bytes */
	LINX_NLA_INT, /* a number of the attribute's length, with the names of set */
	LINX_NLA_STR, /* a string that ends with a NUL */
	LINX_NLA_CSTR, /* a string up to its NUL, if it has one */
	LINX_NLA_STRUCT, /* a structure of type ty, in its present size or an older one */
	LINX_NLA_ELSE_STR, /* like STRUCT, but shown as a string if the bytes are too few */
	LINX_NLA_REST, /* like STRUCT, with further bytes behind it */
	LINX_NLA_HEAD, /* like STRUCT, with attributes of the table nest behind it */
	LINX_NLA_ARRAY, /* an array with elements of type ty, as many as fit */
	LINX_NLA_INDEXED, /* like ARRAY, and set has names of the indexes */
	LINX_NLA_NEST, /* attributes */
	LINX_NLA_CALL, /* written by put() */
};

struct linx_nla_table;

struct linx_nla {
	uint16_t type;
	uint8_t how; /* enum linx_nla_how */
	uint16_t older[2]; /* for LINX_NLA_STRUCT: sizes of older versions; 0: none */
	const struct linx_ty *ty;
	const struct linx_flagset *set;
	const struct linx_nla_table *nest;
	/* for LINX_NLA_CALL: writes the content. Returns false if its length does not fit. */
	bool (*put)(struct linx_put *p, const struct linx_nla_data *a);
};

struct linx_nla_table {
	const struct linx_flagset *names; /* names of the attributes; NULL: their types are shown as numbers */
	unsigned int n;
	const struct linx_nla *attrs; /* attributes that are not shown as bytes; type 0xffff: all other types */
};
#define LINX_NLA_ANY 0xffff
#define LINX_NL_DEPTH 24

void linx_put_attrs(struct linx_put *p, const struct linx_nla_table *t, struct linx_nl_ctx *ctx,
		    uint64_t addr, uint64_t len);
/* Writes the bytes that "a" describes in the way of row. The bytes need not be those of an attribute. */
bool linx_put_attr_data(struct linx_put *p, const struct linx_nla *row,
			const struct linx_nla_data *a);

/* The tables: linx_nla_ifinfomsg and others. */
#define TABLE(name, set, ...) extern const struct linx_nla_table linx_nla_##name;
#define ARRAY_OF(name, ...) extern const struct linx_nla_table linx_nla_##name;
#define PLAIN(name) extern const struct linx_nla_table linx_nla_##name;
#include "decoders/net/all.def"
#undef TABLE
#undef ARRAY_OF
#undef PLAIN

/* The functions that the tables name. */
#define ATTRFN(function) bool function(struct linx_put *p, const struct linx_nla_data *a);
#include "decoders/net/functions.def"
#undef ATTRFN

#endif
