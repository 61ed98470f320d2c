/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the addresses of functions by name, with functions that the kernel exports. Implemented in probe/symbol.c. */
#ifndef LINX_KMOD_SYMBOL_H
#define LINX_KMOD_SYMBOL_H

#include <linux/types.h>

/*
 * Returns the address of a kernel symbol; if several have the name, that of one of them. Returns 0 if there is none, or
 * if the kernel has no kprobes. Process context, may sleep; needs no lock.
 */
unsigned long linx_symbol_address(const char *name);
/*
 * Finds the functions with a name, FUNCTION or MODULE:FUNCTION, and stores the addresses of at most max of them in
 * rising order. Returns their number, -ENOENT, -E2BIG or another -errno. Process context; linx_probes_lock is held.
 */
int linx_symbol_find(const char *name, unsigned long *to, unsigned int max);
/*
 * Returns the size in bytes of the function that begins at the address, up to the next one; 0: none begins there, or
 * there is no memory. Process context.
 */
unsigned long linx_symbol_size(unsigned long addr);
/* Frees the table of the kernel's functions. linx_probes_lock is held. */
void linx_symbol_forget(void);

#endif
