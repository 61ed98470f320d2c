/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Local time as text, with the last second cached. Implemented in base/local_time.c. */
#ifndef LINX_LOCAL_TIME_H
#define LINX_LOCAL_TIME_H

#include "base/strbuf.h"

#define LINX_NS_PER_S 1000000000u
#define LINX_NS_TENTH (LINX_NS_PER_S / 10)

/* Cache of the last second converted to local time, as "YYYY-MM-DD" and "HH:MM:SS". Zeroed: nothing is cached. */
struct linx_local_time {
	uint64_t second_ns;
	char day[10], clock[8];
};

/* Appends local time as "HH:MM:SS". The next event is most likely in the same second. */
void linx_put_clock(struct linx_local_time *t, struct linx_strbuf *o, uint64_t wall_ns);
/* Slow path of linx_local_time_set(): caches the second of wall_ns. */
void linx_local_time_make(struct linx_local_time *t, uint64_t wall_ns);
static inline void linx_local_time_set(struct linx_local_time *t, uint64_t wall_ns)
{
	if (wall_ns - t->second_ns >= LINX_NS_PER_S || !*t->clock)
		linx_local_time_make(t, wall_ns);
}

#define LINX_CLOCK_US 15u
/* Writes local time with microseconds, LINX_CLOCK_US bytes. */
static inline void linx_clock_us_at(struct linx_local_time *t, char *to, uint64_t wall_ns)
{
	uint32_t us, high, middle;

	linx_local_time_set(t, wall_ns);
	us = (uint32_t)(wall_ns - t->second_ns) / 1000;
	/* The two divisions do not depend on each other, so the processor does them at once. */
	high = us / 10000;
	middle = us / 100;
	memcpy(to, t->clock, sizeof(t->clock));
	to[8] = '.';
	linx_two_digits(to + 9, high);
	linx_two_digits(to + 11, middle - high * 100);
	linx_two_digits(to + 13, us - middle * 100);
}

/* Appends local date and time with nanoseconds: "2025-06-12 09:43:49.410583558". */
void linx_put_local(struct linx_local_time *t, struct linx_strbuf *o, uint64_t wall_ns);

#endif
