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
};

struct linx_flagset; /* names.h */

/* When a pointer's target is captured, as far as the capture word tells. */
enum linx_dir {
	LINX_DIR_NONE = 0, /* V, or a word this library does not know */
	LINX_DIR_IN = 1,
	LINX_DIR_OUT = 2,
	LINX_DIR_INOUT = 3,
};

struct linx_arg {
	const char *name, *type, *capture; /* of the table's text */
	unsigned int name_len;
	/* resolved once */
	unsigned int type_id; /* enum linx_type of types.h */
	uint8_t width; /* enum linx_width of types.h */
	uint8_t dir; /* enum linx_dir */
	uint8_t room; /* OUT_LENP: 1 + the argument that points to the room before the call; else 0 */
	const struct linx_flagset *flagset; /* NULL: none of that name in this library */
};

struct linx_row {
	const char *id, *classes;
	unsigned int class_mask;
	unsigned int ret_style; /* enum linx_ret_style of types.h */
	const struct linx_flagset *ret_set; /* for some of them; NULL: none */
	unsigned int special; /* enum linx_special of types.h */
	unsigned int nargs;
	struct linx_arg args[LINX_NARGS];
};

struct linx_call {
	const char *name;
	int32_t nr;
	unsigned int abi;
	const struct linx_row *row;
};

/* -EBADMSG: not a table (err says where). The text is copied. */
int linx_table_parse(const char *text, size_t len, struct linx_table **out, struct linx_error *err);
/* NULL: not in the table. */
const struct linx_call *linx_table_lookup(const struct linx_table *t, unsigned int abi, int32_t nr);
/* Text and hash of the table this build was made with. */
const char *linx_table_builtin_text(size_t *len);
/* strace's expression to bits; ENTRY-class calls get their entry bits too (see linx_select()). */
int linx_table_select(const struct linx_table *t, const char *expr, struct linx_select *sel,
		      struct linx_error *err);

#endif
