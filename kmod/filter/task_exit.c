// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the last thread of a process by its exit probe. The kernel knows which thread is the last to begin its exit
 * (sched_process_exit since 6.16, or the count of live threads). A thread's exit probe may come long after that: a
 * thread that frees much memory, or waits for the page of its clear_child_tid, is overtaken by other threads, even by
 * the last. Therefore this file tracks the exit probes themselves, by bits for each thread.
 *
 * Between its exit probe and exit_notify() a task looks like one whose exit probe is still to come; a bit by tid says
 * that the probe has run. A tid may be used again after the exit probe of its former owner. Therefore the bit of a tid
 * is cleared when a new task gets the tid. The tracepoint task_newtask reports new tasks, also the threads that the
 * kernel makes in a process, which sched_process_fork does not report.
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
 * Bitmaps that are kept from the first session on. Bits by tid: the task's exit probe has begun (begun) or has ended
 * (done). Bits by tgid: one thread of the process was chosen as the last one whose exit probe began (last_begun) or
 * ended (last_done).
 */
static unsigned long *begun, *done, *last_begun, *last_done;

/*
 * Each thread of a process sets its bit, then checks the bits of the other threads, to find the last one. The thread
 * that sets the last bit finds the bits of all threads set. An earlier thread may also find all bits set; only one of
 * these threads is chosen. No lock is used, since unrelated processes could wait for it.
 *
 * Clocks of CPUs differ a little. Therefore a thread's time is made later than all earlier times of the processes with
 * the same hash, whose last time is kept here.
 */
#define TIMES_BITS 6
static struct {
	atomic64_t last;
} ____cacheline_aligned_in_smp times[1 << TIMES_BITS];

/*
 * Most threads of a process whose bits are checked. The limit bounds the time with preemption off; for a larger process
 * the kernel's count of live threads decides. An ended thread counts as one of them until its tracer reaps it. An exit
 * probe checks all threads twice, with about 30 instructions for each: at most half a million instructions.
 */
#define LOOK_MAX 8192

int linx_task_exit_init(void)
{
	if (begun) {
		bitmap_zero(begun, 4 * PID_MAX_LIMIT);
		return 0;
	}
	/* The bitmaps are charged to no cgroup (no __GFP_ACCOUNT), because all sessions share them. */
	begun = kvcalloc(BITS_TO_LONGS(4 * PID_MAX_LIMIT), sizeof(long), GFP_KERNEL | __GFP_NOWARN);
	if (!begun)
		return -ENOMEM;
	last_begun = begun + 2 * BITS_TO_LONGS(PID_MAX_LIMIT);
	last_done = begun + 3 * BITS_TO_LONGS(PID_MAX_LIMIT);
	smp_store_release(&done, begun + BITS_TO_LONGS(PID_MAX_LIMIT)); /* pairs with linx_task_exit_seen() */
	return 0;
}

/*
 * Sets the bits of a task as if its exit probe had run. RCU read side. An exec may give the task's tid to another
 * thread meanwhile; then the bits are cleared again.
 */
static void count_as_emitted(const struct task_struct *t)
{
	pid_t tid = READ_ONCE(t->pid);

	set_bit(tid, begun);
	set_bit(tid, done);
	smp_mb__after_atomic(); /* the bits are set before the tid's owner is checked; a later exec clears them */
	if (pid_task(find_pid_ns(tid, &init_pid_ns), PIDTYPE_PID) != t) {
		clear_bit(tid, begun);
		clear_bit(tid, done);
	}
}

/* linx_task_each() lets other tasks run after every AT_ONCE tasks. */
#define AT_ONCE 4096

/* Calls fn() for each task, in the order of tids, so that the walk can stop to let other tasks run. */
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
 * Sets the bits of tasks that are exiting now. Such a task may have passed the exit tracepoint before the probe was
 * attached there. It may take long to reach exit_notify(), and until then other threads would wait for an exit probe
 * that never runs. If the exit probe of such a task comes all the same, or another thread of its process begins to exit
 * during this walk, the thread that is recorded as the last of the process may not be the last.
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
 * Returns true if each thread of p's process has ended or has its bit set in "bits". If "bits" is NULL, each thread
 * must have ended. but: a thread that is not checked, or NULL. RCU read side.
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

/* Sets the task's bit. Returns true if the task is chosen as the last one of its process. */
static bool set_and_look(const struct task_struct *p, unsigned long *bits, unsigned long *chosen)
{
	bool last;

	set_bit(p->pid, bits);
	/*
	 * This barrier pairs with itself in the probes of the other threads: of two threads, at least one sees the bit
	 * of the other. It also pairs with atomic_dec_and_test(live) in another thread that begins to end: if this
	 * thread still sees the other one alive, the other one will see this thread's bit.
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

/*
 * Each thread gets a time (*now) before it sets its bit. The last thread gets another time after it has set its bit.
 * That time is later than the times of all other threads.
 */
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

/*
 * Returns true if the exit probe of the task has ended. May be called for a session that has not started while the
 * first session starts.
 */
bool linx_task_exit_seen(pid_t tid)
{
	const unsigned long *bits = smp_load_acquire(&done);

	return bits && test_bit(tid, bits);
}

bool linx_process_exited(const struct task_struct *p)
{
	return !atomic_read(&p->signal->live) && all_ended(p, NULL, NULL);
}
