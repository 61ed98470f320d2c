/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Internals of tasks, shared by the table (state/tasks.c) and the application of records to a
 * task (state/task_context.c), its descriptors (state/task_files.c) and its directory and root
 * (state/task_fs.c).
 */
#ifndef LINX_TASKS_OWN_H
#define LINX_TASKS_OWN_H

#include "state/tasks.h"

struct linx_tasks {
	struct linx_task_slot **slots;
	size_t nslots, nbuckets; /* number of slots and of buckets; nbuckets is a power of two */
	struct linx_processes processes;
	struct linx_files_account files;
	bool has_files; /* the stream has FILES records */
	/* a task could not get a slot; when it gets one, it may be in a call whose entry was not stored */
	bool was_full;
	size_t room; /* memory budget left, in bytes */
	uint64_t boot_to_wall;
	uint32_t versions; /* newest version of any task or process */
	struct linx_metadata *metadata; /* descriptions of containers; NULL: no descriptions */
};

/* state/tasks.c: changes the id of a slot's task; no other slot may have the new id. */
void linx_task_slot_rename(struct linx_tasks *t, struct linx_task_slot *slot, uint32_t tid);
/*
 * Sets the slot's process: adds a reference to the process, and drops the reference to the former one. process: NULL
 * means no process
 */
void linx_task_slot_set_process(struct linx_tasks *t, struct linx_task_slot *slot, struct linx_process_own *process);
/* True if context records were lost after the last context record about the task. */
bool linx_task_slot_is_stale(const struct linx_tasks *t, const struct linx_task_slot *slot);

/* state/task_files.c: sets the descriptor table of a forked child. rec: its FORK record; id: number of the table. */
void linx_task_slot_fork_files(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			  struct linx_task_slot *child, uint64_t id);
/* Sets the descriptor table of a task from the table's number in a record. */
void linx_task_slot_follow_files(struct linx_tasks *t, struct linx_task_slot *slot, uint64_t id, uint64_t time);

/*
 * state/task_fs.c: sets the working directory and root of a forked child. rec: its FORK record; id: number of the entry
 * with both.
 */
void linx_task_slot_fork_fs(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		       struct linx_task_slot *child, uint64_t id);
/* Sets the working directory and root of a task from the number of their entry in a record. */
void linx_task_slot_follow_fs(struct linx_tasks *t, struct linx_task_slot *slot, uint64_t id, enum linx_apply_when when);
void linx_task_slot_leave_fs(struct linx_tasks *t, struct linx_task_slot *slot);

#endif
