/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Canaries: a thread of the reader makes calls that must be counted on the CPU on which they are made (LINX_CANARY). If
 * such a call is not counted, system calls do not reach the session any more.
 *
 * A canary is made on a CPU that was busy and delivered no records, and every CANARY_LEAST_OFTEN rounds on each busy
 * CPU. No canary is made on a CPU that is isolated or idle, or on which the reader may not run. No clock decides
 * whether a canary is missed: the call is counted when it returns, or never.
 *
 * All functions accept NULL for a source without canaries. One thread calls all of them, and this is not the thread
 * that makes the canaries.
 */
#ifndef LINX_ENGINE_CANARY_H
#define LINX_ENGINE_CANARY_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/linx.h>

struct linx_canary;
struct linx_snap;

/* Makes the state for CPUs below ncpus. 0 or -errno. The caller ends it with linx_canary_free(). */
int linx_canary_new(unsigned int ncpus, struct linx_canary **out);
/* Frees the state, after stopping the thread. */
void linx_canary_free(struct linx_canary *c);
/*
 * Sets the page in which canaries of a CPU are counted. The page stays mapped until linx_canary_stop(). Can be called
 * again for another page.
 */
void linx_canary_set_page(struct linx_canary *c, unsigned int cpu, const struct linx_producer *page);
/*
 * Starts the thread. Called once the session records. The affinity of the calling thread is that of the reader. 0 or
 * -errno.
 */
int linx_canary_start(struct linx_canary *c);
/* Stops the thread before the session is stopped. */
void linx_canary_stop(struct linx_canary *c);
/* Returns a descriptor that is readable while there is news; -1: c is NULL. */
int linx_canary_fd(const struct linx_canary *c);
/* Is a canary missed that linx_canary_take() has not reported? */
bool linx_canary_has_news(const struct linx_canary *c);
/*
 * Appends a TAMPER record, with the time now, for each CPU whose canaries are missed since the last call. 0 or -ENOMEM.
 */
int linx_canary_take(struct linx_canary *c, uint64_t now, struct linx_snap *to);
/*
 * Reports that records were delivered: the thread then looks at the CPUs once in a second. The function is cheap enough
 * to be called at each delivery.
 */
void linx_canary_wake(struct linx_canary *c);

#endif
