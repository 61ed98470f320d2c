// SPDX-License-Identifier: LGPL-2.1-or-later
/* Settings of the running eBPF programs: selection, filters, the list of processes to record, begin and end. */
#include <errno.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/bpf/bpf.h"
#include "engine/canary.h"
#include "engine/proc/proc.h"

/* ---- selection ----------------------------------------------------------------------- */

static bool bit(const __u64 map[LINX_ABI_NR][LINX_NR_WORDS], unsigned int abi, unsigned int nr)
{
	return map[abi][nr / 64] >> nr % 64 & 1;
}

static bool is_priority(const struct linx_engine_bpf *b, const struct linx_walker_row *row, unsigned int abi, unsigned int nr)
{
	bool of_class = row->flags & LINX_ROW_PRIO;

	if (!b->has_priority)
		return of_class;
	return bit(b->priority.calls, abi, nr) || (of_class && b->priority.flags & LINX_PRIORITY_CLASS);
}

static int set_call(struct linx_engine_bpf *b, unsigned int abi, unsigned int nr)
{
	const struct linx_walker_row *row = linx_rows_get(b->rows, abi, nr);
	uint32_t key = abi * LINX_NR_MAX + nr;
	struct linx_bpf_call call = {
		.row = *row,
		.every = b->every[key],
		.http = b->config.flags & LINX_BPF_HTTP ? linx_bpf_http_of(row) : 0,
	};
	int rc;

	call.want = (bit(b->select.enter, abi, nr) ? LINX_BPF_WANT_ENTER : 0) |
		    (bit(b->select.exit, abi, nr) ? LINX_BPF_WANT_EXIT : 0) |
		    (bit(b->select.exit, abi, nr) && b->config.flags & LINX_BPF_TIMES ? LINX_BPF_TIMED : 0) |
		    (is_priority(b, row, abi, nr) ? LINX_BPF_PRIO : 0) |
		    (b->config.flags & LINX_BPF_FILES && (row->makes_fds || row->nfiles) ? LINX_BPF_CHANGES : 0) |
		    (row->flags & LINX_ROW_CONTEXT ? LINX_BPF_CONTEXT : 0) | (row->flags & LINX_ROW_OPTION ? LINX_BPF_OPTION : 0) |
		    (row->flags & LINX_ROW_OTHER ? LINX_BPF_OTHER : 0);
	call.tamper = linx_bpf_tamper_way(b, row);
	call.want |= call.tamper || (b->e.canary && key == SYS_getcpu) ? LINX_BPF_WATCH : 0;
	linx_bpf_plan_fast(b, abi, nr, &call);
	if (!(call.want & LINX_BPF_WANT_EXIT) && call.want & LINX_BPF_WATCH)
		call.nfast = LINX_BPF_FAST_NONE; /* the slow path leaves out what is not selected */
	rc = b->lib.bpf_map_update_elem(b->calls_fd, &key, &call, BPF_ANY);
	if (!(b->config.flags & LINX_BPF_COUNT))
		b->wants[key] = (uint8_t)call.want;
	return rc;
}

/*
 * Sets what the program does at each call, in a session that only counts. Called when the selection or the filter has
 * changed. If the filter passes every return of a call, the program need not test it, and counts the call in fewer
 * instructions.
 */
static void set_tallies(const struct linx_engine_bpf *b)
{
	bool asks = __atomic_load_n(&b->control->filter, __ATOMIC_RELAXED);

	if (!(b->config.flags & LINX_BPF_COUNT))
		return;
	for (unsigned int key = 0; key < LINX_NCALLS; key++) {
		unsigned int abi = key / LINX_NR_MAX, nr = key % LINX_NR_MAX;
		bool forks = linx_rows_get(b->rows, abi, nr)->flags & LINX_ROW_FORK;
		unsigned int want = forks ? LINX_BPF_TALLY_ASK | LINX_BPF_TALLY_FORK : asks ? LINX_BPF_TALLY_ASK : LINX_BPF_TALLY_ALL;

		__atomic_store_n(&b->wants[key], bit(b->select.exit, abi, nr) ? want : 0, __ATOMIC_RELAXED);
	}
}

/* Sets and clears bits of the filter. */
static void set_filter_bits(const struct linx_engine_bpf *b, uint32_t set, uint32_t clear)
{
	__atomic_fetch_or(&b->control->filter, set, __ATOMIC_SEQ_CST);
	__atomic_fetch_and(&b->control->filter, ~clear, __ATOMIC_SEQ_CST);
	set_tallies(b);
}

static int set_calls(struct linx_engine_bpf *b)
{
	int rc = 0;

	for (unsigned int abi = 0; !rc && abi < LINX_ABI_NR; abi++)
		for (unsigned int nr = 0; !rc && nr < LINX_NR_MAX; nr++)
			rc = set_call(b, abi, nr);
	set_tallies(b);
	return rc ? linx_fail(&b->e.err, rc, "engine bpf: cannot select the calls: %s", strerror(-rc)) : 0;
}

static bool wants_entries(const struct linx_engine_bpf *b)
{
	if (b->config.flags & LINX_BPF_TIMES)
		return true;
	for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++)
		for (unsigned int i = 0; i < LINX_NR_WORDS; i++)
			if (b->select.enter[abi][i])
				return true;
	return false;
}

/* True if io_uring operations are recorded, and a selected system call corresponds to one of them. */
static bool wants_uring(const struct linx_engine_bpf *b)
{
	for (unsigned int i = 0; b->config.flags & LINX_BPF_URING && i < 2 * LINX_BPF_URING_RULES; i++) {
		unsigned int abi = b->uring_keys[i] / LINX_NR_MAX, nr = b->uring_keys[i] % LINX_NR_MAX;

		if (bit(b->select.enter, abi, nr) || bit(b->select.exit, abi, nr))
			return true;
	}
	return false;
}

/* Loads the programs that the selection needs, so that all of them can be attached at nearly the same time. */
static int load_selected(struct linx_engine_bpf *b)
{
	int rc = 0;

	if (wants_entries(b))
		rc = linx_bpf_load_more(b, LINX_BPF_SET_ENTRIES, &b->e.err);
	if (!rc && wants_uring(b))
		rc = linx_bpf_load_more(b, LINX_BPF_SET_URING, &b->e.err);
	return rc ? rc : linx_bpf_probes_load(b);
}

static int attach(struct linx_engine_bpf *b, enum linx_bpf_program i)
{
	if (b->links[i])
		return 0;
	b->links[i] = linx_bpf_attach(b, i);
	if (b->links[i])
		return linx_bpf_own(b, LINX_TAMPER_LINK, b->lib.bpf_link__fd(b->links[i]), true);
	return linx_fail(&b->e.err, -errno, "engine bpf: cannot attach a program to its tracepoint: %s", strerror(errno));
}

static void detach(struct linx_engine_bpf *b, enum linx_bpf_program i)
{
	if (b->links[i]) {
		linx_bpf_own(b, LINX_TAMPER_LINK, b->lib.bpf_link__fd(b->links[i]), false);
		b->lib.bpf_link__destroy(b->links[i]);
	}
	b->links[i] = NULL;
}

/* Attaches the program at entries of calls, if it is needed: it costs every call of the machine some time. */
static int attach_entries(struct linx_engine_bpf *b)
{
	if (wants_entries(b))
		return attach(b, LINX_BPF_ENTER);
	detach(b, LINX_BPF_ENTER);
	return 0;
}

/*
 * Attaches the programs of io_uring if a selected call needs them. They stay attached and see all operations from then
 * on. Otherwise a result could be taken for that of another operation.
 */
static int attach_uring(struct linx_engine_bpf *b)
{
	int rc = 0;

	if (!wants_uring(b))
		return 0;
	for (unsigned int i = LINX_BPF_URING_COMPLETE; !rc && i <= LINX_BPF_URING_REFUSED; i++)
		rc = attach(b, i);
	return rc;
}

/*
 * Deletes all times of entry from the hash map that the reduced programs (for Linux before 5.17) use. A call that
 * begins meanwhile may lose its time; its record says so.
 */
static void empty_entries(const struct linx_engine_bpf *b)
{
	int fd = b->lib.bpf_map__fd(b->lib.bpf_object__find_map_by_name(linx_bpf_base(b), "entries"));
	uint32_t tid;

	for (uint32_t i = 0; i < b->config.entries && !b->lib.bpf_map_get_next_key(fd, NULL, &tid); i++)
		b->lib.bpf_map_delete_elem(fd, &tid);
}

/*
 * Deletes the entries of calls under way when their returns are no longer recorded: a later call might find
 * such an entry.
 */
static void forget_entries(const struct linx_engine_bpf *b)
{
	if (b->reduced) {
		empty_entries(b);
		return;
	}
	for (uint32_t i = 0; b->config.flags & LINX_BPF_TIMES && i < b->config.entries; i++) {
		__u64 owner = __atomic_load_n(&b->entries[i].owner, __ATOMIC_RELAXED);
		uint32_t call = (uint32_t)(owner >> 32);

		if (!owner || call == LINX_BPF_ENTRY_IDLE ||
		    (call < LINX_NCALLS && bit(b->select.exit, call / LINX_NR_MAX, call % LINX_NR_MAX)))
			continue;
		/* does nothing if owner has changed: the task is in another call by now */
		__atomic_compare_exchange_n(&b->entries[i].owner, &owner,
					    (uint64_t)LINX_BPF_ENTRY_IDLE << 32 | (uint32_t)owner, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED);
	}
}

int linx_bpf_select(struct linx_engine *e, const struct linx_select *sel)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	const struct linx_select former = b->select;
	int rc;

	b->select = *sel;
	if (b->config.flags & LINX_BPF_COUNT)
		memset(b->select.enter, 0, sizeof(b->select.enter));
	rc = b->started && !b->stopped ? load_selected(b) : 0;
	if (rc) {
		b->select = former;
		return rc;
	}
	b->control->chosen = sel->flags & LINX_SELECT_CHOSEN;
	rc = set_calls(b);
	if (rc)
		return rc;
	forget_entries(b);
	if (!b->started || b->stopped)
		return 0;
	rc = attach_entries(b);
	return rc ? rc : attach_uring(b);
}

/* ---- sampling, budget, priority --------------------------------------------------------- */

int linx_bpf_sample(struct linx_engine *e, const uint16_t *every)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);

	memcpy(b->every, every, LINX_NCALLS * sizeof(*every));
	return set_calls(b);
}

int linx_bpf_budget(struct linx_engine *e, uint64_t per_second)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	uint64_t quota = per_second / LINX_BUDGET_WINDOWS;

	if ((per_second && per_second < LINX_BUDGET_MIN) || quota > UINT32_MAX / 2)
		return linx_fail(&e->err, -EINVAL, "budget %llu: not between %u and %llu events per second",
				 (unsigned long long)per_second, LINX_BUDGET_MIN, UINT32_MAX / 2ull * LINX_BUDGET_WINDOWS);
	__atomic_store_n(&b->control->quota, (uint32_t)quota, __ATOMIC_RELAXED);
	set_filter_bits(b, quota ? LINX_BPF_BUDGET : 0, quota ? 0 : LINX_BPF_BUDGET);
	return 0;
}

int linx_bpf_priority(struct linx_engine *e, const struct linx_priority *p)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);

	b->priority = *p;
	b->has_priority = true;
	return set_calls(b);
}

/* ---- filters ------------------------------------------------------------------------- */

/* Flags of filters that may leave out some threads of a process and not others. */
#define OF_THREAD (LINX_FILTER_THREADS | LINX_FILTER_COMM | LINX_FILTER_COMM_NOT | LINX_FILTER_UID)

/*
 * Sets the filter. This engine evaluates neither a condition that is a classic BPF program nor the filter of cgroups:
 * the library evaluates the condition for each event.
 */
int linx_bpf_filter(struct linx_engine *e, const struct linx_filter *f)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	struct linx_bpf_control *c = b->control;
	uint32_t flags = f->flags & ~(uint32_t)(LINX_FILTER_PREDICATE | LINX_FILTER_CGROUPS);

	if (flags & LINX_FILTER_DURATION && !(b->config.flags & LINX_BPF_TIMES))
		return linx_fail(&e->err, -EINVAL, "engine bpf: a minimum duration needs the time of entry to be recorded");
	flags |= !b->started || b->stopped ? LINX_BPF_STOPPED : 0;
	flags |= c->quota ? LINX_BPF_BUDGET : 0;
	c->judged = !!(f->flags & LINX_FILTER_PREDICATE);
	c->uid_min = f->uid_min;
	c->uid_max = f->uid_max;
	c->min_duration = f->min_duration_ns;
	c->ncomms = f->ncomms < LINX_FILTER_COMMS ? f->ncomms : LINX_FILTER_COMMS;
	memcpy(c->comms, f->comms, sizeof(c->comms));
	for (unsigned int i = 0; i < c->ncomms; i++)
		c->comms[i][15] = '\0';
	if (flags & OF_THREAD)
		c->filters_threads = 1;
	__atomic_store_n(&c->filter, flags, __ATOMIC_RELEASE);
	set_tallies(b);
	return 0;
}

/* ---- the list of processes ------------------------------------------------------------ */

/*
 * Puts a task on the list of processes to record, or takes it off. 1: the list has changed; 0: it has not; or -errno.
 */
static int list(struct linx_engine_bpf *b, uint32_t id, bool on)
{
	uint32_t one = 1;
	int rc = on ? b->lib.bpf_map_update_elem(b->listed_fd, &id, &one, BPF_NOEXIST) :
		      b->lib.bpf_map_delete_elem(b->listed_fd, &id);

	if (rc)
		return rc == -EEXIST || rc == -ENOENT ? 0 : rc;
	__atomic_fetch_add(&b->control->listed, on ? 1 : -1, __ATOMIC_SEQ_CST);
	return 1;
}

static bool of_threads(const struct linx_engine_bpf *b)
{
	return __atomic_load_n(&b->control->filter, __ATOMIC_RELAXED) & LINX_FILTER_THREADS;
}

/* True if /proc is mounted and shows the pid namespace of this process. */
static bool proc_is_ours(void)
{
	char text[16];
	ssize_t n = readlink("/proc/self", text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return strtol(text, NULL, 10) == getpid();
}

/*
 * Returns the number that the list has, or would have, for a task: the task's own tid, or its process's pid. 0: there
 * is no such task.
 */
static uint32_t number_on_list(const struct linx_engine_bpf *b, int tid)
{
	pid_t tgid;

	if (!proc_is_ours())
		return kill(tid, 0) && errno == ESRCH ? 0 : (uint32_t)tid;
	tgid = linx_proc_tgid(tid);
	return tgid > 0 && of_threads(b) ? (uint32_t)tid : (uint32_t)tgid;
}

/*
 * True if a task of the list of processes seems to be a zombie. This may be wrong: an exec may give the task's number
 * to another thread meanwhile.
 */
static bool looks_ended(const struct linx_engine_bpf *b, uint32_t id)
{
	static const char form[] = "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d";
	char text[1024], state;
	const char *fields = linx_proc_stat((pid_t)id, text, sizeof(text));
	int threads;

	if (!fields || sscanf(fields, form, &state, &threads) != 2)
		return false;
	return (state == 'Z' || state == 'X') && (of_threads(b) || threads <= 1);
}

/*
 * Removes ended processes from the list of processes to record, since the programs do not see every end. zombies:
 * zombies are removed, too; to look for them takes long.
 */
static void prune(struct linx_engine_bpf *b, bool zombies)
{
	const bool look = zombies && proc_is_ours();
	uint32_t id, next;
	bool more = !b->lib.bpf_map_get_next_key(b->listed_fd, NULL, &next);

	while (more) {
		id = next;
		more = !b->lib.bpf_map_get_next_key(b->listed_fd, &id, &next);
		if ((kill((pid_t)id, 0) && errno == ESRCH) || (look && looks_ended(b, id) && looks_ended(b, id)))
			list(b, id, false);
	}
}

/*
 * Adds processes to the list, or removes them. If one of the numbers to add is unknown, no process is added. A failure
 * after that check leaves the processes before it on the list.
 */
int linx_bpf_pids(struct linx_engine *e, const int *pids, unsigned int n, bool remove)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	int rc = 0;

	for (unsigned int i = 0; !remove && i < n; i++)
		if (!number_on_list(b, pids[i]))
			return linx_fail(&e->err, -ESRCH, "no process %d", pids[i]);
	for (unsigned int i = 0; rc >= 0 && i < n; i++) {
		uint32_t id = number_on_list(b, pids[i]);

		/* a task that has ended can also be removed */
		rc = id || remove ? list(b, id ? id : (uint32_t)pids[i], !remove) : -ESRCH;
	}
	if (rc < 0)
		return linx_fail(&e->err, rc, "engine bpf: cannot list a process: %s", strerror(-rc));
	if (b->started && !remove)
		prune(b, true);
	b->lists = true;
	b->reported = 0;
	return 0;
}

/* Adds the processes on the list of another engine to the list of b. Returns the number of new processes, or -errno. */
static int join(struct linx_engine_bpf *b, const struct linx_engine_bpf *other)
{
	uint32_t id, *last = NULL;
	int rc = 0, added = 0;

	while (rc >= 0 && !b->lib.bpf_map_get_next_key(other->listed_fd, last, &id)) {
		rc = list(b, id, true);
		added += rc > 0;
		last = &id;
	}
	return rc < 0 ? rc : added;
}

/* Limit of the rounds of linx_bpf_inherit(): processes that fork all the time may need many. */
#define INHERIT_ROUNDS 1000

/*
 * Takes over the list of processes of another engine. A process may fork while the list is copied: if the program that
 * sees the fork does not find the parent on this engine's list yet, the child is put on the other list only. So the
 * other list is read again, until a pass that began after all such programs had ended finds no process to add.
 */
int linx_bpf_inherit(struct linx_engine *e, const struct linx_engine *from)
{
	const struct linx_engine_bpf *other = (const struct linx_engine_bpf *)from;
	struct linx_engine_bpf *b = linx_to_bpf(e);
	int rc = 1;

	for (unsigned int i = 0; rc > 0 && i < INHERIT_ROUNDS; i++) {
		rc = join(b, other);
		linx_bpf_wait_for_programs(b);
		linx_bpf_wait_for_programs(other);
	}
	prune(b, true);
	if (rc)
		return linx_fail(&e->err, rc < 0 ? rc : -EAGAIN, "engine bpf: cannot take over a list of processes: %s",
				 strerror(rc < 0 ? -rc : EAGAIN));
	b->lists = true;
	b->reported = 0;
	return 0;
}

/* If the list of processes has no more members than this, each call of linx_bpf_listed() looks for zombies. */
#define FEW_LISTED 64

int linx_bpf_listed(struct linx_engine *e)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);

	if (!b->stopped)
		prune(b, __atomic_load_n(&b->control->listed, __ATOMIC_ACQUIRE) <= FEW_LISTED);
	return __atomic_load_n(&b->control->listed, __ATOMIC_ACQUIRE);
}

/* ---- begin and end ---------------------------------------------------------------------- */

/* Time limit of a snapshot before the rings are read for the first time. */
#define SNAP_BEFORE_MS 1000

/*
 * Marks an engine whose start failed. Some of its programs may be attached already, but the engine records nothing and
 * can only be closed.
 */
static int not_started(struct linx_engine *e, int rc)
{
	const struct linx_error why = e->err;

	linx_bpf_stop(e);
	e->err = why;
	return rc;
}

/* Starts recording. Each task gets a context record before its first other record. */
int linx_bpf_start(struct linx_engine *e)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	int rc = 0;

	if (b->stopped)
		return linx_fail(&e->err, -EINVAL, "stopped: to record again, open another source");
	if (b->started)
		return linx_fail(&e->err, -EALREADY, "already started");
	rc = load_selected(b);
	if (rc)
		return not_started(e, rc);
	linx_bpf_watch_clock(b);
	linx_bpf_relate_clocks(b);
	b->start_ns = b->clock.realtime;
	set_filter_bits(b, 0, LINX_BPF_STOPPED);
	for (unsigned int i = 0; !rc && i <= LINX_BPF_EXIT; i++)
		rc = attach(b, i);
	if (!rc)
		rc = attach_entries(b);
	if (!rc && b->config.flags & LINX_BPF_CPU_TIMES)
		rc = attach(b, LINX_BPF_SWITCH);
	for (unsigned int i = LINX_BPF_SIGNAL_SENT; !rc && b->config.flags & LINX_BPF_SIGNALS && i <= LINX_BPF_SIGNAL_DELIVERED; i++)
		rc = attach(b, i);
	if (!rc)
		rc = attach_uring(b);
	if (!rc)
		rc = linx_bpf_probes_attach(b);
	__atomic_store_n(&b->control->attached, !rc, __ATOMIC_SEQ_CST);
	b->started = !rc;
	if (b->lists)
		prune(b, true);
	/* A flight recorder takes a snapshot at each dump instead. */
	if (!rc && b->snapshots && !linx_bpf_records_over(b))
		rc = linx_bpf_snapshot(b, SNAP_BEFORE_MS);
	if (!rc && linx_canary_start(e->canary))
		rc = linx_fail(&e->err, -EAGAIN, "engine bpf: cannot start a thread for canaries");
	return rc ? not_started(e, rc) : 0;
}

void linx_bpf_wait_for_programs(const struct linx_engine_bpf *b)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* pairs with the atomic operation of cpu_begin() in bpf/ring/ring.h */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	for (unsigned int i = 0; i < b->ncpus; i++) {
		uint64_t begun = __atomic_load_n(&linx_bpf_cpu(b, i)->begun, __ATOMIC_ACQUIRE);

		while (!linx_bpf_have_ended(begun, __atomic_load_n(&linx_bpf_cpu(b, i)->begun, __ATOMIC_ACQUIRE)))
			sched_yield();
	}
}

int linx_bpf_stop(struct linx_engine *e)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);

	if (b->stopped)
		return 0;
	linx_canary_stop(e->canary);
	set_filter_bits(b, LINX_BPF_STOPPED, 0);
	linx_bpf_wait_for_programs(b);
	b->stopped = true;
	linx_bpf_relate_clocks(b);
	if (b->started)
		b->stop_ns = b->clock.realtime;
	for (unsigned int i = 0; i < LINX_BPF_ATTACHED; i++)
		detach(b, i);
	linx_bpf_probes_detach(b);
	if (b->started && !linx_bpf_records_over(b))
		linx_bpf_last_gaps(b);
	/*
	 * No program writes any more. In a flight recorder the half of an earlier dump can still be read, and the
	 * other half is read after it.
	 */
	return b->started && linx_bpf_records_over(b) ? linx_bpf_flush(b, true) : 0;
}
