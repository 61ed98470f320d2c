/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions of libbpf, which is loaded at run time. */
#ifndef LINX_SYMBOL_H
#define LINX_SYMBOL_H

#include "base/error.h"

struct linx_symbol {
	const char *name;
	void *to; /* pointer to a function pointer, which gets the address of the function */
};

/*
 * Loads libbpf 1.0 or later, and finds its functions. Returns a handle, which the caller ends with dlclose(). NULL: the
 * library or a function is not there; the error text begins with "what".
 */
void *linx_symbols_load(const char *what, const struct linx_symbol *symbols, size_t n, struct linx_error *err);

#endif
