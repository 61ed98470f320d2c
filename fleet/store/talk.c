// SPDX-License-Identifier: LGPL-2.1-or-later
/* Messages between linx-store and linx-ship: see store/talk.h. */
#include "store/talk.h"

#ifdef FLEET_HAS_NATS
#include <inttypes.h>
#include <stdio.h>

/* Nothing is sent about a spool when nothing was heard from its linx-ship for this time. */
#define SILENT_NS (60 * SECOND_NS)
/* Most orders for a spool at once, and most blocks of one order. */
#define ORDERS 16u
#define ORDER_BLOCKS 256u

void talk_take_place(struct ledger *l, const char *machine, const char *text, uint64_t now)
{
	uint64_t spool, first, next;
	struct source *source;

	if (sscanf(text, "%16" SCNx64 " %" SCNu64 " %" SCNu64, &spool, &first, &next) != 3 || !spool || first > next || next > UINT64_MAX / 2)
		return;
	source = spool_machine_is_good(machine) ? ledger_hear(l, machine, spool, now) : NULL;
	if (!source)
		return;
	source->first = first > source->first ? first : source->first;
	source->next = next > source->next ? next : source->next;
}

static bool is_heard(const struct source *source, uint64_t now)
{
	return source->heard_ns && now < source->heard_ns + SILENT_NS;
}

void talk_say_floors(struct nats *n, const struct ledger *l, uint64_t now)
{
	char text[96];

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->machines[i].n; k++) {
			const struct source *source = &l->machines[i].sources[k];

			if (!is_heard(source, now))
				continue;
			snprintf(text, sizeof(text), "floor %016" PRIx64 " %" PRIu64, source->spool, source_floor(source));
			nats_say(n, FLEET_STORED, l->machines[i].name, text);
		}
}

/* Sends orders for what is missing in a spool. Returns how many were sent. */
static unsigned int ask(struct nats *n, const char *machine, const struct source *source)
{
	struct range r = { .to = source_floor(source) - 1 };
	unsigned int sent = 0;
	char text[128];

	for (; sent < ORDERS && source_missing(source, r.to + 1, &r); sent++) {
		if (r.to - r.from >= ORDER_BLOCKS)
			r.to = r.from + ORDER_BLOCKS - 1;
		snprintf(text, sizeof(text), "want %016" PRIx64 " %" PRIu64 " %" PRIu64, source->spool, r.from, r.to);
		nats_say(n, FLEET_STORED, machine, text);
	}
	return sent;
}

unsigned int talk_ask(struct nats *n, struct ledger *l, uint64_t wait_ns, uint64_t now)
{
	unsigned int sent = 0;

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->machines[i].n; k++) {
			struct source *source = &l->machines[i].sources[k];

			if (is_heard(source, now) && source_asks(source, now, wait_ns))
				sent += ask(n, l->machines[i].name, source);
		}
	return sent;
}
#endif
