// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses texts in which "%name" stands for a field's value. A piece is a constant text and the field that follows. */
#include <errno.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "rules/rule_set.h"

/* Limit of a field's width: a larger number in a format is a mistake. */
#define WIDTH_MAX 1024u

void linx_rules_format_free(struct linx_rules_format *f)
{
	for (unsigned int i = 0; i < f->n; i++) {
		free(f->pieces[i].text);
		free(f->pieces[i].name);
	}
	free(f->pieces);
	*f = (struct linx_rules_format){ 0 };
}

/* Copies the text up to the next field to "to"; "%%" becomes a percent sign. Returns the end of the text in s. */
static const char *take_text(const char *s, char *to)
{
	for (; *s && !(*s == '%' && s[1] != '%'); s++) {
		if (*s == '%')
			s++;
		*to++ = *s;
	}
	*to = '\0';
	return s;
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
	used = state ? take_own(s, &p->own) : 0;
	ret = used ? 0 : linx_cond_parse_source(r->tree, s, &used, &p->source, why);
	if (ret)
		return ret;
	p->has_field = true;
	f->nfields++;
	p->name = strndup(s, used);
	*at = s + used;
	return p->name ? 0 : -ENOMEM;
}

int linx_rules_format_parse(struct linx_rules *r, const char *text, bool state, struct linx_rules_format *f, struct linx_cond_problem *why)
{
	int ret = 0;

	while (!ret && *text)
		ret = take_piece(r, state, f, &text, why);
	return ret;
}
