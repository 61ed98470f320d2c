/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of an engine's tracees, which are found by their tid. */
#ifndef LINX_ENGINE_PTRACE_TRACEE_H
#define LINX_ENGINE_PTRACE_TRACEE_H

#include "engine/ptrace/ptrace.h"

struct linx_tracee *linx_tracee_find(struct linx_engine_ptrace *p, pid_t tid);
/*
 * Returns the pointer in the table that points to a task; if the task is not in the table, the pointer to be set to add
 * it.
 */
struct linx_tracee **linx_tracee_slot(struct linx_engine_ptrace *p, pid_t tid);
/* Adds a task. NULL: no memory. */
struct linx_tracee *linx_tracee_add(struct linx_engine_ptrace *p, pid_t tid, pid_t tgid);
void linx_tracee_forget(struct linx_engine_ptrace *p, struct linx_tracee *t);
void linx_tracee_set_starting(struct linx_engine_ptrace *p, struct linx_tracee *t, bool on);
void linx_tracee_set_filtered(struct linx_engine_ptrace *p, struct linx_tracee *t, bool on);
void linx_tracee_set_held(struct linx_engine_ptrace *p, struct linx_tracee *t, bool on);
/* True if no other tracee belongs to the same process. */
bool linx_tracee_is_last(struct linx_engine_ptrace *p, const struct linx_tracee *gone);

struct linx_tracee *linx_tracee_next(struct linx_engine_ptrace *p, unsigned int *bucket, struct linx_tracee *t);
/*
 * Returns the tids of all tracees for which is_meant() is true, *n of them; the caller frees them. For loops that may
 * remove tracees. If there is no memory, the list is empty.
 */
pid_t *linx_tracee_list(struct linx_engine_ptrace *p, bool (*is_meant)(const struct linx_tracee *t), unsigned int *n);
/* Loops over all tracees. The body must not remove t. */
#define LINX_EACH_TRACEE(p, t, bucket)                          \
	for (unsigned int bucket = 0, once = 1; once; once = 0) \
		for (struct linx_tracee *t = linx_tracee_next(p, &bucket, NULL); t; t = linx_tracee_next(p, &bucket, t))

/*
 * Reads n bytes of a task's memory. Returns how many could be read, up to the first that could not, with errno:
 * ETIMEDOUT if the memory waits for a file system in user space, or the like.
 */
uint32_t linx_tracee_read(struct linx_engine_ptrace *p, pid_t tid, void *to, uint64_t addr, uint32_t n);

#endif
