/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs: records of one lane (CPU) that follow each other in time order. Inline functions read them, so that the merge
 * (engine/merge.c) is not called for each record.
 */
#ifndef LINX_RUN_H
#define LINX_RUN_H

#include "engine/merge.h"
#include "engine/ring.h"

/*
 * A run: the records of one lane after the last delivered group, as long as each is a single record without pieces,
 * counts in the account, and is next in time order. There are two ways to read it. linx_run_take() returns record
 * after record. Or a loop takes a copy with linx_run_begin(), which stays in registers, calls linx_run_next() and
 * linx_run_step() any number of times, and stores the copy with linx_run_end(). The groups behind the run come from
 * linx_merge_next().
 */
struct linx_run {
	const uint8_t *data;
	size_t at, end; /* offset of the next record, and the offset before which it must begin */
	size_t len; /* bytes of data */
	uint64_t until, released; /* a record belongs to the run if released <= its time < until */
	uint64_t n; /* number of records that were read from the run */
	uint64_t seq; /* full sequence number of a recent record, to complete the number of the next record */
	uint32_t cpu; /* CPU of the lane */
};

/* Returns the merge's run, which is valid as long as the merge. */
static inline struct linx_run *linx_merge_run(struct linx_merge *m)
{
	return (struct linx_run *)m; /* the first member of *m is linx_merge.run */
}

static inline void linx_run_begin(struct linx_merge *m, struct linx_run *run)
{
	*run = *linx_merge_run(m);
}

static inline void linx_run_end(struct linx_merge *m, const struct linx_run *run)
{
	*linx_merge_run(m) = *run;
}

static inline bool linx_run_fits(const struct linx_rec *rec, size_t len, uint64_t until, uint64_t released)
{
	return linx_rec_fits(rec, len) && !(rec->flags & LINX_RF_MORE) && linx_rec_counts(rec) && rec->time < until &&
	       rec->time >= released;
}

/* Returns the next record of the run. NULL: the run has ended, and linx_merge_next() gives the next group. */
static inline const struct linx_rec *linx_run_next(const struct linx_run *run)
{
	const struct linx_rec *rec;

	if (run->at >= run->end) /* also true if there is no run: then data is NULL */
		return NULL;
	rec = (const void *)(run->data + run->at);
	return linx_run_fits(rec, run->len - run->at, run->until, run->released) ? rec : NULL;
}

static inline void linx_run_step(struct linx_run *run, const struct linx_rec *rec)
{
	run->at += LINX_REC_LEN(rec);
	run->released = rec->time;
	run->n++;
}

/* Sets *g to the next record of the run. False: the run has ended, and linx_merge_next() gives the next group. */
static inline bool linx_run_take(struct linx_run *run, struct linx_group *g)
{
	const struct linx_rec *rec = linx_run_next(run);

	if (!rec)
		return false;
	linx_run_step(run, rec);
	run->seq = linx_rec_seq(rec, run->seq);
	*g = (struct linx_group){ .rec = rec, .len = LINX_REC_LEN(rec), .position = { .seq = run->seq, .cpu = run->cpu } };
	return true;
}

#endif
