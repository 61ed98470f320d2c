// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Does an event meet a condition? A test of a field that the event does not
 * have is false, whatever its operator; "not" turns that round.
 */
#include <ctype.h>
#include <fnmatch.h>

#include "base/array_size.h"
#include "filter/condition.h"
#include "filter/program.h"

/* Text of arguments, whole. */
static const struct linx_style style = { .bare = true, .limit = UINT32_MAX };

bool linx_cond_compare(enum linx_cond_op op, int64_t n, int64_t operand)
{
	switch (op) {
	case LINX_OP_LT:
		return n < operand;
	case LINX_OP_LE:
		return n <= operand;
	case LINX_OP_GT:
		return n > operand;
	case LINX_OP_GE:
		return n >= operand;
	default:
		return n == operand;
	}
}

static bool contains(const char *s, size_t n, const struct linx_operand *o, bool any_case)
{
	if (!any_case)
		return !o->n || memmem(s, n, o->s, o->n);
	for (size_t i = 0; i + o->n <= n; i++) {
		size_t j = 0;

		while (j < o->n && tolower((unsigned char)s[i + j]) == tolower((unsigned char)o->s[j]))
			j++;
		if (j == o->n)
			return true;
	}
	return false;
}

/* fnmatch() wants a NUL; a string that has one inside ends there. */
static bool globs(struct linx_condition *c, const char *s, size_t n, const char *pattern)
{
	c->shown.len = 0;
	linx_strbuf_mem(&c->shown, s, n);
	linx_strbuf_char(&c->shown, '\0');
	return !c->shown.failed && !fnmatch(pattern, c->shown.data, 0);
}

static bool text_meets(struct linx_condition *c, enum linx_cond_op op, const char *s, size_t n,
		       const struct linx_operand *o)
{
	switch (op) {
	case LINX_OP_CONTAINS:
	case LINX_OP_ICONTAINS:
		return contains(s, n, o, op == LINX_OP_ICONTAINS);
	case LINX_OP_STARTSWITH:
		return n >= o->n && !memcmp(s, o->s, o->n);
	case LINX_OP_ENDSWITH:
		return n >= o->n && !memcmp(s + n - o->n, o->s, o->n);
	case LINX_OP_GLOB:
		return globs(c, s, n, o->s);
	case LINX_OP_EQ:
	case LINX_OP_NE:
	case LINX_OP_IN:
		return n == o->n && !memcmp(s, o->s, n);
	default:
		return false;
	}
}

/* A value as a field gave it. */
struct found {
	bool has_num, has_text;
	int64_t num;
	const char *s;
	size_t n;
};

static bool meets(struct linx_condition *c, const struct linx_cond_node *t, const struct found *v)
{
	bool searches = t->op >= LINX_OP_CONTAINS && t->op <= LINX_OP_GLOB;

	for (uint32_t i = 0; i < t->count; i++) {
		const struct linx_operand *o = &c->operands[t->first + i];

		if (o->is_num && v->has_num && !searches ? linx_cond_compare(t->op, v->num, o->num) :
		    v->has_text && text_meets(c, t->op, v->s, v->n, o))
			return true;
	}
	return false;
}

static bool find(struct linx_condition *c, const struct linx_fld_env *e, const struct linx_fld *f, struct found *v)
{
	*v = (struct found){ 0 };
	if (f->desc->kind == LINX_FLD_ARG) {
		v->has_num = linx_fld_arg_num(e->ev, f, &v->num);
		c->scratch.len = 0;
		v->has_text = linx_fld_arg_text(e, f, &c->scratch) && !c->scratch.failed;
		v->s = c->scratch.data ? c->scratch.data : "";
		v->n = c->scratch.len;
		return v->has_num || v->has_text;
	}
	if (f->part != LINX_FLD_VALUE)
		v->has_num = linx_fld_num(e, f, &v->num);
	if (f->part != LINX_FLD_KEY)
		v->has_text = linx_fld_str(e, f, &v->s, &v->n);
	return v->has_num || v->has_text;
}

/* Any of them will do. */
static bool test_list(struct linx_condition *c, const struct linx_fld_env *e, const struct linx_cond_node *t)
{
	struct linx_fld_item item = { 0 };
	bool met = false;
	unsigned int i = 0;

	for (; !met && linx_fld_item(e, &t->field, i, &item); i++) {
		struct found v = {
			.has_num = item.has_num && t->field.part != LINX_FLD_VALUE,
			.has_text = t->field.part != LINX_FLD_KEY,
			.num = item.num, .s = item.s, .n = item.n,
		};

		met = t->op == LINX_OP_EXISTS || meets(c, t, &v);
	}
	return t->op == LINX_OP_NE ? i && !met : met;
}

static bool test(struct linx_condition *c, const struct linx_fld_env *e, const struct linx_cond_node *t)
{
	struct found v;

	if (t->field.desc->kind == LINX_FLD_LIST)
		return test_list(c, e, t);
	if (!find(c, e, &t->field, &v))
		return false;
	if (t->op == LINX_OP_EXISTS)
		return true;
	return meets(c, t, &v) != (t->op == LINX_OP_NE);
}

/* A chain of "and" leans to the left, as deep as it is long; only what stands in parentheses nests. */
static bool holds(struct linx_condition *c, const struct linx_fld_env *e, uint32_t node)
{
	const struct linx_cond_node *n = &c->nodes[node];

	switch (n->kind) {
	case LINX_COND_AND:
		return holds(c, e, n->left) && holds(c, e, n->right);
	case LINX_COND_OR:
		return holds(c, e, n->left) || holds(c, e, n->right);
	case LINX_COND_NOT:
		return !holds(c, e, n->left);
	default:
		return test(c, e, n);
	}
}

bool linx_cond_test(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t)
{
	struct linx_fld_env e = { .ev = ev, .style = &style, .accounts = c->accounts, .scratch = &c->scratch };

	return test(c, &e, t);
}

LINX_API bool linx_condition_match(struct linx_condition *c, const struct linx_event *ev)
{
	struct linx_fld_env e = { .ev = ev, .style = &style, .accounts = c->accounts, .scratch = &c->scratch };

	return holds(c, &e, c->root);
}

LINX_API unsigned int linx_condition_get_needs(const struct linx_condition *c)
{
	static const struct {
		const char *field;
		unsigned int need;
	} needs[] = {
		{ "duration", LINX_NEEDS_ENTRY_TIME | LINX_NEEDS_RETURN },
		{ "res", LINX_NEEDS_RETURN },
		{ "errno", LINX_NEEDS_RETURN },
		{ "fd.path", LINX_NEEDS_FDS },
		{ "fd.type", LINX_NEEDS_FDS },
		{ "fds", LINX_NEEDS_FILES },
	};
	unsigned int all = 0;

	for (uint32_t i = 0; i < c->nnodes; i++)
		for (size_t j = 0; c->nodes[i].kind == LINX_COND_TEST && j < ARRAY_SIZE(needs); j++)
			if (!strcmp(c->nodes[i].field.desc->name, needs[j].field))
				all |= needs[j].need;
	return all;
}
