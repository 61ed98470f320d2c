// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes arch_prctl(2): the option determines the argument and the result. */
#include "decoders/decoders.h"
#include "table/flagsets.h"

enum {
	GET_FS = 0x1003,
	GET_GS = 0x1004,
	GET_CPUID = 0x1011,
	GET_XCOMP_SUPP = 0x1021,
	GET_XCOMP_PERM = 0x1022,
	REQ_XCOMP_PERM = 0x1023,
	GET_XCOMP_GUEST_PERM = 0x1024,
	REQ_XCOMP_GUEST_PERM = 0x1025,
};

static void put_stored_word(struct linx_put *p, uint64_t addr)
{
	p->late = true;
	if (linx_put_stored(p))
		linx_put_ptr(p, &linx_ty_addr, addr);
	else
		linx_put_addr(p, addr);
}

/*
 * Writes the mask of features that the call stored, as a number with names in a comment: programs have no names
 * for these bits.
 */
static void put_stored_features(struct linx_put *p, uint64_t addr)
{
	int64_t mask;

	p->late = true;
	if (!linx_put_stored(p) || !linx_put_mem_int(p, addr, 8, false, &mask)) {
		linx_put_addr(p, addr);
		return;
	}
	linx_put_text(p, "[");
	linx_put_explained(p, &linx_set_x86_features, (uint64_t)mask, 8, 'x');
	linx_put_text(p, "]");
}

static void put_argument(struct linx_put *p, uint32_t option, uint64_t arg)
{
	switch (option) {
	case GET_FS:
	case GET_GS:
		put_stored_word(p, arg);
		break;
	case GET_XCOMP_SUPP:
	case GET_XCOMP_PERM:
	case GET_XCOMP_GUEST_PERM:
		put_stored_features(p, arg);
		break;
	case REQ_XCOMP_PERM:
	case REQ_XCOMP_GUEST_PERM:
		linx_put_explained(p, &linx_set_x86_feature, arg, linx_ty_ulong.size[p->abi], 'x');
		break;
	default:
		linx_put_hex(p, arg);
	}
}

void linx_call_arch_prctl(struct linx_put *p)
{
	uint32_t option = (uint32_t)linx_reg(p, 0);
	bool asks = option == REQ_XCOMP_PERM || option == REQ_XCOMP_GUEST_PERM;

	linx_put_arg(p, 0);
	if (option == GET_CPUID) {
		linx_put_hidden(p, 1);
		return;
	}
	if (linx_put_argname(p, 1))
		put_argument(p, option, (uint64_t)linx_reg_as(p, 1, &linx_ty_ulong));
	p->late = false;
	p->plain = false;
	if (asks && linx_put_ok(p) && p->ev->ret > 0) {
		p->ret_hex = true;
		linx_put_aux_flags(p, &linx_set_x86_features, (uint64_t)p->ev->ret);
	}
}
