// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs of the eBPF engine. They are attached to tracepoints and perf events, or are run as
 * iterators, and write the records of linx_record.h into rings of their own, which the library maps.
 * libuser/engine/bpf loads them. All are in one file, since a program cannot call a function of
 * another object.
 *
 * 	compat.h           differences between kernels
 * 	maps.h, kernel.h   maps, and the members of kernel structures that are read
 * 	context.h          task, softirq or interrupt
 * 	loop.h             loops
 * 	ring.h             sequence numbers of records, free room in a ring, counters
 * 	side.h             side rings, for programs that interrupt others
 * 	recorder.h         the flight recorder's two rings of a CPU, and dropping the oldest records
 * 	value.h, long.h    user memory as values of records; values that continue in further records
 * 	http.h             headers of HTTP
 * 	follow.h, call.h   structures and the memory they point to; records of calls
 * 	fast.h             the fast path: records of the most frequent calls
 * 	arch.h             number and arguments of a call from the registers
 * 	path.h, task.h     context records of tasks; seen.h: tasks that have one
 * 	file.h, sock.h     files behind descriptors; addresses of sockets
 * 	fd.h, fd_rules.h   the file or socket of a call; all descriptors of a call
 * 	fd_table.h, fd_change.h   descriptor tables, and how calls change them
 * 	filter.h           filters on tasks and results
 * 	entry.h            times at which calls began, for durations
 * 	rate.h             sampling and budget
 * 	tamper.h           calls by which a program interferes with the recording
 * 	signal.h           signals
 * 	uring.h            operations of io_uring
 * 	held.h             programs at perf events
 * 	count.h            sessions that count calls and write no record
 * 	snapshot.h         tasks and open files that exist when a recording starts
 * 	programs.h         programs at probes on functions and tracepoints
 * 	hit.h, fetched.h   their hits and values; plain.h: hits that need no more than arguments
 */
#include "call/call.h"
#include "shared/context_facts.h"
#include "filter/entry.h"
#include "call/fast.h"
#include "fd/fd_change.h"
#include "filter/filter.h"
#include "call/rate.h"
#include "task/signal.h"
#include "task/task.h"
#ifndef LINX_REDUCED
#include "ring/side.h"
#include "fd/snapshot.h"
#include "call/tamper.h"
#include "call/uring.h"
#endif

/*
 * Each program at system calls is compiled twice, and the library loads one of the two. It loads the program with
 * "more" = true if the session asks for more than records of calls, such as changes of descriptor tables. The parameter
 * "more" is a constant in each program, so that other sessions have no cost. Kernels before Linux 5.17 have only the
 * programs with "more" = false.
 */

/*
 * Sets what every record of a call needs. The arguments are copied here only if the call's file or socket is recorded
 * (row.resolved), since the fast path finds the descriptor of that file or socket among them.
 */
static __always_inline void begin_call(struct cpu *x, const struct linx_bpf_call *call, const struct pt_regs *regs,
				       __u32 key, __s64 nr, __s64 ret, bool more)
{
	struct work *w = x->w;

	x->row = &call->row;
	note_row(x, key);
	w->tid = MEMBER(x->task, pid) & 0x3fffff;
	w->pid = MEMBER(x->task, tgid) & 0x3fffff;
	w->time = more ? time_now(x->c) : bpf_ktime_get_ns();
	w->key = key;
	w->number = nr;
	w->ret = ret;
	if (more && KEEPS_HTTP)
		w->http_call = call->http;
	if (call->row.resolved)
		get_args(w, regs, key);
}

/* Sets what only the slow path needs: arguments, instruction and stack pointers, and the row for the call's command. */
static __always_inline void begin_long_way(struct cpu *x, const struct linx_bpf_call *call, const struct pt_regs *regs)
{
	struct work *w = x->w;

	w->want = call->want;
	w->every = call->every;
	get_args(w, regs, w->key);
	get_place(w, regs);
	if (call->row.selector)
		choose_row(x, call->row.selector);
}

/*
 * Begins an ENTER or EXIT record. The call's number and ABI are set only here, since a context record, which has no
 * number and no ABI, may have been written just before.
 */
static __always_inline bool begin_record(struct cpu *x, __u32 kind)
{
	set_number(x->w);
	return rec_begin(x, kind, x->w->want & LINX_BPF_PRIO, x->w->key);
}

/* Has the call changed what a context record says, of this task or of another one, such as the uid? */
static __always_inline bool changes_context(const struct work *w)
{
	return w->want & LINX_BPF_CONTEXT && !failed(w->ret) &&
	       (!(w->want & LINX_BPF_OPTION) || linx_option_changes_context(w->args[0]));
}

/* Makes the tasks whose context records a call has made out of date get new ones with their next events. */
static __always_inline void forget_changed(struct cpu *x)
{
	struct work *w = x->w;

	forget(w->tid);
	if (w->want & LINX_BPF_OTHER && w->args[0])
		forget(global_pid(x, w->args[0]));
}

enum { TO_RECORD = 1, TO_ANNOUNCE = 2, TO_FORGET = 4, TO_FORGET_SHARING = 8 };

/*
 * Records the return of a call. If the call changed the task (its uid, say), a new context record of the task is
 * written at once, whether or not the call itself is recorded: threads that share what was changed may run next. If
 * this task is filtered out, the other threads of its process get new context records with their next events, as they
 * may not be filtered out. A call that moves the task out of the uid filter is still recorded, as its last one.
 */
static __always_inline int record_exit(struct cpu *x, bool more)
{
	struct work *w = x->w;
	bool wanted = w->want & LINX_BPF_WANT_EXIT, changed, leaves, passes, record;
	__u32 says, todo;

	if (!is_running())
		return 0;
	changed = changes_context(w);
	says = filters_say(x->task);
	leaves = changed && says == TASK_FAILS_BY_UID && is_announced(w->tid);
	if (changed)
		forget_changed(x);
	passes = leaves || says == TASK_PASSES;
	record = wanted && passes && result_passes(w);
	x->c->filtered += wanted && !record ? 1 : 0;
	record = record && rate_takes(x, false);
	todo = (record ? TO_RECORD : 0) | (passes && (record || changed || (!wanted && w->want & LINX_BPF_CONTEXT)) ? TO_ANNOUNCE : 0) | (leaves ? TO_FORGET : 0) |
	       (changed && says != TASK_PASSES && settings()->filters_threads ? TO_FORGET_SHARING : 0);
	/* opaque() hides the value of todo, so that the verifier checks the code below only once */
	todo = opaque(x, todo);
	if (todo & TO_ANNOUNCE)
		announce(x, x->task);
	if (todo & TO_RECORD && begin_record(x, LINX_REC_EXIT)) {
		put_exit(x, more);
		rec_commit(x, w->key);
	}
	if (todo & TO_FORGET)
		forget(w->tid);
	if (todo & TO_FORGET_SHARING)
		forget_threads(x->task);
	return 0;
}

static __own_stack bool fast_exit(struct cpu *x, const struct linx_bpf_call *call, const struct pt_regs *regs, bool more)
{
	return is_fast(x, call, LINX_REC_EXIT) && fast_record(x, call, regs, LINX_REC_EXIT, more);
}

static __always_inline void exit_call(struct cpu *x, const struct linx_bpf_call *call, const struct pt_regs *regs, bool more)
{
#ifndef LINX_REDUCED
	if (call->tamper) {
		get_args(x->w, regs, x->w->key);
		look_for_tampering(x, call->tamper);
		if (!(call->want & (LINX_BPF_WANT_EXIT | LINX_BPF_CONTEXT | LINX_BPF_CHANGES)))
			return;
	}
#endif
	if (more && RECORDS_FILES) {
		if (call->want & LINX_BPF_CHANGES)
			get_args(x->w, regs, x->w->key);
		if (call->want & LINX_BPF_CHANGES || !is_process_known(x->task->tgid))
			files_return(x, call->want & LINX_BPF_CHANGES);
		if (!(call->want & (LINX_BPF_WANT_EXIT | LINX_BPF_CONTEXT)))
			return;
	}
	if (config.flags & LINX_BPF_TIMES)
		/*
		 * entry_take() is called whatever the call's number is, because an exec may return under another
		 * number than that of its entry.
		 */
		x->w->begin = entry_take(x);
	if (fast_exit(x, call, regs, more))
		return;
	begin_long_way(x, call, regs);
	record_exit(x, more);
}

/*
 * Makes the task get a new context record with its next event. Called for a change of a task if no record can be
 * written, since this CPU has no ring or another program is at work on it. missed_context is incremented if the stream
 * has a context record of the task or of its process, or if "other" is set: the call changed another task. The library
 * then renews the context records of all tasks.
 */
static __always_inline void miss_change(struct cpu *x, struct task_struct *p, bool other)
{
	__u32 tid = MEMBER(p, pid);
	bool known = other || was_announced(tid) || is_process_known(MEMBER(p, tgid));

	forget(tid);
	if (x->c && known && is_running())
		add_atomic(&x->c->missed_context, 1);
}

/*
 * For each call: what the programs do at it (LINX_BPF_WANT_* and the flags defined with these); 0: nothing. Each
 * program tests this array first, as most calls have 0.
 */
__u8 wants[LINX_BPF_WANTS] SEC(".data.wants");

static __always_inline __u32 wants_of(__u32 key)
{
	pin(key);
	return wants[key & (LINX_BPF_WANTS - 1)];
}

/*
 * Programs at system calls. The kernel skips a program that begins on a CPU while another run of the same program has
 * not ended there. From Linux 7.0 on a task can be preempted inside a program at a BTF tracepoint; until that task
 * runs again, the calls of all other tasks on that CPU are missed. Programs at perf events (LINX_BPF_HELD) always run
 * with preemption off; where these are not available, the BTF programs turn preemption off as their first action
 * (LINX_BPF_EARLY).
 */
static __always_inline void hold_first(void)
{
	if (config.flags & LINX_BPF_EARLY)
		hold_cpu();
}

static __always_inline int release_unwanted(void)
{
	if (config.flags & LINX_BPF_EARLY)
		release_cpu();
	return 0;
}

static __always_inline void hold_call(void)
{
	if (!(config.flags & (LINX_BPF_EARLY | LINX_BPF_HELD)))
		hold_cpu();
}

static __always_inline void release_call(void)
{
	if (!(config.flags & LINX_BPF_HELD))
		release_cpu();
}

/* Flags LINX_BPF_* of a call for which the program at returns has to run. */
#define WANTED_AT_EXIT (LINX_BPF_WANT_EXIT | LINX_BPF_CONTEXT | LINX_BPF_WATCH)

/*
 * Counts a call of the reader if it is a canary (LINX_CANARY). Other calls of the reader that come here are left out.
 * A canary needs no room in the ring.
 */
static __noinline int take_canary(const struct pt_regs *regs)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct place *place = bpf_map_lookup_elem(&cpus, &cpu);
	__u64 canary = THIRD_OF(regs);

	if (!place || canary >> 32 != LINX_CANARY >> 32 || !is_running())
		return 0;
	place->c.prod.canaries++;
	place->c.prod.canary = canary;
	return 0;
}

static __always_inline int handle_exit(const struct pt_regs *regs, struct task_struct *task, __u32 key, __s64 nr, __s64 ret,
				       bool more)
{
	struct linx_bpf_call *call;
	struct cpu x;

	hold_call();
	x.task = task;
	if (more)
		x.http = 1;
	call = bpf_map_lookup_elem(&calls, &key);
	/* A new child returns 0 from the fork or clone call of its parent: the child made no such call. */
	if (!call || is_owner(task) || (call->row.flags & LINX_ROW_FORK && !ret)) {
		if (call && call->want & LINX_BPF_WATCH && is_owner(task))
			take_canary(regs);
		release_call();
		return 0;
	}
	if (cpu_begin(&x)) {
		begin_call(&x, call, regs, key, nr, ret, more);
		exit_call(&x, call, regs, more);
		if (more)
			keep_task(&x);
		cpu_end(x.c, x.number);
	} else {
		if (config.flags & LINX_BPF_TIMES)
			entry_drop(MEMBER(task, pid));
		if (!failed(ret) && call->want & (LINX_BPF_CONTEXT | LINX_BPF_CHANGES))
			miss_change(&x, task, call->want & LINX_BPF_OTHER);
		if (!failed(ret) && call->want & LINX_BPF_CONTEXT)
			forget_threads(task);
	}
	release_call();
	return 0;
}

/*
 * Has the program something to do for this call? what: the purposes of the program (LINX_BPF_WANT_* and other flags of
 * wants[]). *nr is the number that the tracepoint passed. Sets *key to the call's index in the maps, and *nr to the
 * call's number for records.
 */
static __always_inline bool is_wanted(struct task_struct *task, __u32 what, __u32 *key, __s64 *nr)
{
	*key = key_of(task, nr);
	return wants_of(*key) & what;
}

static __noinline int exit_wanted(const struct pt_regs *regs, struct task_struct *task, __u32 key, __s64 nr, __s64 ret)
{
	return handle_exit(regs, task, key, nr, ret, false);
}

static __always_inline int begin_exit(__u64 *ctx)
{
	const struct pt_regs *regs = (void *)ctx[0];
	struct task_struct *task = current_task();
	__s64 nr = NR_OF(regs);
	__u32 key;

	if (!is_wanted(task, WANTED_AT_EXIT, &key, &nr))
		return release_unwanted();
	return exit_wanted(regs, task, key, nr, ctx[1]);
}

SEC("tp_btf/sys_exit")
int linx_exit(__u64 *ctx)
{
	hold_first();
	return begin_exit(ctx);
}

#ifndef LINX_REDUCED

/*
 * If HTTP headers are kept, the functions that the next function calls leave 160 bytes of stack for it: the verifier of
 * Linux 6.1 rounds the stack of each function up to a multiple of 32 bytes, and allows 512 bytes for a chain of calls.
 * clang 19 keeps the function within that limit only with the attribute minsize; clang 14 does so without the
 * attribute.
 */
#if __clang_major__ > 14
#define __small __attribute__((minsize))
#else
#define __small
#endif

static __noinline __small int exit_wanted_more(const struct pt_regs *regs, struct task_struct *task, __u32 key, __s64 nr, __s64 ret)
{
	return handle_exit(regs, task, key, nr, ret, true);
}

static __always_inline int begin_exit_more(__u64 *ctx)
{
	const struct pt_regs *regs = (void *)ctx[0];
	struct task_struct *task = bpf_get_current_task_btf();
	__s64 nr = NR_OF(regs);
	__u32 key;

	if (!is_wanted(task, WANTED_AT_EXIT | LINX_BPF_CHANGES, &key, &nr))
		return release_unwanted();
	return exit_wanted_more(regs, task, key, nr, ctx[1]);
}

SEC("tp_btf/sys_exit")
int linx_exit_more(__u64 *ctx)
{
	hold_first();
	return begin_exit_more(ctx);
}

#endif

static __always_inline int record_enter(struct cpu *x)
{
	struct work *w = x->w;
	bool record = wants_entry(x);
	bool timed = config.flags & LINX_BPF_TIMES && w->want & LINX_BPF_TIMED;

	if (!is_running() || !(record || timed))
		return 0;
	if (!task_passes(x, x->task)) {
		x->c->filtered += record;
		return 0;
	}
	if (timed)
		entry_set(x);
	if (!record || !rate_takes(x, true))
		return 0;
	announce(x, x->task);
	if (!begin_record(x, LINX_REC_ENTER))
		return 0;
	put_enter(x);
	rec_commit(x, w->key);
	return 0;
}

/*
 * Handles the entry of a call on the fast path. Returns false if the slow path has to write the entry record. If only
 * the time at which the call began is wanted, stores this time and returns true.
 */
static __noinline bool fast_enter(struct cpu *x, const struct linx_bpf_call *call, const struct pt_regs *regs)
{
	if (call->want & LINX_BPF_WANT_ENTER)
		return !(config.flags & LINX_BPF_TIMES) && !settings()->chosen && fast_record(x, call, regs, LINX_REC_ENTER, false);
	entry_set(x);
	return true;
}

static __always_inline int handle_enter(const struct pt_regs *regs, struct task_struct *task, __u32 key, __s64 nr, bool more)
{
	struct linx_bpf_call *call;
	struct cpu x;

	hold_call();
	x.task = task;
	if (more)
		x.http = 0;
	call = bpf_map_lookup_elem(&calls, &key);
	if (call && !is_owner(task) && cpu_begin(&x)) {
		begin_call(&x, call, regs, key, nr, 0, more);
		if (!is_fast(&x, call, LINX_REC_ENTER) || !fast_enter(&x, call, regs)) {
			begin_long_way(&x, call, regs);
			record_enter(&x);
		}
		if (more)
			keep_task(&x);
		cpu_end(x.c, x.number);
	}
	release_call();
	return 0;
}

static __noinline int enter_wanted(const struct pt_regs *regs, struct task_struct *task, __u32 key, __s64 nr)
{
	return handle_enter(regs, task, key, nr, false);
}

static __always_inline int begin_enter(__u64 *ctx)
{
	const struct pt_regs *regs = (void *)ctx[0];
	struct task_struct *task = current_task();
	__s64 nr = (__s32)ctx[1];
	__u32 key;

	if (!is_wanted(task, LINX_BPF_WANT_ENTER | LINX_BPF_TIMED, &key, &nr))
		return release_unwanted();
	return enter_wanted(regs, task, key, nr);
}

SEC("tp_btf/sys_enter")
int linx_enter(__u64 *ctx)
{
	hold_first();
	return begin_enter(ctx);
}

#ifndef LINX_REDUCED

static __noinline int enter_wanted_more(const struct pt_regs *regs, struct task_struct *task, __u32 key, __s64 nr)
{
	return handle_enter(regs, task, key, nr, true);
}

static __always_inline int begin_enter_more(__u64 *ctx)
{
	const struct pt_regs *regs = (void *)ctx[0];
	struct task_struct *task = bpf_get_current_task_btf();
	__s64 nr = (__s32)ctx[1];
	__u32 key;

	if (!is_wanted(task, LINX_BPF_WANT_ENTER | LINX_BPF_TIMED, &key, &nr))
		return release_unwanted();
	return enter_wanted_more(regs, task, key, nr);
}

SEC("tp_btf/sys_enter")
int linx_enter_more(__u64 *ctx)
{
	hold_first();
	return begin_enter_more(ctx);
}

#endif

/* Records a fork. Runs in the parent before the child runs. */
static __always_inline int record_fork(struct cpu *x, struct task_struct *parent, struct task_struct *child)
{
	struct work *w = x->w;
	__u32 flags = 0;
	bool there;

	list_child(parent, child);
	forget(child->pid);
	if (!is_running() || is_owner(parent) || is_owner(child) || !task_passes(x, parent) || !task_passes(x, child))
		return 0;
	begin_task(w, parent);
	announce(x, parent);
	if (child->tgid == parent->tgid)
		flags |= LINX_CTX_THREAD;
	if (child->mm && child->mm == parent->mm)
		flags |= LINX_CTX_VM_SHARED;
	if (child->files && child->files == parent->files)
		flags |= LINX_CTX_FILES_SHARED;
	if (child->fs && child->fs == parent->fs)
		flags |= LINX_CTX_FS_SHARED;
	begin_task(w, parent);
	if (!rec_begin(x, LINX_REC_FORK, true, NO_CALL))
		return 0;
	begin_announced(child->pid);
	put_ctx(x, child, flags, 0);
	put_who(x, child, 0);
	if (BPF_CORE_READ(child, cgroups) != BPF_CORE_READ(parent, cgroups))
		put_cgroup(x, child);
	there = rec_commit(x, NO_CALL);
	end_announced(child->pid, there);
	if (there)
		know_process(child->tgid, true);
	if (RECORDS_FILES)
		files_fork(x, parent, child);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int linx_fork(__u64 *ctx)
{
	struct task_struct *parent = (void *)ctx[0], *child = (void *)ctx[1];
	struct cpu x = { 0 };

	hold_cpu();
	if (cpu_begin(&x)) {
		x.w->time = time_now(x.c);
		record_fork(&x, parent, child);
		keep_task(&x);
		cpu_end(x.c, x.number);
	} else { /* no record can be written: the child gets a context record with its first event */
		list_child(parent, child);
		miss_change(&x, child, false);
	}
	release_cpu();
	return 0;
}

/*
 * Adds the child of a process on the list of recorded processes to that list before the child runs, even if the kernel
 * skipped linx_fork. The kernel skips a program at a tracepoint while another task is preempted inside that program on
 * the same CPU.
 */
SEC("tp_btf/task_newtask")
int linx_newtask(__u64 *ctx)
{
	struct task_struct *child = (void *)ctx[0];

	hold_cpu();
	list_child(current_task(), child);
	forget(MEMBER(child, pid));
	release_cpu();
	return 0;
}

static __always_inline void record_exec(struct cpu *x, struct task_struct *p, __u32 old, struct linux_binprm *bprm)
{
	bool passes = task_passes(x, p);

	if (!is_running() || is_owner(p))
		return;
	if (passes)
		put_task(x, p, LINX_REC_EXEC, old, bprm);
	if (passes)
		know_process(p->tgid, true);
	if (!RECORDS_FILES || (!passes && !is_process_known(p->tgid)))
		return;
	x->task = p;
	/*
	 * The descriptor table of a known process is recorded even if filters leave out this task: the reader may have
	 * a record of the table from before the exec, which may have closed descriptors in it.
	 */
	files_exec(x);
}

SEC("tp_btf/sched_process_exec")
int linx_exec(__u64 *ctx)
{
	struct task_struct *p = (void *)ctx[0];
	struct linux_binprm *bprm = (void *)ctx[2];
	__u32 old = ctx[1];
	struct cpu x = { 0 };

	hold_cpu();
	if (cpu_begin(&x)) {
		x.w->time = time_now(x.c);
		list_exec(p, old);
		if (config.flags & LINX_BPF_TIMES && (__u32)p->pid != old)
			entry_drop(old);
		inherit_number(old, p->pid);
		record_exec(&x, p, old, bprm);
		keep_task(&x);
		cpu_end(x.c, x.number);
	} else {
		list_exec(p, old);
		if (config.flags & LINX_BPF_TIMES)
			entry_drop(old);
		inherit_number(old, p->pid);
		miss_change(&x, p, false);
	}
	release_cpu();
	return 0;
}

static __always_inline int record_task_exit(struct cpu *x, struct task_struct *p)
{
	__u32 tid = p->pid;
	bool last = BPF_CORE_READ(p, signal, live.counter) == 0;

	/* Sessions that record signals, or take a snapshot, record the end of a task even if it made no call. */
	if (!was_announced(tid) && (!(config.flags & (LINX_BPF_SIGNALS | LINX_BPF_SNAPSHOT)) || is_owner(p) || !task_passes(x, p)))
		return 0;
	forget_for_good(tid);
	if (!is_running())
		return 0;
	begin_task(x->w, p);
	if (!rec_begin(x, LINX_REC_TASK_EXIT, true, NO_CALL))
		return 0;
	put_ctx(x, p, last ? LINX_CTX_GROUP_DEAD : 0, p->exit_code);
	put_usage(x, p, last);
	rec_commit(x, NO_CALL);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int linx_task_exit(__u64 *ctx)
{
	struct task_struct *p = (void *)ctx[0];
	struct cpu x = { 0 };

	hold_cpu();
	if (cpu_begin(&x)) {
		x.w->time = time_now(x.c);
		if (config.flags & LINX_BPF_TIMES)
			entry_drop(p->pid);
		record_task_exit(&x, p);
		if (RECORDS_FILES && BPF_CORE_READ(p, signal, live.counter) == 0)
			know_process(p->tgid, false);
		unlist_task(p);
		cpu_end(x.c, x.number);
	} else {
		if (config.flags & LINX_BPF_TIMES)
			entry_drop(p->pid);
		miss_change(&x, p, false);
		if (BPF_CORE_READ(p, signal, live.counter) == 0)
			know_process(p->tgid, false);
		forget_for_good(p->pid);
		unlist_task(p);
	}
	release_cpu();
	return 0;
}

/*
 * Makes the task's next event bring a new context record. Runs just before the name (comm) of a task changes. If the
 * task renames itself, that record has the new name. If another task renames it, the record may still have the old
 * name.
 */
SEC("tp_btf/task_rename")
int linx_rename(__u64 *ctx)
{
	struct task_struct *p = (void *)ctx[0];

	hold_cpu();
	forget(p->pid);
	release_cpu();
	return 0;
}

/*
 * Makes each of the tasks get a new context record with its next event. Runs when a task, or all threads of its
 * process, move to another cgroup. No record is written here, since the kernel holds locks of cgroups.
 */
SEC("tp_btf/cgroup_attach_task")
int linx_cgroup(__u64 *ctx)
{
	struct task_struct *p = (void *)ctx[2];

	if ((__u8)ctx[3])
		forget_threads(p);
	forget(p->pid);
	return 0;
}

/*
 * Adds the time that the outgoing task just ran to the CPU time of the call that this task is in. Runs at each switch
 * of tasks. No record is written here, since the kernel holds the run queue's lock.
 */
SEC("tp_btf/sched_switch")
int linx_switch(__u64 *ctx)
{
	struct task_struct *from = (void *)ctx[1];
	__u32 cpu = bpf_get_smp_processor_id(), tid = from->pid;
	struct place *place = bpf_map_lookup_elem(&cpus, &cpu);
	__u64 now = bpf_ktime_get_ns();

	if (!place)
		return 0;
	if (tid)
		entry_pause(&place->c, tid, now);
	place->c.switched = now;
	return 0;
}

static __always_inline int on_signal(struct task_struct *to, __s32 signo, __u32 flags, __u64 info)
{
	struct cpu x = { 0 };
	__u32 level;

	if (!flags || !is_running() || is_owner(to) || !task_passes(&x, to))
		return 0;
	hold_cpu();
	level = level_now(current_task());
	if (cpu_begin_at(&x, level)) {
		/* is_running() again: a library that stops waits only for programs that have called cpu_begin() */
		if (is_running())
			record_signal(&x, to, signo, flags, info);
		cpu_end_at(&x, level);
	}
	release_cpu();
	return 0;
}

SEC("tp_btf/signal_generate")
int linx_signal_sent(__u64 *ctx)
{
	struct task_struct *to = (void *)ctx[2];
	__s32 signo = ctx[0], result = ctx[4];

	return on_signal(to, signo, sent_flags(signo, to, result), ctx[1]);
}

SEC("tp_btf/signal_deliver")
int linx_signal_delivered(__u64 *ctx)
{
	struct k_sigaction *action = (void *)ctx[2];
	__s32 signo = ctx[0];
	__u64 handler = (__u64)BPF_CORE_READ(action, sa.sa_handler);

	return on_signal(current_task(), signo, linx_signal_delivery(signo, handler), ctx[1]);
}

#ifndef LINX_REDUCED

/*
 * Handles the submission of an io_uring operation, in the submitting task or in the kernel thread that polls the
 * submission queue. The tracepoint has this name since Linux 6.4.
 */
SEC("tp_btf/io_uring_submit_req")
int linx_uring_submit(__u64 *ctx)
{
	return handle_submission(ctx[0], 0, false);
}

SEC("tp_btf/io_uring_submit_sqe")
int linx_uring_submit_sqe(__u64 *ctx)
{
	return handle_submission(ctx[0], 0, false);
}

/*
 * Handles an io_uring submission that the kernel refused while it prepared the operation, for instance since the
 * opcode does not exist.
 */
SEC("tp_btf/io_uring_req_failed")
int linx_uring_refused(__u64 *ctx)
{
	return handle_submission(ctx[1], ctx[0], true);
}

/*
 * Sets *cqe to the kernel's own copy of the result in the request, since user space can write to the completion queue.
 */
static __always_inline void take_result(struct io_uring_cqe *cqe, __u64 req)
{
	cqe->user_data = GET(req, io_kiocb, cqe.user_data);
	cqe->res = GET(req, io_kiocb, cqe.res);
	cqe->flags = GET(req, io_kiocb, cqe.flags);
}

/* Handles the result of an io_uring operation. */
SEC("tp_btf/io_uring_complete")
int linx_uring_complete(__u64 *ctx)
{
	__u64 ring = ctx[0], req = ctx[1];
	struct io_uring_cqe cqe = { 0 };

	if (req)
		take_result(&cqe, req);
	else
		bpf_probe_read_kernel(&cqe, sizeof(cqe), (void *)ctx[2]);
	return handle_result(ring, req, &cqe, false);
}

/*
 * Handles the result of an io_uring operation on kernels whose tracepoint passes the members of the result one by one.
 */
SEC("tp_btf/io_uring_complete")
int linx_uring_complete_words(__u64 *ctx)
{
	const struct io_uring_cqe cqe = { .user_data = ctx[2], .res = ctx[3], .flags = ctx[4] };

	return handle_result(ctx[0], ctx[1], &cqe, false);
}

/*
 * Handles an io_uring result for which the completion queue had no room. The kernel then calls this tracepoint instead
 * of io_uring_complete.
 */
SEC("tp_btf/io_uring_cqe_overflow")
int linx_uring_overflow(__u64 *ctx)
{
	const struct io_uring_cqe cqe = { .user_data = ctx[1], .res = ctx[2], .flags = ctx[3] };

	return handle_result(ctx[0], 0, &cqe, true);
}

SEC("iter/task")
int linx_snap_task(__u64 *ctx)
{
	struct bpf_iter_meta *meta = (void *)ctx[0];
	struct task_struct *p = (void *)ctx[1];
	struct cpu x = { 0 };

	if (p && snap_begin(&x, p))
		snap_task(&x, meta->seq);
	return 0;
}

SEC("iter/task_file")
int linx_snap_file(__u64 *ctx)
{
	struct bpf_iter_meta *meta = (void *)ctx[0];
	struct task_struct *p = (void *)ctx[1];
	struct file *file = (void *)ctx[3];
	struct cpu x = { 0 };
	__u32 fd = ctx[2];

	if (p && file && !(p->flags & PF_EXITING) && snap_begin(&x, p))
		snap_file(&x, meta->seq, fd, file);
	return 0;
}

#endif
#include "call/count.h"
#ifndef LINX_REDUCED
#include "call/held.h"
#include "probe/programs.h"
#endif

char LICENSE[] SEC("license") = "GPL";
