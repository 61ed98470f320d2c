// SPDX-License-Identifier: LGPL-2.1-or-later
/* Heads of pages: see pods/pod_list.h. */
#include "pods/pod_list.h"

#include <stdio.h>
#include <string.h>

static bool take(char *to, size_t max, const cJSON *from)
{
	const char *text = cJSON_GetStringValue(from);

	if (text && strlen(text) > max)
		return false;
	snprintf(to, max + 1, "%s", text ? text : "");
	return true;
}

static bool read_meta(struct list_head *h, const cJSON *meta)
{
	return take(h->version, LIST_VERSION_MAX, cJSON_GetObjectItemCaseSensitive(meta, "resourceVersion")) && h->version[0] &&
	       take(h->token, LIST_TOKEN_MAX, cJSON_GetObjectItemCaseSensitive(meta, "continue"));
}

bool list_head_read(struct list_head *h, const cJSON *page)
{
	*h = (struct list_head){ 0 };
	return read_meta(h, cJSON_GetObjectItemCaseSensitive(page, "metadata"));
}

/* Returns the offset after the string that begins at i; len: its end is missing. */
static size_t string_end(const char *s, size_t len, size_t i)
{
	for (i++; i < len && s[i] != '"'; i++)
		i += s[i] == '\\';
	return i < len ? i + 1 : len;
}

/* Returns the offset after the object or array that begins at i; 0: its end is missing. */
static size_t value_end(const char *s, size_t len, size_t i)
{
	size_t depth = 0;

	while (i < len) {
		depth += s[i] == '{' || s[i] == '[';
		depth -= s[i] == '}' || s[i] == ']';
		if (!depth)
			return i + 1;
		i = s[i] == '"' ? string_end(s, len, i) : i + 1;
	}
	return 0;
}

static size_t skip_blanks(const char *s, size_t len, size_t i)
{
	while (i < len && strchr(" \t\r\n", s[i]) && s[i])
		i++;
	return i;
}

/* Finds the object "metadata" among the members of the page itself. 0: it is not there. */
static size_t find_meta(const char *s, size_t len)
{
	static const char key[] = "\"metadata\"";
	size_t i = skip_blanks(s, len, 0), end, at;

	if (i >= len || s[i] != '{')
		return 0;
	for (i++; i < len && s[i] != '}';) {
		if (s[i] != '"') {
			i = s[i] == '{' || s[i] == '[' ? value_end(s, len, i) : i + 1;
			if (!i)
				return 0;
			continue;
		}
		end = string_end(s, len, i);
		at = skip_blanks(s, len, end);
		if (end - i == sizeof(key) - 1 && !memcmp(s + i, key, sizeof(key) - 1) && at < len && s[at] == ':') {
			at = skip_blanks(s, len, at + 1);
			return at < len && s[at] == '{' ? at : 0;
		}
		i = end;
	}
	return 0;
}

bool list_head_find(struct list_head *h, const char *text, size_t len)
{
	size_t at = find_meta(text, len), end = at ? value_end(text, len, at) : 0;
	cJSON *meta = end ? cJSON_ParseWithLength(text + at, end - at) : NULL;
	bool found;

	*h = (struct list_head){ 0 };
	found = cJSON_IsObject(meta) && read_meta(h, meta);
	cJSON_Delete(meta);
	return found;
}
