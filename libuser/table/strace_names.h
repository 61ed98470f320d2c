/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of arguments in strace, where they differ from the names in the table of calls. */
#ifndef LINX_TABLE_STRACE_NAMES_H
#define LINX_TABLE_STRACE_NAMES_H

/*
 * Returns the name that `strace -N` gives argument i of a row of the table of calls; NULL: the name in the row.
 */
const char *linx_strace_name(const char *row, unsigned int i);

#endif
