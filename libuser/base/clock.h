/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Clocks of the machine, in nanoseconds. */
#ifndef LINX_BASE_CLOCK_H
#define LINX_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t linx_clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

#endif
