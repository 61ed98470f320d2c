// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes parts of io_uring_register(2): a submission queue entry, queries about features of the kernel, and
 * zero-copy reception (zcrx).
 */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "record/fds.h"
#include "table/flagsets.h"

#define SQE_SIZE 64
#define SQE_TAIL 64 /* bytes of a large entry (SQE128) beyond those of a usual one */
#define SQE_FIXED_FILE 1 /* IOSQE_FIXED_FILE */
#define QUERIES_MAX 64 /* limit of the structures shown of a linked list */

/* ---- submission queue entries ------------------------------------------------------------ */

/* Ways in which an operation (enum io_uring_op) uses members of its entry unlike most operations. */
enum sqe_use {
	SQE_ATTRS = 1 << 0, /* optval can hold attributes instead */
	SQE_LARGE = 1 << 1, /* the entry has 128 bytes */
	SQE_COMMAND = 1 << 2, /* off is a command, if the descriptor is a socket */
};

static const struct sqe_op {
	const char *flags; /* name of the member rw_flags for this operation; NULL: rw_flags */
	const struct linx_flagset *set;
	const struct linx_flagset *ioprio; /* flags that ioprio holds instead of a priority */
	unsigned int use; /* enum sqe_use */
} sqe_ops[] = {
	[0] = { .flags = "nop_flags", .set = &linx_set_io_uring_nop_flags },
	[1] = { .use = SQE_ATTRS }, /* READV */
	[2] = { .use = SQE_ATTRS }, /* WRITEV */
	[4] = { .use = SQE_ATTRS }, /* READ_FIXED */
	[5] = { .use = SQE_ATTRS }, /* WRITE_FIXED */
	[9] = { .ioprio = &linx_set_io_uring_recvsend_flags, .use = SQE_ATTRS }, /* SENDMSG */
	[10] = { .ioprio = &linx_set_io_uring_recvsend_flags, .use = SQE_ATTRS }, /* RECVMSG */
	[13] = { .ioprio = &linx_set_io_uring_accept_flags }, /* ACCEPT */
	[22] = { .use = SQE_ATTRS }, /* READ */
	[23] = { .use = SQE_ATTRS }, /* WRITE */
	[26] = { .ioprio = &linx_set_io_uring_recvsend_flags, .use = SQE_ATTRS }, /* SEND */
	[27] = { .ioprio = &linx_set_io_uring_recvsend_flags, .use = SQE_ATTRS }, /* RECV */
	[40] = { .flags = "msg_ring_flags", .set = &linx_set_io_uring_msg_ring_flags },
	[46] = { .use = SQE_COMMAND }, /* URING_CMD */
	[47] = { .ioprio = &linx_set_io_uring_recvsend_flags, .use = SQE_ATTRS }, /* SEND_ZC */
	[48] = { .ioprio = &linx_set_io_uring_recvsend_flags }, /* SENDMSG_ZC */
	[49] = { .use = SQE_ATTRS }, /* READ_MULTISHOT */
	[54] = { .flags = "install_fd_flags", .set = &linx_set_io_uring_fixed_fd_flags },
	[58] = { .ioprio = &linx_set_io_uring_recvsend_flags, .use = SQE_ATTRS }, /* RECV_ZC */
	[60] = { .use = SQE_ATTRS }, /* READV_FIXED */
	[61] = { .use = SQE_ATTRS }, /* WRITEV_FIXED */
	[63] = { .flags = "nop_flags", .set = &linx_set_io_uring_nop_flags, .use = SQE_LARGE }, /* NOP128 */
	[64] = { .use = SQE_COMMAND | SQE_LARGE }, /* URING_CMD128 */
};

static const struct sqe_op *op_of(const struct linx_put *p, const struct linx_obj *o)
{
	uint64_t op = (uint64_t)linx_member_num(p, o, "opcode");

	return op < ARRAY_SIZE(sqe_ops) ? &sqe_ops[op] : &sqe_ops[3];
}

static void put_named(struct linx_put *p, const char *name, const struct linx_flagset *set, uint64_t n, unsigned int size)
{
	linx_put_name(p, name);
	linx_put_flags(p, set, n, size);
	p->plain = false;
}

void linx_member_sqe_ioprio(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const struct linx_flagset *set = op_of(p, o)->ioprio;
	uint64_t n = (uint64_t)linx_type_load(&linx_ty_u16, p->abi, o->data + at);

	if (set) {
		put_named(p, "ioprio", set, n, 2);
		return;
	}
	linx_put_name(p, "ioprio");
	linx_put_u64(p, n);
}

/*
 * Writes the descriptor of an entry, or the index of a registered file, which strace shows as a descriptor too.
 */
void linx_member_sqe_fd(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	bool index = linx_member_num(p, o, "flags") & SQE_FIXED_FILE && !p->st->strace;

	linx_put_name(p, "fd");
	linx_put_num(p, index ? &linx_ty_int : &linx_ty_fd, NULL, linx_type_load(&linx_ty_int, p->abi, o->data + at));
	p->plain = false;
}

/* True if the recorded descriptors show that fd is a socket. */
static bool is_socket(const struct linx_put *p, int32_t fd)
{
	static const char prefix[] = "socket:";
	const struct linx_descriptor *d = linx_fds_find(p->ev->fds, fd, false);

	return d && d->path && d->path_len >= sizeof(prefix) && !memcmp(d->path, prefix, sizeof(prefix) - 1);
}

void linx_member_sqe_off(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t off = (uint64_t)linx_type_load(&linx_ty_u64, p->abi, o->data + at);

	linx_put_name(p, "off");
	if (op_of(p, o)->use & SQE_COMMAND && is_socket(p, (int32_t)linx_member_num(p, o, "fd")))
		linx_put_flags_fmt(p, &linx_set_io_uring_socket_op, off, 8, 'u');
	else
		linx_put_hex(p, off);
	p->plain = false;
}

void linx_member_sqe_flags(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const struct sqe_op *op = op_of(p, o);
	uint64_t n = (uint64_t)linx_type_load(&linx_ty_u32, p->abi, o->data + at);

	if (op->flags) {
		put_named(p, op->flags, op->set, n, 4);
		return;
	}
	linx_put_name(p, "rw_flags");
	linx_put_hex(p, n);
}

/*
 * Writes the last two words of an entry: attributes, or the member that the operation has in the first of these words.
 */
void linx_member_sqe_last(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t first = (uint64_t)linx_type_load(&linx_ty_u64, p->abi, o->data + at);
	uint64_t mask = (uint64_t)linx_type_load(&linx_ty_u64, p->abi, o->data + at + 8);

	if (!(op_of(p, o)->use & SQE_ATTRS) || !mask) {
		linx_put_name(p, "optval");
		linx_put_hex(p, first);
		return;
	}
	put_named(p, "attr_type_mask", &linx_set_io_uring_rw_attr_flags, mask, 8);
	linx_put_name(p, "attr_ptr");
	if (mask & 1)
		linx_put_ptr(p, &linx_ty_io_uring_attr_pi, first);
	else
		linx_put_addr(p, first);
	p->plain = false;
}

void linx_put_uring_sqe(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members(p, o);
	if (op_of(p, o)->use & SQE_LARGE) {
		linx_put_name(p, "cmd");
		linx_put_array(p, &linx_ty_x8, o->addr + SQE_SIZE, SQE_TAIL);
	}
	linx_put_close(p);
}

/* ---- queries about features of the kernel ------------------------------------------------ */

static void put_answer(struct linx_put *p, uint64_t op, uint64_t addr)
{
	static const struct linx_ty *const types[] = {
		&linx_ty_io_uring_query_opcode,
		&linx_ty_io_uring_query_zcrx,
		&linx_ty_io_uring_query_scq,
		&linx_ty_io_uring_query_zcrx_event,
	};

	linx_put_name(p, "query_data");
	if (op < ARRAY_SIZE(types))
		linx_put_ptr(p, types[op], addr);
	else
		linx_put_addr(p, addr);
	p->plain = false;
}

/* Writes one query of a linked list. strace shows the address of the answer, and the answer, under one name. */
static uint64_t put_question(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const members[] = { "query_op", "size", "result", "__resv", NULL };
	uint64_t data = (uint64_t)linx_member_num(p, o, "query_data"), size = (uint64_t)linx_member_num(p, o, "size");

	linx_put_open(p);
	if (!linx_put_wants(p, LINX_WANT_DATA) || !data || !size)
		linx_put_member(p, o, "query_data");
	linx_put_members_of(p, o, members);
	if (data && size)
		put_answer(p, (uint64_t)linx_member_num(p, o, "query_op"), data);
	linx_put_name(p, "next_entry");
	return (uint64_t)linx_member_num(p, o, "next_entry");
}

/*
 * Writes a linked list of queries. The list can be a circle. Therefore no more queries are shown than pieces of memory
 * were captured.
 */
void linx_put_uring_queries(struct linx_put *p, uint64_t addr)
{
	struct linx_obj o = { &linx_ty_io_uring_query_hdr, NULL, linx_type_size(&linx_ty_io_uring_query_hdr, p->abi), addr };
	unsigned int most = p->ev->mem->n < QUERIES_MAX ? p->ev->mem->n : QUERIES_MAX, n = 0;

	while (o.addr && (o.data = linx_put_mem(p, o.addr, o.size)) && n < most && !(p->brief && n >= p->st->limit)) {
		o.addr = put_question(p, &o);
		n++;
	}
	linx_put_addr(p, o.addr);
	if (o.addr && o.data)
		linx_put_comment(p, "...");
	while (n--)
		linx_put_close(p);
}

/* ---- zero-copy reception ----------------------------------------------------------------- */

/* Writes a control request of zero-copy reception: its parameters or, after a successful export, its result. */
void linx_put_zcrx_ctrl(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const head[] = { "zcrx_id", "op", "__resv", NULL };
	static const char *const parts[] = { "zc_flush", "zc_export", "zc_arm_event" };
	static const struct linx_ty *const types[] = { &linx_ty_zcrx_ctrl_flush_rq, &linx_ty_zcrx_ctrl_export, &linx_ty_zcrx_ctrl_arm_event };
	uint64_t op = (uint64_t)linx_member_num(p, o, "op");
	size_t at = linx_type_size(&linx_ty_zcrx_ctrl, p->abi) - linx_type_size(types[0], p->abi);

	linx_put_open(p);
	linx_put_members_of(p, o, head);
	if (op < ARRAY_SIZE(parts) && (types[op] != &linx_ty_zcrx_ctrl_export || linx_put_ok(p))) {
		linx_put_name(p, parts[op]);
		linx_put_typed(p, types[op], NULL, o->data + at, linx_type_size(types[op], p->abi), o->addr + at);
		p->plain = false;
	}
	linx_put_close(p);
}
