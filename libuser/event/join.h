/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Internals of the assembler: its state, and the joining of entry and return. */
#ifndef LINX_JOIN_H
#define LINX_JOIN_H

#include <errno.h>
#include <string.h>

#include "engine/engine.h"
#include "table/select.h"
#include "event/assembler.h"
#include "state/tasks.h"
#include "event/uring.h"

/* Result of a call that restart_syscall(2) is to continue: -ERESTART_RESTARTBLOCK. */
#define LINX_RESTARTBLOCK (-516)

struct linx_assembler {
	struct linx_table *table; /* borrowed */
	struct linx_tasks *tasks;
	uint64_t to_wall; /* difference of wall time and stream time, modulo 2^64 */
	bool entries, selecting; /* entries: set by linx_assembler_entries(); selecting: sel is set */
	struct linx_select sel;
	/* If selecting: a bit for each call that is not selected, whose returns linx_assembler_passes() may skip. */
	uint64_t skippable[LINX_ABI_NR][LINX_NR_MAX / 64];
	/*
	 * True if task idle_tid has no stored entry or EXEC record that a return would end; valid until something is
	 * fed.
	 */
	bool idle_known;
	uint32_t idle_tid;
	/*
	 * Slot of the task of the previous event, if the event came from the fast path of returns
	 * and nothing was fed since: ev.task is still valid for this slot. Else NULL.
	 */
	struct linx_task_slot *same;

	struct linx_position position; /* position of the record that ev was made from */
	/*
	 * Entry record of the event at position entry_of, which is a return that was joined with this entry, or, for an
	 * unfinished call, the entry itself.
	 */
	struct linx_group entry;
	struct linx_position entry_of;
	/* True: the entry in the last MOVED record was not fed before. The entry counts as a record at moved_from. */
	bool moved;
	struct linx_position moved_from;
	uint32_t moved_exec; /* from a MOVED record: thread whose exec takes the id of a leader that ends; 0: none */
	struct linx_event ev;
	struct linx_mem mem; /* memory captured for ev */
	struct linx_table_call subcall; /* memory for a subcall, to which ev.call may point */
	struct linx_fds fds;
	struct linx_fds files_fds; /* descriptors of the current FILES record */
	/* snapped: a snapshot, or a part of one, was fed; snap_again: the newest was not the first */
	bool snapped, snap_again;
	struct linx_snap snap; /* items (records) of a snapshot that are applied when the stream reaches their time */
	size_t snap_at; /* offset in snap of the first item whose time has not been reached */
	/* tid of a task in a call, whose snapshot items are not applied ahead of their time; 0: none */
	uint32_t snap_later;
	uint32_t fields; /* bit mask of the members of ev.field that are set */
	/*
	 * Buffers for values split over records: [0] of the group that is fed, [1] of the entry, [2] of the EXEC
	 * record.
	 */
	struct linx_scratch scratch[3];
	/* Copies of records that ev may point to, although ev's task has released them. */
	struct linx_copy held_entry, held_exec;

	struct linx_submissions submissions;
	struct linx_uring uring; /* memory to which ev.uring may point */
	struct linx_hit_event hit; /* memory to which ev.hit may point */
	const struct linx_protos *protos; /* borrowed: the probes of the stream; NULL: none */
	const struct linx_rule_names *rule_names; /* borrowed: names of the rules that refuse; NULL: none */

	/*
	 * Entry records of calls that had not returned when a snapshot showed that their tasks were gone. The next feed
	 * delivers them, the newest first.
	 */
	struct linx_copy *deferred;
	size_t ndeferred, deferred_cap;

	struct linx_task_slot *dying; /* slot of an ended task, to be removed at the next feed */
	bool dying_group; /* the task of slot dying was the last one of its process */
	/* group that made an event of an earlier call, and must be fed again for its own event; rec NULL: none */
	struct linx_group rest;
	void *held_rest; /* copy of the records of rest, made by linx_assembler_hold(); NULL: none */
	/* stream time before which records were lost: linx_assembler_lost(); 0: no records were lost */
	uint64_t lost_until;
	/* union of the intervals that linx_assembler_doubt() got; doubt_until 0: none */
	uint64_t doubt_since, doubt_until;

	struct linx_task_slot **left; /* for linx_assembler_flush(): slots of calls that have not returned, by time */
	size_t nleft, at;
};

/*
 * True if the task has no stored entry or EXEC record that a return would end. The answer is valid until something is
 * fed.
 */
bool linx_join_is_idle(struct linx_assembler *a, uint32_t tid);

/*
 * Skips a record that has no pieces, if the record's head shows that it makes no event and changes nothing. False: the
 * record must be fed as a group.
 */
static inline bool linx_assembler_passes(struct linx_assembler *a, const struct linx_rec *rec)
{
	int32_t ret;

	if (rec->kind != LINX_REC_EXIT || rec->abi >= LINX_ABI_NR ||
	    !(a->skippable[rec->abi][rec->nr / 64] >> (rec->nr % 64) & 1) ||
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
 * Begins a new event of rec in a->ev; slot: its task. Only members that the previous event has
 * set are cleared, since most events need few values. Inline for the fast path of returns.
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
	ev->entry = ev->args_gone = ev->has_ret = ev->has_entry_time = ev->has_ran = ev->joined = ev->again = ev->late = false;
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

/* Sets the number, ABI and name of the call of a->ev. */
void linx_join_name(struct linx_assembler *a, const struct linx_rec *rec);

/* Updates a->skippable after a change of the selection. */
void linx_join_selected(struct linx_assembler *a);
/*
 * Makes an event of an ENTER or EXIT record. If the record shows that the return of an earlier call was lost, the event
 * is that of the earlier call, and the record waits in a->rest. 1: deliver the event; 0: it is not to be delivered;
 * -ENOMEM.
 */
int linx_join_enter(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
int linx_join_exit(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
/*
 * Parts of the joining, for io_uring operations, whose submissions and results are paired differently: store the
 * entry in a->ev, store the result (has_entry: linx_join_take_entry() was called), finish the event.
 */
void linx_join_take_entry(struct linx_assembler *a, const struct linx_rec *rec, size_t len);
void linx_join_take_exit(struct linx_assembler *a, const struct linx_rec *rec, size_t len, bool has_entry);
int linx_join_deliver(struct linx_assembler *a);

/* Remembers the entry record of a->ev in a->entry, for a writer that stores the event's records in a file. */
static inline void linx_join_hold_entry(struct linx_assembler *a, const struct linx_copy *entry)
{
	a->entry = (struct linx_group){ .rec = linx_copy_rec(entry), .len = entry->len, .position = entry->position };
	a->entry_of = a->position;
}

/* Sets the position of a->ev's entry record. If entries are events too, the entry's event has that position. */
static inline void linx_join_note_entry(struct linx_assembler *a, const struct linx_position *at)
{
	a->ev.joined = !a->entries;
	a->ev.entered_at = *at;
}

/*
 * Makes an unfinished event of an entry in a MOVED record. slot NULL: the task is not known. 1: deliver the event; 0:
 * it is not to be delivered.
 */
int linx_join_moved_unfinished(struct linx_assembler *a, const struct linx_group *entry, struct linx_task_slot *slot, unsigned int flags);
/*
 * Stores an entry from a MOVED record; its return follows directly. 1: the entry is also an event; 0: it is not;
 * -ENOMEM.
 */
int linx_join_moved(struct linx_assembler *a, const struct linx_group *entry, struct linx_task_slot *slot);
/* Stores the submission of an io_uring operation from a MOVED record, like linx_join_moved(). */
int linx_join_moved_submission(struct linx_assembler *a, const struct linx_group *entry);

/*
 * Makes an unfinished event of the call of a slot's task that has not returned. 1: deliver the event; 0: there is no
 * such call, or it is not selected.
 */
int linx_join_unfinished(struct linx_assembler *a, struct linx_task_slot *slot);
/*
 * Makes an unfinished event of an entry whose task is not known. Takes over its memory; entry is empty afterwards. 1:
 * deliver the event; 0: the call is not selected.
 */
int linx_join_orphan(struct linx_assembler *a, struct linx_copy *entry);

/*
 * Fast path of linx_assembler_feed() for the return of a call when there is no other work: no task to remove, no
 * stored snapshot items, no second event to deliver. -EAGAIN: take the slow path.
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
