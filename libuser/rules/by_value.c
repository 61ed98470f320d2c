// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Index of rules by the texts that they require. Most rules of a large set can match only if a field has one of some
 * constant texts, as in "fd.name = /etc/shadow and ...". A hash table maps these texts to their rules, so that the
 * condition of such a rule is evaluated only for events with one of its texts. Other rules are not in this index, and
 * are evaluated for every event of their calls: rules without such a test in the outermost "and" of the condition, and
 * rules whose texts many other rules also require.
 */
#include <stdlib.h>
#include <string.h>

#include "filter/condition/source.h"
#include "rules/by_value.h"

#define SOURCES 4u /* limit of the fields whose values are looked up in the index for each event */
#define TEXTS_MAX 64u /* limit of the texts of a test; a test with more texts is not used for the index */
#define LEAST 16u /* a field is looked up only if the index finds at least this number of rules by the field */

/* A text of a field, and the list of the rules that require it. */
struct entry {
	const char *s; /* text, n bytes; borrowed from an operand of the tree, which lives longer than the index */
	size_t n;
	uint32_t source; /* index in linx_condition.sources of the field whose value is compared with the text */
	uint32_t uses; /* number of tests, of all rules, that name this text */
	/* first and last element of the list of rules: index in posts + 1; 0: the list is empty */
	uint32_t first, last;
};

struct post {
	uint32_t rule; /* number of the rule */
	uint32_t next; /* next element of the text's list: index in posts + 1; 0: end of the list */
};

struct linx_rules_by_value {
	struct entry *entries;
	uint32_t nentries, entry_cap;
	uint32_t *table; /* hash table of entries, 0: free, else index + 1 */
	uint32_t mask;
	struct post *posts;
	uint32_t nposts, post_cap;
	uint32_t sources[SOURCES]; /* fields that are looked up for each event, as indexes in the tree's sources */
	unsigned int nsources;
	uint64_t calls[LINX_CALL_WORDS]; /* bitmap of the calls that rules in the index may match */
	uint32_t *found; /* [2 * most] numbers of the rules found for an event, followed by work space of merge() */
	uint32_t most; /* number of rules in linx_rules.all */
	bool *has; /* by index in linx_rules.all: the rule is in this index of texts */
};

/* ---- texts ------------------------------------------------------------------------------------ */

static uint32_t slot_of(const struct linx_rules_by_value *b, uint32_t source, const char *s, size_t n)
{
	uint32_t at = (linx_cond_hash(s, n) + source * 0x9e3779b9u) & b->mask;

	for (; b->table[at]; at = (at + 1) & b->mask) {
		const struct entry *e = &b->entries[b->table[at] - 1];

		if (e->source == source && e->n == n && !memcmp(e->s, s, n))
			break;
	}
	return at;
}

static struct entry *find(const struct linx_rules_by_value *b, uint32_t source, const char *s, size_t n)
{
	uint32_t at = slot_of(b, source, s, n);

	return b->table[at] ? &b->entries[b->table[at] - 1] : NULL;
}

/* Enlarges the hash table if one more entry would fill more than half of it. False: no memory. */
static bool grow_table(struct linx_rules_by_value *b)
{
	uint32_t size = b->table ? 2 * (b->mask + 1) : 1024;

	if (b->table && 2 * (b->nentries + 1) <= b->mask)
		return true;
	free(b->table);
	b->table = calloc(size, sizeof(*b->table));
	b->mask = size - 1;
	for (uint32_t i = 0; b->table && i < b->nentries; i++)
		b->table[slot_of(b, b->entries[i].source, b->entries[i].s, b->entries[i].n)] = i + 1;
	return b->table;
}

/*
 * Counts a test that names the text of operand o, and makes the text's entry if there is no entry yet. False: no
 * memory.
 */
static bool add_use(struct linx_rules_by_value *b, uint32_t source, const struct linx_operand *o)
{
	struct entry *e;

	if (!grow_table(b) || linx_array_room((void **)&b->entries, &b->entry_cap, b->nentries, sizeof(*b->entries)))
		return false;
	e = find(b, source, o->s, o->n);
	if (!e) {
		e = &b->entries[b->nentries];
		*e = (struct entry){ .s = o->s, .n = o->n, .source = source };
		b->table[slot_of(b, source, o->s, o->n)] = ++b->nentries;
	}
	e->uses++;
	return true;
}

/* ---- tests ------------------------------------------------------------------------------------ */

/* True for a test that the index can use: it is true only if the field's value is one of the test's constant texts. */
static bool is_usable(const struct linx_condition *c, const struct linx_cond_node *t)
{
	if (t->kind != LINX_COND_TEST || (t->op != LINX_OP_EQ && t->op != LINX_OP_IN) || t->mod || t->needs_sources || !t->count ||
	    t->count > TEXTS_MAX || c->sources[t->source].transform != LINX_TF_NONE || t->field.desc->kind != LINX_FLD_STRING)
		return false;
	for (uint32_t i = 0; i < t->count; i++)
		if (c->operands[t->first + i].is_source || c->operands[t->first + i].is_net || c->operands[t->first + i].is_num)
			return false;
	return true;
}

/* Calls visit() for each test of the condition's outermost "and" that the index can use. False: visit() has failed. */
static bool visit_tests(struct linx_condition *c, uint32_t node, bool (*visit)(void *ctx, const struct linx_cond_node *t), void *ctx)
{
	const struct linx_cond_node *n = &c->nodes[node];

	for (; n->kind == LINX_COND_AND; n = &c->nodes[n->left])
		if (!visit_tests(c, n->right, visit, ctx))
			return false;
	return !is_usable(c, n) || visit(ctx, n);
}

struct making {
	struct linx_rules_by_value *b;
	struct linx_condition *c;
	uint32_t nrules;
	const struct linx_cond_node *best; /* best test so far of the rule that is being added; NULL: none yet */
	uint64_t cost; /* cost of the best test: sum of entry.uses of its texts */
};

static bool count_uses(void *ctx, const struct linx_cond_node *t)
{
	struct making *m = ctx;

	for (uint32_t i = 0; i < t->count; i++)
		if (!add_use(m->b, t->source, &m->c->operands[t->first + i]))
			return false;
	return true;
}

static bool is_chosen(const struct linx_rules_by_value *b, uint32_t source)
{
	for (unsigned int i = 0; i < b->nsources; i++)
		if (b->sources[i] == source)
			return true;
	return false;
}

static uint64_t cost_of(const struct making *m, const struct linx_cond_node *t)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < t->count; i++)
		sum += find(m->b, t->source, m->c->operands[t->first + i].s, m->c->operands[t->first + i].n)->uses;
	return sum;
}

/*
 * Callback of visit_tests(): makes t the rule's best test if fewer tests name its texts than the texts of the best test
 * so far. Once choose_sources() has chosen fields, tests of other fields are ignored.
 */
static bool take_best(void *ctx, const struct linx_cond_node *t)
{
	struct making *m = ctx;
	uint64_t cost;

	if (m->b->nsources && !is_chosen(m->b, t->source))
		return true;
	cost = cost_of(m, t);
	if (cost > m->nrules / 8 || (m->best && cost >= m->cost))
		return true;
	m->best = t;
	m->cost = cost;
	return true;
}

static const struct linx_cond_node *best_of(struct making *m, uint32_t node)
{
	m->best = NULL;
	visit_tests(m->c, node, take_best, m);
	return m->best;
}

/* ---- making ----------------------------------------------------------------------------------- */

/*
 * Chooses the fields to look up: those that are used by the best tests of the largest numbers of rules. False: no
 * field, or no memory.
 */
static bool choose_sources(const struct linx_rules *r, struct making *m)
{
	uint32_t *covers = calloc(m->c->nsources + 1, sizeof(*covers));
	struct linx_rules_by_value *b = m->b;

	for (uint32_t i = 0; covers && i < r->nall; i++) {
		const struct linx_cond_node *t = best_of(m, r->rules[r->all[i]]->node);

		if (t)
			covers[t->source]++;
	}
	while (covers && b->nsources < SOURCES) {
		uint32_t most = 0;

		for (uint32_t s = 1; s < m->c->nsources; s++)
			if (covers[s] > covers[most])
				most = s;
		if (covers[most] < LEAST)
			break;
		b->sources[b->nsources++] = most;
		covers[most] = 0;
	}
	free(covers);
	return b->nsources;
}

static bool post(struct linx_rules_by_value *b, struct entry *e, uint32_t rule)
{
	if (e->last && b->posts[e->last - 1].rule == rule)
		return true; /* The rule is already in the text's list: its test names the text twice. */
	if (linx_array_room((void **)&b->posts, &b->post_cap, b->nposts, sizeof(*b->posts)))
		return false;
	b->posts[b->nposts] = (struct post){ .rule = rule };
	if (e->last)
		b->posts[e->last - 1].next = b->nposts + 1;
	else
		e->first = b->nposts + 1;
	e->last = ++b->nposts;
	return true;
}

static bool post_rule(struct making *m, uint32_t rule, const struct linx_cond_node *t)
{
	for (uint32_t i = 0; i < t->count; i++) {
		const struct linx_operand *o = &m->c->operands[t->first + i];

		if (!post(m->b, find(m->b, t->source, o->s, o->n), rule))
			return false;
	}
	return true;
}

static bool make(const struct linx_rules *r, struct making *m, const uint64_t *can)
{
	struct linx_rules_by_value *b = m->b;

	b->most = r->nall;
	b->found = calloc(r->nall, 2 * sizeof(*b->found));
	b->has = calloc(r->nall + 1, sizeof(*b->has));
	if (!b->found || !b->has || !grow_table(b))
		return false;
	for (uint32_t i = 0; i < r->nall; i++)
		if (!visit_tests(m->c, r->rules[r->all[i]]->node, count_uses, m))
			return false;
	if (!choose_sources(r, m))
		return false;
	for (uint32_t i = 0; i < r->nall; i++) {
		const struct linx_cond_node *t = best_of(m, r->rules[r->all[i]]->node);

		if (!t)
			continue;
		if (!post_rule(m, r->all[i], t))
			return false;
		b->has[i] = true;
		for (unsigned int k = 0; k < LINX_CALL_WORDS; k++)
			b->calls[k] |= can[(size_t)i * LINX_CALL_WORDS + k];
	}
	return true;
}

struct linx_rules_by_value *linx_rules_by_value_new(const struct linx_rules *r, const uint64_t *can)
{
	struct making m = { .c = r->tree, .nrules = r->nall };

	m.b = r->nall >= LINX_RULES_BY_VALUE_MIN ? calloc(1, sizeof(*m.b)) : NULL;
	if (m.b && make(r, &m, can))
		return m.b;
	linx_rules_by_value_free(m.b);
	return NULL;
}

void linx_rules_by_value_free(struct linx_rules_by_value *b)
{
	if (!b)
		return;
	free(b->entries);
	free(b->table);
	free(b->posts);
	free(b->found);
	free(b->has);
	free(b);
}

bool linx_rules_by_value_has(const struct linx_rules_by_value *b, uint32_t i)
{
	return b && b->has[i];
}

bool linx_rules_by_value_may(const struct linx_rules_by_value *b, unsigned int key)
{
	return b && linx_calls_has(b->calls, key);
}

/* ---- matching --------------------------------------------------------------------------------- */

/* Merges the rules of an entry into the first n numbers of b->found. Both are in ascending order. Returns the new n. */
static uint32_t merge(struct linx_rules_by_value *b, const struct entry *e, uint32_t n)
{
	uint32_t *to = b->found, *from = b->found + b->most, more = 0, all;

	for (uint32_t at = e->first; at; at = b->posts[at - 1].next)
		from[more++] = b->posts[at - 1].rule;
	all = n + more;
	for (uint32_t end = all; more; end--)
		to[end - 1] = n && to[n - 1] > from[more - 1] ? to[--n] : from[--more];
	return all;
}

const uint32_t *linx_rules_by_value_merge(struct linx_rules_by_value *b, struct linx_condition *c, const struct linx_event *ev,
					  const uint32_t *rules, uint32_t *n)
{
	bool copied = false;

	for (unsigned int i = 0; i < b->nsources; i++) {
		const struct linx_fld_value *v = linx_source_value(c, ev, b->sources[i]);
		const struct entry *e = v && v->has_text ? find(b, b->sources[i], v->s, v->n) : NULL;

		if (!e || !e->first)
			continue;
		if (!copied)
			memcpy(b->found, rules, *n * sizeof(*rules));
		copied = true;
		*n = merge(b, e, *n);
	}
	return copied ? b->found : rules;
}
