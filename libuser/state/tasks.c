// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Table of tasks: a hash table of slots by thread id. A slot holds a reference to its process. The end of a task frees
 * its slot; if the end was lost and the id is reused, the new task gets the slot. A hostile stream can contain any
 * number of tasks, command lines and calls, so the library allocates at most TASKS_MAX slots and MEMORY_MAX bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "state/tasks_own.h"

/* Limit of the slots: the kernel's own limit of pids. */
#define TASKS_MAX (1u << 22)
#define BUCKETS_MIN 256u
/* Memory budget in bytes, far above the needs of the tasks of a large machine. */
#define MEMORY_MAX ((size_t)1 << 30)
#define SLOT_COST (sizeof(struct linx_task_slot) + 48)

static bool take_room(struct linx_tasks *t, size_t n)
{
	if (t->room < n)
		return false;
	t->room -= n;
	return true;
}

static void give_room(struct linx_tasks *t, size_t n)
{
	t->room += n;
}

void linx_tasks_set_clock(struct linx_tasks *t, uint64_t boot_to_wall)
{
	t->boot_to_wall = boot_to_wall;
}

void linx_tasks_limit(struct linx_tasks *t, size_t room)
{
	t->room = room;
}

int linx_tasks_keep(struct linx_tasks *t, struct linx_copy *c, const struct linx_rec *rec,
		    size_t len, struct linx_position position)
{
	size_t more = len > c->cap ? len - c->cap : 0;

	c->len = 0;
	if (!take_room(t, more))
		return 0;
	if (more) {
		uint8_t *data = realloc(c->data, len);

		if (!data) {
			give_room(t, more);
			return -ENOMEM;
		}
		c->data = data;
		c->cap = len;
	}
	memcpy(c->data, rec, len);
	c->len = len;
	c->position = position;
	return 0;
}

struct linx_copy linx_tasks_release(struct linx_tasks *t, struct linx_copy *c)
{
	struct linx_copy out = *c;

	give_room(t, c->cap);
	*c = (struct linx_copy){ 0 };
	return out;
}

static void drop_copy(struct linx_tasks *t, struct linx_copy *c)
{
	struct linx_copy copy = linx_tasks_release(t, c);

	linx_copy_free(&copy);
}

void linx_copy_free(struct linx_copy *c)
{
	free(c->data);
	*c = (struct linx_copy){ 0 };
}

static size_t bucket_of(uint32_t id, size_t nbuckets)
{
	return (id * 0x9e3779b1u) >> 7 & (nbuckets - 1);
}

int linx_tasks_new(struct linx_tasks **out)
{
	struct linx_tasks *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->nbuckets = BUCKETS_MIN;
	t->room = MEMORY_MAX;
	t->slots = calloc(t->nbuckets, sizeof(struct linx_task_slot *));
	if (!t->slots || linx_processes_new(&t->processes, &t->room, &t->versions) || linx_files_begin(&t->files, &t->room)) {
		linx_tasks_free(t);
		return -ENOMEM;
	}
	*out = t;
	return 0;
}

void linx_tasks_free(struct linx_tasks *t)
{
	if (!t)
		return;
	for (size_t i = 0; t->slots && t->processes.buckets && i < t->nbuckets; i++)
		while (t->slots[i])
			linx_tasks_remove(t, t->slots[i]);
	free(t->slots);
	linx_processes_free(&t->processes);
	linx_files_end(&t->files);
	free(t);
}

void linx_tasks_follow(struct linx_tasks *t, const struct linx_tasks *before)
{
	t->versions = before->versions;
	t->files.generation = before->files.generation;
}

size_t linx_tasks_count(const struct linx_tasks *t)
{
	return t->nslots;
}

static void drop_bytes(struct linx_tasks *t, char *data, size_t len)
{
	if (data)
		give_room(t, len);
	free(data);
}

/* ---- slots ------------------------------------------------------------------- */

struct linx_task_slot *linx_tasks_find(const struct linx_tasks *t, uint32_t tid)
{
	struct linx_task_slot *slot = t->slots[bucket_of(tid, t->nbuckets)];

	while (slot && slot->task.tid != tid)
		slot = slot->next;
	return slot;
}

struct linx_task_slot *linx_tasks_next(const struct linx_tasks *t, const struct linx_task_slot *slot)
{
	size_t i = slot ? bucket_of(slot->task.tid, t->nbuckets) + 1 : 0;

	if (slot && slot->next)
		return slot->next;
	while (i < t->nbuckets && !t->slots[i])
		i++;
	return i < t->nbuckets ? t->slots[i] : NULL;
}

static void hash_slot(struct linx_tasks *t, struct linx_task_slot *slot)
{
	struct linx_task_slot **bucket = &t->slots[bucket_of(slot->task.tid, t->nbuckets)];

	slot->next = *bucket;
	*bucket = slot;
}

static void unhash_slot(struct linx_tasks *t, const struct linx_task_slot *slot)
{
	struct linx_task_slot **at = &t->slots[bucket_of(slot->task.tid, t->nbuckets)];

	while (*at != slot)
		at = &(*at)->next;
	*at = slot->next;
}

void linx_task_slot_rename(struct linx_tasks *t, struct linx_task_slot *slot, uint32_t tid)
{
	unhash_slot(t, slot);
	slot->task.tid = tid;
	hash_slot(t, slot);
}

/* Doubles the number of buckets. Without memory nothing changes, and the chains become longer. */
static void grow(struct linx_tasks *t)
{
	struct linx_task_slot **old = t->slots, *slot, *next;
	size_t n = t->nbuckets;
	struct linx_task_slot **slots = calloc(n * 2, sizeof(struct linx_task_slot *));

	if (!slots)
		return;
	t->slots = slots;
	t->nbuckets = n * 2;
	for (size_t i = 0; i < n; i++)
		for (slot = old[i]; slot; slot = next) {
			next = slot->next;
			hash_slot(t, slot);
		}
	free(old);
}

bool linx_tasks_is_full(const struct linx_tasks *t)
{
	return t->nslots == TASKS_MAX || t->room < SLOT_COST + LINX_PROCESS_COST;
}

bool linx_tasks_was_full(const struct linx_tasks *t)
{
	return t->was_full;
}

struct linx_task_slot *linx_tasks_get(struct linx_tasks *t, uint32_t tid)
{
	struct linx_task_slot *slot = linx_tasks_find(t, tid);

	if (slot)
		return slot;
	slot = linx_tasks_is_full(t) ? NULL : calloc(1, sizeof(*slot));
	if (!slot) {
		t->was_full = true;
		return NULL;
	}
	take_room(t, SLOT_COST);
	slot->task.tid = tid;
	slot->task.own = &slot->own;
	slot->own.room = &t->room;
	slot->unkept = t->was_full;
	if (++t->nslots > t->nbuckets)
		grow(t);
	hash_slot(t, slot);
	return slot;
}

static void leave_threads(struct linx_task_slot *slot)
{
	if (!slot->process)
		return;
	if (slot->thread_prev)
		slot->thread_prev->thread_next = slot->thread_next;
	else
		slot->process->threads = slot->thread_next;
	if (slot->thread_next)
		slot->thread_next->thread_prev = slot->thread_prev;
}

static void join_threads(struct linx_task_slot *slot, struct linx_process_own *process)
{
	slot->thread_prev = NULL;
	slot->thread_next = process->threads;
	if (slot->thread_next)
		slot->thread_next->thread_prev = slot;
	process->threads = slot;
}

void linx_task_slot_set_process(struct linx_tasks *t, struct linx_task_slot *slot, struct linx_process_own *process)
{
	struct linx_process_own *old = slot->process;

	leave_threads(slot);
	if (process)
		join_threads(slot, linx_process_get(process));
	slot->process = process;
	slot->task.process = process ? &process->p : NULL;
	linx_process_put(&t->processes, old);
}

static void free_text(struct linx_tasks *t, struct linx_task_own *own)
{
	if (own->text)
		drop_bytes(t, own->text->data, own->text->len);
	free(own->text);
	own->text = NULL;
}

void linx_tasks_remove(struct linx_tasks *t, struct linx_task_slot *slot)
{
	unhash_slot(t, slot);
	t->nslots--;
	linx_task_slot_leave_fs(t, slot);
	linx_task_slot_set_process(t, slot, NULL);
	linx_files_put(slot->files);
	free_text(t, &slot->own);
	drop_copy(t, &slot->pending);
	drop_copy(t, &slot->exec);
	free(slot);
	give_room(t, SLOT_COST);
}

void linx_tasks_lost(struct linx_tasks *t, uint64_t until)
{
	if (until > t->files.lost_until)
		t->files.lost_until = until;
}

bool linx_task_slot_is_stale(const struct linx_tasks *t, const struct linx_task_slot *slot)
{
	return t->files.lost_until && slot->announced_at <= t->files.lost_until;
}

/*
 * Slow path of linx_task_slot_task(), for a task whose parent has ended or changed, or whose shared directory or root
 * has changed.
 */
LINX_NOINLINE static const struct linx_task *settle(struct linx_tasks *t, struct linx_task_slot *slot)
{
	if (slot->process->parent && slot->process->parent->dead)
		linx_process_settle(&t->processes, slot->process);
	linx_process_look(&t->processes, slot->process);
	if (slot->task.ppid != slot->process->p.ppid)
		slot->task.version = ++t->versions;
	slot->task.ppid = slot->process->p.ppid;
	return &slot->task;
}

const struct linx_task *linx_task_slot_task(struct linx_tasks *t, struct linx_task_slot *slot)
{
	if (!slot || !slot->known)
		return NULL;
	slot->task.stale = linx_task_slot_is_stale(t, slot);
	if ((slot->process->parent && slot->process->parent->dead) || slot->task.ppid != slot->process->p.ppid ||
	    linx_process_is_behind(slot->process))
		return settle(t, slot);
	return &slot->task;
}

const struct linx_process *linx_tasks_process(const struct linx_tasks *t, uint32_t pid)
{
	struct linx_process_own *p = linx_process_find(&t->processes, pid);

	return p ? &p->p : NULL;
}

const struct linx_process *linx_tasks_parent(const struct linx_tasks *t, const struct linx_process *p)
{
	struct linx_process_own *own = (struct linx_process_own *)p;

	linx_process_settle((struct linx_processes *)&t->processes, own);
	if (!own->parent)
		return NULL;
	linx_process_look((struct linx_processes *)&t->processes, own->parent);
	return &own->parent->p;
}

void linx_tasks_end_process(struct linx_tasks *t, struct linx_task_slot *slot)
{
	if (slot->process)
		linx_process_end(&t->processes, slot->process);
}

void linx_tasks_set_metadata(struct linx_tasks *t, struct linx_metadata *m)
{
	t->metadata = m;
}

struct linx_metadata *linx_tasks_metadata(const struct linx_tasks *t)
{
	return t->metadata;
}
