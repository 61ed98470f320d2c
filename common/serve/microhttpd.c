// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loads libmicrohttpd: see serve/microhttpd.h. */
#include "serve/microhttpd.h"

#ifdef MICROHTTPD_FUNCTIONS
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "base/array_size.h"

bool microhttpd_load(struct microhttpd *m)
{
	static const struct {
		const char *name;
		size_t at; /* offset of the member */
	} names[] = {
#define MICROHTTPD_NAME(member, symbol) { #symbol, offsetof(struct microhttpd, member) },
		MICROHTTPD_FUNCTIONS(MICROHTTPD_NAME)
#undef MICROHTTPD_NAME
	};
	void *symbol;

	m->library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; m->library && i < ARRAY_SIZE(names); i++) {
		symbol = dlsym(m->library, names[i].name);
		if (!symbol)
			return false;
		memcpy((char *)m + names[i].at, &symbol, sizeof(symbol));
	}
	return m->library;
}
#endif
