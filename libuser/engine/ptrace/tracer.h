/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions shared by the parts of the tracer. */
#ifndef LINX_ENGINE_PTRACE_TRACER_H
#define LINX_ENGINE_PTRACE_TRACER_H

#include "engine/ptrace/tracee.h"

/* ---- going.c */

/* Handles the end of a task, which has come or is imminent. status is that of wait(2). */
void linx_tracer_ended(struct linx_engine_ptrace *p, struct linx_tracee *t, unsigned int status);
/* Checks whether a task has ended without a stop, because it was killed while it was not in a stop. */
void linx_tracer_look(struct linx_engine_ptrace *p, struct linx_tracee *t);
/* Waits for tasks that have ended, so that their parents see their ends. */
void linx_tracer_reap(struct linx_engine_ptrace *p);
/* Resumes a tracee to its next stop, with a signal or with 0. A tracee that is to leave is detached. */
void linx_tracer_resume(struct linx_engine_ptrace *p, struct linx_tracee *t, int sig);
void linx_tracer_go_on(struct linx_engine_ptrace *p, struct linx_tracee *t, int request, int sig);

/* ---- attach.c */

/* Makes a tracee of a task that left the trace when it, or an ancestor of it, was created. 0 or -errno. */
int linx_tracer_seize_child(struct linx_engine_ptrace *p, const struct linx_tracee *parent, pid_t tid);

/* ---- children.c */

/* True if a new child of a tracee is traced. thread: the child is a thread of the same process. */
bool linx_tracer_follows(const struct linx_engine_ptrace *p, bool thread);
/* Handles the event by which the kernel reports a new child at its parent. The child may have stopped already. */
void linx_tracer_fork(struct linx_engine_ptrace *p, struct linx_tracee *parent);
/* Handles a stop of a task that no event has reported yet. group: it is a group stop. */
void linx_tracer_unknown(struct linx_engine_ptrace *p, pid_t tid, bool group);
/*
 * Resumes children that were held (not resumed) and that no event will report, since the task that created them has
 * ended: those whose parent is not traced, and those that were held for longer than an event takes.
 */
void linx_tracer_resume_held(struct linx_engine_ptrace *p);

/* ---- calls.c */

/* Handles a stop at the entry or the return of a call. False: the tracee has been killed and has gone. */
bool linx_tracer_call(struct linx_engine_ptrace *p, struct linx_tracee *t);
/*
 * Records the call of a task that is ending, if its return is wanted and had no stop. SIGKILL takes a task out of such
 * a stop, or prevents the stop, although the kernel has made the call.
 */
void linx_tracer_end_call(struct linx_engine_ptrace *p, struct linx_tracee *t);
/* Sets t->call to the call that a tracee is in, whose entry was not seen. false: not possible on this machine. */
bool linx_tracer_find_call(struct linx_engine_ptrace *p, struct linx_tracee *t);

#endif
