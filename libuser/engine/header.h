/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stream header: facts about where a stream was recorded, in memory and in a capture file. */
#ifndef LINX_HEADER_H
#define LINX_HEADER_H

#include "engine/capture_format.h"
#include "engine/engine.h"

/* "monotonic", ...; "clock-N" for what this library does not know. */
void linx_header_set_clock(struct linx_header *h, uint32_t clock_id);
/* Let info point to h's own strings; after they were filled. */
void linx_header_link(struct linx_header *h);
void linx_header_free(struct linx_header *h);
/* All but the facts. */
void linx_header_drop_table(struct linx_header *h);
/* FNV-1a, 64 bit, of the table's text. */
uint64_t linx_table_hash(const void *text, size_t len);

/* The bytes of a section's header; the caller frees *out. */
int linx_header_compose(const struct linx_header *h, void **out, size_t *len);
/*
 * Is there a header that this library can read, as far as its fixed part tells?
 * head holds sizeof(struct linx_cap_head) bytes. name is for the error text.
 */
int linx_header_check(const struct linx_cap_head *head, const char *name, struct linx_error *err);
/* Take over a whole header, whose fixed part was checked; h is ended by linx_header_free(). */
int linx_header_parse(const void *buf, size_t len, const char *name, struct linx_header *h,
		      struct linx_error *err);

#endif
