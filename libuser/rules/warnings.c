// SPDX-License-Identifier: LGPL-2.1-or-later
/* Warns of conditions that name no calls, and of fields that are deprecated or never known to linx. */
#include <errno.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "rules/rule_set.h"

/*
 * Facts about a node, as bits. IS_DEPRECATED: the node has a deprecated field; HAS_ABSENT: the node has a field that
 * linx never knows; NEVER_MET: the node is false for all events; ALWAYS_MET: the node is true for all events.
 */
enum { IS_DEPRECATED = 1, HAS_ABSENT = 2, NEVER_MET = 4, ALWAYS_MET = 8 };

typedef bool source_test(const struct linx_fld_desc *d);

static bool is_deprecated(const struct linx_fld_desc *d)
{
	return linx_rules_find_deprecated(d->name, true);
}

/* True if the callback test() returns true for a field of a source. */
static bool any_field(const struct linx_condition *c, uint32_t source, source_test *test)
{
	const struct linx_cond_source *s = &c->sources[source];

	if (s->transform == LINX_TF_NONE)
		return test(s->field.desc);
	for (unsigned int i = 0; i < s->nparts; i++)
		if (!s->literal[i] && any_field(c, s->part[i], test))
			return true;
	return false;
}

/* True if a field on either side of a test's operator is never known to linx. */
static bool compares_absent(const struct linx_condition *c, const struct linx_cond_node *t)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (c->operands[t->first + i].is_source && any_field(c, c->operands[t->first + i].source, linx_fld_is_absent))
			return true;
	return any_field(c, t->source, linx_fld_is_absent);
}

static uint8_t test_says(const struct linx_condition *c, const struct linx_cond_node *t)
{
	uint8_t says = any_field(c, t->source, is_deprecated) ? IS_DEPRECATED : 0;

	if (compares_absent(c, t))
		says |= HAS_ABSENT | NEVER_MET;
	return says;
}

/* Returns the facts about "not" of a node that has these facts: NEVER_MET and ALWAYS_MET are swapped. */
static uint8_t reversed(uint8_t says)
{
	return (uint8_t)((says & (IS_DEPRECATED | HAS_ABSENT)) | (says & NEVER_MET) << 1 | (says & ALWAYS_MET) >> 1);
}

static uint8_t joined(bool both, uint8_t a, uint8_t b)
{
	const uint8_t either = IS_DEPRECATED | HAS_ABSENT | (both ? NEVER_MET : ALWAYS_MET);
	const uint8_t each = both ? ALWAYS_MET : NEVER_MET;

	return (uint8_t)(((a | b) & either) | (a & b & each));
}

/* Sets the facts about all nodes in one pass: a node's children have lower indexes than the node. */
static void look_at_nodes(const struct linx_condition *c, uint8_t *says)
{
	for (uint32_t i = 0; i < c->nnodes; i++) {
		const struct linx_cond_node *n = &c->nodes[i];

		if (n->kind == LINX_COND_TEST)
			says[i] = test_says(c, n);
		else if (n->kind == LINX_COND_NOT)
			says[i] = reversed(says[n->left]);
		else
			says[i] = joined(n->kind == LINX_COND_AND, says[n->left], says[n->right]);
	}
}

/* State of a search for the fields below a node that linx never knows. */
struct absence {
	struct linx_rules *r;
	const struct linx_rules_item *it;
	const uint8_t *says;
	bool *seen; /* by node: true if the node has been searched */
	bool negated; /* such a field was found in a test with "not" before it, which is true for all events */
	const char *names[16]; /* the fields found */
	unsigned int n;
};

static void add_absent(struct absence *x, uint32_t source)
{
	const struct linx_cond_source *s = &x->r->tree->sources[source];
	unsigned int at = 0;

	for (unsigned int i = 0; s->transform != LINX_TF_NONE && i < s->nparts; i++)
		if (!s->literal[i])
			add_absent(x, s->part[i]);
	if (s->transform != LINX_TF_NONE || !linx_fld_is_absent(s->field.desc))
		return;
	while (at < x->n && x->names[at] != s->field.desc->name)
		at++;
	if (at == x->n && x->n < ARRAY_SIZE(x->names))
		x->names[x->n++] = s->field.desc->name;
}

static void find_absent(struct absence *x, uint32_t node)
{
	const struct linx_cond_node *n = &x->r->tree->nodes[node];

	if (x->seen[node] || !(x->says[node] & HAS_ABSENT))
		return;
	x->seen[node] = true;
	if (n->kind == LINX_COND_TEST) {
		add_absent(x, n->source);
		for (uint32_t i = 0; i < n->count; i++)
			if (x->r->tree->operands[n->first + i].is_source)
				add_absent(x, x->r->tree->operands[n->first + i].source);
		return;
	}
	x->negated |= n->kind == LINX_COND_NOT && x->says[node] & ALWAYS_MET;
	find_absent(x, n->left);
	if (n->kind != LINX_COND_NOT)
		find_absent(x, n->right);
}

static int warn_of_absent(struct linx_rules *r, const struct linx_rules_item *it, const uint8_t *says)
{
	struct absence x = { .r = r, .it = it, .says = says, .seen = calloc(r->tree->nnodes + 1, sizeof(bool)) };
	const char *what = "its tests are never met";

	if (!x.seen)
		return -ENOMEM;
	find_absent(&x, it->node);
	free(x.seen);
	if (says[it->node] & NEVER_MET)
		what = "the rule can never fire";
	else if (x.negated)
		what = "'not' of a test of it is always met";
	for (unsigned int i = 0; i < x.n; i++)
		linx_rules_report(r, false, "LOAD_COMPILE_CONDITION", it->place, it->name, "%s is not known here: %s", x.names[i], what);
	return 0;
}

int linx_rules_warn(struct linx_rules *r)
{
	uint8_t *says = calloc(r->tree->nnodes + 1, 1);
	bool *named = calloc(r->tree->nnodes + 1, sizeof(*named));
	int ret = says && named ? linx_rules_find_named(r->tree, named) : -ENOMEM;

	if (!ret)
		look_at_nodes(r->tree, says);
	for (uint32_t i = 0; !ret && i < r->nitems; i++) {
		const struct linx_rules_item *it = r->items[i];

		if (it->kind != LINX_RULES_RULE || !it->done)
			continue;
		if (!named[it->node] && it->warn_evttypes)
			linx_rules_report(r, false, "LOAD_NO_EVTTYPE", it->place, it->name,
					  "the condition names no events by evt.type, or too many, or can match none");
		if (says[it->node] & IS_DEPRECATED)
			linx_rules_report(r, false, "LOAD_DEPRECATED_ITEM", it->place, it->name,
					  "the condition has a deprecated field: evt.dir is always <, and evt.latency is not there");
		if (says[it->node] & HAS_ABSENT)
			ret = warn_of_absent(r, it, says);
	}
	free(named);
	free(says);
	return ret;
}
