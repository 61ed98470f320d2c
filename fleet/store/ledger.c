// SPDX-License-Identifier: LGPL-2.1-or-later
/* Stored blocks: see store/ledger.h. */
#include "store/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MAX_NS 60000000000ull
#define SLOTS_MIN 64u

void ledger_free(struct ledger *l)
{
	for (size_t i = 0; i < l->n; i++) {
		for (size_t k = 0; k < l->machines[i].n; k++)
			free(l->machines[i].sources[k].have);
		free(l->machines[i].sources);
	}
	free(l->machines);
	free(l->slots);
}

/* ---- machines ------------------------------------------------------------------------------------------- */

/* Returns the slot that has a machine, or the free slot where it belongs. At least one slot has to be free. */
static uint32_t *slot_of(const struct ledger *l, const char *name)
{
	uint64_t hash = 0xcbf29ce484222325ull;
	size_t at;

	for (const char *c = name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3ull;
	at = (size_t)(hash >> 32) & (l->nslots - 1);
	while (l->slots[at] && strcmp(l->machines[l->slots[at] - 1].name, name) != 0)
		at = (at + 1) & (l->nslots - 1);
	return &l->slots[at];
}

/* Doubles the array of machines, and the hash table, which has twice as many slots. False: no memory, or too many. */
static bool grow(struct ledger *l)
{
	size_t n = l->nslots ? l->nslots * 2 : SLOTS_MIN;
	uint32_t *slots = l->n < LEDGER_MACHINES ? calloc(n, sizeof(*slots)) : NULL;
	struct machine *machines = slots ? realloc(l->machines, n / 2 * sizeof(*machines)) : NULL;

	if (!machines) {
		free(slots);
		return false;
	}
	free(l->slots);
	l->slots = slots;
	l->nslots = n;
	l->machines = machines;
	l->room = n / 2;
	for (size_t i = 0; i < l->n; i++)
		*slot_of(l, machines[i].name) = (uint32_t)i + 1;
	return true;
}

static struct machine *find_machine(const struct ledger *l, const char *name)
{
	uint32_t at = l->nslots ? *slot_of(l, name) : 0;

	return at ? &l->machines[at - 1] : NULL;
}

struct machine *ledger_machine(struct ledger *l, const char *name)
{
	struct machine *m = find_machine(l, name);

	if (m || (l->n == l->room && !grow(l)))
		return m;
	m = &l->machines[l->n];
	*m = (struct machine){ 0 };
	snprintf(m->name, sizeof(m->name), "%s", name);
	*slot_of(l, m->name) = (uint32_t)++l->n;
	return m;
}

/* ---- spools --------------------------------------------------------------------------------------------- */

static struct source *find_source(const struct machine *m, uint64_t spool)
{
	for (size_t i = 0; m && i < m->n; i++)
		if (m->sources[i].spool == spool)
			return &m->sources[i];
	return NULL;
}

static struct source *get_source(struct machine *m, uint64_t spool)
{
	struct source *s = find_source(m, spool), *more;
	size_t room;

	if (s || !m)
		return s;
	if (m->n == m->room) {
		room = m->room ? m->room * 2 : 2;
		more = realloc(m->sources, room * sizeof(*more));
		if (!more)
			return NULL;
		m->sources = more;
		m->room = room;
	}
	m->sources[m->n] = (struct source){ .spool = spool };
	return &m->sources[m->n++];
}

struct source *ledger_find(const struct ledger *l, const char *machine, uint64_t spool)
{
	return find_source(find_machine(l, machine), spool);
}

struct source *ledger_get(struct ledger *l, const char *machine, uint64_t spool)
{
	return get_source(ledger_machine(l, machine), spool);
}

bool ledger_has_place(const struct ledger *l, const char *machine, uint64_t spool)
{
	const struct machine *m = find_machine(l, machine);
	const struct source *s = find_source(m, spool);
	size_t stored = 0;

	if (!m || (s && s->n))
		return m || l->n < LEDGER_MACHINES;
	for (size_t i = 0; i < m->n; i++)
		stored += m->sources[i].n > 0;
	return stored < LEDGER_SPOOLS;
}

/* Drops the spool that was heard the longest time ago: it counts as not heard. Removes it if it has no stored block. */
static void forget_oldest(struct machine *m)
{
	struct source *oldest = NULL;

	for (size_t i = 0; i < m->n; i++)
		if (m->sources[i].heard_ns && (!oldest || m->sources[i].heard_ns < oldest->heard_ns))
			oldest = &m->sources[i];
	if (!oldest)
		return;
	oldest->heard_ns = 0;
	if (!oldest->n) {
		free(oldest->have);
		*oldest = m->sources[--m->n];
	}
}

struct source *ledger_hear(struct ledger *l, const char *machine, uint64_t spool, uint64_t now_ns)
{
	struct machine *m = ledger_machine(l, machine);
	struct source *s = find_source(m, spool);
	size_t heard = 0;

	for (size_t i = 0; m && i < m->n; i++)
		heard += m->sources[i].heard_ns > 0;
	if (m && heard >= LEDGER_HEARD && (!s || !s->heard_ns))
		forget_oldest(m);
	s = get_source(m, spool);
	if (s)
		s->heard_ns = m->heard_ns = now_ns;
	return s;
}

/* ---- blocks --------------------------------------------------------------------------------------------- */

/* Returns the index of the first range whose last number is this one or greater; s->n: there is no such range. */
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

	/* the ranges from i to end - 1 overlap or touch the new one, and are merged with it */
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

bool source_cut(const struct source *s, struct range *r)
{
	size_t i = find(s, r->from);

	if (i < s->n && s->have[i].from <= r->from)
		r->from = s->have[i++].to + 1;
	if (i < s->n && s->have[i].from <= r->to)
		r->to = s->have[i].from - 1;
	return r->from <= r->to;
}

bool source_asks(struct source *s, uint64_t now_ns, uint64_t wait_ns)
{
	uint64_t floor = source_floor(s);

	if (floor >= s->next || floor != s->floor || !s->since_ns) {
		s->floor = floor;
		s->since_ns = now_ns;
		s->wait_ns = wait_ns;
		return false;
	}
	if (now_ns < s->since_ns + s->wait_ns)
		return false;
	s->since_ns = now_ns;
	s->wait_ns = s->wait_ns * 2 < WAIT_MAX_NS ? s->wait_ns * 2 : WAIT_MAX_NS;
	return true;
}
