/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations of io_uring: submission and completion become one event, as a call's entry and return do. */
#ifndef LINX_URING_H
#define LINX_URING_H

#include "state/tasks.h"

struct linx_assembler;

#define LINX_FORMER 16u

/*
 * Submissions that wait for their result, by the number in the low half of
 * linx_uring.id; and those whose number another one has now. Clocks of CPUs
 * differ: a result may lie behind the submission that took its number over.
 */
struct linx_submissions {
	struct linx_submission {
		uint64_t id;
		uint64_t until; /* of a former one: the stream's time at which it gives up */
		struct linx_copy rec; /* empty: nothing waits */
	} *slots;
	uint32_t n, at; /* at: where the walk at the end is */
	struct linx_submission former[LINX_FORMER];
	uint32_t first, next; /* of former, modulo its size */
};

void linx_submissions_free(struct linx_submissions *s);

/* An event of such a record, or of a submission before it. 1: it is to be delivered; 0; -ENOMEM. */
int linx_join_submit(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
int linx_join_complete(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
/* At the end: operations without a result, one at a time. 1, or 0 when there are no more. */
int linx_join_submitted(struct linx_assembler *a);

/* linx_event.uring out of a value of LINX_FIELD_URING. */
void linx_uring_take(struct linx_assembler *a, const struct linx_value *v);

#endif
