// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of frames as text: see flame/flame.h. */
#include <stdio.h>
#include <string.h>

#include "flame/flame.h"

/*
 * Returns the code point of the UTF-8 sequence at s, and sets *n to its length. 0x10000 stands for all sequences of
 * four bytes.
 */
static unsigned int code_point(const char *s, size_t *n)
{
	const unsigned char *u = (const unsigned char *)s;

	*n = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	if (*n == 2)
		return (u[0] & 0x1fu) << 6 | (u[1] & 0x3fu);
	if (*n == 3)
		return (u[0] & 0x0fu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
	return *n == 1 ? u[0] : 0x10000;
}

/* True for ';', which separates frames, and for characters that linx_escape() leaves but XML does not allow. */
static bool is_escaped(unsigned int c)
{
	return c == ';' || c == 0xfffe || c == 0xffff;
}

bool flame_name(const struct flame_frame *frame, struct redact *redact, char to[FLAME_NAME_MAX])
{
	size_t len = strlen(frame->name), n, at = 0;
	const char *shown = redact ? redact_apply(redact, LINX_FORM_PLAIN, frame->name, &len) : frame->name;
	char raw[FLAME_NAME_MAX / LINX_ESCAPE_MAX], text[FLAME_NAME_MAX];

	if (!shown)
		return false;
	snprintf(raw, sizeof(raw), "%.*s", (int)len, shown);
	linx_escape(text, sizeof(text), raw);
	for (const char *s = text; *s && at + 9 < FLAME_NAME_MAX; s += n) {
		unsigned int c = code_point(s, &n);

		if (is_escaped(c))
			at += (size_t)snprintf(to + at, FLAME_NAME_MAX - at, "\\u%04x", c);
		else
			at += (size_t)snprintf(to + at, FLAME_NAME_MAX - at, "%.*s", (int)n, s);
	}
	to[at] = '\0';
	return true;
}
