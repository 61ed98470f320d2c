/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of a stream, parsed from its text: rows and numbers. The input is hostile: every
 * count is bounded, every index checked. kmod/tables/syscalls.def describes the words;
 * kmod/tables/blob.h makes the text of this build.
 *
 * The room table/ holds the call table, selections of calls, and sets of named
 * constants (flags/). It knows neither records nor events.
 */
#ifndef LINX_TABLE_H
#define LINX_TABLE_H

#include <linx/linx.h>
#include <linux/linx.h>

#include "table/type.h"

/* Class bits of a row; syscalls.def explains the words. */
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

/* Direction of a pointer's target, from the capture word. */
enum linx_dir {
	LINX_DIR_NONE = 0, /* V, or a word unknown to this library */
	LINX_DIR_IN = 1,
	LINX_DIR_OUT = 2,
	LINX_DIR_INOUT = 3,
	LINX_DIR_ERR = 5, /* written by a call that was interrupted */
	LINX_DIR_BY = 4, /* depends on another argument, which only the type knows */
};

/* Size for the cached JSON label of an argument; longer ones are composed each time. */
#define LINX_LABEL_ROOM 16u

/* Extent of the memory behind a pointer. */
enum linx_shape {
	LINX_SHAPE_ONE, /* one element */
	LINX_SHAPE_ARRAY, /* argument len_arg: number of elements */
	LINX_SHAPE_RESULT, /* result: number of elements */
	LINX_SHAPE_SIZED, /* argument len_arg: number of bytes */
	LINX_SHAPE_LENP, /* argument len_arg points to the number of bytes */
	LINX_SHAPE_BITS, /* argument len_arg: number of bits */
};

/* Arguments that are plain numbers in all formats, which a fast path prints. */
enum linx_plain {
	LINX_PLAIN_NOT, /* the slow path must print it */
	LINX_PLAIN_SIGNED,
	LINX_PLAIN_UNSIGNED,
	LINX_PLAIN_FD, /* descriptor, plain unless descriptors are explained */
};

struct linx_arg {
	const char *name, *type, *capture; /* in the table's text */
	unsigned int name_len;
	/* Members set by linx_table_bind(): */
	uint8_t dir; /* enum linx_dir */
	uint8_t shape; /* enum linx_shape */
	uint8_t len_arg;
	bool fills; /* the call writes into the buffers that the value leads to */
	uint8_t label_len; /* 0: too long for label */
	char label[LINX_LABEL_ROOM]; /* "name": */
	const struct linx_ty *ty; /* never NULL */
	const struct linx_flagset *flagset; /* names of flags; NULL: no such set in this library */
	uint8_t plain; /* enum linx_plain */
	uint8_t above[LINX_LAYOUTS]; /* plain: number of unused upper bits of the register, by ABI */
};

struct linx_table_row {
	const char *id, *classes;
	unsigned int class_mask;
	const struct linx_call_desc *desc; /* NULL: arguments as a list, result in decimal */
	bool restarts; /* restart_syscall: continues an earlier call */
	bool trampoline; /* called by kernel code mapped into the program; returns as number -1 */
	bool short_result; /* result of 32 bits on every ABI */
	bool special; /* restarts, subcalls, connects, short_result or exec: a return needs the slow path */
	bool plain_result; /* the result of a successful call is a plain number */
	bool subcalls; /* the first argument selects another call */
	bool opens; /* the result is a descriptor of the file that a path names */
	bool connects; /* argument 1 is the address of the peer that argument 0 is connected to */
	unsigned int nargs;
	/*
	 * Bit masks of arguments: the call may write the target; the length written is itself
	 * behind a pointer.
	 */
	uint32_t writes, lengths;
	uint32_t numbers, descriptors; /* bit masks of arguments: LINX_PLAIN_SIGNED or _UNSIGNED; LINX_PLAIN_FD */
	struct linx_arg args[LINX_NARGS];
};

/* Size for the cached beginning of a call's line: name and parenthesis; longer ones are composed each time. */
#define LINX_OPENING_ROOM 24u

struct linx_table_call {
	const char *name;
	unsigned int name_len;
	unsigned int opening_len; /* 0: too long for opening, or not set */
	char opening[LINX_OPENING_ROOM]; /* name( */
	int32_t nr;
	unsigned int abi;
	unsigned int layout; /* linx_table_abi() of abi, for the layout of structures */
	const struct linx_table_row *row;
};

struct linx_table {
	char *text; /* copy of the text, cut up by NULs, that all names point into */
	struct linx_table_row *rows; /* sorted by id once parsed */
	struct linx_table_call *calls; /* sorted by ABI and number once parsed */
	unsigned int nrows, ncalls;
	unsigned int machine; /* first ABI of the machine, whose index is 0 */
	const struct linx_table_call *index[LINX_ABI_NR][LINX_NR_MAX]; /* calls below LINX_NR_MAX */
};

/* Machines that have tables: x86_64 and arm64. */
#define LINX_MACHINES 2u
/*
 * ABI of an index. Records, and the library but for its interface, identify an ABI by its
 * index among those of the machine.
 */
unsigned int linx_table_abi(const struct linx_table *t, unsigned int position);

/*
 * Parses a copy of the text. linx_table_bind() must follow before values are decoded.
 * -EBADMSG: not a table (err says where); -ENOMEM.
 */
int linx_table_parse(const char *text, size_t len, struct linx_table **out, struct linx_error *err);
/* Slow path of linx_table_lookup(): numbers beyond the index. */
const struct linx_table_call *linx_table_far(const struct linx_table *t, unsigned int abi, int32_t nr);
/* Call with this number; NULL: not in the table. */
static inline const struct linx_table_call *linx_table_lookup(const struct linx_table *t, unsigned int abi, int32_t nr)
{
	if (abi >= LINX_ABI_NR)
		return NULL;
	return (uint32_t)nr < LINX_NR_MAX ? t->index[abi][nr] : linx_table_far(t, abi, nr);
}
/* Row with this id; NULL: none. */
const struct linx_table_row *linx_table_row(const struct linx_table *t, const char *id);
/* Text of the table that this build was made with. */
const char *linx_table_builtin_text(size_t *len);
/* Makes a selection of strace's expression; calls of class ENTRY get their entry bits too (see linx_select()). */
int linx_table_select(const struct linx_table *t, const char *expr, struct linx_select *sel,
		      struct linx_error *err);

#endif
