/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs of plain records of one lane, which the merge leaves to loops of others: no call for each of them. engine/merge.c */
#ifndef LINX_RUN_H
#define LINX_RUN_H

#include "engine/merge.h"
#include "engine/ring.h"

/*
 * More groups of the lane that gave the last one, as long as they are plain
 * records that come next anyway: linx_run_take(), or in a loop of its own, with
 * a copy that stays in registers, begin, look at the next one and step to it, any
 * number of times, end. What was not stepped to comes with linx_merge_next().
 */
struct linx_run {
	const uint8_t *data;
	size_t at, end; /* of what follows; records begin before end */
	size_t len; /* bytes of data */
	uint64_t until, released; /* times that a record has to be before, and not before */
	uint64_t n; /* stepped to */
	uint64_t seq; /* of a record not long before */
	uint32_t cpu; /* whose lane it is */
};

/* The merge's own, as long as the merge is there. */
static inline struct linx_run *linx_merge_run(struct linx_merge *m)
{
	return (struct linx_run *)m; /* its first member */
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

/* The record at this place if it is a plain one and its turn; else NULL: linx_merge_next() tells. */
static inline const struct linx_rec *linx_run_next(const struct linx_run *run)
{
	const struct linx_rec *rec;

	if (run->at >= run->end) /* as where there is no run, and no data */
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

/* The next record as a group; false: linx_merge_next() tells. */
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
