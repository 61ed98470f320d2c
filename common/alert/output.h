/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One output of alerts: a bounded queue, and a thread that sends them. */
#ifndef LINXCAP_ALERT_OUTPUT_H
#define LINXCAP_ALERT_OUTPUT_H

#include "alert/alert.h"
#include "base/message.h"

/* Upper limits of a queue: alerts that wait for an output, and their bytes. */
#define ALERT_QUEUE_MAX 1024u
#define ALERT_QUEUE_BYTES (8u << 20)
/* Most alerts that are sent before the way of the output completes them: see struct alert_way. */
#define ALERT_BATCH_MAX 256u
/* Most bytes of an alert in a spool, and of one that linx-store takes: a command line of 256 KiB can stand in it twice. */
#define ALERT_BYTES_MAX (4u << 20)
/* Rule of the alert that says how many others are lost, and the field of output_fields that has their number. */
#define ALERT_LOST_RULE "linx: alerts lost"
#define ALERT_LOST_FIELD "linx.lost"
/* Rules of linx-store's own alerts about a machine, and the field with the seconds of the silence. */
#define ALERT_SILENT_RULE "linx: machine silent"
#define ALERT_HEARD_RULE "linx: machine heard again"
#define ALERT_SILENT_FIELD "linx.silent"
/* Longest time for sending one alert, after which it counts as lost. */
#define ALERT_PATIENCE_MS 5000

/* An alert, formatted for an output. */
struct alert_line {
	enum alert_priority priority;
	const char *line; /* with its newline; JSON or text: alert_output_takes_json() */
	const char *machine; /* name of the machine on which the alert was raised */
	bool is_report; /* the alert says how many others are lost */
};

struct alert_output;
/* A kind of output. It sends one alert at a time, in the thread of the output, within a limited time. */
struct alert_way {
	const char *prefix; /* prefix of an output's name, such as "file:" */
	/* Opens the output; arg: the rest of its name, or a whole URL. -1: why has the reason. */
	int (*open)(struct alert_output *o, const char *arg, struct problem *why);
	/* Sends an alert. 0, or a positive errno value: the alert is lost. */
	int (*send)(struct alert_output *o, const struct alert_line *line);
	void (*close)(struct alert_output *o);
	bool network; /* the output uses sockets, so its thread drops all capabilities */
	bool json; /* the output always gets JSON, whatever alert_output_opts.json says */
	/*
	 * True if there is room for an alert. Without room it is lost, and no report of losses is sent before it. NULL: no
	 * such limit is known.
	 */
	bool (*has_room)(struct alert_output *o, const struct alert_line *line);
	/*
	 * Completes the alerts that were sent since the last call, at most ALERT_BATCH_MAX. Until then they do not count as
	 * sent. Called when no further alert waits. 0; a positive errno value: all of them are lost. NULL: send() does all.
	 */
	int (*complete)(struct alert_output *o);
	bool reports_last; /* losses that no alert has reported yet are reported at the end of the run, too */
};
extern const struct alert_way alert_way_http, alert_way_https, alert_way_otlp, alert_way_otlps, alert_way_program, alert_way_spool;

struct alert_output_opts {
	bool json; /* send JSON to all outputs; those of the network always get it */
	/* for HTTPS, files in PEM format; NULL: none */
	const char *ca; /* file of CA certificates; if this and ca_path are NULL, those of the system are used */
	const char *ca_path; /* directory of CA certificates named by their hashes; not used if ca is set */
	const char *cert, *key; /* certificate of this client, and its key */
	const char *heads; /* file with further headers of HTTP requests, which can have secrets: see http/http_heads.h; NULL: none */
	struct alert_form form;
	unsigned int queue; /* most alerts that wait in a queue; 0: ALERT_QUEUE_MAX */
	const char *spool; /* folder of the spool of the output "spool"; NULL: none */
	uint64_t spool_size; /* bytes of all segments of that folder */
	bool confined; /* the threads of all outputs drop their capabilities, not only those that use sockets */
};

/*
 * Opens an output by its name: stdout, syslog, spool, file:PATH, program:CMD ARG..., http://..., https://...,
 * otlp+http://..., otlp+https://... A priority and a comma can be before the name, as in "warning,file:/a". Then alerts
 * that are less urgent are not sent to this output.
 * NULL: why has the reason.
 */
struct alert_output *alert_output_open(const char *name, const struct alert_output_opts *opts, struct problem *why);
/* Checks the name of an output without opening it. -1: why has the reason. */
int alert_output_check(const char *name, struct problem *why);
/* Starts the thread of an output. 0 or -errno. */
int alert_output_start(struct alert_output *o);
/* True if an output takes JSON, false if it takes text. */
bool alert_output_takes_json(const struct alert_output *o);
/* Appends an alert to the queue, without waiting. If the queue is full, the alert is counted as lost. */
void alert_output_put(struct alert_output *o, const struct alert_line *line);
/*
 * Waits until all alerts are sent, at most patience_ms, and frees the output. *sent: number of alerts that were sent;
 * *lost: number of alerts that were lost.
 */
void alert_output_close(struct alert_output *o, int patience_ms, uint64_t *sent, uint64_t *lost);
/* Returns the name as the user wrote it, for messages. */
const char *alert_output_name(const struct alert_output *o);
/* True if an output with this name uses the network. */
bool alert_output_is_network(const char *name);
/* True if an output with this name is the spool. */
bool alert_output_is_spool(const char *name);

/* Counters of an output. Any thread may read them, without waiting. */
struct alert_output_counts {
	uint64_t sent, bytes; /* alerts that were sent, and their bytes */
	uint64_t failed, dropped; /* lost alerts. failed: they could not be sent; dropped: the queue was full */
	uint64_t failures; /* number of failures since the last alert that was sent */
	uint64_t waiting, waiting_bytes; /* alerts in the queue, and their bytes */
};
void alert_output_count(const struct alert_output *o, struct alert_output_counts *c);
/* Writes the destination of an output without secrets: the server of a URL, or the name of a program. */
#define ALERT_PLACE_MAX 256
void alert_output_place(const struct alert_output *o, char place[ALERT_PLACE_MAX]);

/* Functions for kinds of outputs: to set and get their data, and to get their options. */
void alert_output_keep(struct alert_output *o, void *state);
void *alert_output_state(const struct alert_output *o);
const struct alert_output_opts *alert_output_options(const struct alert_output *o);
/*
 * Writes a line to a pipe or file. Waits at most ALERT_PATIENCE_MS each time that the file accepts no bytes. If only
 * the beginning of the previous line was written, ends that line first. 0 or an errno.
 */
int alert_output_write(struct alert_output *o, int fd, const char *line);
/* Forgets that only the beginning of the last line was written, since later lines go to another descriptor. */
void alert_output_anew(struct alert_output *o);

#endif
