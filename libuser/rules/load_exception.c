// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads the exceptions of rules from their YAML nodes. As in Falco, fields and operators are checked here. Values are
 * checked when the rule is compiled (rules/exceptions.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "rules/load.h"

/* ---- shape --------------------------------------------------------------------------------------------- */

/* Limit of the nesting of lists. Deeper lists are left out, since no operator takes a list of lists. */
#define VALUE_DEPTH 3u

/*
 * Reads a text, or a list of values. As in Falco, null and mappings are not errors here. They become the empty text,
 * which is an error where the value is used.
 */
static int read_value(struct linx_loader *l, const yaml_node_t *n, unsigned int depth, struct linx_rules_value *v)
{
	bool is_text = linx_load_scalar(n) && !linx_load_is_null(n);
	int ret = 0;

	if (is_text && !*linx_load_scalar(n))
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "an empty value");
	v->is_list = n->type == YAML_SEQUENCE_NODE && depth < VALUE_DEPTH;
	if (!v->is_list) {
		v->s = strdup(is_text ? linx_load_scalar(n) : "");
		return v->s ? 0 : -ENOMEM;
	}
	v->items = calloc(linx_load_length(n) + 1, sizeof(*v->items));
	if (!v->items)
		return -ENOMEM;
	for (; !ret && v->n < linx_load_length(n); v->n++)
		ret = read_value(l, linx_load_element(l, n, v->n), depth + 1, &v->items[v->n]);
	return ret;
}

/* True if a value is given: a text or a list that is not empty. */
static bool is_given(const struct linx_rules_value *v)
{
	return v->is_list ? v->n : v->s && *v->s;
}

static int read_exception(struct linx_loader *l, const yaml_node_t *n, bool append, struct linx_rules_exception *x)
{
	const yaml_node_t *name = linx_load_get(l, n, "name"), *fields = linx_load_get(l, n, "fields"), *comps = linx_load_get(l, n, "comps"), *values = linx_load_get(l, n, "values");
	int ret = 0;

	x->place = linx_load_place(l, n);
	if (n->type != YAML_MAPPING_NODE)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "an exception has name, fields, comps and values");
	if (!name || !linx_load_is_text(name))
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "the key 'name' of this exception is missing");
	x->name = strdup(linx_load_scalar(name));
	if (!x->name)
		return -ENOMEM;
	if (!fields && !append)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "the key 'fields' of this exception is missing");
	if (fields)
		ret = read_value(l, fields, 0, &x->fields);
	if (!ret && comps)
		ret = read_value(l, comps, 0, &x->comps);
	x->has_fields = is_given(&x->fields);
	x->has_comps = is_given(&x->comps);
	if (ret || !values)
		return ret;
	if (values->type != YAML_SEQUENCE_NODE)
		return linx_load_refuse(l, values, LINX_LOAD_SHAPE, "a list is expected here");
	x->values = calloc(linx_load_length(values) + 1, sizeof(*x->values));
	if (!x->values)
		return -ENOMEM;
	for (; !ret && x->nvalues < linx_load_length(values); x->nvalues++)
		ret = read_value(l, linx_load_element(l, values, x->nvalues), 0, &x->values[x->nvalues]);
	return ret;
}

/* ---- sense --------------------------------------------------------------------------------------------- */

static int wrong(struct linx_loader *l, const struct linx_rules_exception *x, const char *why)
{
	return linx_rules_report(l->r, true, LINX_LOAD_SENSE, x->place, l->item, "exception '%s': %s", x->name, why);
}

static void strip(char *s)
{
	char *from = s + strspn(s, " \t\r\n");
	size_t n = strlen(from);

	while (n && strchr(" \t\r\n", from[n - 1]))
		n--;
	memmove(s, from, n);
	s[n] = '\0';
}

static int check_field(struct linx_loader *l, const struct linx_rules_item *it, const struct linx_rules_exception *x, const char *field)
{
	struct linx_cond_problem why;
	int ret;

	/* linx does not know the fields of other sources than syscalls, so it cannot check their names. */
	if (it->foreign || !field)
		return it->foreign ? 0 : wrong(l, x, "a field is one text");
	ret = linx_cond_check_source(l->r->tree, field, &why);
	return ret == -EINVAL ? wrong(l, x, why.why[0] ? why.why : "this is no field") : ret;
}

static int check_single(struct linx_loader *l, const struct linx_rules_item *it, const struct linx_rules_exception *x)
{
	if (x->has_comps && x->comps.is_list)
		return wrong(l, x, "fields is one field, and comps a list");
	if (x->has_comps)
		strip(x->comps.s);
	if (x->has_comps && !linx_rules_takes_list(x->comps.s))
		return wrong(l, x, "comps must be in, pmatch, intersects or an operator with oneof, anyof or allof for one field");
	return check_field(l, it, x, x->fields.s);
}

static int check_several(struct linx_loader *l, const struct linx_rules_item *it, const struct linx_rules_exception *x)
{
	char why[120];
	int ret = 0;

	if (x->has_comps && (!x->comps.is_list || x->comps.n != x->fields.n))
		return wrong(l, x, "fields and comps must be lists of equal length");
	for (unsigned int i = 0; x->has_comps && i < x->comps.n; i++) {
		char *op = x->comps.items[i].s;

		if (op)
			strip(op);
		if (op && (linx_rules_takes_list(op) || linx_cond_is_operator(op)))
			continue;
		snprintf(why, sizeof(why), "'%.60s' is no operator", op ? op : "");
		return wrong(l, x, why);
	}
	for (unsigned int i = 0; !ret && i < x->fields.n; i++)
		ret = check_field(l, it, x, x->fields.items[i].s);
	return ret;
}

/* Checks an exception's fields and operators. */
static int check_exception(struct linx_loader *l, const struct linx_rules_item *it, const struct linx_rules_exception *x)
{
	return x->fields.is_list ? check_several(l, it, x) : check_single(l, it, x);
}

/* ---- into the rule ------------------------------------------------------------------------------------- */

/* Moves the values of x to an exception of the same name that the rule already has. */
static int append_values(struct linx_loader *l, struct linx_rules_exception *old, struct linx_rules_exception *x)
{
	struct linx_rules_value *values;

	if (x->has_fields || x->has_comps)
		return wrong(l, x, "the rule has it: values can be appended, fields and comps cannot");
	values = realloc(old->values, (old->nvalues + x->nvalues + 1) * sizeof(*values));
	if (!values)
		return -ENOMEM;
	old->values = values;
	if (x->nvalues)
		memcpy(values + old->nvalues, x->values, x->nvalues * sizeof(*values));
	old->nvalues += x->nvalues;
	x->nvalues = 0;
	return 0;
}

/*
 * Appends x's values to the rule's exception of the same name, or adds x as a new exception. The rule then owns x's
 * memory. As in Falco, an exception that replaces others is not checked here. Its mistakes are found later, in the
 * condition.
 */
static int add_exception(struct linx_loader *l, struct linx_rules_item *it, struct linx_rules_exception *x, enum linx_load_way way)
{
	struct linx_rules_exception *all;
	bool append = way == LINX_LOAD_APPEND;
	int ret = 0;

	for (unsigned int i = 0; append && i < it->nexceptions; i++)
		if (!strcmp(it->exceptions[i].name, x->name))
			return append_values(l, &it->exceptions[i], x);
	if (!x->has_fields && way != LINX_LOAD_REPLACE)
		return wrong(l, x, "it is new: its key 'fields' is missing");
	if (append && !x->nvalues)
		return wrong(l, x, "it is new: it has no values");
	if (way != LINX_LOAD_REPLACE)
		ret = check_exception(l, it, x);
	if (ret)
		return ret;
	all = realloc(it->exceptions, (it->nexceptions + 1) * sizeof(*all));
	if (!all)
		return -ENOMEM;
	it->exceptions = all;
	all[it->nexceptions++] = *x;
	*x = (struct linx_rules_exception){ 0 };
	return 0;
}

/* True if one of the exceptions before exception i in the same YAML item has the same name. */
static bool is_twice(const struct linx_rules_exception *all, unsigned int i)
{
	for (unsigned int k = 0; k < i; k++)
		if (!strcmp(all[k].name, all[i].name))
			return true;
	return false;
}

int linx_load_exceptions(struct linx_loader *l, struct linx_rules_item *it, bool append)
{
	const yaml_node_t *n = linx_load_get(l, l->map, "exceptions");
	int ret = 0;

	if (!n || linx_load_is_null(n))
		return 0;
	if (n->type != YAML_SEQUENCE_NODE)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a list of exceptions is expected here");
	it->exceptions = calloc(linx_load_length(n) + 1, sizeof(*it->exceptions));
	if (!it->exceptions)
		return -ENOMEM;
	for (unsigned int i = 0; !ret && i < linx_load_length(n); i++) {
		const yaml_node_t *node = linx_load_element(l, n, i);
		struct linx_rules_exception *x = &it->exceptions[it->nexceptions++];

		ret = read_exception(l, node, append, x);
		if (!ret && is_twice(it->exceptions, i))
			linx_rules_report(l->r, false, "LOAD_EXCEPTION_NAME_NOT_UNIQUE", x->place, l->item, "exception '%s' is defined twice", x->name);
		if (!ret && append && !linx_load_get(l, node, "values"))
			linx_rules_report(l->r, false, "LOAD_APPEND_NO_VALUES", x->place, l->item, "nothing is appended: there are no values");
	}
	return ret;
}

int linx_load_take_exceptions(struct linx_loader *l, struct linx_rules_item *it, struct linx_rules_item *from, enum linx_load_way way)
{
	int ret = 0;

	if (way != LINX_LOAD_APPEND) {
		linx_rules_exceptions_free(it->exceptions, it->nexceptions);
		it->exceptions = NULL;
		it->nexceptions = 0;
	}
	for (unsigned int i = 0; !ret && i < from->nexceptions; i++)
		ret = add_exception(l, it, &from->exceptions[i], way);
	return ret;
}
