/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line that the user edits, such as FILTER or the text of a search, and the completion of field names in it. */
#ifndef LINXCAP_TOP_EDIT_H
#define LINXCAP_TOP_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#define TOP_EDIT_MAX 1024u

struct top_edit {
	char text[TOP_EDIT_MAX]; /* UTF-8 */
	size_t len, at; /* length of the text, and offset of the cursor in it, in bytes */
};

void top_edit_set(struct top_edit *e, const char *text);
/* Inserts a character at the cursor: n bytes of UTF-8. False: there is no room. */
bool top_edit_insert(struct top_edit *e, const char *bytes, size_t n);
void top_edit_erase(struct top_edit *e); /* removes the character before the cursor */
void top_edit_delete(struct top_edit *e); /* removes the character at the cursor */
void top_edit_left(struct top_edit *e);
void top_edit_right(struct top_edit *e);
void top_edit_clear(struct top_edit *e); /* removes all characters before the cursor */

/*
 * Completes the name of a field before the cursor, as far as all fields that begin so have the same characters. Writes
 * the names of these fields to "names", separated by blanks, at most size bytes. Returns how many there are.
 */
unsigned int top_edit_complete(struct top_edit *e, char *names, size_t size);

#endif
