// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes calls that map memory, which pass their arguments in different ways. */
#include "decoders/decoders.h"

#define REMAP_MAYMOVE 1u
#define REMAP_PLACED 6u /* MREMAP_FIXED, MREMAP_DONTUNMAP: with MREMAP_MAYMOVE, the new address is an argument */

/* Writes the arguments of mmap2, whose offset is in pages; it is shown in bytes, as in mmap(2). */
void linx_call_mmap2(struct linx_put *p)
{
	for (unsigned int i = 0; i < 5; i++)
		linx_put_arg(p, i);
	if (linx_put_argname(p, 5))
		linx_put_hex(p, linx_reg(p, 5) << 12);
}

/* Writes the arguments of mremap(2). The new address is used only with some flags, and shown only then. */
void linx_call_mremap(struct linx_put *p)
{
	uint64_t flags = linx_reg(p, 3);

	linx_put_first_args(p, flags & REMAP_MAYMOVE && flags & REMAP_PLACED ? 5 : 4);
}

/*
 * Writes the arguments of the old mmap, which are in a structure; in text, as if they were arguments of the
 * call.
 */
void linx_call_old_mmap(struct linx_put *p)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, 0, &linx_ty_addr);
	const struct linx_ty *ty = &linx_ty_mmap_arg_struct;
	size_t size = linx_type_size(ty, p->abi), n = size, at;
	/* linx_put_mem() would not find the structure where structures are shown as addresses (-e verbose=) */
	const uint8_t *data = linx_put_mem_some(p, addr, &n);
	struct linx_obj o = { ty, data, size, addr };

	if (!data || n < size || linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_arg(p, 0);
		return;
	}
	for (unsigned int i = 0; i < ty->nmembers; i++) {
		const struct linx_type_member *m = linx_member_find(p, &o, ty->members[i].name, &at);

		linx_put_item(p);
		linx_put_num(p, m->ty, m->set, linx_type_load(m->ty, p->abi, data + at));
	}
}
