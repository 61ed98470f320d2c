// SPDX-License-Identifier: LGPL-2.1-or-later
/* Messages between linx-store and linx-ship: places, floors and wants. */
#include "store/store.h"

#ifdef FLEET_HAS_NATS
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND_NS 1000000000ull
/* A missing block is asked for after so long a time without any news; then each time later, up to a minute. */
#define WAIT_NS (10 * SECOND_NS)
#define WAIT_MAX_NS (60 * SECOND_NS)
/* A machine that was not heard for so long is not spoken to. */
#define SILENT_NS (60 * SECOND_NS)
/* Most orders for a machine at once, and most blocks of one. */
#define ORDERS 16u
#define ORDER_BLOCKS 256u

uint64_t store_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

/* Takes "SPOOL FIRST NEXT" of a machine. */
static void take_place(struct store *s, const char *machine, const char *text)
{
	uint64_t spool, first, next;
	struct source *source;

	if (sscanf(text, "%16" SCNx64 " %" SCNu64 " %" SCNu64, &spool, &first, &next) != 3 || !spool || first > next || next > UINT64_MAX / 2)
		return;
	pthread_mutex_lock(&s->lock);
	source = spool_machine_is_good(machine) ? ledger_get(&s->ledger, machine, spool) : NULL;
	if (source) {
		source->first = first > source->first ? first : source->first;
		source->next = next > source->next ? next : source->next;
		source->heard_ns = store_now_ns();
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
	natsStatus rc = s->nats.subscribe(&s->places, s->nats.nc, FLEET_AT ">", hear_place, s);

	return rc == NATS_OK ? 0 : problem_set(why, "cannot listen: %s", s->nats.text(rc));
}

/* Asks for the blocks that are missing. */
static void ask(struct store *s, struct source *source)
{
	struct range r = { .to = source_floor(source) - 1 };
	char text[128];

	for (unsigned int i = 0; i < ORDERS && source_missing(source, r.to + 1, &r); i++) {
		if (r.to - r.from >= ORDER_BLOCKS)
			r.to = r.from + ORDER_BLOCKS - 1;
		snprintf(text, sizeof(text), "want %016" PRIx64 " %" PRIu64 " %" PRIu64, source->spool, r.from, r.to);
		nats_say(&s->nats, FLEET_STORED, source->machine, text);
		s->counts.asked++;
	}
}

static void say_to_source(struct store *s, struct source *source, uint64_t now)
{
	uint64_t floor = source_floor(source);
	char text[96];

	snprintf(text, sizeof(text), "floor %016" PRIx64 " %" PRIu64, source->spool, floor);
	nats_say(&s->nats, FLEET_STORED, source->machine, text);
	if (floor >= source->next || !source->moved_ns) {
		source->moved_ns = now;
		source->wait_ns = WAIT_NS;
	} else if (now > source->moved_ns + source->wait_ns) {
		ask(s, source);
		source->moved_ns = now;
		source->wait_ns = source->wait_ns * 2 < WAIT_MAX_NS ? source->wait_ns * 2 : WAIT_MAX_NS;
	}
}

void store_say(struct store *s, uint64_t now)
{
	if (now < s->said_ns + SECOND_NS / 2)
		return;
	s->said_ns = now;
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < s->ledger.n; i++)
		if (s->ledger.sources[i].heard_ns && now < s->ledger.sources[i].heard_ns + SILENT_NS)
			say_to_source(s, &s->ledger.sources[i], now);
	pthread_mutex_unlock(&s->lock);
}
#endif
