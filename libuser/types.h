/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types of arguments: the words of kmod/tables/syscalls.def that are not names of flag sets. */
#ifndef LINX_TYPES_H
#define LINX_TYPES_H

#include "table.h"

enum linx_type {
	LINX_TYPE_UNKNOWN, /* of a newer table: a number in base 16 */
	LINX_TYPE_NUMBER, /* in base 10, wide and signed as the type says */
	LINX_TYPE_HEX,
	LINX_TYPE_OCTAL, /* permission bits */
	LINX_TYPE_FILE_MODE,
	LINX_TYPE_ADDR, /* also a structure that is not captured yet */
	LINX_TYPE_FD,
	LINX_TYPE_DIRFD,
	LINX_TYPE_OFF_LO,
	LINX_TYPE_OFF_HI,
	LINX_TYPE_ID, /* a number; all ones is -1 */
	LINX_TYPE_DEV,
	LINX_TYPE_FLAGS, /* arg.flagset */
	LINX_TYPE_CLONE_FLAGS, /* with a signal in the lowest byte */
	LINX_TYPE_SIGNAL,
	LINX_TYPE_SIGMASK,
	LINX_TYPE_CLOCKID,
	LINX_TYPE_SOCK_OPTNAME,
	LINX_TYPE_SOCK_PROTOCOL,
	LINX_TYPE_FCNTL_ARG,
	LINX_TYPE_PRCTL_ARG,
	LINX_TYPE_FUTEX_BITSET,
	LINX_TYPE_PAGES, /* an offset in pages of 4096 bytes */
	LINX_TYPE_IPC_KEY,
	LINX_TYPE_KEY_SERIAL,
	LINX_TYPE_QCMD,
	LINX_TYPE_IOPRIO,
	LINX_TYPE_SIGHANDLER,
	/* From here on: pointers, printed by what they point to if that was captured. */
	LINX_TYPE_PATH,
	LINX_TYPE_STR,
	LINX_TYPE_BYTES,
	LINX_TYPE_SOCKOPT, /* an int, or bytes */
	LINX_TYPE_SOCKADDR,
	LINX_TYPE_ARGV,
	LINX_TYPE_ENVP,
	LINX_TYPE_SIGSET,
	LINX_TYPE_INT_PTR, /* to a number as wide as was captured */
	LINX_TYPE_FD_PAIR,
	LINX_TYPE_LEN_PTR, /* sockaddr_len */
	LINX_TYPE_WSTATUS,
	LINX_TYPES,
};

/* How a number is cut out of its register. */
enum linx_width {
	LINX_WIDTH_LONG, /* of the ABI, unsigned */
	LINX_WIDTH_SLONG,
	LINX_WIDTH_U32,
	LINX_WIDTH_S32,
	LINX_WIDTH_U16,
};

struct linx_type_info {
	const char *name;
	enum linx_type type;
	enum linx_width width;
};

/* How the result of a call is written. */
enum linx_ret_style {
	LINX_RET_DECIMAL,
	LINX_RET_HEX, /* an address */
	LINX_RET_OCTAL, /* permission bits */
	LINX_RET_FCNTL, /* by cmd */
	LINX_RET_NAMED, /* a number that has a name, of ret_set */
	LINX_RET_HEX_NAMED,
	LINX_RET_IOPRIO,
};
/* *set: name of the set of flags for LINX_RET_NAMED and LINX_RET_HEX_NAMED, else NULL. */
enum linx_ret_style linx_type_ret(const char *row_id, const char **set);

/* Calls that mean more, or less, than their arguments' types tell. */
enum linx_special {
	LINX_SPECIAL_NONE,
	/* One argument tells which others the kernel looks at. */
	LINX_SPECIAL_FUTEX,
	LINX_SPECIAL_MREMAP,
	LINX_SPECIAL_MKNOD,
	LINX_SPECIAL_PRCTL,
	LINX_SPECIAL_RANDOM, /* its buffer is never text */
	LINX_SPECIAL_RESTART, /* goes on with an earlier call */
	LINX_SPECIAL_PERSONALITY, /* all ones only ask */
	LINX_SPECIAL_MMAP2,
	LINX_SPECIAL_RSEQ,
	LINX_SPECIAL_UNSIGNED, /* strace shows its length, or its protocol, as an unsigned number */
};
/* NONE also for a row of that name which has not the arguments that the call has. */
enum linx_special linx_type_special(const char *row_id, unsigned int nargs);

/* Never NULL: what is neither a type nor a flag set is "unknown". */
const struct linx_type_info *linx_type_find(const char *name);
const struct linx_type_info *linx_type_flags(const char *name);

/* The register's value as the type sees it: sign-extended if signed, else zero-extended. */
int64_t linx_type_cut(enum linx_width width, unsigned int abi, uint64_t reg);
/* All ones in the width of the type. */
uint64_t linx_type_mask(enum linx_width width, unsigned int abi);

#endif
