/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The call table as a walker in user space needs it: per call the number of arguments,
 * what each points to, variants that an argument selects, and shapes of structures. All
 * is constant data made of kmod/tables, but for the variants, which one function makes.
 */
#ifndef LINX_ENGINE_WALK_ROWS_H
#define LINX_ENGINE_WALK_ROWS_H

#include <linux/linx.h>
#include <linux/linx_record.h>
#include <stdbool.h>
#include <stdint.h>

/* Amounts that are captured of what an argument points to: the words of syscalls.def without their direction. */
enum linx_copy {
	LINX_COPY_V = 0,
	LINX_COPY_STR,
	LINX_COPY_STRV,
	LINX_COPY_BUF, /* argument n bytes */
	LINX_COPY_FIT, /* copies as many bytes as the result; none if that is more than argument n */
	LINX_COPY_LENP, /* length: the u32 behind argument n; with a shape: a number of elements */
	LINX_COPY_ALL, /* argument n bytes, kept to the end, in pieces if need be */
	LINX_COPY_MSG, /* a long, then argument n bytes */
	LINX_COPY_BITS, /* longs for argument n less what bits */
	LINX_COPY_PAGES, /* one byte for each page of argument n bytes */
	LINX_COPY_IOC, /* the size that the ioctl command in argument n encodes */
	LINX_COPY_AT, /* length: the u32 that lies what bytes behind argument n */
	LINX_COPY_FIX, /* what bytes */
	LINX_COPY_ONE, /* one structure of the shape what */
	LINX_COPY_N, /* argument n structures of the shape what */
	LINX_COPY_SZ, /* a structure of argument n bytes */
	LINX_COPY_ARGS, /* nothing itself: the arguments are members of the shape what */
	LINX_COPY_BY, /* another argument decides: a variant */
};

/* Moments at which it is captured. */
#define LINX_WHEN_IN 1u /* at entry, and at return */
#define LINX_WHEN_OUT 2u /* at the return of a call that succeeded */
#define LINX_WHEN_ERR 4u /* at the return of a call that failed */

/* An argument as one number, so that a variant can add to it. */
#define LINX_ARGDEF(cap, dir, n, what) \
	((uint32_t)(cap) | (uint32_t)(dir) << 5 | (uint32_t)(n) << 12 | (uint32_t)(what) << 16)
#define LINX_ARGDEF_CAP(def) ((def)&0x1fu)
#define LINX_ARGDEF_DIR(def) ((def) >> 5 & 7u)
#define LINX_ARGDEF_N(def) ((def) >> 12 & 0xfu)
#define LINX_ARGDEF_WHAT(def) ((def) >> 16 & 0x3fffu)
#define LINX_ARGDEF_INT 0x100u /* 32 bits on every ABI */
#define LINX_ARGDEF_SOCKADDR 0x200u /* kept whole, whatever the limit for buffers */
#define LINX_ARGDEF_ENVP 0x400u /* kept only on request */
#define LINX_ARGDEF_PATH 0x800u /* a path in a buffer: limited as strings are */
#define LINX_ARGDEF_TYPE 0xf00u /* these four */
#define LINX_ARGDEF_32BIT 0x40000000u /* argument n is an int */
#define LINX_ARGDEF_RESULT 0x80000000u /* the length is the result, at most argument n */

/* linx_walker_row.flags: words of syscalls.def that matter here. */
#define LINX_ROW_FORK 0x01
#define LINX_ROW_EXEC 0x02 /* on success the arguments are gone at return */
#define LINX_ROW_CONTEXT 0x04 /* on success the task's context record is out of date */
#define LINX_ROW_SIGRETURN 0x08 /* the stack holds the mask that it restores */
#define LINX_ROW_PRIO 0x40 /* may use the share of a buffer that is kept for what matters most */
#define LINX_ROW_DEVICE 0x80 /* the device of a descriptor decides what the call does */
#define LINX_ROW_ENTRYBY 0x10 /* entries only where something is read and written: linx_walker_row.entry */

/* Values that the kernel resolved from an argument, told beside it. */
enum linx_row_resolved {
	LINX_ROW_RESOLVES_NONE,
	LINX_ROW_RESOLVES_OPENED, /* the result is a file that was opened by its name */
	LINX_ROW_RESOLVES_PEER, /* the first argument is a socket that was connected */
	LINX_ROW_RESOLVES_MESSAGE, /* the first argument is a socket, whose protocol says what a message is */
	LINX_ROW_RESOLVES_SOCKETCALL, /* i386: perhaps one of these two, whose socket stands in memory */
};

/* linx_walker_row.entry; the argument of the last is one that is read and written */
#define LINX_ENTRY_ALL 0
#define LINX_ENTRY_NONE 1
#define LINX_ENTRY_POINTER 2 /* and up: those whose argument 0 and up is not null */

struct linx_walker_row {
	uint8_t nargs;
	uint8_t flags; /* LINX_ROW_* */
	uint8_t in, out, err; /* bits of the arguments that are captured then */
	uint8_t follow; /* bits of the arguments whose structures have pointers */
	uint8_t fds; /* bits of the arguments that are descriptors */
	uint8_t resolved; /* enum linx_row_resolved */
	uint8_t dirfds; /* bits of fds whose argument may be AT_FDCWD */
	uint8_t pairs, sets; /* bits of arguments that point to two descriptors, or to a set of them */
	uint8_t nrules; /* what else is to be said of its descriptors: linx_fd_rules_get() from place rule on */
	uint8_t nfiles; /* what it changes of a table of descriptors: linx_files_rules_get() from place files on */
	bool makes_fds; /* its result may be a new descriptor, or a pair that it writes */
	uint8_t entry; /* calls that have an entry record under LINX_SELECT_CHOSEN: LINX_ENTRY_* */
	uint16_t id; /* place in the table */
	uint16_t rule, files;
	uint16_t selector; /* an argument selects a variant; 0: none does */
	uint32_t arg[LINX_NARGS]; /* LINX_ARGDEF() */
};

enum linx_follow_kind {
	LINX_FOLLOW_STR, /* a string */
	LINX_FOLLOW_BUF, /* len * what bytes */
	LINX_FOLLOW_PART, /* a buffer that takes its part of what the call filled */
	LINX_FOLLOW_BITS, /* longs for len bits */
	LINX_FOLLOW_LENP, /* len points to the length, of what bytes each */
	LINX_FOLLOW_ALL, /* len of the shape what, as many as a record carries */
	LINX_FOLLOW_LIMIT, /* no pointer: len is what the call filled of this element's buffers */
	LINX_FOLLOW_SIZE, /* no pointer: the structure has add + len * what bytes */
	LINX_FOLLOW_ONE, /* one structure of the shape what */
	LINX_FOLLOW_ARR, /* len of them */
};

/*
 * A member as one number: its place and width on x86_64, and on the 32-bit ABIs. Width 0:
 * the place is its value.
 */
#define LINX_MEMBER(at64, width64, at32, width32) \
	((uint64_t)(at64) | (uint64_t)(width64) << 16 | (uint64_t)(at32) << 32 | (uint64_t)(width32) << 48)
#define LINX_MEMBER_AT(m) ((uint32_t)(m)&0xffffu)
#define LINX_MEMBER_WIDTH(m) ((uint32_t)(m) >> 16)
#define LINX_WIDTH_ARGN 0xffu /* the place is the number of an argument */
#define LINX_WIDTH_RESULT 0xfeu /* the member is the call's result */

/* A member that is a pointer, and what it points to. */
struct linx_follow {
	uint8_t kind; /* enum linx_follow_kind */
	uint8_t dir; /* LINX_WHEN_IN, LINX_WHEN_OUT */
	uint16_t what, add;
	uint64_t ptr, len, when; /* LINX_MEMBER() */
	uint64_t mask, value; /* only if when has this value in these bits */
};

struct linx_walker_shape {
	uint16_t size[LINX_ABI_NR];
	uint16_t count; /* members to follow */
	const struct linx_follow *follow;
};

struct linx_rows; /* rows with their variants */

/* NULL: no memory. */
struct linx_rows *linx_rows_new(void);
void linx_rows_free(struct linx_rows *rows);
/* Get the row of a call; row 0, six raw arguments, for a number that the table does not know. */
const struct linx_walker_row *linx_rows_get(const struct linx_rows *rows, unsigned int abi, unsigned int nr);
/* Get the variant of a row for these arguments, or the row itself. */
const struct linx_walker_row *linx_rows_variant(const struct linx_rows *rows, const struct linx_walker_row *row,
					      const uint64_t *args);
/* Is the result of this call a descriptor, if it succeeds? row is the call's own or a variant of it. */
/* How an argument selects a variant: by (argument low >> shift) & mask, and above it, if two, the lower half of argument high. */
struct linx_rows_selector {
	uint8_t low, high, shift;
	bool two, by_direction; /* the latter: what has no variant of its own goes by the direction of the ioctl */
	uint32_t mask;
};
/* Get selector i, counted from 1. false: i is past the last. */
bool linx_rows_get_selector(const struct linx_rows *rows, unsigned int i, struct linx_rows_selector *s);
/* Get variant i of all selectors, counted from 0, and what it is for. NULL: i is past the last. */
const struct linx_walker_row *linx_rows_get_variant(const struct linx_rows *rows, unsigned int i, uint32_t *selector,
						  uint32_t *value);
/* Get what a selector has for all other values, by the direction of the ioctl, 0 to 3. */
const struct linx_walker_row *linx_rows_get_otherwise(const struct linx_rows *rows, unsigned int selector,
						    unsigned int direction);
/* Kinds of lines in fds.def. */
enum linx_fd_rule_kind {
	LINX_FD_RULE_RESULT,
	LINX_FD_RULE_RESULT_UNLESS,
	LINX_FD_RULE_ARG,
	LINX_FD_RULE_NONE,
	LINX_FD_RULE_BEHIND,
	LINX_FD_RULE_AT, /* within what was captured */
	LINX_FD_RULE_AT_WHEN,
	/* Descriptors of another process, once the kernel has said that the caller may look at it, as it may at its own: */
	LINX_FD_RULE_FOREIGN, /* by pidfd */
	LINX_FD_RULE_FOREIGN_PID,
	LINX_FD_RULE_FOREIGN_AT,
};

/*
 * It holds if argument k & mask is the value, but where it looks at memory alone. at: where in what was captured; process:
 * an argument, with AT_WHEN where on 32-bit ABIs.
 */
struct linx_fd_rule {
	uint8_t kind, arg, process, k;
	uint16_t row;
	uint16_t at;
	uint32_t mask, value;
};
/* Get all rules; those of a row stand together. Returns how many. */
unsigned int linx_fd_rules_get(const struct linx_fd_rule **rules);

/* Kinds of lines in files.def. */
enum linx_files_rule_kind {
	LINX_FILES_RULE_SLOT,
	LINX_FILES_RULE_RESULT,
	LINX_FILES_RULE_RANGE,
	LINX_FILES_RULE_RIGHTS,
	LINX_FILES_RULE_BEHIND,
	LINX_FILES_RULE_CLONE_ARGS,
	LINX_FILES_RULE_SOCKETCALL,
	LINX_FILES_RULE_UNSHARE,
	LINX_FILES_RULE_ANY,
};

/* The rule holds if argument k & mask is the value. RIGHTS: arg is not 0 if it is about an array of messages. */
struct linx_files_rule {
	uint8_t kind, arg, k, reserved;
	uint16_t row, reserved2;
	uint32_t mask, value;
};
/* Get all rules; those of a row stand together. Returns how many. */
unsigned int linx_files_rules_get(const struct linx_files_rule **rules);
/* Set what a row, of which all else is known, changes of tables of descriptors. */
void linx_row_set_changes(struct linx_walker_row *row);

/* Get the place of a descriptor in structures of a shape: on x86_64, and on the 32-bit ABIs. false: they have none. */
bool linx_fd_place_get(unsigned int shape, uint16_t at[2]);
const struct linx_walker_shape *linx_shape_get(unsigned int id);

#endif
