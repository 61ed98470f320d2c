/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the parts of the tracer. */
#ifndef LINX_ENGINE_PTRACE_TRACER_H
#define LINX_ENGINE_PTRACE_TRACER_H

#include "engine/ptrace/tracee.h"

/* ---- going.c */

/* The task has ended, or will at once; its status is that of wait(2). */
void linx_tracer_ended(struct linx_engine_ptrace *p, struct linx_tracee *t, unsigned int status);
/* Look whether a task has ended without a stop: it was killed at a bad moment. */
void linx_tracer_look(struct linx_engine_ptrace *p, struct linx_tracee *t);
/* Wait for those that have ended. */
void linx_tracer_reap(struct linx_engine_ptrace *p);
/* Let a tracee go on to its next stop, with a signal or with 0; one that is to leave goes for good. */
void linx_tracer_resume(struct linx_engine_ptrace *p, struct linx_tracee *t, int sig);
void linx_tracer_go_on(struct linx_engine_ptrace *p, struct linx_tracee *t, int request, int sig);

/* ---- children.c */

/* Is a new child of a tracee traced? thread: it is one of the same process. */
bool linx_tracer_follows(const struct linx_engine_ptrace *p, bool thread);
/* The parent tells of its child, which may have stopped already. */
void linx_tracer_fork(struct linx_engine_ptrace *p, struct linx_tracee *parent);
/* A stop of a task that nobody has told of yet. */
void linx_tracer_unknown(struct linx_engine_ptrace *p, pid_t tid);
/* After a task ended: children whose parent cannot tell of them any more go on. */
void linx_tracer_resume_held(struct linx_engine_ptrace *p);

/* ---- calls.c */

/* A tracee stopped at the entry or at the return of a call. False: it has been killed and is not there any more. */
bool linx_tracer_call(struct linx_engine_ptrace *p, struct linx_tracee *t);
/* Set call to the one that a tracee is in, whose entry was not seen. false: this machine does not tell. */
bool linx_tracer_find_call(struct linx_engine_ptrace *p, struct linx_tracee *t);

#endif
