/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All outputs of a run, and the folding of equal alerts. */
#ifndef LINXCAP_ALERTS_H
#define LINXCAP_ALERTS_H

#include "alert/output.h"
#include "redact/redact.h"

#define ALERT_OUTPUTS_MAX 16u

/* Settings of --alert and its further options. */
struct alert_settings {
	const char *outputs[ALERT_OUTPUTS_MAX];
	unsigned int noutputs; /* 0: no alerts */
	struct alert_output_opts opts;
	const char *rule; /* NULL: "linx" */
	const char *output; /* template of the message; NULL: the default */
	enum alert_priority priority;
	bool priority_given;
	struct redact *redact; /* blanks secrets; borrowed. NULL: none */
	uint64_t every_ns; /* equal alerts within this time are one; 0: all are sent */
	struct {
		const char *path; /* path of files with the events before alerts; NULL: none are kept */
		uint64_t files, room; /* most files, and most bytes of all of them */
		uint64_t most; /* most bytes of one file, but for its last block; 0: as many as there is room for */
		uint64_t after_ns; /* duration of the capture after an alert, unless the rule has its own */
		bool all; /* every rule keeps a capture, not only those that ask for it */
	} before;
};

struct alerts;
/* Opens all outputs without starting them. NULL: why is set. */
struct alerts *alerts_open(const struct alert_settings *s, struct problem *why);
/* True if an output uses the network. */
bool alerts_use_network(const struct alert_settings *s);
/* Gets the counts and the place of output i of a run, from 0; from any thread. -1: there are no more. */
int alerts_get_output(const struct alerts *a, unsigned int i, struct alert_output_counts *c, char place[ALERT_PLACE_MAX]);
/* Number of alerts that were not sent since they equalled an earlier one; from any thread. */
uint64_t alerts_get_folded(const struct alerts *a);
/* Starts all outputs. -1: why is set. */
int alerts_start(struct alerts *a, struct problem *why);
/* Passes an alert to all outputs and sets its member folded. Never waits. */
void alerts_raise(struct alerts *a, struct alert *alert);
/* Waits for the outputs, reports what they lost, and frees everything. */
void alerts_close(struct alerts *a);

#endif
