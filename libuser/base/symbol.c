// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loads libbpf: see base/symbol.h. */
#include "base/symbol.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#define LIBBPF "libbpf.so.1"

void *linx_symbols_load(const char *what, const struct linx_symbol *symbols, size_t n, struct linx_error *err)
{
	void *handle = dlopen(LIBBPF, RTLD_NOW | RTLD_LOCAL), *found;

	if (!handle) {
		linx_fail(err, -ENOENT, "%s: %s is not there; install the package libbpf1", what, LIBBPF);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		found = dlsym(handle, symbols[i].name);
		if (!found) {
			linx_fail(err, -ENOENT, "%s: %s has no %s; install libbpf 1.0 or later", what, LIBBPF, symbols[i].name);
			dlclose(handle);
			return NULL;
		}
		/* C does not convert a data pointer to a function pointer */
		memcpy(symbols[i].to, &found, sizeof(found));
	}
	return handle;
}
