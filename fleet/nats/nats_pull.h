/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes messages of a stream of JetStream, which this makes if it is missing, by a durable consumer. If the server has
 * lost messages with its disk, the consumer is made anew.
 */
#ifndef FLEET_NATS_PULL_H
#define FLEET_NATS_PULL_H

#include "nats/nats_client.h"

#define SECOND_NS 1000000000ull

#ifdef FLEET_HAS_NATS
/* One thread uses a pull; the connection can be shared. The caller sets the first members, and the others are zero. */
struct pull {
	struct nats *nats;
	const char *stream, *subjects; /* name of the stream, and the subjects whose messages it keeps */
	int64_t bytes; /* most bytes of the stream, if it is made */
	/*
	 * Most messages of each subject in the stream, if it is made, so that one machine cannot fill it; further messages
	 * are refused. 0: no such limit.
	 */
	int64_t each;
	int64_t replicas; /* servers of a cluster that have the stream, if it is made */
	int64_t ack_ns; /* time after which the server delivers an unacknowledged message again, if the consumer is made */
	natsSubscription *sub; /* to fetch messages; NULL: there is none */
	jsCtx *js;
	uint64_t looked_ns; /* time at which the consumer was compared with its stream last */
	uint64_t answered_ns; /* time at which the server has shown both last */
	unsigned int stuck; /* comparisons in a row in which the consumer had fewer messages than the stream */
	struct complaint subscribing, looking; /* last report of a subscription that fails, and of a failed comparison */
};

/* Subscribes, and makes stream and consumer if they are missing. To be called often. True: there is a subscription. */
bool pull_begin(struct pull *p, uint64_t now);
/* Compares the consumer with its stream every few seconds, and ends the subscription if it has to be made anew. */
void pull_look(struct pull *p, uint64_t now);
/* True if messages can be fetched, as far as is known: the server has shown stream and consumer lately. */
bool pull_is_ready(const struct pull *p, uint64_t now);
/* Ends the subscription. */
void pull_end(struct pull *p);
#endif

#endif
