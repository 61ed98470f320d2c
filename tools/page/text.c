// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Texts of the page as JSON. Strings never contain '<', '>' or '&', so that no text can end the HTML element in which a
 * saved page has its data.
 */
#include <stdlib.h>
#include <string.h>

#include "base/parse_value.h"
#include "page/page.h"

/* Writes text, which is UTF-8, as a part of a string of JSON. */
static void put_escaped(const char *text, FILE *to)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < 0x20 || c == 0x7f || strchr("<>&'", c))
			fprintf(to, "\\u%04x", c);
		else
			fputc(c, to);
	}
}

/* Writes a string of JSON. Control characters and bytes that are not UTF-8 become escapes as in C. False: no memory. */
static bool put_string(const char *text, FILE *to)
{
	size_t size = strlen(text) * LINX_ESCAPE_MAX + 1;
	char *escaped = malloc(size);

	if (!escaped)
		return false;
	linx_escape(escaped, size, text);
	fputc('"', to);
	put_escaped(escaped, to);
	fputc('"', to);
	free(escaped);
	return true;
}

/* Returns a copy of the text with secrets blanked; NULL: out of memory. */
static char *blank(struct page *p, enum linx_text_form form, const char *text, size_t len)
{
	const char *shown;
	char *copy;

	if (!p->redact)
		return strndup(text, len);
	pthread_mutex_lock(&p->redact_lock);
	shown = redact_apply(p->redact, form, text, &len);
	copy = shown ? strndup(shown, len) : NULL;
	pthread_mutex_unlock(&p->redact_lock);
	return copy;
}

bool page_put_text(struct page *p, const char *text, FILE *to)
{
	char *shown = blank(p, LINX_FORM_PLAIN, text, strlen(text));
	bool ok = shown && put_string(shown, to);

	free(shown);
	return ok;
}

/* Writes one line as a JSON string without its newline, with secrets blanked. form: how the line shows strings. */
static bool put_line(struct page *p, enum linx_text_form form, const char *line, size_t len, FILE *to)
{
	char *shown = blank(p, form, line, len && line[len - 1] == '\n' ? len - 1 : len);
	bool ok = shown && put_string(shown, to);

	free(shown);
	return ok;
}

bool page_put_line(struct page *p, const char *line, size_t len, FILE *to)
{
	return put_line(p, LINX_FORM_QUOTED, line, len, to);
}

bool page_put_data(struct page *p, const char *data, size_t len, FILE *to)
{
	return put_line(p, LINX_FORM_PLAIN, data, len, to);
}

bool page_put_json_text(struct page *p, const char *json, size_t len, FILE *to)
{
	return put_line(p, LINX_FORM_JSON, json, len, to);
}

bool page_put_json(struct page *p, const char *json, size_t len, FILE *to)
{
	char *shown = blank(p, LINX_FORM_JSON, json, len);
	bool ok = shown;

	/* in JSON '<', '>' and '&' occur only within strings, where an escape may replace them */
	for (const char *s = shown; s && *s; s++)
		if (strchr("<>&", *s))
			fprintf(to, "\\u%04x", (unsigned char)*s);
		else if (*s != '\n')
			fputc(*s, to);
	free(shown);
	return ok;
}

uint64_t page_number(const struct page_query *q, const char *name, uint64_t otherwise, uint64_t most)
{
	const char *word = q->get(q->data, name);
	uint64_t n;

	if (!word || !value_number(word, &n))
		return otherwise;
	return n < most ? n : most;
}

unsigned int page_refuse(FILE *to, unsigned int status, const char *text)
{
	fputs("{\"error\":", to);
	if (!put_string(text, to))
		return 0;
	fputc('}', to);
	return status;
}

const char *page_no_parameter(void *data, const char *name)
{
	(void)data, (void)name;
	return NULL;
}
