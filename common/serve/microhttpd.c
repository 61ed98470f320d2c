// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loads libmicrohttpd: see serve/microhttpd.h. */
#include "serve/microhttpd.h"

#ifdef MICROHTTPD_FUNCTIONS
#include "base/array_size.h"
#include "base/symbols.h"

bool microhttpd_load(struct microhttpd *m)
{
#define MICROHTTPD_ROW(member, symbol) { #symbol, &m->member },
	const struct symbol symbols[] = { MICROHTTPD_FUNCTIONS(MICROHTTPD_ROW) };
#undef MICROHTTPD_ROW

	return symbols_load("libmicrohttpd.so.12", symbols, ARRAY_SIZE(symbols));
}
#endif
