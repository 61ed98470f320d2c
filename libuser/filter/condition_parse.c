// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From the text of a condition to its tree. Words have no meaning of their own:
 * what is expected at a place decides how they are read, so that "linx.dir = <"
 * has a value and "linx.res < 0" an operator.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "filter/condition.h"
#include "engine/engine.h"
#include "event/subcall.h"
#include "table/subcall_names.h"
#include "table/table.h"

#define DEPTH_MAX 64
#define TEXT_MAX 65536u

struct parser {
	struct linx_condition *c;
	const char *text, *at;
	char *word; /* free place in the condition's words for the next operand */
	unsigned int depth;
	struct linx_error *err;
};

/* Longest first: "<=" before "<". Words end where a letter does not follow. */
static const struct {
	const char *text;
	enum linx_cond_op op;
} operators[] = {
	{ "==", LINX_OP_EQ },
	{ "!=", LINX_OP_NE },
	{ "<=", LINX_OP_LE },
	{ ">=", LINX_OP_GE },
	{ "=", LINX_OP_EQ },
	{ "<", LINX_OP_LT },
	{ ">", LINX_OP_GT },
	{ "contains", LINX_OP_CONTAINS },
	{ "icontains", LINX_OP_ICONTAINS },
	{ "startswith", LINX_OP_STARTSWITH },
	{ "endswith", LINX_OP_ENDSWITH },
	{ "glob", LINX_OP_GLOB },
	{ "in", LINX_OP_IN },
	{ "exists", LINX_OP_EXISTS },
};

/* The place stands in the text itself. */
static int wrong_at(struct parser *p, const char *position, const char *why)
{
	size_t at = (size_t)(position - p->text), from = at > 80 ? at - 80 : 0;

	return linx_fail(p->err, -EINVAL, "wrong condition: column %zu: %s: %.*s-->%.120s", at + 1, why, (int)(at - from),
			 p->text + from, position);
}

static void skip_blanks(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* "and", "or", "not" and the like, alone. */
static bool take_word(struct parser *p, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(p);
	if (strncmp(p->at, word, n) != 0 || (is_word_char(word[n - 1]) && is_word_char(p->at[n])))
		return false;
	p->at += n;
	return true;
}

static int add_node(struct parser *p, enum linx_cond_kind kind, uint32_t left, uint32_t right, uint32_t *out)
{
	if (p->c->nnodes == LINX_COND_NODES)
		return wrong_at(p, p->at, "this is too long");
	*out = p->c->nnodes++;
	p->c->nodes[*out] = (struct linx_cond_node){ .kind = kind, .left = left, .right = right };
	return 0;
}

/* ---- operands ------------------------------------------------------------------------------------ */

static bool ends_value(char c)
{
	return !c || isspace((unsigned char)c) || strchr("(),\"'", c);
}

/* In quotes, where a backslash takes away the meaning of what follows. */
static int take_quoted(struct parser *p)
{
	const char *start = p->at;
	char quote = *p->at++;

	while (*p->at && *p->at != quote) {
		if (*p->at == '\\' && p->at[1])
			p->at++;
		*p->word++ = *p->at++;
	}
	if (!*p->at)
		return wrong_at(p, start, "this quote is not closed");
	p->at++;
	return 0;
}

/* "10ms" of a duration; 0x10, 010 and 10 of all. */
static bool read_number(const struct linx_operand *o, bool units, int64_t *num)
{
	static const struct {
		const char *unit;
		int64_t ns;
	} all[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }, { "m", 60000000000 }, { "h", 3600000000000 } };
	const char *s = o->s;
	char *end;
	bool minus = *s == '-';
	uint64_t n;

	s += minus;
	if (!isdigit((unsigned char)*s) || memchr(o->s, 0, o->n))
		return false;
	errno = 0;
	n = strtoull(s, &end, 0);
	if (errno)
		return false;
	*num = (int64_t)(minus ? -n : n);
	if (!*end)
		return true;
	for (size_t i = 0; units && i < ARRAY_SIZE(all); i++) {
		if (strcmp(end, all[i].unit) != 0 || n > INT64_MAX / (uint64_t)all[i].ns)
			continue;
		*num *= all[i].ns;
		return true;
	}
	return false;
}

/* Parentheses around an operand are optional, as in the output of fields: "(close)" is close. */
static void strip_parentheses(struct linx_operand *o)
{
	if (o->n < 2 || o->s[0] != '(' || o->s[o->n - 1] != ')')
		return;
	((char *)o->s)[--o->n] = '\0';
	o->s++;
	o->n--;
}

/* "3(close)" is both; its number is what counts. */
static void strip_name(struct linx_operand *o)
{
	size_t digits = strspn(o->s, "0123456789");

	if (!digits || o->s[digits] != '(' || o->s[o->n - 1] != ')')
		return;
	((char *)o->s)[digits] = '\0';
	o->n = digits;
}

static int check_call_name(struct parser *p, const char *position, const struct linx_operand *o)
{
	struct linx_call_info info;
	struct linx_table *t;
	const char **names;
	char why[128];
	const char *near;
	unsigned int n = 0, i;

	if (!strncmp(o->s, "syscall_", 8) || linx_subcall_known(o->s) || linx_table_new_builtin(&t))
		return 0;
	while (!linx_table_get_call(t, n, &info) && strcmp(info.name, o->s) != 0)
		n++;
	if (!linx_table_get_call(t, n, &info)) {
		linx_table_free(t);
		return 0;
	}
	names = calloc(n + 1, sizeof(*names));
	for (i = 0; names && i < n && !linx_table_get_call(t, i, &info); i++)
		names[i] = info.name;
	near = names ? linx_nearest(o->s, o->n, names) : NULL;
	snprintf(why, sizeof(why), near ? "unknown system call: did you mean %s?" : "unknown system call", near);
	free(names);
	linx_table_free(t);
	return wrong_at(p, position, why);
}

static bool orders(enum linx_cond_op op)
{
	return op >= LINX_OP_LT && op <= LINX_OP_GE;
}

static bool searches(enum linx_cond_op op)
{
	return op >= LINX_OP_CONTAINS && op <= LINX_OP_GLOB;
}

/* Converts an operand to the type of the test's field, or says at position why that cannot be. */
static int settle_operand(struct parser *p, const struct linx_cond_node *t, struct linx_operand *o, const char *position)
{
	const struct linx_fld *f = &t->field;
	bool pair = f->desc->kind == LINX_FLD_PAIR;

	if (!searches(t->op)) {
		strip_parentheses(o);
		if (pair && f->part == LINX_FLD_WHOLE)
			strip_name(o);
	}
	if (f->desc->kind != LINX_FLD_STRING && !(pair && f->part == LINX_FLD_VALUE))
		o->is_num = read_number(o, !strcmp(f->desc->name, "duration") || !strcmp(f->desc->name, "http.latency"), &o->num);
	if (!o->is_num && (f->desc->kind == LINX_FLD_NUMBER || (pair && f->part == LINX_FLD_KEY)))
		return wrong_at(p, position, "a number is expected here");
	if (!o->is_num && orders(t->op))
		return wrong_at(p, position, "a number is expected here, to compare with");
	if (!o->is_num && !strcmp(f->desc->name, "type") && !searches(t->op))
		return check_call_name(p, position, o);
	return 0;
}

static int take_operand(struct parser *p, struct linx_cond_node *t)
{
	struct linx_operand *o = &p->c->operands[p->c->noperands];
	const char *position;
	int ret = 0;

	skip_blanks(p);
	position = p->at;
	if (p->c->noperands == LINX_COND_OPERANDS)
		return wrong_at(p, position, "these are too many values");
	o->s = p->word;
	if (*p->at == '"' || *p->at == '\'')
		ret = take_quoted(p);
	else if (ends_value(*p->at))
		return wrong_at(p, position, "a value is expected here");
	else
		while (!ends_value(*p->at))
			*p->word++ = *p->at++;
	if (ret)
		return ret;
	o->n = (size_t)(p->word - o->s);
	*p->word++ = '\0';
	p->c->noperands++;
	t->count++;
	return settle_operand(p, t, o, position);
}

static int take_list(struct parser *p, struct linx_cond_node *t)
{
	int ret;

	if (!take_word(p, "("))
		return wrong_at(p, p->at, "a list in parentheses is expected here");
	do
		ret = take_operand(p, t);
	while (!ret && take_word(p, ","));
	if (!ret && !take_word(p, ")"))
		ret = wrong_at(p, p->at, "a comma or ) is expected here");
	return ret;
}

/* ---- tests ------------------------------------------------------------------------------------------ */

static int take_operator(struct parser *p, struct linx_cond_node *t)
{
	const char *position;

	skip_blanks(p);
	position = p->at;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (!take_word(p, operators[i].text))
			continue;
		t->op = operators[i].op;
		if (orders(t->op) && t->field.desc->kind == LINX_FLD_STRING)
			return wrong_at(p, position, "this compares numbers, and the field is text");
		if (searches(t->op) && (t->field.desc->kind == LINX_FLD_NUMBER || t->field.part == LINX_FLD_KEY))
			return wrong_at(p, position, "this searches text, and the field is a number");
		return 0;
	}
	return wrong_at(p, position, "an operator is expected here: = != < <= > >= in contains startswith endswith glob exists");
}

static int take_test(struct parser *p, uint32_t *out)
{
	struct linx_error why = { "" };
	struct linx_cond_node t = { .kind = LINX_COND_TEST, .first = p->c->noperands };
	size_t at;
	int ret;

	skip_blanks(p);
	ret = linx_fld_parse(p->at, strlen(p->at), &t.field, &at, &why);
	if (ret < 0)
		return wrong_at(p, p->at + at, why.text);
	if (t.field.desc->kind == LINX_FLD_ARGS || t.field.desc->kind == LINX_FLD_TIME)
		return wrong_at(p, p->at, "this field cannot stand in a condition");
	p->at += ret;
	ret = take_operator(p, &t);
	if (!ret && t.op == LINX_OP_IN)
		ret = take_list(p, &t);
	else if (!ret && t.op != LINX_OP_EXISTS)
		ret = take_operand(p, &t);
	if (!ret)
		ret = add_node(p, LINX_COND_TEST, 0, 0, out);
	if (!ret)
		p->c->nodes[*out] = t;
	return ret;
}

/* ---- the tree ---------------------------------------------------------------------------------------- */

static int take_or(struct parser *p, uint32_t *out);

static int take_not(struct parser *p, uint32_t *out)
{
	const char *position;
	uint32_t inner;
	int ret;

	skip_blanks(p);
	position = p->at;
	if (++p->depth > DEPTH_MAX)
		return wrong_at(p, position, "this is nested too deep");
	if (take_word(p, "not")) {
		ret = take_not(p, &inner);
		if (!ret)
			ret = add_node(p, LINX_COND_NOT, inner, 0, out);
	} else if (take_word(p, "(")) {
		ret = take_or(p, out);
		if (!ret && !take_word(p, ")"))
			ret = wrong_at(p, *p->at ? p->at : position, *p->at ? "and, or or ) is expected here" : "this parenthesis is not closed");
	} else {
		ret = take_test(p, out);
	}
	p->depth--;
	return ret;
}

static int take_and(struct parser *p, uint32_t *out)
{
	int ret = take_not(p, out);
	uint32_t right;

	while (!ret && take_word(p, "and")) {
		ret = take_not(p, &right);
		if (!ret)
			ret = add_node(p, LINX_COND_AND, *out, right, out);
	}
	return ret;
}

static int take_or(struct parser *p, uint32_t *out)
{
	int ret = take_and(p, out);
	uint32_t right;

	while (!ret && take_word(p, "or")) {
		ret = take_and(p, &right);
		if (!ret)
			ret = add_node(p, LINX_COND_OR, *out, right, out);
	}
	return ret;
}

static int parse(struct linx_condition *c, const char *text, struct linx_error *err)
{
	struct parser p = { .c = c, .text = text, .at = text, .word = c->words, .err = err };
	int ret = take_or(&p, &c->root);

	skip_blanks(&p);
	if (!ret && *p.at)
		ret = wrong_at(&p, p.at, "the condition ended before this: and or or is missing");
	return ret;
}

LINX_API int linx_condition_new(const char *text, struct linx_condition **out, struct linx_error *err)
{
	struct linx_condition *c;
	size_t n = strlen(text);
	int ret;

	if (n > TEXT_MAX)
		return linx_fail(err, -EINVAL, "wrong condition: it is longer than %u bytes", TEXT_MAX);
	c = calloc(1, sizeof(*c));
	if (!c)
		return linx_fail(err, -ENOMEM, "out of memory");
	c->text = strdup(text);
	c->words = malloc(2 * n + 2); /* each operand gets a NUL, and may be a letter long */
	c->nodes = calloc(LINX_COND_NODES, sizeof(*c->nodes));
	c->operands = calloc(LINX_COND_OPERANDS, sizeof(*c->operands));
	c->accounts = linx_user_names_new();
	ret = c->text && c->words && c->nodes && c->operands && c->accounts ? parse(c, text, err) :
									       linx_fail(err, -ENOMEM, "out of memory");
	if (ret)
		linx_condition_free(c);
	else
		*out = c;
	return ret;
}

LINX_API void linx_condition_free(struct linx_condition *c)
{
	if (!c)
		return;
	linx_user_names_free(c->accounts);
	free(c->scratch.data);
	free(c->shown.data);
	free(c->operands);
	free(c->nodes);
	free(c->words);
	free(c->text);
	free(c);
}
