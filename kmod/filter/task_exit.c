// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the last thread of a process by its exit probe. The kernel knows which thread is the last to begin its exit
 * (sched_process_exit since 6.16, or the count of live threads). A thread's exit probe may come long after that: a
 * thread that frees much memory, or waits for the page of its clear_child_tid, is overtaken by others, even by the
 * last. So the probes themselves are counted.
 *
 * Between its probe and exit_notify() a task looks like one whose probe is still to come; a bit says that the probe
 * has run. Numbers are reused. The bit is cleared when a number goes to a new task, after the exit probe of its
 * former owner. task_newtask reports that, also for threads that the kernel makes in a process, which
 * sched_process_fork does not report.
 */
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/threads.h>
#include "core/clock.h"
#include "filter/task_exit.h"

/*
 * Bits by tid, since the first session: the exit probe has begun, has ended. Bits by tgid: one of the threads was
 * chosen as the last to do so.
 */
static unsigned long *begun, *done, *last_begun, *last_done;

/*
 * Each thread of a process sets its bit, then looks at the bits of the others. The thread that sets the last bit
 * finds all set, and others may too; one of them is chosen. No lock is held, for which unrelated processes could
 * wait.
 *
 * Clocks of CPUs differ a little. A thread's time is later than all earlier ones of the processes that share a place
 * here.
 */
#define TIMES_BITS 6
static struct {
	atomic64_t last;
} ____cacheline_aligned_in_smp times[1 << TIMES_BITS];

/*
 * Most threads that are looked at with preemption off; beyond that the kernel's count of live threads decides. Ended
 * threads stay until their tracer reaps them. An exit probe looks twice: half a million instructions, 30 for each
 * thread.
 */
#define LOOK_MAX 8192

int linx_task_exit_init(void)
{
	if (begun) {
		bitmap_zero(begun, 4 * PID_MAX_LIMIT);
		return 0;
	}
	begun = kvcalloc(BITS_TO_LONGS(4 * PID_MAX_LIMIT), sizeof(long), GFP_KERNEL | __GFP_NOWARN); /* shared: charged to no cgroup */
	if (!begun)
		return -ENOMEM;
	last_begun = begun + 2 * BITS_TO_LONGS(PID_MAX_LIMIT);
	last_done = begun + 3 * BITS_TO_LONGS(PID_MAX_LIMIT);
	smp_store_release(&done, begun + BITS_TO_LONGS(PID_MAX_LIMIT)); /* pairs with linx_task_exit_seen() */
	return 0;
}

/* Marks a task's exit as recorded. RCU read side. An exec may give its number to another thread meanwhile. */
static void count_as_emitted(const struct task_struct *t)
{
	pid_t tid = READ_ONCE(t->pid);

	set_bit(tid, begun);
	set_bit(tid, done);
	smp_mb__after_atomic(); /* before the check of the number's owner; a later exec clears the bits */
	if (pid_task(find_pid_ns(tid, &init_pid_ns), PIDTYPE_PID) != t) {
		clear_bit(tid, begun);
		clear_bit(tid, done);
	}
}

/* Tasks that are looked at before other tasks may run. */
#define AT_ONCE 4096

/* By number, so that others may run meanwhile. */
void linx_task_each(void (*fn)(const struct task_struct *p, void *data), void *data)
{
	const struct task_struct *t;
	unsigned int n = 0;
	struct pid *pid;
	int nr = 1;

	rcu_read_lock();
	for (; (pid = idr_get_next(&init_pid_ns.idr, &nr)); nr++) {
		t = pid_task(pid, PIDTYPE_PID);
		if (t)
			fn(t, data);
		if (++n % AT_ONCE == 0) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
}

static void count_exiting(const struct task_struct *t, void *unused)
{
	if (READ_ONCE(t->flags) & PF_EXITING)
		count_as_emitted(t);
}

/*
 * Tasks that are exiting now may have passed the place of the probe before it was there,
 * and may take long from there to exit_notify(): nobody waits for those. If the probe of
 * one comes all the same, it may be announced as the last, too, as may be one of a process of which another
 * thread begins to exit during the walk.
 */
void linx_task_exit_hooked(void)
{
	linx_task_each(count_exiting, NULL);
}

void linx_task_exit_unload(void)
{
	kvfree(begun);
}

void linx_task_exit_reset(pid_t tid)
{
	unsigned long *const all[] = { begun, done, last_begun, last_done };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (test_bit(tid, all[i]))
			clear_bit(tid, all[i]);
}

/*
 * Has each thread of the process ended, or has its bit set? but: a thread that is not asked, or NULL. RCU read side.
 */
static bool all_ended(const struct task_struct *p, const struct task_struct *but, const unsigned long *bits)
{
	const struct task_struct *t;
	unsigned int n = 0;

	for_each_thread(p, t) {
		if (n++ == LOOK_MAX)
			return bits;
		if (t != but && !READ_ONCE(t->exit_state) && !(bits && test_bit(t->pid, bits)))
			return false;
	}
	return true;
}

/* Sets the task's bit. Returns true if the task is chosen as the last. */
static bool set_and_look(const struct task_struct *p, unsigned long *bits, unsigned long *chosen)
{
	bool last;

	set_bit(p->pid, bits);
	/*
	 * Pairs with itself in the probes of the other threads: of two threads, one sees the bit of the other. Also
	 * pairs with atomic_dec_and_test(live) of a thread that begins to end: it sees the bit, or it is seen as
	 * alive.
	 */
	smp_mb__after_atomic();
	if (atomic_read(&p->signal->live) || test_bit(p->tgid, chosen))
		return false;
	rcu_read_lock();
	last = all_ended(p, p, bits);
	rcu_read_unlock();
	return last && !test_and_set_bit(p->tgid, chosen);
}

static u64 time_after_others(const struct task_struct *p, u64 now)
{
	return linx_clock_after(&times[hash_ptr(p->signal, TIMES_BITS)].last, now);
}

/* The times of the threads were taken before their bits were set, so that the last thread takes its time again. */
bool linx_task_exit_begin(const struct task_struct *p, u64 *now)
{
	bool last;

	*now = time_after_others(p, *now);
	last = set_and_look(p, begun, last_begun);
	if (last)
		*now = time_after_others(p, *now);
	return last;
}

bool linx_task_exit_finish(const struct task_struct *p)
{
	return set_and_look(p, done, last_done);
}

/* May be called by sessions that have not started while the first one starts. */
bool linx_task_exit_seen(pid_t tid)
{
	const unsigned long *bits = smp_load_acquire(&done);

	return bits && test_bit(tid, bits);
}

bool linx_process_exited(const struct task_struct *p)
{
	return !atomic_read(&p->signal->live) && all_ended(p, NULL, NULL);
}
