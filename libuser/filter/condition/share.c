// SPDX-License-Identifier: LGPL-2.1-or-later
/* Shares equal tests of rules: equal tests are one node, whose result is computed once per event. */
#include <stdlib.h>

#include "filter/condition/own.h"

static uint32_t hash_test(const struct linx_condition *c, const struct linx_cond_node *t)
{
	uint32_t h = t->source * 31u + (uint32_t)t->op * 7u + (uint32_t)t->mod + t->count;

	for (uint32_t i = 0; i < t->count; i++)
		h = h * 16777619u ^ linx_cond_hash(c->operands[t->first + i].s, c->operands[t->first + i].n);
	return h;
}

static bool same_operand(const struct linx_operand *a, const struct linx_operand *b)
{
	if (a->is_source || b->is_source)
		return a->is_source && b->is_source && a->source == b->source;
	return a->n == b->n && !memcmp(a->s, b->s, a->n);
}

/*
 * True if two tests are equal. Only the texts of the operands are compared: with the same source and operator, equal
 * texts are converted to equal values.
 */
static bool same_test(const struct linx_condition *c, const struct linx_cond_node *a, const struct linx_cond_node *b)
{
	if (a->source != b->source || a->op != b->op || a->mod != b->mod || a->modified != b->modified || a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		if (!same_operand(&c->operands[a->first + i], &c->operands[b->first + i]))
			return false;
	return true;
}

static uint32_t slot_of(const struct linx_condition *c, const struct linx_cond_node *t)
{
	uint32_t at = hash_test(c, t) & c->test_mask;

	while (c->tests[at] && !same_test(c, &c->nodes[c->tests[at] - 1], t))
		at = (at + 1) & c->test_mask;
	return at;
}

/*
 * Doubles the hash table if the next test would fill more than half of it. If there is no memory, no more tests are
 * shared.
 */
static void grow(struct linx_condition *c)
{
	uint32_t size = c->tests ? 2 * (c->test_mask + 1) : 256, *old = c->tests, n = c->tests ? c->test_mask + 1 : 0;

	if (c->tests && 2 * (c->ntests + 1) <= c->test_mask)
		return;
	c->tests = calloc(size, sizeof(*c->tests));
	c->test_mask = size - 1;
	c->ntests = c->tests ? c->ntests : 0;
	for (uint32_t i = 0; c->tests && i < n; i++)
		if (old[i])
			c->tests[slot_of(c, &c->nodes[old[i] - 1])] = old[i];
	free(old);
}

/* True if a test may be shared: not one with a regular expression, which is owned by its operand. */
static bool may_be_shared(const struct linx_condition *c, const struct linx_cond_node *t)
{
	return c->keeps && t->op != LINX_OP_REGEX;
}

bool linx_cond_find_test(struct linx_condition *c, const struct linx_cond_node *t, uint32_t *node)
{
	uint32_t at;

	if (!may_be_shared(c, t) || !c->tests)
		return false;
	at = slot_of(c, t);
	if (!c->tests[at])
		return false;
	*node = c->tests[at] - 1;
	return true;
}

void linx_cond_share_test(struct linx_condition *c, uint32_t node)
{
	if (!may_be_shared(c, &c->nodes[node]))
		return;
	grow(c);
	if (!c->tests)
		return;
	c->tests[slot_of(c, &c->nodes[node])] = node + 1;
	c->ntests++;
}
