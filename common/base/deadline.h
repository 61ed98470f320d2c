/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting with a limit, by a clock that nobody sets: CLOCK_MONOTONIC. */
#ifndef LINXCAP_DEADLINE_H
#define LINXCAP_DEADLINE_H

#include <pthread.h>
#include <time.h>

/* Condition variable for pthread_cond_timedwait() with a deadline_after(). */
void deadline_cond_init(pthread_cond_t *c);
/* The time so many milliseconds from now. */
struct timespec deadline_after(unsigned int ms);

#endif
