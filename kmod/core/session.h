/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session: one open of /dev/linxcap, one consumer. Contexts that use it:
 *
 *  owner's ioctls   hold session.lock (settings, start, stop, allocation)
 *  probes           run with preemption off, on running sessions, which they find through
 *                   linx_sessions (RCU). They read with READ_ONCE the settings that may
 *                   change in a running session, and write only their own CPU's
 *                   struct linx_ring
 *  mmap, poll       do not hold session.lock. mmap holds mmap_lock; neither lock is taken
 *                   inside the other: see linx_session.ready, linx_ring.area
 *
 * Lifetime: the open file. Mappings hold the file, so that ->release frees the rings when
 * neither a descriptor nor a mapping is left. Before that the session has been stopped, and
 * the stop has waited for every probe that could see it.
 *
 * The room core/ holds the structures that all rooms above share: the session, the
 * state of its rings, the list of running sessions, the guard around each probe, and
 * the clock. It calls no room above.
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
struct linx_throttle;
struct linx_op_slot;
struct linx_entry_slot;

/* Bits of calls: [abi][number / 64]. */
typedef u64 linx_bits[LINX_ABI_NR][LINX_NR_WORDS];

/* Values of linx_wake.armed. A probe adds it to the head of its ring and compares the sum with linx_ring.wake_at. */
#define LINX_WAKE_IDLE (-(1LL << 62)) /* nobody sleeps: never reached */
#define LINX_WAKE_ANY (1LL << 62) /* waits for the first record, which starts the delay: always reached */
#define LINX_WAKE_WATERMARK 0LL /* the delay runs; only the watermark wakes the reader earlier */

struct linx_wake {
	wait_queue_head_t queue;
	struct irq_work work;
	struct hrtimer timer; /* timer of the delay */
	struct hrtimer soon; /* PREEMPT_RT: wakes the reader for the irq_work */
	s64 armed; /* LINX_WAKE_*; written by poll, probes, irq_work and timers */
	int request; /* work for irq_work: bits in ring/wake.c */
};

/*
 * Processes with too many threads for a probe to renew the context record of each: task/crowd.c. Probes write the
 * list under lock, and read it while linx_session.announced_now is not announced.
 */
#define LINX_CROWDS 64
struct linx_crowds {
	raw_spinlock_t lock;
	u32 n; /* processes in tgids[]; above LINX_CROWDS: any process of so many threads is one. Release-stored */
	pid_t tgids[LINX_CROWDS];
	u64 changes; /* how often one was added, also again; under lock */
	struct delayed_work work;
};

struct linx_session {
	/* Read by each probe; written by ioctls. */
	struct list_head link; /* linx_sessions, RCU */
	u16 enter_fast[LINX_NR_MAX]; /* x86_64: enum linx_fast_path */
	u16 exit_fast[LINX_NR_MAX]; /* x86_64 */
	linx_bits enter;
	linx_bits exit;
	bool enter_32[LINX_NR_MAX], exit_32[LINX_NR_MAX]; /* 32-bit calls for syscall/fast_32.c */
	linx_bits prio; /* calls that may use the reserved share of a ring and count against no budget */
	struct linx_ring __percpu *ring;
	const unsigned long *announced_now; /* announced; no bits at all while there are crowds */
	unsigned long *announced; /* by tid: has a context record that is up to date, if its process is no crowd */
	unsigned long *ever_announced; /* by tid: has had one, so its end is of interest, too */
	unsigned long *process_announced; /* by pid: a task of that process was announced */
	unsigned long *cmdline_sent; /* by pid: the reader has had its command line */
	unsigned long *pid_list; /* by pid or tid; NULL: nothing was listed */
	unsigned long *tgid_only; /* listed, if only processes that are on it are recorded; else NULL */
	u32 filter; /* LINX_FILTER_* */
	bool fast_allowed; /* fast paths are allowed: records hold nothing that only some sessions ask for */
	bool entries_chosen; /* LINX_SELECT_CHOSEN */
	bool has_snapshot; /* the reader knows tasks from a snapshot */
	bool filters_threads; /* filters threads, or did: processes may have changed unseen */
	u32 flags; /* LINX_SETUP_* */
	u32 mode;
	u32 snap_bytes; /* most bytes of a buffer in the record itself */
	u32 snap_long; /* most bytes of a buffer in the record and its pieces; 0: no pieces */
	u32 snap_str;
	bool values_looked_at; /* snap_long or http: the general encoder may have to capture more */
	u32 user_max; /* most bytes of user memory per record */
	u32 fd_max; /* most bytes of descriptors per record; 0: none are recorded */
	u32 http_bytes; /* most bytes of an HTTP header that are kept; 0: headers are cut like other buffers */
	atomic_t http_unfinished; /* entries of http in use */
	struct linx_http *http; /* capture/http.h; NULL: without LINX_SETUP_HTTP */
	u32 fast_values; /* most values of a fast path in a record; 0: none, as the ring is tiny */
	u32 fast_value_bytes; /* most bytes of one such value */
	u32 fast_values_room; /* bytes that these values need together */
	u64 follow_room; /* most bytes that a record with structures needs; huge: more than a record has */
	pid_t owner_tgid;
	struct linx_entry_slot *entry_slots; /* filter/entry_time.h; NULL: entry times are not kept */
	u32 entry_slots_mask;
	bool uring; /* operations were selected once: from then on all are seen, to match results */
	struct linx_ops *ops; /* syscall/uring.c; NULL: io_uring is left out */
	u8 slot; /* the session's bit in linx_any_selected: one of LINX_SLOTS */
	u16 *every; /* by linx_key(): one of so many is recorded; 0 and 1: all. NULL: no sampling */
	u32 quota; /* events of a CPU per window of filter/rate.c; 0: no budget */

	/* Details of filters, read if session.filter says so. */
	u32 uid_min, uid_max;
	u32 ncomms;
	u64 min_duration;
	char comms[LINX_FILTER_COMMS][16];
	struct linx_predicate *predicate; /* run by probes; freed after a grace period */
	struct linx_predicate *quick_predicate; /* predicate, if fast paths may run it alone; else NULL */
	struct linx_cgroups *cgroups; /* read by probes; freed after a grace period */

	struct linx_throttle *throttle; /* NULL unless in throttle mode */

	struct linx_wake wake;
	u64 watermark; /* bytes */
	u64 delay;

	/* Used by the owner. */
	struct mutex lock;
	struct mm_struct *mm; /* the owner's, for identity alone (mmgrab) */
	struct signal_struct *owner; /* identity alone */
	bool ready; /* SETUP was done; release-stored */
	bool running; /* all that it needs is hooked */
	bool stopped; /* was running once */
	bool sealed; /* LINX_IOC_SEAL; set once, under lock */
	bool seal_snapshot; /* LINX_SEAL_SNAPSHOT */
	u64 seal_floor, seal_floor_at; /* newest floor of a sealed session, and when it was asked for; 0: none yet */
	u64 seal_snapshot_at; /* when a snapshot of a sealed session began; 0: none did */
	u32 seal_cursor[4]; /* where it goes on */
	bool owner_gone; /* set by a probe: nothing more is recorded */
	u32 flips; /* recorder: number of flips; half flips & 1 is written. Release-stored; read by probes */
	u64 ring_size;
	u64 keep; /* reserved share in bytes */
	u64 charged; /* bytes charged by linx_ring_charge() */
	atomic_t listed_count;
	struct linx_crowds crowds;
	struct work_struct orphaned; /* stops it when the owner has gone, whoever still holds the file */
};

/*
 * Running sessions. Probes walk the list with preemption off; it changes under linx_sessions_lock. linx_sole_session:
 * the only session on it; NULL: there are more or none.
 */
extern struct list_head linx_sessions;
extern struct linx_session *linx_sole_session;

/*
 * Running sessions by the bit of their slot. Each slot but the last has at most one session, in
 * linx_session_in_slot[]. Further sessions share the last slot, whose element is NULL; probes find them on
 * linx_sessions.
 */
#define LINX_SLOTS 8
extern struct linx_session *linx_session_in_slot[LINX_SLOTS];

/*
 * Calls that running sessions want to see: for each key the bits of the sessions' slots. The first test of a probe,
 * and in most cases the last.
 */
struct linx_union {
	u8 enter[LINX_KEYS];
	u8 exit[LINX_KEYS];
	bool files; /* LINX_SETUP_FILES */
};
extern struct linx_union linx_any_selected;

/* Is a call selected? key: linx_key() */
static __always_inline bool linx_bit(const u64 (*bits)[LINX_NR_WORDS], u32 key)
{
	return READ_ONCE((&bits[0][0])[key / 64]) >> (key % 64) & 1;
}

/* Does sampling leave out the entry of a call, as it may leave out its return? filter/rate.h */
static __always_inline bool linx_rate_sampled(const struct linx_session *s, u32 key)
{
	const u16 *every = READ_ONCE(s->every);

	return unlikely(every) && READ_ONCE(*(every + key)) > 1 && linx_bit(s->exit, key);
}

/* Is the entry of a call with these arguments selected, and not left out by sampling? row: of the call's variant */
static __always_inline bool linx_selects_entry(const struct linx_session *s, const struct linx_row *row, u32 key, const u64 *args)
{
	if (!linx_bit(s->enter, key) || linx_rate_sampled(s, key))
		return false;
	return likely(row->entry == LINX_ENTRY_ALL) || linx_entry_holds(row->entry, READ_ONCE(s->entries_chosen), args);
}

/* Does the reader know the current task? Then only the filters remain to be asked. */
static __always_inline bool linx_is_announced(const struct linx_session *s)
{
	return test_bit(current->pid, READ_ONCE(s->announced_now));
}

#endif
