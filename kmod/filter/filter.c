// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filters. They are applied in this order, the cheapest first: the bitmap of calls (syscall/), owner, listed processes,
 * comm, uid, result; and then those of other files: cgroup, program, sampling, budget. Functions run in probe context
 * (bounded work, no locks, no allocation), except those that an owner's ioctl calls: their comments say so, or they
 * call cond_resched(). Ids belong to the initial pid namespace and are below PID_MAX_LIMIT, the size of the bitmaps.
 */
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include "compat/compat.h"
#include "filter/task_exit.h"
#include "filter/filter.h"
#include "ring/wake.h"

static bool comm_listed(const struct linx_session *s, const struct task_struct *p)
{
	u32 i, n = min_t(u32, READ_ONCE(s->ncomms), LINX_FILTER_COMMS);

	for (i = 0; i < n; i++)
		if (!strncmp(s->comms[i], p->comm, sizeof(p->comm) - 1))
			return true;
	return false;
}

static pid_t listed_id(const struct linx_session *s, const struct task_struct *p)
{
	return READ_ONCE(s->filter) & LINX_FILTER_THREADS ? p->pid : p->tgid;
}

static bool is_in_pid_list(const struct linx_session *s, const struct task_struct *p)
{
	const unsigned long *pid_list = smp_load_acquire(&s->pid_list); /* pairs with linx_session_pids() */

	return pid_list && test_bit(listed_id(s, p), pid_list);
}

static bool uid_in_range(const struct linx_session *s, const struct task_struct *p)
{
	uid_t uid;

	rcu_read_lock();
	uid = __kuid_val(__task_cred(p)->uid);
	rcu_read_unlock();
	return uid >= READ_ONCE(s->uid_min) && uid <= READ_ONCE(s->uid_max);
}

static bool passes_but_uid(const struct linx_session *s, const struct task_struct *p, u32 filter)
{
	if (filter & LINX_FILTER_PIDS && !is_in_pid_list(s, p))
		return false;
	if (filter & LINX_FILTER_PIDS_NOT && is_in_pid_list(s, p))
		return false;
	if (filter & LINX_FILTER_COMM && !comm_listed(s, p))
		return false;
	return !(filter & LINX_FILTER_COMM_NOT && comm_listed(s, p));
}

bool linx_filter_task_slow(const struct linx_session *s, const struct task_struct *p)
{
	u32 filter = READ_ONCE(s->filter);

	return passes_but_uid(s, p, filter) && (!(filter & LINX_FILTER_UID) || uid_in_range(s, p));
}

bool linx_filter_uid_alone(const struct linx_session *s, const struct task_struct *p)
{
	u32 filter = READ_ONCE(s->filter);

	return filter & LINX_FILTER_UID && passes_but_uid(s, p, filter);
}

/*
 * Puts a task's id on the list of processes, or takes it off. Called by a probe or an owner's ioctl. listed_count is
 * raised before the bit is set, since the probe of the task's exit can clear the bit and lower the count at once.
 */
void linx_filter_list(struct linx_session *s, pid_t id, bool on)
{
	if (on) {
		linx_filter_hold(s);
		if (!test_and_set_bit(id, s->pid_list))
			return;
	} else if (!test_and_clear_bit(id, s->pid_list)) {
		return;
	}
	linx_filter_drop(s);
}

void linx_filter_hold(struct linx_session *s)
{
	atomic_inc(&s->listed_count);
}

void linx_filter_drop(struct linx_session *s)
{
	if (atomic_dec_and_test(&s->listed_count))
		linx_wake_unlisted(s);
}

/*
 * Puts all processes of another list on the session's list. The other list may change meanwhile. Returns false if all
 * of these processes were on the session's list already. Called by an owner's ioctl.
 */
bool linx_filter_join(struct linx_session *s, const unsigned long *list)
{
	bool any = false;
	unsigned long id;

	for_each_set_bit(id, list, PID_MAX_LIMIT) {
		if (test_bit(id, s->pid_list))
			continue;
		linx_filter_list(s, id, true);
		any = true;
		cond_resched();
	}
	return any;
}

/*
 * If the session follows forks, and the parent is on its list of processes, puts the child on that list. Runs in the
 * parent before the child runs.
 */
void linx_filter_fork(struct linx_session *s, const struct task_struct *parent, const struct task_struct *child)
{
	if (READ_ONCE(s->filter) & LINX_FILTER_FOLLOW && is_in_pid_list(s, parent))
		linx_filter_list(s, listed_id(s, child), true);
}

/*
 * If thread p is on the list of threads and was not the leader of its process, replaces its old id on the list by the
 * leader's id, which p has taken over by exec. reused: a new task has the old id by now. In that case the old id stays
 * on the list, since the new task may have been listed under it.
 */
void linx_filter_exec(struct linx_session *s, const struct task_struct *p, pid_t old_tid, bool reused)
{
	const unsigned long *pid_list = smp_load_acquire(&s->pid_list);

	if (!pid_list || !(READ_ONCE(s->filter) & LINX_FILTER_THREADS) || !test_bit(old_tid, pid_list))
		return;
	linx_filter_list(s, p->pid, true);
	if (!reused)
		linx_filter_list(s, old_tid, false);
}

const struct task_struct *linx_exec_successor(const struct task_struct *p)
{
	const struct task_struct *to = linx_execer(p->signal);

	return to != p && (p == p->group_leader || READ_ONCE(p->group_leader->exit_state)) ? to : NULL;
}

/*
 * If a listed thread is about to take over the leader's id by exec, lists the leader's id instead of that thread's own.
 * Returns true if it has listed the leader's id.
 */
static bool hand_over(struct linx_session *s, const struct task_struct *p)
{
	const struct task_struct *to = linx_exec_successor(p);

	if (!to || !is_in_pid_list(s, to))
		return false;
	linx_filter_list(s, p->tgid, true);
	linx_filter_list(s, to->pid, false);
	return true;
}

/*
 * Does the session follow forks and execs? If it does, a leader's id stays listed until all threads have ended, since a
 * thread that execs takes over this id, and the probe that reports this runs only when the exec is over.
 */
static bool follows(const struct linx_session *s)
{
	return READ_ONCE(s->filter) & LINX_FILTER_FOLLOW;
}

void linx_filter_exit(struct linx_session *s, const struct task_struct *p)
{
	if (!smp_load_acquire(&s->pid_list) || !(READ_ONCE(s->filter) & LINX_FILTER_THREADS))
		return;
	if ((hand_over(s, p) || follows(s)) && p->pid == p->tgid)
		return;
	linx_filter_list(s, p->pid, false);
}

void linx_filter_end_process(struct linx_session *s, pid_t tgid)
{
	if (smp_load_acquire(&s->pid_list))
		linx_filter_list(s, tgid, false);
}

/*
 * Has the exit probe of this task run? The kernel's exit_notify(), after which the task counts as ended, may come long
 * after the exit probe.
 */
static bool exit_probe_ran(const struct task_struct *p)
{
	return READ_ONCE(p->flags) & PF_EXITING && linx_task_exit_seen(p->pid);
}

/*
 * Has the task (or, in a list of processes, the process) ended? Then no exit probe will take its id off the list. RCU
 * read side. PF_EXITING alone does not show this: after it is set, the task may free much memory before its exit probe
 * runs. A leader's id may belong to the thread that takes it over by exec, or may have been left to such a thread by
 * the leader's exit probe; then it stays listed until the last thread has ended.
 */
static bool has_ended(const struct linx_session *s, const struct task_struct *p, enum linx_listed when)
{
	bool leader = p->pid == p->tgid;

	if (!(READ_ONCE(s->filter) & LINX_FILTER_THREADS) ||
	    (leader && (follows(s) || (when == LINX_LISTED_PROBED && linx_task_exit_seen(p->pid)))))
		return linx_process_exited(p);
	return (READ_ONCE(p->exit_state) || (when == LINX_LISTED_NOW && exit_probe_ran(p))) &&
	       !(leader && linx_execer(p->signal));
}

/* Returns the task that has this id. RCU read side. */
static struct task_struct *task_of_id(pid_t id)
{
	return pid_task(find_pid_ns(id, &init_pid_ns), PIDTYPE_PID);
}

/*
 * Takes an id off the list if its task has ended. An exec may give the id to another thread during this check; the old
 * owner of the id then looks as if it had ended. Therefore the owner is checked again, with interrupts off until the
 * end. A fork that gives the id to a new task and lists the id takes longer than the rest of this function. An
 * exception is a virtual machine whose host stops this CPU at that moment: then the new task is not recorded.
 */
static void take_off_if_gone(struct linx_session *s, pid_t id, enum linx_listed when)
{
	const struct task_struct *p;
	unsigned long flags;
	bool gone;

	rcu_read_lock();
	p = task_of_id(id);
	gone = !p || has_ended(s, p, when);
	smp_rmb(); /* pairs with the locks of de_thread(): the id has its new owner before the exec is over */
	local_irq_save(flags);
	if (gone && task_of_id(id) == p)
		linx_filter_list(s, id, false);
	local_irq_restore(flags);
	rcu_read_unlock();
}

/*
 * Takes ids off the list that no probe will take off: those of tasks that ended before they were listed or before
 * probes were attached, and leaders' ids that failed execs of threads left listed. Called after ids were listed, after
 * probes were attached, and when the owner reads counters. Therefore each such id is found sooner or later.
 */
void linx_filter_prune(struct linx_session *s, enum linx_listed when)
{
	const unsigned long *pid_list = smp_load_acquire(&s->pid_list); /* pairs with linx_session_pids() */
	unsigned long id;

	if (!pid_list)
		return;
	for_each_set_bit(id, pid_list, PID_MAX_LIMIT) {
		take_off_if_gone(s, id, when);
		cond_resched();
	}
}

void linx_filter_add(struct linx_session *s, pid_t id)
{
	if (test_bit(id, s->pid_list))
		return; /* the task's exit probe, which takes the id off, is still to come */
	linx_filter_list(s, id, true);
	take_off_if_gone(s, id, LINX_LISTED_NOW);
}
