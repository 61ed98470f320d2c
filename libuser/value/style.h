/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options for writing values. They do not depend on the event. The code that writes values gets these options, and does
 * not know the printers.
 */
#ifndef LINX_STYLE_H
#define LINX_STYLE_H

#include <stdbool.h>
#include <stdint.h>

struct linx_cache;
struct linx_pidns;
struct linx_sock_names;

/* Choice of names or numbers, as by strace -X. The values are the same as in enum linx_strace_names. */
enum linx_xlat {
	LINX_XLAT_ABBREV, /* names without numbers */
	LINX_XLAT_RAW, /* numbers without names */
	LINX_XLAT_VERBOSE, /* numbers, each with its names in a comment */
};

/* Options of the two text formats (for a terminal, and strace's) for values. */
struct linx_style {
	bool strace; /* values are written as strace does; false: for a terminal */
	bool verbose; /* vectors and structures are shown whole, not abbreviated */
	uint8_t xlat; /* enum linx_xlat: names or numbers */
	uint8_t hex; /* enum linx_strace_hex: which strings are written as \xNN */
	bool addresses; /* structures are shown as their addresses, because strace -e verbose= leaves this call out */
	bool ifnames; /* interface numbers are shown with the names that they have on this machine now */
	bool live; /* the stream is being recorded on this machine */
	bool names; /* arguments are shown with their names, as by strace -N */
	bool bare; /* strings are written without quotes, for log lines */
	unsigned int limit; /* limit of the bytes shown of a string or buffer that is not a path; UINT32_MAX: all */
	unsigned int fds; /* LINX_SHOW_FD_*: what is shown of a descriptor */
	unsigned int pids; /* LINX_STRACE_PID_*: what is shown of a process */
	/* translates pids into the namespaces of their tasks; NULL: the recorded numbers are shown */
	struct linx_pidns *pidns;
	/* cache of the addresses of sockets, which strace looks up only once; NULL: not cached */
	struct linx_sock_names *socks;
	struct linx_cache *cache; /* cache of written texts; NULL: no cache */
};

#endif
