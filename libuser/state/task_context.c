// SPDX-License-Identifier: LGPL-2.1-or-later
/* Applies records about tasks (TASK, FORK, EXEC) and items of snapshots to a task and its process. */
#include <errno.h>
#include <string.h>

#include "state/tasks_own.h"

static void set_ids(struct linx_tasks *t, struct linx_task *task, const struct linx_ctx *ctx)
{
	task->pid = ctx->pid;
	task->ppid = ctx->ppid;
	task->uid = ctx->uid;
	task->gid = ctx->gid;
	task->euid = ctx->euid;
	task->egid = ctx->egid;
	task->start_time = ctx->start_time;
	memcpy(task->comm, ctx->comm, sizeof(task->comm));
	task->comm[sizeof(task->comm) - 1] = '\0';
	task->version = ++t->versions;
}

/* Clears a slot for a new task with the same id. The record of the former task's end was lost. */
static void forget(struct linx_tasks *t, struct linx_task_slot *slot)
{
	/*
	 * The old process stays in memory while other threads of it have slots. The ends of these threads were lost,
	 * too.
	 */
	if (slot->task.tid == slot->task.pid)
		linx_process_end(&t->processes, slot->process);
	linx_task_slot_set_process(t, slot, NULL);
	linx_task_slot_leave_fs(t, slot);
	linx_files_put(slot->files);
	slot->files = NULL;
	slot->settled = 0;
	slot->task.flags = 0;
	slot->skip_until_exec = false;
	slot->unkept = false;
	slot->pending.len = 0;
	slot->exec.len = 0;
	slot->restart = NULL;
	slot->known = false;
}

/* True if the record is about a task with the same id as the slot's task, but with another start time. */
static bool is_another(const struct linx_task_slot *slot, const struct linx_ctx *ctx)
{
	return slot->known && slot->task.start_time != ctx->start_time;
}

/* Finds or makes the slot of the task that a record describes. */
static struct linx_task_slot *slot_for(struct linx_tasks *t, const struct linx_ctx *ctx)
{
	struct linx_task_slot *slot = linx_tasks_get(t, ctx->tid);

	if (slot && is_another(slot, ctx))
		forget(t, slot);
	return slot;
}

/*
 * Finds the thread that executed a program, by its EXEC record, if it was not the leader of its process. NULL: it was
 * the leader, or the thread's id now belongs to another process.
 */
static struct linx_task_slot *executing(const struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx)
{
	struct linx_task_slot *slot = rec->kind == LINX_REC_EXEC && ctx->code != ctx->tid ? linx_tasks_find(t, ctx->code) : NULL;

	return slot && slot->known && slot->task.pid != ctx->pid ? NULL : slot;
}

/*
 * Removes the slots of a process's threads, except the slot that "but" points to. Stops at the first thread that is in
 * a call, and returns its slot. NULL: no thread is in a call, and all slots have been removed.
 */
static struct linx_task_slot *remove_threads(struct linx_tasks *t, const struct linx_process_own *process, const struct linx_task_slot *but)
{
	struct linx_task_slot *slot, *next;

	for (slot = process ? process->threads : NULL; slot; slot = next) {
		next = slot->thread_next; /* removing the last thread may free the process */
		if (slot == but)
			continue;
		if (slot->pending.len)
			return slot;
		linx_tasks_remove(t, slot);
	}
	return NULL;
}

struct linx_task_slot *linx_tasks_displaced(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx)
{
	struct linx_task_slot *by = executing(t, rec, ctx), *slot = linx_tasks_find(t, ctx->tid), *left;

	if (slot && slot->pending.len && (by ? slot != by : is_another(slot, ctx)))
		return slot;
	if (!by)
		return NULL;
	if (slot && slot != by)
		linx_tasks_remove(t, slot);
	left = remove_threads(t, linx_process_find(&t->processes, ctx->pid), by);
	return left || !by->known ? left : remove_threads(t, by->process, by);
}

/*
 * Applies an exec by a thread that is not the leader. The thread takes the leader's id, and all other threads have
 * ended.
 */
static void take_over(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx)
{
	struct linx_task_slot *slot = executing(t, rec, ctx), *left;

	if (!slot)
		return;
	while ((left = linx_tasks_displaced(t, rec, ctx)))
		left->pending.len = 0;
	linx_task_slot_rename(t, slot, ctx->tid);
	slot->task.start_time = ctx->start_time;
}

/* Sets the process of a forked task. start: start time of the process; 0: not known. */
static int fork_process(struct linx_tasks *t, const struct linx_rec *rec,
			const struct linx_ctx *ctx, struct linx_task_slot *child, uint64_t start)
{
	struct linx_task_slot *parent = linx_tasks_find(t, rec->tid);
	struct linx_process_own *process;

	if (ctx->flags & LINX_CTX_THREAD && parent && parent->known && linx_process_is(parent->process, ctx->pid, start))
		process = parent->process;
	else if (ctx->flags & LINX_CTX_THREAD)
		process = linx_process_make(&t->processes, ctx->pid, start);
	else
		process = linx_process_renew(&t->processes, ctx->pid);
	if (!process)
		return -ENOMEM;
	linx_task_slot_set_process(t, child, process);
	child->unkept = false; /* the new task is not in a call */
	child->announced_at = rec->time;
	if (!parent || !parent->known)
		return 0;
	if (linx_task_slot_is_stale(t, parent))
		child->announced_at = parent->announced_at;
	if (!(ctx->flags & LINX_CTX_THREAD))
		linx_process_inherit(&t->processes, process, parent->process);
	return 0;
}

/* ---- processes ------------------------------------------------------------------ */

static int known_process(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			 struct linx_task_slot *slot, uint64_t start)
{
	struct linx_process_own *process = slot->process;

	slot->announced_at = rec->time;
	if (process && linx_process_is(process, ctx->pid, start))
		return 0;
	process = linx_process_make(&t->processes, ctx->pid, start);
	if (!process)
		return -ENOMEM;
	linx_task_slot_set_process(t, slot, process);
	return 0;
}

/*
 * Reads a struct linx_who of any version. Members that the record does not have become zero. False: the record has no
 * struct linx_who, or it is unreadable.
 */
static bool get_task_info(const struct linx_value *v, struct linx_who *who)
{
	*who = (struct linx_who){ 0 };
	if (!linx_value_readable(v) || v->size < LINX_WHO_SIZE_V1)
		return false;
	memcpy(who, v->data, v->size < sizeof(*who) ? v->size : sizeof(*who));
	return true;
}

/*
 * Stores the capabilities that a task had before it entered another user namespace. In that namespace the task has all
 * capabilities, but the former ones decide what it may do to the machine. They are dropped at another change of
 * credentials, and at an exec.
 */
static void keep_outer_caps(struct linx_task_slot *slot, const struct linx_who *who, unsigned int kind)
{
	const struct linx_task *task = &slot->task;
	uint32_t ns = slot->process->p.ns[LINX_NS_USER];

	if (kind == LINX_REC_TASK && task->flags & LINX_TASK_CREDS && ns && who->ns[LINX_NS_USER] && ns != who->ns[LINX_NS_USER]) {
		if (!slot->own.nested)
			slot->own.outer = (struct linx_task_caps){ task->cap_effective, task->cap_permitted, task->cap_inheritable };
		slot->own.nested = true;
		return;
	}
	if (kind != LINX_REC_TASK || task->cap_permitted != who->cap_permitted || task->cap_effective != who->cap_effective)
		slot->own.nested = false;
}

static void set_creds(struct linx_task *task, const struct linx_who *who)
{
	task->flags |= LINX_TASK_CREDS;
	task->ns_tid = who->ns_tid;
	task->suid = who->suid;
	task->sgid = who->sgid;
	task->fsuid = who->fsuid;
	task->fsgid = who->fsgid;
	task->cap_effective = who->cap_effective;
	task->cap_permitted = who->cap_permitted;
	task->cap_inheritable = who->cap_inheritable;
	task->cap_bounding = who->cap_bounding;
	task->cap_ambient = who->cap_ambient;
}

/*
 * Sets name, start time, kernel flag and parent of a process from the record of any of its threads. A known start time
 * never changes: is_older() in state/process.c relies on that.
 */
static void set_process_ids(struct linx_tasks *t, struct linx_process_own *process, const struct linx_ctx *ctx,
			    uint64_t start)
{
	struct linx_process *p = &process->p;

	if (ctx->tid == ctx->pid)
		memcpy(p->comm, ctx->comm, sizeof(p->comm) - 1);
	if (!p->start_time)
		p->start_time = start;
	p->start_ns = p->start_time && t->boot_to_wall ? p->start_time + t->boot_to_wall : 0;
	if (ctx->flags & LINX_CTX_KERNEL)
		p->flags |= LINX_PROCESS_KERNEL;
	linx_process_set_parent(&t->processes, process, ctx->ppid);
}

static void take_fs(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx, struct linx_task_slot *slot,
		    const struct linx_who *who, enum linx_apply_when when)
{
	if (rec->kind == LINX_REC_FORK)
		linx_task_slot_fork_fs(t, rec, ctx, slot, who->fs);
	else
		linx_task_slot_follow_fs(t, slot, who->fs, when);
	linx_process_set_fs(&t->processes, slot->process, slot->fs);
	linx_process_set_chroot(slot->process, who->flags & LINX_WHO_CHROOT);
}

static int take_context(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			const struct linx_value *fields, enum linx_apply_when when, struct linx_task_slot **out)
{
	bool has_who, forked = rec->kind == LINX_REC_FORK;
	struct linx_task_slot *slot;
	struct linx_who who;
	uint64_t start;
	int ret;

	take_over(t, rec, ctx);
	slot = slot_for(t, ctx);
	*out = slot;
	if (!slot)
		return linx_tasks_is_full(t) ? 0 : -ENOMEM;
	/*
	 * The child's own record may come before its FORK record, since the clocks of two CPUs
	 * differ a little.
	 */
	if (slot->known && forked)
		return 0;
	has_who = get_task_info(&fields[LINX_FIELD_WHO], &who);
	start = ctx->tid == ctx->pid ? ctx->start_time : who.process_start;
	ret = forked ? fork_process(t, rec, ctx, slot, start) : known_process(t, rec, ctx, slot, start);
	if (ret)
		return linx_tasks_is_full(t) ? 0 : ret;
	slot->known = true;
	set_ids(t, &slot->task, ctx);
	set_process_ids(t, slot->process, ctx, start);
	if (has_who) {
		keep_outer_caps(slot, &who, rec->kind);
		set_creds(&slot->task, &who);
		linx_process_set_who(&t->processes, slot->process, &who, rec->kind);
		take_fs(t, rec, ctx, slot, &who, when);
		if (forked)
			linx_task_slot_fork_files(t, rec, ctx, slot, who.files);
		else if (slot->files || rec->kind == LINX_REC_TASK)
			linx_task_slot_follow_files(t, slot, who.files, rec->time);
	}
	if (rec->kind == LINX_REC_EXEC && slot->files)
		linx_files_exec(slot->files);
	return linx_process_take(&t->processes, slot->process, fields, rec->kind);
}

int linx_tasks_context(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		       const struct linx_value *fields, struct linx_task_slot **out)
{
	return take_context(t, rec, ctx, fields, LINX_APPLY_NOW, out);
}

int linx_tasks_snapshot(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			const struct linx_value *fields, enum linx_apply_when when, bool again, uint64_t settled)
{
	struct linx_task_slot *slot;
	int ret = take_context(t, rec, ctx, fields, when, &slot);

	/*
	 * A FILES record of a snapshot also sets "settled", but a thread that shares its leader's descriptors has no
	 * such record.
	 */
	if (!ret && slot && slot->settled < settled)
		slot->settled = settled;
	if (!ret && slot && again && slot->stale_until < linx_snapshot_end(rec))
		slot->stale_until = linx_snapshot_end(rec);
	return ret;
}
