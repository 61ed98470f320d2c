// SPDX-License-Identifier: LGPL-2.1-or-later
/* Takes messages of streams: see nats/nats_pull.h. */
#include "nats/nats_pull.h"

#ifdef FLEET_HAS_NATS
#define CONSUMER "store"
#define DUPLICATES_NS (120 * (int64_t)SECOND_NS)
/*
 * Most messages that are delivered without being acknowledged. There is no need of a limit, since memory is bounded by
 * the caller, and messages that wait for long would keep all others from being delivered. libnats does not send -1.
 */
#define PENDING (1ll << 30)
#define LOOK_NS (5 * SECOND_NS)
/* Messages can be fetched for so long after a look that the server has answered. */
#define ANSWER_NS (2 * LOOK_NS)
/* Number of comparisons in a row that have to find fewer messages in a consumer than in its stream: see is_ahead(). */
#define LOOKS 3u

/*
 * Makes the stream if the server does not have it. Its messages cannot be removed on demand: the server sends its answer
 * to a message wherever the sender wants, and if that is a subject of JetStream, takes the answer for a demand.
 */
static natsStatus make_stream(struct pull *p)
{
	const char *subjects[] = { p->subjects };
	jsStreamInfo *info = NULL;
	jsStreamConfig c;
	natsStatus rc = p->nats->stream_info(&info, p->js, p->stream, NULL, NULL);

	if (rc != NATS_OK) {
		p->nats->stream_config(&c);
		c.Name = p->stream;
		c.Subjects = subjects;
		c.SubjectsLen = 1;
		c.Retention = js_WorkQueuePolicy; /* acknowledged messages leave the stream, which makes room in it */
		c.Discard = js_DiscardNew; /* a full stream refuses messages, and linx-ship sends them again later */
		c.Storage = js_FileStorage;
		c.MaxBytes = p->bytes;
		c.Replicas = p->replicas;
		c.Duplicates = DUPLICATES_NS;
		c.DenyPurge = c.DenyDelete = true;
		if (p->each) {
			c.MaxMsgsPerSubject = p->each;
			c.DiscardNewPerSubject = true;
		}
		rc = p->nats->stream_add(&info, p->js, &c, NULL, NULL);
	}
	if (rc == NATS_OK && info->Config && !(info->Config->DenyPurge && info->Config->DenyDelete))
		say_at(SAY_WARNING, "each machine can remove messages of all from the stream %s: set deny_purge and deny_delete in it", p->stream);
	if (rc == NATS_OK && info->Config && p->each && !(info->Config->MaxMsgsPerSubject > 0 && info->Config->DiscardNewPerSubject))
		say_at(SAY_WARNING, "one machine can fill the stream %s: set max_msgs_per_subject and discard_new_per_subject in it", p->stream);
	if (info)
		p->nats->stream_info_free(info);
	return rc;
}

/*
 * Deletes the consumer if it was made with another limit than PENDING, by an earlier version: libnats then refuses to
 * use it. Its messages stay in the stream.
 */
static void delete_other_consumer(struct pull *p)
{
	jsConsumerInfo *consumer = NULL;

	if (p->nats->consumer_info(&consumer, p->js, p->stream, CONSUMER, NULL, NULL) != NATS_OK)
		return;
	if (consumer->Config && consumer->Config->MaxAckPending != PENDING)
		p->nats->consumer_delete(p->js, p->stream, CONSUMER, NULL, NULL);
	p->nats->consumer_info_free(consumer);
}

bool pull_begin(struct pull *p, uint64_t now)
{
	jsSubOptions o;
	natsStatus rc;

	if (p->sub)
		return true;
	if (!nats_is_up(p->nats))
		return false;
	rc = p->js ? NATS_OK : p->nats->js_new(&p->js, p->nats->nc, NULL);
	if (rc == NATS_OK)
		rc = make_stream(p);
	if (rc != NATS_OK) {
		complain(&p->subscribing, "cannot make the stream %s: %s: %s", p->stream, p->nats->server, p->nats->text(rc));
		return false;
	}
	p->nats->sub_options(&o);
	o.Stream = p->stream;
	o.Config.AckPolicy = js_AckExplicit;
	o.Config.AckWait = p->ack_ns;
	o.Config.MaxAckPending = PENDING;
	o.Config.DeliverPolicy = js_DeliverAll;
	rc = p->nats->pull(&p->sub, p->js, p->subjects, CONSUMER, NULL, &o, NULL);
	if (rc == NATS_OK) {
		p->answered_ns = now;
		complaint_over(&p->subscribing);
	} else if (nats_is_up(p->nats)) {
		complain(&p->subscribing, "cannot use the consumer " CONSUMER " of the stream %s: %s: %s", p->stream, p->nats->server,
			 p->nats->text(rc));
		delete_other_consumer(p);
	}
	return rc == NATS_OK;
}

static void unsubscribe(struct pull *p)
{
	if (p->sub)
		p->nats->unsubscribe(p->sub);
	p->sub = NULL;
}

/*
 * True if the consumer is ahead of its stream, because the server lost the newest data on its disk. Such a consumer has
 * to be made anew: it delivers nothing until the stream has caught up, and never delivers the messages that come until
 * then. There are two signs. The consumer has delivered a number that the stream does not have yet. Or the consumer has
 * fewer messages, to deliver or to be acknowledged, than the stream: acknowledged messages leave the stream, so both
 * numbers should be equal.
 */
static bool is_ahead(struct pull *p, const jsStreamInfo *stream, const jsConsumerInfo *consumer)
{
	bool fewer = consumer->NumPending + (uint64_t)consumer->NumAckPending < stream->State.Msgs;

	/* one comparison proves nothing: messages come and go between the queries for stream and consumer */
	p->stuck = fewer ? p->stuck + 1 : 0;
	return consumer->Delivered.Stream > stream->State.LastSeq || p->stuck >= LOOKS;
}

/* Reports a server that cannot show stream or consumer: its JetStream may be off, or its disk full. */
static void note_look(struct pull *p, uint64_t now, natsStatus rc)
{
	if (rc == NATS_OK) {
		p->answered_ns = now;
		complaint_over(&p->looking);
	} else if (nats_is_up(p->nats)) {
		complain(&p->looking, "cannot look at the stream %s: %s: %s", p->stream, p->nats->server, p->nats->text(rc));
	}
}

void pull_look(struct pull *p, uint64_t now)
{
	jsStreamInfo *stream = NULL;
	jsConsumerInfo *consumer = NULL;
	natsStatus rc;
	bool gone;

	if (now < p->looked_ns + LOOK_NS || !p->sub || !nats_is_up(p->nats))
		return;
	p->looked_ns = now;
	rc = p->nats->stream_info(&stream, p->js, p->stream, NULL, NULL);
	if (rc == NATS_NOT_FOUND) {
		unsubscribe(p);
		return;
	}
	if (rc == NATS_OK)
		rc = p->nats->consumer_info(&consumer, p->js, p->stream, CONSUMER, NULL, NULL);
	note_look(p, now, rc);
	gone = rc == NATS_NOT_FOUND;
	if (stream && consumer && is_ahead(p, stream, consumer))
		gone = p->nats->consumer_delete(p->js, p->stream, CONSUMER, NULL, NULL) == NATS_OK;
	if (stream)
		p->nats->stream_info_free(stream);
	if (consumer)
		p->nats->consumer_info_free(consumer);
	if (gone)
		unsubscribe(p);
}

bool pull_is_ready(const struct pull *p, uint64_t now)
{
	return p->sub && nats_is_up(p->nats) && now < p->answered_ns + ANSWER_NS;
}

void pull_end(struct pull *p)
{
	unsubscribe(p);
	if (p->js)
		p->nats->js_free(p->js);
	p->js = NULL;
}
#endif
