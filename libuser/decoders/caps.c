// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes sets of capabilities: two words for each set since the second version of the call. */
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define VERSION_2 0x20071026
#define VERSION_3 0x20080522

static uint64_t capability_bits(uint64_t low, uint64_t high)
{
	return low | high << 32;
}

static void put_bits(struct linx_put *p, const struct linx_obj *o, const char *name, const char *high_name)
{
	uint64_t low = (uint64_t)linx_member_num(p, o, name), high = (uint64_t)linx_member_num(p, o, high_name);

	linx_put_name(p, name);
	if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_flags(p, &linx_set_cap_bits, capability_bits(low, high), 8);
		return;
	}
	if (low || !high)
		linx_put_flags(p, &linx_set_cap_bits_low, low, 4);
	if (high) {
		linx_put_text(p, low ? "|" : "");
		linx_put_flags(p, &linx_set_cap_bits_high, high, 4);
	}
}

void linx_put_cap_data(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	put_bits(p, o, "effective", "effective_high");
	put_bits(p, o, "permitted", "permitted_high");
	put_bits(p, o, "inheritable", "inheritable_high");
	linx_put_close(p);
}

/*
 * Writes the sets. The header, to which the argument before this one points, determines the number of words of each
 * set.
 */
void linx_arg_cap_data(struct linx_put *p, unsigned int i)
{
	bool out = p->ev->call->row->args[i].dir == LINX_DIR_OUT, two;
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	uint64_t header = i ? (uint64_t)linx_reg_as(p, i - 1, &linx_ty_addr) : 0;
	size_t size = linx_type_size(&linx_ty_cap_data, p->abi);
	int64_t version;

	p->late = false;
	if ((out && !linx_put_ok(p)) || !linx_put_mem(p, header, 8) ||
	    !linx_put_mem_int(p, header, 4, false, &version)) {
		linx_put_addr(p, addr);
		return;
	}
	p->late = out;
	two = version == VERSION_2 || version == VERSION_3;
	linx_put_ptr_sized(p, &linx_ty_cap_data, addr, two ? size : size / 2);
}
