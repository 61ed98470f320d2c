// SPDX-License-Identifier: LGPL-2.1-or-later
/* Receives the places of linx-ship in its spools, and sends it floors and orders for missing blocks. */
#include "store/store.h"

#ifdef FLEET_HAS_NATS
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/*
 * Missing blocks are asked for when the floor has not risen for WAIT_NS, or for WAIT_GATHERS times --gather if that is
 * longer.
 */
#define WAIT_NS (10 * SECOND_NS)
#define WAIT_GATHERS 2
/* Nothing is sent about a spool when nothing was heard from its linx-ship for this time. */
#define SILENT_NS (60 * SECOND_NS)
/* Most orders for a spool at once, and most blocks of one order. */
#define ORDERS 16u
#define ORDER_BLOCKS 256u

uint64_t store_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

/* Notes the place of linx-ship on a machine: text is "SPOOL FIRST NEXT". */
static void take_place(struct store *s, const char *machine, const char *text)
{
	uint64_t spool, first, next;
	struct source *source;

	if (sscanf(text, "%16" SCNx64 " %" SCNu64 " %" SCNu64, &spool, &first, &next) != 3 || !spool || first > next || next > UINT64_MAX / 2)
		return;
	pthread_mutex_lock(&s->lock);
	source = spool_machine_is_good(machine) ? ledger_hear(&s->ledger, machine, spool, store_now_ns()) : NULL;
	if (source) {
		source->first = first > source->first ? first : source->first;
		source->next = next > source->next ? next : source->next;
	}
	pthread_mutex_unlock(&s->lock);
}

static void hear_place(natsConnection *nc, natsSubscription *sub, natsMsg *msg, void *data)
{
	struct store *s = data;
	int len = s->nats.msg_len(msg);
	char text[128] = "";

	(void)nc, (void)sub;
	if (len > 0 && len < (int)sizeof(text)) {
		memcpy(text, s->nats.msg_data(msg), (size_t)len);
		take_place(s, s->nats.msg_subject(msg) + strlen(FLEET_AT), text);
	}
	s->nats.msg_free(msg);
}

int store_listen(struct store *s, struct problem *why)
{
	return nats_listen(&s->nats, &s->places, FLEET_AT ">", hear_place, s, why);
}

/* Sends orders for the missing blocks of a spool. */
static void ask(struct store *s, const struct machine *m, const struct source *source)
{
	struct range r = { .to = source_floor(source) - 1 };
	char text[128];

	for (unsigned int i = 0; i < ORDERS && source_missing(source, r.to + 1, &r); i++) {
		if (r.to - r.from >= ORDER_BLOCKS)
			r.to = r.from + ORDER_BLOCKS - 1;
		snprintf(text, sizeof(text), "want %016" PRIx64 " %" PRIu64 " %" PRIu64, source->spool, r.from, r.to);
		nats_say(&s->nats, FLEET_STORED, m->name, text);
		s->counts.asked++;
	}
}

static void say_to_source(struct store *s, const struct machine *m, struct source *source, uint64_t now)
{
	uint64_t gathers = s->gather_ns * WAIT_GATHERS;
	char text[96];

	snprintf(text, sizeof(text), "floor %016" PRIx64 " %" PRIu64, source->spool, source_floor(source));
	nats_say(&s->nats, FLEET_STORED, m->name, text);
	if (source_asks(source, now, gathers > WAIT_NS ? gathers : WAIT_NS))
		ask(s, m, source);
}

static void say_to_machine(struct store *s, struct machine *m, uint64_t now)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->sources[i].heard_ns && now < m->sources[i].heard_ns + SILENT_NS)
			say_to_source(s, m, &m->sources[i], now);
}

/* Reports once that nothing came from a machine for the time of --silent, and later that the machine is heard again. */
static void watch_machine(const struct store *s, struct machine *m, uint64_t now)
{
	uint64_t since = m->heard_ns ? m->heard_ns : s->begun_ns;
	bool silent = s->silent_ns && now > since + s->silent_ns;

	if (silent && !m->silent)
		say_at(SAY_WARNING, "silent: %s: nothing was heard for %" PRIu64 " seconds", m->name, (uint64_t)((now - since) / SECOND_NS));
	else if (!silent && m->silent)
		say_at(SAY_WARNING, "no longer silent: %s", m->name);
	m->silent = silent;
}

void store_say(struct store *s, uint64_t now)
{
	if (now < s->said_ns + SECOND_NS / 2)
		return;
	s->said_ns = now;
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->ledger.n; i++) {
		say_to_machine(s, &s->ledger.machines[i], now);
		watch_machine(s, &s->ledger.machines[i], now);
	}
	pthread_mutex_unlock(&s->lock);
}
#endif
