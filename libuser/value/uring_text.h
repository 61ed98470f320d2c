/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes io_uring operations as text and as JSON; in value/uring_text.c. */
#ifndef LINX_URING_TEXT_H
#define LINX_URING_TEXT_H

#include "value/emit.h"

/* Writes a remark on the operation, which ends the event's line: "IORING_OP_READ, offset 0". */
void linx_uring_text(struct linx_strbuf *o, const struct linx_event *ev);
/* Writes the member ,"io_uring":{...} of an event's JSON object. */
void linx_uring_json(struct linx_strbuf *o, const struct linx_style *style, const struct linx_event *ev);

#endif
