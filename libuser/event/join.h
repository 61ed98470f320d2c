/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of the assembler: what it holds, and the joining of entry and return. */
#ifndef LINX_JOIN_H
#define LINX_JOIN_H

#include <errno.h>
#include <string.h>

#include "engine/engine.h"
#include "table/select.h"
#include "event/assembler.h"
#include "state/tasks.h"
#include "event/uring.h"

/* A call that is to go on by restart_syscall(2) returns it. */
#define LINX_RESTARTBLOCK (-516)

struct linx_assembler {
	struct linx_table *table; /* borrowed */
	struct linx_tasks *tasks;
	uint64_t to_wall; /* what to add to the stream's time, modulo 2^64 */
	bool entries, selecting;
	struct linx_select sel;
	/* selecting: returns of these calls are of no interest, whatever they tell */
	uint64_t accepted[LINX_ABI_NR][LINX_NR_MAX / 64];
	/* Until something is fed: this task waits for nothing. */
	bool idle_known;
	uint32_t idle_tid;
	/* Of the event before, if it was a simple return: nothing is known otherwise of its task since. NULL: it was not, or more was fed. */
	struct linx_task_slot *same;

	struct linx_position position; /* of what ev is about */
	struct linx_event ev;
	struct linx_mem mem; /* of ev, as is fds */
	struct linx_table_call subcall; /* that ev may point to */
	struct linx_fds fds;
	struct linx_fds emitted; /* of a FILES record */
	bool snapped, snap_again; /* something of a snapshot was fed; more than once */
	struct linx_snap snap; /* what waits for its time */
	size_t snap_at; /* up to where it has been applied in its time */
	uint32_t snap_later; /* a task whose items are applied in their time alone */
	uint32_t fields; /* members of ev.field that are set */
	/* Joined pieces of: this group, the entry record, the EXEC record. */
	struct linx_scratch scratch[3];
	/* Memory that ev may point to and that its task no longer needs. */
	struct linx_copy held_entry, held_exec;

	struct linx_submissions submissions;
	struct linx_uring uring; /* that ev may point to */

	/* Entries of tasks that a snapshot showed to be gone: told by the next feed, the last first. */
	struct linx_copy *deferred;
	size_t ndeferred, deferred_cap;

	struct linx_task_slot *dying; /* removed at the next feed */
	bool dying_group; /* and its process ends with it */
	struct linx_group rest; /* the group's second event; rec NULL: none */
	void *held_rest; /* linx_assembler_hold() */
	uint64_t lost_until; /* linx_assembler_lost() */
	uint64_t doubt_since, doubt_until; /* linx_assembler_doubt(), all together; until 0: none */

	struct linx_task_slot **left; /* at the end: calls that are under way, by time */
	size_t nleft, at;
};

/* Does this task wait for nothing that ends with a return that is passed over? It stays so while nothing is fed. */
bool linx_join_is_idle(struct linx_assembler *a, uint32_t tid);

/*
 * Feed a record whose head says that it makes no event and changes nothing; it
 * has no pieces. False: it has to be fed as a group.
 */
static inline bool linx_assembler_passes(struct linx_assembler *a, const struct linx_rec *rec)
{
	int32_t ret;

	if (rec->kind != LINX_REC_EXIT || rec->abi >= LINX_ABI_NR ||
	    !(a->accepted[rec->abi][rec->nr / 64] >> (rec->nr % 64) & 1) ||
	    LINX_REC_LEN(rec) < sizeof(*rec) + sizeof(int64_t))
		return false;
	memcpy(&ret, rec + 1, sizeof(ret));
	if (ret == LINX_RESTARTBLOCK)
		return false;
	return (a->idle_known && a->idle_tid == rec->tid) || linx_join_is_idle(a, rec->tid);
}

static inline void linx_event_set_files(struct linx_event *ev, struct linx_task_slot *slot)
{
	ev->files = slot ? slot->files : NULL;
	if (ev->files)
		linx_task_slot_look(slot, ev->time);
}

/*
 * A new event of rec in a->ev; the task is slot's. Only what the event before
 * has set is cleared: most events need few values. In place where it is done
 * for each return.
 */
static inline void linx_event_clear(struct linx_assembler *a, enum linx_event_kind kind,
				    const struct linx_rec *rec, struct linx_task_slot *slot)
{
	struct linx_event *ev = &a->ev;

	if (!a->same || a->same != slot)
		ev->task = linx_task_slot_task(a->tasks, slot);
	for (; a->fields; a->fields &= a->fields - 1)
		ev->field[__builtin_ctz(a->fields)].state = 0;
	for (unsigned int i = 0; i < LINX_NARGS; i++)
		ev->in[i].state = ev->out[i].state = 0;
	a->mem.n = 0;
	linx_fds_begin(&a->fds);
	ev->kind = kind;
	ev->rec = rec;
	ev->time = rec->time;
	ev->wall_ns = rec->time + a->to_wall;
	linx_event_set_files(ev, slot);
	ev->flags = !ev->task || ev->task->stale || rec->time < slot->stale_until ? LINX_EVENT_STALE : 0;
	ev->call = NULL;
	ev->entry = ev->args_gone = ev->has_ret = ev->has_entry_time = ev->has_ran = ev->late = false;
	ev->nargs = 0;
	ev->resumed = NULL;
	ev->uring = NULL;
	ev->superseded_by = 0;
	ev->ctx = NULL;
	ev->signal = NULL;
	ev->pointer = 0;
	ev->gap = NULL;
	ev->cert = NULL;
}
void linx_event_begin(struct linx_assembler *a, enum linx_event_kind kind,
		      const struct linx_rec *rec, struct linx_task_slot *slot);

/* Which call a->ev is about, with its name. */
void linx_join_name(struct linx_assembler *a, const struct linx_rec *rec);

/* The selection has changed. */
void linx_join_selected(struct linx_assembler *a);
/* Make an event of an ENTER or EXIT record, or of what it shows to have had no end: then it is in a->rest. 1: it is to be delivered; 0; -ENOMEM. */
int linx_join_enter(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
int linx_join_exit(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
/* Parts of it, for events that pair otherwise: the entry, what came of it (has_entry: take_entry was called), the end. */
void linx_join_take_entry(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
void linx_join_take_exit(struct linx_assembler *a, const struct linx_rec *rec, size_t len, bool has_entry);
int linx_join_deliver(struct linx_assembler *a);
/* What this slot is doing becomes an unfinished event. 1, or 0: nothing, or not selected. */
int linx_join_unfinished(struct linx_assembler *a, struct linx_task_slot *slot);
/* An entry of which nobody knows whose it was becomes one; entry is empty then. 1, or 0: not selected. */
int linx_join_orphan(struct linx_assembler *a, struct linx_copy *entry);

/*
 * linx_assembler_feed() of the return of a call, where nothing else is to be
 * done before: no task to forget, nothing of a snapshot that is due. -EAGAIN: it is not so.
 */
static inline int linx_assembler_feed_return(struct linx_assembler *a, const struct linx_group *g)
{
	if (g->rec->kind != LINX_REC_EXIT || a->dying || a->left || a->snap.len || a->rest.rec)
		return -EAGAIN;
	a->idle_known = false;
	linx_position_set(&a->position, &g->position);
	return linx_join_exit(a, g->rec, g->len);
}

#endif
