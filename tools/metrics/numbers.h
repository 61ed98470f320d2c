/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Internals of the room: the numbers, and the rules for access to them. */
#ifndef LINXCAP_NUMBERS_H
#define LINXCAP_NUMBERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "metrics/metrics.h"

enum number {
	NUMBER_EVENTS,
	NUMBER_LIMITED,
	NUMBER_FORGOTTEN,
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
	/* Written by the reader, read by any thread. */
	_Atomic uint64_t numbers[NUMBERS], lost[LINX_LOST_NR], seen_ns;
	_Atomic bool resting;
	/* Only for the reader: final counts of earlier sources. */
	uint64_t before[NUMBERS_OF_SOURCE_END], lost_before[LINX_LOST_NR];
	/* A listener wants fresh counts; the descriptor is readable when they are there. */
	_Atomic bool wanted;
	int answered;
	uint64_t asked_ns; /* only for the listener */
	/* Set once. */
	char *engine;
	uint64_t start_ns;
	/* Members under lock. The reader takes it when rules and outputs change, never for an event. */
	pthread_mutex_t lock;
	struct rule_numbers *rules; /* set only by the reader, which reads it without the lock */
	struct alerts *alerts;
	bool reload_failed;
	struct problem why_not_reloaded;
};

#endif
