/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line that the user edits, as FILTER and the text of a search, and the completion of field names in it. */
#ifndef LINXCAP_TOP_EDIT_H
#define LINXCAP_TOP_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#define TOP_EDIT_MAX 1024u

struct top_edit {
	char text[TOP_EDIT_MAX]; /* UTF-8 */
	size_t len, at; /* bytes, and the place of the cursor among them */
};

void top_edit_set(struct top_edit *e, const char *text);
/* Inserts a character, of several bytes in UTF-8. False: there is no room. */
bool top_edit_insert(struct top_edit *e, const char *bytes, size_t n);
void top_edit_erase(struct top_edit *e); /* the character in front of the cursor */
void top_edit_delete(struct top_edit *e); /* the character behind it */
void top_edit_left(struct top_edit *e);
void top_edit_right(struct top_edit *e);
void top_edit_clear(struct top_edit *e); /* all in front of the cursor */

/*
 * Completes the name of a field in front of the cursor as far as it is sure. Writes the names that are possible to
 * names, separated by blanks, at most size bytes. Returns their number.
 */
unsigned int top_edit_complete(struct top_edit *e, char *names, size_t size);

#endif
