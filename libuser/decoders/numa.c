// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes NUMA calls: masks of nodes in longs, and lists of pages and of their nodes. */
#include <stdio.h>

#include "decoders/decoders.h"
#include "table/flagsets.h"

/* linux/mempolicy.h */
#define F_NUMA_BALANCING 0x2000u
#define F_RELATIVE_NODES 0x4000u
#define F_STATIC_NODES 0x8000u
#define POLICY_FLAGS ((uint64_t)(F_NUMA_BALANCING | F_RELATIVE_NODES | F_STATIC_NODES))

#define MBIND_ARGS 6u
#define MBIND_MODE 2u
#define PAGE_BITS 12
#define PAGE_MASK ((1u << PAGE_BITS) - 1)

static int arg_named(const struct linx_put *p, const char *name)
{
	const struct linx_table_row *row = p->ev->call->row;

	for (unsigned int i = 0; i < row->nargs; i++)
		if (!strcmp(row->args[i].name, name))
			return (int)i;
	return -1;
}

/* Writes a mask of nodes. The kernel uses maxnode - 1 bits of it. */
void linx_arg_nodemask(struct linx_put *p, unsigned int i)
{
	int k = arg_named(p, "maxnode");
	uint64_t max = k < 0 ? 0 : (uint64_t)linx_reg_as(p, (unsigned int)k, &linx_ty_ulong);
	uint64_t bits = linx_ty_culong.size[p->abi] * 8ull, n = (max + bits - 2) / bits;
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	bool out = p->ev->call->row->args[i].dir == LINX_DIR_OUT;

	if (linx_is_32(p->abi))
		n = (uint32_t)(max + bits - 2) / bits;
	if ((out && !linx_put_ok(p)) || n < max / bits || (max && !n))
		linx_put_addr(p, addr);
	else
		linx_put_array(p, &linx_ty_node_word, addr, n);
}

/* Writes a memory policy's mode and its flags: "MPOL_BIND|MPOL_F_STATIC_NODES". */
void linx_num_mempolicy(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	size_t size = ty->size[p->abi];
	uint64_t flags = (uint64_t)n & POLICY_FLAGS, kind = (uint64_t)n & ~POLICY_FLAGS;
	const struct linx_flag *name = linx_const_find(&linx_set_mempolicy_kind, kind, linx_ones(size));
	char text[160];

	if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_flags(p, &linx_set_mempolicy_mode, (uint64_t)n, size);
	} else if (!flags) {
		linx_put_flags(p, &linx_set_mempolicy_kind, kind, size);
	} else if (!name) {
		linx_put_flags(p, &linx_set_mempolicy_flags, (uint64_t)n, size);
	} else {
		snprintf(text, sizeof(text), "%s%s%s%s", name->name, flags & F_STATIC_NODES ? "|MPOL_F_STATIC_NODES" : "",
			 flags & F_RELATIVE_NODES ? "|MPOL_F_RELATIVE_NODES" : "", flags & F_NUMA_BALANCING ? "|MPOL_F_NUMA_BALANCING" : "");
		linx_put_symbol(p, n, 'x', text);
	}
}

/* Writes the arguments of mbind(2). Its mode is a long, that of other calls an int. */
void linx_call_mbind(struct linx_put *p)
{
	for (unsigned int i = 0; i < MBIND_ARGS; i++) {
		if (i == MBIND_MODE)
			linx_put_arg_as(p, i, &linx_ty_mempolicy_long);
		else
			linx_put_arg(p, i);
	}
}

/* Writes the policy that the call stored: "[MPOL_BIND]" */
void linx_arg_policy(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	int64_t policy;

	p->late = true;
	if (!linx_put_ok(p) || !linx_put_mem_int(p, addr, 4, false, &policy)) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_text(p, "[");
	linx_put_flags(p, &linx_set_mempolicy_kind, (uint64_t)policy, 4);
	linx_put_text(p, "]");
}

/* Writes the array of mincore(2): one byte for each page, of which only the lowest bit has a meaning. */
void linx_arg_mincore(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	uint64_t len = (uint64_t)linx_reg_as(p, 1, &linx_ty_size), n = (len >> PAGE_BITS) + !!(len & PAGE_MASK);

	p->late = true;
	if (linx_put_ok(p) || !n)
		linx_put_array(p, &linx_ty_resident, addr, n);
	else
		linx_put_addr(p, addr);
}

void linx_num_resident(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	linx_put_u64(p, n & 1);
}

/* ---- elements of arrays ------------------------------------------------------------------ */

void linx_put_addr_element(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_addr(p, (uint64_t)linx_type_load(&linx_ty_ptr, p->abi, o->data));
}

void linx_put_int_element(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_i64(p, linx_type_load(&linx_ty_int, p->abi, o->data));
}

void linx_put_status_element(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_error_number(p, linx_type_load(&linx_ty_int, p->abi, o->data), true);
}

void linx_put_gid_element(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_num(p, &linx_ty_gid, NULL, linx_type_load(&linx_ty_gid, p->abi, o->data));
}

void linx_put_gid16_element(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_num(p, &linx_ty_gid16, NULL, linx_type_load(&linx_ty_gid16, p->abi, o->data));
}
