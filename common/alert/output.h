/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One output of alerts: a bounded queue, and a thread that sends them. */
#ifndef LINXCAP_ALERT_OUTPUT_H
#define LINXCAP_ALERT_OUTPUT_H

#include "alert/alert.h"
#include "base/message.h"

/* Most alerts that wait for an output, and most of their bytes. */
#define ALERT_QUEUE_MAX 1024u
#define ALERT_QUEUE_BYTES (8u << 20)
/* Longest time for sending one alert. After that the alert counts as lost. */
#define ALERT_PATIENCE_MS 5000

/* An alert in the forms for outputs. */
struct alert_line {
	enum alert_priority priority;
	const char *text, *json; /* each form with its newline */
};

struct alert_output;
/* A kind of output. It sends one alert at a time, in its own thread, in bounded time. */
struct alert_way {
	const char *prefix; /* beginning of an output's name, such as "file:" */
	/* Opens the output named behind the prefix. -1: why is set. */
	int (*open)(struct alert_output *o, const char *arg, struct problem *why);
	/* Sends an alert. 0, or an errno: the alert is lost. */
	int (*send)(struct alert_output *o, const struct alert_line *line);
	void (*close)(struct alert_output *o);
	bool network; /* the output opens sockets and reads from them, so that its thread drops all capabilities */
};
extern const struct alert_way alert_way_http, alert_way_https, alert_way_program;

struct alert_output_opts {
	bool json; /* always send JSON, as HTTP does */
	/* For HTTPS, in PEM; NULL: none. */
	const char *ca; /* file of certificates of authorities; without this and the folder: the machine's */
	const char *ca_path; /* folder of such certificates, under their hashes; ca takes its place */
	const char *cert, *key; /* files of this client's certificate, and its key */
	struct alert_form form;
	unsigned int queue; /* most alerts that wait; 0: ALERT_QUEUE_MAX */
	bool confined; /* threads of all outputs drop their capabilities, not only those with network */
};

/*
 * Opens an output by its name: stdout, syslog, file:PATH, program:CMD ARG..., http://..., https://... In front
 * there may be the least urgent priority that it takes, and a comma: "warning,file:/a". NULL: why is set.
 */
struct alert_output *alert_output_open(const char *name, const struct alert_output_opts *opts, struct problem *why);
/* Checks an output's name without opening it. -1: why is set. */
int alert_output_check(const char *name, struct problem *why);
/* Starts the thread of an output. -errno. */
int alert_output_start(struct alert_output *o);
/* Passes an alert to the queue; never waits. Without room the alert is counted as lost. */
void alert_output_put(struct alert_output *o, const struct alert_line *line);
/* Waits until all alerts are sent, at most patience_ms, and frees the output. *sent and *lost: numbers of alerts. */
void alert_output_close(struct alert_output *o, int patience_ms, uint64_t *sent, uint64_t *lost);
/* Name as the user wrote it, for messages. */
const char *alert_output_name(const struct alert_output *o);
/* True if an output of this name uses the network. */
bool alert_output_is_network(const char *name);

/* Counts of an output, readable from any thread without waiting. */
struct alert_output_counts {
	uint64_t sent, bytes; /* alerts, and their bytes */
	uint64_t failed, dropped; /* lost alerts: the output failed; the queue had no room */
	uint64_t failures; /* alerts in a row, up to the last, that could not be sent */
	uint64_t waiting, waiting_bytes; /* alerts in the queue */
};
void alert_output_count(const struct alert_output *o, struct alert_output_counts *c);
/* Destination of an output without secrets: the server of a URL, the name of a program. */
#define ALERT_PLACE_MAX 256
void alert_output_place(const struct alert_output *o, char place[ALERT_PLACE_MAX]);

/* Functions for kinds of outputs: their state, and their options. */
void alert_output_keep(struct alert_output *o, void *state);
void *alert_output_state(const struct alert_output *o);
const struct alert_output_opts *alert_output_options(const struct alert_output *o);
/*
 * Writes a line to a pipe or file, waiting ALERT_PATIENCE_MS at most whenever it takes nothing. If only the begin of the
 * line before was written, that line is ended first. 0 or an errno.
 */
int alert_output_write(struct alert_output *o, int fd, const char *line);
/* Forgets a line of which only the begin was written: the descriptor is another one from now on. */
void alert_output_anew(struct alert_output *o);

#endif
