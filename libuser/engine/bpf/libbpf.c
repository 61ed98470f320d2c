// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds libbpf and its functions: see engine/bpf/libbpf.h. */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "base/array_size.h"
#include "base/symbol.h"
#include "engine/bpf/libbpf.h"

int linx_libbpf_open(struct linx_libbpf *b, struct linx_error *err)
{
#define ROW(name) { #name, &b->name },
	const struct linx_symbol symbols[] = { LINX_LIBBPF_FUNCTIONS(ROW) };
#undef ROW

	memset(b, 0, sizeof(*b));
	b->handle = linx_symbols_load("engine bpf", symbols, ARRAY_SIZE(symbols), err);
	return b->handle ? 0 : -ENOENT;
}

void linx_libbpf_close(struct linx_libbpf *b)
{
	if (b->handle)
		dlclose(b->handle);
	b->handle = NULL;
}
