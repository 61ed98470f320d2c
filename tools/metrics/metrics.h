/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers of a run for who watches it: what was read, lost, raised and sent. The reader of events
 * writes them and waits for nobody; the listener reads them without a lock.
 *
 * The room metrics/ holds them, and the pages that give them to Prometheus.
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

/* NULL: no memory or descriptors. */
struct metrics *metrics_new(void);
/* Takes NULL. Nobody listens any more, and nothing is raised. */
void metrics_free(struct metrics *m);
/* The run begins, with that engine: before anybody listens. -ENOMEM */
int metrics_begin(struct metrics *m, const char *engine);

/* ---- the reader's side; each takes NULL, where nobody watches --------------------------------- */

/* The reader goes on. True: somebody wants counts, by metrics_publish(). */
bool metrics_step(struct metrics *m, uint64_t now_ns);
void metrics_count_events(struct metrics *m, unsigned int n);
/* The reader has nothing to do and waits, until the next metrics_step(). */
void metrics_rest(struct metrics *m);
/* Counts of the source so far, and bytes that its lines or its capture have. */
void metrics_publish(struct metrics *m, const struct linx_counts *counts, uint64_t bytes);
/* The source has ended with what was published last; the next one begins from zero. */
void metrics_next_source(struct metrics *m);
/* Rules in the order of their numbers, in place of those before. Without memory there are none. */
void metrics_set_rules(struct metrics *m, const struct metrics_rule *rules, unsigned int n);
void metrics_count_alert(struct metrics *m, unsigned int rule);
/* The rules were read again. why NULL: they are in use; else they are not, and why. */
void metrics_reloaded(struct metrics *m, const char *why);
/* Regular expressions that met their limit. */
void metrics_set_limited(struct metrics *m, uint64_t n);
/* Outputs whose counts are shown; NULL: they are about to be closed. */
void metrics_set_alerts(struct metrics *m, struct alerts *a);

/* ---- the listener's side ------------------------------------------------------------------------ */

/* Wakes the reader and gives it a moment to publish; what it published before is taken otherwise. */
void metrics_ask(struct metrics *m);
/* All of them in the text format of Prometheus. */
void metrics_print(struct metrics *m, FILE *to);
/* False: why has what is wrong, in one line. */
bool metrics_healthy(struct metrics *m, struct problem *why);

#endif
