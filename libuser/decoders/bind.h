/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Binding of the words of a table to the types, sets and functions of this library. bind.c */
#ifndef LINX_BIND_H
#define LINX_BIND_H

struct linx_table;

/* Binds a table, once, after linx_table_parse() and before anything is decoded or printed with it. */
void linx_table_bind(struct linx_table *t);

#endif
