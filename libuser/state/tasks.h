/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tasks of a stream, by thread id, and their processes, as context records
 * tell. A slot can also stand for a task of which nothing is known yet, to
 * hold a call that is under way.
 */
#ifndef LINX_TASKS_H
#define LINX_TASKS_H

#include "record/decode.h"
#include "state/files.h"
#include "record/group.h"
#include "state/process.h"
#include "table/table.h"
#include "state/task_own.h"

/* A group that has to outlive its place in the ring. */
struct linx_copy {
	uint8_t *data; /* 8-byte aligned */
	size_t len, cap; /* len 0: nothing */
	struct linx_position position;
};
/* NULL: nothing */
static inline const struct linx_rec *linx_copy_rec(const struct linx_copy *c)
{
	return c->len ? (const struct linx_rec *)c->data : NULL;
}

void linx_copy_free(struct linx_copy *c);

struct linx_task_slot {
	struct linx_task task;
	struct linx_task_own own; /* task.own */
	struct linx_process_own *process; /* task.process, held; NULL: nothing is known */
	struct linx_task_slot *thread_next, *thread_prev; /* of the same process */
	struct linx_fs *fs; /* its directory and root, entered; NULL: nothing is known */
	struct linx_files *files; /* its descriptors, held; NULL: nothing is known */
	uint64_t settled; /* when a snapshot had read them; what is known before that may not have been so yet */
	uint64_t stale_until; /* what is known was read then, by a later snapshot */
	struct linx_task_slot *next; /* same bucket */
	bool known; /* a context record came */
	bool skip_until_exec;
	uint64_t emitted; /* stream time of what is known */
	bool unkept; /* what came of the call had no room: its return does not tell what stood there at entry */
	struct linx_copy pending; /* the ENTER record that waits for its return */
	struct linx_copy exec; /* the EXEC record, until the call returns */
	const struct linx_table_call *restart; /* what restart_syscall would go on with; NULL: nothing */
};

struct linx_tasks;
int linx_tasks_new(struct linx_tasks **out);
void linx_tasks_free(struct linx_tasks *t);
/*
 * Before anything is told: versions and generations go on where those of the
 * section before ended, so that none means two things.
 */
void linx_tasks_follow(struct linx_tasks *t, const struct linx_tasks *before);

/* NULL: not there. */
struct linx_task_slot *linx_tasks_find(const struct linx_tasks *t, uint32_t tid);
/* Find or make. NULL: no memory, or no room for more. */
struct linx_task_slot *linx_tasks_get(struct linx_tasks *t, uint32_t tid);
/* No slot more, nor a process for one. */
bool linx_tasks_is_full(const struct linx_tasks *t);
/* There was a task that could have none: whoever has none may be one. */
bool linx_tasks_was_full(const struct linx_tasks *t);
void linx_tasks_remove(struct linx_tasks *t, struct linx_task_slot *slot);
/* Every slot; begin with NULL. */
struct linx_task_slot *linx_tasks_next(const struct linx_tasks *t, const struct linx_task_slot *slot);
size_t linx_tasks_count(const struct linx_tasks *t);

/*
 * Keep a group in a copy of a slot, or, without room, nothing. -ENOMEM. A slot's
 * copies are filled and taken out by these two alone, which keep the account.
 */
int linx_tasks_keep(struct linx_tasks *t, struct linx_copy *c, const struct linx_rec *rec,
		    size_t len, struct linx_position position);
struct linx_copy linx_tasks_release(struct linx_tasks *t, struct linx_copy *c);
/* For tests: nothing more than these bytes. */
void linx_tasks_limit(struct linx_tasks *t, size_t room);

/*
 * Before a TASK, FORK or EXEC record is taken over: a task that it shows to be gone,
 * and that waits for a return. Call it again when that is told. NULL: there is none;
 * threads that an exec has ended are removed on the way.
 */
struct linx_task_slot *linx_tasks_displaced(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx);
/* Take over a TASK, FORK or EXEC record. -ENOMEM; the slot it is about is in *slot. */
int linx_tasks_context(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		       const struct linx_value *fields, struct linx_task_slot **slot);
/* A record that tells of a task: of the stream, or an item of a snapshot that is told ahead, or at its place in the stream. */
enum linx_emitted_when { LINX_EMITTED_NOW, LINX_EMITTED_AHEAD, LINX_EMITTED_IN_ORDER };
/*
 * A FILES record: what values tell is in told. Of a task that nothing was told of,
 * since the filter leaves it out, it is about a table that others share, or about
 * none. settled: of a snapshot's record, when what it tells had been read.
 */
void linx_tasks_files(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_files_change *change,
		      const struct linx_fds *emitted, const struct linx_value *open, enum linx_emitted_when when,
		      uint64_t settled);
/* A TASK record of a snapshot; again: not of the first one. -ENOMEM */
int linx_tasks_snapshot(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			const struct linx_value *fields, enum linx_emitted_when when, bool again, uint64_t settled);
/* Before its files are looked at as they were at that time. */
void linx_task_slot_look(struct linx_task_slot *slot, uint64_t time);
/* What to add to times since boot, for the wall clock's. */
void linx_tasks_set_clock(struct linx_tasks *t, uint64_t boot_to_wall);
/* Context records were lost up to then: what was told before may be out of date. */
void linx_tasks_lost(struct linx_tasks *t, uint64_t until);

/* The process of that number; NULL: not known. */
const struct linx_process *linx_tasks_process(const struct linx_tasks *t, uint32_t pid);
/* The parent of a process, settled. NULL: not known. */
const struct linx_process *linx_tasks_parent(const struct linx_tasks *t, const struct linx_process *p);
/* The last thread of the process of this task ended, and the event of it is over. */
void linx_tasks_end_process(struct linx_tasks *t, struct linx_task_slot *slot);

/* What an event may show of it: NULL if nothing is known. Settles task.stale. */
const struct linx_task *linx_task_slot_task(struct linx_tasks *t, struct linx_task_slot *slot);

#endif
