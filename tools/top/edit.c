// SPDX-License-Identifier: LGPL-2.1-or-later
/* A line that the user edits: see top/edit.h. */
#include <stdio.h>
#include <string.h>
#include <linx/linx.h>

#include "top/edit.h"

static bool is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

void top_edit_set(struct top_edit *e, const char *text)
{
	e->len = strlen(text);
	if (e->len >= sizeof(e->text))
		e->len = sizeof(e->text) - 1;
	memcpy(e->text, text, e->len);
	e->text[e->len] = '\0';
	e->at = e->len;
}

bool top_edit_insert(struct top_edit *e, const char *bytes, size_t n)
{
	if (e->len + n >= sizeof(e->text))
		return false;
	memmove(e->text + e->at + n, e->text + e->at, e->len - e->at + 1);
	memcpy(e->text + e->at, bytes, n);
	e->at += n;
	e->len += n;
	return true;
}

void top_edit_left(struct top_edit *e)
{
	while (e->at && is_inside(e->text[--e->at]))
		continue;
}

void top_edit_right(struct top_edit *e)
{
	if (e->at == e->len)
		return;
	do
		e->at++;
	while (is_inside(e->text[e->at]));
}

void top_edit_delete(struct top_edit *e)
{
	size_t from = e->at;

	top_edit_right(e);
	memmove(e->text + from, e->text + e->at, e->len - e->at + 1);
	e->len -= e->at - from;
	e->at = from;
}

void top_edit_erase(struct top_edit *e)
{
	if (!e->at)
		return;
	top_edit_left(e);
	top_edit_delete(e);
}

void top_edit_clear(struct top_edit *e)
{
	memmove(e->text, e->text + e->at, e->len - e->at + 1);
	e->len -= e->at;
	e->at = 0;
}

/* ---- completion ----------------------------------------------------------------------------- */

static bool is_of_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* Returns how many bytes at the beginning of a and b are the same. */
static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

unsigned int top_edit_complete(struct top_edit *e, char *names, size_t size)
{
	struct linx_field_info f;
	size_t begin = e->at, used = 0, len, sure = 0;
	const char *first = NULL;
	unsigned int n = 0;

	while (begin && is_of_name(e->text[begin - 1]))
		begin--;
	len = e->at - begin;
	names[0] = '\0';
	for (unsigned int i = 0; !linx_get_field(i, &f); i++) {
		if (!f.filters || strncmp(f.name, e->text + begin, len) != 0)
			continue;
		sure = first ? common(first, f.name) < sure ? common(first, f.name) : sure : strlen(f.name);
		first = first ? first : f.name;
		n++;
		if (used < size)
			used += (size_t)snprintf(names + used, size - used, "%s%s", n > 1 ? " " : "", f.name);
	}
	if (first && sure > len)
		top_edit_insert(e, first + len, sure - len);
	return n;
}
