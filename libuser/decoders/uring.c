// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes io_uring: io_uring_register(2), whose opcode determines the argument, and the parameters of a ring. */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define SETUP_ATTACH_WQ 0x20
#define ENTER_EXT_ARG 0x8
#define SIGSET_SIZE 8
#define ENTER_EXT_ARG_REG 0x40
#define OP_UNREGISTER_RING_FDS 21
#define OP_MASK 0x7fffffff
#define REGISTERED_RING 0x80000000u
#define PROBE_HEAD 16

static uint32_t count_of(const struct linx_put *p)
{
	return (uint32_t)linx_reg(p, 3);
}

/* ---- io_uring_setup ---------------------------------------------------------------------- */

static const char *const setup_in[] = { "flags", "sq_thread_cpu", "sq_thread_idle", NULL };
static const char *const setup_out[] = { "sq_entries", "cq_entries", "features", "sq_off", "cq_off", NULL };

static void put_setup(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_members_of(p, o, setup_in);
	if (linx_member_num(p, o, "flags") & SETUP_ATTACH_WQ)
		linx_put_member(p, o, "wq_fd");
	linx_put_member(p, o, "resv");
}

void linx_put_uring_params(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	if (linx_put_wants(p, LINX_WANT_FULL)) {
		linx_put_members(p, o);
	} else {
		put_setup(p, o);
		if (linx_put_ok(p))
			linx_put_members_of(p, o, setup_out);
	}
	linx_put_close(p);
}

static void put_ring_place(struct linx_put *p, const char *name, int64_t addr)
{
	if (!addr)
		return;
	linx_put_name(p, name);
	linx_put_open(p);
	linx_put_name(p, "user_addr");
	linx_put_hex(p, (uint64_t)addr);
	linx_put_close(p);
}

void linx_put_uring_resize(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const sizes[] = { "sq_entries", "cq_entries", "flags", NULL };

	linx_put_open(p);
	linx_put_members_of(p, o, sizes);
	put_ring_place(p, "sq_off", linx_member_num(p, o, "sq_user_addr"));
	put_ring_place(p, "cq_off", linx_member_num(p, o, "cq_user_addr"));
	linx_put_member(p, o, "resv");
	linx_put_close(p);
}

/*
 * Writes the arguments of io_uring_setup(2). Text shows the parameters once: those that the call stored include
 * the request.
 */
void linx_call_uring_setup(struct linx_put *p)
{
	linx_put_arg(p, 0);
	if (linx_put_ok(p))
		linx_put_arg_late(p, 1);
	else
		linx_put_arg_early(p, 1);
}

/* ---- io_uring_enter ------------------------------------------------------------------------ */

/*
 * Writes the argument of io_uring_enter(2): with the flag EXT_ARG a structure, with EXT_ARG and EXT_ARG_REG an offset
 * in registered memory, without both flags a set of signals. strace writes an offset only if EXT_ARG_REG is set alone,
 * although the kernel refuses that flag without EXT_ARG.
 */
void linx_arg_uring_enter(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	uint64_t size = (uint64_t)linx_reg_as(p, i + 1, &linx_ty_size);
	unsigned int kind = linx_reg(p, 3) & (ENTER_EXT_ARG | ENTER_EXT_ARG_REG);
	unsigned int registered = p->st->strace ? ENTER_EXT_ARG_REG : ENTER_EXT_ARG | ENTER_EXT_ARG_REG;

	if (kind == ENTER_EXT_ARG)
		linx_put_ptr(p, &linx_ty_io_uring_getevents_arg, addr);
	else if (kind == registered && !linx_put_wants(p, LINX_WANT_DATA))
		linx_put_u64(p, addr);
	else if (kind == registered)
		linx_put_addr(p, addr);
	else if (size == SIGSET_SIZE || size == (uint64_t)linx_ty_culong.size[p->abi] || (!kind && linx_put_wants(p, LINX_WANT_FULL)))
		linx_put_sigset_at(p, addr, size);
	else
		linx_put_addr(p, addr);
}

void linx_member_uring_sigset(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "sigmask");
	linx_put_sigset_at(p, (uint64_t)linx_type_load(&linx_ty_u64, p->abi, o->data + at),
			   (uint64_t)linx_member_num(p, o, "sigmask_sz"));
	p->plain = false;
}

/* ---- io_uring_register: structures -------------------------------------------------------- */

/*
 * Writes the ring whose buffers are copied: a descriptor, or the index of a registered ring, which strace shows
 * as a descriptor too.
 */
void linx_member_uring_src(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const bool registered = linx_member_num(p, o, "flags") & 1; /* IORING_REGISTER_SRC_REGISTERED */
	const struct linx_ty *ty = registered && !p->st->strace ? &linx_ty_u32 : &linx_ty_fd;

	linx_put_name(p, "src_fd");
	linx_put_num(p, ty, NULL, linx_type_load(ty, p->abi, o->data + at));
}

/* Writes an array of descriptors; the argument nr_args of the call has their number. */
void linx_member_uring_fds(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "fds");
	linx_put_array(p, &linx_ty_uring_file, (uint64_t)linx_type_load(&linx_ty_u64, p->abi, o->data + at),
		       count_of(p));
}

void linx_num_uring_file(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	if (linx_const_find(&linx_set_io_uring_files_fd, (uint64_t)n, UINT32_MAX))
		linx_put_known(p, &linx_set_io_uring_files_fd, n, 4, 'd');
	else
		linx_num_fd(p, ty, n);
}

void linx_put_uring_probe(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_members(p, o);
	linx_put_name(p, "ops");
	linx_put_array(p, &linx_ty_io_uring_probe_op, o->addr + PROBE_HEAD, count_of(p));
	linx_put_close(p);
}

/* Writes a restriction. Its opcode says whether it is for an operation or for flags. */
void linx_put_uring_restriction(struct linx_put *p, const struct linx_obj *o)
{
	static const struct {
		const char *name;
		const struct linx_flagset *set;
	} ops[] = {
		{ "register_op", &linx_set_io_uring_register_op },
		{ "sqe_op", &linx_set_io_uring_op },
		{ "sqe_flags", &linx_set_io_uring_sqe_flags },
		{ "sqe_flags", &linx_set_io_uring_sqe_flags },
	};
	static const char *const rest[] = { "resv", "resv2", NULL };
	uint64_t opcode = (uint64_t)linx_member_num(p, o, "opcode"), op = (uint64_t)linx_member_num(p, o, "op");

	linx_put_open(p);
	linx_put_member(p, o, "opcode");
	if (opcode < ARRAY_SIZE(ops)) {
		linx_put_name(p, ops[opcode].name);
		linx_put_flags(p, ops[opcode].set, op, 1);
		p->plain = false;
	} else if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_member(p, o, "op");
	} else {
		linx_put_text(p, " /* op: ");
		linx_put_hex(p, op);
		linx_put_text(p, " */");
	}
	linx_put_members_of(p, o, rest);
	linx_put_close(p);
}

/* Writes a descriptor to be registered as a ring, or the index of a registered ring. */
void linx_put_uring_ring_fd(struct linx_put *p, const struct linx_obj *o)
{
	bool gone = (linx_reg(p, 1) & OP_MASK) == OP_UNREGISTER_RING_FDS;
	uint64_t data = (uint64_t)linx_member_num(p, o, "data");
	uint32_t offset = (uint32_t)linx_member_num(p, o, "offset");

	linx_put_open(p);
	linx_put_name(p, "offset");
	if (offset == UINT32_MAX && !gone)
		linx_put_i64(p, -1);
	else
		linx_put_u64(p, offset);
	linx_put_member(p, o, "resv");
	if (!gone || data) {
		linx_put_name(p, "data");
		if (gone)
			linx_put_hex(p, data);
		else
			linx_num_fd(p, &linx_ty_fd, (int32_t)data);
		p->plain = false;
	}
	linx_put_close(p);
}

/* Writes the parameters of the registration for busy polling (NAPI), or the id of a socket. */
void linx_member_napi_param(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t n = (uint64_t)linx_type_load(&linx_ty_u32, p->abi, o->data + at);

	linx_put_name(p, "op_param");
	if (linx_member_num(p, o, "opcode"))
		linx_put_hex(p, n);
	else
		linx_put_flags(p, &linx_set_io_uring_napi_tracking, n, 4);
	p->plain = false;
}

/* ---- io_uring_register: arguments ----------------------------------------------------------- */

/* Writes the CPUs of a mask as a set of numbers: [0 2 3]. The argument nr_args is the mask's size. */
static void put_cpus(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	size_t n = count_of(p);
	const uint8_t *mask = n ? linx_put_mem_some(p, addr, &n) : NULL;

	(void)ty;
	if (!addr || (count_of(p) && (!mask || n < count_of(p)))) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_list(p);
	for (size_t i = 0; mask && i < n * 8; i++) {
		if (!(mask[i / 8] >> i % 8 & 1))
			continue;
		linx_put_set_item(p);
		linx_put_u64(p, i);
	}
	linx_put_list_end(p);
}

/* Writes the limits of worker threads: [[IO_WQ_BOUND]=1, [IO_WQ_UNBOUND]=2] */
static void put_limits(struct linx_put *p, uint64_t addr)
{
	uint32_t count = count_of(p), i;
	int64_t n;

	if (!addr || (count && !linx_put_mem(p, addr, 4))) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_list(p);
	for (i = 0; i < count && linx_put_mem_int(p, addr + i * 4ull, 4, false, &n); i++) {
		linx_put_item(p);
		linx_put_text(p, "[");
		if (!linx_put_wants(p, LINX_WANT_DATA))
			linx_put_flags_fmt(p, &linx_set_io_uring_wq_type, i, 4, 'u');
		linx_put_text(p, "]=");
		linx_put_u64(p, (uint64_t)n);
	}
	if (i < count && !linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_text(p, ", ... /* ");
		linx_put_hex(p, addr + i * 4ull);
		linx_put_text(p, " */");
	}
	linx_put_list_end(p);
}

/* Writes the limits of worker threads before and after the call: strace always shows both. */
static void put_workers(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	bool there = addr && linx_put_mem(p, addr, count_of(p) * 4ull);
	bool both = there && (!linx_put_wants(p, LINX_WANT_BOTH) || linx_put_ok(p));

	(void)ty;
	if (both)
		linx_put_before(p);
	put_limits(p, addr);
	if (!both)
		return;
	linx_put_after(p);
	p->late = true;
	if (linx_put_ok(p))
		put_limits(p, addr);
	else
		linx_put_addr(p, addr);
	p->late = false;
	linx_put_after_end(p);
}

/*
 * Writes a probe of the supported operations. If it was not empty before the call, text shows its content before and
 * after the call, JSON only the content before.
 */
static void put_probe(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	size_t size = PROBE_HEAD + count_of(p) * 8ull;
	const uint8_t *before = count_of(p) > 256 ? NULL : linx_put_mem(p, addr, size);
	bool asks = before && linx_all_zero(before, size);

	if (before && !asks)
		linx_put_typed(p, ty, NULL, before, PROBE_HEAD, addr);
	if (before && !asks && (linx_put_wants(p, LINX_WANT_BOTH) || !linx_put_ok(p)))
		return;
	linx_put_text(p, before && !asks ? " => " : "");
	p->late = true;
	if (linx_put_ok(p) && linx_put_mem(p, addr, PROBE_HEAD))
		linx_put_ptr(p, ty, addr);
	else
		linx_put_addr(p, addr);
	p->late = false;
}

/* Writes the flags of a buffer ring; strace shows them as a number. */
void linx_member_pbuf_flags(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t flags = (uint64_t)linx_type_load(&linx_ty_u16, p->abi, o->data + at);

	linx_put_name(p, "flags");
	if (p->st->strace)
		linx_put_hex(p, flags);
	else
		linx_put_flags(p, &linx_set_io_uring_pbuf_flags, flags, 2);
	p->plain = false;
}

static void put_one(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	linx_put_ptr(p, ty, addr);
}

/*
 * Writes the structure that the argument points to. Text shows its address unless nr_args is 1: with another number the
 * kernel ignores the structure.
 */
static void put_only(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	if (linx_put_wants(p, LINX_WANT_FULL) || count_of(p) == 1)
		linx_put_ptr(p, ty, addr);
	else
		linx_put_addr(p, addr);
}

static void put_many(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	linx_put_array(p, ty, addr, count_of(p));
}

static void put_sized(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	linx_put_ptr_sized(p, ty, addr, count_of(p));
}

/*
 * Writes the structure that the argument points to. Text shows its address unless nr_args is 0, the only number
 * that the kernel accepts.
 */
static void put_none(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	if (linx_put_wants(p, LINX_WANT_FULL) || !count_of(p))
		linx_put_ptr(p, ty, addr);
	else
		linx_put_addr(p, addr);
}

/*
 * Writes a structure that the call stores, as it was after the call. If the call failed, strace shows its
 * address, and other formats the structure before the call.
 */
static void put_left(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	p->late = linx_put_ok(p);
	if (p->late || linx_put_wants(p, LINX_WANT_FULL))
		put_only(p, ty, addr);
	else
		linx_put_addr(p, addr);
	p->late = false;
}

/* Writes a structure that the call changes. Text shows it before and after the call, JSON only after it. */
static void put_both(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	bool two = linx_put_ok(p) && !linx_put_wants(p, LINX_WANT_FULL) && count_of(p) == 1;

	if (two) {
		put_only(p, ty, addr);
		linx_put_text(p, " => ");
	}
	p->late = linx_put_ok(p);
	put_only(p, ty, addr);
	p->late = false;
}

/*
 * Writes a structure that the call changes. strace shows it as it was before the call, JSON as it was after it.
 */
static void put_found(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	p->late = linx_put_wants(p, LINX_WANT_FULL) && linx_put_ok(p);
	put_only(p, ty, addr);
	p->late = false;
}

static void put_resize(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	put_found(p, linx_put_wants(p, LINX_WANT_FULL) ? ty : &linx_ty_uring_resize_params, addr);
}

static void put_queries(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	(void)ty;
	p->late = linx_put_wants(p, LINX_WANT_FULL) && linx_put_ok(p);
	if (linx_put_wants(p, LINX_WANT_FULL) || !count_of(p))
		linx_put_uring_queries(p, addr);
	else
		linx_put_addr(p, addr);
	p->late = false;
}

static void put_zcrx_ctrl(struct linx_put *p, const struct linx_ty *ty, uint64_t addr)
{
	p->late = linx_put_ok(p);
	put_only(p, ty, addr);
	p->late = false;
}

/*
 * Functions that write the argument, by opcode. An opcode without a function takes no pointer, or one to unknown
 * memory.
 */
static const struct {
	void (*put)(struct linx_put *p, const struct linx_ty *ty, uint64_t addr);
	const struct linx_ty *ty;
} ops[] = {
	[0] = { put_many, &linx_ty_iov },
	[2] = { put_many, &linx_ty_fd },
	[4] = { put_many, &linx_ty_fd },
	[6] = { put_one, &linx_ty_io_uring_files_update },
	[7] = { put_many, &linx_ty_fd },
	[8] = { put_probe, &linx_ty_io_uring_probe },
	[11] = { put_many, &linx_ty_io_uring_restriction },
	[13] = { put_sized, &linx_ty_uring_rsrc_files },
	[14] = { put_sized, &linx_ty_uring_update_files },
	[15] = { put_sized, &linx_ty_uring_rsrc_buffers },
	[16] = { put_sized, &linx_ty_uring_update_buffers },
	[17] = { put_cpus, NULL },
	[19] = { put_workers, NULL },
	[20] = { put_many, &linx_ty_uring_ring_fd },
	[21] = { put_many, &linx_ty_uring_ring_fd },
	[22] = { put_only, &linx_ty_io_uring_buf_reg },
	[23] = { put_only, &linx_ty_io_uring_buf_reg },
	[24] = { put_only, &linx_ty_io_uring_sync_cancel_reg },
	[25] = { put_only, &linx_ty_io_uring_file_index_range },
	[26] = { put_left, &linx_ty_io_uring_buf_status },
	[27] = { put_both, &linx_ty_io_uring_napi },
	[28] = { put_left, &linx_ty_io_uring_napi },
	[29] = { put_none, &linx_ty_io_uring_clock_register },
	[30] = { put_only, &linx_ty_io_uring_clone_buffers },
	[31] = { put_only, &linx_ty_io_uring_sqe },
	[32] = { put_found, &linx_ty_io_uring_zcrx_ifq_reg },
	[33] = { put_resize, &linx_ty_io_uring_params },
	[34] = { put_only, &linx_ty_io_uring_mem_region_reg },
	[35] = { put_queries, NULL },
	[36] = { put_zcrx_ctrl, &linx_ty_zcrx_ctrl },
};

void linx_arg_uring_register(struct linx_put *p, unsigned int i)
{
	uint64_t op = linx_reg(p, 1) & OP_MASK, addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	p->late = false;
	if (op < ARRAY_SIZE(ops) && ops[op].put)
		ops[op].put(p, ops[op].ty, addr);
	else
		linx_put_addr(p, addr);
}

/*
 * Writes the opcode of io_uring_register(2), and its flag. strace writes the flag behind the opcode, and shows
 * an unknown opcode with a comment.
 */
static void put_operation(struct linx_put *p)
{
	uint32_t op = (uint32_t)linx_reg(p, 1);

	if (!linx_put_argname(p, 1))
		return;
	linx_put_flags(p, &linx_set_io_uring_register_op, op & OP_MASK, 4);
	if (op & REGISTERED_RING) {
		linx_put_text(p, "|");
		linx_put_flags(p, &linx_set_io_uring_register_flag, REGISTERED_RING, 4);
	}
	p->plain = false;
}

/*
 * Writes the arguments of io_uring_register(2). A registered ring is given by an index instead of a descriptor.
 */
void linx_call_uring_register(struct linx_put *p)
{
	bool registered = linx_reg(p, 1) & REGISTERED_RING;

	linx_put_arg_as(p, 0, registered ? &linx_ty_uint : p->ev->call->row->args[0].ty);
	if (p->st->strace)
		put_operation(p);
	else
		linx_put_arg(p, 1);
	for (unsigned int i = 2; i < 4; i++)
		linx_put_arg(p, i);
}
