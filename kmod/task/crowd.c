// SPDX-License-Identifier: GPL-2.0-only
/*
 * Crowds: processes with very many threads. When state that the threads of a process share changes, each thread needs
 * a new context record before its next record. A probe cannot visit very many threads, and a hostile program would
 * make it do so in a loop. So the probe only puts the process on the session's list of crowds, and hides the bits of
 * announced tasks from all probes (linx_session.announced_now). Each task then calls linx_crowd_spares_current()
 * before its next record, and goes on as before unless its process is on the list. A delayed work clears the bits of
 * all threads of the listed processes, and then shows the bits again.
 */
#include <linux/bitmap.h>
#include <linux/sched/signal.h>
#include <linux/threads.h>
#include <linux/vmalloc.h>
#include "filter/task_exit.h"
#include "task/context.h"
#include "task/crowd.h"

#define REST_MS 20

static unsigned long *no_tasks; /* bitmap by tid in which no bit is ever set */

int linx_crowd_load(void)
{
	no_tasks = vzalloc(BITS_TO_LONGS(PID_MAX_LIMIT) * sizeof(long));
	return no_tasks ? 0 : -ENOMEM;
}

void linx_crowd_unload(void)
{
	vfree(no_tasks);
}

/*
 * Is the task's process on the list of crowds? If the list is full, every process with very many threads counts as
 * listed. The lock need not be held.
 */
static bool is_crowd(const struct linx_session *s, const struct task_struct *p)
{
	u32 i, n = smp_load_acquire(&s->crowds.n); /* pairs with put_back(): bits are cleared before n becomes 0 */

	for (i = 0; i < min_t(u32, n, LINX_CROWDS); i++)
		if (READ_ONCE(s->crowds.tgids[i]) == p->tgid)
			return true;
	return n > LINX_CROWDS && READ_ONCE(p->signal->nr_threads) > LINX_CROWD_THREADS;
}

bool linx_crowd_spares_current(const struct linx_session *s)
{
	smp_rmb(); /* pairs with linx_crowd_add(): announced_now was read before, perhaps as no_tasks */
	return !is_crowd(s, current) && test_bit(current->pid, s->announced);
}

void linx_crowd_add(struct linx_session *s, const struct task_struct *p)
{
	struct linx_crowds *c = &s->crowds;
	unsigned long flags;

	raw_spin_lock_irqsave(&c->lock, flags);
	if (!is_crowd(s, p)) {
		if (c->n < LINX_CROWDS)
			WRITE_ONCE(c->tgids[c->n], p->tgid);
		smp_store_release(&c->n, c->n + 1); /* pairs with is_crowd() */
	}
	c->changes++;
	smp_store_release(&s->announced_now, no_tasks); /* pairs with linx_crowd_spares_current() */
	raw_spin_unlock_irqrestore(&c->lock, flags);
	schedule_delayed_work(&c->work, msecs_to_jiffies(REST_MS));
}

static void forget_member(const struct task_struct *p, void *data)
{
	struct linx_session *s = data;

	if (is_crowd(s, p))
		linx_task_forget(s, p->pid);
}

/*
 * Empties the list after a walk over the threads of all crowds, and shows the bits of announced tasks again. Returns
 * false, and does nothing, if a crowd was added since the walk began; then the walk has to be made again.
 */
static bool put_back(struct linx_session *s, u64 changes)
{
	struct linx_crowds *c = &s->crowds;
	bool done;

	raw_spin_lock_irq(&c->lock);
	done = c->changes == changes;
	if (done) {
		/* pairs with linx_is_announced(), whose read of a bit depends on this address */
		smp_store_release(&s->announced_now, s->announced);
		smp_store_release(&c->n, 0); /* pairs with is_crowd() */
	}
	raw_spin_unlock_irq(&c->lock);
	return done;
}

static void forget_crowds(struct work_struct *work)
{
	struct linx_session *s = container_of(to_delayed_work(work), struct linx_session, crowds.work);
	u64 changes;

	raw_spin_lock_irq(&s->crowds.lock);
	changes = s->crowds.changes;
	raw_spin_unlock_irq(&s->crowds.lock);
	linx_task_each(forget_member, s);
	if (!put_back(s, changes))
		schedule_delayed_work(&s->crowds.work, msecs_to_jiffies(REST_MS));
}

void linx_crowd_init(struct linx_session *s)
{
	raw_spin_lock_init(&s->crowds.lock);
	INIT_DELAYED_WORK(&s->crowds.work, forget_crowds);
}

void linx_crowd_end(struct linx_session *s)
{
	cancel_delayed_work_sync(&s->crowds.work);
	put_back(s, s->crowds.changes);
}
