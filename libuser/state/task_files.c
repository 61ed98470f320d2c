// SPDX-License-Identifier: LGPL-2.1-or-later
/* Applies records to the table of descriptors of a task: docs/state.md. */
#include "state/tasks_own.h"

static bool is_early(const struct linx_task_slot *slot, uint64_t time)
{
	return time < slot->settled || (slot->files && time < linx_files_settled(slot->files));
}

void linx_task_slot_look(struct linx_task_slot *slot, uint64_t time)
{
	if (slot->files)
		linx_files_look(slot->files, is_early(slot, time));
}

static void set_files(struct linx_task_slot *slot, struct linx_files *files)
{
	linx_files_put(slot->files);
	slot->files = files;
}

/* Sets the descriptor table of a forked child: the parent's own table if parent and child share it, else a copy. */
void linx_task_slot_fork_files(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			  struct linx_task_slot *child, uint64_t id)
{
	struct linx_task_slot *parent = linx_tasks_find(t, rec->tid);
	struct linx_files *from = parent ? parent->files : NULL;
	bool uncertain;

	if (!t->has_files)
		return;
	if (from && ctx->flags & LINX_CTX_FILES_SHARED) {
		set_files(child, linx_files_get(from));
		child->settled = parent->settled;
		return;
	}
	/*
	 * The copy may be wrong for two reasons. First, the parent's table may show a later time than the fork, if a
	 * snapshot was applied early. Second, tasks that share the table may have changed it while the kernel copied
	 * it.
	 */
	uncertain = from && (linx_files_was_shared(from) || is_early(parent, rec->time));
	set_files(child, from ? linx_files_copy(from) : linx_files_new(&t->files));
	if (!child->files)
		return;
	linx_files_set_id(child->files, id);
	if (uncertain)
		linx_files_doubt(child->files);
}

/*
 * Replaces the task's table by a copy, as the kernel has done. Other tasks that share the old table
 * may have changed it while the kernel copied it.
 */
static void copy_files(struct linx_task_slot *slot, uint64_t time)
{
	bool uncertain = linx_files_was_shared(slot->files) || is_early(slot, time);

	set_files(slot, linx_files_copy(slot->files));
	if (slot->files && uncertain)
		linx_files_doubt(slot->files);
}

/*
 * Sets the table of a task from the table's number in a record. A new number normally means that the task got a copy of
 * its former table (unshare, exec). In two cases the task instead shares the table that has the number: the task has no
 * table yet; or a later snapshot was applied ahead of its time, so that the number of the task's table may be younger
 * than the record, since numbers are reused.
 */
void linx_task_slot_follow_files(struct linx_tasks *t, struct linx_task_slot *slot, uint64_t id, uint64_t time)
{
	struct linx_files *f = slot->files, *other;

	if (!t->has_files || (f && linx_files_get_id(f) == id))
		return;
	other = !f || is_early(slot, time) ? linx_files_by_id(&t->files, id) : NULL;
	if (other)
		set_files(slot, linx_files_get(other));
	else if (!f)
		set_files(slot, linx_files_new(&t->files));
	else if (linx_files_get_id(f) || !is_early(slot, time))
		copy_files(slot, time);
	if (slot->files && !other)
		linx_files_set_id(slot->files, id);
}

static void apply(struct linx_files *f, const struct linx_files_change *change, const struct linx_fds *fds,
		  const struct linx_value *open)
{
	switch (change->op) {
	case LINX_FILES_TOLD:
		for (unsigned int i = 0; i < fds->n; i++)
			if (fds->items[i].flags & LINX_FD_CLOSED)
				linx_files_close(f, fds->items[i].fd);
			else
				linx_files_set(f, &fds->items[i]);
		break;
	case LINX_FILES_CLOSED:
		linx_files_close_range(f, change->first, change->last);
		break;
	case LINX_FILES_MARKED:
		linx_files_mark_range(f, change->first, change->last);
		break;
	case LINX_FILES_OPEN:
		if (linx_value_readable(open))
			linx_files_match(f, open->data, open->size, open->state == LINX_WHOLE);
		break;
	default: /* a kind of change that only a newer format has */
		linx_files_set_complete(f, false);
	}
}

void linx_tasks_files(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_files_change *change,
		      const struct linx_fds *fds, const struct linx_value *open, enum linx_apply_when when,
		      uint64_t settled)
{
	struct linx_task_slot *slot = linx_tasks_find(t, rec->tid);
	struct linx_files *f;

	t->has_files = true;
	if (slot)
		linx_task_slot_follow_files(t, slot, change->table, rec->time);
	f = slot ? slot->files : linx_files_by_id(&t->files, change->table);
	if (!f)
		return;
	if (change->flags & LINX_FILES_FIRST) {
		linx_files_reset(f, rec->time);
		linx_files_set_complete(f, false);
		if (when != LINX_APPLY_AHEAD)
			linx_files_settle(f, 0);
	}
	apply(f, change, fds, open);
	if (change->op == LINX_FILES_OPEN && linx_files_is_complete(f))
		linx_files_know(f, rec->time);
	if (change->flags & (LINX_FILES_FIRST | LINX_FILES_LAST)) {
		/*
		 * The time is only raised: when a record of an older snapshot is applied, a newer snapshot that was
		 * applied ahead of its time may have set it already.
		 */
		if (slot && slot->settled < settled)
			slot->settled = settled;
		if (linx_files_settled(f) < settled)
			linx_files_settle(f, settled);
	}
	if (change->flags & LINX_FILES_LAST)
		linx_files_set_complete(f, true);
}
