// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Parses the text of a condition to its tree. The text is not split into tokens
 * first: what is expected at a position decides how it is read. So "<" is a value in
 * "linx.dir = <" and an operator in "linx.res < 0".
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "filter/condition/parse.h"
#include "engine/engine.h"

#define TEXT_MAX 65536u

/*
 * Operators. If one operator begins with another one, the longer one comes first: "<=" before "<". An operator that is
 * a word must not be followed by a letter.
 */
static const struct {
	const char *text;
	enum linx_cond_op op;
} operators[] = {
	{ "==", LINX_OP_EQ },
	{ "=", LINX_OP_EQ },
	{ "!=", LINX_OP_NE },
	{ "<=", LINX_OP_LE },
	{ ">=", LINX_OP_GE },
	{ "<", LINX_OP_LT },
	{ ">", LINX_OP_GT },
	{ "contains", LINX_OP_CONTAINS },
	{ "icontains", LINX_OP_ICONTAINS },
	{ "bcontains", LINX_OP_BCONTAINS },
	{ "startswith", LINX_OP_STARTSWITH },
	{ "bstartswith", LINX_OP_BSTARTSWITH },
	{ "endswith", LINX_OP_ENDSWITH },
	{ "glob", LINX_OP_GLOB },
	{ "iglob", LINX_OP_IGLOB },
	{ "regex", LINX_OP_REGEX },
	{ "pmatch", LINX_OP_PMATCH },
	{ "intersects", LINX_OP_INTERSECTS },
	{ "in", LINX_OP_IN },
	{ "exists", LINX_OP_EXISTS },
};

int linx_parse_fail(struct linx_parser *p, const char *position, const char *why)
{
	p->why->at = (size_t)(position - p->text);
	snprintf(p->why->why, sizeof(p->why->why), "%s", why);
	return -EINVAL;
}

int linx_parse_fail_sense(struct linx_parser *p, const char *position, const char *why)
{
	p->why->sense = true;
	return linx_parse_fail(p, position, why);
}

int linx_parse_no_memory(struct linx_parser *p)
{
	linx_parse_fail(p, p->at, "out of memory");
	return -ENOMEM;
}

void linx_parse_skip_blanks(struct linx_parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

bool linx_parse_is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* Skips a word or sign such as "and" or "(" if it is next. A word must not go on with a letter, digit, _ or dot. */
bool linx_parse_word(struct linx_parser *p, const char *word)
{
	size_t n = strlen(word);

	linx_parse_skip_blanks(p);
	if (strncmp(p->at, word, n) != 0 || (linx_parse_is_word(word[n - 1]) && linx_parse_is_word(p->at[n])))
		return false;
	p->at += n;
	return true;
}

static int add_node(struct linx_parser *p, enum linx_cond_kind kind, uint32_t left, uint32_t right, uint32_t *out)
{
	int ret = linx_cond_add(p->c, kind, left, right, out);

	if (ret == -E2BIG)
		return linx_parse_fail(p, p->at, "this is too long");
	return ret ? linx_parse_no_memory(p) : 0;
}

/* ---- tests ------------------------------------------------------------------------------------------ */

void linx_parse_list_operators(uint32_t mask, char *to, size_t size)
{
	size_t n = 0, last = 0;

	/* operators[0] is "==", which is left out of the list, since "=" means the same. */
	for (size_t i = 1; i < ARRAY_SIZE(operators); i++)
		last = mask >> operators[i].op & 1 ? i : last;
	for (size_t i = 1; i <= last && n < size; i++)
		if (mask >> operators[i].op & 1)
			n += (size_t)snprintf(to + n, size - n, "%s%s", !n ? "" : i == last ? " or " : " ", operators[i].text);
}

static bool may_be_modified(enum linx_cond_op op)
{
	return op <= LINX_OP_NE || (linx_op_searches(op) && op != LINX_OP_PMATCH);
}

static bool begins_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return !strncmp(s, word, n) && !isalnum((unsigned char)s[n]);
}

/*
 * True if a list follows, as after "oneof" in "oneof (a, b)" or "oneof LIST". If no list follows, "oneof" is a value,
 * as in "proc.name = oneof and ...".
 */
static bool begins_list(const char *s)
{
	const char *start = s;

	while (isspace((unsigned char)*s))
		s++;
	if (s == start)
		return false;
	return *s == '(' || (isalpha((unsigned char)*s) && !begins_word(s, "and") && !begins_word(s, "or") && !begins_word(s, "not"));
}

/*
 * Parses a modifier after the operator, as in "startswith oneof (a, b)" and "contains allof (a, b)". False: there is no
 * modifier.
 */
static bool take_modifier(struct linx_parser *p, struct linx_cond_node *t)
{
	static const char *const words[] = { [LINX_MOD_ONE] = "oneof", [LINX_MOD_ANY] = "anyof", [LINX_MOD_ALL] = "allof" };
	const char *position = p->at;

	for (unsigned int i = LINX_MOD_ONE; i < ARRAY_SIZE(words); i++) {
		if (!linx_parse_word(p, words[i]))
			continue;
		if (!begins_list(p->at))
			break;
		t->mod = (enum linx_cond_mod)i;
		t->modified = true;
		return true;
	}
	p->at = position;
	return false;
}

/* Removes a modifier that changes nothing, as in "= anyof" and "!= allof", so that the operands can be a hash table. */
static void settle_modifier(const struct linx_condition *c, struct linx_cond_node *t)
{
	bool plain = (t->mod == LINX_MOD_ANY && t->op != LINX_OP_NE) || (t->mod == LINX_MOD_ALL && t->op == LINX_OP_NE);

	if (plain && t->count)
		t->mod = LINX_MOD_NONE;
	for (uint32_t i = 0; t->op == LINX_OP_NE && !t->mod && i < t->count; i++)
		t->needs_sources |= c->operands[t->first + i].is_source;
}

static bool takes_list(enum linx_cond_op op)
{
	return op == LINX_OP_IN || op == LINX_OP_INTERSECTS || op == LINX_OP_PMATCH;
}

/* Skips operator i if it is next. In rules, as in Falco, "in" and the like need no blank behind them. */
static bool skip_operator(struct linx_parser *p, size_t i)
{
	size_t n = strlen(operators[i].text);

	if (!p->names || !(takes_list(operators[i].op) || operators[i].op == LINX_OP_EXISTS))
		return linx_parse_word(p, operators[i].text);
	if (strncmp(p->at, operators[i].text, n) != 0)
		return false;
	p->at += n;
	return true;
}

static int take_operator(struct linx_parser *p, struct linx_cond_node *t, bool *list)
{
	const char *position;

	linx_parse_skip_blanks(p);
	position = p->at;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (!skip_operator(p, i))
			continue;
		t->op = operators[i].op;
		*list = takes_list(t->op);
		if (may_be_modified(t->op))
			*list = take_modifier(p, t);
		return linx_parse_check_operator(p, t, position);
	}
	return linx_parse_fail(p, position,
			"an operator is expected here: = != < <= > >= in intersects contains icontains bcontains startswith "
			"bstartswith endswith glob iglob regex pmatch exists");
}

/*
 * Makes a hash table of the operands if a test has many texts. If there is no memory, the texts are compared one by
 * one.
 */
static void make_set(struct linx_condition *c, struct linx_cond_node *t)
{
	uint32_t size = 16;

	if (t->count <= 4 || t->mod || (t->op != LINX_OP_IN && t->op != LINX_OP_EQ && t->op != LINX_OP_NE && t->op != LINX_OP_INTERSECTS))
		return;
	for (uint32_t i = 0; i < t->count; i++)
		if (c->operands[t->first + i].is_num || c->operands[t->first + i].is_net || c->operands[t->first + i].is_source)
			return;
	while (size < 2 * t->count)
		size *= 2;
	t->set = calloc(size, sizeof(*t->set));
	t->set_mask = size - 1;
	for (uint32_t i = 0; t->set && i < t->count; i++) {
		uint32_t at = linx_cond_hash(c->operands[t->first + i].s, c->operands[t->first + i].n) & t->set_mask;

		while (t->set[at])
			at = (at + 1) & t->set_mask;
		t->set[at] = t->first + i + 1;
	}
}

/* Collects the names of hosts that a test compares with, for the caller of the library to look up. */
static int note_hosts(struct linx_parser *p, const struct linx_cond_node *t)
{
	int ret = 0;

	if (t->field.desc->kind != LINX_FLD_NAMES || linx_op_searches(t->op))
		return 0;
	for (uint32_t i = 0; !ret && i < t->count; i++)
		if (!p->c->operands[t->first + i].is_source)
			ret = linx_hosts_add(&p->c->hosts, p->c->operands[t->first + i].s);
	if (ret == -E2BIG)
		return linx_parse_fail_sense(p, p->at, "these are too many names of hosts");
	return ret ? linx_parse_no_memory(p) : 0;
}

static int take_test(struct linx_parser *p, uint32_t *out)
{
	struct linx_cond_node t = { .kind = LINX_COND_TEST };
	const char *position = p->at;
	bool list = false;
	int ret;

	linx_parse_skip_blanks(p);
	ret = linx_parse_source(p, &t.field, &t.source);
	t.first = p->c->noperands;
	position = p->at;
	if (!ret)
		ret = take_operator(p, &t, &list);
	if (!ret && list)
		ret = linx_parse_list(p, &t);
	else if (!ret && t.op != LINX_OP_EXISTS)
		ret = linx_parse_operand(p, &t);
	if (!ret)
		ret = linx_parse_check_events(p, &t, position);
	if (!ret)
		ret = note_hosts(p, &t);
	if (ret)
		return ret;
	settle_modifier(p->c, &t);
	if (linx_cond_find_test(p->c, &t, out)) {
		p->c->noperands = t.first;
		return 0;
	}
	ret = add_node(p, LINX_COND_TEST, 0, 0, out);
	if (ret)
		return ret;
	make_set(p->c, &t);
	p->c->nodes[*out] = t;
	linx_cond_share_test(p->c, *out);
	return 0;
}

/* Parses the name of a macro: a word without "." and "(". *taken: false if there is no such word. */
static int take_macro(struct linx_parser *p, uint32_t *out, bool *taken)
{
	const char *position = p->at;
	size_t n = 0;
	char why[120];
	int ret;

	while (isalnum((unsigned char)p->at[n]) || p->at[n] == '_')
		n++;
	*taken = n && p->names && p->at[n] != '.' && p->at[n] != '(' && isalpha((unsigned char)*p->at);
	if (!*taken)
		return 0;
	ret = p->names->macro(p->names->ctx, p->at, n, out);
	if (ret == -ENOENT) {
		p->why->macro = true;
		snprintf(why, sizeof(why), "undefined macro '%.*s'", n > 80 ? 80 : (int)n, position);
		return linx_parse_fail(p, position, why);
	}
	p->at += n;
	return ret;
}

/* ---- the tree ---------------------------------------------------------------------------------------- */

static int take_or(struct linx_parser *p, uint32_t *out);

static int take_not(struct linx_parser *p, uint32_t *out)
{
	const char *position;
	uint32_t inner;
	bool taken;
	int ret;

	linx_parse_skip_blanks(p);
	position = p->at;
	if (++p->depth > LINX_PARSE_DEPTH)
		return linx_parse_fail(p, position, "this is nested too deep");
	if (linx_parse_word(p, "not")) {
		ret = take_not(p, &inner);
		if (!ret)
			ret = add_node(p, LINX_COND_NOT, inner, 0, out);
	} else if (linx_parse_word(p, "(")) {
		ret = take_or(p, out);
		if (!ret && !linx_parse_word(p, ")"))
			ret = linx_parse_fail(p, *p->at ? p->at : position, *p->at ? "and, or or ) is expected here" : "this parenthesis is not closed");
	} else {
		ret = take_macro(p, out, &taken);
		if (!taken)
			ret = take_test(p, out);
	}
	p->depth--;
	return ret;
}

static int take_and(struct linx_parser *p, uint32_t *out)
{
	int ret = take_not(p, out);
	uint32_t right;

	while (!ret && linx_parse_word(p, "and")) {
		ret = take_not(p, &right);
		if (!ret)
			ret = add_node(p, LINX_COND_AND, *out, right, out);
	}
	return ret;
}

static int take_or(struct linx_parser *p, uint32_t *out)
{
	int ret = take_and(p, out);
	uint32_t right;

	while (!ret && linx_parse_word(p, "or")) {
		ret = take_and(p, &right);
		if (!ret)
			ret = add_node(p, LINX_COND_OR, *out, right, out);
	}
	return ret;
}

int linx_cond_parse(struct linx_condition *c, const char *text, const struct linx_cond_names *names,
		    struct linx_cond_problem *why)
{
	struct linx_parser p = { .c = c, .text = text, .at = text, .names = names, .why = why };
	size_t n = strlen(text);
	uint32_t root = 0;
	int ret;

	*why = (struct linx_cond_problem){ 0 };
	if (n > TEXT_MAX) {
		snprintf(why->why, sizeof(why->why), "it is longer than %u bytes", TEXT_MAX);
		return -EINVAL;
	}
	p.word = malloc(n + 1);
	if (!p.word)
		return linx_parse_no_memory(&p);
	ret = take_or(&p, &root);
	linx_parse_skip_blanks(&p);
	if (!ret && *p.at)
		ret = linx_parse_fail(&p, p.at, "the condition ended before this: and or or is missing");
	c->root = root;
	free(p.word);
	return ret;
}

int linx_cond_parse_source(struct linx_condition *c, const char *text, size_t *used, uint32_t *source, struct linx_cond_problem *why)
{
	struct linx_parser p = { .c = c, .text = text, .at = text, .why = why };
	struct linx_fld f;
	int ret;

	*why = (struct linx_cond_problem){ 0 };
	p.word = malloc(strlen(text) + 1);
	if (!p.word)
		return linx_parse_no_memory(&p);
	ret = linx_parse_source(&p, &f, source);
	*used = (size_t)(p.at - text);
	free(p.word);
	return ret;
}

int linx_cond_check_source(struct linx_condition *c, const char *text, struct linx_cond_problem *why)
{
	uint32_t nsources = c->nsources, nliterals = c->nliterals, source;
	size_t used;
	int ret = linx_cond_parse_source(c, text, &used, &source, why);

	c->nsources = nsources;
	c->nliterals = nliterals;
	if (!ret && text[used])
		ret = -EINVAL;
	return ret;
}

static const enum linx_cond_op *find_operator(const char *op)
{
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (!strcmp(operators[i].text, op))
			return &operators[i].op;
	return NULL;
}

bool linx_cond_is_operator(const char *op)
{
	return find_operator(op);
}

bool linx_cond_takes_modifier(const char *op)
{
	const enum linx_cond_op *found = find_operator(op);

	return found && may_be_modified(*found);
}

/* Sets an error text that shows the part of the condition around the mistake, with an arrow before it. */
static int fail_at(const char *text, const struct linx_cond_problem *why, int ret, struct linx_error *err)
{
	size_t from = why->at > 80 ? why->at - 80 : 0;

	if (ret == -ENOMEM)
		return linx_fail(err, ret, "out of memory");
	if (strlen(text) > TEXT_MAX)
		return linx_fail(err, ret, "wrong condition: %s", why->why);
	return linx_fail(err, ret, "wrong condition: column %zu: %s: %.*s-->%.120s", why->at + 1, why->why, (int)(why->at - from),
			 text + from, text + why->at);
}

LINX_API int linx_condition_new(const char *text, struct linx_condition **out, struct linx_error *err)
{
	struct linx_condition *c = linx_cond_alloc();
	struct linx_cond_problem why = { 0 };
	int ret;

	if (!c)
		return linx_fail(err, -ENOMEM, "out of memory");
	c->text = strdup(text);
	ret = c->text ? linx_cond_parse(c, text, NULL, &why) : -ENOMEM;
	if (ret) {
		linx_condition_free(c);
		return fail_at(text, &why, ret, err);
	}
	*out = c;
	return 0;
}
