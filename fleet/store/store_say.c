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

uint64_t store_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

/* Notes a place: text is what linx-ship has published. */
static void take_place(struct store *s, const char *machine, const char *text)
{
	size_t n = strlen(FLEET_AT_ALERTS);

	if (!strncmp(text, FLEET_AT_ALERTS, n)) {
		if (s->desk)
			desk_take_place(s->desk, machine, text + n);
		return;
	}
	pthread_mutex_lock(&s->lock);
	talk_take_place(&s->ledger, machine, text, store_now_ns());
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

static void know(void *arg, const char *machine)
{
	struct store *s = arg;
	struct machine *m = ledger_machine(&s->ledger, machine);

	if (!m)
		return;
	m->silent = true;
	say_at(SAY_WARNING, "silent: %s: it was so before this start", machine);
}

void store_know_silent(struct store *s)
{
	if (!s->desk || !s->silent_ns)
		return;
	pthread_mutex_lock(&s->lock);
	desk_each_silent(s->desk, know, s);
	pthread_mutex_unlock(&s->lock);
}

/*
 * Reports once that nothing came from a machine for the time of --silent, and later that the machine is heard again. Time
 * in which nothing could be heard does not count.
 */
static void watch_machine(const struct store *s, struct machine *m, uint64_t now)
{
	uint64_t since = m->heard_ns > s->listens_ns ? m->heard_ns : s->listens_ns;

	if (!m->silent && now > since + s->silent_ns)
		say_at(SAY_WARNING, "silent: %s: nothing was heard for %" PRIu64 " seconds", m->name, (uint64_t)((now - since) / SECOND_NS));
	else if (m->silent && m->heard_ns && now <= m->heard_ns + s->silent_ns)
		say_at(SAY_WARNING, "no longer silent: %s", m->name);
	else
		return;
	m->silent = !m->silent;
	if (s->desk)
		desk_note_silence(s->desk, m->name, m->silent, since);
}

void store_say(struct store *s, uint64_t now)
{
	uint64_t gathers = s->gather_ns * WAIT_GATHERS;

	if (now < s->said_ns + SECOND_NS / 2)
		return;
	s->said_ns = now;
	pthread_mutex_lock(&s->lock);
	talk_say_floors(&s->nats, &s->ledger, now);
	s->counts.asked += talk_ask(&s->nats, &s->ledger, gathers > WAIT_NS ? gathers : WAIT_NS, now);
	if (!nats_is_up(&s->nats))
		s->listens_ns = now;
	for (size_t i = 0; i < s->ledger.n && s->silent_ns; i++)
		watch_machine(s, &s->ledger.machines[i], now);
	pthread_mutex_unlock(&s->lock);
}
#endif
