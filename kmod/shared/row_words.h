/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Definitions of the words in tables/syscalls.def and tables/choices.def. Include this file only together with one of
 * these two, as its names are short, and one of them (FILE) is a type of <stdio.h>.
 */
#ifndef LINX_SHARED_ROW_WORDS_H
#define LINX_SHARED_ROW_WORDS_H

#include "shared/ids.h"
#include "shared/row.h"

/* Attribute of arrays that are only read at load, when the module's tables are made from them, and then freed. */
#ifdef __KERNEL__
#include <linux/init.h>
#define LINX_TABLE_DATA __initconst
#else
#define LINX_TABLE_DATA
#endif

#define V LINX_ARGDEF(LINX_COPY_V, 0, 0, 0)
#define BY LINX_ARGDEF(LINX_COPY_BY, 0, 0, 0)
#define STR LINX_ARGDEF(LINX_COPY_STR, LINX_WHEN_IN, 0, 0)
#define STRV LINX_ARGDEF(LINX_COPY_STRV, LINX_WHEN_IN, 0, 0)
#define IN_BUF(k) LINX_ARGDEF(LINX_COPY_BUF, LINX_WHEN_IN, k, 0)
#define OUT_BUF (LINX_ARGDEF(LINX_COPY_BUF, LINX_WHEN_OUT, 0, 0) | LINX_ARGDEF_RESULT)
#define OUT_FIT (LINX_ARGDEF(LINX_COPY_FIT, LINX_WHEN_OUT, 0, 0) | LINX_ARGDEF_RESULT)
#define OUT_BUFN(k) LINX_ARGDEF(LINX_COPY_BUF, LINX_WHEN_OUT, k, 0)
#define OUT_LENP(k) LINX_ARGDEF(LINX_COPY_LENP, LINX_WHEN_OUT, k, 0)
#define OUT_LP(shape, k) LINX_ARGDEF(LINX_COPY_LENP, LINX_WHEN_OUT, k, LINX_SHAPE_##shape)
#define OUT_R(shape, k) (OUT_N(shape, k) | LINX_ARGDEF_RESULT)
#define ERR(shape) LINX_ARGDEF(LINX_COPY_ONE, LINX_WHEN_ERR, 0, LINX_SHAPE_##shape)

#define OUT_ALL(k) (LINX_ARGDEF(LINX_COPY_ALL, LINX_WHEN_OUT, k, 0) | LINX_ARGDEF_RESULT)
#define OUT_PAGES(k) LINX_ARGDEF(LINX_COPY_PAGES, LINX_WHEN_OUT, k, 0)
#define IN_MSG(k) LINX_ARGDEF(LINX_COPY_MSG, LINX_WHEN_IN, k, 0)
#define OUT_MSG(k) (LINX_ARGDEF(LINX_COPY_MSG, LINX_WHEN_OUT, k, 0) | LINX_ARGDEF_RESULT)
#define IN_MASK(k) LINX_ARGDEF(LINX_COPY_BITS, LINX_WHEN_IN, k, 1)
#define OUT_MASK(k) LINX_ARGDEF(LINX_COPY_BITS, LINX_WHEN_OUT, k, 1)

#define IN_ARGS(shape) LINX_ARGDEF(LINX_COPY_ARGS, LINX_WHEN_IN, 0, LINX_SHAPE_##shape)
#define IN_IOC(k) LINX_ARGDEF(LINX_COPY_IOC, LINX_WHEN_IN, k, 0)
#define OUT_IOC(k) LINX_ARGDEF(LINX_COPY_IOC, LINX_WHEN_OUT, k, 0)
#define INOUT_IOC(k) LINX_ARGDEF(LINX_COPY_IOC, LINX_WHEN_INOUT, k, 0)
#define IN_AT(k, at) LINX_ARGDEF(LINX_COPY_AT, LINX_WHEN_IN, k, at)
#define OUT_AT(k, at) (LINX_ARGDEF(LINX_COPY_AT, LINX_WHEN_OUT, k, at) | LINX_ARGDEF_RESULT)

#define IN_FIX(n) LINX_ARGDEF(LINX_COPY_FIX, LINX_WHEN_IN, 0, n)
#define OUT_FIX(n) LINX_ARGDEF(LINX_COPY_FIX, LINX_WHEN_OUT, 0, n)
#define INOUT_FIX(n) LINX_ARGDEF(LINX_COPY_FIX, LINX_WHEN_INOUT, 0, n)
#define IN(shape) LINX_ARGDEF(LINX_COPY_ONE, LINX_WHEN_IN, 0, LINX_SHAPE_##shape)
#define OUT(shape) LINX_ARGDEF(LINX_COPY_ONE, LINX_WHEN_OUT, 0, LINX_SHAPE_##shape)
#define INOUT(shape) LINX_ARGDEF(LINX_COPY_ONE, LINX_WHEN_INOUT, 0, LINX_SHAPE_##shape)
#define IN_N(shape, k) LINX_ARGDEF(LINX_COPY_N, LINX_WHEN_IN, k, LINX_SHAPE_##shape)
#define OUT_N(shape, k) LINX_ARGDEF(LINX_COPY_N, LINX_WHEN_OUT, k, LINX_SHAPE_##shape)
#define INOUT_N(shape, k) LINX_ARGDEF(LINX_COPY_N, LINX_WHEN_INOUT, k, LINX_SHAPE_##shape)
#define IN_SZ(shape, k) LINX_ARGDEF(LINX_COPY_SZ, LINX_WHEN_IN, k, LINX_SHAPE_##shape)
#define OUT_SZ(shape, k) LINX_ARGDEF(LINX_COPY_SZ, LINX_WHEN_OUT, k, LINX_SHAPE_##shape)
#define INOUT_SZ(shape, k) LINX_ARGDEF(LINX_COPY_SZ, LINX_WHEN_INOUT, k, LINX_SHAPE_##shape)
#define IN_BITS(k) LINX_ARGDEF(LINX_COPY_BITS, LINX_WHEN_IN, k, 0)
#define OUT_BITS(k) LINX_ARGDEF(LINX_COPY_BITS, LINX_WHEN_OUT, k, 0)
#define INOUT_BITS(k) LINX_ARGDEF(LINX_COPY_BITS, LINX_WHEN_INOUT, k, 0)

/*
 * Words for the class of a row: LINX_ROW_* flags. A word is 0 if the kernel need not know it: such words are for
 * readers of a stream, which contains the text of the table.
 */
enum linx_row_word {
	FILE = 0,
	DESC = 0,
	PROCESS = 0,
	NETWORK = 0,
	SIGNAL = 0,
	IPC = 0,
	MEMORY = 0,
	CREDS = 0,
	CLOCK = 0,
	STAT = 0,
	STATFS = 0,
	ENTRY = 0,
	ENTRYBY = LINX_ROW_ENTRYBY,
	NORETURN = 0,
	SIGRETURN = LINX_ROW_SIGRETURN,
	FORK = LINX_ROW_FORK,
	EXEC = LINX_ROW_EXEC,
	CONTEXT = LINX_ROW_CONTEXT,
	PRIO = LINX_ROW_PRIO,
};

/*
 * LINX_WORD_IS(macro) expands to 1 if the macro is defined as 1, else to 0. It works outside of #if, unlike "defined".
 */
#define LINX_WORD_1 0,
#define LINX_WORD_SECOND(first, second, ...) second
#define LINX_WORD_TEST(argument) LINX_WORD_SECOND(argument 1, 0, 0)
#define LINX_WORD_PASTE(value) LINX_WORD_TEST(LINX_WORD_##value)
#define LINX_WORD_IS(macro) LINX_WORD_PASTE(macro)

/* LINX_TYPE_BITS(type): flags LINX_ARGDEF_* of an argument with this type; 0 for most types. */
#define LINX_TYPE_INT_int 1
#define LINX_TYPE_INT_uint 1
#define LINX_TYPE_SOCKADDR_sockaddr 1
#define LINX_TYPE_ENVP_envp 1
#define LINX_TYPE_PATH_path 1
#define LINX_TYPE_BITS(type)                                          \
	(LINX_WORD_IS(LINX_TYPE_INT_##type) * LINX_ARGDEF_INT |           \
	 LINX_WORD_IS(LINX_TYPE_SOCKADDR_##type) * LINX_ARGDEF_SOCKADDR | \
	 LINX_WORD_IS(LINX_TYPE_ENVP_##type) * LINX_ARGDEF_ENVP |         \
	 LINX_WORD_IS(LINX_TYPE_PATH_##type) * LINX_ARGDEF_PATH)

/* LINX_TYPE_FDS(type): bits LINX_ARG_* of an argument whose type is a descriptor or points to some; else 0. */
#define LINX_TYPE_FD_fd 1
#define LINX_TYPE_FD_dirfd 1
#define LINX_TYPE_DIRFD_dirfd 1
#define LINX_TYPE_PAIR_fd_pair 1
#define LINX_TYPE_SET_fd_set 1
#define LINX_TYPE_FDS(type)                                   \
	(LINX_WORD_IS(LINX_TYPE_FD_##type) * LINX_ARG_FD |        \
	 LINX_WORD_IS(LINX_TYPE_DIRFD_##type) * LINX_ARG_DIRFD |  \
	 LINX_WORD_IS(LINX_TYPE_PAIR_##type) * LINX_ARG_PAIR |    \
	 LINX_WORD_IS(LINX_TYPE_SET_##type) * LINX_ARG_SET)

#endif
