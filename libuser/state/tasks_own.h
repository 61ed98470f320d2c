/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tasks from within: the table (state/tasks.c), and what records tell of a task (state/task_context.c) and its descriptors (state/task_files.c). */
#ifndef LINX_TASKS_OWN_H
#define LINX_TASKS_OWN_H

#include "state/tasks.h"

struct linx_tasks {
	struct linx_task_slot **slots;
	size_t nslots, nbuckets; /* a power of two */
	struct linx_processes processes;
	struct linx_files_account files;
	bool has_files; /* the stream tells of descriptors */
	bool was_full; /* a task could have no slot: what it entered is not known when it has one */
	size_t room; /* what is left of KEPT_MAX */
	uint64_t boot_to_wall;
	uint32_t versions; /* the newest of any task or process */
};

/* state/tasks.c: under another id, which nobody has. */
void linx_task_slot_rename(struct linx_tasks *t, struct linx_task_slot *slot, uint32_t tid);
/* Holds it, and lets go of the one before. NULL: of none. */
void linx_task_slot_set_process(struct linx_tasks *t, struct linx_task_slot *slot, struct linx_process_own *process);
/* Is what is known of it older than context that was lost? */
bool linx_task_slot_is_stale(const struct linx_tasks *t, const struct linx_task_slot *slot);

/* state/task_files.c: the table of a child; rec is its FORK record, id the table's number. */
void linx_task_slot_fork_files(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			  struct linx_task_slot *child, uint64_t id);
/* The table that a task has now. */
void linx_task_slot_follow_files(struct linx_tasks *t, struct linx_task_slot *slot, uint64_t id, uint64_t time);

/* state/task_fs.c: the directory and root of a child; rec is its FORK record, id their number. */
void linx_task_slot_fork_fs(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		       struct linx_task_slot *child, uint64_t id);
/* Those that a task has now. */
void linx_task_slot_follow_fs(struct linx_tasks *t, struct linx_task_slot *slot, uint64_t id, enum linx_emitted_when when);
void linx_task_slot_leave_fs(struct linx_tasks *t, struct linx_task_slot *slot);

#endif
