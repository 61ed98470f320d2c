/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An alert, and Falco's ways to write one: a line of text, or an object of JSON with sorted keys.
 *
 * The room alert/ takes alerts from the reader of events and sends them to outputs. It never blocks the
 * reader: each output has a bounded queue and a thread of its own, and lost alerts are counted and reported.
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
/* Parses a priority by its name in any case, also "info". false: no such name. */
bool alert_priority_parse(const char *name, size_t n, enum alert_priority *p);

struct alert_field {
	const char *name, *value; /* value NULL: not known */
	bool is_json; /* value is a number, true or false of JSON */
};

/* Parts of an alert that are written. */
struct alert_form {
	bool no_output, no_fields, no_tags; /* JSON lacks these keys */
	bool message; /* JSON has the message without time and priority, too */
	bool iso_time; /* text has date and time of UTC */
};

struct alert {
	const struct alert_form *form; /* NULL: all defaults */
	enum alert_priority priority;
	const char *rule, *source, *hostname;
	const char *output; /* the message, valid UTF-8 */
	uint64_t time_ns; /* wall clock, of the event */
	uint64_t lost_before; /* records lost since the rule's last alert: an upper bound of missed matches */
	const char *capture; /* file with the events before it; NULL: none */
	uint64_t folded; /* equal alerts since the last one, which were not sent */
	const struct alert_field *fields; /* in the order of their names */
	unsigned int nfields;
	const char *const *tags;
	unsigned int ntags;
};

/* Writes one line with its newline; the caller frees it. NULL: no memory. */
char *alert_text(const struct alert *a);
char *alert_json(const struct alert *a);

#endif
