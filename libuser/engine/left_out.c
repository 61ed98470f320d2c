// SPDX-License-Identifier: LGPL-2.1-or-later
/* Ranges of sequence numbers whose records a filter kept out of a capture file: see struct linx_left_out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"

/*
 * Drops the ranges that were passed, and copied if they are copied at all, so that memory holds only ranges that the
 * reader has still to reach. The merge reports by linx_left_out_pass() what it has passed. Code that copies a stream
 * without a merge must do so itself.
 */
static void drop_used(struct linx_left_out *o)
{
	size_t used = o->copying && o->copied < o->passed ? o->copied : o->passed;

	if (!used || used < o->n / 2)
		return;
	o->n -= used;
	o->passed -= used;
	o->copied = o->copying ? o->copied - used : 0;
	memmove(o->ranges, o->ranges + used, o->n * sizeof(*o->ranges));
}

static bool reserve(struct linx_left_out *o, size_t more)
{
	size_t cap = o->cap ? o->cap : 64;
	struct linx_cap_range *grown;

	if (o->n + more <= o->cap)
		return true;
	while (cap < o->n + more)
		cap *= 2;
	grown = reallocarray(o->ranges, cap, sizeof(*grown));
	if (!grown)
		return false;
	o->ranges = grown;
	o->cap = cap;
	return true;
}

int linx_left_out_add(struct linx_left_out *o, const struct linx_cap_range *r, size_t n)
{
	drop_used(o);
	if (!reserve(o, n))
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		/* The length of a range from 0 to the highest number would overflow to 0. */
		if (r[i].last_seq < r[i].first_seq || r[i].first_seq < o->next || r[i].last_seq == UINT64_MAX)
			return -EBADMSG;
		o->next = r[i].last_seq + 1;
		o->total += o->next - r[i].first_seq;
		o->ranges[o->n++] = r[i];
	}
	return 0;
}

uint64_t linx_left_out_pass(struct linx_left_out *o, uint64_t seq)
{
	uint64_t n = 0;

	while (o->passed < o->n && o->ranges[o->passed].first_seq < seq) {
		const struct linx_cap_range *r = &o->ranges[o->passed];
		uint64_t from = r->first_seq > o->pass_from ? r->first_seq : o->pass_from;
		uint64_t to = r->last_seq < seq ? r->last_seq + 1 : seq;

		n += to > from ? to - from : 0;
		if (to <= r->last_seq) /* the rest of the range is counted by a later call */
			break;
		o->passed++;
	}
	if (seq > o->pass_from)
		o->pass_from = seq;
	return n;
}

const struct linx_cap_range *linx_left_out_copy(struct linx_left_out *o, uint64_t seq)
{
	o->copying = true;
	if (o->copied == o->n || o->ranges[o->copied].last_seq >= seq)
		return NULL;
	return &o->ranges[o->copied++];
}

void linx_left_out_free(struct linx_left_out *o)
{
	free(o->ranges);
	*o = (struct linx_left_out){ 0 };
}
