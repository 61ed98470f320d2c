/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The capture words of the tables as what the encoder goes by, LINX_ARGDEF().
 * For those who include syscalls.def or choices.def, and for no one else: the
 * names are short.
 */
#ifndef LINX_KMOD_CAPTURE_WORDS_H
#define LINX_KMOD_CAPTURE_WORDS_H

#include <linux/kconfig.h>
#include "table/layout.h"
#include "table/table.h"

#define LINX_DIR_INOUT (LINX_DIR_IN | LINX_DIR_OUT)

#define V LINX_ARGDEF(LINX_CAP_V, 0, 0, 0)
#define BY LINX_ARGDEF(LINX_CAP_BY, 0, 0, 0)
#define STR LINX_ARGDEF(LINX_CAP_STR, LINX_DIR_IN, 0, 0)
#define STRV LINX_ARGDEF(LINX_CAP_STRV, LINX_DIR_IN, 0, 0)
#define IN_BUF(k) LINX_ARGDEF(LINX_CAP_BUF, LINX_DIR_IN, k, 0)
#define OUT_BUF (LINX_ARGDEF(LINX_CAP_BUF, LINX_DIR_OUT, 0, 0) | LINX_ARGDEF_RESULT)
#define OUT_FIT (LINX_ARGDEF(LINX_CAP_FIT, LINX_DIR_OUT, 0, 0) | LINX_ARGDEF_RESULT)
#define OUT_BUFN(k) LINX_ARGDEF(LINX_CAP_BUF, LINX_DIR_OUT, k, 0)
#define OUT_LENP(k) LINX_ARGDEF(LINX_CAP_LENP, LINX_DIR_OUT, k, 0)
#define OUT_LP(shape, k) LINX_ARGDEF(LINX_CAP_LENP, LINX_DIR_OUT, k, LINX_SHAPE_##shape)
#define OUT_R(shape, k) (OUT_N(shape, k) | LINX_ARGDEF_RESULT)
#define ERR(shape) LINX_ARGDEF(LINX_CAP_ONE, LINX_DIR_ERR, 0, LINX_SHAPE_##shape)

#define OUT_ALL(k) (LINX_ARGDEF(LINX_CAP_ALL, LINX_DIR_OUT, k, 0) | LINX_ARGDEF_RESULT)
#define OUT_PAGES(k) LINX_ARGDEF(LINX_CAP_PAGES, LINX_DIR_OUT, k, 0)
#define IN_MSG(k) LINX_ARGDEF(LINX_CAP_MSG, LINX_DIR_IN, k, 0)
#define OUT_MSG(k) (LINX_ARGDEF(LINX_CAP_MSG, LINX_DIR_OUT, k, 0) | LINX_ARGDEF_RESULT)
#define IN_MASK(k) LINX_ARGDEF(LINX_CAP_BITS, LINX_DIR_IN, k, 1)
#define OUT_MASK(k) LINX_ARGDEF(LINX_CAP_BITS, LINX_DIR_OUT, k, 1)

#define IN_ARGS(shape) LINX_ARGDEF(LINX_CAP_ARGS, LINX_DIR_IN, 0, LINX_SHAPE_##shape)
#define IN_IOC(k) LINX_ARGDEF(LINX_CAP_IOC, LINX_DIR_IN, k, 0)
#define OUT_IOC(k) LINX_ARGDEF(LINX_CAP_IOC, LINX_DIR_OUT, k, 0)
#define INOUT_IOC(k) LINX_ARGDEF(LINX_CAP_IOC, LINX_DIR_INOUT, k, 0)
#define IN_AT(k, at) LINX_ARGDEF(LINX_CAP_AT, LINX_DIR_IN, k, at)
#define OUT_AT(k, at) (LINX_ARGDEF(LINX_CAP_AT, LINX_DIR_OUT, k, at) | LINX_ARGDEF_RESULT)

#define IN_FIX(n) LINX_ARGDEF(LINX_CAP_FIX, LINX_DIR_IN, 0, n)
#define OUT_FIX(n) LINX_ARGDEF(LINX_CAP_FIX, LINX_DIR_OUT, 0, n)
#define INOUT_FIX(n) LINX_ARGDEF(LINX_CAP_FIX, LINX_DIR_INOUT, 0, n)
#define IN(shape) LINX_ARGDEF(LINX_CAP_ONE, LINX_DIR_IN, 0, LINX_SHAPE_##shape)
#define OUT(shape) LINX_ARGDEF(LINX_CAP_ONE, LINX_DIR_OUT, 0, LINX_SHAPE_##shape)
#define INOUT(shape) LINX_ARGDEF(LINX_CAP_ONE, LINX_DIR_INOUT, 0, LINX_SHAPE_##shape)
#define IN_N(shape, k) LINX_ARGDEF(LINX_CAP_N, LINX_DIR_IN, k, LINX_SHAPE_##shape)
#define OUT_N(shape, k) LINX_ARGDEF(LINX_CAP_N, LINX_DIR_OUT, k, LINX_SHAPE_##shape)
#define INOUT_N(shape, k) LINX_ARGDEF(LINX_CAP_N, LINX_DIR_INOUT, k, LINX_SHAPE_##shape)
#define IN_SZ(shape, k) LINX_ARGDEF(LINX_CAP_SZ, LINX_DIR_IN, k, LINX_SHAPE_##shape)
#define OUT_SZ(shape, k) LINX_ARGDEF(LINX_CAP_SZ, LINX_DIR_OUT, k, LINX_SHAPE_##shape)
#define INOUT_SZ(shape, k) LINX_ARGDEF(LINX_CAP_SZ, LINX_DIR_INOUT, k, LINX_SHAPE_##shape)
#define IN_BITS(k) LINX_ARGDEF(LINX_CAP_BITS, LINX_DIR_IN, k, 0)
#define OUT_BITS(k) LINX_ARGDEF(LINX_CAP_BITS, LINX_DIR_OUT, k, 0)
#define INOUT_BITS(k) LINX_ARGDEF(LINX_CAP_BITS, LINX_DIR_INOUT, k, 0)

/* Flags that the encoder needs for an argument's type: 0 for most of them. */
#define LINX_TYPE_INT_int 1
#define LINX_TYPE_INT_uint 1
#define LINX_TYPE_SOCKADDR_sockaddr 1
#define LINX_TYPE_ENVP_envp 1
#define LINX_TYPE_PATH_path 1
#define TYPE_BITS(type)                                                    \
	(__is_defined(LINX_TYPE_INT_##type) * LINX_ARGDEF_INT |           \
	 __is_defined(LINX_TYPE_SOCKADDR_##type) * LINX_ARGDEF_SOCKADDR | \
	 __is_defined(LINX_TYPE_ENVP_##type) * LINX_ARGDEF_ENVP |         \
	 __is_defined(LINX_TYPE_PATH_##type) * LINX_ARGDEF_PATH)

#endif
