/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All outputs of a run, and folding of equal alerts into one. */
#ifndef LINXCAP_ALERTS_H
#define LINXCAP_ALERTS_H

#include "alert/output.h"
#include "redact/redact.h"

#define ALERT_OUTPUTS_MAX 16u

/* Settings of the alert options (--alert...). */
struct alert_settings {
	const char *outputs[ALERT_OUTPUTS_MAX];
	const char *heads[ALERT_OUTPUTS_MAX]; /* for each output its file with headers; NULL: none */
	unsigned int noutputs; /* 0: no alerts */
	struct alert_output_opts opts;
	const char *rule; /* name of the rule; NULL: "linx" */
	const char *output; /* template of the message; NULL: the default */
	enum alert_priority priority;
	bool priority_given;
	struct redact *redact; /* blanks secrets in alerts; borrowed; NULL: nothing is blanked */
	uint64_t every_ns; /* time within which equal alerts are sent only once; 0: all are sent */
	struct {
		const char *path; /* files in which events before alerts are kept; NULL: none */
		uint64_t files, room; /* most files, and most bytes of all of them together */
		uint64_t most; /* greatest size of a file, which its last block may exceed; 0: no limit but room */
		uint64_t after_ns; /* time for which a capture goes on after its alert, unless the rule has its own time */
		bool all; /* events are kept for all rules, not only for those that ask for it */
	} before;
};

struct alerts;
/* Opens all outputs, without starting their threads. NULL: why has the reason. */
struct alerts *alerts_open(const struct alert_settings *s, struct problem *why);
/* True if an output uses the network. */
bool alerts_use_network(const struct alert_settings *s);
/* Returns the counters and the destination of the output with index i. Any thread may call it. -1: i is too large. */
int alerts_get_output(const struct alerts *a, unsigned int i, struct alert_output_counts *c, char place[ALERT_PLACE_MAX]);
/* Returns how many alerts were not sent since they equaled an earlier one. Any thread may call it. */
uint64_t alerts_get_folded(const struct alerts *a);
/* Starts the threads of all outputs. -1: why has the reason. */
int alerts_start(struct alerts *a, struct problem *why);
/* Passes an alert to the queues of all outputs, and sets its members form and folded. Never waits. */
void alerts_raise(struct alerts *a, struct alert *alert);
/* Waits for the outputs, prints how many alerts each has lost, and frees everything. */
void alerts_close(struct alerts *a);

#endif
