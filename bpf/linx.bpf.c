// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs of the eBPF engine: they hang at tracepoints and write the records of
 * linx_record.h into rings of their own, which the library maps. libuser/engine/bpf loads
 * them. One file, since no function is called from another object.
 *
 *	compat.h           what older kernels lack
 *	maps.h, kernel.h   maps, and what is read of the kernel's structures
 *	loop.h             loops
 *	ring.h             numbers, room, account
 *	recorder.h         the flight recorder's halves, and its oldest records
 *	value.h, long.h    user memory as values; long ones in pieces
 *	http.h             headers of HTTP
 *	follow.h, call.h   structures and what they point to; records of calls
 *	fast.h             the fast path: records of the calls that programs make most
 *	arch.h             numbers and arguments in registers
 *	path.h, task.h     who a task is; seen.h: who is known
 *	fd_table.h, fd_change.h   tables of descriptors, and how calls change them
 *	filter.h           which tasks, which results
 *	entry.h            calls under way, for durations
 *	rate.h             sampling and budget
 *	signal.h           signals
 *	uring.h            operations of io_uring
 *	held.h             programs at events of perf
 *	snapshot.h         tasks and files that are there already
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
#include "fd/snapshot.h"
#include "call/uring.h"
#endif

/* The variant of the row that one of its arguments selects: a place in the map of calls, behind the calls. */
static __noinline __u32 variant_of(struct cpu *x, __u32 id)
{
	struct linx_bpf_selector *s = bpf_map_lookup_elem(&selectors, &id);
	struct linx_bpf_choice key = { .selector = id };
	__u32 *at;

	if (!s)
		return 0;
	key.value = (__u32)(arg_n(x, s->low) >> (s->shift & 63)) & s->mask;
	if (s->two)
		key.value |= (__u32)arg_n(x, s->high) << 16;
	at = bpf_map_lookup_elem(&variants, &key);
	return opaque(x, at ? *at : s->others + (s->by_direction ? key.value >> 30 : 0));
}

static __always_inline void choose_row(struct cpu *x, __u32 selector)
{
	__u32 at = variant_of(x, selector);
	struct linx_bpf_call *call = bpf_map_lookup_elem(&calls, &at);

	if (call) {
		x->row = &call->row;
		note_row(x, at);
	}
}

/*
 * The programs of calls are there twice, and one of each is loaded: with more = true where more is asked for than
 * records of calls, such as tables of descriptors. It is a constant everywhere, so that it costs the others nothing.
 * Before Linux 5.17 there is nothing more.
 */

/* Facts that every record of a call needs; what the fast path resolves goes by the arguments. */
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

/* And those that the slow path needs. */
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

/* The record's head says which call it is; context records before it have none. */
static __always_inline bool begin_record(struct cpu *x, __u32 kind)
{
	set_number(x->w);
	return rec_begin(x, kind, x->w->want & LINX_BPF_PRIO, x->w->key);
}

/* Has the call changed who the task is, or which one it was given? */
static __always_inline bool changes_context(const struct work *w)
{
	return w->want & LINX_BPF_CONTEXT && !failed(w->ret) &&
	       (!(w->want & LINX_BPF_OPTION) || linx_option_changes_context(w->args[0]));
}

/* The context records are out of date. */
static __always_inline void forget_changed(struct cpu *x)
{
	struct work *w = x->w;

	forget(w->tid);
	if (w->want & LINX_BPF_OTHER && w->args[0])
		forget(global_pid(x, w->args[0]));
}

enum { TO_RECORD = 1, TO_ANNOUNCE = 2, TO_FORGET = 4, TO_FORGET_SHARING = 8 };

/*
 * A changed task is told at once, whatever is recorded of the call: threads that share what has changed may be next. If
 * filters leave it out that tell threads of a process apart, they are told anew. The call by which a task leaves the
 * filter of users is its last one that is recorded.
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
	todo = (record ? TO_RECORD : 0) | (passes && (record || changed || !wanted) ? TO_ANNOUNCE : 0) | (leaves ? TO_FORGET : 0) |
	       (changed && says != TASK_PASSES && settings()->filters_threads ? TO_FORGET_SHARING : 0);
	todo = opaque(x, todo); /* else the verifier goes over the rest for each of its values */
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
	if (more && TELLS_FILES) {
		if (call->want & LINX_BPF_CHANGES)
			get_args(x->w, regs, x->w->key);
		if (call->want & LINX_BPF_CHANGES || !is_process_known(x->task->tgid))
			files_return(x, call->want & LINX_BPF_CHANGES);
		if (!(call->want & (LINX_BPF_WANT_EXIT | LINX_BPF_CONTEXT)))
			return;
	}
	if (config.flags & LINX_BPF_TIMES)
		x->w->begin = entry_take(x); /* of an exec that is not selected, too: perhaps it began under another number */
	if (fast_exit(x, call, regs, more))
		return;
	begin_long_way(x, call, regs);
	record_exit(x, more);
}

/*
 * A task has changed where nothing can be recorded: it is told anew with its next record. If the reader knows it, or its
 * process, or it has changed another one, the library, which sees the count, has all tasks told anew.
 */
static __always_inline void miss_change(struct cpu *x, struct task_struct *p, bool other)
{
	__u32 tid = MEMBER(p, pid);
	bool known = other || was_announced(tid) || is_process_known(MEMBER(p, tgid));

	forget(tid);
	if (x->c && known && is_running())
		add_atomic(&x->c->missed_context, 1);
}

/* Purposes that a call is wanted for, LINX_BPF_WANT_* and the like: most calls have none, which is asked first of all. */
__u8 wants[LINX_BPF_WANTS] SEC(".data.wants");

static __always_inline __u32 wants_of(__u32 key)
{
	pin(key);
	return wants[key & (LINX_BPF_WANTS - 1)];
}

/*
 * Programs at calls. The kernel counts the runs of a program on a CPU before the program's first instruction, and leaves out
 * those that begin before another one there has ended. From Linux 7.0 on a task can be taken off the CPU in a program at a
 * BTF tracepoint, and then nobody's calls are seen there until it goes on. Programs at the events of perf (LINX_BPF_HELD)
 * run with preemption off, in any case; where they cannot be had, the others hold the CPU first of all (LINX_BPF_EARLY).
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
	/* The child's return of a fork is no call that it made. */
	if (!call || is_owner(task) || (call->row.flags & LINX_ROW_FORK && !ret)) {
		release_call();
		return 0;
	}
	if (cpu_begin(&x)) {
		begin_call(&x, call, regs, key, nr, ret, more);
		exit_call(&x, call, regs, more);
		if (more)
			keep_task(&x);
		cpu_end(&x);
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

/* Does anything want this of a task's call? nr is that of the tracepoint; sets key, and nr as records have it. */
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

	if (!is_wanted(task, LINX_BPF_WANT_EXIT | LINX_BPF_CONTEXT, &key, &nr))
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
 * With headers of HTTP the functions below this one leave it 160 bytes of stack: Linux 6.1 counts each in steps of 32, and
 * 512 are all that there is. clang 19 needs to be told, clang 14 keeps to it.
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

	if (!is_wanted(task, LINX_BPF_WANT_EXIT | LINX_BPF_CONTEXT | LINX_BPF_CHANGES, &key, &nr))
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

/* false: nothing has been recorded. With the times of calls that may be all there is to do. */
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
		cpu_end(&x);
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

/* In the parent, before the child runs for the first time. */
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
	if (TELLS_FILES)
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
		cpu_end(&x);
	} else { /* a CPU without a ring: the child is told of before its first record elsewhere */
		list_child(parent, child);
		miss_change(&x, child, false);
	}
	release_cpu();
	return 0;
}

/*
 * A child is on the list before it runs, even if the kernel left out linx_fork: it does, of one program at a time, where
 * another task was preempted at its beginning or end.
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
	if (!TELLS_FILES || (!passes && !is_process_known(p->tgid)))
		return;
	x->task = p;
	files_exec(x); /* also for a task that filters leave out: the reader may have the table it had before */
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
		cpu_end(&x);
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

	/* With signals, or a snapshot, the end of a task is told that made no call. */
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
		if (TELLS_FILES && BPF_CORE_READ(p, signal, live.counter) == 0)
			know_process(p->tgid, false);
		unlist_task(p);
		cpu_end(&x);
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
 * The task still has its old name. The next record of one that renames itself is preceded by a context record, which has
 * the new one. Of one that another task renames it may have the old one, if it comes before the name is there.
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

/* A task was moved to another cgroup, or all threads of its process. The kernel holds locks of cgroups here. */
SEC("tp_btf/cgroup_attach_task")
int linx_cgroup(__u64 *ctx)
{
	struct task_struct *p = (void *)ctx[2];

	if ((__u8)ctx[3])
		forget_threads(p);
	forget(p->pid);
	return 0;
}

/* For CPU times of calls. The kernel's scheduler holds its lock here. */
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

	if (!flags || !is_running() || is_owner(to) || !task_passes(&x, to))
		return 0;
	hold_cpu();
	if (cpu_begin(&x)) {
		if (is_running()) /* asked again: who stops waits for programs that have begun */
			record_signal(&x, to, signo, flags, info);
		cpu_end(&x);
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

	return on_signal(current_task(), signo, delivered_flags(signo, handler), ctx[1]);
}

#ifndef LINX_REDUCED

/* The submitter, or the kernel's thread that polls its ring. The tracepoint's name is this one since Linux 6.4. */
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

/* One that could not even be prepared: its opcode may be none. */
SEC("tp_btf/io_uring_req_failed")
int linx_uring_refused(__u64 *ctx)
{
	return handle_submission(ctx[1], ctx[0], true);
}

/* A result lies where the program can write: a request's own copy is taken. */
static __always_inline void take_result(struct io_uring_cqe *cqe, __u64 req)
{
	cqe->user_data = GET(req, io_kiocb, cqe.user_data);
	cqe->res = GET(req, io_kiocb, cqe.res);
	cqe->flags = GET(req, io_kiocb, cqe.flags);
}

/* Wherever a result is posted. */
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

/* On kernels that tell it word by word. */
SEC("tp_btf/io_uring_complete")
int linx_uring_complete_words(__u64 *ctx)
{
	const struct io_uring_cqe cqe = { .user_data = ctx[2], .res = ctx[3], .flags = ctx[4] };

	return handle_result(ctx[0], ctx[1], &cqe, false);
}

/* A result for which the program left no room in its ring: told by this instead of by a completion. */
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

#include "call/held.h"
#endif

char LICENSE[] SEC("license") = "GPL";
