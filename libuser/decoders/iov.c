// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes iovecs, with the contents of their buffers. */
#include "decoders/decoders.h"

/*
 * Writes one buffer of an iovec, {iov_base="abc", iov_len=3}; at most p->iov_bytes bytes of its contents are
 * shown.
 */
void linx_put_iov_item(struct linx_put *p, const struct linx_obj *o)
{
	uint64_t len = (uint64_t)linx_member_num(p, o, "iov_len");
	uint64_t base = (uint64_t)linx_member_num(p, o, "iov_base");
	uint64_t shown = len < p->iov_bytes ? len : p->iov_bytes;
	bool late = p->late;

	linx_put_open(p);
	linx_put_name(p, "iov_base");
	p->late = p->iov == LINX_IOV_FILLED || late;
	if (p->iov == LINX_IOV_ADDR)
		linx_put_addr(p, base);
	else if (p->iov == LINX_IOV_FILLED && linx_mem_unfilled(p->ev->mem, base))
		linx_put_unfilled(p, base);
	else
		linx_put_bufp(p, base, shown);
	p->late = late;
	p->plain = false;
	linx_put_member(p, o, "iov_len");
	linx_put_close(p);
	if (p->iov_bytes != UINT64_MAX)
		p->iov_bytes -= shown;
}

void linx_put_iov(struct linx_put *p, uint64_t addr, uint64_t count, enum linx_iov contents, uint64_t bytes)
{
	p->iov = contents;
	p->iov_bytes = bytes;
	linx_put_array(p, &linx_ty_iov, addr, count);
	p->iov = LINX_IOV_ADDR;
}

/*
 * Writes an iovec argument. Its capture word says whether the call reads the buffers, fills them, or uses only
 * their addresses.
 */
void linx_arg_iovec(struct linx_put *p, unsigned int i)
{
	const struct linx_arg *arg = &p->ev->call->row->args[i];
	const struct linx_arg *len = &p->ev->call->row->args[arg->len_arg];
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	uint64_t count = (uint64_t)linx_reg_as(p, arg->len_arg, len->ty);

	if (strstr(arg->capture, "(iovec,"))
		linx_put_iov(p, addr, count, LINX_IOV_GIVEN, UINT64_MAX);
	else if (arg->fills && linx_put_ok(p))
		linx_put_iov(p, addr, count, LINX_IOV_FILLED, (uint64_t)p->ev->ret);
	else
		linx_put_iov(p, addr, count, LINX_IOV_ADDR, 0);
}
