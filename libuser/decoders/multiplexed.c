// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes socketcall(2) and ipc(2) if the call made through them is not known. If it is known, the event is that
 * of the inner call: event/subcall.c.
 */
#include "decoders/decoders.h"
#include "table/flagsets.h"

/*
 * Writes socketcall(2) or ipc(2) if the inner call is not known or its arguments could not be read. The upper
 * half of ipc's first argument is a version: "1<<16|MSGRCV".
 */
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
