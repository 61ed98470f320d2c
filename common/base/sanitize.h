/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text from elsewhere (names of files, lines of another system's files) made
 * fit to be shown: what would move a terminal, or begin a line, is escaped as
 * the library escapes it in events.
 */
#ifndef LINXCAP_SANITIZE_H
#define LINXCAP_SANITIZE_H

#include <stddef.h>

/* Longest text that one byte becomes. */
#define PLAIN_MOST 4u

/* Escapes as much of text as fits, with a NUL behind it; returns the length. */
size_t plain_text(char *to, size_t size, const char *text);

#endif
