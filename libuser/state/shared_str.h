/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that are shared by all that inherited them: struct linx_text, whose data are counted by the texts that point to them. */
#ifndef LINX_TEXT_H
#define LINX_TEXT_H

#include <linx/state.h>

/* room: bytes that may still be kept. Without it, what is set has the state UNAVAILABLE. -ENOMEM */
int linx_shared_str_set(size_t *room, struct linx_text *text, const void *data, uint32_t len, uint8_t state);
/* What a value of a record tells; of one that is not there: nothing new. -ENOMEM */
int linx_shared_str_take(size_t *room, struct linx_text *text, const struct linx_value *v);
/* to is over before. */
void linx_shared_str_share(struct linx_text *to, const struct linx_text *from);
void linx_shared_str_drop(size_t *room, struct linx_text *text);

#endif
