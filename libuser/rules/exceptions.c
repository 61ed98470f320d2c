// SPDX-License-Identifier: LGPL-2.1-or-later
/* Appends a rule's exceptions to its condition: "(condition) and not (field op value and ...)". */
#include <errno.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "rules/rule_set.h"

#define SENSE "LOAD_ERR_VALIDATE"

static int wrong(struct linx_rules *r, const struct linx_rules_item *it, const struct linx_rules_exception *x, const char *why)
{
	return linx_rules_report(r, true, SENSE, x->place, it->name, "exception '%s': %s", x->name, why);
}

bool linx_rules_takes_list(const char *op)
{
	static const char *const modifiers[] = { " oneof", " anyof", " allof" };
	size_t n = strlen(op), len;
	char base[16];

	if (!strcmp(op, "in") || !strcmp(op, "intersects") || !strcmp(op, "pmatch"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(modifiers); i++) {
		len = strlen(modifiers[i]);
		if (n <= len || n - len >= sizeof(base) || strcmp(op + n - len, modifiers[i]) != 0)
			continue;
		memcpy(base, op, n - len);
		base[n - len] = '\0';
		return linx_cond_takes_modifier(base);
	}
	return false;
}

/* Writes a value as Falco does: in quotes if it has a blank and does not begin with a quote. */
static void put_item(struct linx_strbuf *o, const char *s)
{
	bool quotes = strchr(s, ' ') && *s != '"' && *s != '\'';

	if (quotes)
		linx_strbuf_char(o, '"');
	linx_strbuf_str(o, s);
	if (quotes)
		linx_strbuf_char(o, '"');
}

/*
 * Writes the elements of a list. As in Falco, an element that is a list itself becomes an empty text, since no operator
 * takes lists of lists.
 */
static void put_list(struct linx_strbuf *o, const struct linx_rules_value *v)
{
	bool any = false;

	linx_strbuf_char(o, '(');
	for (unsigned int i = 0; i < v->n; i++) {
		const char *s = v->items[i].is_list ? "" : v->items[i].s;

		if (any)
			linx_strbuf_str(o, ", ");
		put_item(o, s);
		any |= *s != '\0';
	}
	linx_strbuf_char(o, ')');
}

/* Writes the comparison of one field with one value of the exception. */
static void put_test(struct linx_strbuf *o, const struct linx_rules_value *field, const char *op, const struct linx_rules_value *v)
{
	bool encloses;

	linx_strbuf_str(o, field->is_list ? "" : field->s);
	linx_strbuf_char(o, ' ');
	linx_strbuf_str(o, op);
	linx_strbuf_char(o, ' ');
	if (v->is_list) {
		put_list(o, v);
		return;
	}
	/* A text can be a complete list in parentheses, or the name of a list. */
	encloses = linx_rules_takes_list(op) && *v->s != '(';
	if (encloses)
		linx_strbuf_char(o, '(');
	if (linx_rules_takes_list(op))
		linx_strbuf_str(o, v->s);
	else
		put_item(o, v->s);
	if (encloses)
		linx_strbuf_char(o, ')');
}

/* Writes an exception of one field: one comparison with the list of all its values. */
static int put_single(struct linx_rules *r, const struct linx_rules_item *it, const struct linx_rules_exception *x, struct linx_strbuf *o)
{
	const struct linx_rules_value all = { .is_list = true, .items = x->values, .n = x->nvalues };

	for (unsigned int i = 0; i < x->nvalues; i++)
		if (x->values[i].is_list)
			return wrong(r, it, x, "a list of texts is expected as its values");
	put_test(o, &x->fields, x->has_comps ? x->comps.s : "in", &all);
	return 0;
}

/* Returns the operator of field k. An exception that replaces others may have fewer operators than fields. */
static const char *comp_of(const struct linx_rules_exception *x, unsigned int k)
{
	return x->comps.is_list && k < x->comps.n && !x->comps.items[k].is_list ? x->comps.items[k].s : "=";
}

static int put_several(struct linx_rules *r, const struct linx_rules_item *it, const struct linx_rules_exception *x, struct linx_strbuf *o)
{
	for (unsigned int i = 0; i < x->nvalues; i++) {
		const struct linx_rules_value *v = &x->values[i];

		if (!v->is_list || v->n != x->fields.n)
			return wrong(r, it, x, "fields and values must be lists of equal length");
		linx_strbuf_str(o, i ? " or (" : "(");
		for (unsigned int k = 0; k < v->n; k++) {
			if (k)
				linx_strbuf_str(o, " and ");
			put_test(o, &x->fields.items[k], comp_of(x, k), &v->items[k]);
		}
		linx_strbuf_char(o, ')');
	}
	return 0;
}

static int add_exception(struct linx_rules *r, struct linx_rules_item *it, const struct linx_rules_exception *x, struct linx_rules_text *out)
{
	struct linx_rules_place place = x->place;
	struct linx_strbuf o = { 0 };
	int ret;

	place.fixed = true;
	linx_strbuf_str(&o, "and not (");
	ret = x->fields.is_list ? put_several(r, it, x, &o) : put_single(r, it, x, &o);
	linx_strbuf_str(&o, ")");
	linx_strbuf_char(&o, '\0');
	if (!ret)
		ret = o.failed ? -ENOMEM : linx_rules_add_part(out, o.data, place);
	free(o.data);
	return ret;
}

int linx_rules_except(struct linx_rules *r, struct linx_rules_item *it, struct linx_rules_text *out)
{
	struct linx_rules_place here = it->place;
	bool any = false;
	int ret = 0;

	here.fixed = true;
	for (unsigned int i = 0; i < it->nexceptions; i++)
		any |= it->exceptions[i].nvalues > 0;
	if (any)
		ret = linx_rules_add_part(out, "(", here);
	for (unsigned int i = 0; !ret && i < it->condition.n; i++)
		ret = linx_rules_add_part(out, it->condition.parts[i].text, it->condition.parts[i].place);
	if (!ret && any)
		ret = linx_rules_add_part(out, ")", here);
	for (unsigned int i = 0; !ret && i < it->nexceptions; i++)
		if (it->exceptions[i].nvalues)
			ret = add_exception(r, it, &it->exceptions[i], out);
	return ret;
}
