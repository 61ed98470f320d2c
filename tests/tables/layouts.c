// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Part of tests/tables/check. Writes a C file of static assertions: the size of each structure in
 * libuser/decoders/structs/, and the offset of each member, must be those of the kernel's headers for that ABI. Where
 * the headers name a structure or a member differently, the compiler reports another error, which is ignored.
 * usage: layouts ABI-NUMBER
 */
#include "libuser/value/emit_type.c"

#include <stdio.h>
#include <stdlib.h>

static void assert_members(const struct linx_ty *ty, unsigned int abi)
{
	size_t end = 0;

	for (unsigned int i = 0; i < ty->nmembers; i++) {
		const struct linx_type_member *m = &ty->members[i];
		size_t at = member_at(ty, m, abi, end);

		end = at + member_size(m, abi);
		if (m->name && *m->name && m->kind != LINX_M_PAD && m->kind != LINX_M_CUSTOM)
			printf("_Static_assert(__builtin_offsetof(struct %s, %s) == %zu &&"
			       " sizeof(((struct %s *)0)->%s) == %zu, \"%s.%s\");\n",
			       ty->name, m->name, at, ty->name, m->name, end - at, ty->name, m->name);
	}
}

int main(int argc, char **argv)
{
	unsigned int abi = argc == 2 ? (unsigned int)atoi(argv[1]) : LINX_LAYOUTS;
	const struct linx_ty *ty;

	if (abi >= LINX_LAYOUTS)
		return 2;
	for (size_t i = 0; (ty = linx_type_at(i)); i++) {
		if (ty->kind != LINX_TY_STRUCT)
			continue;
		printf("_Static_assert(sizeof(struct %s) == %u, \"%s\");\n", ty->name, ty->size[abi], ty->name);
		assert_members(ty, abi);
	}
}
