/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers of a run for observers: events read, lost, raised and sent. The reader of events writes them without
 * waiting; the listener reads them without a lock.
 *
 * The room metrics/ holds them, and the pages for Prometheus.
 */
#ifndef LINXCAP_METRICS_H
#define LINXCAP_METRICS_H

#include <stdio.h>
#include <linx/linx.h>

#include "alert/alerts.h"

struct metrics;
struct metrics_rule {
	const char *name; /* copied */
	enum alert_priority priority;
	uint64_t alerts; /* so far */
};

/* Makes metrics. NULL: no memory or descriptors. */
struct metrics *metrics_new(void);
/* Frees metrics; m may be NULL. No listener and no alert may use them any more. */
void metrics_free(struct metrics *m);
/* Begins a run with that engine, before any listener. -ENOMEM */
int metrics_begin(struct metrics *m, const char *engine);

/* ---- the reader's side; m may be NULL in each: no observer ------------------------------------- */

/* Notes that the reader works. True: a listener waits for counts from metrics_publish(). */
bool metrics_step(struct metrics *m, uint64_t now_ns);
void metrics_count_events(struct metrics *m, unsigned int n);
/* Notes that the reader waits for events, until the next metrics_step(). */
void metrics_rest(struct metrics *m);
/* Publishes counts of the source so far, and bytes of its lines or its capture. */
void metrics_publish(struct metrics *m, const struct linx_counts *counts, uint64_t bytes);
/* Notes the end of a source with the counts published last; the next one begins from zero. */
void metrics_next_source(struct metrics *m);
/* Replaces the rules, in the order of their numbers. Without memory there are none. */
void metrics_set_rules(struct metrics *m, const struct metrics_rule *rules, unsigned int n);
void metrics_count_alert(struct metrics *m, unsigned int rule);
/* Notes a reload of rules. why NULL: it succeeded; else the reason why it did not. */
void metrics_reloaded(struct metrics *m, const char *why);
/* Sets the number of regular expressions that reached their limit. */
void metrics_set_limited(struct metrics *m, uint64_t n);
/* Sets the number of keys that rules forgot at their bounds. */
void metrics_set_forgotten(struct metrics *m, uint64_t n);
/* Sets the outputs whose counts are shown; NULL: they are about to be closed. */
void metrics_set_alerts(struct metrics *m, struct alerts *a);

/* ---- the listener's side ------------------------------------------------------------------------ */

/* Wakes the reader and gives it a moment to publish; otherwise the former counts are used. */
void metrics_ask(struct metrics *m);
/* Writes all numbers in the text format of Prometheus. */
void metrics_print(struct metrics *m, FILE *to);
/* Checks the run. False: why has the reason, in one line. */
bool metrics_healthy(struct metrics *m, struct problem *why);

#endif
