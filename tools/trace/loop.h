/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop from a source to a sink, with its possible ends. */
#ifndef LINXCAP_LOOP_H
#define LINXCAP_LOOP_H

#include "trace/child.h"
#include "trace/rotation.h"
#include "output/report.h"
#include "trace/sink.h"

enum end {
	END_NONE = 0,
	END_DATA, /* the source has no more events */
	END_LISTED, /* all traced processes have ended */
	END_SIGNAL, /* a signal asked to stop */
	END_TIME, /* --for */
	END_COUNT, /* -n */
	END_ROTATION, /* the next file is due */
	END_PIPE, /* the reader of the output is gone */
	END_FAILURE, /* reported already */
};

struct loop {
	struct linx *l;
	struct sink *sink;
	struct signals *signals;
	struct child *child; /* NULL: file */
	int fd; /* readable when the source may have events */
	bool tracer; /* l stops its tasks: only waits in the library resume them */
	bool eager; /* lines are shown at once */
	bool lists; /* the loop ends with the listed processes */
	uint64_t deadline_ns; /* 0: none */
	struct rotation *rotation; /* NULL: one file */
	uint64_t beat_ns, beat_due; /* interval of messages to a service manager; 0: never */
	uint64_t flush_due; /* next flush of a tracer's output while events come without a pause */
	struct losses losses;
	struct metrics *metrics; /* NULL: no metrics */
	struct linx_counts counts; /* last published counts */
};

/* Publishes the present counts of the source in the metrics. */
void loop_publish(struct loop *p);
enum end loop_run(struct loop *p);
/* Reads the rest after linx_stop(). END_DATA, or the reason why a part is missing. */
enum end loop_drain(struct loop *p);

#endif
