/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Table of calls of a stream, parsed from its text: rows (signatures, which calls share) and call numbers. The text is
 * not trusted: every count is bounded, every index checked. kmod/tables/syscalls.def describes the words;
 * kmod/tables/blob.h makes the text that is built into this library.
 *
 * The room (source folder) table/ holds the table of calls, selections of calls, and sets of named constants (flags/).
 * It knows neither records nor events.
 */
#ifndef LINX_TABLE_H
#define LINX_TABLE_H

#include <linx/linx.h>
#include <linux/linx.h>

#include "table/call_kinds.h"
#include "table/type.h"

/* Bits for the classes of a row (sets of calls and behaviors); syscalls.def explains the words. */
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

struct linx_flagset; /* defined in table/names.h */
struct linx_call_desc; /* defined in decoders/decoders.h */

/*
 * Direction of the data in the memory that an argument points to: read or written by the call. It follows from the
 * capture word in the table of calls.
 */
enum linx_dir {
	LINX_DIR_NONE = 0, /* the argument is not a pointer (V), or this library does not know the word */
	LINX_DIR_IN = 1,
	LINX_DIR_OUT = 2,
	LINX_DIR_INOUT = 3,
	LINX_DIR_ERR = 5, /* the call writes the memory if it is interrupted (the remaining time of nanosleep) */
	LINX_DIR_BY = 4, /* the direction depends on another argument, which the decoder of the type tests */
};

/* Size of the cached JSON label of an argument. A longer label is composed each time. */
#define LINX_LABEL_ROOM 16u

/* Ways in which the size of the memory that an argument points to is known. */
enum linx_shape {
	LINX_SHAPE_ONE, /* one element */
	LINX_SHAPE_ARRAY, /* an array; argument len_arg is the number of elements */
	LINX_SHAPE_RESULT, /* an array; the call's result is the number of elements */
	LINX_SHAPE_SIZED, /* argument len_arg is the number of bytes */
	LINX_SHAPE_LENP, /* argument len_arg points to the number of bytes */
	LINX_SHAPE_BITS, /* argument len_arg is the number of bits */
};

/* Kinds of arguments that are plain numbers in every format. A fast path prints such arguments without a decoder. */
enum linx_plain {
	LINX_PLAIN_NOT, /* not a plain number: the argument's decoder writes it */
	LINX_PLAIN_SIGNED,
	LINX_PLAIN_UNSIGNED,
	LINX_PLAIN_FD, /* a descriptor; a plain number unless the style explains descriptors */
};

struct linx_arg {
	const char *name, *type, *capture; /* words of the table's text */
	unsigned int name_len;
	/* Members set by linx_table_bind(): */
	uint8_t dir; /* enum linx_dir */
	uint8_t shape; /* enum linx_shape: how the size of the memory is known */
	uint8_t len_arg;
	/* the call writes into the memory that the argument points to, or into the buffers that this memory lists */
	bool fills;
	uint8_t label_len; /* bytes of "label"; 0: the label is too long for the array */
	char label[LINX_LABEL_ROOM]; /* the JSON label, with quotes and colon: "name": */
	const struct linx_ty *ty; /* type whose decoder writes the argument; never NULL */
	const struct linx_flagset *flagset; /* names of the values; NULL: this library has no such set */
	uint8_t plain; /* enum linx_plain */
	/* if plain: number of upper bits of the 64-bit register that the type does not use, by layout */
	uint8_t above[LINX_LAYOUTS];
};

struct linx_table_row {
	const char *id, *classes;
	unsigned int class_mask;
	/* form in which the call is shown; NULL: its arguments as a list, its result in decimal */
	const struct linx_call_desc *desc;
	bool restarts; /* restart_syscall(2), which continues an earlier call */
	/*
	 * uprobe or uretprobe: called by code that the kernel maps into the program; returns with call number
	 * -1
	 */
	bool trampoline;
	bool short_result; /* the result has 32 bits on every ABI */
	/*
	 * the return needs the slow path: restarts, subcalls, connects or short_result is set, or the call is an exec
	 */
	bool special;
	bool plain_result; /* the result of a successful call is a plain number */
	bool subcalls; /* the first argument selects another call: socketcall(2), ipc(2) */
	bool opens; /* the result is a descriptor of the file that a path names */
	bool connects; /* argument 0 is a socket, argument 1 the address of the peer that it is connected to */
	unsigned int nargs;
	/*
	 * bit masks of arguments. writes: pointers to memory that the call may write; lengths: pointers to memory whose
	 * size is in other memory, to which another argument points
	 */
	uint32_t writes, lengths;
	/* bit masks of arguments. numbers: LINX_PLAIN_SIGNED and LINX_PLAIN_UNSIGNED; descriptors: LINX_PLAIN_FD */
	uint32_t numbers, descriptors;
	struct linx_arg args[LINX_NARGS];
};

/*
 * Size of the cached beginning of a call's line, which is its name and a parenthesis. A longer beginning is composed
 * each time.
 */
#define LINX_OPENING_ROOM 24u

/*
 * Facts about a call that the fields of descriptors need for each event, as bits of linx_table_call.named. OPENS: the
 * call has an argument for the flags of an open, or is creat(). All others: the call's name begins with these letters.
 */
#define LINX_NAMED_ACCEPT 0x01u
#define LINX_NAMED_SOCKET 0x02u
#define LINX_NAMED_CONNECT 0x04u
#define LINX_NAMED_BIND 0x08u
#define LINX_NAMED_LISTEN 0x10u
#define LINX_NAMED_RECVFROM 0x20u
#define LINX_NAMED_SENDTO 0x40u
#define LINX_NAMED_OPENS 0x80u

struct linx_table_call {
	const char *name;
	unsigned int name_len;
	unsigned int opening_len; /* bytes of "opening"; 0: the name is too long for the array, or not set */
	char opening[LINX_OPENING_ROOM]; /* the beginning of the call's line: name( */
	int32_t nr;
	unsigned int abi;
	unsigned int layout; /* layout of the call's structures: linx_table_abi() of abi */
	const struct linx_table_row *row;
	uint8_t named; /* LINX_NAMED_* */
	/* indexes of the arguments with the flags and with the path of an open; -1: the call has no such argument */
	int8_t open_flags, open_path;
	/*
	 * index of the argument with the path that the call is about; -1: none. symlink and mount are about their second path:
	 * the first one is what that will lead to
	 */
	int8_t about_path;
	bool open_how; /* the argument open_flags points to a struct open_how, which has the flags */
	/* kind in Falco's event table; NULL: the call has no event of its own there */
	const struct linx_call_kind *kind;
};

/* Sets the facts of a call by its name and its row: named, kind, open_flags, open_path, about_path and open_how. */
void linx_table_set_facts(struct linx_table_call *call);

struct linx_table {
	char *text; /* the table's text, as strings; all names point into it */
	struct linx_table_row *rows; /* sorted by id after parsing */
	struct linx_table_call *calls; /* sorted by ABI and number after parsing */
	unsigned int nrows, ncalls;
	unsigned int machine; /* enum linx_abi of the machine's first ABI, which has the index 0 in this table */
	/* the calls with numbers below LINX_NR_MAX; NULL: the number has no name */
	const struct linx_table_call *index[LINX_ABI_NR][LINX_NR_MAX];
};

/* Number of machines that have tables of calls: x86_64 and arm64. */
#define LINX_MACHINES 2u
/*
 * Returns the enum linx_abi of an ABI. position: index of the ABI among the ABIs of the table's machine. Records
 * identify an ABI by this index, and so does the library except in its interface.
 */
unsigned int linx_table_abi(const struct linx_table *t, unsigned int position);

/*
 * Parses a copy of the text. linx_table_bind() must follow before values are decoded. -EBADMSG: the text is not
 * a valid table (err says where); -ENOMEM.
 */
int linx_table_parse(const char *text, size_t len, struct linx_table **out, struct linx_error *err);
/* Part of linx_table_lookup(): finds calls with numbers of LINX_NR_MAX and above. NULL: not in the table. */
const struct linx_table_call *linx_table_far(const struct linx_table *t, unsigned int abi, int32_t nr);
/* Returns the call with this number; NULL: not in the table. */
static inline const struct linx_table_call *linx_table_lookup(const struct linx_table *t, unsigned int abi, int32_t nr)
{
	if (abi >= LINX_ABI_NR)
		return NULL;
	return (uint32_t)nr < LINX_NR_MAX ? t->index[abi][nr] : linx_table_far(t, abi, nr);
}
/* Returns the row with this id; NULL: there is no such row. */
const struct linx_table_row *linx_table_row(const struct linx_table *t, const char *id);
/* Returns the text of the table of calls that this library was built with. */
const char *linx_table_builtin_text(size_t *len);
/*
 * Makes a selection from an expression as in `strace -e trace=`. For selected calls of class ENTRY, also sets the bits
 * of their entries (see linx_select()).
 */
int linx_table_select(const struct linx_table *t, const char *expr, struct linx_select *sel,
		      struct linx_error *err);

#endif
