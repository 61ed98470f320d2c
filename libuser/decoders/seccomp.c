// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes sandboxing calls: seccomp(2), whose operation determines its arguments, and rules of Landlock. */
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define RULESET_MAX 48u

enum { OP_STRICT, OP_FILTER, OP_ACTION_AVAIL, OP_NOTIF_SIZES };

static uint64_t address(const struct linx_put *p, unsigned int i)
{
	return (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
}

/* Writes an action behind a pointer: "[SECCOMP_RET_TRAP]" */
static void put_action(struct linx_put *p, uint64_t addr)
{
	int64_t action;

	if (!linx_put_mem_int(p, addr, 4, false, &action)) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_text(p, "[");
	linx_put_flags(p, &linx_set_seccomp_action, (uint64_t)action, 4);
	linx_put_text(p, "]");
}

void linx_arg_seccomp(struct linx_put *p, unsigned int i)
{
	uint64_t addr = address(p, i);

	p->late = false;
	switch ((uint32_t)linx_reg(p, 0)) {
	case OP_FILTER:
		linx_put_ptr(p, &linx_ty_seccomp_fprog, addr);
		break;
	case OP_ACTION_AVAIL:
		put_action(p, addr);
		break;
	case OP_NOTIF_SIZES:
		p->late = true;
		if (linx_put_stored(p))
			linx_put_ptr(p, &linx_ty_seccomp_notif_sizes, addr);
		else
			linx_put_addr(p, addr);
		break;
	default:
		linx_put_addr(p, addr);
	}
}

/* Writes the arguments of seccomp(2). Only SECCOMP_SET_MODE_FILTER has flags with names. */
void linx_call_seccomp(struct linx_put *p)
{
	linx_put_arg(p, 0);
	if ((uint32_t)linx_reg(p, 0) == OP_FILTER)
		linx_put_arg(p, 1);
	else
		linx_put_arg_as(p, 1, &linx_ty_hex32);
	linx_put_arg(p, 2);
}

/* ---- landlock --------------------------------------------------------------------------- */

enum { RULE_PATH_BENEATH = 1, RULE_NET_PORT };

void linx_arg_landlock_rule(struct linx_put *p, unsigned int i)
{
	uint32_t type = (uint32_t)linx_reg(p, 1);

	p->late = false;
	if (type == RULE_PATH_BENEATH)
		linx_put_ptr(p, &linx_ty_landlock_path_beneath, address(p, i));
	else if (type == RULE_NET_PORT)
		linx_put_ptr(p, &linx_ty_landlock_net_port, address(p, i));
	else
		linx_put_addr(p, address(p, i));
}

/*
 * Writes a Landlock ruleset, a structure that grew with the kernel: the members that begin within the caller's size.
 * Missing bytes of the last member are zero.
 */
static void put_landlock_ruleset(struct linx_put *p, const struct linx_obj *o)
{
	size_t known = linx_type_size(o->ty, p->abi), member = linx_ty_a64.size[p->abi];
	size_t size = o->size < known ? o->size : known;
	uint8_t copy[RULESET_MAX] = { 0 };
	struct linx_obj all = { o->ty, copy, (size + member - 1) / member * member, o->addr };

	memcpy(copy, o->data, size);
	linx_put_open(p);
	linx_put_members(p, &all);
	if (o->size > known)
		linx_put_more(p);
	linx_put_close(p);
}

void linx_arg_landlock_ruleset(struct linx_put *p, unsigned int i)
{
	uint64_t size = (uint64_t)linx_reg_as(p, 1, &linx_ty_size);
	size_t known = linx_type_size(&linx_ty_landlock_ruleset, p->abi);
	struct linx_obj o = { &linx_ty_landlock_ruleset, NULL, size, address(p, i) };

	p->late = false;
	if (size >= linx_ty_a64.size[p->abi])
		o.data = linx_put_mem(p, o.addr, size < known ? size : known);
	if (o.data)
		put_landlock_ruleset(p, &o);
	else
		linx_put_addr(p, o.addr);
}

/* Writes the arguments of landlock_restrict_self(2). strace shows the flags as a number. */
void linx_call_landlock_restrict(struct linx_put *p)
{
	linx_put_arg(p, 0);
	if (p->st->strace)
		linx_put_arg_as(p, 1, &linx_ty_hex32);
	else
		linx_put_arg(p, 1);
}

/* ---- restartable sequences: memory that a thread shares with the kernel ---------------------- */

#define RSEQ_SIZE 32u /* size of the first version of struct rseq; this library also knows the byte behind it */

static void put_cpu(struct linx_put *p, const struct linx_obj *o, size_t at, const char *name)
{
	linx_put_name(p, name);
	linx_put_known(p, &linx_set_rseq_cpu, linx_type_load(&linx_ty_u32, p->abi, o->data + at), 4, 'u');
	p->plain = false;
}

void linx_member_rseq_cpu(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_cpu(p, o, at, "cpu_id");
}

void linx_member_rseq_cpu_start(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_cpu(p, o, at, "cpu_id_start");
}

/*
 * Writes the critical section that a thread is in. Its address has 64 bits, of which 32-bit programs set only
 * the lower half.
 */
void linx_member_rseq_cs(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t raw = (uint64_t)linx_type_load(&linx_ty_u64, p->abi, o->data + at);
	uint64_t addr = linx_ty_addr.size[p->abi] == 4 ? (uint32_t)raw : raw;

	linx_put_name(p, "rseq_cs");
	if (!linx_put_mem(p, addr, linx_type_size(&linx_ty_rseq_cs, p->abi))) {
		linx_put_unread(p, raw);
		return;
	}
	linx_put_ptr(p, &linx_ty_rseq_cs, addr);
	if (!linx_put_comment_begin(p))
		return;
	linx_put_addr(p, addr);
	linx_put_comment_end(p);
}

void linx_arg_rseq(struct linx_put *p, unsigned int i)
{
	uint32_t size = (uint32_t)linx_reg(p, i + 1);
	uint8_t copy[RSEQ_SIZE + 1] = { 0 };
	size_t n = size < sizeof(copy) ? size : sizeof(copy);
	uint64_t addr = address(p, i);
	/* strace shows nothing of a structure that the kernel refuses */
	bool taken = size >= RSEQ_SIZE && (!p->st->strace || !(addr % RSEQ_SIZE));
	const uint8_t *data = taken ? linx_put_mem(p, addr, n) : NULL;

	if (!data) {
		linx_put_unread(p, addr);
		return;
	}
	memcpy(copy, data, n);
	linx_put_typed(p, &linx_ty_rseq_head, NULL, copy, sizeof(copy), addr);
}
