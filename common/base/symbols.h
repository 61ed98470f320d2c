/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions of libraries that are loaded at run time. Only the runs that use such a library need it. */
#ifndef LINXCAP_SYMBOLS_H
#define LINXCAP_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

struct symbol {
	const char *name;
	void *to; /* pointer to a function pointer, which gets the address of the function */
};

/*
 * Loads a library by the name of its file, and finds its functions. The library is not unloaded, as it may have
 * threads. False: it is not installed, or lacks a function.
 */
bool symbols_load(const char *library, const struct symbol *symbols, size_t n);

#endif
