/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of the room: where the numbers are, and who may touch what. */
#ifndef LINXCAP_NUMBERS_H
#define LINXCAP_NUMBERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "metrics/metrics.h"

enum number {
	NUMBER_EVENTS,
	NUMBER_LIMITED,
	NUMBER_RELOADS,
	NUMBER_RELOAD_ERRORS,
	/* numbers of one source, which begin anew with each source */
	NUMBER_SELECTED,
	NUMBER_COMMITTED,
	NUMBER_DELIVERED,
	NUMBER_FILTERED,
	NUMBER_OVERWRITTEN,
	NUMBER_LOST_CONTEXT,
	NUMBER_BYTES,
	NUMBERS_OF_SOURCE_END,
	NUMBERS = NUMBERS_OF_SOURCE_END,
};

struct rule_numbers {
	unsigned int n;
	struct rule_number {
		char *name;
		enum alert_priority priority;
		_Atomic uint64_t alerts;
	} rules[];
};

struct metrics {
	/* The reader writes, anybody reads. */
	_Atomic uint64_t numbers[NUMBERS], lost[LINX_LOST_NR], seen_ns;
	_Atomic bool resting;
	/* The reader alone: what sources had when they ended. */
	uint64_t before[NUMBERS_OF_SOURCE_END], lost_before[LINX_LOST_NR];
	/* A listener wants fresh counts; the descriptor tells it that they are there. */
	_Atomic bool wanted;
	int answered;
	uint64_t asked_ns; /* the listener alone */
	/* Set once. */
	char *engine;
	uint64_t start_ns;
	/* Under lock, which the reader takes where rules and outputs change, and never for an event. */
	pthread_mutex_t lock;
	struct rule_numbers *rules; /* the reader, who alone sets it, reads it without the lock */
	struct alerts *alerts;
	bool reload_failed;
	struct problem why_not_reloaded;
};

#endif
