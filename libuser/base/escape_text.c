// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx_escape(): makes untrusted text, such as names of files, safe for a terminal. */
#include <stdlib.h>
#include <string.h>

#include <linx/linx.h>

#include "base/escape.h"

/* Special characters that stay as they are: frequent in messages, and harmless to a terminal. */
static const char unescaped[] = "\"\\";

static void put_escaped(struct linx_strbuf *o, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, unescaped);

		linx_strbuf_text(o, text, n);
		text += n;
		n = strspn(text, unescaped);
		linx_strbuf_mem(o, text, n);
		text += n;
	}
}

void linx_escape_mask(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text >= 0x7f) /* bytes beyond ASCII are negative where char is signed */
			*text = '?';
}

/* Returns the length of the escape that begins here: a backslash, and a letter or up to three octal digits. */
static size_t escape_length(const char *text)
{
	size_t n = 1;

	while (n < LINX_ESCAPE_MAX && text[n] >= '0' && text[n] <= '7')
		n++;
	return n > 1 ? n : 2;
}

/* Returns the length, at most len, at which the text can end without cutting a UTF-8 letter or an escape in two. */
static size_t whole_letters(const char *text, size_t len)
{
	size_t at = len;

	while (at && ((uint8_t)text[at] & 0xc0) == 0x80)
		at--;
	for (size_t n = 1; n < LINX_ESCAPE_MAX && n <= at; n++)
		if (text[at - n] == '\\' && escape_length(text + at - n) > n)
			return at - n;
	return at;
}

size_t linx_escape(char *to, size_t size, const char *text)
{
	struct linx_strbuf o = { NULL, 0, 0, false };
	size_t len;

	if (!size)
		return 0;
	put_escaped(&o, text);
	len = o.failed ? strlen(text) : o.len;
	if (len > size - 1)
		len = o.failed ? size - 1 : whole_letters(o.data, size - 1);
	if (len)
		memcpy(to, o.failed ? text : o.data, len);
	to[len] = '\0';
	if (o.failed)
		linx_escape_mask(to);
	free(o.data);
	return len;
}
