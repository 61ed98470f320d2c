/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A buffer of bytes that grows. */
#ifndef STORE_BYTES_H
#define STORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	char *data; /* NULL: empty */
	size_t len, room;
	bool failed; /* there was no memory: bytes are missing */
};

void bytes_free(struct bytes *b);
/* Removes all bytes, and keeps the memory. */
void bytes_clear(struct bytes *b);
/* Appends n bytes and returns their address, so that the caller can write them. NULL: no memory; b->failed is set. */
char *bytes_more(struct bytes *b, size_t n);
void bytes_put(struct bytes *b, const void *data, size_t n);
/* Appends text without its zero byte. A zero byte follows the buffer's last byte after each call. */
void bytes_print(struct bytes *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
