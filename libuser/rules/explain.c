// SPDX-License-Identifier: LGPL-2.1-or-later
/* Explains a rule: the calls and fields that it needs, its number of tests, and the cost of its part in the kernel. */
#include <errno.h>
#include <stdlib.h>

#include "event/event.h"
#include "filter/calls.h"
#include "filter/falco/event_names.h"
#include "filter/program.h"
#include "rules/rule_set.h"
#include "table/select.h"

static int add_name(struct linx_rules *r, const char *name)
{
	const char **p;

	for (unsigned int i = 0; i < r->nnames; i++)
		if (!strcmp(r->names[i], name))
			return 0;
	p = realloc(r->names, (r->nnames + 1) * sizeof(*p));
	if (!p)
		return -ENOMEM;
	r->names = p;
	p[r->nnames++] = name;
	return 0;
}

/* Adds the field that a source (the left side of a test) reads, or all fields that the parts of the source read. */
static int add_source(struct linx_rules *r, uint32_t source)
{
	const struct linx_cond_source *s = &r->tree->sources[source];
	int ret = 0;

	if (s->transform == LINX_TF_NONE)
		return add_name(r, s->field.desc->name);
	for (unsigned int i = 0; !ret && i < s->nparts; i++)
		if (!s->literal[i])
			ret = add_source(r, s->part[i]);
	return ret;
}

/* Adds the fields on both sides of a test. */
static int add_sides(struct linx_rules *r, const struct linx_cond_node *n)
{
	int ret = add_source(r, n->source);

	for (uint32_t i = 0; !ret && i < n->count; i++)
		if (r->tree->operands[n->first + i].is_source)
			ret = add_source(r, r->tree->operands[n->first + i].source);
	return ret;
}

/*
 * Adds the fields of all tests below a node, and counts the tests. seen: nodes that were visited; a shared node counts
 * once
 */
static int add_fields(struct linx_rules *r, uint32_t node, bool *seen, unsigned int *tests)
{
	const struct linx_cond_node *n = &r->tree->nodes[node];
	int ret;

	if (seen[node])
		return 0;
	seen[node] = true;
	if (n->kind == LINX_COND_TEST) {
		++*tests;
		return add_sides(r, n);
	}
	ret = add_fields(r, n->left, seen, tests);
	return ret || n->kind == LINX_COND_NOT ? ret : add_fields(r, n->right, seen, tests);
}

/* Adds Falco's name of the event "a task ended", if such an event may match the rule. */
static int add_exit(struct linx_rules *r, const struct linx_table *t, uint32_t node)
{
	const struct linx_event end = { .kind = LINX_EVENT_EXIT };
	size_t n;
	bool may;
	int ret = linx_calls_of_exits(r->tree, t, &node, 1, &may);

	return ret || !may ? ret : add_name(r, linx_falco_event_name(&end, &n));
}

static int add_names(struct linx_rules *r, const struct linx_rules_names *names)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < names->n; i++)
		ret = add_source(r, names->all[i].source);
	return ret;
}

/* Adds the fields by which a linx_count or linx_sequence groups and counts matches. */
static int add_keys(struct linx_rules *r, const struct linx_rules_stateful *st)
{
	int ret = add_names(r, &st->by);

	if (!ret)
		ret = add_names(r, &st->distinct);
	for (unsigned int i = 0; !ret && i < st->nsteps; i++)
		ret = add_names(r, &st->steps[i].by);
	return ret;
}

static int add_calls(struct linx_rules *r, const struct linx_table *t, uint32_t node)
{
	uint64_t *can = calloc(LINX_CALL_WORDS, sizeof(*can));
	int ret = can ? linx_calls_of(r->tree, t, &node, 1, can) : -ENOMEM;

	for (unsigned int key = 0; !ret && key < LINX_NCALLS; key++) {
		const struct linx_table_call *call = linx_table_lookup(t, key / LINX_NR_MAX, (int32_t)(key % LINX_NR_MAX));

		if (linx_calls_has(can, key) && call && !linx_select_is_spare(t, key / LINX_NR_MAX, (int32_t)(key % LINX_NR_MAX)))
			ret = add_name(r, call->name);
	}
	free(can);
	return ret ? ret : add_exit(r, t, node);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Returns the number of BPF instructions that the kernel's filter would have if this were the only rule. */
static unsigned int count_insns(struct linx_rules *r, const struct linx_table *t, uint32_t node)
{
	uint32_t root = r->tree->root;
	struct linx_select *sel = malloc(sizeof(*sel));
	struct linx_program p = { 0 };

	if (!sel)
		return 0;
	memset(sel, 0xff, sizeof(*sel));
	r->tree->root = node;
	linx_program_compile(r->tree, t, sel, &p);
	r->tree->root = root;
	free(p.insns);
	free(sel);
	return p.len;
}

LINX_API int linx_rules_explain(struct linx_rules *r, unsigned int i, struct linx_rule_plan *plan)
{
	const struct linx_table *t;
	unsigned int ncalls;
	bool *seen;
	int ret;

	if (i >= r->nrules || !r->rules[i]->done)
		return -ENOENT;
	*plan = (struct linx_rule_plan){ .condition = r->rules[i]->text };
	r->nnames = 0;
	t = linx_cond_table(r->tree);
	if (!t)
		return -ENOMEM;
	ret = add_calls(r, t, r->rules[i]->node);
	ncalls = r->nnames;
	plan->kernel_insns = count_insns(r, t, r->rules[i]->node);
	seen = calloc(r->tree->nnodes, sizeof(*seen));
	if (!ret)
		ret = seen ? add_fields(r, r->rules[i]->node, seen, &plan->tests) : -ENOMEM;
	if (!ret && r->rules[i]->stateful)
		ret = add_keys(r, r->rules[i]->stateful);
	free(seen);
	if (ret)
		return ret;
	if (ncalls)
		qsort(r->names, ncalls, sizeof(*r->names), compare);
	if (r->nnames > ncalls)
		qsort(r->names + ncalls, r->nnames - ncalls, sizeof(*r->names), compare);
	plan->calls = r->names;
	plan->ncalls = ncalls;
	plan->fields = r->names + ncalls;
	plan->nfields = r->nnames - ncalls;
	return 0;
}
