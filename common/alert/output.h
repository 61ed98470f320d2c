/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One output of alerts: a bounded queue, and a thread that brings them where they go. */
#ifndef LINXCAP_ALERT_OUTPUT_H
#define LINXCAP_ALERT_OUTPUT_H

#include "alert/alert.h"
#include "base/message.h"

/* Alerts that wait for an output, and their bytes. */
#define ALERT_QUEUE_MAX 1024u
#define ALERT_QUEUE_BYTES (8u << 20)
/* How long an output may take for one alert before that counts as lost. */
#define ALERT_PATIENCE_MS 5000

/* An alert as it goes to outputs. */
struct alert_line {
	enum alert_priority priority;
	const char *text, *json; /* each with its newline */
};

struct alert_output;
/* How a kind of output brings one alert to its place: in its own thread, in bounded time. */
struct alert_way {
	const char *prefix; /* beginning of an output's name, such as "file:" */
	/* Opens what is behind the prefix. -1: why is set. */
	int (*open)(struct alert_output *o, const char *arg, struct problem *why);
	/* 0, or an errno: the alert is lost. */
	int (*send)(struct alert_output *o, const struct alert_line *line);
	void (*close)(struct alert_output *o);
	bool network; /* its thread has no capabilities: it opens sockets and reads what comes from them */
};
extern const struct alert_way alert_way_http, alert_way_https, alert_way_program;

struct alert_output_opts {
	bool json; /* lines are JSON; HTTP takes nothing else */
	const char *ca; /* certificates of HTTPS; NULL: the machine's */
	struct alert_form form;
	unsigned int queue; /* most alerts that wait; 0: ALERT_QUEUE_MAX */
	bool confined; /* the threads of all outputs drop their capabilities, not only those of the network */
};

/*
 * Opens an output by its name: stdout, syslog, file:PATH, program:CMD ARG..., http://..., https://...,
 * perhaps behind the least urgent priority that it takes and a comma: "warning,file:/a". NULL: why is set.
 */
struct alert_output *alert_output_open(const char *name, const struct alert_output_opts *opts, struct problem *why);
/* Is there such a kind of output? -1: why is set. */
int alert_output_check(const char *name, struct problem *why);
/* Starts its thread. -errno. */
int alert_output_start(struct alert_output *o);
/* Hands an alert over: never waits. What there is no room for is counted as lost. */
void alert_output_put(struct alert_output *o, const struct alert_line *line);
/* Waits until all is sent, at most patience_ms, and frees it. *sent and *lost: how many alerts. */
void alert_output_close(struct alert_output *o, int patience_ms, uint64_t *sent, uint64_t *lost);
/* Name as the user wrote it, for messages. */
const char *alert_output_name(const struct alert_output *o);
/* Does an output of this name speak with the network? */
bool alert_output_is_network(const char *name);

/* How it fares: from any thread, without waiting for those that use it. */
struct alert_output_counts {
	uint64_t sent, bytes; /* alerts, and their bytes */
	uint64_t failed, dropped; /* lost: it did not take them; its queue had no room */
	uint64_t failures; /* alerts in a row, up to the last, that could not be delivered */
	uint64_t waiting, waiting_bytes; /* in its queue */
};
void alert_output_count(const struct alert_output *o, struct alert_output_counts *c);
/* Destination of an output without what may be secret: the server of a URL, the name of a program. */
#define ALERT_PLACE_MAX 256
void alert_output_place(const struct alert_output *o, char place[ALERT_PLACE_MAX]);

/* Functions for ways: the state that they keep, and their options. */
void alert_output_keep(struct alert_output *o, void *state);
void *alert_output_state(const struct alert_output *o);
const struct alert_output_opts *alert_output_options(const struct alert_output *o);
/* Writes all of it to a pipe or file within ALERT_PATIENCE_MS. 0 or an errno. */
int alert_output_write(int fd, const char *data, size_t len);

#endif
