/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes structures in Thrift's compact protocol, which Parquet's headers have. A field begins with a byte that has its
 * type, and the difference between its number and the number of the field before. The value follows.
 */
#ifndef LINX_THRIFT_H
#define LINX_THRIFT_H

#include "rows/varint.h"

/* Types of values, with their numbers in the protocol. */
enum { THRIFT_TRUE = 1, THRIFT_FALSE = 2, THRIFT_BYTE = 3, THRIFT_I32 = 5, THRIFT_I64 = 6, THRIFT_BINARY = 8, THRIFT_LIST = 9, THRIFT_STRUCT = 12 };

#define THRIFT_DEPTH 8u

/* Structures that were begun and not ended, with the number of the last field of each. */
struct thrift {
	struct linx_strbuf *o;
	unsigned int last[THRIFT_DEPTH], depth;
};

/* Maps signed numbers to unsigned numbers. Numbers near 0 are mapped to small numbers. */
static inline uint64_t thrift_zigzag(int64_t v)
{
	return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

/* Begins a field: fields are written in the order of their numbers, which differ by at most 15. */
static inline void thrift_field(struct thrift *t, unsigned int number, unsigned int type)
{
	linx_strbuf_char(t->o, (char)((number - t->last[t->depth]) << 4 | type));
	t->last[t->depth] = number;
}

static inline void thrift_int(struct thrift *t, unsigned int number, unsigned int type, int64_t v)
{
	thrift_field(t, number, type);
	linx_put_varint(t->o, thrift_zigzag(v));
}

static inline void thrift_i32(struct thrift *t, unsigned int number, int32_t v)
{
	thrift_int(t, number, THRIFT_I32, v);
}

static inline void thrift_i64(struct thrift *t, unsigned int number, uint64_t v)
{
	thrift_int(t, number, THRIFT_I64, (int64_t)v);
}

static inline void thrift_bool(struct thrift *t, unsigned int number, bool v)
{
	thrift_field(t, number, v ? THRIFT_TRUE : THRIFT_FALSE);
}

static inline void thrift_bytes(struct thrift *t, unsigned int number, const void *data, size_t len)
{
	thrift_field(t, number, THRIFT_BINARY);
	linx_put_varint(t->o, len);
	linx_strbuf_mem(t->o, data, len);
}

static inline void thrift_text(struct thrift *t, unsigned int number, const char *s)
{
	thrift_bytes(t, number, s, strlen(s));
}

/* Begins a list; its n elements follow. */
static inline void thrift_list(struct thrift *t, unsigned int number, unsigned int type, unsigned int n)
{
	thrift_field(t, number, THRIFT_LIST);
	linx_strbuf_char(t->o, (char)((n < 15 ? n : 15) << 4 | type));
	if (n >= 15)
		linx_put_varint(t->o, n);
}

/* Begins a structure that is an element of a list, or the outermost one. thrift_end() ends it. */
static inline void thrift_begin(struct thrift *t)
{
	t->last[++t->depth] = 0;
}

/* Begins a structure that is a field. */
static inline void thrift_struct(struct thrift *t, unsigned int number)
{
	thrift_field(t, number, THRIFT_STRUCT);
	thrift_begin(t);
}

static inline void thrift_end(struct thrift *t)
{
	linx_strbuf_char(t->o, 0);
	t->depth--;
}

#endif
