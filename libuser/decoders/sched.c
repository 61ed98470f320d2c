// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes scheduling calls: parameters, attributes with their size, and sets of CPUs. */
#include <stdio.h>

#include "decoders/decoders.h"
#include "table/flagsets.h"

#define ATTR_SIZE_VER0 48u
#define KEEP_POLICY_BIT 8u
#define KEEP_PARAMS_BIT 16u
#define E2BIG_NUMBER 7u
#define RESET_ON_FORK_BIT 0x40000000u
#define CPU_SET_MAX 128u /* most bytes of a set of CPUs that strace reads */

/* ---- sched_attr ------------------------------------------------------------------------- */

static bool keeps_policy(const struct linx_put *p, const struct linx_obj *o, bool is_set, uint64_t flags)
{
	return is_set && linx_member_num(p, o, "sched_policy") <= INT32_MAX &&
	       flags & (KEEP_POLICY_BIT | KEEP_PARAMS_BIT);
}

/*
 * Writes scheduling attributes. is_set: the call sets the attributes. Attributes that the flags keep unchanged are then
 * left out.
 */
static void put_attr(struct linx_put *p, const struct linx_obj *o, bool is_set)
{
	static const char *const params[] = { "sched_nice", "sched_priority", "sched_runtime",
					      "sched_deadline", "sched_period", NULL };
	static const char *const clamps[] = { "sched_util_min", "sched_util_max", NULL };
	uint64_t flags = (uint64_t)linx_member_num(p, o, "sched_flags");

	if (!keeps_policy(p, o, is_set, flags))
		linx_put_member(p, o, "sched_policy");
	linx_put_member(p, o, "sched_flags");
	if (!is_set || !(flags & KEEP_PARAMS_BIT))
		linx_put_members_of(p, o, params);
	if (o->size >= linx_type_size(o->ty, p->abi))
		linx_put_members_of(p, o, clamps);
}

/*
 * Writes a struct sched_attr up to its size. sched_setattr(2): the caller's size, where 0 stands for the first
 * version; sched_getattr(2): the kernel's size.
 */
void linx_put_sched_attr(struct linx_put *p, const struct linx_obj *o)
{
	bool is_set = !strcmp(p->ev->call->row->id, "sched_setattr");
	size_t known = linx_type_size(o->ty, p->abi);
	struct linx_obj seen = *o;
	uint64_t size;

	linx_put_open(p);
	linx_put_member(p, o, "size");
	size = (uint64_t)linx_member_num(p, o, "size");
	if (is_set && !size)
		size = ATTR_SIZE_VER0;
	seen.size = size < known ? size : known;
	if (seen.size > o->size)
		seen.size = o->size;
	if (seen.size >= ATTR_SIZE_VER0)
		put_attr(p, &seen, is_set);
	if (size > known || (!is_set && size > o->size))
		linx_put_more(p);
	linx_put_close(p);
}

/* Writes the structure at addr, which has its size in a member; only if all of it was captured. */
static void put_attr_at(struct linx_put *p, uint64_t addr)
{
	uint64_t known = linx_type_size(&linx_ty_sched_attr, p->abi), n;
	int64_t size;

	if (!linx_put_mem_int(p, addr, 4, false, &size)) {
		linx_put_addr(p, addr);
		return;
	}
	n = size ? (uint64_t)size : ATTR_SIZE_VER0;
	n = n < ATTR_SIZE_VER0 ? 4 : n < known ? n : known;
	linx_put_ptr_sized(p, &linx_ty_sched_attr, addr, n);
}

/*
 * Writes the arguments of sched_setattr(2). A kernel that knows a smaller structure stores its size and fails
 * with E2BIG.
 */
void linx_call_sched_setattr(struct linx_put *p)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, 1, &linx_ty_addr);
	bool too_big = linx_event_errno(p->ev) == E2BIG_NUMBER;
	int64_t size;

	linx_put_arg(p, 0);
	if (linx_put_argname(p, 1)) {
		if (too_big)
			linx_put_before(p);
		put_attr_at(p, addr);
		linx_put_known_to(p, p->o->len);
		p->late = true;
		if (too_big && linx_put_mem_int(p, addr, 4, false, &size)) {
			linx_put_after(p);
			linx_put_open(p);
			linx_put_name(p, "size");
			linx_put_u64(p, (uint64_t)size);
			linx_put_close(p);
		}
		p->late = false;
		if (too_big)
			linx_put_after_end(p);
	}
	p->plain = false;
	linx_put_arg(p, 2);
}

/*
 * Writes a scheduling policy. A policy without a name may still have the flag SCHED_RESET_ON_FORK; a negative
 * number has no flags.
 */
static void put_policy(struct linx_put *p, uint32_t policy)
{
	char text[40];

	snprintf(text, sizeof(text), "SCHED_RESET_ON_FORK|%#x", policy & ~RESET_ON_FORK_BIT);
	linx_put_symbol(p, policy, 'x', text);
}

void linx_call_sched_setscheduler(struct linx_put *p)
{
	uint32_t policy = (uint32_t)linx_reg(p, 1);
	bool named = linx_put_wants(p, LINX_WANT_FULL) || linx_const_find(&linx_set_sched_policy, policy, UINT32_MAX);

	linx_put_arg(p, 0);
	if (named || !(policy & RESET_ON_FORK_BIT) || policy > INT32_MAX)
		linx_put_arg(p, 1);
	else if (linx_put_argname(p, 1))
		put_policy(p, policy);
	p->plain = false;
	linx_put_arg(p, 2);
}

/* ---- sets of CPUs ----------------------------------------------------------------------- */

static void put_cpus(struct linx_put *p, const uint8_t *set, size_t n, bool more)
{
	linx_put_list(p);
	for (size_t cpu = 0; cpu < n * 8; cpu++) {
		if (!(set[cpu / 8] >> cpu % 8 & 1))
			continue;
		linx_put_set_item(p);
		linx_put_u64(p, cpu);
	}
	if (more)
		linx_put_set_more(p);
	linx_put_list_end(p);
}

/*
 * Writes a set of CPUs. In a call that sets CPUs, an argument is the length of the set; in a call that gets CPUs, the
 * result is this length.
 */
void linx_arg_cpu_set(struct linx_put *p, unsigned int i)
{
	bool get = p->ev->call->row->args[i].dir == LINX_DIR_OUT;
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	uint64_t len = get ? (linx_put_ok(p) ? (uint64_t)p->ev->ret : 0) : (uint32_t)linx_reg(p, i - 1);
	size_t n = len < CPU_SET_MAX ? len : CPU_SET_MAX;
	const uint8_t *set = linx_put_mem(p, addr, n ? n : 1);

	if (get && !linx_put_ok(p))
		linx_put_addr(p, addr);
	else if (addr && !len)
		put_cpus(p, NULL, 0, false);
	else if (set)
		put_cpus(p, set, n, n < len);
	else
		linx_put_addr(p, addr);
}
