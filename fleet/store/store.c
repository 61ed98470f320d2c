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

#define CONSUMER "store"
#define DUPLICATES_NS (120 * (int64_t)SECOND_NS)
/* Time after which the server delivers an unacknowledged message again: longer than any --gather (15 s at most). */
#define ACK_NS (30 * (int64_t)SECOND_NS)
/*
 * Most messages that are delivered without being acknowledged. There is no need of a limit, since memory is bounded by
 * is_full(), and blocks that wait for long would keep all others from being delivered. libnats does not send -1.
 */
#define PENDING (1ll << 30)
/* Most messages that are fetched at once: few, since each can have 8 MiB. */
#define FETCH 8
#define FETCH_MS 200
/* Time after which a message comes again that was freed to make room: in less, the kept ones are refused for good. */
#define LATER_NS (300 * SECOND_NS)
#define LOOK_NS (5 * SECOND_NS)
/* Messages can be fetched for so long after a look that the server has answered. */
#define ANSWER_NS (2 * LOOK_NS)
/* Number of comparisons in a row that have to find fewer messages in a consumer than in its stream: see is_ahead(). */
#define LOOKS 3u
/* First pause after a failure that may pass, before storing is tried again. It doubles with each failure, up to PAUSE_MAX_NS. */
#define PAUSE_NS SECOND_NS
#define PAUSE_MAX_NS (30 * SECOND_NS)

/*
 * Makes the stream if the server does not have it. Its messages cannot be removed on demand: the server sends its answer
 * to a message wherever the sender wants, and if that is a subject of JetStream, takes the answer for a demand.
 */
static natsStatus make_stream(struct store *s)
{
	const char *subjects[] = { FLEET_ROWS ">" };
	jsStreamInfo *info = NULL;
	jsStreamConfig c;
	natsStatus rc = s->nats.stream_info(&info, s->js, FLEET_STREAM, NULL, NULL);

	if (rc != NATS_OK) {
		s->nats.stream_config(&c);
		c.Name = FLEET_STREAM;
		c.Subjects = subjects;
		c.SubjectsLen = 1;
		c.Retention = js_WorkQueuePolicy; /* acknowledged messages leave the stream, which makes room in it */
		c.Discard = js_DiscardNew; /* a full stream refuses messages, and linx-ship sends them again later */
		c.Storage = js_FileStorage;
		c.MaxBytes = s->stream_bytes;
		c.Duplicates = DUPLICATES_NS;
		c.DenyPurge = c.DenyDelete = true;
		rc = s->nats.stream_add(&info, s->js, &c, NULL, NULL);
	}
	if (rc == NATS_OK && info->Config && !(info->Config->DenyPurge && info->Config->DenyDelete))
		say_at(SAY_WARNING, "each machine can remove messages of all from the stream " FLEET_STREAM ": set deny_purge and deny_delete in it");
	if (info)
		s->nats.stream_info_free(info);
	return rc;
}

/*
 * Deletes the consumer if it was made with another limit than PENDING, by an earlier version: libnats then refuses to
 * use it. Its messages stay in the stream.
 */
static void delete_other_consumer(struct store *s)
{
	jsConsumerInfo *consumer = NULL;

	if (s->nats.consumer_info(&consumer, s->js, FLEET_STREAM, CONSUMER, NULL, NULL) != NATS_OK)
		return;
	if (consumer->Config && consumer->Config->MaxAckPending != PENDING)
		s->nats.consumer_delete(s->js, FLEET_STREAM, CONSUMER, NULL, NULL);
	s->nats.consumer_info_free(consumer);
}

/* Subscribes, and makes stream and consumer if they are missing. True: there is a subscription. */
static bool subscribe(struct store *s)
{
	jsSubOptions o;
	natsStatus rc;

	if (s->pull)
		return true;
	if (!nats_is_up(&s->nats))
		return false;
	rc = s->js ? NATS_OK : s->nats.js_new(&s->js, s->nats.nc, NULL);
	if (rc == NATS_OK)
		rc = make_stream(s);
	if (rc != NATS_OK) {
		complain(&s->subscribing, "cannot make the stream " FLEET_STREAM ": %s: %s", s->nats.server, s->nats.text(rc));
		return false;
	}
	s->nats.sub_options(&o);
	o.Stream = FLEET_STREAM;
	o.Config.AckPolicy = js_AckExplicit;
	o.Config.AckWait = ACK_NS;
	o.Config.MaxAckPending = PENDING;
	o.Config.DeliverPolicy = js_DeliverAll;
	rc = s->nats.pull(&s->pull, s->js, FLEET_ROWS ">", CONSUMER, NULL, &o, NULL);
	if (rc == NATS_OK) {
		s->answered_ns = store_now_ns();
		complaint_over(&s->subscribing);
	} else if (nats_is_up(&s->nats)) {
		complain(&s->subscribing, "cannot use the consumer " CONSUMER " of the stream " FLEET_STREAM ": %s: %s", s->nats.server,
			 s->nats.text(rc));
		delete_other_consumer(s);
	}
	return rc == NATS_OK;
}

static void unsubscribe(struct store *s)
{
	if (s->pull)
		s->nats.unsubscribe(s->pull);
	s->pull = NULL;
}

/*
 * True if the consumer is ahead of its stream, because the server lost the newest data on its disk. Such a consumer has
 * to be made anew: it delivers nothing until the stream has caught up, and never delivers the messages that come until
 * then. There are two signs. The consumer has delivered a number that the stream does not have yet. Or the consumer has
 * fewer messages, to deliver or to be acknowledged, than the stream: acknowledged messages leave the stream, so both
 * numbers should be equal.
 */
static bool is_ahead(struct store *s, const jsStreamInfo *stream, const jsConsumerInfo *consumer)
{
	bool fewer = consumer->NumPending + (uint64_t)consumer->NumAckPending < stream->State.Msgs;

	/* one comparison proves nothing: messages come and go between the queries for stream and consumer */
	s->stuck = fewer ? s->stuck + 1 : 0;
	return consumer->Delivered.Stream > stream->State.LastSeq || s->stuck >= LOOKS;
}

/* Reports a server that cannot show stream or consumer: its JetStream may be off, or its disk full. */
static void note_look(struct store *s, natsStatus rc)
{
	if (rc == NATS_OK) {
		s->answered_ns = store_now_ns();
		complaint_over(&s->looking);
	} else if (nats_is_up(&s->nats)) {
		complain(&s->looking, "cannot look at the stream " FLEET_STREAM ": %s: %s", s->nats.server, s->nats.text(rc));
	}
}

static void look_at_consumer(struct store *s, uint64_t now)
{
	jsStreamInfo *stream = NULL;
	jsConsumerInfo *consumer = NULL;
	natsStatus rc;
	bool gone;

	if (now < s->looked_ns + LOOK_NS || !s->pull || !nats_is_up(&s->nats))
		return;
	s->looked_ns = now;
	rc = s->nats.stream_info(&stream, s->js, FLEET_STREAM, NULL, NULL);
	if (rc == NATS_NOT_FOUND) {
		unsubscribe(s);
		return;
	}
	if (rc == NATS_OK)
		rc = s->nats.consumer_info(&consumer, s->js, FLEET_STREAM, CONSUMER, NULL, NULL);
	note_look(s, rc);
	gone = rc == NATS_NOT_FOUND;
	if (stream && consumer && is_ahead(s, stream, consumer))
		gone = s->nats.consumer_delete(s->js, FLEET_STREAM, CONSUMER, NULL, NULL) == NATS_OK;
	if (stream)
		s->nats.stream_info_free(stream);
	if (consumer)
		s->nats.consumer_info_free(consumer);
	if (gone)
		unsubscribe(s);
}

/* True if messages can be fetched, as far as is known: the server has shown stream and consumer lately. */
static bool is_ready(struct store *s, uint64_t now)
{
	return s->pull && nats_is_up(&s->nats) && now < s->answered_ns + ANSWER_NS;
}

static bool is_full(const struct store *s)
{
	return s->n >= GATHER - FETCH || s->bytes >= GATHER_BYTES || s->nrows >= GATHER_ROWS;
}

/* Takes up to FETCH messages from the server. Waits for FETCH_MS at most if there is no message. */
static void fetch(struct store *s)
{
	natsMsgList list = { 0 };
	natsStatus rc = s->nats.fetch(&list, s->pull, FETCH, FETCH_MS, NULL);

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
	unsubscribe(s);
	if (s->places)
		s->nats.unsubscribe(s->places);
	if (s->js)
		s->nats.js_free(s->js);
	s->places = NULL;
	s->js = NULL;
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
	s->begun_ns = store_now_ns();
	while (!stopping()) {
		now = store_now_ns();
		if (watch(s, now, why))
			return -1;
		store_say(s, now);
		look_at_consumer(s, now);
		store_metrics_show(s, now, is_ready(s, now)); /* called after the look: storing may have taken longer than ANSWER_NS */
		if (write_due(s, now, why))
			return -1;
		store_note_floors(s, now, false);
		if (s->way->tidy)
			s->way->tidy(s, now);
		if (subscribe(s) && !is_full(s))
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
	for (unsigned int i = 0; i < s->n; i++)
		s->nats.msg_free(s->blocks[i].msg);
	if (s->nats.nc)
		s->nats.flush(s->nats.nc, 1000); /* sends the last acknowledgements */
	leave_connection(s);
	ended = nats_close(&s->nats);
	linx_rowset_free(s->rows);
	if (s->folder)
		folder_close(s->folder);
	clickhouse_close(&s->clickhouse);
	bytes_free(&s->body);
	bytes_free(&s->list);
	bytes_free(&s->floors);
	aside_close(&s->aside);
	if (!ended)
		return; /* a thread of libnats may still use the ledger */
	ledger_free(&s->ledger);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
#endif
