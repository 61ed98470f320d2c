/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All outputs of a run, and equal alerts made one. */
#ifndef LINXCAP_ALERTS_H
#define LINXCAP_ALERTS_H

#include "alert/output.h"
#include "redact/redact.h"

#define ALERT_OUTPUTS_MAX 16u

/* Settings of --alert and the options that go with it. */
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
		const char *path; /* path of files with what came before alerts; NULL: none are kept */
		uint64_t files, room; /* at most so many, of so many bytes together */
		uint64_t after_ns; /* goes on so long, where a rule does not say it */
		bool all; /* each rule keeps it, whether it says so or not */
	} before;
};

struct alerts;
/* Opens all outputs, and starts none. NULL: why is set. */
struct alerts *alerts_open(const struct alert_settings *s, struct problem *why);
/* Does one of the outputs speak with the network? */
bool alerts_use_network(const struct alert_settings *s);
/* How output i of a run fares, from 0, and where it goes: from any thread. -1: there are no more. */
int alerts_get_output(const struct alerts *a, unsigned int i, struct alert_output_counts *c, char place[ALERT_PLACE_MAX]);
/* Alerts that were not sent since they equalled one before, likewise. */
uint64_t alerts_get_folded(const struct alerts *a);
/* -1: why is set. */
int alerts_start(struct alerts *a, struct problem *why);
/* Brings an alert to all outputs; its member folded is set here. Never waits. */
void alerts_raise(struct alerts *a, struct alert *alert);
/* Waits for the outputs, tells what they lost, and frees it. */
void alerts_close(struct alerts *a);

#endif
