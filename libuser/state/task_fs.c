// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sets the working directory and root of a task, which tasks can share: docs/state.md. */
#include "state/tasks_own.h"

void linx_task_slot_leave_fs(struct linx_tasks *t, struct linx_task_slot *slot)
{
	linx_fs_leave(&t->processes.fs, slot->fs);
	slot->fs = NULL;
}

/* Makes a task use the entry fs. fs NULL: the task has no entry, since there was no room for an entry */
static void set_fs(struct linx_tasks *t, struct linx_task_slot *slot, struct linx_fs *fs)
{
	struct linx_fs *old = slot->fs;

	if (fs == old)
		return;
	slot->fs = fs ? linx_fs_enter(fs) : NULL;
	if (slot->process && slot->process->fs == old)
		linx_process_set_fs(&t->processes, slot->process, fs);
	linx_fs_leave(&t->processes.fs, old);
}

/*
 * Gives a task an unshared entry: a copy of *from, or if that pointer is NULL, an entry with the working directory and
 * root that are known of the task's process.
 */
static void make_own(struct linx_tasks *t, struct linx_task_slot *slot, const struct linx_fs *from)
{
	const struct linx_process *p = &slot->process->p;

	set_fs(t, slot, from ? linx_fs_new(&t->processes.fs, &from->cwd, from->chroot) :
			       linx_fs_new(&t->processes.fs, &p->cwd, p->flags & LINX_PROCESS_CHROOT));
}

static void make_numbered(struct linx_tasks *t, struct linx_task_slot *slot, const struct linx_fs *from, uint64_t id)
{
	make_own(t, slot, from);
	if (slot->fs)
		linx_id_map_set(&t->processes.fs.by_id, &slot->fs->id, id);
}

/*
 * Sets a task's entry for working directory and root from the entry's number in a record. The number in a snapshot item
 * that is applied early is ignored: until the stream reaches the item's time, it may belong to another entry. If a
 * task's number changes without a fork, the task has got a copy (unshare). Otherwise the task shares the entry that has
 * the number.
 */
void linx_task_slot_follow_fs(struct linx_tasks *t, struct linx_task_slot *slot, uint64_t id, enum linx_apply_when when)
{
	struct linx_fs *fs = slot->fs, *other;
	bool has_number = fs && fs->id.number;

	if (!id || (fs && fs->id.number == id))
		return;
	if (when == LINX_APPLY_AHEAD) {
		if (!fs || has_number)
			make_own(t, slot, fs);
		return;
	}
	other = when == LINX_APPLY_NOW && has_number ? NULL : linx_fs_by_id(&t->processes.fs, id);
	if (other)
		set_fs(t, slot, other);
	else if (!fs || has_number || fs->tasks > 1)
		make_numbered(t, slot, fs, id);
	else
		linx_id_map_set(&t->processes.fs.by_id, &fs->id, id);
}

void linx_task_slot_fork_fs(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		       struct linx_task_slot *child, uint64_t id)
{
	struct linx_task_slot *parent = linx_tasks_find(t, rec->tid);
	bool known = parent && parent->known && parent != child;

	if (!id)
		return;
	if (!(ctx->flags & LINX_CTX_FS_SHARED)) {
		make_numbered(t, child, known ? parent->fs : NULL, id);
		return;
	}
	/* Parent and child share the entry, so the parent's entry has the same number. */
	if (known)
		linx_task_slot_follow_fs(t, parent, id, LINX_APPLY_IN_ORDER);
	if (known && parent->fs)
		set_fs(t, child, parent->fs);
	else
		linx_task_slot_follow_fs(t, child, id, LINX_APPLY_NOW);
}
