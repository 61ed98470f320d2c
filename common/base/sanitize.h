/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Text from elsewhere (names of files, lines of another system's files) made printable: bytes that would move
 * a terminal's cursor or begin a line are escaped, as the library escapes them in events.
 */
#ifndef LINXCAP_SANITIZE_H
#define LINXCAP_SANITIZE_H

#include <stddef.h>

/* Longest text that one byte becomes. */
#define PLAIN_MOST 4u

/* Escapes as much of text as fits, and appends a NUL. Returns the length. */
size_t plain_text(char *to, size_t size, const char *text);

#endif
