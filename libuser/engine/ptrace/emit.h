/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions that are shared by those files of the ptrace engine that write records. */
#ifndef LINX_ENGINE_PTRACE_EMIT_H
#define LINX_ENGINE_PTRACE_EMIT_H

#include "engine/ptrace/ptrace.h"

/*
 * Begins a record, which pieces may follow. reads: task whose memory is read for it. c NULL: a context record or a
 * signal. false: no memory; the loss is counted.
 */
bool linx_group_begin(struct linx_engine_ptrace *p, pid_t reads, const struct linx_walker_call *c, uint64_t time);
void linx_group_commit(struct linx_engine_ptrace *p, const struct linx_walker_call *c);
/* Writes a context record of the task, unless the stream has one. */
void linx_emit_announce(struct linx_engine_ptrace *p, struct linx_tracee *t);
/* Appends to a context record, behind its part of fixed size: executable, ids, directory and cgroup. */
void linx_emit_facts(struct linx_walker *w, const struct linx_proc *f);
/* True if the task passes the filters on tasks. */
bool linx_emit_task_passes(struct linx_engine_ptrace *p, struct linx_tracee *t);

#endif
