/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations by which one format writes values. Decoders write with the functions of value/emit.h, which use these
 * operations wherever formats differ. Punctuation, which every value needs, is data here, because calling a function
 * costs more. A new format needs another struct linx_put_ops; the existing ones are in value/emit_text.c and
 * value/emit_json.c.
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
 * Properties of a format: the form and the parts of values that it wants. A decoder tests these bits and never names a
 * format. Formats that share a printer have different bits, since the keys of value/cache.h contain the bits.
 */
enum linx_want {
	/*
	 * all captured values, in the types and the order of the table of calls; else the values that strace shows, in
	 * strace's form
	 */
	LINX_WANT_FULL = 1 << 0,
	/* values for programs: numbers in base 10, members with names; else expressions in C */
	LINX_WANT_DATA = 1 << 1,
	/* state and length of a value that is not whole; else "..." or the value's address */
	LINX_WANT_STATES = 1 << 2,
	LINX_WANT_BOTH = 1 << 3, /* values before and after the call together; else the decoder writes "=> 5" itself */
	LINX_WANT_COMMENTS = 1 << 4, /* comments that explain values to people */
	LINX_WANT_LABELS = 1 << 5, /* argument names with quotes and colon, as cached in linx_arg.label: "fd": */
	LINX_WANT_DECIMAL = 1 << 6, /* numbers in base 10, but addresses in base 16, and no expressions in C */
	/* the registers of arguments that the kernel ignores; else these arguments are left out */
	LINX_WANT_REGISTERS = 1 << 7,
};

struct linx_put_ops {
	uint8_t wants; /* bits of enum linx_want */
	/* Punctuation and its lengths. The arrays are copied whole, because a copy of constant size is fast. */
	uint8_t item_len, quote_len, assign_len, null_len;
	char item[2]; /* separator of elements and of members */
	/*
	 * text between a name and its value, with the quote that ends the name; quote_len 1: a quote begins the
	 * name
	 */
	char assign[2];
	char null[4]; /* the null pointer */
	/* text instead of a value that could not be read although the values around it could */
	const char *unavailable;
	/* text before a member's value before the call, between this and its value after the call, and at the end */
	const char *before, *after, *after_end;
	/* Writes a number that has one name: the name, the number or both. fmt: its base, 'd', 'u', 'x' or 'o'. */
	void (*symbol)(struct linx_put *p, int64_t n, char fmt, const char *name);
	/* Writes a number of size bytes with the names of a set. */
	void (*flags)(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt);
	/* Writes n bytes as a string, without a limit. cut: the program's string is longer. */
	void (*string)(struct linx_put *p, const char *s, size_t n, bool cut);
	void (*hexbytes)(struct linx_put *p, const char *s, size_t n, bool cut);
	/* Writes a captured string or buffer with its state, cut at the style's limit unless it is a path. */
	void (*value)(struct linx_put *p, const struct linx_value *v, bool path);
	/*
	 * Begin and end text that a decoder composes with linx_put_text_ops, such as "makedev(1, 3)" or "[INT CHLD]".
	 * n: the number that the text explains; NULL: the text is the value itself. number: n was not NULL. Both
	 * functions are NULL in formats where nothing stands around such text.
	 */
	void (*text)(struct linx_put *p, const int64_t *n);
	void (*text_end)(struct linx_put *p, bool number);
};

/*
 * Value of the member "wants" of each format as a constant, so that code for a single format is compiled without tests
 * of the bits.
 */
#define LINX_PUT_TEXT_WANTS LINX_WANT_COMMENTS
#define LINX_PUT_LINE_WANTS (LINX_WANT_DECIMAL | LINX_WANT_REGISTERS)
#define LINX_PUT_JSON_WANTS (LINX_WANT_FULL | LINX_WANT_DATA | LINX_WANT_STATES | LINX_WANT_BOTH | LINX_WANT_LABELS)

extern const struct linx_put_ops linx_put_text_ops; /* text for people, as strace writes values */
/* text without comments and with every argument, for log lines, whose parsers expect every argument */
extern const struct linx_put_ops linx_put_line_ops;
extern const struct linx_put_ops linx_put_json_ops;

/* Writes the name of a flag. number: number in the sub-field, for a LINX_FLAG_NUMBER */
void linx_put_flag_name(struct linx_strbuf *o, const struct linx_flag *flag, uint64_t number);
/*
 * Returns the first constant, from "flag" on, that has the value of "flag" and a name in this style (strace does not
 * have all names). NULL: there is no such constant, or flag is NULL.
 */
const struct linx_flag *linx_put_shown(const struct linx_put *p, const struct linx_flagset *set,
				       const struct linx_flag *flag);

#endif
