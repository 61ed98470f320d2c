/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The data of one event, as the host keeps it and writes it to captures: a head, an offset for each part, the
 * texts with a NUL behind each. Numbers are in the machine's byte order, like those of the host's captures.
 * Data that is read may come from a foreign file.
 */
#ifndef LINX_PLUGIN_DATA_H
#define LINX_PLUGIN_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATA_VERSION 1

enum data_kind {
	DATA_CALL = 1, /* parts of plugin/fields.h */
	DATA_LOSS = 2, /* one part: a line of JSON */
};

/* Bound of the bytes that data_write() needs for a text of len bytes with so many parts. */
size_t data_room(size_t len, unsigned int parts);
/*
 * Writes the data of an event at to. text: its parts, each behind a PART_MARK. Content longer than most bytes
 * is cut to that, and ends in "..."; 0: no limit. Returns the bytes written; 0: text has another number of
 * parts.
 */
size_t data_write(void *to, enum data_kind kind, const char *text, size_t len, unsigned int parts, size_t most);

/*
 * Cuts a text longer than most bytes at a whole character, and ends it in "...", for which there is always
 * room. Returns its length.
 */
size_t data_cut(char *text, size_t len, size_t most);

/* A reader of data, which stays the caller's. */
struct data {
	const char *texts;
	const uint8_t *offsets;
	size_t len; /* bytes of texts; the last byte is a NUL */
	unsigned int parts;
	enum data_kind kind;
};
/* Checks data and begins to read. False: it is no event of this plugin. */
bool data_read(struct data *d, const void *data, size_t len);
/* Gets part i; NULL: there is none. */
const char *data_part(const struct data *d, unsigned int i);

#endif
