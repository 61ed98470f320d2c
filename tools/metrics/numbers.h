/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The counters of --metrics, shared by the files of metrics/, and the rules for access to them by threads. */
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
	/* sums over all sources so far, each of which counts from zero: see metrics_next_source() */
	NUMBER_SELECTED,
	NUMBER_COMMITTED,
	NUMBER_DELIVERED,
	NUMBER_FILTERED,
	NUMBER_OVERWRITTEN,
	NUMBER_LOST_CONTEXT,
	NUMBER_BYTES,
	NUMBER_TAMPERS,
	NUMBER_MISSED,
	NUMBER_AT_LEAST,
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
	/* written by the reader, read by any thread; seen_ns: time of its last step */
	_Atomic uint64_t numbers[NUMBERS], lost[LINX_LOST_NR], seen_ns;
	_Atomic bool resting;
	/* sums over all earlier sources; only the reader uses them */
	uint64_t before[NUMBERS_OF_SOURCE_END], lost_before[LINX_LOST_NR];
	/* wanted: a listener waits for new counts; answered: eventfd, readable once they are published */
	_Atomic bool wanted;
	int answered;
	uint64_t asked_ns; /* time at which counts were last asked for; only for the listener */
	/* set once, before the listener starts */
	char *engine;
	uint64_t start_ns;
	/* Lock for the members below. The reader takes it when rules or outputs change, but never for an event. */
	pthread_mutex_t lock;
	struct rule_numbers *rules; /* only the reader of events replaces the list, so it need not lock to read it */
	struct alerts *alerts;
	bool reload_failed;
	struct problem why_not_reloaded;
};

#endif
