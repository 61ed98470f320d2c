// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes what io_submit(2) and io_cancel(2) take: control blocks (struct iocb). */
#include "decoders/decoders.h"
#include "table/flagsets.h"

enum iocb_op { OP_PWRITE = 1, OP_POLL = 5, OP_PREADV = 7, OP_PWRITEV = 8 };
#define OP_PREAD 0
#define FLAG_RESFD 1
#define FLAG_IOPRIO 2

static void put_if(struct linx_put *p, const struct linx_obj *o, const char *name)
{
	if (linx_member_num(p, o, name))
		linx_put_member(p, o, name);
}

static void put_priority(struct linx_put *p, const struct linx_obj *o)
{
	if (!(linx_member_num(p, o, "aio_flags") & FLAG_IOPRIO)) {
		put_if(p, o, "aio_reqprio");
		return;
	}
	linx_put_name(p, "aio_reqprio");
	linx_num_ioprio(p, &linx_ty_ioprio, (uint16_t)linx_member_num(p, o, "aio_reqprio"));
	p->plain = false;
}

static void put_flags(struct linx_put *p, const struct linx_obj *o)
{
	int64_t eventfd = linx_member_num(p, o, "aio_resfd");

	put_if(p, o, "aio_flags");
	if (linx_member_num(p, o, "aio_flags") & FLAG_RESFD) {
		linx_put_member(p, o, "aio_resfd");
	} else if (eventfd) {
		linx_put_name(p, "aio_resfd");
		linx_put_hex(p, (uint32_t)eventfd);
		p->plain = false;
	}
}

/*
 * Writes the buffer of a read or write. contents: shows the bytes of the buffer, which the operation writes to the
 * file; else shows the buffer's address.
 */
static void put_plain_buffer(struct linx_put *p, const struct linx_obj *o, bool contents)
{
	uint64_t addr = (uint64_t)linx_member_num(p, o, "aio_buf");

	linx_put_name(p, "aio_buf");
	if (contents)
		linx_put_bufp(p, addr, (uint64_t)linx_member_num(p, o, "aio_nbytes"));
	else
		linx_put_hex(p, addr);
	p->plain = false;
	linx_put_member(p, o, "aio_nbytes");
	linx_put_member(p, o, "aio_offset");
}

static void put_vector(struct linx_put *p, const struct linx_obj *o)
{
	int64_t count = linx_member_num(p, o, "aio_nbytes");

	if (count < 0) {
		linx_put_member(p, o, "aio_buf");
		linx_put_member(p, o, "aio_nbytes");
	} else {
		linx_put_name(p, "aio_buf");
		linx_put_iov(p, (uint64_t)linx_member_num(p, o, "aio_buf"), (uint64_t)count, LINX_IOV_ADDR, 0);
		p->plain = false;
	}
	linx_put_member(p, o, "aio_offset");
}

/* Writes the members of a control block that depend on its operation, behind the members that all operations have. */
static void put_operands(struct linx_put *p, const struct linx_obj *o)
{
	switch (linx_member_num(p, o, "aio_lio_opcode")) {
	case OP_PREAD:
	case OP_PWRITE:
		put_plain_buffer(p, o, linx_member_num(p, o, "aio_lio_opcode") == OP_PWRITE);
		break;
	case OP_PREADV:
	case OP_PWRITEV:
		put_vector(p, o);
		break;
	case OP_POLL:
		linx_put_name(p, "aio_buf");
		linx_put_flags(p, &linx_set_poll_events, (uint64_t)linx_member_num(p, o, "aio_buf"), 8);
		p->plain = false;
		break;
	default:
		return;
	}
	put_flags(p, o);
}

static void put_head(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_member(p, o, "aio_data");
	put_if(p, o, "aio_key");
	put_if(p, o, "aio_rw_flags");
	linx_put_member(p, o, "aio_lio_opcode");
	put_priority(p, o);
	linx_put_member(p, o, "aio_fildes");
}

void linx_put_iocb(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	put_head(p, o);
	put_operands(p, o);
	linx_put_close(p);
}

/*
 * Writes a control block for io_cancel(2): only the common members, because the kernel finds the operation by
 * the block's address.
 */
void linx_put_iocb_head(struct linx_put *p, const struct linx_obj *o)
{
	struct linx_obj iocb = { .ty = &linx_ty_iocb, .data = o->data, .size = o->size, .addr = o->addr };

	linx_put_open(p);
	put_head(p, &iocb);
	if (linx_put_wants(p, LINX_WANT_FULL))
		put_operands(p, &iocb);
	linx_put_close(p);
}

void linx_put_iocb_ptr(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_ptr(p, &linx_ty_iocb, (uint64_t)linx_member_num(p, o, "iocb"));
}

void linx_arg_iocb_list(struct linx_put *p, unsigned int i)
{
	int64_t n = linx_reg_as(p, i - 1, &linx_ty_long);
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	if (n < 0)
		linx_put_addr(p, addr);
	else
		linx_put_array(p, &linx_ty_iocb_ptr, addr, (uint64_t)n);
}

/*
 * Writes the pointer to an AIO context handle. io_setup(2) stores the handle there, and its old value must be
 * 0.
 */
void linx_arg_aio_ctx(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	int64_t ctx;

	p->late = true;
	if (!linx_put_ok(p) || !linx_put_mem_int(p, addr, linx_type_size(&linx_ty_ulong, p->abi), false, &ctx)) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_text(p, "[");
	linx_put_hex(p, (uint64_t)ctx);
	linx_put_text(p, "]");
}
