// SPDX-License-Identifier: LGPL-2.1-or-later
/* Queue of records, a list of blocks of memory: see engine/ptrace/lane.h. */
#include <stdlib.h>

#include "engine/ptrace/lane.h"

#define BLOCK_SIZE ((size_t)4 << 20)

struct linx_lane_block {
	struct linx_lane_block *next;
	size_t head, tail; /* unconsumed data lies from tail to head */
	_Alignas(8) uint8_t data[BLOCK_SIZE];
};

static struct linx_lane_block *add_block(struct linx_lane *l)
{
	struct linx_lane_block *b = malloc(sizeof(*b));

	if (!b)
		return NULL;
	b->next = NULL;
	b->head = b->tail = 0;
	if (l->last)
		l->last->next = b;
	else
		l->first = b;
	l->last = b;
	return b;
}

uint8_t *linx_lane_reserve(struct linx_lane *l, size_t most)
{
	struct linx_lane_block *b = l->last;

	if (most > BLOCK_SIZE)
		return NULL;
	if (!b || BLOCK_SIZE - b->head < most)
		b = add_block(l);
	return b ? b->data + b->head : NULL;
}

void linx_lane_commit(struct linx_lane *l, size_t len)
{
	l->last->head += len;
}

/* Frees consumed blocks, but keeps the last one for reuse. */
static void drop_blocks(struct linx_lane *l)
{
	struct linx_lane_block *b;

	while ((b = l->first) && b->tail == b->head) {
		b->head = b->tail = 0;
		if (b == l->last)
			return;
		l->first = b->next;
		free(b);
	}
}

const uint8_t *linx_lane_front(const struct linx_lane *l, size_t *len)
{
	const struct linx_lane_block *b = l->first;

	*len = b ? b->head - b->tail : 0;
	return *len ? b->data + b->tail : NULL;
}

void linx_lane_consume(struct linx_lane *l, size_t len)
{
	l->first->tail += len;
	drop_blocks(l);
}

void linx_lane_free(struct linx_lane *l)
{
	struct linx_lane_block *b;

	while ((b = l->first)) {
		l->first = b->next;
		free(b);
	}
	l->last = NULL;
}
