// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting and signals of hooks that refuse: see enforce/deny_wait.h.
 *
 * A hook that waits was called from a trampoline of ftrace. unregister_ftrace_function() frees the trampoline when each
 * task has slept or returned to user space, and a task that waits for a lock has slept. Therefore each hook is an SRCU
 * reader. A hook is detached in three steps. First, no set has the hook any more: a hook that begins from then on has
 * nothing to judge and does not wait. Second, linx_deny_wait_idle() waits for hooks that wait. Third, ftrace waits for
 * hooks that do not sleep. A task in linx_deny_pay() has left the trampoline, but still runs the module's code.
 *
 * Deadlocks: the callers of the hooked functions hold no lock that is taken under rename_lock. A hook whose caller can
 * hold alloc_lock or tasklist_lock does not wait for an alloc_lock: see lock_mm() in enforce/deny_task.c.
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

/*
 * Most times that one hook waits. If other tasks rename all the time, the hook stops waiting, and the answer is
 * UNDECIDED.
 */
#define WAITS_MAX 16

DEFINE_STATIC_SRCU(hooks);

/* Reasons to wait of the operation that is being judged on this CPU. wanted: the hook may wait. */
struct notes {
	bool wanted;
	struct linx_deny_found found;
};
static DEFINE_PER_CPU(struct notes, notes);

/*
 * The hook may not sleep if other users of ftrace trace the same function, as ftrace then calls it with preemption off.
 */
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

/* Waits by taking the locks: the task that holds a lock then inherits the priority of this task. */
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
 * Signals and errors for tasks that are on their way from a hook to linx_deny_pay(). The way has a few hundred
 * instructions, and a task can be preempted on it. There are more elements than tasks will be on this way at a time.
 */
#define OWED_BITS 10
#define OWED_MAX (1u << OWED_BITS)
static struct owed {
	struct task_struct *task; /* the task that has claimed the element; only compared; NULL: free */
	u64 signals; /* to be sent to the task; bit 0 stands for signal 1 */
	int error;
} owed[OWED_MAX];

/*
 * Claims an element whose member "task" is equal to "of", and sets the member to the current task. of: NULL for a free
 * element, or the current task for its own. Returns NULL if there is none.
 */
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
