/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of the calls that i386 makes through one number: socketcall(2) and ipc(2). table/subcall_names.c */
#ifndef LINX_SUBCALL_NAMES_H
#define LINX_SUBCALL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* Names by the first argument of socketcall(2), from 1 on: linux/net.h. */
#define LINX_SOCKET_CALLS 21u
extern const char *const linx_socket_calls[LINX_SOCKET_CALLS];

/* The calls by the low half of the first argument of ipc(2): linux/ipc.h. A number without a call has no name. */
#define LINX_IPC_CALLS 25u
struct linx_ipc_call {
	const char *name;
	uint8_t args[5]; /* the call's arguments among those of ipc: 1 first, 2 second, 3 third, 4 ptr, 5 fifth; 0: no more */
};
extern const struct linx_ipc_call linx_ipc_calls[LINX_IPC_CALLS];

/*
 * In a selection each of them has a bit beyond all numbers that i386 has, so
 * that "accept" selects socketcalls, of which the others are then left out.
 */
#define LINX_SUBCALL_FIRST 960
#define LINX_SUBCALL_END 1010
/* Bits of a selection: those of socketcall, then those of ipc. */
#define LINX_SUBCALL_SOCKET LINX_SUBCALL_FIRST
#define LINX_SUBCALL_IPC (LINX_SUBCALL_FIRST + LINX_SOCKET_CALLS)
/* The name behind such a bit, and the name of the call that it is a part of. NULL: none. */
const char *linx_subcall_name(unsigned int nr, const char **whole);
/* Is a part called that? Its name may be one that no number has: i386's send and recv. */
bool linx_subcall_known(const char *name);
/* The bit of the call itself, for what says that it is none of its parts. */
unsigned int linx_subcall_whole(const char *whole);

#endif
