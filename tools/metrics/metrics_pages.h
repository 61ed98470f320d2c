/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages of --metrics: /metrics for Prometheus, and the health check. */
#ifndef LINXCAP_METRICS_PAGES_H
#define LINXCAP_METRICS_PAGES_H

#include "metrics/metrics.h"
#include "serve/listener.h"

/* Settings of --metrics. */
struct metrics_settings {
	const char *address; /* address as the user wrote it; NULL: no server */
	char host[LISTENER_HOST_MAX];
	uint16_t port;
	const char *health; /* path of the health check; NULL: /healthz */
	bool health_alone; /* the server has only the health check, and no page /metrics */
};
/* Reads "[ADDRESS:]PORT". False: the word has another form. */
bool metrics_read_address(struct metrics_settings *s, const char *word);

/* Serves the counters of m, which must live until listener_end(). NULL: why has the reason. */
struct listener_thread *metrics_listen(struct metrics *m, const struct metrics_settings *s, struct problem *why);

#endif
