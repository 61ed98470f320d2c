// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wakes a sleeping reader. poll() arms the session: it stores in linx_wake.armed that a reader waits, executes a full
 * barrier and checks the rings again. A probe that has published a record executes a full barrier and checks whether
 * the session is armed (C in shared/ring_proto.h). A probe leaves the wake-up to irq_work, since wake_up() takes a
 * lock that sleeps on PREEMPT_RT, and costs much. While the reader does not poll, the session is not armed and costs a
 * probe one load; a reader that polls is woken once.
 *
 * On PREEMPT_RT the irq_work runs in the hard interrupt and leaves the wake-up to a timer's thread. By default irq_work
 * would run in a thread. That thread can be preempted just after irq_work_sync() has seen the work done, and then still
 * uses the work, which may be freed. This happens in kernels 5.17 and later without commit 91840be8f710 ("irq_work: Fix
 * use-after-free in irq_work_single()"). A hard interrupt ends before the next RCU grace period, for which a stop can
 * wait.
 */
#include <linux/poll.h>
#include "compat/compat.h"
#include "ring/producer.h"
#include "shared/ring_proto.h"
#include "ring/wake.h"

/* Bits of linx_wake.request. */
#define WANT_WAKE 1
#define WANT_TIMER 2

static void wake_now(struct linx_session *s)
{
	WRITE_ONCE(s->wake.armed, LINX_WAKE_IDLE);
	wake_up_interruptible_all(&s->wake.queue);
}

/*
 * Handles the end of the delay: stores that all records published so far are due, and wakes the reader. Timer function;
 * runs in hard interrupt context, on PREEMPT_RT in a thread.
 */
static enum hrtimer_restart on_timer(struct hrtimer *t)
{
	struct linx_session *s = container_of(t, struct linx_session, wake.timer);
	struct linx_ring *r;
	int cpu;

	for_each_possible_cpu(cpu) {
		r = per_cpu_ptr(s->ring, cpu);
		if (smp_load_acquire(&r->area))
			WRITE_ONCE(r->due, linx_pos_load(&r->prod->half[0].head));
	}
	wake_now(s);
	return HRTIMER_NORESTART;
}

/* Wakes the reader on PREEMPT_RT. Timer function, in a thread. */
static enum hrtimer_restart on_soon(struct hrtimer *t)
{
	wake_now(container_of(t, struct linx_session, wake.soon));
	return HRTIMER_NORESTART;
}

/* Wakes the reader or starts the timer, as linx_wake.request says. Function of the irq_work, in a hard interrupt. */
static void on_work(struct irq_work *w)
{
	struct linx_session *s = container_of(w, struct linx_session, wake.work);
	int request = xchg(&s->wake.request, 0);

	if (request & WANT_WAKE && IS_ENABLED(CONFIG_PREEMPT_RT))
		hrtimer_start(&s->wake.soon, 0, HRTIMER_MODE_REL);
	else if (request & WANT_WAKE)
		wake_now(s);
	else if (request & WANT_TIMER && !hrtimer_is_queued(&s->wake.timer))
		hrtimer_start(&s->wake.timer, ns_to_ktime(s->delay), HRTIMER_MODE_REL);
}

static void queue_work_for(struct linx_session *s, int request)
{
	int old = READ_ONCE(s->wake.request);

	while (cmpxchg(&s->wake.request, old, old | request) != old)
		old = READ_ONCE(s->wake.request);
	irq_work_queue(&s->wake.work);
}

/*
 * Wakes a waiting reader, after a record was published, if the ring is filled to the watermark or there is no delay.
 * Otherwise starts the timer of the delay, unless that runs already. Probe context, preemption off.
 */
void linx_wake_look(struct linx_session *s, struct linx_ring *r)
{
	s64 armed = READ_ONCE(s->wake.armed);
	u64 tail = READ_ONCE(r->cons->tail);

	if (armed == LINX_WAKE_IDLE)
		return;
	if (r->areas[0].head - tail >= s->watermark || (!s->delay && armed == LINX_WAKE_ANY)) {
		/*
		 * Another CPU may have changed "armed" to LINX_WAKE_WATERMARK since it was read here. Then the reader
		 * has to be woken, too, as this ring has reached the watermark.
		 */
		if (xchg(&s->wake.armed, LINX_WAKE_IDLE) != LINX_WAKE_IDLE) {
			r->wakeups++;
			queue_work_for(s, WANT_WAKE);
		}
		return;
	}
	r->wake_at = tail + s->watermark;
	if (armed == LINX_WAKE_ANY && cmpxchg(&s->wake.armed, armed, LINX_WAKE_WATERMARK) == armed)
		queue_work_for(s, WANT_TIMER);
}

void linx_wake_unlisted(struct linx_session *s)
{
	queue_work_for(s, WANT_WAKE);
}

void linx_wake_reader(struct linx_session *s)
{
	if (READ_ONCE(s->wake.armed) != LINX_WAKE_IDLE)
		queue_work_for(s, WANT_WAKE);
}

/*
 * Returns the events of poll() that are ready now. If there are records, but the watermark is not reached and no delay
 * has passed, makes sure that the timer of the delay runs.
 */
static __poll_t ready(struct linx_session *s)
{
	bool pending = false, now = false;
	__poll_t mask = 0;
	int cpu;

	/* The acquire pairs with linx_session_stop(): a reader that sees the end finds the last records. */
	if (smp_load_acquire(&s->stopped) || READ_ONCE(s->owner_gone))
		mask |= EPOLLHUP | EPOLLIN;
	if (smp_load_acquire(&s->pid_list) && !atomic_read(&s->listed_count))
		mask |= EPOLLPRI;
	/*
	 * Before LINX_IOC_SETUP there are no rings to look at. linx_wake_poll() arms the session nevertheless, since a
	 * reader that has polled once may not poll again before it is woken.
	 */
	if (!smp_load_acquire(&s->ready) || s->mode == LINX_MODE_RECORDER)
		return mask;
	for_each_possible_cpu(cpu) {
		struct linx_ring *r = per_cpu_ptr(s->ring, cpu);
		u64 used = smp_load_acquire(&r->area) ? linx_ring_used(r) : 0;

		pending |= used > 0;
		now |= used >= s->watermark || (used && (!s->delay || linx_ring_due(r)));
	}
	if (now)
		mask |= EPOLLIN | EPOLLRDNORM;
	else if (pending && !hrtimer_is_queued(&s->wake.timer))
		hrtimer_start(&s->wake.timer, ns_to_ktime(s->delay), HRTIMER_MODE_REL);
	return mask;
}

/*
 * Serves the owner's poll(); takes no session.lock. If epoll only asks for the state (linx_poll_only_queries()), the
 * session is armed even if something is ready: an edge-triggered reader does not poll again before it sleeps.
 */
__poll_t linx_wake_poll(struct linx_session *s, struct file *file, struct poll_table_struct *wait)
{
	__poll_t mask;

	poll_wait(file, &s->wake.queue, wait);
	mask = ready(s);
	if (mask && !linx_poll_only_queries(wait))
		return mask;
	if (smp_load_acquire(&s->ready) && s->mode == LINX_MODE_RECORDER)
		return mask; /* in recorder mode no record wakes the reader */
	WRITE_ONCE(s->wake.armed, LINX_WAKE_ANY);
	linx_fence(); /* barrier C of shared/ring_proto.h; pairs with the fence in linx_ring_publish() */
	return ready(s);
}

void linx_wake_init(struct linx_session *s)
{
	s->wake.armed = LINX_WAKE_IDLE;
	init_waitqueue_head(&s->wake.queue);
	linx_init_hard_irq_work(&s->wake.work, on_work);
	linx_hrtimer_setup(&s->wake.timer, on_timer);
	linx_hrtimer_setup(&s->wake.soon, on_soon);
}

/*
 * Stops the irq_work and the timers, and wakes the reader. Called when no probe sees the session any more. The irq_work
 * is stopped first, as it may start the timers.
 */
void linx_wake_end(struct linx_session *s)
{
	might_sleep();
	irq_work_sync(&s->wake.work);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		synchronize_rcu(); /* the interrupt that ran the last work may still use it */
	hrtimer_cancel(&s->wake.timer);
	hrtimer_cancel(&s->wake.soon);
	wake_now(s);
}
