/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of the calls that i386 makes through one number: socketcall(2) and ipc(2). table/subcall_names.c */
#ifndef LINX_SUBCALL_NAMES_H
#define LINX_SUBCALL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* Names of calls by the first argument of socketcall(2), from 1 on: linux/net.h. */
#define LINX_SOCKET_CALLS 21u
extern const char *const linx_socket_calls[LINX_SOCKET_CALLS];

/* Calls by the low half of the first argument of ipc(2): linux/ipc.h. Unused numbers have no name. */
#define LINX_IPC_CALLS 25u
struct linx_ipc_call {
	const char *name;
	uint8_t args[5]; /* each argument's place in ipc's: 1 first, 2 second, 3 third, 4 ptr, 5 fifth; 0: no more */
};
extern const struct linx_ipc_call linx_ipc_calls[LINX_IPC_CALLS];

/*
 * Bits of a selection for these calls, beyond all numbers of i386. "accept" selects socketcall as well; the
 * other calls of socketcall are then filtered out.
 */
#define LINX_SUBCALL_FIRST 960
#define LINX_SUBCALL_END 1010
/* First bit of socketcall's calls, and of ipc's. */
#define LINX_SUBCALL_SOCKET LINX_SUBCALL_FIRST
#define LINX_SUBCALL_IPC (LINX_SUBCALL_FIRST + LINX_SOCKET_CALLS)
/* Name of the call behind such a bit; *whole: socketcall or ipc. NULL: none. */
const char *linx_subcall_name(unsigned int nr, const char **whole);
/* True if a part has this name. Some names belong to no number, such as send and recv of i386. */
bool linx_subcall_known(const char *name);
/* Bit for uses of the whole call with none of its parts. */
unsigned int linx_subcall_whole(const char *whole);

#endif
