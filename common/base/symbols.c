// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loads libraries: see base/symbols.h. */
#include "base/symbols.h"

#include <dlfcn.h>
#include <string.h>

bool symbols_load(const char *library, const struct symbol *symbols, size_t n)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL), *found;

	for (size_t i = 0; handle && i < n; i++) {
		found = dlsym(handle, symbols[i].name);
		if (!found)
			return false;
		/* C does not convert a data pointer to a function pointer */
		memcpy(symbols[i].to, &found, sizeof(found));
	}
	return handle;
}
