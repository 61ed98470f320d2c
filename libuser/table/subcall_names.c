// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Names of the calls that are made through socketcall(2) and ipc(2). net/socket.c and ipc/syscall.c of the kernel pass
 * the arguments on.
 */
#include <assert.h>
#include <string.h>

#include "table/subcall_names.h"

/* clang-format off */
/*
 * Calls made through socketcall(2), by its first argument; its second argument points to an array of longs, the
 * call's arguments. Numbers from linux/net.h.
 */
const char *const linx_socket_calls[LINX_SOCKET_CALLS] = {
	[1] = "socket",       [2] = "bind",        [3] = "connect",     [4] = "listen",    [5] = "accept",
	[6] = "getsockname",  [7] = "getpeername", [8] = "socketpair",  [9] = "send",      [10] = "recv",
	[11] = "sendto",      [12] = "recvfrom",   [13] = "shutdown",   [14] = "setsockopt",
	[15] = "getsockopt",  [16] = "sendmsg",    [17] = "recvmsg",    [18] = "accept4",  [19] = "recvmmsg",
	[20] = "sendmmsg",
};

/*
 * Calls made through ipc(2), by its first argument, with the arguments of ipc that are passed on. Numbers from
 * linux/ipc.h.
 */
const struct linx_ipc_call linx_ipc_calls[LINX_IPC_CALLS] = {
	[1] = { "semop", { 1, 4, 2 } },          [2] = { "semget", { 1, 2, 3 } },
	[3] = { "semctl", { 1, 2, 3, 4 } },      [4] = { "semtimedop", { 1, 4, 2, 5 } },
	[11] = { "msgsnd", { 1, 4, 2, 3 } },     [12] = { "msgrcv", { 1, 4, 2, 5, 3 } },
	[13] = { "msgget", { 1, 2 } },           [14] = { "msgctl", { 1, 2, 4 } },
	[21] = { "shmat", { 1, 4, 2 } },         [22] = { "shmdt", { 4 } },
	[23] = { "shmget", { 1, 2, 3 } },        [24] = { "shmctl", { 1, 2, 4 } },
};
/* clang-format on */

static_assert(LINX_SUBCALL_IPC + LINX_IPC_CALLS <= LINX_SUBCALL_END, "bits of a selection");

const char *linx_subcall_name(unsigned int nr, const char **whole)
{
	if (nr < LINX_SUBCALL_SOCKET || nr >= LINX_SUBCALL_IPC + LINX_IPC_CALLS)
		return NULL;
	*whole = nr < LINX_SUBCALL_IPC ? "socketcall" : "ipc";
	return nr < LINX_SUBCALL_IPC ? linx_socket_calls[nr - LINX_SUBCALL_SOCKET] : linx_ipc_calls[nr - LINX_SUBCALL_IPC].name;
}

bool linx_subcall_known(const char *name)
{
	const char *part, *whole;

	for (unsigned int nr = LINX_SUBCALL_SOCKET; nr < LINX_SUBCALL_IPC + LINX_IPC_CALLS; nr++) {
		part = linx_subcall_name(nr, &whole);
		if (part && !strcmp(part, name))
			return true;
	}
	return false;
}

unsigned int linx_subcall_whole(const char *whole)
{
	/* No subcall has the number 0, so the bit of that number stands for the call as a whole. */
	return strcmp(whole, "socketcall") ? LINX_SUBCALL_IPC : LINX_SUBCALL_SOCKET;
}
