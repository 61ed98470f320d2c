// SPDX-License-Identifier: LGPL-2.1-or-later
/* Stored blocks: see store/ledger.h. */
#include "store/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ledger_free(struct ledger *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->sources[i].have);
	free(l->sources);
}

struct source *ledger_get(struct ledger *l, const char *machine, uint64_t spool)
{
	struct source *more;

	for (size_t i = 0; i < l->n; i++)
		if (l->sources[i].spool == spool && !strcmp(l->sources[i].machine, machine))
			return &l->sources[i];
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 16;
		more = l->n < LEDGER_MAX ? realloc(l->sources, l->room * sizeof(*more)) : NULL;
		if (!more) {
			l->room = l->n;
			return NULL;
		}
		l->sources = more;
	}
	l->sources[l->n] = (struct source){ .spool = spool };
	snprintf(l->sources[l->n].machine, sizeof(l->sources[l->n].machine), "%s", machine);
	return &l->sources[l->n++];
}

/* Returns the index of the first range that ends at number or behind it. */
static size_t find(const struct source *s, uint64_t number)
{
	size_t from = 0, to = s->n, middle;

	while (from < to) {
		middle = (from + to) / 2;
		if (s->have[middle].to < number)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool source_has(const struct source *s, uint64_t from, uint64_t to)
{
	size_t i = find(s, from);

	return i < s->n && s->have[i].from <= from && s->have[i].to >= to;
}

bool source_add(struct source *s, uint64_t from, uint64_t to)
{
	size_t i = find(s, from - 1), end = i;
	struct range *more;

	/* the ranges from i to end touch the new one, and become one with it */
	for (; end < s->n && s->have[end].from <= to + 1; end++) {
		from = s->have[end].from < from ? s->have[end].from : from;
		to = s->have[end].to > to ? s->have[end].to : to;
	}
	if (end == i && s->n == s->room) {
		more = realloc(s->have, (s->room ? s->room * 2 : 4) * sizeof(*more));
		if (!more)
			return false;
		s->have = more;
		s->room = s->room ? s->room * 2 : 4;
	}
	if (end == i) {
		memmove(s->have + i + 1, s->have + i, (s->n - i) * sizeof(*s->have));
		s->n++;
	} else {
		memmove(s->have + i + 1, s->have + end, (s->n - end) * sizeof(*s->have));
		s->n -= end - i - 1;
	}
	s->have[i] = (struct range){ from, to };
	return true;
}

uint64_t source_floor(const struct source *s)
{
	uint64_t first = s->first ? s->first : 1;
	size_t i = find(s, first);

	return i < s->n && s->have[i].from <= first ? s->have[i].to + 1 : first;
}

bool source_missing(const struct source *s, uint64_t number, struct range *missing)
{
	size_t i;

	if (number < s->first)
		number = s->first;
	i = find(s, number);
	if (i < s->n && s->have[i].from <= number)
		number = s->have[i++].to + 1;
	if (!number || number >= s->next)
		return false;
	missing->from = number;
	missing->to = i < s->n && s->have[i].from < s->next ? s->have[i].from - 1 : s->next - 1;
	return true;
}
