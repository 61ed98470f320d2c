// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses texts in which "%name" stands for a field's value. A piece is a constant text and the field that follows. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "rules/rule_set.h"

/* Characters of the names of fields and transformers. */
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";

/* Limit of a field's width: a larger number in a format is a mistake. */
#define WIDTH_MAX 1024u

void linx_rules_format_free(struct linx_rules_format *f)
{
	for (unsigned int i = 0; i < f->n; i++) {
		free(f->pieces[i].text);
		free(f->pieces[i].name);
	}
	for (unsigned int i = 0; i < f->ninner; i++)
		free(f->inner[i].name);
	free(f->inner);
	free(f->pieces);
	*f = (struct linx_rules_format){ 0 };
}

/* Copies the text up to the next field to "to". Returns the end of the text in s. */
static const char *take_text(const char *s, char *to)
{
	size_t n = strcspn(s, "%");

	memcpy(to, s, n);
	to[n] = '\0';
	return s + n;
}

/* Parses the width in "%10proc.name", to which the value is cut or padded. Returns the length of the number. */
static size_t take_width(const char *s, unsigned int *width)
{
	size_t n = 0;

	for (; s[n] >= '0' && s[n] <= '9'; n++)
		if (*width < WIDTH_MAX)
			*width = *width * 10 + (unsigned int)(s[n] - '0');
	return n;
}

/*
 * Parses linx.count, linx.key or linx.span, which outputs of linx_count and linx_sequence can show like fields. Returns
 * the length of the name; 0: s begins with another name.
 */
static size_t take_own(const char *s, enum linx_rules_own *own)
{
	static const char *const names[] = {
		[LINX_RULES_OWN_COUNT] = "linx.count", [LINX_RULES_OWN_KEY] = "linx.key", [LINX_RULES_OWN_SPAN] = "linx.span",
	};
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_.");

	while (n && s[n - 1] == '.')
		n--;
	for (size_t i = LINX_RULES_OWN_COUNT; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i]) != n || strncmp(s, names[i], n) != 0)
			continue;
		*own = (enum linx_rules_own)i;
		return n;
	}
	return 0;
}

/* Parses a field or a transformer that begins at s and goes on for n bytes at most. */
static int take_source(struct linx_rules *r, const char *s, size_t n, size_t *used, uint32_t *source, struct linx_cond_problem *why)
{
	char *text = strndup(s, n);
	int ret;

	if (!text)
		return -ENOMEM;
	ret = linx_cond_parse_source(r->tree, text, used, source, why);
	free(text);
	return ret;
}

/*
 * Finds the longest beginning of s that is a field or a transformer, as Falco does: in "%proc.name[%proc.pid]" and
 * "%proc.name_x" the field is proc.name, since proc.name takes no argument, and proc.name_x is not a field.
 */
static int take_longest(struct linx_rules *r, const char *s, size_t *used, uint32_t *source, struct linx_cond_problem *why)
{
	struct linx_cond_problem ignored;
	size_t n;
	int ret = linx_cond_parse_source(r->tree, s, used, source, why);

	if (ret == -EINVAL && *used && s[*used] == '[')
		ret = take_source(r, s, *used, used, source, &ignored);
	for (n = strspn(s, letters); ret == -EINVAL && memchr(s, '.', n); n--)
		ret = take_source(r, s, n, used, source, &ignored);
	return ret;
}

/*
 * Returns the length of a text in quotes, including the quotes. A text without a closing quote extends to the end of s.
 */
static size_t quoted_length(const char *s)
{
	size_t n = 1;

	while (s[n] && (s[n] != *s || s[n - 1] == '\\'))
		n++;
	return n + (s[n] != '\0');
}

static int add_inner(struct linx_rules *r, struct linx_rules_format *f, const char *s, size_t n)
{
	struct linx_rules_inner *p = realloc(f->inner, (f->ninner + 1) * sizeof(*p));
	struct linx_cond_problem why;
	size_t used;
	int ret;

	if (!p)
		return -ENOMEM;
	f->inner = p;
	p[f->ninner].name = strndup(s, n);
	if (!p[f->ninner].name)
		return -ENOMEM;
	ret = linx_cond_parse_source(r->tree, p[f->ninner].name, &used, &p[f->ninner].source, &why);
	f->ninner++;
	return ret;
}

/* Finds the fields in a transformer, which is n bytes long and was parsed before. */
static int find_inner(struct linx_rules *r, struct linx_rules_format *f, const char *s, size_t n)
{
	const char *end = s + n;
	int ret = 0;

	while (!ret && s < end) {
		size_t len = *s == '"' || *s == '\'' ? quoted_length(s) : 1, name = strspn(s, letters);

		if (isalpha((unsigned char)*s) && memchr(s, '.', name)) {
			len = name;
			if (s[len] == '[')
				len += strcspn(s + len, "]") + 1;
			ret = add_inner(r, f, s, len);
		} else if (name) {
			len = name;
		}
		s += len;
	}
	return ret;
}

/* Parses a field after its percent sign. *used: length of the field */
static int take_field(struct linx_rules *r, bool state, const char *s, struct linx_rules_shown *p, size_t *used, struct linx_cond_problem *why)
{
	int ret;

	*used = state ? take_own(s, &p->own) : 0;
	if (*used)
		return 0;
	*why = (struct linx_cond_problem){ .why = "a field is expected behind the percent sign", .unknown = *s };
	/* Unlike conditions, formats have no blank before a field, and no val(). */
	if (!isalpha((unsigned char)*s) || !strncmp(s, "val(", 4))
		return -EINVAL;
	ret = take_longest(r, s, used, &p->source, why);
	why->unknown = true;
	return ret;
}

static int take_piece(struct linx_rules *r, bool state, struct linx_rules_format *f, const char **at, struct linx_cond_problem *why)
{
	struct linx_rules_shown *p = realloc(f->pieces, (f->n + 1) * sizeof(*p));
	const char *s = *at;
	size_t used;
	int ret;

	if (!p)
		return -ENOMEM;
	f->pieces = p;
	p += f->n++;
	*p = (struct linx_rules_shown){ .text = malloc(strlen(s) + 1) };
	if (!p->text)
		return -ENOMEM;
	*at = s = take_text(s, p->text);
	if (!*s)
		return 0;
	s++;
	s += take_width(s, &p->width);
	ret = take_field(r, state, s, p, &used, why);
	if (ret)
		return ret;
	p->has_field = true;
	f->nfields++;
	*at = s + used;
	if (memchr(s, '(', used) && !p->own)
		return find_inner(r, f, s, used);
	p->name = strndup(s, used);
	return p->name ? 0 : -ENOMEM;
}

int linx_rules_format_parse(struct linx_rules *r, const char *text, bool state, struct linx_rules_format *f, struct linx_cond_problem *why)
{
	int ret = 0;

	while (!ret && *text)
		ret = take_piece(r, state, f, &text, why);
	return ret;
}
