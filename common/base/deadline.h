/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waits with a time limit by CLOCK_MONOTONIC, which nobody can set. */
#ifndef LINXCAP_DEADLINE_H
#define LINXCAP_DEADLINE_H

#include <pthread.h>
#include <time.h>

/* Initializes a condition variable for calls of pthread_cond_timedwait() with times from deadline_after(). */
void deadline_cond_init(pthread_cond_t *c);
/* Returns the time that is ms milliseconds from now. */
struct timespec deadline_after(unsigned int ms);

#endif
