/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Texts that processes share with the children that inherited them: the data that a struct
 * linx_text points to is reference-counted. room: memory budget left, in bytes.
 */
#ifndef LINX_SHARED_STR_H
#define LINX_SHARED_STR_H

#include <linx/state.h>

/*
 * Replaces a text by a copy of data. If the budget does not suffice, the text's state becomes LINX_UNAVAILABLE. -ENOMEM
 */
int linx_shared_str_set(size_t *room, struct linx_text *text, const void *data, uint32_t len, uint8_t state);
/* Replaces a text by the value of a record; an absent value changes nothing. -ENOMEM */
int linx_shared_str_take(size_t *room, struct linx_text *text, const struct linx_value *v);
/* Makes *to refer to the data of *from. *to is overwritten without being dropped, so it must not own data. */
void linx_shared_str_share(struct linx_text *to, const struct linx_text *from);
void linx_shared_str_drop(size_t *room, struct linx_text *text);

#endif
