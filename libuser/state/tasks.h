/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Table of the tasks of a stream by thread id, with their processes, built from the records about tasks ("context
 * records": TASK, FORK, EXEC). A slot is an entry of the table. A task that no such record has described yet may also
 * have a slot, which stores a call that has not returned.
 *
 * The folder state/ holds the state that context records have described so far: tasks, processes, descriptor tables,
 * directories. It reads records and never /proc. It makes no events; events borrow pointers to its structures.
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
/* Returns the first record of the copied group; NULL: the copy is empty. */
static inline const struct linx_rec *linx_copy_rec(const struct linx_copy *c)
{
	return c->len ? (const struct linx_rec *)c->data : NULL;
}

void linx_copy_free(struct linx_copy *c);

struct linx_task_slot {
	struct linx_task task;
	struct linx_task_own own; /* data that task.own points to */
	/* process that task.process points to, a counted reference; NULL: not known */
	struct linx_process_own *process;
	struct linx_task_slot *thread_next, *thread_prev; /* neighbours in the list of the process's threads */
	struct linx_fs *fs; /* working directory and root, entered by linx_fs_enter(); NULL: not known */
	struct linx_files *files; /* descriptor table: a counted reference; NULL: not known */
	/* stream time at which a snapshot had read the table "files"; for earlier events the table may be wrong */
	uint64_t settled;
	/* stream time at which a later snapshot had read the task; for earlier events, the task is stale */
	uint64_t stale_until;
	struct linx_task_slot *next; /* next in the same bucket of the hash table */
	bool known; /* a context record (TASK, FORK, EXEC) has described the task */
	bool skip_until_exec; /* events are not delivered before the task's next exec: linx_skip_until_exec() */
	uint64_t announced_at; /* stream time of the last context record about the task */
	/* there was no memory to store the ENTER record of the task's call: its return lacks the values at entry */
	bool unkept;
	struct linx_copy pending; /* ENTER record of a call that has not returned */
	struct linx_copy exec; /* EXEC record that waits for the return of the exec call */
	const struct linx_table_call *restart; /* call that restart_syscall(2) would continue; NULL: no call */
};

struct linx_tasks;
struct linx_metadata; /* defined in metadata/metadata.h, which this folder does not include */
int linx_tasks_new(struct linx_tasks **out);
void linx_tasks_free(struct linx_tasks *t);
/*
 * Continues the numbering of versions and generations from the tables of the previous section, so that no number is
 * used twice. Call it before any record is applied.
 */
void linx_tasks_follow(struct linx_tasks *t, const struct linx_tasks *before);

/*
 * Sets the descriptions of containers for the events of these tasks. The caller frees m. m: NULL means no descriptions
 */
void linx_tasks_set_metadata(struct linx_tasks *t, struct linx_metadata *m);
struct linx_metadata *linx_tasks_metadata(const struct linx_tasks *t);

/* Finds the slot of the task with this thread id; NULL: there is no such slot. */
struct linx_task_slot *linx_tasks_find(const struct linx_tasks *t, uint32_t tid);
/* Finds or makes the slot of the task with this thread id. NULL: no memory, or no room for another slot. */
struct linx_task_slot *linx_tasks_get(struct linx_tasks *t, uint32_t tid);
/* True if there is no room for another slot and its process. */
bool linx_tasks_is_full(const struct linx_tasks *t);
/* True if a task could not get a slot at any time. Any task without a slot may be that task. */
bool linx_tasks_was_full(const struct linx_tasks *t);
void linx_tasks_remove(struct linx_tasks *t, struct linx_task_slot *slot);
/* Iterates over all slots. Begin with slot NULL. */
struct linx_task_slot *linx_tasks_next(const struct linx_tasks *t, const struct linx_task_slot *slot);
size_t linx_tasks_count(const struct linx_tasks *t);

/*
 * Only these two functions may fill and empty the copies in a slot (pending, exec), since they account for the memory.
 * linx_tasks_keep() stores a group in a copy. If the memory budget does not suffice, nothing is stored; -ENOMEM: no
 * memory. linx_tasks_release() empties a copy and returns its former contents.
 */
int linx_tasks_keep(struct linx_tasks *t, struct linx_copy *c, const struct linx_rec *rec,
		    size_t len, struct linx_position position);
struct linx_copy linx_tasks_release(struct linx_tasks *t, struct linx_copy *c);
/* Sets the memory budget that is left. Only for tests. */
void linx_tasks_limit(struct linx_tasks *t, size_t room);

/*
 * Finds a task that ended during a call, as this TASK, FORK or EXEC record shows. Before the record is applied, call
 * the function, and report the returned task's call as unfinished, until it returns NULL: there is no such task any
 * more. Slots of threads that an exec has ended outside of a call are removed.
 */
struct linx_task_slot *linx_tasks_displaced(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx);
/* Applies a TASK, FORK or EXEC record. *slot: the slot of its task; NULL: no room for a slot. -ENOMEM */
int linx_tasks_context(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		       const struct linx_value *fields, struct linx_task_slot **slot);
/*
 * Origin of a record about a task or its descriptors. NOW: a record of the stream. AHEAD: an item of a snapshot,
 * applied when it arrives, ahead of its time. IN_ORDER: the same item, applied again when the stream reaches its time.
 */
enum linx_apply_when { LINX_APPLY_NOW, LINX_APPLY_AHEAD, LINX_APPLY_IN_ORDER };
/*
 * Applies a FILES record. fds: descriptors that its values describe; settled: for a record of a
 * snapshot, the time at which the table had been read. If the record's task has no slot (a filter
 * left the task out), the table with the record's number is changed, which other tasks may share.
 */
void linx_tasks_files(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_files_change *change,
		      const struct linx_fds *fds, const struct linx_value *open, enum linx_apply_when when,
		      uint64_t settled);
/* Applies a TASK record of a snapshot; again: the snapshot is not the first one. -ENOMEM */
int linx_tasks_snapshot(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			const struct linx_value *fields, enum linx_apply_when when, bool again, uint64_t settled);
/* Prepares the slot's descriptor table to be shown with an event of this stream time: linx_files_look(). */
void linx_task_slot_look(struct linx_task_slot *slot, uint64_t time);
/* Sets the difference of wall clock and time since boot. */
void linx_tasks_set_clock(struct linx_tasks *t, uint64_t boot_to_wall);
/* Reports that context records were lost up to this stream time. State from earlier records may be out of date. */
void linx_tasks_lost(struct linx_tasks *t, uint64_t until);

/* Finds the process with this pid; NULL: not known. */
const struct linx_process *linx_tasks_process(const struct linx_tasks *t, uint32_t pid);
/* Returns the parent of a process, in its current state. NULL: not known. */
const struct linx_process *linx_tasks_parent(const struct linx_tasks *t, const struct linx_process *p);
/* Ends the process of a task, when its last thread has ended and the event of that end has been delivered. */
void linx_tasks_end_process(struct linx_tasks *t, struct linx_task_slot *slot);

/* Returns the task for an event, in its current state, with task.stale set. NULL: no record has described the task. */
const struct linx_task *linx_task_slot_task(struct linx_tasks *t, struct linx_task_slot *slot);

#endif
