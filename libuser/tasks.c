// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tasks and processes. Two hash tables with chains; tasks count references on
 * their process. An exit frees its slot, a number that is used again takes the
 * slot over. What a stream that invents tasks, command lines and calls without
 * an end can make us keep is bounded by TASKS_MAX and by KEPT_MAX bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tasks.h"

/* The kernel's own limit on pids. */
#define TASKS_MAX (1u << 22)
#define BUCKETS_MIN 256u
/* Far more than the tasks of a large machine need. */
#define KEPT_MAX ((size_t)1 << 30)
/* A slot with its process, roughly. */
#define SLOT_COST (sizeof(struct linx_slot) + sizeof(struct process) + 64)

/* A process and its place in the table. */
struct process {
	struct linx_process p;
	struct process *next;
};

struct linx_tasks {
	struct linx_slot **slots;
	struct process **processes;
	size_t nslots, nbuckets; /* both tables have nbuckets, a power of two */
	uint64_t generation; /* raised when context records were lost */
	size_t room; /* what is left of KEPT_MAX */
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

void linx_tasks_limit(struct linx_tasks *t, size_t room)
{
	t->room = room;
}

int linx_tasks_keep(struct linx_tasks *t, struct linx_copy *c, const struct linx_rec *rec,
		    size_t len)
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

const struct linx_rec *linx_copy_rec(const struct linx_copy *c)
{
	return c->len ? (const struct linx_rec *)c->data : NULL;
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
	t->processes = calloc(t->nbuckets, sizeof(struct process *));
	if (!t->slots || !t->processes) {
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
	while (t->slots && t->processes && (slot = linx_tasks_next(t, NULL)))
		linx_tasks_remove(t, slot);
	free(t->slots);
	free(t->processes);
	free(t);
}

size_t linx_tasks_count(const struct linx_tasks *t)
{
	return t->nslots;
}

/* ---- processes -------------------------------------------------------------- */

static struct process *find_process(const struct linx_tasks *t, uint32_t pid)
{
	struct process *p = t->processes[bucket_of(pid, t->nbuckets)];

	while (p && p->p.pid != pid)
		p = p->next;
	return p;
}

static void unhash_process(struct linx_tasks *t, const struct process *p)
{
	struct process **at = &t->processes[bucket_of(p->p.pid, t->nbuckets)];

	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
}

/* Bytes to keep, and so many NULs. NULL without room or memory: *state tells the first. */
static char *keep_bytes(struct linx_tasks *t, const char *data, size_t len, size_t nuls,
			uint8_t *state)
{
	char *copy;

	if (!take_room(t, len + nuls)) {
		*state = LINX_UNAVAILABLE;
		return NULL;
	}
	copy = malloc(len + nuls);
	if (copy) {
		memcpy(copy, data, len);
		memset(copy + len, 0, nuls);
	} else {
		give_room(t, len + nuls);
	}
	return copy;
}

static void drop_bytes(struct linx_tasks *t, char *data, size_t len)
{
	if (data)
		give_room(t, len);
	free(data);
}

static void drop_string(struct linx_tasks *t, char *s)
{
	drop_bytes(t, s, s ? strlen(s) + 1 : 0);
}

static void put_process(struct linx_tasks *t, struct linx_process *process)
{
	if (!process || --process->refs)
		return;
	unhash_process(t, (struct process *)process);
	drop_string(t, process->exe);
	drop_string(t, process->cwd);
	drop_bytes(t, process->cmdline, process->cmdline_len);
	free(process);
}

/* A new process of that id; one that had it before lives on in its tasks alone. */
static struct linx_process *new_process(struct linx_tasks *t, uint32_t pid)
{
	struct process **bucket = &t->processes[bucket_of(pid, t->nbuckets)];
	struct process *old = find_process(t, pid), *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	if (old)
		unhash_process(t, old);
	p->p.pid = pid;
	p->next = *bucket;
	*bucket = p;
	return &p->p;
}

static struct linx_process *get_process(struct linx_tasks *t, uint32_t pid)
{
	struct process *p = find_process(t, pid);

	return p ? &p->p : new_process(t, pid);
}

static void set_process(struct linx_tasks *t, struct linx_slot *slot, struct linx_process *process)
{
	process->refs++;
	put_process(t, slot->task.process);
	slot->task.process = process;
}

/* A copy that ends in a NUL; state becomes UNAVAILABLE without room. False: no memory. */
static bool copy_string(struct linx_tasks *t, char **s, const char *from, size_t size,
			uint8_t *state)
{
	size_t len = strnlen(from, size);
	char *copy = keep_bytes(t, from, len, 1, state);

	*s = copy;
	return copy || *state == LINX_UNAVAILABLE; /* which no string that is there has */
}

static int set_string(struct linx_tasks *t, char **s, uint8_t *state, const struct linx_value *v)
{
	uint8_t found = v->state;
	char *copy = NULL;

	if (!found)
		return 0;
	if (linx_value_readable(v) && !copy_string(t, &copy, v->data, v->size, &found))
		return -ENOMEM;
	drop_string(t, *s);
	*s = copy;
	*state = found;
	return 0;
}

static int set_cmdline(struct linx_tasks *t, struct linx_process *p, const char *data, uint32_t len,
		       uint8_t state)
{
	char *copy = len ? keep_bytes(t, data, len, 0, &state) : NULL;

	if (len && !copy && state != LINX_UNAVAILABLE)
		return -ENOMEM;
	drop_bytes(t, p->cmdline, p->cmdline_len);
	p->cmdline = copy;
	p->cmdline_len = copy ? len : 0;
	p->cmdline_state = state;
	return 0;
}

static int set_fields(struct linx_tasks *t, struct linx_process *p, const struct linx_value *fields)
{
	const struct linx_value *argv = &fields[LINX_FIELD_ARGV];
	int ret = 0;

	p->version++;
	if (argv->state)
		ret = set_cmdline(t, p, argv->data, linx_value_readable(argv) ? argv->size : 0,
				  argv->state);
	if (!ret)
		ret = set_string(t, &p->exe, &p->exe_state, &fields[LINX_FIELD_EXE]);
	if (!ret)
		ret = set_string(t, &p->cwd, &p->cwd_state, &fields[LINX_FIELD_CWD]);
	return ret;
}

static int inherit_string(struct linx_tasks *t, char **s, uint8_t *state, const char *from,
			  uint8_t from_state)
{
	*state = from_state;
	return from && !copy_string(t, s, from, SIZE_MAX, state) ? -ENOMEM : 0;
}

/* A forked process runs what its parent runs. */
static int inherit(struct linx_tasks *t, struct linx_process *child,
		   const struct linx_process *parent)
{
	int ret =
		set_cmdline(t, child, parent->cmdline, parent->cmdline_len, parent->cmdline_state);

	if (!ret)
		ret = inherit_string(t, &child->exe, &child->exe_state, parent->exe,
				     parent->exe_state);
	if (!ret)
		ret = inherit_string(t, &child->cwd, &child->cwd_state, parent->cwd,
				     parent->cwd_state);
	return ret;
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

static void rehash(struct linx_tasks *t, struct linx_slot **slots, struct process **processes,
		   size_t n)
{
	for (size_t i = 0; i < t->nbuckets; i++) {
		struct linx_slot *slot, *next_slot;
		struct process *p, *next_p;

		for (slot = t->slots[i]; slot; slot = next_slot) {
			size_t b = bucket_of(slot->task.tid, n);

			next_slot = slot->next;
			slot->next = slots[b];
			slots[b] = slot;
		}
		for (p = t->processes[i]; p; p = next_p) {
			size_t b = bucket_of(p->p.pid, n);

			next_p = p->next;
			p->next = processes[b];
			processes[b] = p;
		}
	}
}

/* Twice the buckets. Without memory for it the chains just get longer. */
static void grow(struct linx_tasks *t)
{
	size_t n = t->nbuckets * 2;
	struct linx_slot **slots = calloc(n, sizeof(struct linx_slot *));
	struct process **processes = calloc(n, sizeof(struct process *));

	if (!slots || !processes) {
		free(slots);
		free(processes);
		return;
	}
	rehash(t, slots, processes, n);
	free(t->slots);
	free(t->processes);
	t->slots = slots;
	t->processes = processes;
	t->nbuckets = n;
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
	slot->task.room = &t->room;
	if (++t->nslots > t->nbuckets)
		grow(t);
	hash_slot(t, slot);
	return slot;
}

static void free_text(struct linx_tasks *t, struct linx_task *task)
{
	if (task->text)
		drop_bytes(t, task->text->data, task->text->len);
	free(task->text);
	task->text = NULL;
}

void linx_tasks_remove(struct linx_tasks *t, struct linx_slot *slot)
{
	unhash_slot(t, slot);
	t->nslots--;
	put_process(t, slot->task.process);
	free_text(t, &slot->task);
	drop_copy(t, &slot->pending);
	drop_copy(t, &slot->exec);
	free(slot);
	give_room(t, SLOT_COST);
}

void linx_tasks_lost(struct linx_tasks *t)
{
	t->generation++;
}

const struct linx_task *linx_slot_task(const struct linx_tasks *t, struct linx_slot *slot)
{
	if (!slot || !slot->known)
		return NULL;
	slot->task.stale = slot->generation != t->generation;
	return &slot->task;
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
		unhash_process(t, (struct process *)slot->task.process);
	put_process(t, slot->task.process);
	slot->task.process = NULL;
	slot->task.skip_until_exec = false;
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
	struct linx_process *process;

	if (ctx->flags & LINX_CTX_THREAD)
		process = parent && parent->known ? parent->task.process : get_process(t, ctx->pid);
	else
		process = new_process(t, ctx->pid);
	if (!process)
		return -ENOMEM;
	set_process(t, child, process);
	child->generation = t->generation;
	if (!parent || !parent->known)
		return 0;
	child->generation = parent->generation;
	return ctx->flags & LINX_CTX_THREAD ? 0 : inherit(t, process, parent->task.process);
}

static int known_process(struct linx_tasks *t, const struct linx_ctx *ctx, struct linx_slot *slot)
{
	struct linx_process *process = slot->task.process;

	slot->generation = t->generation;
	if (process && process->pid == ctx->pid)
		return 0;
	process = get_process(t, ctx->pid);
	if (!process)
		return -ENOMEM;
	set_process(t, slot, process);
	return 0;
}

int linx_tasks_context(struct linx_tasks *t, const struct linx_rec *rec, const struct linx_ctx *ctx,
		       const struct linx_value *fields, struct linx_slot **out)
{
	struct linx_slot *slot;
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
					   known_process(t, ctx, slot);
	if (ret)
		return ret;
	slot->known = true;
	set_ids(&slot->task, ctx);
	return set_fields(t, slot->task.process, fields);
}
