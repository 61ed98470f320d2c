// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes clone(2) and clone3(2). An argument that a flag gives a meaning is shown only with that flag. */
#include "base/array_size.h"
#include "decoders/decoders.h"

#define PIDFD_BIT 0x1000u
#define SETTLS_BIT 0x80000u
#define PARENT_SETTID_BIT 0x100000u
#define CHILD_BITS (0x200000u | 0x1000000u) /* CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID */
#define INTO_CGROUP_BIT 0x200000000ull
#define ARGS_SIZE_VER0 64u
#define ARGS_SIZE_MAX 4096u /* limit of the captured bytes of struct clone_args */
#define SET_TID_MAX 32

/* ---- clone ------------------------------------------------------------------------------ */

static int arg_named(const struct linx_put *p, const char *name)
{
	const struct linx_table_row *row = p->ev->call->row;

	for (unsigned int i = 0; i < row->nargs; i++)
		if (!strcmp(row->args[i].name, name))
			return (int)i;
	return -1;
}

/*
 * Writes the arguments of clone(2), in strace's order and with names. Arguments that the flags do not need are left
 * out.
 */
void linx_call_clone(struct linx_put *p)
{
	static const struct {
		const char *name;
		const char *label;
		uint32_t flags; /* shown if any of these flags is set; 0: always */
	} order[] = {
		{ "newsp", "child_stack=", 0 },
		{ "clone_flags", "flags=", 0 },
		{ "parent_tidptr", "parent_tid=", PARENT_SETTID_BIT | PIDFD_BIT },
		{ "tls", "tls=", SETTLS_BIT },
		{ "child_tidptr", "child_tidptr=", CHILD_BITS },
	};

	if (linx_put_wants(p, LINX_WANT_FULL | LINX_WANT_REGISTERS)) {
		linx_put_used_args(p, ~0u);
		return;
	}
	for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
		int i = arg_named(p, order[k].name);

		if (i < 0 || (order[k].flags && !(linx_reg(p, 0) & order[k].flags)))
			continue;
		linx_put_item(p);
		linx_put_label(p, order[k].label);
		p->plain = true;
		if (order[k].flags & linx_reg(p, 0) & PIDFD_BIT)
			linx_put_arg_as(p, (unsigned int)i, &linx_ty_fd_ptr);
		else
			linx_put_arg(p, (unsigned int)i);
	}
}

/* ---- clone3 ----------------------------------------------------------------------------- */

void linx_member_exit_signal(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t sig = (uint64_t)linx_type_load(&linx_ty_a64, p->abi, o->data + at);

	linx_put_name(p, "exit_signal");
	if (sig < INT32_MAX)
		linx_put_num(p, &linx_ty_signo, NULL, (int64_t)sig);
	else
		linx_put_u64(p, sig);
}

/*
 * Writes the pointer to thread-local storage: on 32-bit ABIs as a segment descriptor (struct user_desc), else
 * as an address.
 */
void linx_member_clone_tls(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t tls = (uint64_t)linx_type_load(&linx_ty_ptr64, p->abi, o->data + at);

	linx_put_name(p, "tls");
	if (linx_is_32(p->abi))
		linx_put_ptr(p, &linx_ty_user_desc, tls);
	else
		linx_put_addr(p, tls);
}

void linx_member_set_tid(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t addr = (uint64_t)linx_type_load(&linx_ty_ptr64, p->abi, o->data + at);
	uint64_t n = (uint64_t)linx_member_num(p, o, "set_tid_size");

	linx_put_name(p, "set_tid");
	if (addr && n && n <= SET_TID_MAX)
		linx_put_array(p, &linx_ty_pid, addr, n);
	else
		linx_put_addr(p, addr);
}

void linx_put_clone_args(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const always[] = { "exit_signal", "stack", "stack_size", NULL };
	static const char *const tids[] = { "set_tid", "set_tid_size", NULL };
	uint64_t flags = (uint64_t)linx_member_num(p, o, "flags");
	size_t known = linx_type_size(o->ty, p->abi);

	linx_put_open(p);
	linx_put_member(p, o, "flags");
	if (flags & PIDFD_BIT)
		linx_put_member(p, o, "pidfd");
	if (flags & CHILD_BITS)
		linx_put_member(p, o, "child_tid");
	if (flags & PARENT_SETTID_BIT)
		linx_put_member(p, o, "parent_tid");
	linx_put_members_of(p, o, always);
	if (flags & SETTLS_BIT)
		linx_put_member(p, o, "tls");
	if (linx_member_num(p, o, "set_tid") || linx_member_num(p, o, "set_tid_size"))
		linx_put_members_of(p, o, tids);
	if (linx_member_num(p, o, "cgroup") || flags & INTO_CGROUP_BIT)
		linx_put_member(p, o, "cgroup");
	linx_put_rest(p, o->addr, known, o->size);
	linx_put_close(p);
}

/* Writes the number that the kernel stored at the address in a member, in brackets: [3]. */
static void put_stored(struct linx_put *p, const struct linx_obj *o, const char *name, const struct linx_ty *ty)
{
	linx_put_name(p, name);
	linx_put_ptr(p, ty, (uint64_t)linx_member_num(p, o, name));
}

static void put_stores(struct linx_put *p, const struct linx_obj *o, uint64_t flags)
{
	p->late = true;
	linx_put_open(p);
	if (flags & PIDFD_BIT)
		put_stored(p, o, "pidfd", &linx_ty_fd);
	if (flags & PARENT_SETTID_BIT)
		put_stored(p, o, "parent_tid", &linx_ty_tid);
	linx_put_close(p);
	p->late = false;
}

static void put_clone_args(struct linx_put *p, uint64_t addr, uint64_t size)
{
	size_t n = size < ARGS_SIZE_MAX ? size : ARGS_SIZE_MAX;
	size_t known = linx_type_size(&linx_ty_clone_args, p->abi);
	struct linx_obj o = { &linx_ty_clone_args, linx_put_mem(p, addr, n < known ? n : known), n, addr };
	uint64_t flags;

	if (size < ARGS_SIZE_VER0 || !o.data) {
		linx_put_addr(p, addr);
		return;
	}
	flags = (uint64_t)linx_member_num(p, &o, "flags");
	if (!linx_put_ok(p) || !(flags & (PIDFD_BIT | PARENT_SETTID_BIT))) {
		linx_put_clone_args(p, &o);
		return;
	}
	linx_put_before(p);
	linx_put_clone_args(p, &o);
	linx_put_after(p);
	put_stores(p, &o, flags);
	linx_put_after_end(p);
}

void linx_call_clone3(struct linx_put *p)
{
	if (linx_put_argname(p, 0))
		put_clone_args(p, (uint64_t)linx_reg_as(p, 0, &linx_ty_addr), linx_reg(p, 1));
	p->plain = false;
	linx_put_arg(p, 1);
}
