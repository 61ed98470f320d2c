/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Registers of a traced process. */
#ifndef LINX_REGSET_H
#define LINX_REGSET_H

#include "value/emit.h"

enum linx_regset { LINX_REGSET_GENERAL, LINX_REGSET_FPU };

/* Bytes of a set of registers in the event's ABI. */
size_t linx_regset_size(const struct linx_put *p, enum linx_regset which);
/* Writes a set of registers of size bytes at addr. */
void linx_put_regset(struct linx_put *p, enum linx_regset which, uint64_t addr, uint64_t size);
/* Writes the registers behind an iovec at addr, by an NT_*; out: the call fills them and stores their size. */
void linx_put_regset_iov(struct linx_put *p, uint32_t type, uint64_t addr, bool out);
/* Writes a place in struct user: "8*ORIG_RAX". */
void linx_put_user_offset(struct linx_put *p, uint64_t offset);

#endif
