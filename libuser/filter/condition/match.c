// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Evaluates conditions for an event. A test of a field that the event does not
 * have is false, whatever the operator; "not" of such a test is true.
 */
#include <ctype.h>
#include <fnmatch.h>

#include "filter/condition/condition.h"
#include "filter/condition/source.h"
#include "filter/falco/falco.h"
#include "filter/program.h"
#include "filter/regex.h"

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

/* Matches with fnmatch(), which needs a NUL at the end of the text. A NUL within the text ends the text. */
static bool globs(struct linx_condition *c, const char *s, size_t n, const char *pattern, bool any_case)
{
	c->shown.len = 0;
	linx_strbuf_mem(&c->shown, s, n);
	linx_strbuf_char(&c->shown, '\0');
	return !c->shown.failed && !fnmatch(pattern, c->shown.data, any_case ? FNM_CASEFOLD : 0);
}

/* Returns the length of the part of a path, of at most n bytes, up to the next slash. */
static size_t part_length(const char *s, size_t n)
{
	const char *slash = memchr(s, '/', n);

	return slash ? (size_t)(slash - s) : n;
}

/* True if a part of a path, n bytes at s, matches m bytes of an operand, which can have wildcards. */
static bool part_fits(struct linx_condition *c, const char *s, size_t n, const char *pattern, size_t m)
{
	size_t plain = 0;

	while (plain < m && !strchr("?*[", pattern[plain]))
		plain++;
	if (plain == m)
		return n == m && !memcmp(s, pattern, n);
	c->shown.len = 0;
	linx_strbuf_mem(&c->shown, s, n);
	linx_strbuf_char(&c->shown, '\0');
	linx_strbuf_mem(&c->shown, pattern, m);
	linx_strbuf_char(&c->shown, '\0');
	return !c->shown.failed && !fnmatch(c->shown.data + n + 1, c->shown.data, 0);
}

/*
 * True if path s is the operand's path, or below it. Double slashes and slashes at the end are ignored. A wildcard in
 * the operand matches within one part of the path.
 */
static bool is_below(struct linx_condition *c, const char *s, size_t n, const struct linx_operand *o)
{
	size_t i = 0, j = 0, len, m;

	for (;; i += len, j += m) {
		while (i < n && s[i] == '/')
			i++;
		while (j < o->n && o->s[j] == '/')
			j++;
		if (j == o->n)
			return true;
		len = part_length(s + i, n - i);
		m = part_length(o->s + j, o->n - j);
		if (!len || !part_fits(c, s + i, len, o->s + j, m))
			return false;
	}
}

static bool fits(struct linx_condition *c, const char *s, size_t n, const struct linx_operand *o)
{
	enum linx_regex_result r = o->regex ? linx_regex_match(o->regex, s, n) : LINX_REGEX_DIFFERS;

	c->limited += r == LINX_REGEX_LIMIT;
	return r == LINX_REGEX_MEETS;
}

/* Compares texts in the order of their bytes. A text has no order relative to a number: false. */
static bool is_ordered(enum linx_cond_op op, const char *s, size_t n, const struct linx_operand *o)
{
	int differs = memcmp(s, o->s, n < o->n ? n : o->n);

	return !o->is_num && linx_cond_compare(op, differs ? differs : (n > o->n) - (n < o->n), 0);
}

static bool text_meets(struct linx_condition *c, enum linx_cond_op op, const char *s, size_t n,
		       const struct linx_operand *o)
{
	switch (op) {
	case LINX_OP_CONTAINS:
	case LINX_OP_BCONTAINS:
	case LINX_OP_ICONTAINS:
		return contains(s, n, o, op == LINX_OP_ICONTAINS);
	case LINX_OP_STARTSWITH:
	case LINX_OP_BSTARTSWITH:
		return n >= o->n && !memcmp(s, o->s, o->n);
	case LINX_OP_ENDSWITH:
		return n >= o->n && !memcmp(s + n - o->n, o->s, o->n);
	case LINX_OP_GLOB:
	case LINX_OP_IGLOB:
		return globs(c, s, n, o->s, op == LINX_OP_IGLOB);
	case LINX_OP_REGEX:
		return fits(c, s, n, o);
	case LINX_OP_PMATCH:
		return is_below(c, s, n, o);
	case LINX_OP_EQ:
	case LINX_OP_NE:
	case LINX_OP_IN:
	case LINX_OP_INTERSECTS:
		return n == o->n && !memcmp(s, o->s, n);
	case LINX_OP_LT:
	case LINX_OP_LE:
	case LINX_OP_GT:
	case LINX_OP_GE:
		return is_ordered(op, s, n, o);
	default:
		return false;
	}
}

static bool in_net(const uint8_t addr[16], const struct linx_operand *o)
{
	unsigned int whole = o->bits / 8, rest = o->bits % 8;

	if (memcmp(addr, o->addr, whole) != 0)
		return false;
	return !rest || !((addr[whole] ^ o->addr[whole]) >> (8 - rest));
}

/*
 * Compares numbers, one of which is above INT64_MAX, and greater than the other. Equal are those with the same bits:
 * -1 and 0xffffffffffffffff.
 */
static __attribute__((noinline)) bool compare_large(enum linx_cond_op op, const struct linx_fld_value *v, const struct linx_operand *o)
{
	bool order = op == LINX_OP_LT || op == LINX_OP_LE || op == LINX_OP_GT || op == LINX_OP_GE;

	return order ? linx_cond_compare(op, v->is_large, o->is_large) : v->num == o->num;
}

static bool meets_operand(struct linx_condition *c, const struct linx_cond_node *t, const struct linx_fld_value *v,
			  const struct linx_operand *o)
{
	if (o->is_net)
		return v->has_addr && in_net(v->addr, o);
	if (o->is_num && v->has_num && !linx_op_searches(t->op))
		return v->is_large == o->is_large ? linx_cond_compare(t->op, v->num, o->num) : compare_large(t->op, v, o);
	return v->has_text && text_meets(c, t->op, v->s, v->n, o);
}

/*
 * Compares the value with that of another field. Not inlined: few tests compare two fields, and inlining would put an
 * operand on the stack of all other tests, and slow them down.
 */
static __attribute__((noinline)) bool meets_source(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t,
						   const struct linx_fld_value *v, uint32_t source)
{
	const struct linx_fld_value *w = linx_source_value(c, ev, source);
	struct linx_operand other;

	if (!w || !(w->has_text || w->has_addr || (v->has_num && !linx_op_searches(t->op))))
		return false;
	other = (struct linx_operand){ .s = w->has_text ? w->s : "", .n = w->n, .is_num = w->has_num, .is_large = w->is_large, .num = w->num, .is_net = w->has_addr, .bits = 128 };
	memcpy(other.addr, w->addr, sizeof(other.addr));
	return meets_operand(c, t, v, &other);
}

static bool meets_one(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t, const struct linx_fld_value *v,
		      const struct linx_operand *o)
{
	return o->is_source ? meets_source(c, ev, t, v, o->source) : meets_operand(c, t, v, o);
}

static bool in_set(struct linx_condition *c, const struct linx_cond_node *t, const struct linx_fld_value *v)
{
	uint32_t at = linx_cond_hash(v->s, v->n) & t->set_mask;

	for (; t->set[at]; at = (at + 1) & t->set_mask) {
		const struct linx_operand *o = &c->operands[t->set[at] - 1];

		if (o->n == v->n && !memcmp(o->s, v->s, v->n))
			return true;
	}
	return false;
}

/* True if the value fits at least one operand. "!=" is treated like "="; the caller negates the result. */
static bool meets(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t, const struct linx_fld_value *v)
{
	if (t->set && v->has_text)
		return in_set(c, t, v);
	for (uint32_t i = 0; i < t->count; i++)
		if (meets_one(c, ev, t, v, &c->operands[t->first + i]))
			return true;
	return false;
}

static bool is_known(struct linx_condition *c, const struct linx_event *ev, const struct linx_operand *o)
{
	return !o->is_source || linx_source_value(c, ev, o->source);
}

/* True if each field on the right side of the test has a value. */
static __attribute__((noinline)) bool knows_sources(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (!is_known(c, ev, &c->operands[t->first + i]))
			return false;
	return true;
}

/*
 * Evaluates a test with "oneof", "anyof" or "allof": applies the operator to each element. The operator is false for an
 * element that has no value.
 */
static __attribute__((noinline)) bool meets_elements(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t,
						     const struct linx_fld_value *v)
{
	uint32_t met = 0;

	for (uint32_t i = 0; i < t->count; i++) {
		const struct linx_operand *o = &c->operands[t->first + i];

		met += is_known(c, ev, o) && meets_one(c, ev, t, v, o) != (t->op == LINX_OP_NE);
	}
	if (t->mod == LINX_MOD_ONE)
		return met == 1;
	return t->mod == LINX_MOD_ALL ? met && met == t->count : met;
}

static bool value_meets(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t, const struct linx_fld_value *v)
{
	return t->mod ? meets_elements(c, ev, t, v) : meets(c, ev, t, v);
}

static bool list_value(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, struct linx_fld_value *v)
{
	if (!linx_fld_get(e, f, i, v))
		return false;
	v->has_num = v->has_num && f->part != LINX_FLD_VALUE;
	v->has_text = v->has_text && f->part != LINX_FLD_KEY;
	return true;
}

static bool all_in(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t, const struct linx_fld_env *e)
{
	struct linx_fld_value v = { 0 };
	unsigned int i = 0;

	for (; list_value(e, &t->field, i, &v); i++)
		if (!meets(c, ev, t, &v))
			return false;
	return i;
}

/*
 * Evaluates a test of a field that has a list of values: true if one of the values fulfils it. A test with "!=" is true
 * if none of the values is equal; but for a field of the kind LINX_FLD_TEXTS, such as the names of ancestors, it is
 * true if one of the values is not equal.
 */
static bool test_list(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t)
{
	struct linx_fld_env e = linx_source_env(c, ev, &c->walked);
	bool met = false, each = t->mod || (t->field.desc->kind == LINX_FLD_TEXTS && t->op == LINX_OP_NE);
	struct linx_fld_value v = { 0 };
	unsigned int i = 0;

	if (t->field.desc->kind == LINX_FLD_SET && t->op == LINX_OP_IN)
		return all_in(c, ev, t, &e);
	for (; !met && list_value(&e, &t->field, i, &v); i++)
		met = t->op == LINX_OP_EXISTS || value_meets(c, ev, t, &v) != (each && !t->mod);
	return t->op == LINX_OP_NE && !each ? i && !met : met;
}

/*
 * Evaluates a test of a list that a transformer made. As in Falco, the test "in" is true if all values are in the list
 * on the right side, and "intersects" if one value is.
 */
static __attribute__((noinline)) bool test_made_list(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t)
{
	const struct linx_cond_source *s = &c->sources[t->source];
	bool all = t->op == LINX_OP_IN;
	struct linx_fld_value v = { 0 };

	if (!linx_source_value(c, ev, t->source))
		return false;
	if (t->op == LINX_OP_EXISTS)
		return true;
	for (unsigned int i = 0; linx_source_item(s, i, &v); i++)
		if (meets(c, ev, t, &v) != all)
			return !all;
	return all;
}

static bool test(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t)
{
	const struct linx_fld_value *v;

	if (t->needs_sources && !knows_sources(c, ev, t))
		return false;
	if (linx_fld_is_list(t->field.desc) && c->sources[t->source].transform == LINX_TF_NONE)
		return test_list(c, ev, t);
	if (t->field.desc == &linx_fld_transformed_list)
		return test_made_list(c, ev, t);
	v = linx_source_value(c, ev, t->source);
	if (!v)
		return false;
	if (t->op == LINX_OP_EXISTS)
		return true;
	return value_meets(c, ev, t, v) != (t->op == LINX_OP_NE && !t->mod);
}

static bool decide(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *n)
{
	switch (n->kind) {
	case LINX_COND_AND:
		return linx_cond_holds(c, ev, n->left) && linx_cond_holds(c, ev, n->right);
	case LINX_COND_OR:
		return linx_cond_holds(c, ev, n->left) || linx_cond_holds(c, ev, n->right);
	case LINX_COND_NOT:
		return !linx_cond_holds(c, ev, n->left);
	default:
		return test(c, ev, n);
	}
}

/*
 * Calls itself for the children of a node. A chain of "and" is a tree that is as deep as the chain is long:
 * linx_cond_add() limits the depth.
 */
bool linx_cond_holds(struct linx_condition *c, const struct linx_event *ev, uint32_t node)
{
	struct linx_cond_node *n = &c->nodes[node];

	if (!c->keeps)
		return decide(c, ev, n);
	if (n->stamp != c->stamp) {
		n->result = decide(c, ev, n);
		n->stamp = c->stamp;
	}
	return n->result;
}

bool linx_cond_test(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_node *t)
{
	linx_cond_next(c);
	return test(c, ev, t);
}

LINX_API bool linx_condition_match(struct linx_condition *c, const struct linx_event *ev)
{
	linx_cond_next(c);
	return linx_cond_holds(c, ev, c->root);
}

static unsigned int needs_of(const struct linx_fld *f)
{
	return f->desc->needs == LINX_FLD_NEEDS_ARG ? linx_falco_arg_needs(f) : f->desc->needs;
}

LINX_API unsigned int linx_condition_get_needs(const struct linx_condition *c)
{
	unsigned int all = 0;

	for (uint32_t i = 0; i < c->nsources; i++)
		if (c->sources[i].transform == LINX_TF_NONE)
			all |= needs_of(&c->sources[i].field);
	return all;
}
