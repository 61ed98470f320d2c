// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that another task is just renaming. The kernel tells of a new name (tracepoint task_rename)
 * before it copies the name, from 6.14 on without any lock and preemptible. A context record that is
 * written in between has the old name and would stand for all later calls of that task.
 *
 * The probe therefore keeps the new name here until a context record has it. A record with another
 * name is taken for out of date: the task's next event is preceded by a new one. A task that renames
 * itself needs no entry: its next event comes after the copy.
 *
 * An entry ends when the task is told by its new name, ends, or after EXPIRES, since two renames at
 * once can leave the task with the name that was told first. When all entries are in use, each goes
 * in turn, and its task is forgotten once more.
 */
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "task/rename.h"

#define ENTRIES 16
#define EXPIRES (10 * HZ)

static struct rename {
	pid_t pid; /* 0: free */
	char comm[TASK_COMM_LEN];
	unsigned long until; /* jiffies */
} entries[ENTRIES];
static unsigned int next_entry;
static DEFINE_RAW_SPINLOCK(lock);

/* Entries in use: nearly always none. */
static atomic_t used = ATOMIC_INIT(0);

static struct rename *find(pid_t pid)
{
	unsigned int i;

	for (i = 0; i < ENTRIES; i++)
		if (entries[i].pid == pid)
			return &entries[i];
	return NULL;
}

static void free_entry(struct rename *e)
{
	e->pid = 0;
	atomic_dec(&used);
}

/* One of the task itself, a free one, or the next in turn. */
static struct rename *take_entry(pid_t pid)
{
	struct rename *e = find(pid) ?: find(0);

	return e ?: &entries[next_entry++ % ENTRIES];
}

pid_t linx_rename_begin(const struct task_struct *p, const char *comm)
{
	unsigned long flags;
	struct rename *e;
	pid_t before;

	raw_spin_lock_irqsave(&lock, flags);
	e = take_entry(p->pid);
	before = e->pid;
	if (!before)
		atomic_inc(&used);
	e->pid = p->pid;
	memset(e->comm, 0, sizeof(e->comm));
	strscpy(e->comm, comm, sizeof(e->comm));
	e->until = jiffies + EXPIRES;
	raw_spin_unlock_irqrestore(&lock, flags);
	smp_mb(); /* the caller forgets the task afterwards: pairs with begin_seen() */
	return before == p->pid ? 0 : before;
}

bool linx_rename_find(pid_t pid, char comm[TASK_COMM_LEN])
{
	unsigned long flags;
	struct rename *e;

	if (likely(!atomic_read(&used)))
		return false;
	raw_spin_lock_irqsave(&lock, flags);
	e = find(pid);
	if (e && time_after(jiffies, e->until)) {
		free_entry(e);
		e = NULL;
	}
	if (e)
		memcpy(comm, e->comm, TASK_COMM_LEN);
	raw_spin_unlock_irqrestore(&lock, flags);
	return e;
}

void linx_rename_end(pid_t pid, const char *comm)
{
	unsigned long flags;
	struct rename *e;

	if (likely(!atomic_read(&used)))
		return;
	raw_spin_lock_irqsave(&lock, flags);
	e = find(pid);
	if (e && (!comm || !memcmp(e->comm, comm, TASK_COMM_LEN)))
		free_entry(e);
	raw_spin_unlock_irqrestore(&lock, flags);
}
