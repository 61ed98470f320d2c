// SPDX-License-Identifier: LGPL-2.1-or-later
/* The assembler: turns groups of records into events for the user. The groups come in time order, from all CPUs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/attributes.h"
#include "engine/header.h"
#include "event/join.h"
#include "shared/ring_proto.h"

/* Largest difference, in ns, between the times that probes on two CPUs read from the clock at the same moment. */
#define CLOCK_APART_NS 2000u
/* Snapshot items that have been applied are dropped when their share of the stored bytes is at least 1/APPLIED_PART. */
#define APPLIED_PART 8

/* True if the stream is a file from a machine with another host name. */
static bool is_foreign(const struct linx_header *h)
{
	struct utsname u;

	return h && !h->info.live && (uname(&u) || strcmp(u.nodename, h->node) != 0);
}

int linx_assembler_new(const struct linx_header *h, struct linx_table *t,
		       struct linx_assembler **out)
{
	struct linx_assembler *a = calloc(1, sizeof(*a));
	int ret;

	if (!a)
		return -ENOMEM;
	a->table = t;
	ret = linx_tasks_new(&a->tasks);
	if (ret) {
		free(a);
		return ret;
	}
	/* Members that are the same for every event. */
	a->ev.table = t;
	a->ev.foreign = is_foreign(h);
	a->ev.tasks = a->tasks;
	a->ev.position = &a->position;
	a->ev.mem = &a->mem;
	a->ev.fds = &a->fds;
	*out = a;
	return 0;
}

void linx_assembler_follow(struct linx_assembler *a, const struct linx_assembler *before)
{
	linx_tasks_follow(a->tasks, before->tasks);
}

void linx_assembler_protos(struct linx_assembler *a, const struct linx_protos *protos)
{
	a->protos = protos;
}

void linx_assembler_rule_names(struct linx_assembler *a, const struct linx_rule_names *names)
{
	a->rule_names = names;
}

void linx_assembler_free(struct linx_assembler *a)
{
	if (!a)
		return;
	linx_tasks_free(a->tasks);
	for (unsigned int i = 0; i < sizeof(a->scratch) / sizeof(a->scratch[0]); i++)
		free(a->scratch[i].data);
	linx_copy_free(&a->held_entry);
	linx_copy_free(&a->held_exec);
	while (a->ndeferred)
		linx_copy_free(&a->deferred[--a->ndeferred]);
	free(a->deferred);
	linx_submissions_free(&a->submissions);
	linx_mem_free(&a->mem);
	linx_fds_free(&a->fds);
	linx_fds_free(&a->files_fds);
	linx_snap_free_data(&a->snap);
	free(a->left);
	free(a->held_rest);
	free(a);
}

void linx_assembler_clock(struct linx_assembler *a, const struct linx_clock *c)
{
	a->to_wall = c->realtime - c->stream;
	linx_tasks_set_clock(a->tasks, c->realtime - c->boottime);
}

void linx_assembler_entries(struct linx_assembler *a, bool on)
{
	a->entries = on;
}

int linx_assembler_select(struct linx_assembler *a, const struct linx_select *sel)
{
	a->selecting = sel;
	if (sel)
		a->sel = *sel;
	linx_join_selected(a);
	return 0;
}

int linx_assembler_skip(struct linx_assembler *a, uint32_t tid)
{
	struct linx_task_slot *slot = linx_tasks_get(a->tasks, tid);

	if (!slot)
		return -ENOMEM;
	a->idle_known = false;
	a->same = NULL;
	slot->skip_until_exec = true;
	return 0;
}

void linx_event_begin(struct linx_assembler *a, enum linx_event_kind kind,
		      const struct linx_rec *rec, struct linx_task_slot *slot)
{
	a->same = NULL;
	linx_event_clear(a, kind, rec, slot);
}

/* True if the task's events are not delivered, since it has not executed a program yet: linx_skip_until_exec(). */
static bool hidden(const struct linx_task_slot *slot)
{
	return slot && slot->skip_until_exec;
}

/*
 * Makes an unfinished event of a call that has not returned, if a record shows that its task is gone: the task's id was
 * reused, or an exec ended the task. True: the event is in a->ev, and the record waits in a->rest to be fed again.
 * False: no such event is to be delivered.
 */
static bool emit_displaced(struct linx_assembler *a, const struct linx_group *g, const struct linx_ctx *ctx)
{
	struct linx_task_slot *slot;

	while ((slot = linx_tasks_displaced(a->tasks, g->rec, ctx))) {
		if (linx_join_unfinished(a, slot)) {
			a->rest = *g;
			return true;
		}
		slot->pending.len = 0;
		linx_position_set(&a->position, &g->position);
	}
	return false;
}

/* Applies a TASK, FORK or EXEC record to the task table first, so that its event shows the new state. */
static int feed_context(struct linx_assembler *a, enum linx_event_kind kind,
			const struct linx_group *g)
{
	const struct linx_ctx *ctx = linx_decode_ctx(g->rec);
	struct linx_task_slot *slot = NULL;
	int ret;

	if (!ctx)
		return 0;
	if (emit_displaced(a, g, ctx))
		return 1;
	linx_event_begin(a, kind, g->rec, NULL);
	a->fields = linx_decode_values(g->rec, g->len, &a->scratch[0], a->ev.field);
	ret = linx_tasks_context(a->tasks, g->rec, ctx, a->ev.field, &slot);
	if (!ret && slot && kind == LINX_EVENT_EXEC) {
		slot->skip_until_exec = false;
		if (slot->process)
			slot->process->exec_tid = 0;
		ret = linx_tasks_keep(a->tasks, &slot->exec, g->rec, g->len, g->position);
	}
	if (slot && kind == LINX_EVENT_EXEC)
		slot->unkept |= ret || !slot->exec.len;
	if (ret)
		return ret;
	if (kind == LINX_EVENT_FORK)
		slot = linx_tasks_find(a->tasks, g->rec->tid);
	a->ev.ctx = ctx;
	a->ev.task = linx_task_slot_task(a->tasks, slot);
	linx_event_set_files(&a->ev, slot);
	a->ev.flags = !a->ev.task || a->ev.task->stale ? LINX_EVENT_STALE : 0;
	return !hidden(slot);
}

/*
 * Finds the thread that takes over the id of an ending leader: the thread of its process that is in exec. 0: there is
 * no such thread.
 */
static uint32_t superseding(const struct linx_assembler *a, const struct linx_task_slot *slot)
{
	const struct linx_task_slot *other;
	uint32_t tid;

	if (!slot || !slot->known || slot->task.tid != slot->task.pid)
		return 0;
	tid = slot->process->exec_tid;
	other = tid && tid != slot->task.tid ? linx_tasks_find(a->tasks, tid) : NULL;
	return other && (other->pending.len || other->unkept) && other->process == slot->process ? tid : 0;
}

static int make_exit(struct linx_assembler *a, const struct linx_group *g, struct linx_task_slot *slot)
{
	linx_event_begin(a, LINX_EVENT_EXIT, g->rec, slot);
	a->ev.ctx = linx_decode_ctx(g->rec);
	a->fields = linx_decode_values(g->rec, g->len, &a->scratch[0], a->ev.field);
	a->ev.superseded_by = superseding(a, slot);
	if (!a->ev.superseded_by)
		a->ev.superseded_by = a->moved_exec;
	a->moved_exec = 0;
	a->dying = slot;
	a->dying_group = a->ev.ctx->flags & LINX_CTX_GROUP_DEAD;
	return !hidden(slot);
}

/*
 * Makes the event of a task's end. If a call of the task has not returned, makes an unfinished event of the call first.
 */
static int feed_exit(struct linx_assembler *a, const struct linx_group *g)
{
	const struct linx_ctx *ctx = linx_decode_ctx(g->rec);
	struct linx_task_slot *slot = ctx ? linx_tasks_find(a->tasks, ctx->tid) : NULL;

	if (!ctx)
		return 0;
	if (slot && linx_join_unfinished(a, slot)) {
		a->rest = *g;
		return 1;
	}
	return make_exit(a, g, slot);
}

void linx_assembler_lost(struct linx_assembler *a, uint64_t until, bool context)
{
	if (until > a->lost_until)
		a->lost_until = until;
	if (context)
		linx_tasks_lost(a->tasks, until);
}

/*
 * Extends the interval from doubt_since to doubt_until, in which entry and return may belong to different calls, by one
 * more change of the selection: one call may last over several changes.
 */
void linx_assembler_doubt(struct linx_assembler *a, uint64_t since, uint64_t until)
{
	since -= since < CLOCK_APART_NS ? since : CLOCK_APART_NS;
	until += until > UINT64_MAX - CLOCK_APART_NS ? UINT64_MAX - until : CLOCK_APART_NS;
	if (!a->doubt_until || since < a->doubt_since)
		a->doubt_since = since;
	if (until > a->doubt_until)
		a->doubt_until = until;
}

static int feed_gap(struct linx_assembler *a, const struct linx_group *g)
{
	const struct linx_gap *gap = linx_decode_gap(g->rec);

	if (!gap)
		return 0;
	linx_assembler_lost(a, gap->last_time ? gap->last_time : g->rec->time, gap->lost_context);
	linx_event_begin(a, LINX_EVENT_GAP, g->rec, NULL);
	a->ev.flags = 0;
	a->ev.gap = gap;
	return 1;
}

/*
 * Makes the event of a change of budget. The record's head names the call; the event has no task, since any task can
 * have made the call that exceeded the budget.
 */
static int feed_budget(struct linx_assembler *a, const struct linx_group *g)
{
	const struct linx_budget_step *step = linx_decode_budget(g->rec);

	if (!step || step->from > LINX_BUDGET_COUNTS || step->to > LINX_BUDGET_COUNTS)
		return 0;
	linx_event_begin(a, LINX_EVENT_BUDGET, g->rec, NULL);
	a->ev.flags = 0;
	linx_join_name(a, g->rec);
	a->ev.step = step;
	return 1;
}

/* True if a report is of an attempt to unload a module other than linx's. */
static bool is_of_other_module(const struct linx_assembler *a)
{
	const struct linx_value *name = &a->ev.field[0];

	return a->ev.tamper->what == LINX_TAMPER_UNLOAD &&
	       !(name->state == LINX_WHOLE && name->size == 4 && !memcmp(name->data, "linx", 4));
}

/*
 * Makes the event of interference with the recording. A kind of interference that only a newer format has makes no
 * event.
 */
static int feed_tamper(struct linx_assembler *a, const struct linx_group *g)
{
	const struct linx_tamper *tamper = linx_decode_tamper(g->rec);

	if (!tamper || !linx_tamper_name(tamper->what))
		return 0;
	linx_event_begin(a, LINX_EVENT_TAMPER, g->rec, linx_tasks_find(a->tasks, g->rec->tid));
	a->ev.flags = 0;
	a->ev.tamper = tamper;
	a->fields = linx_decode_values(g->rec, g->len, &a->scratch[0], a->ev.field);
	return !is_of_other_module(a);
}

/*
 * Makes the event of a probe's hit. If the hit is not of a task, the record's head names the task that it interrupted.
 */
static int feed_hit(struct linx_assembler *a, const struct linx_group *g)
{
	struct linx_task_slot *slot = linx_tasks_find(a->tasks, g->rec->tid);

	linx_event_begin(a, LINX_EVENT_PROBE, g->rec, slot);
	if (!linx_hit_decode(g->rec, g->len, &a->scratch[0], a->protos, &a->hit))
		return 0;
	a->ev.hit = &a->hit;
	a->ev.abi = 0; /* addresses of sockets have the layout of the machine's first ABI */
	return !hidden(slot);
}

/*
 * Makes the event of a REFUSED record: an operation fulfilled the conditions of a rule. The task is the one that wanted
 * the operation.
 */
static int feed_refused(struct linx_assembler *a, const struct linx_group *g)
{
	const struct linx_refused *refused = linx_decode_refused(g->rec);
	struct linx_task_slot *slot = linx_tasks_find(a->tasks, g->rec->tid);

	if (!refused)
		return 0;
	linx_event_begin(a, LINX_EVENT_REFUSED, g->rec, slot);
	a->ev.refused = refused;
	a->ev.rule_names = a->rule_names;
	a->ev.abi = 0; /* addresses of sockets have the layout of the machine's first ABI */
	a->fields = linx_decode_values(g->rec, g->len, &a->scratch[0], a->ev.field);
	return !hidden(slot);
}

/* Makes the event of a signal. The stream may have no record about its task yet, if the signal is the first event. */
static int feed_signal(struct linx_assembler *a, const struct linx_group *g)
{
	const struct linx_signal *signal = linx_decode_signal(g->rec);
	struct linx_task_slot *slot = linx_tasks_find(a->tasks, g->rec->tid);

	if (!signal)
		return 0;
	linx_event_begin(a, LINX_EVENT_SIGNAL, g->rec, slot);
	a->ev.signal = signal;
	a->fields = linx_decode_values(g->rec, g->len, &a->scratch[0], a->ev.field);
	return !hidden(slot);
}

/* Applies a FILES record (changes of descriptors), which makes no event. settled: see linx_tasks_files(). */
static int feed_files(struct linx_assembler *a, const struct linx_rec *rec, size_t len, enum linx_apply_when when,
		      uint64_t settled)
{
	const struct linx_files_change *change = linx_decode_files(rec);
	struct linx_value values[LINX_DECODE_VALUES];

	if (!change)
		return 0;
	values[LINX_FIELD_OPEN].state = 0;
	if (change->op == LINX_FILES_OPEN)
		linx_decode_values(rec, len, &a->scratch[0], values);
	linx_fds_begin(&a->files_fds);
	/*
	 * The captured memory of a FILES record is stored, but not read. It is emptied before each such
	 * record, since between the records of a snapshot there is no event that empties it.
	 */
	a->mem.n = 0;
	linx_decode_nested(rec, LINX_REC_LEN(rec), &a->scratch[0], &a->mem, &a->files_fds);
	linx_tasks_files(a->tasks, rec, change, &a->files_fds, &values[LINX_FIELD_OPEN], when, settled);
	return 0;
}

/* Removes the task whose exit event was delivered, and its process if that has ended too. */
LINX_NOINLINE static void bury(struct linx_assembler *a)
{
	if (a->dying_group)
		linx_tasks_end_process(a->tasks, a->dying);
	linx_tasks_remove(a->tasks, a->dying);
	a->dying = NULL;
}

/* ---- snapshots ---------------------------------------------------------------- */

/*
 * Stores the entry record of a call that had not returned when a snapshot showed that its task was gone. The next feed
 * delivers it as an event, since a snapshot makes no events. The event has no task, since the slot is to describe the
 * new owner of the id.
 */
static int defer(struct linx_assembler *a, struct linx_task_slot *slot)
{
	size_t cap = a->deferred_cap ? 2 * a->deferred_cap : 8;
	struct linx_copy *deferred;

	if (slot->skip_until_exec)
		return 0;
	if (a->ndeferred == a->deferred_cap) {
		deferred = reallocarray(a->deferred, cap, sizeof(*deferred));
		if (!deferred)
			return -ENOMEM;
		a->deferred = deferred;
		a->deferred_cap = cap;
	}
	a->deferred[a->ndeferred++] = linx_tasks_release(a->tasks, &slot->pending);
	return 0;
}

LINX_NOINLINE static int emit_deferred(struct linx_assembler *a)
{
	while (a->ndeferred)
		if (linx_join_orphan(a, &a->deferred[--a->ndeferred]))
			return 1;
	return 0;
}

static int snapshot_task(struct linx_assembler *a, const struct linx_rec *rec, enum linx_apply_when when, uint64_t settled)
{
	const struct linx_ctx *ctx = linx_decode_ctx(rec);
	struct linx_value fields[LINX_DECODE_VALUES] = { 0 };
	struct linx_task_slot *slot = ctx ? linx_tasks_displaced(a->tasks, rec, ctx) : NULL;

	if (!ctx)
		return 0;
	/*
	 * A snapshot's item (a record about a task) that is applied ahead of its time does not displace a task that is
	 * in a call: the return of that call may still be in the stream.
	 */
	if (when == LINX_APPLY_AHEAD)
		a->snap_later = slot ? ctx->tid : 0;
	if (slot && when == LINX_APPLY_AHEAD)
		return 0;
	if (slot && defer(a, slot))
		return -ENOMEM;
	linx_decode_values(rec, LINX_REC_LEN(rec), &a->scratch[0], fields);
	return linx_tasks_snapshot(a->tasks, rec, ctx, fields, when, a->snap_again, settled);
}

static int feed_item(struct linx_assembler *a, const struct linx_rec *rec, enum linx_apply_when when)
{
	uint64_t settled = linx_snapshot_end(rec) + CLOCK_APART_NS;

	if (rec->kind == LINX_REC_TASK)
		return snapshot_task(a, rec, when, settled);
	if (rec->kind != LINX_REC_FILES || (when == LINX_APPLY_AHEAD && rec->tid == a->snap_later))
		return 0;
	return feed_files(a, rec, LINX_REC_LEN(rec), when, settled);
}

/*
 * Applies the items (records) of a snapshot whose time has been reached, like records at that place in the stream:
 * docs/state.md. Each item was also applied when it arrived, ahead of its time, since nothing better is known for
 * earlier events; earlier events are marked stale.
 */
LINX_NOINLINE static int feed_due(struct linx_assembler *a, uint64_t time)
{
	struct linx_snap *s = &a->snap;
	const struct linx_rec *rec;
	int ret = 0;

	while (!ret && a->snap_at < s->len) {
		rec = (const void *)(s->data + a->snap_at);
		if (rec->time > time + CLOCK_APART_NS)
			return 0;
		ret = feed_item(a, rec, LINX_APPLY_IN_ORDER);
		a->snap_at += LINX_REC_LEN(rec);
	}
	linx_snap_free_data(s);
	a->snap_at = 0;
	return ret;
}

/*
 * Drops the snapshot items that have been applied at their time, to make room for items to come. Does so only when they
 * are a sizeable part: the rest has to be moved, and a hostile file may add items very often.
 */
static void drop_applied(struct linx_assembler *a)
{
	struct linx_snap *s = &a->snap;

	if (a->snap_at < s->len / APPLIED_PART || !a->snap_at)
		return;
	s->len -= a->snap_at;
	memmove(s->data, s->data + a->snap_at, s->len);
	a->snap_at = 0;
}

static void snapshot_begin(struct linx_assembler *a)
{
	a->idle_known = false;
	a->same = NULL;
	/*
	 * Tasks in a second snapshot, or a second part of one, may be known from records in the
	 * stream already.
	 */
	a->snap_again = a->snapped;
	a->snapped = true;
	if (a->dying) /* The slot of an ended task must be free before another task gets the task's id. */
		bury(a);
	drop_applied(a);
}

/*
 * Applies, ahead of their time, the snapshot items (records) in the len bytes behind a->snap.len, and adds them to
 * a->snap. All items of a second snapshot are later than the items already in a->snap.
 */
static int feed_items(struct linx_assembler *a, size_t len)
{
	const struct linx_rec *rec;
	int ret = 0;

	for (; len && !ret; len -= LINX_REC_LEN(rec)) {
		rec = (const void *)(a->snap.data + a->snap.len);
		if (!linx_rec_fits(rec, len))
			return -EBADMSG;
		ret = feed_item(a, rec, LINX_APPLY_AHEAD);
		a->snap.len += LINX_REC_LEN(rec);
	}
	return ret;
}

static int add_items(struct linx_assembler *a, const uint8_t *data, size_t len)
{
	uint8_t *to = linx_snap_reserve(&a->snap, len);

	if (!to)
		return -ENOMEM;
	memcpy(to, data, len);
	return feed_items(a, len);
}

int linx_assembler_snapshot(struct linx_assembler *a, const uint8_t *data, size_t len)
{
	if (!len)
		return 0;
	snapshot_begin(a);
	return add_items(a, data, len);
}

int linx_assembler_take(struct linx_assembler *a, struct linx_snap *s)
{
	size_t len = s->len;
	int ret;

	snapshot_begin(a);
	/*
	 * Only a flight recorder makes two snapshots that are too large together. Each of its
	 * snapshots is complete, so the newer one replaces the older one.
	 */
	if (a->snap.len && linx_snap_fits(&a->snap, len)) {
		ret = add_items(a, s->data, len);
		linx_snap_free_data(s);
		return ret;
	}
	linx_snap_free_data(&a->snap);
	a->snap = *s;
	a->snap.len = a->snap_at = 0;
	*s = (struct linx_snap){ .gen = s->gen };
	return feed_items(a, len);
}

/*
 * Feeds a MOVED record: it holds the entry of a call, moved to just before the return. The writer of a filtered file
 * makes such records, since it must see the whole call before it can decide to keep the entry.
 */
static int feed_moved(struct linx_assembler *a, const struct linx_group *g)
{
	struct linx_group entry = { .rec = linx_decode_moved(g->rec) };
	struct linx_task_slot *slot;
	struct linx_moved moved;

	a->moved = entry.rec;
	if (!entry.rec)
		return 0;
	memcpy(&moved, g->rec + 1, sizeof(moved));
	entry.len = g->len - sizeof(*g->rec) - sizeof(moved);
	a->moved_from = entry.position = (struct linx_position){ .seq = moved.seq, .cpu = moved.cpu };
	if (moved.flags & LINX_MOVED_EXEC) {
		a->moved = false;
		a->moved_exec = entry.rec->tid;
		return 0;
	}
	a->moved = !(entry.rec->flags & LINX_RF_URING) || !linx_uring_is_stored(a, &entry);
	if (moved.flags & LINX_MOVED_UNFINISHED) {
		slot = moved.flags & LINX_MOVED_NO_TASK ? NULL : linx_tasks_find(a->tasks, g->rec->tid);
		return linx_join_moved_unfinished(a, &entry, slot, moved.flags & LINX_MOVED_CUT ? LINX_EVENT_CUT : 0);
	}
	if (entry.rec->flags & LINX_RF_URING)
		return a->moved ? linx_join_moved_submission(a, &entry) : 0;
	slot = linx_tasks_get(a->tasks, g->rec->tid);
	return slot ? linx_join_moved(a, &entry, slot) : 0;
}

/* Feeds a record that is not the return of a call. */
LINX_NOINLINE static int feed_other(struct linx_assembler *a, const struct linx_group *g)
{
	switch (g->rec->kind) {
	case LINX_REC_ENTER:
		if (g->rec->flags & LINX_RF_URING)
			return linx_join_submit(a, g->rec, g->len);
		return linx_join_enter(a, g->rec, g->len);
	case LINX_REC_TASK:
		return feed_context(a, LINX_EVENT_TASK, g);
	case LINX_REC_FORK:
		return feed_context(a, LINX_EVENT_FORK, g);
	case LINX_REC_EXEC:
		return feed_context(a, LINX_EVENT_EXEC, g);
	case LINX_REC_TASK_EXIT:
		return feed_exit(a, g);
	case LINX_REC_GAP:
		return feed_gap(a, g);
	case LINX_REC_SIGNAL:
		return feed_signal(a, g);
	case LINX_REC_BUDGET:
		return feed_budget(a, g);
	case LINX_REC_TAMPER:
		return feed_tamper(a, g);
	case LINX_REC_PROBE:
		return feed_hit(a, g);
	case LINX_REC_REFUSED:
		return feed_refused(a, g);
	case LINX_REC_FILES:
		return feed_files(a, g->rec, g->len, LINX_APPLY_NOW, 0);
	case LINX_REC_MOVED:
		return feed_moved(a, g);
	default:
		return 0; /* a kind of record that only a newer format has: the record is ignored */
	}
}

static inline int feed_kind(struct linx_assembler *a, const struct linx_group *g)
{
	if (a->ndeferred && emit_deferred(a)) {
		a->rest = *g;
		return 1;
	}
	linx_position_set(&a->position, &g->position);
	if (g->rec->kind != LINX_REC_EXIT)
		return feed_other(a, g);
	return linx_join_exit(a, g->rec, g->len);
}

LINX_NOINLINE static void forget_left(struct linx_assembler *a)
{
	free(a->left);
	a->left = NULL;
	a->nleft = a->at = 0;
}

int linx_assembler_feed(struct linx_assembler *a, const struct linx_group *g,
			const struct linx_event **ev)
{
	int ret;

	if (a->dying)
		bury(a);
	if (a->left)
		forget_left(a);
	a->idle_known = false;
	a->same = NULL;
	a->rest.rec = NULL;
	ret = a->snap.len ? feed_due(a, g->rec->time) : 0;
	if (!ret)
		ret = feed_kind(a, g);
	a->rest.late = g->late;
	if (ret == 1 && g->late)
		a->ev.flags |= LINX_EVENT_LATE_ORDER;
	*ev = &a->ev;
	return ret;
}

int linx_assembler_tamper(struct linx_assembler *a, const struct linx_group *g, const struct linx_event **ev)
{
	linx_position_set(&a->position, &g->position);
	*ev = &a->ev;
	return feed_tamper(a, g);
}

void linx_assembler_hold(struct linx_assembler *a)
{
	void *copy = a->rest.rec ? malloc(a->rest.len) : NULL;

	if (copy)
		memcpy(copy, a->rest.rec, a->rest.len);
	free(a->held_rest);
	a->held_rest = copy;
	a->rest.rec = copy; /* without memory for the copy, the record makes no event of its own */
}

int linx_assembler_more(struct linx_assembler *a, const struct linx_event **ev)
{
	struct linx_group g;
	int ret;

	if (!a->rest.rec)
		return 0;
	g = a->rest;
	a->rest.rec = NULL;
	*ev = &a->ev;
	/* linx_join_unfinished() has released the stored entry of the call that made the previous event */
	ret = feed_kind(a, &g);
	if (ret == 1 && g.late)
		a->ev.flags |= LINX_EVENT_LATE_ORDER;
	return ret;
}

static int by_time(const void *x, const void *y)
{
	const struct linx_task_slot *a = *(struct linx_task_slot *const *)x,
			       *b = *(struct linx_task_slot *const *)y;
	uint64_t s = linx_copy_rec(&a->pending)->time, t = linx_copy_rec(&b->pending)->time;

	return (s > t) - (s < t);
}

static int list_left(struct linx_assembler *a)
{
	a->left = calloc(linx_tasks_count(a->tasks) + 1, sizeof(struct linx_task_slot *));
	if (!a->left)
		return -ENOMEM;
	for (struct linx_task_slot *s = linx_tasks_next(a->tasks, NULL); s;
	     s = linx_tasks_next(a->tasks, s))
		if (s->pending.len)
			a->left[a->nleft++] = s;
	qsort(a->left, a->nleft, sizeof(*a->left), by_time);
	return 0;
}

int linx_assembler_flush(struct linx_assembler *a, const struct linx_event **ev)
{
	int ret;

	if (a->dying)
		bury(a);
	a->same = NULL;
	*ev = &a->ev;
	if (emit_deferred(a))
		return 1;
	if (!a->left) {
		ret = list_left(a);
		if (ret)
			return ret;
	}
	while (a->at < a->nleft)
		if (linx_join_unfinished(a, a->left[a->at++])) {
			a->ev.flags |= LINX_EVENT_CUT;
			return 1;
		}
	ret = linx_join_submitted(a);
	if (ret)
		return ret;
	forget_left(a);
	return 0;
}
