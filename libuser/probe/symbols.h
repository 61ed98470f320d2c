/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of the kernel's functions by name, from /proc/kallsyms, which is read once. */
#ifndef LINX_PROBE_SYMBOLS_H
#define LINX_PROBE_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

struct linx_symbols;

/*
 * Reads the symbols from a file in the form of /proc/kallsyms. 0: *out is to be freed by linx_symbols_free(); -ENOMEM;
 * -EACCES: the file shows no addresses; -errno.
 */
int linx_symbols_read(const char *path, struct linx_symbols **out);
void linx_symbols_free(struct linx_symbols *s);
/*
 * Finds the functions with a name, in a module (NULL: in the kernel's image), by rising address. Returns how many there
 * are; the first "most" addresses are written to addrs.
 */
size_t linx_symbols_functions(const struct linx_symbols *s, const char *module, const char *name, uint64_t *addrs, size_t most);
/* Returns the address of a symbol of any type in the kernel's image; 0: there is none. */
uint64_t linx_symbols_address(const struct linx_symbols *s, const char *name);

#endif
