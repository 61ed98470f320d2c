// SPDX-License-Identifier: LGPL-2.1-or-later
/* Additions to the alerts of chosen rules: Falco's append_output, and its static fields. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/engine.h"
#include "rules/rule_set.h"

#define ADDITIONS_MAX 4096u

LINX_API int linx_rules_set_static(struct linx_rules *r, const char *name, const char *value)
{
	int ret = r->compiled ? -EINVAL : linx_statics_set(&r->tree->statics, name, value);

	return ret == -E2BIG ? -EINVAL : ret;
}

/* ---- collecting -------------------------------------------------------------------------------- */

static void addition_free(struct linx_rules_addition *x)
{
	linx_rules_strings_free(&x->tags);
	free(x->rule);
	free(x->source);
	free(x->field);
	free(x->text);
}

void linx_rules_additions_free(struct linx_rules *r)
{
	for (unsigned int i = 0; i < r->nadditions; i++)
		addition_free(&r->additions[i]);
	free(r->additions);
}

/* Copies a text, which may be NULL. False: no memory. */
static bool copy(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return *to || !from;
}

static int addition_fill(struct linx_rules_addition *x, const struct linx_rules_choice *choice, const char *field, const char *text)
{
	int ret = copy(&x->rule, choice->rule) && copy(&x->source, choice->source) && copy(&x->field, field) && copy(&x->text, text) ? 0 : -ENOMEM;

	for (unsigned int i = 0; !ret && i < choice->ntags; i++)
		ret = linx_rules_strings_add(&x->tags, choice->tags[i]);
	return ret;
}

/*
 * True if the choice names rules of a source other than "syscall". Such rules never match an event, so the added text
 * is not checked.
 */
static bool is_foreign(const struct linx_rules_choice *choice)
{
	return choice->source && strcmp(choice->source, "syscall") != 0;
}

/*
 * Checks that a text can be parsed. The result of the parser is dropped, but the fields in the text stay in the tree's
 * sources.
 */
static int check_text(struct linx_rules *r, const char *text, bool raw, struct linx_error *err)
{
	struct linx_rules_format f = { 0 };
	struct linx_cond_problem why = { 0 };
	int ret = raw ? linx_cond_check_source(r->tree, text, &why) : linx_rules_format_parse(r, text + (*text == '*'), false, &f, &why);

	linx_rules_format_free(&f);
	if (ret == -EINVAL)
		return linx_fail(err, ret, "%s", why.why[0] ? why.why : "one field is expected here");
	return ret ? linx_fail(err, ret, "out of memory") : 0;
}

/* Checks a text that is added to outputs. "%container.info" is removed from the text first, as from outputs. */
static int check_appended(struct linx_rules *r, const char *text, struct linx_error *err)
{
	char *own = strdup(text);
	int ret;

	if (!own)
		return linx_fail(err, -ENOMEM, "out of memory");
	linx_rules_drop_container_info(own);
	ret = check_text(r, own, false, err);
	free(own);
	return ret;
}

static int add(struct linx_rules *r, const struct linx_rules_choice *choice, const char *field, const char *text, struct linx_error *err)
{
	struct linx_rules_addition *p, x = { .raw = field && !text };
	int ret;

	if (choice->size != sizeof(*choice))
		return linx_fail(err, -EINVAL, "size does not fit this version of the library");
	if (r->compiled || r->nadditions == ADDITIONS_MAX)
		return linx_fail(err, -EINVAL, r->compiled ? "the rules are compiled" : "these are too many additions to outputs");
	if (is_foreign(choice))
		ret = 0;
	else
		ret = field ? check_text(r, text ? text : field, x.raw, err) : check_appended(r, text, err);
	if (ret)
		return ret;
	p = realloc(r->additions, (r->nadditions + 1) * sizeof(*p));
	if (p)
		r->additions = p;
	if (!p || addition_fill(&x, choice, field, text)) {
		addition_free(&x);
		return linx_fail(err, -ENOMEM, "out of memory");
	}
	p[r->nadditions++] = x;
	return 0;
}

LINX_API int linx_rules_append_output(struct linx_rules *r, const struct linx_rules_choice *choice, const char *text, struct linx_error *err)
{
	return add(r, choice, NULL, text, err);
}

LINX_API int linx_rules_add_field(struct linx_rules *r, const struct linx_rules_choice *choice, const char *name, const char *format,
				  struct linx_error *err)
{
	return add(r, choice, name, format, err);
}

/* ---- rules ------------------------------------------------------------------------------------- */

static bool has_tag(const struct linx_rules_item *it, const char *tag)
{
	for (unsigned int i = 0; i < it->tags.n; i++)
		if (!strcmp(it->tags.s[i], tag))
			return true;
	return false;
}

static bool is_chosen(const struct linx_rules_addition *x, const struct linx_rules_item *it)
{
	for (unsigned int i = 0; i < x->tags.n; i++)
		if (!has_tag(it, x->tags.s[i]))
			return false;
	return (!x->rule || !strcmp(x->rule, it->name)) && (!x->source || !strcmp(x->source, it->source));
}

static int append(struct linx_rules_item *it, const char *text)
{
	char *whole;

	if (asprintf(&whole, "%s %s", it->output, text) < 0)
		return -ENOMEM;
	free(it->output);
	it->output = whole;
	return 0;
}

/* Returns the extra field with this name. An existing field is emptied, else a new one is made. NULL: no memory. */
static struct linx_rules_extra *extra_of(struct linx_rules_item *it, const char *name)
{
	struct linx_rules_extra *p;

	for (unsigned int i = 0; i < it->nextras; i++) {
		if (strcmp(it->extras[i].name, name) != 0)
			continue;
		linx_rules_format_free(&it->extras[i].format);
		return &it->extras[i];
	}
	p = realloc(it->extras, (it->nextras + 1) * sizeof(*p));
	if (!p)
		return NULL;
	it->extras = p;
	p += it->nextras;
	*p = (struct linx_rules_extra){ .name = strdup(name) };
	it->nextras += p->name != NULL;
	return p->name ? p : NULL;
}

static int add_extra(struct linx_rules *r, struct linx_rules_item *it, const struct linx_rules_addition *x)
{
	struct linx_rules_extra *to = extra_of(it, x->field);
	struct linx_cond_problem why;
	char *format = NULL;
	int ret;

	if (!to || (x->raw && asprintf(&format, "%%%s", x->field) < 0))
		return -ENOMEM;
	to->raw = x->raw;
	ret = linx_rules_format_parse(r, x->raw ? format : x->text + (*x->text == '*'), false, &to->format, &why);
	free(format);
	return ret;
}

int linx_rules_add_to(struct linx_rules *r, struct linx_rules_item *it)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < r->nadditions; i++) {
		const struct linx_rules_addition *x = &r->additions[i];

		if (is_chosen(x, it))
			ret = x->field ? add_extra(r, it, x) : append(it, x->text);
	}
	return ret;
}
