/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations of io_uring: submission and completion become one event, like entry and return of a call. */
#ifndef LINX_URING_H
#define LINX_URING_H

#include "state/tasks.h"

struct linx_assembler;

#define LINX_FORMER 16u

/*
 * Submissions that wait for their result, by the number in the low half of linx_uring.id, and
 * former ones, whose number another one has taken: as clocks of CPUs differ, a result may come
 * after the submission that reuses its number.
 */
struct linx_submissions {
	struct linx_submission {
		uint64_t id;
		uint64_t until; /* for a former one: stream time after which it is given up */
		struct linx_copy rec; /* empty: the slot is free */
		bool moved; /* from a MOVED record: if no result comes, a further record says so */
	} *slots;
	uint32_t n, at; /* at: position of linx_join_submitted() */
	struct linx_submission former[LINX_FORMER];
	uint32_t first, next; /* ends of former, modulo its size */
};

void linx_submissions_free(struct linx_submissions *s);

/* Make an event of a record of an operation, or of a former submission. 1: deliver it; 0; -ENOMEM. */
int linx_join_submit(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
int linx_join_complete(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
/* Makes unfinished events, one at a time, of operations without a result at the end. 1; 0: no more. */
int linx_join_submitted(struct linx_assembler *a);

/* True if the submission is stored here already: with several results, each one follows a copy of the submission. */
bool linx_uring_is_stored(struct linx_assembler *a, const struct linx_group *entry);

/* Sets linx_event.uring from a value of LINX_FIELD_URING. */
void linx_uring_take(struct linx_assembler *a, const struct linx_value *v);

#endif
