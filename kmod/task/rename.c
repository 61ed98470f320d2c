// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that another task is renaming at this moment. The kernel announces a new name (tracepoint task_rename) before
 * it copies the name; from 6.14 on it holds no lock and can be preempted in between. A context record written in
 * between has the old name, which would then stand for all later calls of that task.
 *
 * Therefore the probe keeps the new name here until a context record has it. A record with another name counts as out
 * of date, and a new one precedes the task's next event. A task that renames itself needs no entry, since its next
 * event comes after the copy.
 *
 * An entry ends when a context record has the new name, when the task ends, or after EXPIRES, since of two renames at
 * once the first announced name may win. When all entries are in use, they are replaced in turn, and the task of a
 * replaced entry gets one more context record.
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

/* Number of entries in use, nearly always 0. */
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

/* Returns the entry of the task; if it has none, a free entry; if all are in use, the next one in turn. */
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
	smp_mb(); /* the caller calls linx_task_forget() after this: pairs with begin_seen() */
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
