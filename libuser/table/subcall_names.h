/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of the subcalls: the calls that i386 programs make through socketcall(2) and ipc(2). The names are in
 * table/subcall_names.c.
 */
#ifndef LINX_SUBCALL_NAMES_H
#define LINX_SUBCALL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

/* Names of the calls of socketcall(2), indexed by its first argument, from 1 on: linux/net.h. */
#define LINX_SOCKET_CALLS 21u
extern const char *const linx_socket_calls[LINX_SOCKET_CALLS];

/* Calls of ipc(2), indexed by the low half of its first argument: linux/ipc.h. Unused numbers have no name. */
#define LINX_IPC_CALLS 25u
struct linx_ipc_call {
	const char *name;
	/*
	 * for each argument of the subcall, the argument of ipc(2) with its value: 1 first, 2 second, 3 third, 4 ptr, 5
	 * fifth; 0: end of the arguments
	 */
	uint8_t args[5];
};
extern const struct linx_ipc_call linx_ipc_calls[LINX_IPC_CALLS];

/*
 * Bits of a selection (struct linx_select) for the subcalls, above all numbers of i386. If "accept" is
 * selected, the bit of socketcall is set too, and the reader drops the other calls of socketcall.
 */
#define LINX_SUBCALL_FIRST 960
#define LINX_SUBCALL_END 1010
/* First bit of the subcalls of socketcall, and first bit of the subcalls of ipc. */
#define LINX_SUBCALL_SOCKET LINX_SUBCALL_FIRST
#define LINX_SUBCALL_IPC (LINX_SUBCALL_FIRST + LINX_SOCKET_CALLS)
/*
 * Returns the name of the subcall with this bit, and in *whole "socketcall" or "ipc". NULL: no subcall has the
 * bit.
 */
const char *linx_subcall_name(unsigned int nr, const char **whole);
/* True if a subcall has this name. Some subcalls, such as send and recv, have no number of their own on i386. */
bool linx_subcall_known(const char *name);
/* Returns the bit for calls of socketcall or ipc that do not make a subcall. whole: "socketcall" or "ipc" */
unsigned int linx_subcall_whole(const char *whole);

#endif
