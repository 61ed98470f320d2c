/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions of libraries that are loaded at run time. */
#ifndef LINX_SYMBOL_H
#define LINX_SYMBOL_H

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

/* Name of libbpf, versions 1.0 and later. */
#define LINX_LIBBPF "libbpf.so.1"

/*
 * Looks up a function, and stores its address in the function pointer that "to" points to. Returns false if the library
 * lacks it. C does not convert the data pointer of dlsym() to a function pointer, hence the copy.
 */
static inline bool linx_symbol_find(void *handle, const char *name, void *to)
{
	void *p = dlsym(handle, name);

	memcpy(to, &p, sizeof(p));
	return p;
}

#endif
