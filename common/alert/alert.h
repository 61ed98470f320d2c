/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An alert, and the forms in which Falco writes it: a line of text, or a JSON object with sorted keys.
 *
 * The directory alert/ takes alerts from the reader of events and sends them to outputs. It never blocks the
 * reader: each output has a bounded queue and its own thread, and lost alerts are counted and reported.
 */
#ifndef LINXCAP_ALERT_H
#define LINXCAP_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linx/rules.h>

/* Falco's priorities, the most urgent first. */
enum alert_priority {
	ALERT_EMERGENCY = LINX_PRIORITY_EMERGENCY,
	ALERT_ALERT = LINX_PRIORITY_ALERT,
	ALERT_CRITICAL = LINX_PRIORITY_CRITICAL,
	ALERT_ERROR = LINX_PRIORITY_ERROR,
	ALERT_WARNING = LINX_PRIORITY_WARNING,
	ALERT_NOTICE = LINX_PRIORITY_NOTICE,
	ALERT_INFORMATIONAL = LINX_PRIORITY_INFO,
	ALERT_DEBUG = LINX_PRIORITY_DEBUG,
};
const char *alert_priority_name(enum alert_priority p);
/* Parses the name of a priority, in upper or lower case; "info" is also known. False: there is no such priority. */
bool alert_priority_parse(const char *name, size_t n, enum alert_priority *p);

struct alert_field {
	const char *name, *value; /* value NULL: unknown */
	bool is_json; /* value is a JSON number, true or false; otherwise it is text */
};

/* The parts of an alert that are written, and their form. */
struct alert_form {
	bool no_output, no_fields, no_tags; /* JSON lacks the key "output", "output_fields" or "tags" */
	bool message; /* JSON also has the key "message", without time and priority */
	bool iso_time; /* text has the date, and the time in UTC */
};

struct alert {
	const struct alert_form *form; /* NULL: all members zero */
	enum alert_priority priority;
	const char *rule, *source, *hostname;
	const char *output; /* the message, valid UTF-8 */
	uint64_t time_ns; /* time of the event, on the wall clock */
	uint64_t lost_before; /* records lost since the rule's last alert: an upper bound of missed matches */
	const char *capture; /* file that will have the events before the alert; NULL: none */
	uint64_t folded; /* number of equal alerts since the last one that was sent, which were not sent */
	const struct alert_field *fields; /* sorted by name */
	unsigned int nfields;
	const char *const *tags;
	unsigned int ntags;
	bool outside; /* the event is before the shown part of a recording: not sent, but counted for folding */
};

/* Formats one line with its newline; the caller frees it. NULL: no memory. */
char *alert_text(const struct alert *a);
char *alert_json(const struct alert *a);

#endif
