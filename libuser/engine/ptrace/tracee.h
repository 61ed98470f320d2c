/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tracees of an engine, found by their number. */
#ifndef LINX_ENGINE_PTRACE_TRACEE_H
#define LINX_ENGINE_PTRACE_TRACEE_H

#include "engine/ptrace/ptrace.h"

struct linx_tracee *linx_tracee_find(struct linx_engine_ptrace *p, pid_t tid);
/* The place where the table has a task, or would have it. */
struct linx_tracee **linx_tracee_slot(struct linx_engine_ptrace *p, pid_t tid);
/* NULL: no memory. */
struct linx_tracee *linx_tracee_add(struct linx_engine_ptrace *p, pid_t tid, pid_t tgid);
void linx_tracee_forget(struct linx_engine_ptrace *p, struct linx_tracee *t);
void linx_tracee_set_starting(struct linx_engine_ptrace *p, struct linx_tracee *t, bool on);
void linx_tracee_set_filtered(struct linx_engine_ptrace *p, struct linx_tracee *t, bool on);
void linx_tracee_set_held(struct linx_engine_ptrace *p, struct linx_tracee *t, bool on);
/* True if no other tracee is of this one's process. */
bool linx_tracee_is_last(struct linx_engine_ptrace *p, const struct linx_tracee *gone);

struct linx_tracee *linx_tracee_next(struct linx_engine_ptrace *p, unsigned int *bucket, struct linx_tracee *t);
/*
 * Get the numbers of those that are meant, *n of them, to be freed: for a loop that may remove
 * tracees. With no memory there are none.
 */
pid_t *linx_tracee_list(struct linx_engine_ptrace *p, bool (*is_meant)(const struct linx_tracee *t), unsigned int *n);
/* The body must not remove t. */
#define LINX_EACH_TRACEE(p, t, bucket)                          \
	for (unsigned int bucket = 0, once = 1; once; once = 0) \
		for (struct linx_tracee *t = linx_tracee_next(p, &bucket, NULL); t; t = linx_tracee_next(p, &bucket, t))

/* Read n bytes of the memory of a task; returns how many could be read, up to the first that cannot. */
uint32_t linx_tracee_read(pid_t tid, void *to, uint64_t addr, uint32_t n);

#endif
