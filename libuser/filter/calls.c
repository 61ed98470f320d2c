// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds, for nodes of a condition (parts of its tree), the system calls whose events may fulfil them. Only tests whose
 * result depends on the call alone are decided; any other test may be true. The nodes are evaluated for 64 calls at a
 * time (a block), each node once, children before their parents.
 */
#include <errno.h>
#include <stdlib.h>

#include "filter/calls.h"
#include "filter/program.h"

struct pass {
	struct linx_condition *c;
	const struct linx_table *table;
	/* the wanted nodes (those whose calls are to be found) and all nodes below them, children before parents */
	uint32_t *order;
	uint32_t n; /* number of nodes in order */
	/*
	 * by node, bit masks of the block's calls. may: the node can be true for an event of the call; must: the node
	 * is true for each event of the call
	 */
	uint64_t *may, *must;
	bool exits; /* the events are ends of tasks, not calls */
	struct linx_event *events; /* [BLOCK] one event for each call of the block */
};

#define BLOCK 64u

void linx_calls_make_event(const struct linx_table *t, unsigned int key, struct linx_event *ev)
{
	memset(ev, 0, sizeof(*ev));
	ev->kind = LINX_EVENT_SYSCALL;
	ev->abi = key / LINX_NR_MAX;
	ev->nr = (int32_t)(key % LINX_NR_MAX);
	ev->call = linx_table_lookup(t, ev->abi, ev->nr);
	if (!ev->call)
		linx_event_name_unknown(ev);
}

static bool is_call_field(const struct linx_fld *f)
{
	return !strcmp(f->desc->name, "type") || !strcmp(f->desc->name, "abi") || !strcmp(f->desc->name, "kind") ||
	       !strcmp(f->desc->name, "evt.type");
}

/*
 * True for a field of which no call, and no end of a task, has a value. A test of such a field is decided for all
 * calls.
 */
static bool is_probe_field(const struct linx_fld *f)
{
	return !strncmp(f->desc->name, "probe.", strlen("probe."));
}

bool linx_calls_decide(const struct linx_condition *c, const struct linx_cond_node *t)
{
	for (uint32_t i = 0; i < t->count; i++)
		if (c->operands[t->first + i].is_source)
			return false;
	return is_call_field(&t->field) || is_probe_field(&t->field);
}

const struct linx_arg *linx_calls_arg(const struct linx_event *ev, const struct linx_fld *f, unsigned int *at)
{
	const struct linx_table_row *row = ev->call ? ev->call->row : NULL;

	for (unsigned int i = 0; row && i < row->nargs; i++) {
		*at = i;
		if (f->index >= 0 ? (unsigned int)f->index == i : !strcmp(row->args[i].name, f->name))
			return &row->args[i];
	}
	return NULL;
}

/* Makes the events of a block of calls once for all tests, since events are large. */
static void make_events(struct pass *p, unsigned int block)
{
	for (unsigned int i = 0; i < BLOCK; i++)
		if (p->exits)
			p->events[i].kind = LINX_EVENT_EXIT;
		else
			linx_calls_make_event(p->table, block * BLOCK + i, &p->events[i]);
}

/*
 * Evaluates a test for the calls of a block. A test of the call itself is true or false for a call; a test of an
 * argument that a call lacks is false. Any other test may be true for some events of a call, and false for others.
 */
static void look_at_test(struct pass *p, uint32_t node)
{
	const struct linx_cond_node *t = &p->c->nodes[node];
	bool decides = linx_calls_decide(p->c, t), of_arg = t->field.desc->kind == LINX_FLD_ARG;
	unsigned int at;

	p->may[node] = ~0ull;
	p->must[node] = 0;
	for (unsigned int i = 0; (decides || of_arg) && i < BLOCK; i++) {
		const struct linx_event *ev = &p->events[i];
		uint64_t bit = 1ull << i;

		if (!decides && (ev->call || p->exits) && !linx_calls_arg(ev, &t->field, &at))
			p->may[node] &= ~bit;
		if (!decides)
			continue;
		if (linx_cond_test(p->c, ev, t))
			p->must[node] |= bit;
		else
			p->may[node] &= ~bit;
	}
}

static void look_at_block(struct pass *p, unsigned int block)
{
	make_events(p, block);
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t at = p->order[i];
		const struct linx_cond_node *n = &p->c->nodes[at];

		switch (n->kind) {
		case LINX_COND_AND:
			p->may[at] = p->may[n->left] & p->may[n->right];
			p->must[at] = p->must[n->left] & p->must[n->right];
			break;
		case LINX_COND_OR:
			p->may[at] = p->may[n->left] | p->may[n->right];
			p->must[at] = p->must[n->left] | p->must[n->right];
			break;
		case LINX_COND_NOT:
			p->may[at] = ~p->must[n->left];
			p->must[at] = ~p->may[n->left];
			break;
		default:
			look_at_test(p, at);
		}
	}
}

/* Lists in p->order the wanted nodes and all nodes below them. A node's children have lower indexes than the node. */
static int find_order(struct pass *p, const uint32_t *nodes, unsigned int n)
{
	bool *asked = calloc(p->c->nnodes + 1, sizeof(*asked));
	uint32_t count = 0;

	if (!asked)
		return -ENOMEM;
	for (unsigned int i = 0; i < n; i++)
		asked[nodes[i]] = true;
	for (uint32_t i = p->c->nnodes; i--;) {
		const struct linx_cond_node *x = &p->c->nodes[i];

		count += asked[i];
		if (!asked[i] || x->kind == LINX_COND_TEST)
			continue;
		asked[x->left] = true;
		if (x->kind != LINX_COND_NOT)
			asked[x->right] = true;
	}
	p->order = malloc((count + 1) * sizeof(*p->order));
	for (uint32_t i = 0; p->order && i < p->c->nnodes; i++)
		if (asked[i])
			p->order[p->n++] = i;
	free(asked);
	return p->order ? 0 : -ENOMEM;
}

static int begin(struct pass *p, const uint32_t *nodes, unsigned int n)
{
	int ret = find_order(p, nodes, n);

	p->may = calloc(p->c->nnodes + 1, sizeof(*p->may));
	p->must = calloc(p->c->nnodes + 1, sizeof(*p->must));
	p->events = calloc(BLOCK, sizeof(*p->events));
	return p->may && p->must && p->events ? ret : -ENOMEM;
}

static void end(struct pass *p)
{
	free(p->may);
	free(p->must);
	free(p->events);
	free(p->order);
}

int linx_calls_of(struct linx_condition *c, const struct linx_table *t, const uint32_t *nodes, unsigned int n, uint64_t *may)
{
	struct pass p = { .c = c, .table = t };
	int ret = begin(&p, nodes, n);

	for (unsigned int block = 0; !ret && block < LINX_CALL_WORDS; block++) {
		look_at_block(&p, block);
		for (unsigned int i = 0; i < n; i++)
			may[(size_t)i * LINX_CALL_WORDS + block] = p.may[nodes[i]];
	}
	end(&p);
	return ret;
}

/* Looks at a node's children before the node, since they have lower indexes. */
int linx_calls_of_hits(const struct linx_condition *c, const uint32_t *nodes, unsigned int n, bool *may)
{
	bool *of_probe = calloc(c->nnodes + 1, sizeof(*of_probe));

	if (!of_probe)
		return -ENOMEM;
	for (uint32_t i = 0; i < c->nnodes; i++) {
		const struct linx_cond_node *x = &c->nodes[i];

		of_probe[i] = x->kind == LINX_COND_TEST ? is_probe_field(&x->field) :
			      x->kind == LINX_COND_NOT  ? of_probe[x->left] :
							  of_probe[x->left] || of_probe[x->right];
	}
	for (unsigned int i = 0; i < n; i++)
		may[i] = of_probe[nodes[i]];
	free(of_probe);
	return 0;
}

int linx_calls_of_exits(struct linx_condition *c, const struct linx_table *t, const uint32_t *nodes, unsigned int n, bool *may)
{
	struct pass p = { .c = c, .table = t, .exits = true };
	int ret = begin(&p, nodes, n);

	if (!ret)
		look_at_block(&p, 0);
	for (unsigned int i = 0; !ret && i < n; i++)
		may[i] = p.may[nodes[i]] & 1;
	end(&p);
	return ret;
}
