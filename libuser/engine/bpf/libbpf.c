// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds libbpf and its functions: see engine/bpf/libbpf.h. */
#include <errno.h>
#include <string.h>

#include "base/symbol.h"
#include "engine/bpf/libbpf.h"

static const char *find_all(struct linx_libbpf *b)
{
#define FIND(name)                                         \
	if (!linx_symbol_find(b->handle, #name, &b->name)) \
		return #name;
	LINX_LIBBPF_FUNCTIONS(FIND)
#undef FIND
	return NULL;
}

int linx_libbpf_open(struct linx_libbpf *b, struct linx_error *err)
{
	const char *missing;

	memset(b, 0, sizeof(*b));
	b->handle = dlopen(LINX_LIBBPF, RTLD_NOW | RTLD_LOCAL);
	if (!b->handle)
		return linx_fail(err, -ENOENT, "engine bpf: %s is not there; install the package libbpf1", LINX_LIBBPF);
	missing = find_all(b);
	if (!missing)
		return 0;
	linx_libbpf_close(b);
	return linx_fail(err, -ENOENT, "engine bpf: %s has no %s; install libbpf 1.0 or later", LINX_LIBBPF, missing);
}

void linx_libbpf_close(struct linx_libbpf *b)
{
	if (b->handle)
		dlclose(b->handle);
	b->handle = NULL;
}
