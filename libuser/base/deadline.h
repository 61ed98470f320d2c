/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A timeout in milliseconds that several waits share. -1: no limit. */
#ifndef LINX_DEADLINE_H
#define LINX_DEADLINE_H

#include "base/clock.h"

struct linx_deadline {
	int timeout_ms; /* the caller's timeout; -1: none */
	uint64_t end; /* end of the time, in ms of CLOCK_MONOTONIC; 0: the time has not begun to run */
};

static inline uint64_t linx_now_ms(void)
{
	return linx_clock_ns(CLOCK_MONOTONIC) / 1000000;
}

/* Returns the milliseconds left. The time runs from the first call, so a caller that need not wait reads no clock. */
static inline int linx_deadline_left(struct linx_deadline *d)
{
	uint64_t now;

	if (d->timeout_ms <= 0)
		return d->timeout_ms;
	now = linx_now_ms();
	if (!d->end)
		d->end = now + (uint64_t)d->timeout_ms;
	return now < d->end ? (int)(d->end - now) : 0;
}

#endif
