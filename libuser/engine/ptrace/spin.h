/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Polling for the next stop for a moment instead of sleeping. Most stops come a few microseconds after the
 * tracee resumed, sooner than a sleeping tracer is woken. The duration of the last wait of the same kind
 * decides whether the next one polls: a tracee that computes for longer costs its tracer no time. On a busy
 * machine the tracee needs the tracer's CPU, so polling only delays it: each failure makes the next attempts
 * rarer.
 */
#ifndef LINX_ENGINE_PTRACE_SPIN_H
#define LINX_ENGINE_PTRACE_SPIN_H

#include <stdbool.h>
#include <stdint.h>

/* Kinds of waits, which alternate: for a return, whose call may take long, and for the next call. */
enum linx_spin_kind { LINX_SPIN_CALL, LINX_SPIN_RETURN, LINX_SPIN_KINDS };

struct linx_spin {
	bool able; /* tracer and tracee can run at the same time */
	bool soon[LINX_SPIN_KINDS]; /* the last wait of this kind was short */
	enum linx_spin_kind kind; /* kind of the present wait */
	bool looks; /* the present wait has not slept yet */
	uint64_t since, last; /* begin and last poll of the present wait; since 0: there is none */
	/* doubt: grows with each failure; skip: number of waits that sleep at once before the next attempt */
	unsigned int doubt, skip;
};

/* Determines whether this thread may use several CPUs. */
void linx_spin_init(struct linx_spin *s);
/* Begins or continues a wait; now: ns of CLOCK_MONOTONIC. True: poll again after linx_spin_idle(); false: sleep. */
bool linx_spin_again(struct linx_spin *s, uint64_t now);
/* Lets a fraction of a microsecond pass. */
void linx_spin_idle(void);
/* Ends a wait: a stop has come. */
void linx_spin_end(struct linx_spin *s, uint64_t now);

#endif
