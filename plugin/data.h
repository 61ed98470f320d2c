/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The data of an event, as the host stores it in memory and writes it to its captures: a head, the offsets of the
 * parts, and the parts as texts, each with a NUL. Numbers have the byte order of the machine, as in the host's
 * captures. When data is read, it may come from a file that somebody else wrote.
 */
#ifndef LINX_PLUGIN_DATA_H
#define LINX_PLUGIN_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATA_VERSION 1

enum data_kind {
	DATA_CALL = 1, /* the parts that plugin/fields.h describes */
	DATA_LOSS = 2, /* two parts: the kind of loss, and a line of JSON */
};

/* Returns an upper limit of the bytes that data_write() writes for a text of len bytes with this number of parts. */
size_t data_room(size_t len, unsigned int parts);
/*
 * Writes the data of an event to "to". text: the parts, each after a PART_MARK. A part with more than "most" bytes is
 * cut to that length, and ends with "..."; most 0: no limit. Returns the number of bytes; 0: text does not have this
 * number of parts.
 */
size_t data_write(void *to, enum data_kind kind, const char *text, size_t len, unsigned int parts, size_t most);

/*
 * Cuts a text that has more than "most" bytes at the end of a character, and appends "...", which always fits. Returns
 * the new length.
 */
size_t data_cut(char *text, size_t len, size_t most);

/* State of reading an event's data, which it points into. */
struct data {
	const char *texts;
	const uint8_t *offsets;
	size_t len; /* bytes of texts; the last one is a NUL */
	unsigned int parts;
	enum data_kind kind;
};
/* Checks the data of an event, and prepares *d for reading. False: it is not the data of this plugin's events. */
bool data_read(struct data *d, const void *data, size_t len);
/* Returns the part with index i; NULL: there is none. */
const char *data_part(const struct data *d, unsigned int i);

#endif
