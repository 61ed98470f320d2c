// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds the rules whose conditions name the events that they can match, as Falco does for its warning LOAD_NO_EVTTYPE.
 * Each node has two sets of events: events for which the node can be true, and events for which "not" of the node can
 * be true. For a test of evt.type, the first set has the events that the test names. For any other test, both sets have
 * all events. A set has a bit for each event that a test names, and one bit for all other events together.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "filter/falco/event_names.h"
#include "rules/rule_set.h"

/* Falco warns of a condition that can match more than 100 of the codes in its event table. */
#define CODES_MAX 100u

struct sets {
	const struct linx_condition *c;
	/* names of events; "": all generic events. Name i has bit i + 1; bit 0 is for all other events */
	const char **names;
	unsigned int n, words; /* number of names; number of words of a set */
	uint64_t *all; /* by node: the two sets of the node */
};

/* True for a test of the event's name. As in Falco, only =, != and "in" without a modifier count, and "exists". */
static bool names_events(const struct linx_condition *c, const struct linx_cond_node *t)
{
	static const char *const names[] = { "evt.type", "syscall.type", "type" };
	const struct linx_cond_source *s = &c->sources[t->source];

	if (s->transform != LINX_TF_NONE || t->modified)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(s->field.desc->name, names[i]))
			return t->op == LINX_OP_EQ || t->op == LINX_OP_NE || t->op == LINX_OP_IN || t->op == LINX_OP_EXISTS;
	return false;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *name_of(const struct linx_operand *o)
{
	unsigned int codes;

	return linx_falco_event_codes(o->s, &codes);
}

/* Collects the names of events in all tests, sorted. */
static int collect(struct sets *x)
{
	unsigned int kept = 0;

	x->names = calloc(x->c->noperands + 1, sizeof(*x->names));
	if (!x->names)
		return -ENOMEM;
	for (uint32_t i = 0; i < x->c->nnodes; i++) {
		const struct linx_cond_node *t = &x->c->nodes[i];

		for (uint32_t k = 0; t->kind == LINX_COND_TEST && names_events(x->c, t) && k < t->count; k++)
			if (!x->c->operands[t->first + k].is_source)
				x->names[x->n++] = name_of(&x->c->operands[t->first + k]);
	}
	qsort(x->names, x->n, sizeof(*x->names), by_text);
	for (unsigned int i = 0; i < x->n; i++)
		if (!kept || strcmp(x->names[kept - 1], x->names[i]) != 0)
			x->names[kept++] = x->names[i];
	x->n = kept;
	x->words = (kept + 1 + 63) / 64;
	return 0;
}

static uint64_t *set_of(const struct sets *x, uint32_t node, bool negated)
{
	return x->all + ((size_t)node * 2 + negated) * x->words;
}

static void look_at_test(struct sets *x, uint32_t node)
{
	const struct linx_cond_node *t = &x->c->nodes[node];
	bool named = names_events(x->c, t), reversed = t->op == LINX_OP_NE;
	uint64_t *met = set_of(x, node, reversed), *unmet = set_of(x, node, !reversed);

	memset(unmet, 0xff, x->words * sizeof(*unmet));
	memset(met, named && t->op != LINX_OP_EXISTS ? 0 : 0xff, x->words * sizeof(*met));
	for (uint32_t k = 0; named && k < t->count; k++) {
		const struct linx_operand *o = &x->c->operands[t->first + k];
		const char *name = o->is_source ? NULL : name_of(o);
		const char **at = name ? bsearch(&name, x->names, x->n, sizeof(*x->names), by_text) : NULL;
		size_t bit = at ? (size_t)(at - x->names) + 1 : 0;

		met[bit / 64] |= 1ull << bit % 64;
	}
	for (unsigned int i = 0; named && i < x->words; i++)
		unmet[i] = ~met[i];
}

static void join(uint64_t *to, const uint64_t *a, const uint64_t *b, unsigned int words, bool both)
{
	for (unsigned int i = 0; i < words; i++)
		to[i] = both ? a[i] & b[i] : a[i] | b[i];
}

static void look_at_node(struct sets *x, uint32_t i)
{
	const struct linx_cond_node *n = &x->c->nodes[i];
	bool both = n->kind == LINX_COND_AND;

	if (n->kind == LINX_COND_TEST) {
		look_at_test(x, i);
		return;
	}
	for (unsigned int negated = 0; negated < 2; negated++) {
		if (n->kind == LINX_COND_NOT)
			memcpy(set_of(x, i, negated), set_of(x, n->left, !negated), x->words * sizeof(uint64_t));
		else
			join(set_of(x, i, negated), set_of(x, n->left, negated), set_of(x, n->right, negated), x->words, both != (negated != 0));
	}
}

/* True if a node can be true for some named events, with at most CODES_MAX codes, and for no other events. */
static bool is_small(const struct sets *x, uint32_t node)
{
	const uint64_t *met = set_of(x, node, false);
	unsigned int n = 0, codes;

	for (unsigned int bit = 1; bit <= x->n; bit++) {
		linx_falco_event_codes(x->names[bit - 1], &codes);
		n += met[bit / 64] >> bit % 64 & 1 ? codes : 0;
	}
	return !(met[0] & 1) && n && n <= CODES_MAX;
}

int linx_rules_find_named(const struct linx_condition *c, bool *named)
{
	struct sets x = { .c = c };
	int ret = collect(&x);

	/* A node's children have lower indexes than the node. */
	x.all = ret ? NULL : calloc((size_t)c->nnodes + 1, 2 * x.words * sizeof(*x.all));
	for (uint32_t i = 0; x.all && i < c->nnodes; i++) {
		look_at_node(&x, i);
		named[i] = is_small(&x, i);
	}
	ret = x.all ? 0 : -ENOMEM;
	free(x.all);
	free(x.names);
	return ret;
}
