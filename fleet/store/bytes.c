// SPDX-License-Identifier: LGPL-2.1-or-later
/* A buffer that grows: see store/bytes.h. */
#include "store/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){ 0 };
}

void bytes_clear(struct bytes *b)
{
	b->len = 0;
	b->failed = false;
}

char *bytes_more(struct bytes *b, size_t n)
{
	size_t room = b->len + n + 1 > 2 * b->room ? b->len + n + 1 : 2 * b->room;
	char *data = b->len + n < b->room ? b->data : realloc(b->data, room);

	if (!data) {
		b->failed = true;
		return NULL;
	}
	if (b->len + n >= b->room)
		b->room = room;
	b->data = data;
	b->len += n;
	data[b->len] = '\0';
	return data + b->len - n;
}

void bytes_put(struct bytes *b, const void *data, size_t n)
{
	char *to = bytes_more(b, n);

	if (to && n)
		memcpy(to, data, n);
}

void bytes_print(struct bytes *b, const char *fmt, ...)
{
	va_list args, again;
	int n;
	char *to;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	to = n < 0 ? NULL : bytes_more(b, (size_t)n);
	if (to)
		vsnprintf(to, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(args);
}
