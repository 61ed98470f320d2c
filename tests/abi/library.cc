/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compiles the library's header as C++, links a program with the library and runs it; native only, as the library is.
 */
#include <cstdio>
#include <cstring>
#include <linx/linx.h>

int main()
{
	struct linx_live_opts opts = {};
	struct linx_call_info call;
	struct linx_table *table = nullptr;
	bool found = false;

	opts.size = sizeof(opts);
	if (std::strlen(linx_version()) < 5 || linx_table_new_builtin(&table)) {
		std::fprintf(stderr, "no version or no table\n");
		return 1;
	}
	for (unsigned int i = 0; linx_table_get_call(table, i, &call) == 0; i++)
		found |= call.abi == LINX_ABI_X86_64 && call.nr == 257 && !std::strcmp(call.name, "openat");
	linx_table_free(table);
	if (!found)
		std::fprintf(stderr, "openat is not number 257 of x86_64\n");
	return !found;
}
