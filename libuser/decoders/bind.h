/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the words of a table to the types, sets and functions that this library has for them. bind.c */
#ifndef LINX_BIND_H
#define LINX_BIND_H

struct linx_table;

/* Once, after linx_table_parse() and before anything is decoded or printed with the table. */
void linx_table_bind(struct linx_table *t);

#endif
