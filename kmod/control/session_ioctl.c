// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks the requests of a session's owner and applies them to the session. Process context; takes session.lock.
 * Arguments are copies in kernel memory.
 */
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/threads.h>
#include <linux/vmalloc.h>
#include "compat/compat.h"
#include "control/fast_path_select.h"
#include "capture/fd.h"
#include "capture/http.h"
#include "filter/filter.h"
#include "filter/cgroup.h"
#include "filter/predicate.h"
#include "control/tracepoints.h"
#include "filter/rate.h"
#include "ring/ring_fast.h"
#include "ring/ring_mem.h"
#include "control/session_life.h"
#include "control/session_ioctl.h"
#include "control/seal.h"
#include "filter/entry_time.h"
#include "table/table.h"
#include "task/context.h"
#include "ring/throttle.h"
#include "syscall/uring.h"

#define SETUP_FLAGS                                                                              \
	(LINX_SETUP_ENTRY_TIME | LINX_SETUP_INCLUDE_SELF | LINX_SETUP_ENVP | LINX_SETUP_FDS | \
	 LINX_SETUP_SIGNALS | LINX_SETUP_CPU_TIME | LINX_SETUP_POINTER | LINX_SETUP_FILES | \
	 LINX_SETUP_EXEMPT_GROUP | LINX_SETUP_URING | LINX_SETUP_RESOLVED | LINX_SETUP_HTTP | \
	 LINX_SETUP_TAMPER | LINX_SETUP_COUNT)
#define COUNT_FLAGS (LINX_SETUP_COUNT | LINX_SETUP_INCLUDE_SELF)
#define FILTER_FLAGS 0xfff
#define SLOTS_DEFAULT 16384
#define SLOTS_MAX (1u << 20)
#define HTTP_BYTES_DEFAULT 4096
#define HTTP_SNAP_MIN 16 /* bytes in which an HTTP header can be recognized: its first word is shorter */
#define DELAY_MAX (60 * NSEC_PER_SEC)
/* Most bytes that one value on a fast path takes in a record. */
#define FEW_SIZE(s) ((s)->fast_value_bytes + 2 * sizeof(struct linx_val))

static bool setup_valid(const struct linx_setup *u)
{
	if (u->flags & LINX_SETUP_COUNT && (u->flags & ~COUNT_FLAGS || u->mode != LINX_MODE_DISCARD))
		return false;
	return !(u->flags & ~SETUP_FLAGS) && is_power_of_2(u->ring_size) && u->ring_size >= 2 * PAGE_SIZE &&
	       u->ring_size <= linx_ring_size_max() && u->watermark_percent < 100 && u->reserve_percent <= 50 &&
	       u->delay_ns <= DELAY_MAX && u->snap_bytes <= LINX_PIECES_MAX && u->snap_str <= LINX_REC_USER_MAX &&
	       u->slots <= SLOTS_MAX && !u->reserved && !u->reserved2 &&
	       u->http_bytes <= (u->flags & LINX_SETUP_HTTP ? LINX_REC_USER_MAX : 0);
}

static int setup_mode(const struct linx_setup *u)
{
	switch (u->mode) {
	case LINX_MODE_DISCARD:
	case LINX_MODE_RECORDER:
		return 0;
	case LINX_MODE_THROTTLE:
		return LINX_HAVE_THROTTLE ? 0 : -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

static void setup_values(struct linx_session *s, const struct linx_setup *u)
{
	u32 percent = u->watermark_percent ?: 25;
	int cpu;

	s->mode = u->mode;
	s->flags = u->flags;
	s->ring_size = u->ring_size;
	s->delay = u->delay_ns;
	s->watermark = max_t(u64, u->ring_size / 100 * percent, 1);
	s->keep = s->mode != LINX_MODE_RECORDER ? u->ring_size / 100 * (u->reserve_percent ?: 12) : 0;
	s->http_bytes = u->flags & LINX_SETUP_HTTP ? u->http_bytes ?: HTTP_BYTES_DEFAULT : 0;
	s->snap_bytes = clamp_t(u32, u->snap_bytes, s->http_bytes ? HTTP_SNAP_MIN : 0, LINX_REC_USER_MAX);
	s->snap_long = u->snap_bytes > LINX_REC_USER_MAX ? u->snap_bytes : 0;
	s->values_looked_at = s->snap_long || s->http_bytes;
	s->snap_str = u->snap_str ?: PATH_MAX;
	s->fd_max = u->flags & (LINX_SETUP_FDS | LINX_SETUP_RESOLVED) ?
			    min_t(u32, 2 * PATH_MAX, linx_rec_limit(u->ring_size) / 4) :
			    0;
	/*
	 * In addition to user memory, a record needs room for its fixed part and a struct linx_val for each value: 512
	 * bytes are left for these.
	 */
	s->user_max = min_t(u32, LINX_REC_USER_MAX, linx_rec_limit(u->ring_size) - s->fd_max - 512);
	s->fast_value_bytes = max3(s->snap_str, s->snap_bytes, (u32)LINX_FAST_VALUE_MAX);
	s->fast_values = min_t(u32, LINX_NARGS, (linx_rec_limit(u->ring_size) - LINX_FIXED_MAX) / FEW_SIZE(s));
	s->fast_values_room = s->fast_values * FEW_SIZE(s);
	s->follow_room = max(s->user_max + LINX_FOLLOW_MAX, s->fast_values_room);
	if (LINX_FIXED_MAX + s->follow_room > linx_rec_limit(u->ring_size))
		s->follow_room = S64_MAX;
	/* rec_limit is set for each possible CPU: a CPU that has no ring yet may get one while a probe runs on it. */
	for_each_possible_cpu(cpu)
		per_cpu_ptr(s->ring, cpu)->rec_limit = linx_rec_limit(u->ring_size);
	s->fast_allowed = !(s->flags & LINX_SETUP_POINTER);
}

static int setup_tables(struct linx_session *s, const struct linx_setup *u)
{
	u32 entry_slots = roundup_pow_of_two(u->slots ?: SLOTS_DEFAULT);

	s->announced = kvcalloc(BITS_TO_LONGS(PID_MAX_LIMIT), sizeof(long), LINX_GFP);
	s->ever_announced = kvcalloc(BITS_TO_LONGS(PID_MAX_LIMIT), sizeof(long), LINX_GFP);
	s->process_announced = kvcalloc(BITS_TO_LONGS(PID_MAX_LIMIT), sizeof(long), LINX_GFP);
	s->cmdline_sent = kvcalloc(BITS_TO_LONGS(PID_MAX_LIMIT), sizeof(long), LINX_GFP);
	if (!s->announced || !s->ever_announced || !s->process_announced || !s->cmdline_sent)
		return -ENOMEM;
	s->announced_now = s->announced;
	if (u->flags & LINX_SETUP_URING) {
		s->ops = linx_uring_ops();
		if (!s->ops)
			return -ENOMEM;
	}
	if (s->http_bytes) {
		s->http = kvzalloc(sizeof(*s->http), LINX_GFP);
		if (!s->http)
			return -ENOMEM;
	}
	if (!(u->flags & LINX_SETUP_ENTRY_TIME))
		return 0;
	s->entry_slots = kvcalloc(entry_slots, sizeof(*s->entry_slots), LINX_GFP);
	s->entry_slots_mask = entry_slots - 1;
	return s->entry_slots ? 0 : -ENOMEM;
}

/*
 * Allocates rings for online CPUs that have none, and adds the number of new rings to *added, even if memory runs out
 * before all have one. Large rings take seconds. A CPU that comes online meanwhile gets no ring yet, and one that goes
 * offline keeps its ring.
 */
static int alloc_rings(struct linx_session *s, u32 *added)
{
	int cpu, err;

	for_each_online_cpu(cpu) {
		struct linx_ring *r = per_cpu_ptr(s->ring, cpu);

		if (r->area)
			continue;
		err = linx_ring_alloc(s, r, cpu);
		if (err)
			return err;
		++*added;
	}
	return 0;
}

/* Sets up throttle mode; other modes refuse its settings. */
static int setup_throttle(const struct linx_setup *u, const u64 *exempt, struct linx_throttle **t)
{
	if (u->mode != LINX_MODE_THROTTLE)
		return u->throttle_cap_ns || u->exempt_count || u->flags & LINX_SETUP_EXEMPT_GROUP ? -EINVAL : 0;
	if (u->throttle_cap_ns > NSEC_PER_SEC)
		return -EINVAL;
	*t = linx_throttle_new(u, exempt);
	return *t ? 0 : -ENOMEM;
}

static int setup_locked(struct linx_session *s, struct linx_setup *u, struct linx_throttle *t)
{
	u32 rings = 0;
	int err;

	if (s->ready)
		return -EBUSY;
	s->throttle = t;
	setup_values(s, u);
	err = setup_tables(s, u) ?: alloc_rings(s, &rings);
	if (!err && u->flags & LINX_SETUP_COUNT)
		err = linx_rate_count_all(s); /* done last: a SETUP that fails must leave sampling as it was */
	if (err) {
		linx_session_free_rings(s);
		s->throttle = NULL;
		return err;
	}
	u->ring_cpus = rings;
	linx_session_select_fast_paths(s);
	smp_store_release(&s->ready, true); /* pairs with linx_ring_mmap() and linx_wake_poll() */
	linx_session_free_unused(s);
	return 0;
}

int linx_session_setup(struct linx_session *s, struct linx_setup *u, const u64 *exempt)
{
	struct linx_throttle *t = NULL;
	int err = setup_mode(u);

	if (err)
		return err;
	if (!setup_valid(u))
		return -EINVAL;
	if (u->flags & LINX_SETUP_URING && !linx_probe_has_uring())
		return -EOPNOTSUPP;
	err = setup_throttle(u, exempt, &t);
	if (err)
		return err;
	mutex_lock(&s->lock);
	err = linx_seal_checks_any(s) ?: setup_locked(s, u, t);
	mutex_unlock(&s->lock);
	if (err)
		linx_throttle_put(t);
	return err;
}

/*
 * Allocates rings for CPUs that came online. Returns the number of new rings, so that the reader can read them, even if
 * memory ran out after some of them; or -errno.
 */
int linx_session_add_cpus(struct linx_session *s)
{
	int err = -EINVAL;
	u32 added = 0;

	mutex_lock(&s->lock);
	if (s->ready)
		err = alloc_rings(s, &added);
	mutex_unlock(&s->lock);
	return added ? (int)added : err;
}

static void store_selection(struct linx_session *s, bool entries_chosen, const linx_bits enter, const linx_bits exit)
{
	WRITE_ONCE(s->entries_chosen, entries_chosen);
	linx_store_bits(s->enter, enter);
	linx_store_bits(s->exit, exit);
	linx_session_select_fast_paths(s);
}

/* Does "from" have a bit that "to" lacks? */
static bool takes_away(const linx_bits from, const linx_bits to)
{
	const u64 *x = &from[0][0], *y = &to[0][0];
	u32 i;

	for (i = 0; i < LINX_KEYS / 64; i++)
		if (x[i] & ~y[i])
			return true;
	return false;
}

static int select_locked(struct linx_session *s, const struct linx_select *u)
{
	bool entries_chosen = s->entries_chosen, uring = s->uring;
	linx_bits enter, exit;
	int err;

	memcpy(enter, s->enter, sizeof(enter));
	memcpy(exit, s->exit, sizeof(exit));
	store_selection(s, u->flags & LINX_SELECT_CHOSEN, u->enter, u->exit);
	err = linx_session_reselect(s);
	if (err) {
		/*
		 * Restores the former selection, which cannot fail, as its probes are attached. s->uring is restored
		 * too, since the new selection may have been the first with io_uring.
		 */
		WRITE_ONCE(s->uring, uring);
		store_selection(s, entries_chosen, enter, exit);
		linx_session_reselect(s);
	} else if (s->entry_slots && s->running && takes_away(exit, u->exit)) {
		linx_probe_wait();
		linx_entry_slots_forget(s);
	}
	return err;
}

int linx_session_select(struct linx_session *s, const struct linx_select *u)
{
	int err;

	if (u->flags & ~LINX_SELECT_CHOSEN)
		return -EINVAL;
	mutex_lock(&s->lock);
	if (s->flags & LINX_SETUP_COUNT && memchr_inv(u->enter, 0, sizeof(u->enter)))
		err = -EINVAL;
	else
		err = linx_seal_checks_select(s, u) ?: select_locked(s, u);
	mutex_unlock(&s->lock);
	return err;
}

static bool filter_valid(const struct linx_session *s, const struct linx_filter *u)
{
	u32 both_pids = LINX_FILTER_PIDS | LINX_FILTER_PIDS_NOT;
	u32 both_comms = LINX_FILTER_COMM | LINX_FILTER_COMM_NOT;
	u32 both_results = LINX_FILTER_FAILED | LINX_FILTER_SUCCESSFUL;

	if (!(u->flags & LINX_FILTER_PREDICATE) != !u->program_len || u->reserved2)
		return false;
	if (!(u->flags & LINX_FILTER_CGROUPS) != !u->cgroups_len || u->reserved3)
		return false;
	return !(u->flags & ~FILTER_FLAGS) && !u->reserved && u->ncomms <= LINX_FILTER_COMMS &&
	       (u->flags & both_pids) != both_pids && (u->flags & both_comms) != both_comms &&
	       (u->flags & both_results) != both_results && (!(u->flags & LINX_FILTER_DURATION) || s->entry_slots);
}

/*
 * Sets linx_session.quick_predicate to the session's predicate if that is the only filter and fast paths can run it,
 * else to NULL. It is NULL in sessions with entry times, since each return has to look at its entry slot, and in
 * sessions with a budget, which is applied after all other filters.
 */
static void select_quick_predicate(struct linx_session *s, u32 filter, struct linx_predicate *predicate)
{
	bool quick = filter == LINX_FILTER_PREDICATE && predicate->calls_nothing && !s->entry_slots && !s->quota;

	smp_store_release(&s->quick_predicate, quick ? predicate : NULL);
}

/* Stores the details of a filter first, then linx_session.filter, which makes probes look at them. */
static void store_filter(struct linx_session *s, const struct linx_filter *u, struct linx_predicate *predicate,
			 struct linx_cgroups *cgroups)
{
	unsigned int i;

	WRITE_ONCE(s->uid_min, u->uid_min);
	WRITE_ONCE(s->uid_max, u->uid_max);
	WRITE_ONCE(s->min_duration, u->min_duration_ns);
	for (i = 0; i < u->ncomms; i++)
		memcpy(s->comms[i], u->comms[i], sizeof(s->comms[i]) - 1);
	WRITE_ONCE(s->ncomms, u->ncomms);
	/*
	 * The objects are visible before the pointers to them. Probes need no barrier, as they read the objects through
	 * the pointers (address dependency). The pointer quick_predicate is stored in the same way.
	 */
	smp_store_release(&s->predicate, predicate);
	smp_store_release(&s->cgroups, cgroups);
	select_quick_predicate(s, u->flags, predicate);
	smp_wmb(); /* probes have no read barrier: with the new filter and old details, one call is decided wrongly */
	if (u->flags & LINX_FILTER_OF_THREAD)
		WRITE_ONCE(s->filters_threads, true);
	WRITE_ONCE(s->filter, u->flags);
	linx_session_select_fast_paths(s);
}

int linx_session_sample(struct linx_session *s, u16 *every)
{
	int err;

	mutex_lock(&s->lock);
	err = s->flags & LINX_SETUP_COUNT ? -EINVAL : linx_seal_checks_sample(s, every) ?: linx_rate_exchange(s, every);
	if (!err) {
		linx_session_select_fast_paths(s);
		err = linx_session_reselect(s);
		if (err) {
			/*
			 * Restores the former sampling, which cannot fail: memory is allocated and probes are
			 * attached.
			 */
			linx_rate_exchange(s, every);
			linx_session_select_fast_paths(s);
			linx_session_reselect(s);
		}
	}
	mutex_unlock(&s->lock);
	return err;
}

/* Stores the priority calls: those that the owner named and, with LINX_PRIORITY_CLASS, the calls of class PRIO. */
static void store_priority(struct linx_session *s, const struct linx_priority *u)
{
	bool class = u->flags & LINX_PRIORITY_CLASS;
	u64 *to = &s->prio[0][0], word;
	u32 key, bit;

	for (key = 0; key < LINX_KEYS; key += 64) {
		word = (&u->calls[0][0])[key / 64];
		for (bit = 0; class && bit < 64; bit++)
			if (linx_table_row(key + bit)->flags & LINX_ROW_PRIO)
				word |= 1ULL << bit;
		WRITE_ONCE(to[key / 64], word);
	}
}

int linx_session_priority(struct linx_session *s, const struct linx_priority *u)
{
	int err;

	if (u->flags & ~LINX_PRIORITY_CLASS)
		return -EINVAL;
	mutex_lock(&s->lock);
	err = linx_seal_checks_any(s);
	if (!err) {
		store_priority(s, u);
		linx_session_select_fast_paths(s); /* a budget applies only to calls without priority */
	}
	mutex_unlock(&s->lock);
	return err;
}

int linx_session_budget(struct linx_session *s, u64 per_second)
{
	int err;

	mutex_lock(&s->lock);
	err = s->flags & LINX_SETUP_COUNT ? -EINVAL : linx_seal_checks_budget(s, per_second) ?: linx_rate_budget(s, per_second);
	select_quick_predicate(s, s->filter, s->predicate);
	linx_session_select_fast_paths(s);
	mutex_unlock(&s->lock);
	return err;
}

int linx_session_filter(struct linx_session *s, const struct linx_filter *u, const char *words)
{
	struct linx_predicate *predicate = NULL;
	struct linx_cgroups *cgroups = NULL;
	int err = 0;

	/* Copies the program from user space before the lock is taken. */
	if (u->flags & LINX_FILTER_PREDICATE)
		err = linx_predicate_new(u->program, u->program_len, &predicate);
	if (!err && u->flags & LINX_FILTER_CGROUPS)
		err = linx_cgroups_new(words, u->cgroups_len, &cgroups);
	mutex_lock(&s->lock);
	if (!err && !filter_valid(s, u))
		err = -EINVAL;
	if (!err)
		err = linx_seal_checks_filter(s, u);
	if (!err) {
		struct linx_predicate *old = s->predicate;
		struct linx_cgroups *old_cgroups = s->cgroups;

		store_filter(s, u, predicate, cgroups);
		linx_task_forget_filtered(s);
		predicate = old;
		cgroups = old_cgroups;
		if (predicate || cgroups)
			synchronize_rcu(); /* waits for the probes that use the old objects */
	}
	mutex_unlock(&s->lock);
	linx_predicate_free(predicate);
	linx_cgroups_free(cgroups);
	return err;
}

/*
 * Returns the pid (thread false) or tid of a task in the initial pid namespace, which is its index in the list of
 * processes. nr: the task's number in the caller's namespace. 0: there is no such task.
 */
static pid_t pid_in_init_ns(s32 nr, bool thread)
{
	struct task_struct *task;
	pid_t id = 0;

	rcu_read_lock();
	task = pid_task(find_vpid(nr), PIDTYPE_PID);
	if (task)
		id = thread ? task->pid : task->tgid;
	rcu_read_unlock();
	return id;
}

static bool all_there(const s32 *pids, u32 count, bool thread)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (!pid_in_init_ns(pids[i], thread))
			return false;
		cond_resched();
	}
	return true;
}

static int make_list(struct linx_session *s)
{
	unsigned long *pid_list;

	if (s->pid_list)
		return 0;
	pid_list = kvcalloc(BITS_TO_LONGS(PID_MAX_LIMIT), sizeof(long), LINX_GFP);
	if (!pid_list)
		return -ENOMEM;
	smp_store_release(&s->pid_list, pid_list); /* pairs with is_in_pid_list() */
	return 0;
}

static void change_list(struct linx_session *s, const s32 *pids, u32 count, bool thread, bool remove)
{
	pid_t id;
	u32 i;

	for (i = 0; i < count; i++) {
		id = pid_in_init_ns(pids[i], thread);
		if (id && remove)
			linx_filter_list(s, id, false);
		else if (id)
			linx_filter_add(s, id);
		cond_resched();
	}
}

/*
 * Puts processes on the list of processes, or takes them off. If a process that is to be put on the list is unknown,
 * returns -ESRCH and changes nothing. In that case the session also gets no list, since poll() would report an empty
 * one.
 */
int linx_session_pids(struct linx_session *s, const s32 *pids, u32 count, bool remove)
{
	bool thread;
	int err;

	mutex_lock(&s->lock);
	thread = s->filter & LINX_FILTER_THREADS;
	err = linx_seal_checks_pids(s, remove) ?: remove || all_there(pids, count, thread) ? 0 : -ESRCH;
	linx_filter_hold(s); /* poll() does not find the list empty before the processes are on it */
	if (!err)
		err = make_list(s);
	if (!err)
		change_list(s, pids, count, thread, remove);
	linx_filter_drop(s);
	linx_session_select_fast_paths(s);
	if (!err && remove)
		linx_task_forget_filtered(s);
	mutex_unlock(&s->lock);
	return err;
}

/* Most rounds of inherit(): processes that keep forking can cause many. */
#define INHERIT_ROUNDS 1000

/*
 * Copies another session's list. A fork that is under way may put its child on the other list only, as its parent was
 * not on this list yet. So the copy is repeated until a round that began after the end of all such forks finds nothing
 * new. From then on each parent is on this list, and both sessions list the children of later forks.
 */
static int inherit(struct linx_session *s, const unsigned long *from)
{
	unsigned int i;

	for (i = 0; i < INHERIT_ROUNDS; i++) {
		if (!linx_filter_join(s, from))
			return 0;
		if (signal_pending(current))
			return -EINTR;
		synchronize_rcu();
	}
	return -EAGAIN;
}

int linx_session_inherit(struct linx_session *s, const struct linx_session *from)
{
	const unsigned long *pid_list = smp_load_acquire(&from->pid_list); /* pairs with make_list() */
	int err;

	mutex_lock(&s->lock);
	linx_filter_hold(s);
	err = linx_seal_checks_any(s);
	if (!err)
		err = (READ_ONCE(from->filter) ^ s->filter) & LINX_FILTER_THREADS ? -EINVAL : make_list(s);
	if (!err && pid_list)
		err = inherit(s, pid_list);
	/* Done after a failure too, as some processes may be on the list already. */
	linx_filter_prune(s, LINX_LISTED_PROBED);
	linx_filter_drop(s);
	linx_session_select_fast_paths(s);
	mutex_unlock(&s->lock);
	return err;
}
