/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the account of a trace: losses when they happen, and the sums of the certificate at the end. */
#ifndef LINXCAP_REPORT_H
#define LINXCAP_REPORT_H

#include <linx/linx.h>
#include <linx/policy.h>

/* Numbers of lost records that were already reported to the user. All zero: nothing was reported. */
struct losses {
	uint64_t reported;
	uint64_t due_ns; /* time before which nothing is printed, so that there is at most one line per second */
	bool dirty; /* events came since the last check, so there may be new losses */
	uint64_t tampers; /* number of reports of interference with the recording when the last warning was printed */
};

uint64_t report_clock_ns(void); /* time of CLOCK_MONOTONIC */

/* Prints how many records were lost since the last message, unless that is less than a second ago. */
void losses_look(struct losses *s, struct linx *l, uint64_t now);

/* Prints a warning if the source has noticed more interference with the recording since the last call. */
void losses_look_for_tampers(struct losses *s, const struct linx *l);

uint64_t report_lost(const struct linx_counts *counts);

/* Prints the closing lines of a trace. */
void report_certificate(const struct linx_certificate *c);

/* Prints for each rule of the policy of l how often its condition held. policy NULL: there is no policy. */
void report_policy(struct linx *l, const struct linx_policy *policy);
/* Prints the account of each probe of l. */
void report_probes(struct linx *l);

/*
 * Prints how many HTTP requests there were, and how many connections could not be followed. Prints nothing if l
 * does not follow HTTP.
 */
void report_http(const struct linx *l);

#endif
