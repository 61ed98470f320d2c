/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processes outside the trace that a tracee's context record names: its ancestors, and the leaders of its session and
 * its process group. They are recorded like processes of a snapshot, once each, when the tracee gets its context
 * record. They are not watched: what they do afterwards is not recorded, and a process that /proc does not show is
 * left out.
 */
#ifndef LINX_ENGINE_PTRACE_OUTSIDE_H
#define LINX_ENGINE_PTRACE_OUTSIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct linx_engine_ptrace;
struct linx_proc;

struct linx_outside {
	bool wanted;
	struct linx_outsider *known; /* processes that were recorded already */
	unsigned int n, room;
	unsigned int depth; /* chains of ancestors that are being recorded */
};

/*
 * Records the processes whose pids are in *of, the values of a tracee from /proc: its parent, and the leaders of its
 * session and process group. Leaves out processes that are traced or were recorded already.
 */
void linx_outside_record(struct linx_engine_ptrace *p, const struct linx_proc *of);
void linx_outside_free(struct linx_outside *o);

#endif
