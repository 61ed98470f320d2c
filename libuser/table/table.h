/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of a stream, parsed from its text: rows and numbers. Hostile input:
 * every count is bounded, every index checked. kmod/tables/syscalls.def
 * describes the words; kmod/tables/blob.h makes the text of this build.
 */
#ifndef LINX_TABLE_H
#define LINX_TABLE_H

#include <linx/linx.h>
#include <linux/linx.h>

#include "table/type.h"

/* Class bits of a row; the words of syscalls.def. */
enum linx_class {
	LINX_CLASS_FILE = 1 << 0,
	LINX_CLASS_DESC = 1 << 1,
	LINX_CLASS_PROCESS = 1 << 2,
	LINX_CLASS_NETWORK = 1 << 3,
	LINX_CLASS_SIGNAL = 1 << 4,
	LINX_CLASS_IPC = 1 << 5,
	LINX_CLASS_MEMORY = 1 << 6,
	LINX_CLASS_CREDS = 1 << 7,
	LINX_CLASS_CLOCK = 1 << 8,
	LINX_CLASS_STAT = 1 << 9,
	LINX_CLASS_STATFS = 1 << 10,
	LINX_CLASS_ENTRY = 1 << 16,
	LINX_CLASS_NORETURN = 1 << 17,
	LINX_CLASS_SIGRETURN = 1 << 18,
	LINX_CLASS_FORK = 1 << 19,
	LINX_CLASS_EXEC = 1 << 20,
	LINX_CLASS_CONTEXT = 1 << 21,
	LINX_CLASS_PRIO = 1 << 22,
	LINX_CLASS_ENTRYBY = 1 << 23,
};

struct linx_flagset; /* table/names.h */
struct linx_call_desc; /* decoders/decoders.h */

/* When a pointer's target is captured, as far as the capture word tells. */
enum linx_dir {
	LINX_DIR_NONE = 0, /* V, or a word this library does not know */
	LINX_DIR_IN = 1,
	LINX_DIR_OUT = 2,
	LINX_DIR_INOUT = 3,
	LINX_DIR_ERR = 5, /* written by a call that was interrupted */
	LINX_DIR_BY = 4, /* another argument decides; only the type knows */
};

/* Room for an argument's name in JSON; longer ones are put together each time. */
#define LINX_LABEL_ROOM 16u

/* How much is behind the pointer. */
enum linx_shape {
	LINX_SHAPE_ONE, /* one of the type */
	LINX_SHAPE_ARRAY, /* as many as argument len_arg says */
	LINX_SHAPE_RESULT, /* as many as the call returned */
	LINX_SHAPE_SIZED, /* bytes: argument len_arg */
	LINX_SHAPE_LENP, /* bytes: the number behind argument len_arg */
	LINX_SHAPE_BITS, /* bits: argument len_arg */
};

/* A number that stands for itself, in all formats. */
enum linx_plain {
	LINX_PLAIN_NOT, /* it needs a closer look */
	LINX_PLAIN_SIGNED,
	LINX_PLAIN_UNSIGNED,
	LINX_PLAIN_FD, /* unless descriptors are explained */
};

struct linx_arg {
	const char *name, *type, *capture; /* of the table's text */
	unsigned int name_len;
	/* Set by linx_table_bind(). */
	uint8_t dir; /* enum linx_dir */
	uint8_t shape; /* enum linx_shape */
	uint8_t len_arg;
	uint8_t label_len; /* 0: it is too long */
	char label[LINX_LABEL_ROOM]; /* "name": */
	const struct linx_ty *ty; /* never NULL */
	const struct linx_flagset *flagset; /* of flags; NULL: none of that name in this library */
	uint8_t plain; /* enum linx_plain */
	uint8_t above[LINX_LAYOUTS]; /* plain: bits of its register that are not the number's, by ABI */
};

struct linx_table_row {
	const char *id, *classes;
	unsigned int class_mask;
	const struct linx_call_desc *desc; /* NULL: a plain list, a decimal result */
	bool restarts; /* goes on with an earlier call */
	bool trampoline; /* made by the kernel's own code in the program; returns as number -1 */
	bool short_result; /* of 32 bits, on every ABI */
	bool special; /* any of restarts, subcalls, connects, short_result, an exec: a return does more than to be told */
	bool plain_result; /* a number that stands for itself, if the call succeeded */
	bool subcalls; /* its first argument says which call it is */
	bool opens; /* its result is a descriptor of what a path names */
	bool connects; /* argument 1 is the address of the peer that argument 0 gets */
	unsigned int nargs;
	/* A bit for each argument: may the call write there, and is the length of what it wrote behind a pointer? */
	uint32_t writes, lengths;
	uint32_t numbers, descriptors; /* the same: is it a LINX_PLAIN_SIGNED or LINX_PLAIN_UNSIGNED, a LINX_PLAIN_FD? */
	struct linx_arg args[LINX_NARGS];
};

/* Room for a call's name as a line begins its arguments; longer ones are put together each time. */
#define LINX_OPENING_ROOM 24u

struct linx_table_call {
	const char *name;
	unsigned int name_len;
	unsigned int opening_len; /* 0: it is too long, or was not made */
	char opening[LINX_OPENING_ROOM]; /* name( */
	int32_t nr;
	unsigned int abi;
	unsigned int layout; /* of its structures: linx_table_abi() of abi */
	const struct linx_table_row *row;
};

struct linx_table {
	char *text; /* the copy that all names point into, cut up by NULs */
	struct linx_table_row *rows; /* sorted by id once parsed */
	struct linx_table_call *calls; /* sorted by ABI and number once parsed */
	unsigned int nrows, ncalls;
	unsigned int machine; /* the first of its ABIs, whose places are 0 */
	const struct linx_table_call *index[LINX_ABI_NR][LINX_NR_MAX]; /* not those of far numbers */
};

/* Of which there are tables: x86_64 and arm64. */
#define LINX_MACHINES 2u
/* Records, and all of the library but its interface, know an ABI by its place among those of its machine: which it is. */
unsigned int linx_table_abi(const struct linx_table *t, unsigned int position);

/* -EBADMSG: not a table (err says where). The text is copied. linx_table_bind() has to follow before values are decoded. */
int linx_table_parse(const char *text, size_t len, struct linx_table **out, struct linx_error *err);
/* A number beyond the index. */
const struct linx_table_call *linx_table_far(const struct linx_table *t, unsigned int abi, int32_t nr);
/* NULL: not in the table. */
static inline const struct linx_table_call *linx_table_lookup(const struct linx_table *t, unsigned int abi, int32_t nr)
{
	if (abi >= LINX_ABI_NR)
		return NULL;
	return (uint32_t)nr < LINX_NR_MAX ? t->index[abi][nr] : linx_table_far(t, abi, nr);
}
/* A row by its id; NULL: none. */
const struct linx_table_row *linx_table_row(const struct linx_table *t, const char *id);
/* Text and hash of the table this build was made with. */
const char *linx_table_builtin_text(size_t *len);
/* strace's expression to bits; ENTRY-class calls get their entry bits too (see linx_select()). */
int linx_table_select(const struct linx_table *t, const char *expr, struct linx_select *sel,
		      struct linx_error *err);

#endif
