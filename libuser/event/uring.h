/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations of io_uring: submission and completion become one event, like entry and return of a call. */
#ifndef LINX_URING_H
#define LINX_URING_H

#include "state/tasks.h"

struct linx_assembler;

#define LINX_FORMER 16u

/*
 * Submissions that wait for their result, indexed by the low half of linx_uring.id, and former
 * submissions, whose index a later one reuses: since the clocks of CPUs differ, a result may
 * come after the submission that reuses its index.
 */
struct linx_submissions {
	struct linx_submission {
		uint64_t id;
		uint64_t until; /* former submission: stream time after which no result is expected */
		struct linx_copy rec; /* record of the submission; empty: the slot is free */
		/* the submission is from a MOVED record: if it gets no result, another record reports that */
		bool moved;
	} *slots;
	uint32_t n, at; /* n: size of slots; at: index that linx_join_submitted() looks at next */
	struct linx_submission former[LINX_FORMER];
	/* indexes in the ring buffer former, modulo LINX_FORMER: the oldest one, and the place for the next one */
	uint32_t first, next;
};

void linx_submissions_free(struct linx_submissions *s);

/*
 * Makes an event of the record of a submission or of a result, or of a former submission. 1: deliver the event; 0:
 * there is no event; -ENOMEM.
 */
int linx_join_submit(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
int linx_join_complete(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
/*
 * Makes an unfinished event of the next operation that has no result at the end of the stream. 1: deliver the event; 0:
 * there are no more.
 */
int linx_join_submitted(struct linx_assembler *a);

/* True if the submission is stored already: in a filtered file, a copy of it precedes each of its results. */
bool linx_uring_is_stored(struct linx_assembler *a, const struct linx_group *entry);

/*
 * linx_uring_names_index() is true if the operation names its file by an index of the io_uring's own table of files.
 * linx_uring_makes_index() is true if the result is such an index. Both are false for events of calls.
 */
bool linx_uring_names_index(const struct linx_event *ev);
bool linx_uring_makes_index(const struct linx_event *ev);

/* Sets linx_event.uring from a value of LINX_FIELD_URING. */
void linx_uring_take(struct linx_assembler *a, const struct linx_value *v);

#endif
