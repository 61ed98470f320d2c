// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creates, starts, stops and frees sessions, and holds the state that all running sessions share. The functions run in
 * process context and may sleep, unless said otherwise. Locks, in this order: session.lock, linx_sessions_lock.
 *
 * A stop takes the session off the list, detaches probes, waits for probes that see the session (linx_probe_wait()),
 * and ends irq_work and timer. After that only the owner uses the session, and it can be freed.
 */
#include <linux/bitmap.h>
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/threads.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>
#include "core/clock.h"
#include "compat/compat.h"
#include "enforce/deny_sets.h"
#include "filter/task_exit.h"
#include "filter/filter.h"
#include "filter/cgroup.h"
#include "filter/predicate.h"
#include "control/tracepoints.h"
#include "probe/probes.h"
#include "ring/producer.h"
#include "filter/rate.h"
#include "ring/ring_mem.h"
#include "shared/ring_proto.h"
#include "control/session_life.h"
#include "control/session_ioctl.h"
#include "filter/entry_time.h"
#include "task/crowd.h"
#include "table/table.h"
#include "ring/throttle.h"
#include "syscall/calls.h"
#include "syscall/tamper.h"
#include "syscall/uring.h"
#include "ring/wake.h"

/* Protects linx_sessions, linx_sole_session, linx_any_selected, and the set of attached probes. */
static DEFINE_MUTEX(linx_sessions_lock);

void linx_session_free_rings(struct linx_session *s)
{
	int cpu;

	lockdep_assert_held(&s->lock);
	for_each_possible_cpu(cpu)
		linx_ring_free(per_cpu_ptr(s->ring, cpu));
	linx_ring_uncharge(s, s->charged - linx_rate_charged(s));
	kvfree(s->announced);
	kvfree(s->ever_announced);
	kvfree(s->process_announced);
	kvfree(s->cmdline_sent);
	kvfree(s->entry_slots);
	kvfree(s->ops);
	kvfree(s->http);
	s->announced = NULL;
	s->announced_now = NULL;
	s->ever_announced = NULL;
	s->process_announced = s->cmdline_sent = NULL;
	s->entry_slots = NULL;
	s->ops = NULL;
	s->http = NULL;
}

/* Milliseconds between two checks whether a process still uses the memory of the owner of a session that is not running. */
#define UNUSED_REST_MS 1000

/*
 * Frees the rings of a session that is not running if no task uses the owner's memory; otherwise this is checked again
 * later. Only tasks that share the owner's memory may use the session, but a child may have inherited the open file,
 * and keep the session by it. Called when rings were allocated, and when the session has stopped.
 */
void linx_session_free_unused(struct linx_session *s)
{
	lockdep_assert_held(&s->lock);
	if (s->running)
		return; /* the stop calls this function */
	if (atomic_read_acquire(&s->mm->mm_users)) {
		schedule_delayed_work(&s->unused, msecs_to_jiffies(UNUSED_REST_MS));
		return;
	}
	/* mm_users is 0: all stores of the last user are visible, and no ioctl, mmap or poll of the owner follows. */
	linx_probes_free(s);
	linx_throttle_end(s->throttle); /* a failed start may have made tasks wait, which look at the rings */
	linx_wake_end(s); /* a poll after the stop may have started the timer, which looks at the rings */
	linx_session_free_rings(s);
}

static void look_for_users(struct work_struct *work)
{
	struct linx_session *s = container_of(to_delayed_work(work), struct linx_session, unused);

	mutex_lock(&s->lock);
	linx_session_free_unused(s);
	mutex_unlock(&s->lock);
}

/*
 * Stops a session whose owner has ended. Otherwise, the probes that only this session needs would stay attached as long
 * as a child that inherited the open file keeps it open.
 */
static void stop_orphan(struct work_struct *work)
{
	struct linx_session *s = container_of(work, struct linx_session, orphaned);

	mutex_lock(&s->lock);
	linx_session_stop(s);
	mutex_unlock(&s->lock);
}

struct linx_session *linx_session_new(void)
{
	static const struct linx_priority initial = { .flags = LINX_PRIORITY_CLASS };
	struct linx_session *s = kzalloc(sizeof(*s), LINX_GFP);

	if (!s)
		return NULL;
	s->ring = alloc_percpu_gfp(struct linx_ring, LINX_GFP);
	if (!s->ring) {
		kfree(s);
		return NULL;
	}
	mutex_init(&s->lock);
	INIT_LIST_HEAD(&s->link);
	INIT_WORK(&s->orphaned, stop_orphan);
	INIT_DELAYED_WORK(&s->unused, look_for_users);
	linx_crowd_init(s);
	linx_wake_init(s);
	linx_session_priority(s, &initial);
	mmgrab(current->mm);
	s->mm = current->mm;
	s->owner = current->signal;
	s->owner_tgid = current->tgid;
	return s;
}

/* Frees a session. The last reference to its file is gone: no descriptor, no mapping, no ioctl under way. */
void linx_session_free(struct linx_session *s)
{
	mutex_lock(&s->lock);
	linx_session_stop(s);
	linx_probes_free(s);
	mutex_unlock(&s->lock);
	cancel_work_sync(&s->orphaned); /* no probe can schedule the work again */
	cancel_delayed_work_sync(&s->unused);
	linx_throttle_end(s->throttle); /* a failed start may have made tasks wait */
	linx_wake_end(s); /* ioctls and poll may have queued work before a start */
	mutex_lock(&s->lock);
	linx_session_free_rings(s);
	mutex_unlock(&s->lock);
	linx_ring_uncharge(s, s->charged);
	linx_rate_free(s);
	linx_deny_forget(s);
	free_percpu(s->ring);
	kvfree(s->pid_list);
	linx_throttle_put(s->throttle);
	linx_predicate_free(s->predicate);
	linx_cgroups_free(s->cgroups);
	mmdrop(s->mm);
	kfree(s);
}

bool linx_session_is_owner(const struct linx_session *s)
{
	return current->mm == s->mm;
}

/*
 * Must the session get the returns of a call even if it has not selected them? It must if such a call changes a task's
 * context, changes descriptors in a session that records such changes, may be a canary, or may interfere with a
 * recording that records interference.
 */
static bool must_hear(const struct linx_session *s, u32 key)
{
	const struct linx_row *row = linx_table_row(key);

	return row->flags & LINX_ROW_CONTEXT || (s->flags & LINX_SETUP_FILES && row->files) || key == LINX_CANARY_KEY ||
	       (s->flags & LINX_SETUP_TAMPER && linx_tamper_way(row));
}

static void add_session(struct linx_union *any, const struct linx_session *s)
{
	u32 key;

	for (key = 0; key < LINX_KEYS; key++) {
		if ((linx_bit(s->enter, key) && !linx_rate_sampled(s, key)) || (s->entry_slots && linx_bit(s->exit, key)))
			any->enter[key] |= s->slot;
		if (linx_bit(s->exit, key) || must_hear(s, key))
			any->exit[key] |= s->slot;
	}
}

/* Stores the union of all sessions' selections call by call: a probe sees the old or the new bits of a call. */
static void store_union(const struct linx_union *any)
{
	u32 key;

	for (key = 0; key < LINX_KEYS; key++) {
		WRITE_ONCE(linx_any_selected.enter[key], any->enter[key]);
		WRITE_ONCE(linx_any_selected.exit[key], any->exit[key]);
	}
}

void linx_store_bits(linx_bits to, const u64 (*from)[LINX_NR_WORDS])
{
	unsigned int abi, i;

	for (abi = 0; abi < LINX_ABI_NR; abi++)
		for (i = 0; i < LINX_NR_WORDS; i++)
			WRITE_ONCE(to[abi][i], from[abi][i]);
}

/*
 * Sets linx_sole_session. A stop calls this when it has taken its session off the list, before it waits for a grace
 * period.
 */
static void set_sole_session(void)
{
	bool one = list_is_singular(&linx_sessions);

	/* Release: a probe that finds the session here must find all of its settings. */
	smp_store_release(&linx_sole_session, one ? list_first_entry(&linx_sessions, struct linx_session, link) : NULL);
}

/*
 * Gives the session a slot (a bit of linx_any_selected): a free one or, if all others are taken, the last one, which
 * several sessions can have. Called before the session is put on the list.
 */
static void take_slot(struct linx_session *s)
{
	unsigned int i = 0;

	while (i < LINX_SLOTS - 1 && linx_session_in_slot[i])
		i++;
	s->slot = 1 << i;
	if (i < LINX_SLOTS - 1)
		smp_store_release(&linx_session_in_slot[i], s); /* probes that find the session see its members, as by set_sole_session() */
}

/* Frees the session's slot. A stop calls this before it waits for a grace period. */
static void leave_slot(const struct linx_session *s)
{
	unsigned int i = __ffs(s->slot);

	if (i < LINX_SLOTS - 1)
		WRITE_ONCE(linx_session_in_slot[i], NULL);
}

/* Computes what all running sessions need, and attaches exactly these probes. */
static int update_needs(void)
{
	static struct linx_union sum; /* static, used under linx_sessions_lock: a stop must not allocate memory */
	struct linx_union *any = &sum;
	struct linx_session *s;
	unsigned int need = 0;
	bool files = false;

	lockdep_assert_held(&linx_sessions_lock);
	memset(any, 0, sizeof(*any));
	list_for_each_entry(s, &linx_sessions, link) {
		add_session(any, s);
		files |= s->flags & LINX_SETUP_FILES;
		need |= s->flags & LINX_SETUP_SIGNALS ? LINX_HOOK_SIGNALS : 0;
		if (s->ops && !s->uring && linx_uring_selected(s))
			WRITE_ONCE(s->uring, true);
		need |= s->uring ? LINX_HOOK_URING : 0;
	}
	if (!list_empty(&linx_sessions))
		need |= LINX_HOOK_TASKS | LINX_HOOK_EXIT;
	if (memchr_inv(any->enter, 0, sizeof(any->enter)))
		need |= LINX_HOOK_ENTER;
	WRITE_ONCE(linx_any_selected.files, files);
	store_union(any);
	set_sole_session();
	return linx_probe_need(need);
}

int linx_session_reselect(struct linx_session *s)
{
	int err = 0;

	lockdep_assert_held(&s->lock);
	mutex_lock(&linx_sessions_lock);
	if (s->running)
		err = update_needs();
	mutex_unlock(&linx_sessions_lock);
	return err;
}

/*
 * Forgets the tasks that the session knew, some of which may have ended since. Called only while no probe can see the
 * session.
 */
static void forget_tasks(struct linx_session *s)
{
	linx_crowd_end(s);
	bitmap_zero(s->announced, PID_MAX_LIMIT);
	bitmap_zero(s->ever_announced, PID_MAX_LIMIT);
	bitmap_zero(s->process_announced, PID_MAX_LIMIT);
	bitmap_zero(s->cmdline_sent, PID_MAX_LIMIT);
	if (s->entry_slots)
		memset(s->entry_slots, 0, ((size_t)s->entry_slots_mask + 1) * sizeof(*s->entry_slots));
	if (s->ops)
		linx_uring_forget(s->ops);
}

/*
 * Takes a session off the list, and detaches the probes that only this session needed. A probe that cannot be detached
 * does not find the session any more. Returns when no probe can see the session.
 */
static void unlist(struct linx_session *s)
{
	list_del_rcu(&s->link);
	leave_slot(s);
	update_needs();
	linx_probe_wait();
}

/*
 * Hooks the functions and tracepoints that the session probes, after it has been started in all other respects. On
 * failure, stops the session again.
 */
static int start_probes(struct linx_session *s)
{
	int err = linx_probes_hook(s);

	if (!err)
		return 0;
	mutex_lock(&linx_sessions_lock);
	unlist(s);
	mutex_unlock(&linx_sessions_lock);
	s->running = false;
	forget_tasks(s);
	return err;
}

int linx_session_start(struct linx_session *s)
{
	bool first;
	int err;

	lockdep_assert_held(&s->lock);
	if (!s->ready || s->stopped)
		return -EINVAL;
	if (s->running)
		return -EBUSY;
	/*
	 * The caller may be another process that shares the owner's memory. It cannot start the session: the session
	 * may record only while the owner's process exists.
	 */
	if (current->signal != s->owner || current->tgid != s->owner_tgid)
		return -EPERM;
	mutex_lock(&linx_sessions_lock);
	first = list_empty(&linx_sessions);
	err = first ? linx_task_exit_init() : 0;
	if (err) {
		mutex_unlock(&linx_sessions_lock);
		return err;
	}
	take_slot(s);
	list_add_tail_rcu(&s->link, &linx_sessions);
	err = update_needs();
	if (err) {
		unlist(s);
		forget_tasks(s);
	} else {
		smp_store_release(&s->running, true); /* pairs with emit_all(): all probes are attached */
		if (first)
			linx_task_exit_hooked();
		linx_filter_prune(s, LINX_LISTED_BEFORE);
	}
	mutex_unlock(&linx_sessions_lock);
	return err ?: start_probes(s);
}

/*
 * Stops a session and detaches the probes that only it needed. A probe that cannot be detached stays attached and
 * finds no session: see control/tracepoints.c.
 */
int linx_session_stop(struct linx_session *s)
{
	int cpu;

	lockdep_assert_held(&s->lock);
	if (!s->running)
		return -EINVAL;
	linx_probes_unhook(s);
	linx_deny_end(s); /* called before unlist(), while records of the rules can still be written */
	mutex_lock(&linx_sessions_lock);
	unlist(s);
	mutex_unlock(&linx_sessions_lock);
	s->running = false;
	linx_crowd_end(s);
	linx_throttle_end(s->throttle);
	for_each_possible_cpu(cpu)
		linx_ring_final_gap(s, per_cpu_ptr(s->ring, cpu));
	smp_store_release(&s->stopped, true); /* pairs with ready() in ring/wake.c */
	linx_wake_end(s);
	linx_session_free_unused(s);
	return 0;
}

/*
 * Ends recording at once: the session selects nothing from now on. The other steps of a stop cannot be done in a
 * probe; stop_orphan() does them.
 */
void linx_session_owner_gone(struct linx_session *s)
{
	static const linx_bits none;
	u32 key;

	WRITE_ONCE(s->owner_gone, true);
	smp_mb(); /* before the selection is cleared: pairs with linx_session_select_fast_paths() */
	linx_store_bits(s->enter, none);
	linx_store_bits(s->exit, none);
	for (key = 0; key < LINX_NR_MAX; key++) {
		WRITE_ONCE(s->enter_fast[key], LINX_FAST_SLOW); /* probes on other CPUs read these arrays */
		WRITE_ONCE(s->exit_fast[key], LINX_FAST_SLOW);
		WRITE_ONCE(s->enter_32[key], false);
		WRITE_ONCE(s->exit_32[key], false);
	}
	linx_wake_unlisted(s);
	schedule_work(&s->orphaned);
}

/*
 * Makes all probes of a flight recorder write to the other half, which has not been written since the last flush. When
 * the probes that began before have ended, the half that they wrote is complete and no longer changes. Sets *half to
 * the number of that half.
 */
int linx_session_flush(struct linx_session *s, u32 *half)
{
	int cpu;

	lockdep_assert_held(&s->lock);
	if (!s->ready)
		return -EINVAL;
	if (s->mode != LINX_MODE_RECORDER)
		return -EOPNOTSUPP;
	*half = s->flips & 1;
	for_each_possible_cpu(cpu)
		if (per_cpu_ptr(s->ring, cpu)->area)
			linx_ring_empty_half(per_cpu_ptr(s->ring, cpu), *half ^ 1);
	smp_store_release(&s->flips, s->flips + 1); /* pairs with follow_flips(): the half is empty first */
	smp_mb(); /* pairs with set_limits(): it sees the flip, or the limits that it has set are closed below */
	for_each_possible_cpu(cpu)
		linx_ring_close_limits(per_cpu_ptr(s->ring, cpu));
	synchronize_rcu();
	for_each_possible_cpu(cpu)
		if (per_cpu_ptr(s->ring, cpu)->area)
			WRITE_ONCE(per_cpu_ptr(s->ring, cpu)->prod->active, *half ^ 1);
	return 0;
}

/*
 * Returns a time: all records that become visible from now on have this time or a later one. The clock is read first.
 * After the fence, one of these is true of a probe on another CPU: it has ended, and its record is visible; or it is
 * seen as busy, and its record is not older than the last one of that ring; or it begins later, and reads the clock
 * later than this function.
 */
u64 linx_session_floor(struct linx_session *s)
{
	u64 floor = ktime_get_mono_fast_ns() - LINX_CLOCK_ERROR_NS;
	int cpu;

	linx_probe_fence();
	for_each_possible_cpu(cpu)
		if (linx_probe_busy(cpu) && smp_load_acquire(&per_cpu_ptr(s->ring, cpu)->area))
			floor = min(floor, READ_ONCE(per_cpu_ptr(s->ring, cpu)->last_time));
	return floor;
}
