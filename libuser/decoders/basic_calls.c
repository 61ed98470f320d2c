// SPDX-License-Identifier: LGPL-2.1-or-later
/* Calls where one argument decides what the others are. */
#include "decoders/decoders.h"
#include "table/flagsets.h"

/* Only devices have a number. */
void linx_call_mknod(struct linx_put *p)
{
	unsigned int n = p->ev->call->row->nargs;
	uint64_t kind = linx_reg(p, n - 2) & 0170000;

	linx_put_first_args(p, kind == 020000 || kind == 060000 ? n : n - 1);
}

/* Random bytes are never text. */
void linx_call_getrandom(struct linx_put *p)
{
	size_t n = linx_put_ok(p) ? (size_t)p->ev->ret : 0;
	const uint8_t *data;

	p->late = true;
	data = n ? linx_put_mem_some(p, linx_reg(p, 0), &n) : NULL;
	p->late = false;
	if (!data) {
		linx_put_used_args(p, ~0u);
		return;
	}
	if (p->known_end == SIZE_MAX)
		p->known_end = p->o->len;
	if (linx_put_argname(p, 0))
		linx_put_there(p, linx_reg(p, 0), data, n, (uint64_t)p->ev->ret, true);
	p->plain = false;
	linx_put_arg(p, 1);
	linx_put_arg(p, 2);
}

/* strace shows a length, or a protocol, as an unsigned number. */
void linx_call_unsigned(struct linx_put *p)
{
	const struct linx_table_row *row = p->ev->call->row;

	for (unsigned int i = 0; i < row->nargs; i++) {
		const struct linx_ty *ty = row->args[i].ty;

		if (ty == &linx_ty_off && !linx_put_wants(p, LINX_WANT_FULL))
			linx_put_arg_as(p, i, &linx_ty_uoff);
		else if (ty == &linx_ty_loff_lo && !linx_put_wants(p, LINX_WANT_FULL))
			linx_put_arg_as(p, i, &linx_ty_uloff_lo);
		else if (ty == &linx_ty_socket_protocol && p->st->strace)
			linx_put_arg_as(p, i, &linx_ty_ulong);
		else if (ty == &linx_ty_int && p->st->strace)
			linx_put_arg_as(p, i, &linx_ty_uint);
		else
			linx_put_arg(p, i);
	}
}

void linx_call_restart(struct linx_put *p)
{
	if (linx_put_wants(p, LINX_WANT_DATA))
		return;
	linx_put_text(p, "<... resuming interrupted ");
	linx_put_text(p, p->ev->resumed ? p->ev->resumed->name : "system call");
	linx_put_text(p, " ...>");
}

/* Writes stime()'s time; for a call that failed its address alone, unless all that was captured is wanted. */
void linx_call_stime(struct linx_put *p)
{
	linx_put_arg_as(p, 0, linx_put_ok(p) || linx_put_wants(p, LINX_WANT_FULL) ? p->ev->call->row->args[0].ty : &linx_ty_addr);
}

/* A part that is not known, or whose arguments could not be read. The version stands above the call: "1<<16|MSGRCV". */
static void put_whole(struct linx_put *p, const struct linx_flagset *set, unsigned int version)
{
	int64_t part = version ? (int64_t)(linx_reg(p, 0) & 0xffff) : linx_reg_int(p, 0);

	if (linx_put_argname(p, 0)) {
		if (version) {
			linx_put_u64(p, version);
			linx_put_text(p, "<<16|");
		}
		linx_put_known(p, set, part, 4, 'd');
	}
	p->plain = false;
	for (unsigned int i = 1; i < p->ev->call->row->nargs; i++)
		linx_put_arg_as(p, i, &linx_ty_hex);
}

void linx_call_socketcall(struct linx_put *p)
{
	put_whole(p, &linx_set_socketcall_call, 0);
}

void linx_call_ipc(struct linx_put *p)
{
	put_whole(p, &linx_set_ipc_call, linx_put_wants(p, LINX_WANT_DATA) ? 0 : (uint32_t)linx_reg(p, 0) >> 16);
}
