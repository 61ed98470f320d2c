/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linx-ship --kafka: sends the blocks of a spool to Kafka instead of NATS. There is no linx-store: a block leaves the spool
 * when the brokers have acknowledged it (acks=all). librdkafka, which is loaded for this, keeps the order of messages,
 * tries again after errors, and sends each message once as long as this process lives. After a restart, blocks that
 * were not acknowledged are sent again; their numbers, in the headers of messages, show which came twice.
 */
#ifndef SHIP_KAFKA_H
#define SHIP_KAFKA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"
#include "ship/pace.h"

struct kafka_settings {
	const char *brokers; /* HOST:PORT[,...]; NULL: Kafka is not used */
	const char *topic;
	const char *config; /* file of librdkafka's properties, a line KEY=VALUE each; NULL: none */
	bool native; /* blocks of ClickHouse's Native; false: lines of JSON */
	bool until_stored; /* end when all blocks of the spool are acknowledged */
	const char *machine; /* name of this machine, for blocks that are lost and name none */
	struct pace pace;
};

/* Sends a spool until stopping() returns true. 0; -1: why has the reason. */
int kafka_ship(const struct kafka_settings *settings, const char *spool, bool (*stopping)(void), struct problem *why);

#endif
