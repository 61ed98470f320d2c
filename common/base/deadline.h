/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting with a limit, by CLOCK_MONOTONIC, which cannot be set. */
#ifndef LINXCAP_DEADLINE_H
#define LINXCAP_DEADLINE_H

#include <pthread.h>
#include <time.h>

/* Initialises a condition variable for pthread_cond_timedwait() with a deadline_after(). */
void deadline_cond_init(pthread_cond_t *c);
/* Time that is ms milliseconds from now. */
struct timespec deadline_after(unsigned int ms);

#endif
