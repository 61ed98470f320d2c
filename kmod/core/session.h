/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session: one open of /dev/linxcap, one consumer. Contexts that use it:
 *
 *  owner's ioctls   hold session.lock (settings, start, stop, allocation)
 *  probes           run with preemption off. They find running sessions through
 *                   linx_sessions (RCU). Settings that may change while a session runs are
 *                   read with READ_ONCE. A probe writes only the struct linx_ring of its CPU
 *  mmap, poll       do not hold session.lock. mmap holds mmap_lock. Neither of the two locks
 *                   is taken while the other is held: see linx_session.ready, linx_ring.area
 *
 * Lifetime: a session lives as long as its open file. A mapping of a ring holds a reference to
 * the file, so ->release runs, and frees the rings, when no descriptor and no mapping is left.
 * By then the session has been stopped, and the stop has waited for every probe that could
 * still see the session. The rings of a session that does not record are freed earlier if no
 * task has the owner's memory: see linx_session_free_unused().
 *
 * The directory core/ holds the structures that all directories of the module share: the session, the
 * state of its rings, the list of running sessions, the guard around each probe, and
 * the clock. It calls no function of a directory that uses it.
 */
#ifndef LINX_KMOD_SESSION_H
#define LINX_KMOD_SESSION_H

#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/linx.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "core/ring.h"
#include "table/table.h"

struct bpf_prog;
struct linx_http;
struct linx_deny_set;
struct linx_probes;
struct linx_throttle;
struct linx_op_slot;
struct linx_entry_slot;

/* A set of calls, with a bit for each ABI and call number: [abi][number / 64]. */
typedef u64 linx_bits[LINX_ABI_NR][LINX_NR_WORDS];

/*
 * Values of linx_wake.armed. A probe adds the value to the position linx_area.head of its ring. If the sum reaches
 * linx_ring.wake_at, the probe calls linx_wake_look().
 */
#define LINX_WAKE_IDLE (-(1LL << 62)) /* no reader sleeps: the sum never reaches wake_at */
#define LINX_WAKE_ANY (1LL << 62) /* the reader waits for any record: the sum always reaches wake_at */
#define LINX_WAKE_WATERMARK 0LL /* the timer runs; the reader is woken earlier if a ring is full up to the watermark */

struct linx_wake {
	wait_queue_head_t queue;
	struct irq_work work;
	struct hrtimer timer; /* wakes the reader linx_session.delay ns after the first record */
	struct hrtimer soon; /* PREEMPT_RT: the irq_work starts this timer, whose thread wakes the reader */
	s64 armed; /* LINX_WAKE_*; written by poll, probes, irq_work and timers */
	int request; /* requests to the irq_work: bits WANT_* of ring/wake.c */
};

/*
 * A crowd is a process with so many threads that a probe cannot mark the context record of each of them as out of
 * date: task/crowd.c. Probes add crowds under lock. While there are any, linx_session.announced_now is an empty
 * bitmap, and probes look into this list instead.
 */
#define LINX_CROWDS 64
struct linx_crowds {
	raw_spinlock_t lock;
	/*
	 * Number of processes in tgids[]; above LINX_CROWDS: the list is full, and every process with more than
	 * LINX_CROWD_THREADS threads counts as a crowd. Release-stored.
	 */
	u32 n;
	pid_t tgids[LINX_CROWDS];
	u64 changes; /* number of additions, including those of processes that were already in the list; under lock */
	struct delayed_work work; /* clears the announced bits of all threads of the crowds, then empties the list */
};

/* Values of linx_session.exit_32; 0: the slow path handles the return. */
#define LINX_32_RECORD 1 /* syscall/fast_32.c records it */
#define LINX_32_COUNT 2 /* the return is only counted */

/*
 * Counters of a probe's site (a function or a tracepoint) on one CPU. Probes of any context change them by
 * this_cpu_inc(), except those of the budget, which belong to the outermost probe.
 */
struct linx_site_count {
	u64 filtered, sampled, selected, lost[LINX_LOST_MAX]; /* as in struct linx_probe_counters */
	u64 passed; /* hits that passed all filters: sampling records one of every N of them */
	u32 window, used; /* budget: number of the window, and hits recorded in it */
};

struct linx_session {
	/* Read by each probe; written by ioctls. */
	struct list_head link; /* entry of linx_sessions, RCU */
	u16 enter_fast[LINX_NR_MAX]; /* by x86_64 call number: enum linx_fast_path of its entry */
	u16 exit_fast[LINX_NR_MAX]; /* by x86_64 call number: enum linx_fast_path of its return */
	linx_bits enter; /* calls whose entry is selected */
	linx_bits exit; /* calls whose return is selected */
	bool enter_32[LINX_NR_MAX]; /* 32-bit calls whose entries syscall/fast_32.c records */
	u8 exit_32[LINX_NR_MAX]; /* by 32-bit call number: how a return is handled, LINX_32_* or 0 */
	linx_bits prio; /* calls that may use the reserved share of a ring and count against no budget */
	struct linx_ring __percpu *ring;
	/* the bitmap that probes test: announced or, while crowds lists any process, a bitmap without any bit set */
	const unsigned long *announced_now;
	/* bit of a tid: its context record is up to date, unless crowds lists the task's process */
	unsigned long *announced;
	unsigned long *ever_announced; /* bit of a tid: the task has had a context record, so its end is recorded */
	unsigned long *process_announced; /* bit of a pid: a task of the process has had a context record */
	unsigned long *cmdline_sent; /* bit of a pid: a record with the command line of the process was written */
	unsigned long *pid_list; /* LINX_IOC_PIDS: bit of each pid or tid on the list; NULL: there was never one */
	unsigned long *tgid_only; /* pid_list, if no other filter looks at the task and it lists processes; else NULL */
	u32 filter; /* LINX_FILTER_* */
	bool fast_allowed; /* false with LINX_SETUP_POINTER: fast paths do not write the instruction pointer */
	bool entries_chosen; /* LINX_SELECT_CHOSEN */
	bool has_snapshot; /* LINX_IOC_SNAPSHOT was used: it may have reported tasks without a context record */
	bool filters_threads; /* a filter leaves out single threads, now or earlier: their changes may be missing */
	u32 flags; /* LINX_SETUP_* */
	u32 mode; /* enum linx_mode */
	u32 snap_bytes; /* most bytes of a buffer in the record itself */
	u32 snap_long; /* most bytes of a buffer in the record and its pieces; 0: no pieces */
	u32 snap_str; /* most bytes of a string */
	bool values_looked_at; /* snap_long or http_bytes is set: values of a fast path may need the general encoder */
	u32 user_max; /* most bytes of user memory per record */
	u32 fd_max; /* most bytes of descriptors per record; 0: no descriptors are recorded */
	u32 http_bytes; /* most bytes of an HTTP header that are kept; 0: headers are cut like other buffers */
	atomic_t http_unfinished; /* number of used entries in http */
	struct linx_http *http; /* capture/http.h; NULL: without LINX_SETUP_HTTP */
	u32 fast_values; /* most values that a fast path writes into a record; 0: none, as the ring is tiny */
	u32 fast_value_bytes; /* most bytes of a value that a fast path writes */
	u32 fast_values_room; /* bytes of a record that fast_values values need together */
	/* most bytes for values of structures, with the memory that these point to; S64_MAX: more than a record has */
	u64 follow_room;
	pid_t owner_tgid;
	struct linx_entry_slot *entry_slots; /* filter/entry_time.h; NULL: entry times are not recorded */
	u32 entry_slots_mask;
	/* io_uring operations are or were selected: each submission is stored, so that its result can be matched */
	bool uring;
	struct linx_ops *ops; /* syscall/uring.c; NULL: io_uring is not recorded */
	u8 slot; /* number of the session's bit in linx_any_selected: below LINX_SLOTS */
	u16 *every; /* LINX_IOC_SAMPLE, by linx_key(): n means one of n returns; 0 and 1: all. NULL: no sampling */
	struct linx_site_count __percpu **hits; /* by index of the site (LINX_CALL_SITE); set while probes are hooked */
	u32 quota; /* most events of a CPU per window (LINX_BUDGET_WINDOW_NS); 0: no budget */

	/* Details of filters; each is used only if its flag is set in filter. */
	u32 uid_min, uid_max;
	u32 ncomms;
	u64 min_duration; /* ns */
	char comms[LINX_FILTER_COMMS][16];
	struct linx_predicate *predicate; /* run by probes; freed after a grace period */
	struct linx_predicate *quick_predicate; /* predicate, if fast paths may run it; else NULL */
	struct linx_cgroups *cgroups; /* read by probes; freed after a grace period */

	struct linx_throttle *throttle; /* NULL unless in throttle mode */

	struct linx_wake wake;
	u64 watermark; /* bytes in use in a ring at which a waiting reader is woken */
	u64 delay; /* longest time in ns that a record waits for the watermark before the reader is woken */

	/* Used by the owner. */
	struct mutex lock;
	struct mm_struct *mm; /* address space of the owner; only compared, never accessed (mmgrab) */
	struct signal_struct *owner; /* signal_struct of the owner's process; only compared, never dereferenced */
	bool ready; /* SETUP was done; release-stored */
	bool running; /* the session was started, and all tracepoints that it needs are hooked */
	bool stopped; /* the session has been stopped, and cannot be started again */
	bool sealed; /* LINX_IOC_SEAL; set once, under lock */
	bool seal_snapshot; /* LINX_SEAL_SNAPSHOT */
	u64 seal_floor, seal_floor_at; /* sealed: newest result of LINX_IOC_FLOOR, and when it was found; 0: none yet */
	u64 seal_snapshot_at; /* sealed session: time in ns at which the last snapshot began; 0: none began */
	/* sealed session: the only cursor with which the snapshot of seal_snapshot_at may continue */
	u32 seal_cursor[4];
	bool owner_gone; /* the owner has exited or executed a program: nothing more is recorded. Set by a probe */
	u32 flips; /* recorder: number of flushes; half flips & 1 is written. Release-stored; read by probes */
	u64 ring_size; /* bytes of data per CPU; recorder: per half */
	u64 keep; /* bytes of each ring that are reserved for context and priority records */
	u64 charged; /* ring bytes charged by linx_ring_charge() */
	atomic_t listed_count; /* number of ids in pid_list; one higher while an id is being added */
	struct linx_crowds crowds;
	struct linx_probes *probes; /* probe/probes.h; NULL: there are none */
	/*
	 * Sets of rules that are no longer in force, kept for their counters. ended_rules: the set that was in force
	 * when the session stopped. replaced_rules: the set that was replaced or removed last. Under lock.
	 */
	struct linx_deny_set *ended_rules, *replaced_rules; /* NULL: none */
	u64 rules_number; /* number of the set that the session loaded last; 0: none */
	bool wants_sides; /* a probe may be hit in interrupts: each ring needs side rings */
	struct work_struct orphaned; /* stops the session when its owner has gone, even if others still hold the file */
	struct delayed_work unused; /* frees the rings of a session that is not running and that nobody may use any more */
};

/*
 * List of the running sessions. Probes walk it with preemption off; it changes under linx_sessions_lock.
 * linx_sole_session is the only session on the list; NULL: the list is empty, or has more than one session.
 */
extern struct list_head linx_sessions;
extern struct linx_session *linx_sole_session;

/*
 * Running sessions by slot. A slot is one bit of each element of linx_any_selected. Each slot except the last has at
 * most one session, stored in linx_session_in_slot[]. All further sessions share the last slot, whose element is
 * NULL; probes find these sessions on linx_sessions.
 */
#define LINX_SLOTS 8
extern struct linx_session *linx_session_in_slot[LINX_SLOTS];

/*
 * Calls that running sessions select, by linx_key(): an element has the slot bits of the sessions that select the
 * call's entry, or its return. A probe tests this first. In most cases no bit is set, and the probe ends.
 */
struct linx_union {
	u8 enter[LINX_KEYS];
	u8 exit[LINX_KEYS];
	bool files; /* a running session has LINX_SETUP_FILES */
};
extern struct linx_union linx_any_selected;

/* Is the call's bit set? bits: linx_session.enter, exit or prio. key: linx_key() */
static __always_inline bool linx_bit(const u64 (*bits)[LINX_NR_WORDS], u32 key)
{
	return READ_ONCE((&bits[0][0])[key / 64]) >> (key % 64) & 1;
}

/* Are the call's entry records left out because its returns are sampled? See filter/rate.h. */
static __always_inline bool linx_rate_sampled(const struct linx_session *s, u32 key)
{
	const u16 *every = READ_ONCE(s->every);

	return unlikely(every) && READ_ONCE(*(every + key)) > 1 && linx_bit(s->exit, key);
}

/*
 * Is the entry of a call with these arguments selected, and not left out by sampling? row: the call's row of the call
 * table, or of its variant if an argument (such as the command of fcntl) selects one.
 */
static __always_inline bool linx_selects_entry(const struct linx_session *s, const struct linx_row *row, u32 key, const u64 *args)
{
	if (!linx_bit(s->enter, key) || linx_rate_sampled(s, key))
		return false;
	return likely(row->entry == LINX_ENTRY_ALL) || linx_entry_holds(row->entry, READ_ONCE(s->entries_chosen), args);
}

/*
 * Is the context record of the current task up to date? Then no context record has to be written before the call's
 * record.
 */
static __always_inline bool linx_is_announced(const struct linx_session *s)
{
	return test_bit(current->pid, READ_ONCE(s->announced_now));
}

#endif
