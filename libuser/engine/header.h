/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stream header: facts about where a stream was recorded, in memory and in a capture file. */
#ifndef LINX_HEADER_H
#define LINX_HEADER_H

#include "engine/capture_format.h"
#include "engine/engine.h"

/* Sets clock_id and clock_name: "monotonic", ...; "clock-N" for a clock that this library does not know. */
void linx_header_set_clock(struct linx_header *h, uint32_t clock_id);
/* Sets the pointers of h->info to h's own strings. Called when *h will not be moved any more. */
void linx_header_link(struct linx_header *h);
void linx_header_free(struct linx_header *h);
/* Frees the text of the table of calls; the other members stay. */
void linx_header_drop_table(struct linx_header *h);
/* Returns the hash of the table's text: FNV-1a, 64 bit. */
uint64_t linx_table_hash(const void *text, size_t len);

/* Composes the bytes of a section's header; the caller frees *out. 0 or -ENOMEM. */
int linx_header_compose(const struct linx_header *h, void **out, size_t *len);
/*
 * Checks the fixed part of a header, LINX_CAP_HEAD_SIZE_V1 bytes. 0: this library can read it, as far as that part
 * shows; -EBADMSG. name is for the error text.
 */
int linx_header_check(const struct linx_cap_head *head, const char *name, struct linx_error *err);
/* Parses a whole header, whose fixed part was checked; *h is ended by linx_header_free(). 0, -EBADMSG or -ENOMEM. */
int linx_header_parse(const void *buf, size_t len, const char *name, struct linx_header *h,
		      struct linx_error *err);

#endif
