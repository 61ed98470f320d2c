/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looking for the next stop for a moment instead of sleeping. Most stops come a few
 * microseconds after the tracee went on, sooner than a tracer that sleeps is woken. How long
 * the last wait of the same kind took says whether the next one is worth it: a tracee that
 * computes for longer costs its tracer no time. On a busy machine the tracee needs the
 * tracer's CPU, so that looking only delays it: each failure makes the next attempts rarer.
 */
#ifndef LINX_ENGINE_PTRACE_SPIN_H
#define LINX_ENGINE_PTRACE_SPIN_H

#include <stdbool.h>
#include <stdint.h>

/* Waits that follow each other are of two kinds: for a return, whose call may take long, and for the next call. */
enum linx_spin_kind { LINX_SPIN_CALL, LINX_SPIN_RETURN, LINX_SPIN_KINDS };

struct linx_spin {
	bool able; /* tracer and tracee can run at the same time */
	bool soon[LINX_SPIN_KINDS]; /* the last wait of this kind was short */
	enum linx_spin_kind kind; /* of the wait that begins or goes on */
	bool looks; /* this wait has not slept yet */
	uint64_t since, last; /* its begin, its last look; since 0: there is none */
	unsigned int doubt, skip; /* grows with failures; waits that sleep at once before the next attempt */
};

/* Look how many CPUs this thread may use. */
void linx_spin_init(struct linx_spin *s);
/* A wait begins, or goes on; now: ns of CLOCK_MONOTONIC. True: look again after linx_spin_idle(); false: sleep. */
bool linx_spin_again(struct linx_spin *s, uint64_t now);
/* Let a fraction of a microsecond pass. */
void linx_spin_idle(void);
/* A stop has come. */
void linx_spin_end(struct linx_spin *s, uint64_t now);

#endif
