// SPDX-License-Identifier: LGPL-2.1-or-later
/* The loop of linx-store: see store/store.h. */
#include "store/store.h"

#ifdef FLEET_HAS_NATS
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Time after which the server delivers an unacknowledged message again: longer than any --gather (15 s at most). */
#define ACK_NS (30 * (int64_t)SECOND_NS)
/* Most messages that are fetched at once: few, since each can have 8 MiB. */
#define FETCH 8
#define FETCH_MS 200
/* Time after which a message comes again that was freed to make room: in less, the kept ones are refused for good. */
#define LATER_NS (300 * SECOND_NS)
/* First pause after a failure that may pass, before storing is tried again. It doubles with each failure, up to PAUSE_MAX_NS. */
#define PAUSE_NS SECOND_NS
#define PAUSE_MAX_NS (30 * SECOND_NS)

static bool is_full(const struct store *s)
{
	return s->n >= GATHER - FETCH || s->bytes >= GATHER_BYTES || s->nrows >= GATHER_ROWS;
}

/* Takes up to FETCH messages from the server. Waits for FETCH_MS at most if there is no message. */
static void fetch(struct store *s)
{
	natsMsgList list = { 0 };
	natsStatus rc = s->nats.fetch(&list, s->pull.sub, FETCH, FETCH_MS, NULL);

	for (int i = 0; i < list.Count; i++) {
		store_take(s, list.Msgs[i]);
		list.Msgs[i] = NULL; /* store_take() has freed the message or keeps it */
	}
	s->nats.list_free(&list);
	if (rc != NATS_OK && rc != NATS_TIMEOUT)
		nanosleep(&(struct timespec){ .tv_nsec = FETCH_MS * 1000000L }, NULL);
}

/*
 * Frees half of the messages, which the server delivers again after LATER_NS. Without this, blocks that the database
 * refuses could fill the memory for good: they wait until it takes others, which could not be fetched.
 */
static void make_room(struct store *s)
{
	char later[64];
	int len = snprintf(later, sizeof(later), "-NAK {\"delay\": %llu}", LATER_NS);

	for (unsigned int kept = s->n / 2; s->n > kept;) {
		const struct block *b = &s->blocks[--s->n];
		const char *to = s->nats.msg_reply(b->msg);

		if (to)
			s->nats.publish(s->nats.nc, to, later, len);
		s->bytes -= (size_t)s->nats.msg_len(b->msg);
		s->nrows -= b->head.rows;
		s->nats.msg_free(b->msg);
	}
}

/*
 * Stores the messages that wait, if it is time. 0, also if the disk is full, memory is short or a server is away: a
 * later call tries again; -1 after other errors: why has the reason.
 */
static int write_due(struct store *s, uint64_t now, struct problem *why)
{
	int rc;

	if (!s->n || now < s->retry_ns || (now < s->since_ns + s->gather_ns && !is_full(s)))
		return 0;
	rc = store_write(s);
	s->ended = s->way->slow && s->stopping();
	if (rc == -ENOSPC || rc == -EDQUOT || rc == -ENOMEM || rc == -EAGAIN) {
		s->pause_ns = s->pause_ns * 2 > PAUSE_MAX_NS ? PAUSE_MAX_NS : s->pause_ns ? s->pause_ns * 2 : PAUSE_NS;
		s->retry_ns = store_now_ns() + s->pause_ns; /* storing may have taken minutes */
		if (!s->reason.text[0])
			problem_set(&s->reason, "%s", strerror(-rc));
		store_metrics_fail(s, s->reason.text);
		say_at(SAY_WARNING, "cannot store: %s: it is tried again in %" PRIu64 " seconds", s->reason.text, (uint64_t)(s->pause_ns / SECOND_NS));
		return 0;
	}
	store_metrics_fail(s, NULL);
	s->pause_ns = 0;
	s->since_ns = store_now_ns(); /* for blocks that have to wait longer */
	if (!rc && is_full(s) && !s->ended)
		make_room(s);
	return rc ? problem_set(why, "cannot store: %s", strerror(-rc)) : 0;
}

/* Forgets what was made of the connection, which is subscribed to anew when there is another one. */
static void leave_connection(struct store *s)
{
	pull_end(&s->pull);
	if (s->places)
		s->nats.unsubscribe(s->places);
	s->places = NULL;
}

/* Looks at the connection, and makes a new one ready. 0; -1: why has the reason. */
static int watch(struct store *s, uint64_t now, struct problem *why)
{
	int rc = nats_watch(&s->nats, now, why);

	if (rc <= 0)
		return rc;
	leave_connection(s);
	return store_listen(s, why);
}

int store_run(struct store *s, bool (*stopping)(void), struct problem *why)
{
	uint64_t now;

	s->stopping = stopping;
	s->listens_ns = store_now_ns();
	store_know_silent(s);
	s->pull.nats = &s->nats;
	s->pull.stream = FLEET_STREAM;
	s->pull.subjects = FLEET_ROWS ">";
	s->pull.ack_ns = ACK_NS;
	while (!stopping()) {
		now = store_now_ns();
		if (watch(s, now, why))
			return -1;
		store_say(s, now);
		pull_look(&s->pull, now);
		/* called after the look: storing may have taken longer than the server's answer counts */
		store_metrics_show(s, now, pull_is_ready(&s->pull, now));
		if (write_due(s, now, why))
			return -1;
		store_note_floors(s, now, false);
		if (s->way->tidy)
			s->way->tidy(s, now);
		if (pull_begin(&s->pull, store_now_ns()) && !is_full(s))
			fetch(s);
		else
			nanosleep(&(struct timespec){ .tv_nsec = FETCH_MS * 1000000L }, NULL);
	}
	s->since_ns = s->retry_ns = 0;
	if (!s->ended && write_due(s, store_now_ns() + s->gather_ns, why))
		return -1;
	store_note_floors(s, store_now_ns(), true);
	return 0;
}

void store_end(struct store *s)
{
	bool ended;

	listener_end(s->listener);
	ended = desk_end(s->desk);
	for (unsigned int i = 0; i < s->n; i++)
		s->nats.msg_free(s->blocks[i].msg);
	if (s->nats.nc)
		s->nats.flush(s->nats.nc, 1000); /* sends the last acknowledgements */
	leave_connection(s);
	ended &= nats_close(&s->nats);
	linx_rowset_free(s->rows);
	if (s->folder)
		folder_close(s->folder);
	clickhouse_close(&s->clickhouse);
	frames_free(&s->body);
	bytes_free(&s->list);
	bytes_free(&s->more);
	bytes_free(&s->floors);
	aside_close(&s->aside);
	if (s->desk)
		desk_say_end(s->desk);
	if (!ended)
		return; /* a thread of libnats may still use the ledgers */
	desk_free(s->desk);
	ledger_free(&s->ledger);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
#endif
