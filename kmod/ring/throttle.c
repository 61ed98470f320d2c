// SPDX-License-Identifier: GPL-2.0-only
/*
 * Throttle mode: a task that fills a ring faster than it is read has to wait where it returns to user space. It holds
 * no lock there. Therefore only tasks that need its work have to wait for it.
 *
 *  probe        finds the ring filled beyond its mark, claims a struct linx_waiter for
 *               the task and queues its task work: preemption off, no lock, no allocation
 *  task work    process context of the same task, on its way out of the call:
 *               sleeps in steps of a millisecond, until the ring has room
 *
 * Within one second a task waits for at most linx_throttle.cap ns. A wait also ends at any
 * signal, at the end of the session, and when the reader stands still (takes nothing); from
 * then on no task waits until the reader continues. Some tasks never wait: the owner and, with
 * LINX_SETUP_EXEMPT_GROUP, its process group (programs that read the owner's output), tasks in
 * exempt or very deep cgroups, init, kernel threads, ending tasks, and traced tasks, which their
 * tracer may stop between the probe and the task work.
 *
 * Lifetime: queued task work holds a reference of struct linx_throttle instead of the session, since the waiting task
 * may be the one that closes the session. The work uses the session and its rings as an RCU reader that has seen
 * "ended" unset. linx_throttle_end() sets "ended" and waits for a grace period. linx_throttle_exit() waits until no
 * task is in the module's text.
 */
#include <linux/cgroup.h>
#include <linux/freezer.h>
#include <linux/hash.h>
#include <linux/hrtimer.h>
#include <linux/pid.h>
#include <linux/refcount.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/task_work.h>
#include "core/clock.h"
#include "compat/compat.h"
#include "ring/producer.h"
#include "shared/ring_proto.h"
#include "core/session.h"
#include "ring/throttle.h"
#include "ring/wake.h"

#define WAITERS 4096 /* tasks that can wait at once, a power of two */
#define PROBES 8 /* most entries of the table that are examined to find the one of a task */
#define CAP_DEFAULT (900 * NSEC_PER_MSEC)
#define WINDOW NSEC_PER_SEC
#define STEP NSEC_PER_MSEC
/*
 * The reader counts as standing still if it has taken nothing for the time STALL and during STALL_STEPS steps of a
 * wait. The time alone does not show that the reader stands still: after a pause of the whole (virtual) machine the
 * time has passed, although the reader could not run.
 */
#define STALL (100 * NSEC_PER_MSEC)
#define STALL_STEPS 50

/*
 * Account of a task's waiting: the time that it has waited in the current second, and the task work in which it waits.
 * A task claims the structure in a probe (busy: 0 to 1 by cmpxchg) and releases it when its task work has run. Only the
 * task that has claimed it may change the other members.
 */
struct linx_waiter {
	struct callback_head work;
	struct linx_throttle *t;
	struct linx_session *s;
	struct linx_ring *r;
	int busy;
	pid_t tid; /* task whose waiting time this is; 0: none */
	u64 window; /* begin of the second in which "waited" is counted */
	u64 waited; /* ns waited in that second */
};

struct linx_throttle {
	refcount_t refs; /* one reference of the session, and one for each queued task work */
	bool ended;
	u64 cap;
	struct pid *group; /* process group that never waits, or NULL */
	u32 nexempt;
	u64 exempt[LINX_EXEMPT_MAX];
	atomic64_t waits, ns, refused;
	struct linx_waiter waiters[WAITERS];
};

/* Number of task works of all sessions that are queued or running. */
static atomic_t linx_works_pending = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(linx_no_work_pending);
static bool linx_work_was_queued;

struct linx_throttle *linx_throttle_new(const struct linx_setup *u, const u64 *exempt)
{
	struct linx_throttle *t = kvzalloc(sizeof(*t), LINX_GFP);

	if (!t)
		return NULL;
	refcount_set(&t->refs, 1);
	t->cap = u->throttle_cap_ns ?: CAP_DEFAULT;
	t->nexempt = u->exempt_count;
	memcpy(t->exempt, exempt, u->exempt_count * sizeof(*exempt));
	if (u->flags & LINX_SETUP_EXEMPT_GROUP) {
		rcu_read_lock();
		t->group = get_pid(task_pgrp(current));
		rcu_read_unlock();
	}
	return t;
}

void linx_throttle_put(struct linx_throttle *t)
{
	if (!t || !refcount_dec_and_test(&t->refs))
		return;
	put_pid(t->group);
	kvfree(t);
}

void linx_throttle_end(struct linx_throttle *t)
{
	if (!t || t->ended)
		return;
	WRITE_ONCE(t->ended, true);
	synchronize_rcu(); /* pairs with look() */
}

/* ---- which tasks wait */

/*
 * Most levels that are searched for an exempt cgroup, from a task's cgroup upwards. A task in a deeper cgroup never
 * waits, as programs may nest cgroups without limit.
 */
#define LEVELS_MAX 256

static bool in_exempt_cgroup(const struct linx_throttle *t)
{
	bool found = false;
	struct cgroup *c;
	u32 i, level;

	if (!t->nexempt)
		return false;
	rcu_read_lock();
	c = task_dfl_cgroup(current);
	for (level = 0; c && !found && level < LEVELS_MAX; level++, c = cgroup_parent(c))
		for (i = 0; i < t->nexempt && !found; i++)
			found = cgroup_id(c) == t->exempt[i];
	found |= c != NULL;
	rcu_read_unlock();
	return found;
}

/* Returns true if the current task never waits for the reader. Probe context. */
static bool never_waits(const struct linx_session *s)
{
	const struct linx_throttle *t = s->throttle;

	return current->flags & (PF_KTHREAD | PF_IO_WORKER | PF_EXITING) || current->ptrace || is_global_init(current) ||
	       current->signal == s->owner || (t->group && task_pgrp(current) == t->group) ||
	       fatal_signal_pending(current) || in_exempt_cgroup(t);
}

static struct linx_waiter *waiter_at(struct linx_throttle *t, unsigned int i)
{
	return &t->waiters[(hash_32(current->pid, ilog2(WAITERS)) + i) & (WAITERS - 1)];
}

static bool take(struct linx_waiter *w)
{
	return !READ_ONCE(w->busy) && !cmpxchg(&w->busy, 0, 1);
}

static void give_back(struct linx_waiter *w)
{
	smp_store_release(&w->busy, 0); /* pairs with the cmpxchg of take() */
}

/*
 * Returns the entry of the current task without claiming it. Another task may claim the entry at this moment. NULL: the
 * task has no entry. Probe context.
 */
static struct linx_waiter *find_account(struct linx_throttle *t)
{
	unsigned int i;

	for (i = 0; i < PROBES; i++)
		if (READ_ONCE(waiter_at(t, i)->tid) == current->pid)
			return waiter_at(t, i);
	return NULL;
}

/*
 * Claims the current task's entry, or one whose task has not waited in the last second. NULL: all entries that were
 * tried are in use. Probe context.
 */
static struct linx_waiter *take_account(struct linx_throttle *t, u64 now)
{
	struct linx_waiter *w = find_account(t);
	unsigned int i;

	if (w && take(w)) {
		if (w->tid == current->pid)
			goto reused;
		give_back(w);
	}
	for (i = 0; i < PROBES; i++) {
		w = waiter_at(t, i);
		if (!take(w))
			continue;
		if (!w->tid || now - w->window >= WINDOW) {
			WRITE_ONCE(w->tid, current->pid);
			goto reused;
		}
		give_back(w);
	}
	return NULL;

reused:
	if (now - w->window >= WINDOW) {
		WRITE_ONCE(w->window, now);
		WRITE_ONCE(w->waited, 0);
	}
	return w;
}

enum linx_lost linx_throttle_cause(struct linx_throttle *t, u64 now)
{
	const struct linx_waiter *w = t ? find_account(t) : NULL;

	return w && now - READ_ONCE(w->window) < WINDOW && READ_ONCE(w->waited) >= t->cap ? LINX_LOST_THROTTLE_CAP :
											     LINX_LOST_FULL;
}

/* ---- waiting: the task itself, process context */

/* State of ring and session at one moment. */
struct view {
	bool over; /* no reason to wait: the ring has room, or the session ends */
	u64 tail; /* position of the reader */
};

static struct view look(const struct linx_waiter *w)
{
	struct view v = { .over = true };

	rcu_read_lock();
	if (!READ_ONCE(w->t->ended)) { /* pairs with linx_throttle_end() */
		v.over = READ_ONCE(w->s->owner_gone) || linx_ring_used(w->r) <= w->r->low_mark[0] / 2;
		v.tail = READ_ONCE(w->r->cons->tail);
		if (!v.over)
			linx_wake_reader(w->s);
	}
	rcu_read_unlock();
	return v;
}

/* Stores in the ring that the reader stands still: no task waits for this ring until the reader's tail has changed. */
static void mark_stalled(const struct linx_waiter *w, u64 tail)
{
	rcu_read_lock();
	if (!READ_ONCE(w->t->ended))
		WRITE_ONCE(w->r->stalled_at, tail);
	rcu_read_unlock();
}

/* Waits until the ring has room, for at most the given number of ns. */
static void wait_for_room(const struct linx_waiter *w, u64 most)
{
	u64 begun = ktime_get_mono_fast_ns(), moved = begun, now = begun;
	struct view v = look(w);
	ktime_t step = ns_to_ktime(STEP);
	unsigned int still = 0;
	u64 tail = v.tail;

	while (!v.over && now - begun < most && !signal_pending(current) && !freezing(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_hrtimeout_range(&step, STEP / 4, HRTIMER_MODE_REL);
		now = ktime_get_mono_fast_ns();
		v = look(w);
		if (v.tail != tail) {
			tail = v.tail;
			moved = now;
			still = 0;
		} else if (++still >= STALL_STEPS && now - moved >= STALL) {
			mark_stalled(w, tail);
			return;
		}
	}
}

static void wait_work(struct callback_head *work)
{
	struct linx_waiter *w = container_of(work, struct linx_waiter, work);
	struct linx_throttle *t = w->t;
	u64 begun = ktime_get_mono_fast_ns(), ns;

	might_sleep();
	wait_for_room(w, t->cap - w->waited);
	ns = ktime_get_mono_fast_ns() - begun;
	WRITE_ONCE(w->waited, w->waited + ns);
	atomic64_add(ns, &t->ns);
	give_back(w);
	linx_throttle_put(t);
	if (atomic_dec_and_test(&linx_works_pending))
		wake_up(&linx_no_work_pending);
}

void linx_throttle_request(struct linx_session *s, struct linx_ring *r, u64 now)
{
	struct linx_throttle *t = s->throttle;
	struct linx_waiter *w;

	lockdep_assert_preemption_disabled();
	/*
	 * stalled_at is a tail that mark_stalled() copied from the reader's page, which may hold any value. Therefore
	 * it is compared with the tail on that page, and not with the tail that the ring has accepted.
	 */
	if (READ_ONCE(r->stalled_at) == READ_ONCE(r->cons->tail) || never_waits(s))
		return;
	w = take_account(t, now);
	if (!w) {
		atomic64_inc(&t->refused);
		return;
	}
	if (w->waited >= t->cap) {
		give_back(w);
		return;
	}
	w->t = t;
	w->s = s;
	w->r = r;
	refcount_inc(&t->refs);
	WRITE_ONCE(linx_work_was_queued, true);
	atomic_inc(&linx_works_pending);
	init_task_work(&w->work, wait_work);
	if (!task_work_add(current, &w->work, TWA_RESUME)) {
		atomic64_inc(&t->waits);
		return;
	}
	/*
	 * task_work_add() failed, as the task has begun to exit. This reference is not the last one, since the session
	 * still holds one.
	 */
	give_back(w);
	refcount_dec(&t->refs);
	atomic_dec(&linx_works_pending);
}

void linx_throttle_counters(const struct linx_throttle *t, struct linx_counters *u)
{
	if (!t)
		return;
	u->throttled = atomic64_read(&t->waits);
	u->throttled_ns = atomic64_read(&t->ns);
	u->throttle_refused = atomic64_read(&t->refused);
}

/*
 * Waits at unloading until no task work of the module is queued or runs. This wait is short: all sessions have ended,
 * and nothing stops a task between the probe and its task work. A task may have been preempted in the last instructions
 * of its task work. It is certain to have left the module's text when it has returned to user space or slept.
 */
void linx_throttle_exit(void)
{
	wait_event(linx_no_work_pending, !atomic_read(&linx_works_pending));
	if (linx_work_was_queued)
		synchronize_rcu_tasks();
}
