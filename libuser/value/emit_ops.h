/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How one format writes values. Decoders write with the functions of value/emit.h;
 * what of these differs between formats is here, as data where every value
 * passes and as functions elsewhere. A further format of values is one more of
 * these tables: value/emit_text.c and value/emit_json.c have those that there are.
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
 * Wants of a format, for those who write values: a decoder asks for these and never for a
 * format. Formats that one printer writes differ in them (value/cache.h).
 */
enum linx_want {
	LINX_WANT_FULL = 1 << 0, /* all that was captured, in the types and the order of the table; else as much as strace shows, in its manner */
	LINX_WANT_DATA = 1 << 1, /* values that programs read: a number is one number, in base 10, a member has a name; else expressions in C */
	LINX_WANT_STATES = 1 << 2, /* state and length of a value that is not whole; else "..." or its address */
	LINX_WANT_BOTH = 1 << 3, /* values before and after the call in one place; else the decoder says "=> 5" of what changed */
	LINX_WANT_COMMENTS = 1 << 4, /* remarks for people */
	LINX_WANT_LABELS = 1 << 5, /* names of arguments as rows of the call table keep them ready: "fd": (linx_arg.label) */
	LINX_WANT_DECIMAL = 1 << 6, /* numbers in base 10 but for addresses, without the calls and products in C that make them */
	LINX_WANT_REGISTERS = 1 << 7, /* arguments that the call does not look at, as their registers have them; else they are left out */
};

struct linx_put_ops {
	uint8_t wants; /* enum linx_want */
	/* Punctuation. The lengths are beside it: of a size that is known all is copied. */
	uint8_t item_len, quote_len, assign_len, null_len;
	char item[2]; /* between elements and between members */
	char assign[2]; /* behind a name, with the quote that ends it; quote_len 1: it begins with one */
	char null[4]; /* the pointer that leads nowhere */
	const char *unavailable; /* a value that could not be read although all around it could */
	const char *before, *after, *after_end; /* around two moments of a value */
	/* A number that has a name by itself. fmt of the number: 'd', 'u', 'x' or 'o'. */
	void (*symbol)(struct linx_put *p, int64_t n, char fmt, const char *name);
	/* A number of so many bytes by the names of a set. */
	void (*flags)(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt);
	/* All of these bytes as a string. cut: it goes on. */
	void (*string)(struct linx_put *p, const char *s, size_t n, bool cut);
	void (*hexbytes)(struct linx_put *p, const char *s, size_t n, bool cut);
	/* A captured string or buffer with its state, as far as the style's limit; all of a path. */
	void (*value)(struct linx_put *p, const struct linx_value *v, bool path);
	/*
	 * Around text of the decoder's own, "makedev(1, 3)" or "[INT CHLD]", which is written
	 * by linx_put_text_ops. n: the number that it stands for; NULL: for itself. The
	 * functions are NULL where text is nothing special.
	 */
	void (*text)(struct linx_put *p, const int64_t *n);
	void (*text_end)(struct linx_put *p, bool number);
};

/* Their wants are constants, so that the compiler decides for those who always write the same format. */
#define LINX_PUT_TEXT_WANTS LINX_WANT_COMMENTS
#define LINX_PUT_LINE_WANTS (LINX_WANT_DECIMAL | LINX_WANT_REGISTERS)
#define LINX_PUT_JSON_WANTS (LINX_WANT_FULL | LINX_WANT_DATA | LINX_WANT_STATES | LINX_WANT_BOTH | LINX_WANT_LABELS)

extern const struct linx_put_ops linx_put_text_ops; /* for people, as strace writes values */
extern const struct linx_put_ops linx_put_line_ops; /* for log lines, whose parsers expect each argument: text without remarks */
extern const struct linx_put_ops linx_put_json_ops;

/* Name of a flag of a set; number: of a LINX_FLAG_NUMBER. */
void linx_put_flag_name(struct linx_strbuf *o, const struct linx_flag *flag, uint64_t number);
/* The first of the constants of this value that has a name in this style; NULL: none, or flag was NULL. */
const struct linx_flag *linx_put_shown(const struct linx_put *p, const struct linx_flagset *set,
				       const struct linx_flag *flag);

#endif
