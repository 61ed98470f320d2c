/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way in which one format writes values. Decoders write with the functions of value/emit.h; their
 * differences between formats are here, as data where every value passes and as functions elsewhere. A further
 * format of values is one more of these tables: value/emit_text.c and value/emit_json.c have the present ones.
 */
#ifndef LINX_EMIT_OPS_H
#define LINX_EMIT_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct linx_flag;
struct linx_flagset;
struct linx_strbuf;
struct linx_put;
struct linx_value;

/*
 * Wants of a format. A decoder tests these and never names a format. Formats of one printer differ in them
 * (value/cache.h).
 */
enum linx_want {
	LINX_WANT_FULL = 1 << 0, /* all captured values, in the types and the order of the table; else strace's part and form */
	LINX_WANT_DATA = 1 << 1, /* values for programs: numbers in base 10, members with names; else expressions in C */
	LINX_WANT_STATES = 1 << 2, /* state and length of a value that is not whole; else "..." or its address */
	LINX_WANT_BOTH = 1 << 3, /* values before and after the call together; else the decoder adds "=> 5" to a changed value */
	LINX_WANT_COMMENTS = 1 << 4, /* remarks for people */
	LINX_WANT_LABELS = 1 << 5, /* names of arguments, ready in rows of the call table: "fd": (linx_arg.label) */
	LINX_WANT_DECIMAL = 1 << 6, /* numbers in base 10, but not addresses, and without expressions in C */
	LINX_WANT_REGISTERS = 1 << 7, /* ignored arguments, as their registers have them; else they are left out */
};

struct linx_put_ops {
	uint8_t wants; /* enum linx_want */
	/* Punctuation with its lengths: a copy of constant size is fast, so all bytes are copied. */
	uint8_t item_len, quote_len, assign_len, null_len;
	char item[2]; /* between elements and between members */
	char assign[2]; /* text behind a name, with its closing quote; quote_len 1: a name begins with a quote */
	char null[4]; /* the null pointer */
	const char *unavailable; /* a value that could not be read although all around it could */
	const char *before, *after, *after_end; /* text around a value before and after the call */
	/* Writes a number that has a name of its own. fmt of the number: 'd', 'u', 'x' or 'o'. */
	void (*symbol)(struct linx_put *p, int64_t n, char fmt, const char *name);
	/* Writes a number of size bytes by the names of a set. */
	void (*flags)(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt);
	/* Writes all of these bytes as a string. cut: it is longer. */
	void (*string)(struct linx_put *p, const char *s, size_t n, bool cut);
	void (*hexbytes)(struct linx_put *p, const char *s, size_t n, bool cut);
	/* Writes a captured string or buffer with its state, up to the style's limit; a path whole. */
	void (*value)(struct linx_put *p, const struct linx_value *v, bool path);
	/*
	 * Begin and end text of the decoder's own, "makedev(1, 3)" or "[INT CHLD]", which is written by
	 * linx_put_text_ops. n: the number that it stands for; NULL: it stands for itself. The functions are
	 * NULL where text needs nothing around it.
	 */
	void (*text)(struct linx_put *p, const int64_t *n);
	void (*text_end)(struct linx_put *p, bool number);
};

/* Wants as constants, so that the compiler decides in code for a single format. */
#define LINX_PUT_TEXT_WANTS LINX_WANT_COMMENTS
#define LINX_PUT_LINE_WANTS (LINX_WANT_DECIMAL | LINX_WANT_REGISTERS)
#define LINX_PUT_JSON_WANTS (LINX_WANT_FULL | LINX_WANT_DATA | LINX_WANT_STATES | LINX_WANT_BOTH | LINX_WANT_LABELS)

extern const struct linx_put_ops linx_put_text_ops; /* for people, as strace writes values */
extern const struct linx_put_ops linx_put_line_ops; /* for log lines, whose parsers expect each argument: text without remarks */
extern const struct linx_put_ops linx_put_json_ops;

/* Writes the name of a flag of a set; number: value of a LINX_FLAG_NUMBER. */
void linx_put_flag_name(struct linx_strbuf *o, const struct linx_flag *flag, uint64_t number);
/* First constant from flag on with the same value and a name in this style; NULL: none, or flag was NULL. */
const struct linx_flag *linx_put_shown(const struct linx_put *p, const struct linx_flagset *set,
				       const struct linx_flag *flag);

#endif
