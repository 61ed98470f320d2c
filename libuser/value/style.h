/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How values are written: what options, not the event, decide. The writers of values know this and no printer. */
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

/* How the two readable formats write a value. */
struct linx_style {
	bool strace; /* values as strace writes them; otherwise for a terminal */
	bool verbose; /* all of each vector and structure */
	uint8_t xlat; /* enum linx_xlat */
	uint8_t hex; /* enum linx_strace_hex */
	bool addresses; /* structures are addresses: strace -e verbose= leaves this call out */
	bool ifnames; /* interfaces by their names, as this machine has them now */
	bool live; /* the stream is of this machine, now */
	bool names; /* names of arguments: strace -N */
	bool bare; /* strings without quotes: log lines */
	unsigned int limit; /* bytes of a string or buffer that is no path; UINT32_MAX: all */
	unsigned int fds; /* LINX_SHOW_FD_* */
	unsigned int pids; /* LINX_STRACE_PID_* */
	struct linx_pidns *pidns; /* numbers of tasks in their namespaces; NULL: as they are */
	struct linx_sock_names *socks; /* strace's memory of sockets; NULL: none */
	struct linx_cache *cache; /* texts written before; NULL: no cache */
};

#endif
