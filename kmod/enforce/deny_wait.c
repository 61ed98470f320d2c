// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting and signals of hooks that refuse: see enforce/deny_wait.h.
 *
 * A hook that waits is in a trampoline of ftrace, which unregister_ftrace_function() frees when each task has slept or returned
 * to user space, and a task that waits for a lock has slept. So each hook is an SRCU reader. A function is given back in
 * this order: no set has the hook any more, so that a hook that begins has nothing to judge and never waits;
 * linx_deny_wait_idle() waits for those that do; then ftrace waits for those that do not sleep. A task that pays has left the
 * trampoline, but not the module.
 *
 * The callers of the replaced functions hold no lock that is taken under rename_lock. Under alloc_lock and tasklist_lock, no
 * alloc_lock is waited for: exe_of() in enforce/deny_task.c does not ask for it.
 */
#include <linux/dcache.h>
#include <linux/hash.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seqlock.h>
#include <linux/srcu.h>
#include "enforce/deny_wait.h"

void linx_deny_send(u64 signals)
{
	int signo;

	for (signo = 1; signo <= _NSIG; signo++)
		if (signals >> (signo - 1) & 1)
			kill_pid(task_tgid(current), signo, 1);
}

#if LINX_DENY_WAITS

/* Most waits of one hook. Others may rename all the time: then the operation is undecided. */
#define WAITS_MAX 16

DEFINE_STATIC_SRCU(hooks);

/* Notes of the judgement on this CPU. */
struct notes {
	bool wanted;
	struct linx_deny_found found;
};
static DEFINE_PER_CPU(struct notes, notes);

/* Where others trace the same function, ftrace calls the hook with preemption off. */
void linx_deny_wait_enter(struct linx_deny_waiter *w)
{
	w->left = preemptible() ? WAITS_MAX : 0;
	w->found = (struct linx_deny_found){};
	w->idx = srcu_read_lock(&hooks);
}

void linx_deny_wait_leave(struct linx_deny_waiter *w)
{
	if (w->found.task)
		put_task_struct(w->found.task);
	srcu_read_unlock(&hooks, w->idx);
}

bool linx_deny_found_begin(const struct linx_deny_waiter *w)
{
	__this_cpu_write(notes.wanted, w->left);
	return w->left;
}

void linx_deny_found_end(struct linx_deny_waiter *w)
{
	w->found = *this_cpu_ptr(&notes.found);
	*this_cpu_ptr(&notes.found) = (struct linx_deny_found){};
	__this_cpu_write(notes.wanted, false);
}

void linx_deny_found_rename(void)
{
	if (__this_cpu_read(notes.wanted))
		__this_cpu_write(notes.found.renames, true);
}

void linx_deny_found_locked(struct task_struct *p)
{
	if (__this_cpu_read(notes.wanted) && !__this_cpu_read(notes.found.task))
		__this_cpu_write(notes.found.task, get_task_struct(p));
}

bool linx_deny_found_any(void)
{
	return __this_cpu_read(notes.found.renames) || __this_cpu_read(notes.found.task);
}

/* Who holds a lock gets the priority of who waits for it. */
void linx_deny_wait(struct linx_deny_waiter *w)
{
	if (w->found.renames) {
		read_seqlock_excl(&rename_lock);
		read_sequnlock_excl(&rename_lock);
	}
	if (w->found.task) {
		task_lock(w->found.task);
		task_unlock(w->found.task);
		put_task_struct(w->found.task);
	}
	w->found = (struct linx_deny_found){};
	w->left--;
}

/* ---- signals */

/*
 * What tasks owe that are on their way from a hook to linx_deny_pay(). That are a few hundred instructions, in which a
 * task may be preempted: there is room for more tasks than can be there at a time.
 */
#define OWED_BITS 10
#define OWED_MAX (1u << OWED_BITS)
static struct owed {
	struct task_struct *task; /* claimed by it, and given back by it; compared alone; NULL: free */
	u64 signals; /* the task's own */
	int error;
} owed[OWED_MAX];

/* Claims an element for the current task: a free one, of NULL, or its own. NULL: there is none. */
static struct owed *claim(struct task_struct *of)
{
	u32 at = hash_ptr(current, OWED_BITS), i;

	for (i = 0; i < OWED_MAX; i++, at = (at + 1) % OWED_MAX)
		if (READ_ONCE(owed[at].task) == of && cmpxchg(&owed[at].task, of, current) == of)
			return &owed[at];
	return NULL;
}

bool linx_deny_owe(u64 signals, int error)
{
	struct owed *o = claim(NULL);

	if (!o)
		return false;
	o->signals = signals;
	o->error = error;
	return true;
}

notrace noinline long linx_deny_pay(void)
{
	int idx = srcu_read_lock(&hooks), error = EPERM;
	struct owed *o = claim(current);
	u64 signals;

	if (likely(o)) {
		error = o->error;
		signals = o->signals;
		smp_store_release(&o->task, NULL); /* pairs with cmpxchg() in claim() */
		linx_deny_send(signals);
	}
	srcu_read_unlock(&hooks, idx);
	return -(long)error;
}

/* ---- the end of hooks */

void linx_deny_wait_idle(void)
{
	synchronize_srcu(&hooks);
}

void linx_deny_wait_over(void)
{
	synchronize_srcu(&hooks);
	synchronize_rcu_tasks(); /* tasks at the end of linx_deny_pay() */
}

#endif
