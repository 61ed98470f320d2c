/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of arguments in strace. */
#ifndef LINX_TABLE_STRACE_NAMES_H
#define LINX_TABLE_STRACE_NAMES_H

/* The name that `strace -N` gives argument i of a row of the table; NULL: the row's own. */
const char *linx_strace_name(const char *row, unsigned int i);

#endif
