/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options for the writing of values, which do not depend on the event. The writers of values know this and no
 * printer.
 */
#ifndef LINX_STYLE_H
#define LINX_STYLE_H

#include <stdbool.h>
#include <stdint.h>

struct linx_cache;
struct linx_pidns;
struct linx_sock_names;

/* strace -X; the numbers of enum linx_strace_names */
enum linx_xlat {
	LINX_XLAT_ABBREV, /* names alone */
	LINX_XLAT_RAW, /* numbers alone */
	LINX_XLAT_VERBOSE, /* numbers, and names in a comment */
};

/* Options of the two readable formats for values. */
struct linx_style {
	bool strace; /* values as strace writes them; otherwise for a terminal */
	bool verbose; /* show whole vectors and structures */
	uint8_t xlat; /* enum linx_xlat */
	uint8_t hex; /* enum linx_strace_hex */
	bool addresses; /* structures are addresses: strace -e verbose= leaves this call out */
	bool ifnames; /* names of interfaces, as this machine has them now */
	bool live; /* the stream is recorded on this machine now */
	bool names; /* names of arguments: strace -N */
	bool bare; /* strings without quotes: log lines */
	unsigned int limit; /* most bytes of a string or buffer that is no path; UINT32_MAX: all */
	unsigned int fds; /* LINX_SHOW_FD_* */
	unsigned int pids; /* LINX_STRACE_PID_* */
	struct linx_pidns *pidns; /* numbers of tasks in their namespaces; NULL: the recorded numbers */
	struct linx_sock_names *socks; /* strace's memory of sockets; NULL: none */
	struct linx_cache *cache; /* texts written before; NULL: no cache */
};

#endif
