// SPDX-License-Identifier: LGPL-2.1-or-later
/* Memory of conditions: nodes, operands and their texts. */
#include <errno.h>
#include <stdlib.h>

#include "filter/condition/own.h"
#include "filter/regex.h"

#define BLOCK 4096u

struct linx_condition *linx_cond_alloc(void)
{
	struct linx_condition *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->accounts = linx_user_names_new();
	if (c->accounts)
		return c;
	free(c);
	return NULL;
}

const struct linx_table *linx_cond_table(struct linx_condition *c)
{
	if (!c->table && linx_table_new_builtin(&c->table))
		return NULL;
	return c->table;
}

char *linx_cond_keep(struct linx_condition *c, const char *s, size_t n)
{
	struct linx_cond_block *b = c->blocks;
	char *to;

	if (!b || b->size - b->used <= n) {
		size_t size = n + 1 > BLOCK ? n + 1 : BLOCK;

		b = malloc(sizeof(*b) + size);
		if (!b)
			return NULL;
		b->next = c->blocks;
		b->used = 0;
		b->size = size;
		c->blocks = b;
	}
	to = b->data + b->used;
	memcpy(to, s, n);
	to[n] = '\0';
	b->used += n + 1;
	return to;
}

int linx_cond_add(struct linx_condition *c, enum linx_cond_kind kind, uint32_t left, uint32_t right, uint32_t *out)
{
	unsigned int depth = kind == LINX_COND_TEST ? 0 : c->nodes[left].depth + 1u;

	if (kind <= LINX_COND_OR && c->nodes[right].depth >= depth)
		depth = c->nodes[right].depth + 1u;
	if (c->nnodes == (c->keeps ? LINX_COND_NODES : LINX_COND_NODES_ALONE) || depth > LINX_COND_DEPTH)
		return -E2BIG;
	if (linx_array_room((void **)&c->nodes, &c->node_cap, c->nnodes, sizeof(*c->nodes)))
		return -ENOMEM;
	*out = c->nnodes++;
	c->nodes[*out] = (struct linx_cond_node){ .kind = kind, .left = left, .right = right, .depth = (uint16_t)depth };
	return 0;
}

uint32_t linx_cond_hash(const char *s, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h ^ h >> 15;
}

static void free_blocks(struct linx_cond_block *b)
{
	while (b) {
		struct linx_cond_block *next = b->next;

		free(b);
		b = next;
	}
}

LINX_API void linx_condition_free(struct linx_condition *c)
{
	if (!c)
		return;
	for (uint32_t i = 0; i < c->noperands; i++)
		linx_regex_free(c->operands[i].regex);
	for (uint32_t i = 0; i < c->nsources; i++)
		free(c->sources[i].text.data);
	for (uint32_t i = 0; i < c->nnodes; i++)
		free(c->nodes[i].set);
	linx_hosts_free(&c->hosts);
	linx_statics_free(&c->statics);
	linx_user_names_free(c->accounts);
	linx_table_free(c->table);
	free_blocks(c->blocks);
	free(c->shown.data);
	free(c->walked.data);
	free(c->listed.data);
	free(c->sources);
	free(c->operands);
	free(c->literals);
	free(c->tests);
	free(c->nodes);
	free(c->text);
	free(c);
}
