/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tasks of a stream by thread id, and their processes, as context records announce them. A
 * slot may also stand for a task that is not announced yet, to hold a call that has not
 * returned.
 *
 * The room state/ holds what context records have announced so far: tasks, processes,
 * descriptor tables, directories. It reads records and never /proc, and makes no
 * events: they borrow from it.
 */
#ifndef LINX_TASKS_H
#define LINX_TASKS_H

#include "record/decode.h"
#include "state/files.h"
#include "record/group.h"
#include "state/process.h"
#include "table/table.h"
#include "state/task_own.h"

/* Copy of a group of records that must outlive the group's place in the ring. */
struct linx_copy {
	uint8_t *data; /* 8-byte aligned */
	size_t len, cap; /* len 0: empty */
	struct linx_position position;
};
/* First record of the group; NULL: empty. */
static inline const struct linx_rec *linx_copy_rec(const struct linx_copy *c)
{
	return c->len ? (const struct linx_rec *)c->data : NULL;
}

void linx_copy_free(struct linx_copy *c);

struct linx_task_slot {
	struct linx_task task;
	struct linx_task_own own; /* task.own */
	struct linx_process_own *process; /* task.process, a reference; NULL: not known */
	struct linx_task_slot *thread_next, *thread_prev; /* other threads of the process */
	struct linx_fs *fs; /* directory and root, entered; NULL: not known */
	struct linx_files *files; /* descriptors, a reference; NULL: not known */
	uint64_t settled; /* time by which a snapshot had read the files; they may be wrong before it */
	uint64_t stale_until; /* time by which a later snapshot had read the task; its state is stale before it */
	struct linx_task_slot *next; /* same bucket */
	bool known; /* announced by a context record */
	bool skip_until_exec;
	uint64_t announced_at; /* stream time of the last announcement */
	bool unkept; /* the ENTER record of its call had no room: entry values are missing at the return */
	struct linx_copy pending; /* ENTER record that waits for the return */
	struct linx_copy exec; /* EXEC record, until the call returns */
	const struct linx_table_call *restart; /* call that restart_syscall would continue; NULL: none */
};

struct linx_tasks;
struct linx_metadata; /* see metadata/metadata.h; this room knows the name alone */
int linx_tasks_new(struct linx_tasks **out);
void linx_tasks_free(struct linx_tasks *t);
/*
 * Continues the versions and generations of the section before, so that none is used twice.
 * Call before any record is applied.
 */
void linx_tasks_follow(struct linx_tasks *t, const struct linx_tasks *before);

/* Sets the descriptions of containers for the events of these tasks; not owned. NULL: none. */
void linx_tasks_set_metadata(struct linx_tasks *t, struct linx_metadata *m);
struct linx_metadata *linx_tasks_metadata(const struct linx_tasks *t);

/* Slot with this id; NULL: none. */
struct linx_task_slot *linx_tasks_find(const struct linx_tasks *t, uint32_t tid);
/* Finds or makes a slot. NULL: no memory, or no room for another. */
struct linx_task_slot *linx_tasks_get(struct linx_tasks *t, uint32_t tid);
/* True if there is no room for another slot and its process. */
bool linx_tasks_is_full(const struct linx_tasks *t);
/* True if some task could not get a slot: a task without a slot may be that one. */
bool linx_tasks_was_full(const struct linx_tasks *t);
void linx_tasks_remove(struct linx_tasks *t, struct linx_task_slot *slot);
/* Iterates over all slots; begin with NULL. */
struct linx_task_slot *linx_tasks_next(const struct linx_tasks *t, const struct linx_task_slot *slot);
size_t linx_tasks_count(const struct linx_tasks *t);

/*
 * Store a group in a copy of a slot; release a copy. Without room nothing is stored; -ENOMEM. Only these two
 * may fill and empty a slot's copies, since they account for the memory.
 */
int linx_tasks_keep(struct linx_tasks *t, struct linx_copy *c, const struct linx_rec *rec,
		    size_t len, struct linx_position position);
struct linx_copy linx_tasks_release(struct linx_tasks *t, struct linx_copy *c);
/* For tests: sets the memory budget that is left. */
void linx_tasks_limit(struct linx_tasks *t, size_t room);

/*
 * Finds a task that waits for a return but, as this TASK, FORK or EXEC record shows, is gone.
 * Call before the record is applied, and again after each such task's call has been reported
 * as unfinished. NULL: none left. Slots of threads that an exec has ended are removed on the
 * way.
 */
struct linx_task_slot *linx_tasks_displaced(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx);
/* Applies a TASK, FORK or EXEC record. *slot: the slot of its task, NULL without room. -ENOMEM */
int linx_tasks_context(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		       const struct linx_value *fields, struct linx_task_slot **slot);
/*
 * Origin of a context or FILES record: the stream, a snapshot's item applied ahead, or such an item at its
 * place in the stream.
 */
enum linx_apply_when { LINX_APPLY_NOW, LINX_APPLY_AHEAD, LINX_APPLY_IN_ORDER };
/*
 * Applies a FILES record. fds: descriptors that its values describe; settled: for a
 * snapshot's record, the time by which the table had been read. The record of a task without a
 * slot (filtered out) changes the table with its number, if other tasks share that.
 */
void linx_tasks_files(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_files_change *change,
		      const struct linx_fds *fds, const struct linx_value *open, enum linx_apply_when when,
		      uint64_t settled);
/* Applies a TASK record of a snapshot; again: of a later one than the first. -ENOMEM */
int linx_tasks_snapshot(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			const struct linx_value *fields, enum linx_apply_when when, bool again, uint64_t settled);
/* Prepares the slot's files for being shown as of this stream time: linx_files_look(). */
void linx_task_slot_look(struct linx_task_slot *slot, uint64_t time);
/* Sets the difference of wall clock and time since boot. */
void linx_tasks_set_clock(struct linx_tasks *t, uint64_t boot_to_wall);
/* Notes that context records were lost up to this stream time: earlier announcements may be out of date. */
void linx_tasks_lost(struct linx_tasks *t, uint64_t until);

/* Process with this pid; NULL: not known. */
const struct linx_process *linx_tasks_process(const struct linx_tasks *t, uint32_t pid);
/* Parent of a process, brought up to date. NULL: not known. */
const struct linx_process *linx_tasks_parent(const struct linx_tasks *t, const struct linx_process *p);
/* Ends the process of a task: its last thread has ended, and the event of that end has been delivered. */
void linx_tasks_end_process(struct linx_tasks *t, struct linx_task_slot *slot);

/* Task as an event may show it, brought up to date, task.stale included. NULL: not announced. */
const struct linx_task *linx_task_slot_task(struct linx_tasks *t, struct linx_task_slot *slot);

#endif
