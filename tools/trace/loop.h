/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a source to a sink until one of many things ends it. */
#ifndef LINXCAP_LOOP_H
#define LINXCAP_LOOP_H

#include "trace/child.h"
#include "trace/rotation.h"
#include "output/report.h"
#include "trace/sink.h"

enum end {
	END_NONE = 0,
	END_DATA, /* the source has no more */
	END_LISTED, /* all traced processes have ended */
	END_SIGNAL, /* asked to stop */
	END_TIME, /* --for */
	END_COUNT, /* -n */
	END_ROTATION, /* the next file is due */
	END_PIPE, /* nobody reads any more */
	END_FAILURE, /* told */
};

struct loop {
	struct linx *l;
	struct sink *sink;
	struct signals *signals;
	struct child *child; /* NULL: file */
	int fd; /* readable when the source may have something */
	bool tracer; /* l stops its tasks: wait for them in the library */
	bool eager; /* lines are shown at once */
	bool lists; /* ends with the listed processes */
	uint64_t deadline_ns; /* 0: none */
	struct rotation *rotation; /* NULL: one file */
	uint64_t beat_ns, beat_due; /* how often a service manager wants to hear of us; 0: never */
	uint64_t flush_due; /* next flush of a tracer's output while events come without a pause */
	struct losses losses;
	struct metrics *metrics; /* NULL: nobody watches */
	struct linx_counts counts; /* that they had last */
};

/* Gives metrics what the source counts now. */
void loop_publish(struct loop *p);
enum end loop_run(struct loop *p);
/* After linx_stop(): what is left. END_DATA, or why not all of it. */
enum end loop_drain(struct loop *p);

#endif
