// SPDX-License-Identifier: LGPL-2.1-or-later
/* Waits with a time limit: see base/deadline.h. */
#include "base/deadline.h"

#define NS_PER_MS 1000000l
#define NS_PER_S 1000000000l

void deadline_cond_init(pthread_cond_t *c)
{
	pthread_condattr_t clock;

	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(c, &clock);
	pthread_condattr_destroy(&clock);
}

struct timespec deadline_after(unsigned int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * NS_PER_MS;
	if (t.tv_nsec >= NS_PER_S) {
		t.tv_sec++;
		t.tv_nsec -= NS_PER_S;
	}
	return t;
}
