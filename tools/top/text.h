/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Texts for a terminal, with their width in columns.
 *
 * The directory top/ has the screen of linxcap top: its model (tables, lists of events, the heat map, the kept events),
 * its keys, and its drawing. It opens no source; trace/destinations/top.c gives it events.
 */
#ifndef LINXCAP_TOP_TEXT_H
#define LINXCAP_TOP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes a text so that a terminal shows each character in its place: at most size bytes with the NUL, and as many
 * whole characters as fit into "most" columns. Control characters, marks that change the direction of text, characters
 * without a width and emoji become \u{HEX}, and bytes that are not UTF-8 become \xHEX. utf8 false: all characters
 * beyond ASCII become \u{HEX}. Returns the number of columns.
 */
int top_text(char *to, size_t size, const char *from, int most, bool utf8);
/* Returns how many bytes of the text "from" fit into "most" columns, when written by top_text(). */
size_t top_text_fit(const char *from, int most, bool utf8);
/* Returns the number of columns that the whole text takes. */
int top_text_width(const char *from, bool utf8);
/* Returns the longest end of a text that takes at most so many columns. */
const char *top_text_end(const char *from, int most, bool utf8);

#endif
