/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes registers of a traced process. */
#ifndef LINX_REGSET_H
#define LINX_REGSET_H

#include "value/emit.h"

enum linx_regset { LINX_REGSET_GENERAL, LINX_REGSET_FPU };

/* Returns the bytes of a set of registers in the event's ABI. */
size_t linx_regset_size(const struct linx_put *p, enum linx_regset which);
/* Writes a set of registers of size bytes at addr. */
void linx_put_regset(struct linx_put *p, enum linx_regset which, uint64_t addr, uint64_t size);
/*
 * Writes the registers that the iovec at addr points to, of type NT_*. out: the call stores them and their
 * size.
 */
void linx_put_regset_iov(struct linx_put *p, uint32_t type, uint64_t addr, bool out);
/* Writes an offset in struct user: "8*ORIG_RAX". */
void linx_put_user_offset(struct linx_put *p, uint64_t offset);

#endif
