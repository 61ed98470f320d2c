/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes text from other sources printable, such as file names or lines of foreign files. Control characters, which
 * could move a terminal's cursor or begin a line, are escaped as the library does it in events.
 */
#ifndef LINXCAP_SANITIZE_H
#define LINXCAP_SANITIZE_H

#include <stddef.h>

/* Most characters that one byte is escaped to. */
#define PLAIN_MOST 4u

/* Copies text to "to" with escapes, as much of it as fits, and appends a NUL. Returns the length. */
size_t plain_text(char *to, size_t size, const char *text);

#endif
