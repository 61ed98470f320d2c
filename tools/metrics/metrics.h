/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counters of a run for --metrics: events read and lost, alerts raised and sent. The reader of events updates them
 * without waiting, and the listener reads them without a lock.
 *
 * The directory metrics/ has these counters, and the pages for Prometheus.
 */
#ifndef LINXCAP_METRICS_H
#define LINXCAP_METRICS_H

#include <stdio.h>
#include <linx/linx.h>

#include "alert/alerts.h"

struct metrics;
struct metrics_rule {
	const char *name; /* name of the rule; metrics_set_rules() makes a copy */
	enum alert_priority priority;
	uint64_t alerts; /* number of alerts so far */
};

/* Makes the counters. NULL: no memory, or no file descriptor. */
struct metrics *metrics_new(void);
/* Frees the counters; m may be NULL. Call it when no listener and no alert output uses them any more. */
void metrics_free(struct metrics *m);
/* Begins a run with this engine; call it before a listener is started. 0 or -ENOMEM. */
int metrics_begin(struct metrics *m, const char *engine);

/* ---- functions for the reader of events; m is NULL if there are no metrics --------------------- */

/* Remembers that the reader is alive. True: a listener waits for metrics_publish(). */
bool metrics_step(struct metrics *m, uint64_t now_ns);
void metrics_count_events(struct metrics *m, unsigned int n);
/* Remembers that the reader waits for events: until the next metrics_step(), a long wait does not count as hanging. */
void metrics_rest(struct metrics *m);
/* Facts about a source that the metrics have beside its counts. */
struct metrics_more {
	uint64_t bytes; /* size of the lines, or of the capture file */
	uint64_t tampers; /* how often interference with the recording was noticed */
	uint64_t missed; /* hits of probes that the kernel did not pass on, by its count */
	uint64_t at_least; /* probes that may have missed hits */
};

/* Publishes the counts of the source. */
void metrics_publish(struct metrics *m, const struct linx_counts *counts, const struct metrics_more *more);
/*
 * Adds the counts of a source that has ended to the sums of earlier sources, since the counts of the next source start
 * at zero. Call it after the last metrics_publish() of the source.
 */
void metrics_next_source(struct metrics *m);
/*
 * Replaces the list of rules. A rule's place in the list is its index. If there is no memory, the list becomes empty.
 */
void metrics_set_rules(struct metrics *m, const struct metrics_rule *rules, unsigned int n);
void metrics_count_alert(struct metrics *m, unsigned int rule);
/* Counts a reload of rules. why: the reason of its failure; NULL: it succeeded. */
void metrics_reloaded(struct metrics *m, const char *why);
/* Sets how many matches of regular expressions were given up at their limit. */
void metrics_set_limited(struct metrics *m, uint64_t n);
/* Sets how many entries the rules' tables have dropped because the tables were full. */
void metrics_set_forgotten(struct metrics *m, uint64_t n);
/* Sets the alert outputs whose counters are printed; NULL: they are about to be closed. */
void metrics_set_alerts(struct metrics *m, struct alerts *a);

/* ---- functions for the thread that serves the pages --------------------------------------------- */

/*
 * Wakes the reader, and waits a short time for it to publish its counts. If the reader does not do so, its previous
 * counts are used.
 */
void metrics_ask(struct metrics *m);
/* Prints all counters in the text format of Prometheus. */
void metrics_print(struct metrics *m, FILE *to);
/* Checks that reader, recording, rules and outputs work. False: why has the reason, in one line. */
bool metrics_healthy(struct metrics *m, struct problem *why);

#endif
