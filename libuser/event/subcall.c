// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Multiplexed calls: turns events of socketcall(2) and ipc(2) into events of the calls that their first argument
 * names.
 */
#include <string.h>

#include "record/decode.h"
#include "event/subcall.h"
#include "table/subcall_names.h"

#define IPC_MSGRCV 12u
#define IPC_SHMAT 21u

/* Returns captured memory of n bytes at addr, as it was at entry; NULL: not captured. */
static const uint8_t *memory(const struct linx_event *ev, uint64_t addr, size_t n)
{
	const struct linx_extent *e = linx_mem_find(ev->mem, addr, false);

	if (!e || e->v.size - (addr - e->addr) < n)
		return NULL;
	return (const uint8_t *)e->v.data + (addr - e->addr);
}

/* Reads n arguments of 32 bits at addr. False: they were not captured. */
static bool take_longs(const struct linx_event *ev, uint64_t addr, unsigned int n, uint64_t *args)
{
	const uint8_t *data = memory(ev, addr, n * 4);
	uint32_t word;

	for (unsigned int i = 0; data && i < n; i++) {
		memcpy(&word, data + i * 4, sizeof(word));
		args[i] = word;
	}
	return data;
}

static bool take_ipc(const struct linx_event *ev, uint32_t call, uint64_t *args)
{
	uint32_t version = (uint32_t)ev->args[0] >> 16;

	for (unsigned int i = 0; i < sizeof(linx_ipc_calls[call].args) && linx_ipc_calls[call].args[i]; i++)
		args[i] = ev->args[linx_ipc_calls[call].args[i]];
	/* In version 0 of msgrcv, ipc's argument ptr points to two words: the address of the buffer, and the type. */
	if (call == IPC_MSGRCV && !version) {
		uint64_t pair[2];

		if (!take_longs(ev, ev->args[4], 2, pair))
			return false;
		args[1] = pair[0];
		args[3] = pair[1];
	}
	return true;
}

/*
 * Sets ev->ret to the address that shmat returns. The result of ipc(2) itself is 0 for success; the
 * kernel writes the address to the memory that ipc's argument 3 (from 0) points to.
 */
static void take_address(struct linx_event *ev)
{
	const struct linx_extent *e = linx_mem_find(ev->mem, ev->args[3], true);
	uint32_t addr;

	if (ev->entry || ev->ret || !e || e->v.size - (ev->args[3] - e->addr) < sizeof(addr))
		return;
	memcpy(&addr, (const uint8_t *)e->v.data + (ev->args[3] - e->addr), sizeof(addr));
	ev->ret = addr;
}

/* Sets the values of an argument from the captured memory, as if it had been captured for this argument. */
static void find_value(struct linx_event *ev, unsigned int i)
{
	ev->in[i].state = ev->out[i].state = 0;
	for (unsigned int k = 0; k < ev->mem->n; k++) {
		const struct linx_extent *e = &ev->mem->pieces[k];
		bool out = !e->entry && ev->call->row->args[i].dir != LINX_DIR_IN;

		if (e->addr == ev->args[i] && e->v.state)
			*(out ? &ev->out[i] : &ev->in[i]) = e->v;
	}
}

static const char *name_of(const struct linx_event *ev, uint32_t call, bool socket)
{
	if (socket)
		return call < LINX_SOCKET_CALLS ? linx_socket_calls[call] : NULL;
	return ev->nargs == LINX_NARGS && call < LINX_IPC_CALLS ? linx_ipc_calls[call].name : NULL;
}

void linx_subcall(const struct linx_table *t, struct linx_event *ev, struct linx_table_call *room)
{
	bool socket = !strcmp(ev->call->row->id, "socketcall");
	uint64_t args[LINX_NARGS] = { 0 };
	uint32_t call = (uint32_t)ev->args[0] & (socket ? UINT32_MAX : 0xffff);
	const struct linx_table_row *row;
	const char *name;

	if (ev->nargs < 2)
		return;
	name = name_of(ev, call, socket);
	row = name ? linx_table_row(t, name) : NULL;
	if (!row)
		return;
	if (socket ? !take_longs(ev, ev->args[1], row->nargs, args) : !take_ipc(ev, call, args))
		return;
	if (!socket && call == IPC_SHMAT)
		take_address(ev);
	*room = (struct linx_table_call){ .name = name, .name_len = (unsigned int)strlen(name),
		.nr = (int32_t)(call + (socket ? LINX_SUBCALL_SOCKET : LINX_SUBCALL_IPC)), .abi = ev->abi,
		.layout = linx_table_abi(t, ev->abi), .row = row };
	linx_table_set_facts(room);
	ev->call = room;
	ev->nargs = row->nargs;
	memcpy(ev->args, args, sizeof(args));
	for (unsigned int i = 0; i < row->nargs; i++)
		find_value(ev, i);
}
