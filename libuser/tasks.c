// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tasks: a hash table with chains; they hold their process. An exit frees its
 * slot, a number that is used again takes the slot over. What a stream that invents tasks, command lines and calls without
 * an end can make us keep is bounded by TASKS_MAX and by KEPT_MAX bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apart.h"
#include "tasks.h"

/* The kernel's own limit on pids. */
#define TASKS_MAX (1u << 22)
#define BUCKETS_MIN 256u
/* Far more than the tasks of a large machine need. */
#define KEPT_MAX ((size_t)1 << 30)
/* A slot with its process, roughly. */
#define SLOT_COST (sizeof(struct linx_slot) + sizeof(struct linx_process_own) + 64)

struct linx_tasks {
	struct linx_slot **slots;
	size_t nslots, nbuckets; /* a power of two */
	struct linx_processes processes;
	struct linx_files_account files;
	bool has_files; /* the stream tells of descriptors */
	size_t room; /* what is left of KEPT_MAX */
	uint64_t boot_to_wall;
};

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
		    size_t len, struct linx_place place)
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
	c->place = place;
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
	t->room = KEPT_MAX;
	t->slots = calloc(t->nbuckets, sizeof(struct linx_slot *));
	if (!t->slots || linx_processes_new(&t->processes, &t->room) || linx_files_begin(&t->files, &t->room)) {
		linx_tasks_free(t);
		return -ENOMEM;
	}
	*out = t;
	return 0;
}

void linx_tasks_free(struct linx_tasks *t)
{
	struct linx_slot *slot;

	if (!t)
		return;
	while (t->slots && t->processes.buckets && (slot = linx_tasks_next(t, NULL)))
		linx_tasks_remove(t, slot);
	free(t->slots);
	linx_processes_free(&t->processes);
	linx_files_end(&t->files);
	free(t);
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

static void set_process(struct linx_tasks *t, struct linx_slot *slot, struct linx_process_own *process)
{
	linx_process_get(process);
	linx_process_put(&t->processes, slot->process);
	slot->process = process;
	slot->task.process = &process->p;
}

/* ---- slots ------------------------------------------------------------------- */

struct linx_slot *linx_tasks_find(const struct linx_tasks *t, uint32_t tid)
{
	struct linx_slot *slot = t->slots[bucket_of(tid, t->nbuckets)];

	while (slot && slot->task.tid != tid)
		slot = slot->next;
	return slot;
}

struct linx_slot *linx_tasks_next(const struct linx_tasks *t, const struct linx_slot *slot)
{
	size_t i = slot ? bucket_of(slot->task.tid, t->nbuckets) + 1 : 0;

	if (slot && slot->next)
		return slot->next;
	while (i < t->nbuckets && !t->slots[i])
		i++;
	return i < t->nbuckets ? t->slots[i] : NULL;
}

static void hash_slot(struct linx_tasks *t, struct linx_slot *slot)
{
	struct linx_slot **bucket = &t->slots[bucket_of(slot->task.tid, t->nbuckets)];

	slot->next = *bucket;
	*bucket = slot;
}

static void unhash_slot(struct linx_tasks *t, const struct linx_slot *slot)
{
	struct linx_slot **at = &t->slots[bucket_of(slot->task.tid, t->nbuckets)];

	while (*at != slot)
		at = &(*at)->next;
	*at = slot->next;
}

/* Twice the buckets. Without memory for it the chains just get longer. */
static void grow(struct linx_tasks *t)
{
	struct linx_slot **old = t->slots, *slot, *next;
	size_t n = t->nbuckets;
	struct linx_slot **slots = calloc(n * 2, sizeof(struct linx_slot *));

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

static bool is_full(const struct linx_tasks *t)
{
	return t->nslots == TASKS_MAX || t->room < SLOT_COST;
}

struct linx_slot *linx_tasks_get(struct linx_tasks *t, uint32_t tid)
{
	struct linx_slot *slot = linx_tasks_find(t, tid);

	if (slot || is_full(t))
		return slot;
	slot = calloc(1, sizeof(*slot));
	if (!slot)
		return NULL;
	take_room(t, SLOT_COST);
	slot->task.tid = tid;
	slot->task.own = &slot->own;
	slot->own.room = &t->room;
	if (++t->nslots > t->nbuckets)
		grow(t);
	hash_slot(t, slot);
	return slot;
}

static void free_text(struct linx_tasks *t, struct linx_task_own *own)
{
	if (own->text)
		drop_bytes(t, own->text->data, own->text->len);
	free(own->text);
	own->text = NULL;
}

void linx_tasks_remove(struct linx_tasks *t, struct linx_slot *slot)
{
	unhash_slot(t, slot);
	t->nslots--;
	linx_process_put(&t->processes, slot->process);
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

static bool is_stale(const struct linx_tasks *t, const struct linx_slot *slot)
{
	return t->files.lost_until && slot->told <= t->files.lost_until;
}

/* Its parent has ended, or is another one now. */
LINX_APART static void settle(struct linx_tasks *t, struct linx_slot *slot)
{
	if (slot->process->parent && slot->process->parent->dead)
		linx_process_settle(&t->processes, slot->process);
	if (slot->task.ppid == slot->process->p.ppid)
		return;
	slot->task.ppid = slot->process->p.ppid;
	slot->task.version++;
}

const struct linx_task *linx_slot_task(struct linx_tasks *t, struct linx_slot *slot)
{
	if (!slot || !slot->known)
		return NULL;
	slot->task.stale = is_stale(t, slot);
	if ((slot->process->parent && slot->process->parent->dead) || slot->task.ppid != slot->process->p.ppid)
		settle(t, slot);
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
	return own->parent ? &own->parent->p : NULL;
}

void linx_tasks_end_process(struct linx_tasks *t, struct linx_slot *slot)
{
	if (slot->process)
		linx_process_end(&t->processes, slot->process);
}

/* ---- context records ----------------------------------------------------------- */

static void set_ids(struct linx_task *task, const struct linx_ctx *ctx)
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
	task->version++;
}

/* Another task had this id before, and its end was lost: nothing of it remains. */
static void forget(struct linx_tasks *t, struct linx_slot *slot)
{
	/* Its threads, if their ends were lost too, keep the old one. */
	if (slot->task.tid == slot->task.pid)
		linx_process_end(&t->processes, slot->process);
	linx_process_put(&t->processes, slot->process);
	slot->process = NULL;
	slot->task.process = NULL;
	linx_files_put(slot->files);
	slot->files = NULL;
	slot->settled = 0;
	slot->task.flags = 0;
	slot->skip_until_exec = false;
	slot->pending.len = 0;
	slot->exec.len = 0;
	slot->restart = NULL;
	slot->known = false;
}

/* The slot of a task that a record describes. */
static struct linx_slot *slot_for(struct linx_tasks *t, const struct linx_ctx *ctx)
{
	struct linx_slot *slot = linx_tasks_get(t, ctx->tid);

	if (slot && slot->known && slot->task.start_time != ctx->start_time)
		forget(t, slot);
	return slot;
}

/* exec by a thread that is not the leader: it takes the leader's id, all others are gone. */
static void take_over(struct linx_tasks *t, const struct linx_ctx *ctx)
{
	struct linx_slot *slot = linx_tasks_find(t, ctx->code), *other, *next;

	if (!slot)
		return;
	for (other = linx_tasks_next(t, NULL); other; other = next) {
		next = linx_tasks_next(t, other);
		if (other != slot &&
		    (other->task.tid == ctx->tid || (other->known && other->task.pid == ctx->pid)))
			linx_tasks_remove(t, other);
	}
	unhash_slot(t, slot);
	slot->task.tid = ctx->tid;
	slot->task.start_time = ctx->start_time;
	hash_slot(t, slot);
}

static int fork_process(struct linx_tasks *t, const struct linx_rec *rec,
			const struct linx_ctx *ctx, struct linx_slot *child)
{
	struct linx_slot *parent = linx_tasks_find(t, rec->tid);
	struct linx_process_own *process;

	if (ctx->flags & LINX_CTX_THREAD)
		process = parent && parent->known ? parent->process : linx_process_make(&t->processes, ctx->pid);
	else
		process = linx_process_renew(&t->processes, ctx->pid);
	if (!process)
		return -ENOMEM;
	set_process(t, child, process);
	child->told = rec->time;
	if (!parent || !parent->known)
		return 0;
	if (is_stale(t, parent))
		child->told = parent->told;
	if (!(ctx->flags & LINX_CTX_THREAD))
		linx_process_inherit(&t->processes, process, parent->process);
	return 0;
}

/* ---- descriptors --------------------------------------------------------------- */

static bool is_early(const struct linx_slot *slot, uint64_t time)
{
	return time < slot->settled;
}

void linx_slot_look(struct linx_slot *slot, uint64_t time)
{
	if (slot->files)
		linx_files_look(slot->files, is_early(slot, time));
}

static void set_files(struct linx_slot *slot, struct linx_files *files)
{
	linx_files_put(slot->files);
	slot->files = files;
}

/* A child's table is the parent's, or a copy of it. */
static void fork_files(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		       struct linx_slot *child, uint64_t id)
{
	struct linx_slot *parent = linx_tasks_find(t, rec->tid);
	struct linx_files *from = parent ? parent->files : NULL;
	bool shared, known;

	if (!t->has_files)
		return;
	if (from && ctx->flags & LINX_CTX_FILES_SHARED) {
		set_files(child, linx_files_get(from));
		child->settled = parent->settled;
		return;
	}
	if (parent)
		linx_slot_look(parent, rec->time);
	known = from && linx_files_is_complete(from);
	shared = from && linx_files_was_shared(from);
	set_files(child, from ? linx_files_copy(from) : linx_files_new(&t->files));
	if (!child->files)
		return;
	linx_files_set_id(child->files, id);
	/*
	 * What the parent had later, the child does not have; and what other tasks
	 * with its table did while the kernel copied it, it may have or not.
	 */
	if (!known || shared)
		linx_files_set_complete(child->files, false);
}

/*
 * The table that a task has now. Another one than before is a copy of that, of
 * its own (unshare, exec). That is not so of a task that is new, nor before a
 * snapshot's item of the task is over: numbers are used again, and what the
 * snapshot knew is of a later time. Then whoever has the number shares it.
 */
static void follow_files(struct linx_tasks *t, struct linx_slot *slot, uint64_t id, uint64_t time)
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
		set_files(slot, linx_files_copy(f));
	if (slot->files && !other)
		linx_files_set_id(slot->files, id);
}

static void apply(struct linx_files *f, const struct linx_files_change *change, const struct linx_fds *told,
		  const struct linx_value *open)
{
	switch (change->op) {
	case LINX_FILES_TOLD:
		for (unsigned int i = 0; i < told->n; i++)
			if (told->items[i].flags & LINX_FD_CLOSED)
				linx_files_close(f, told->items[i].fd);
			else
				linx_files_set(f, &told->items[i]);
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
	default: /* of a newer format */
		linx_files_set_complete(f, false);
	}
}

struct linx_slot *linx_tasks_files(struct linx_tasks *t, const struct linx_rec *rec,
				   const struct linx_files_change *change, const struct linx_fds *told,
				   const struct linx_value *open, uint64_t settled)
{
	struct linx_slot *slot = linx_tasks_get(t, rec->tid);

	if (!slot)
		return NULL;
	t->has_files = true;
	follow_files(t, slot, change->table, rec->time);
	if (!slot->files)
		return slot;
	if (change->flags & LINX_FILES_FIRST) {
		linx_files_reset(slot->files, rec->time);
		linx_files_set_complete(slot->files, false);
	}
	apply(slot->files, change, told, open);
	if (change->op == LINX_FILES_OPEN && linx_files_is_complete(slot->files))
		linx_files_know(slot->files, rec->time);
	if (change->flags & (LINX_FILES_FIRST | LINX_FILES_LAST))
		slot->settled = settled;
	if (change->flags & LINX_FILES_LAST)
		linx_files_set_complete(slot->files, true);
	return slot;
}

/* ---- processes ------------------------------------------------------------------ */

static int known_process(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			 struct linx_slot *slot)
{
	struct linx_process_own *process = slot->process;

	slot->told = rec->time;
	if (process && process->p.pid == ctx->pid)
		return 0;
	process = linx_process_make(&t->processes, ctx->pid);
	if (!process)
		return -ENOMEM;
	set_process(t, slot, process);
	return 0;
}

/* Older or newer than ours: what it does not have is zero. */
static bool get_who(const struct linx_value *v, struct linx_who *who)
{
	*who = (struct linx_who){ 0 };
	if (!linx_value_readable(v) || v->size < LINX_WHO_SIZE_V1)
		return false;
	memcpy(who, v->data, v->size < sizeof(*who) ? v->size : sizeof(*who));
	return true;
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

/* What of the process the record of any of its threads tells. */
static void set_process_ids(struct linx_tasks *t, struct linx_process_own *process, const struct linx_ctx *ctx,
			    const struct linx_who *who)
{
	struct linx_process *p = &process->p;

	if (ctx->tid == ctx->pid) {
		p->start_time = ctx->start_time;
		memcpy(p->comm, ctx->comm, sizeof(p->comm) - 1);
	} else if (who && !p->start_time) {
		p->start_time = who->process_start;
	}
	p->start_ns = p->start_time && t->boot_to_wall ? p->start_time + t->boot_to_wall : 0;
	if (ctx->flags & LINX_CTX_KERNEL)
		p->flags |= LINX_PROCESS_KERNEL;
	linx_process_set_parent(&t->processes, process, ctx->ppid);
}

static void share_fs(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		     struct linx_slot *slot)
{
	struct linx_slot *parent = linx_tasks_find(t, rec->tid);

	if (rec->kind == LINX_REC_FORK && ctx->flags & LINX_CTX_FS_SHARED && !(ctx->flags & LINX_CTX_THREAD) &&
	    parent && parent->known)
		linx_process_share_fs(slot->process, parent->process);
}

int linx_tasks_context(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		       const struct linx_value *fields, struct linx_slot **out)
{
	struct linx_slot *slot;
	struct linx_who who;
	bool told;
	int ret;

	if (rec->kind == LINX_REC_EXEC && ctx->code != ctx->tid)
		take_over(t, ctx);
	slot = slot_for(t, ctx);
	*out = slot;
	if (!slot)
		return is_full(t) ? 0 : -ENOMEM;
	/* The clocks of two CPUs differ a little: the child has been seen already. */
	if (slot->known && rec->kind == LINX_REC_FORK)
		return 0;
	ret = rec->kind == LINX_REC_FORK ? fork_process(t, rec, ctx, slot) :
					   known_process(t, rec, ctx, slot);
	if (ret)
		return ret;
	slot->known = true;
	told = get_who(&fields[LINX_FIELD_WHO], &who);
	set_ids(&slot->task, ctx);
	set_process_ids(t, slot->process, ctx, told ? &who : NULL);
	if (told) {
		set_creds(&slot->task, &who);
		linx_process_set_who(slot->process, &who, rec->kind);
		share_fs(t, rec, ctx, slot);
		if (rec->kind == LINX_REC_FORK)
			fork_files(t, rec, ctx, slot, who.files);
		else if (slot->files || rec->kind == LINX_REC_TASK)
			follow_files(t, slot, who.files, rec->time);
	}
	if (rec->kind == LINX_REC_EXEC && slot->files)
		linx_files_exec(slot->files);
	return linx_process_take(&t->processes, slot->process, fields);
}

int linx_tasks_snapshot(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
			const struct linx_value *fields, bool again, uint64_t settled)
{
	struct linx_slot *slot;
	int ret = linx_tasks_context(t, rec, ctx, fields, &slot);

	/* Of a thread that shares its leader's there is no more. */
	if (!ret && slot && slot->settled < settled)
		slot->settled = settled;
	if (!ret && slot && again)
		slot->stale_until = linx_snapshot_end(rec);
	return ret;
}
