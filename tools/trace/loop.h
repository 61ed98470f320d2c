/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The loop that moves events from a source to a sink, and the reasons for which it ends. */
#ifndef LINXCAP_LOOP_H
#define LINXCAP_LOOP_H

#include "trace/child.h"
#include "output/progress.h"
#include "trace/rotation.h"
#include "output/report.h"
#include "trace/sink.h"

enum end {
	END_NONE = 0,
	END_DATA, /* the source has no more events */
	END_LISTED, /* all traced processes have ended */
	END_SIGNAL, /* a signal asked to stop */
	END_TIME, /* the time of --for or --to is over */
	END_COUNT, /* the number of events of -n is reached */
	END_ROTATION, /* the next file is due */
	END_PIPE, /* the reader of the output is gone */
	END_FAILURE, /* an error, which was printed already */
};

struct loop {
	struct linx *l;
	struct sink *sink;
	struct signals *signals;
	struct child *child; /* the traced command; NULL: a capture file is read */
	int fd; /* descriptor of the source: readable when there may be events */
	bool tracer; /* the engine of l stops its tasks; they run on only while the library waits for events */
	bool eager; /* flush after each batch, so that lines are shown at once */
	bool lists; /* the loop ends when all processes on the source's list have ended */
	uint64_t deadline_ns; /* time at which the loop ends; 0: none */
	struct rotation *rotation; /* NULL: only one file, or none */
	uint64_t beat_ns, beat_due; /* interval and next time of watchdog messages to the service manager; 0: never */
	uint64_t flush_due; /* time of the next flush while events come without a pause, if tracer is set */
	struct losses losses;
	struct progress *progress; /* shows how much of a file was read; NULL: nothing does */
	struct metrics *metrics; /* NULL: no counts are published */
	struct linx_counts counts; /* counts of the source that were published last */
};

/* Publishes the present counts of the source in the metrics. */
void loop_publish(struct loop *p);
enum end loop_run(struct loop *p);
/*
 * Reads the remaining events after linx_stop(). Returns END_DATA at their end, otherwise the reason why some are
 * missing.
 */
enum end loop_drain(struct loop *p);

#endif
