/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Binds the words of a table of calls to the types, sets and functions of this library; in bind.c. */
#ifndef LINX_BIND_H
#define LINX_BIND_H

struct linx_table;

/*
 * Binds a table. Called once, after linx_table_parse() and before anything is decoded or printed with the
 * table.
 */
void linx_table_bind(struct linx_table *t);

#endif
