/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gives metrics and health by HTTP: a thread without capabilities, for so many clients and so long at most.
 * libmicrohttpd is loaded when it begins: who does not listen does not need it.
 */
#ifndef LINXCAP_LISTENER_H
#define LINXCAP_LISTENER_H

#include "metrics/metrics.h"

/* Settings of --metrics. */
struct metrics_settings {
	const char *address; /* "127.0.0.1"; NULL: nobody listens */
	char host[64];
	uint16_t port;
	const char *health; /* path; NULL: /healthz */
	bool health_alone; /* no counts */
};
/* "[ADDRESS:]PORT"; false: it is none. */
bool metrics_read_address(struct metrics_settings *s, const char *word);

struct listener_thread;
/* NULL: why is set. */
struct listener_thread *metrics_listen(struct metrics *m, const struct metrics_settings *s, struct problem *why);
/* Ends it, whatever its clients do. Takes NULL. */
void metrics_listen_end(struct listener_thread *t);
/* The port on which it listens. */
uint16_t metrics_listen_port(const struct listener_thread *t);

#endif
