// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only file that touches tracepoints. Every probe runs in the context of
 * the task it reports (task_rename: perhaps another's; signal_generate: any,
 * perhaps an interrupt; both signal probes with the target's siglock held and
 * interrupts off), switches preemption off itself (on 7.2 they are entered
 * preemptible) and so
 *  - stays on the CPU whose ring it writes,
 *  - is an RCU reader of linx_sessions: synchronize_rcu() covers session data,
 *  - cannot sleep or fault.
 * tracepoint_synchronize_unregister() covers their text.
 */
#include <linux/binfmts.h>
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>
#include <linux/tracepoint.h>
#include <trace/events/cgroup.h>
#include <trace/events/sched.h>
#include <trace/events/signal.h>
#include <trace/events/syscalls.h>
#include <trace/events/task.h>
#include "choice.h"
#include "compat.h"
#include "encode.h"
#include "fd_change.h"
#include "filter.h"
#include "predicate.h"
#include "probe.h"
#include "session.h"
#include "sigrec.h"
#include "task.h"

#ifndef __X32_SYSCALL_BIT
#define __X32_SYSCALL_BIT 0x40000000
#endif

/* Probes under way on this CPU. More than one: an interrupt sends a signal. Counted, never written. */
static DEFINE_PER_CPU(unsigned int, linx_probe_depth);

/* false: nested. Preemption stays off until probe_leave(). */
static __always_inline bool probe_enter(void)
{
	unsigned int depth;

	preempt_disable_notrace();
	depth = __this_cpu_read(linx_probe_depth);
	__this_cpu_write(linx_probe_depth, depth + 1);
	barrier(); /* the clock is read after this: see linx_session_floor() */
	return likely(!depth);
}

static __always_inline void probe_leave(void)
{
	barrier();
	__this_cpu_write(linx_probe_depth, __this_cpu_read(linx_probe_depth) - 1);
	preempt_enable_notrace();
}

/* All that a nested probe may touch of this CPU's rings. */
static noinline void count_nested(void)
{
	struct linx_session *s;

	list_for_each_entry_rcu(s, &linx_sessions, link)
		this_cpu_ptr(s->ring)->nested++;
}

/* Is it an x86_64 call with a number that a table may have? All others go a longer way. */
static __always_inline bool is_usual(long nr)
{
	return likely(!in_ia32_syscall() && (unsigned long)nr < LINX_NR_OTHER);
}

/* The key of a usual call. The mask bounds what is speculated, as array_index_nospec() would. */
static __always_inline u32 usual_key(long nr)
{
	unsigned long key = nr;

	OPTIMIZER_HIDE_VAR(key);
	return key & (LINX_NR_MAX - 1);
}

/* The key of any call; *nr loses the x32 bit. */
static u32 unusual_key(long *nr)
{
	if (in_ia32_syscall())
		return linx_key(LINX_ABI_I386, *nr);
	if (*nr < 0 || !(*nr & __X32_SYSCALL_BIT))
		return linx_key(LINX_ABI_X86_64, *nr);
	*nr &= ~__X32_SYSCALL_BIT;
	return linx_key(LINX_ABI_X32, *nr);
}

/* What makes an entry and a return a pair, for entry times. An exec may return with another ABI's number. */
static u32 pair_of(const struct linx_call *c)
{
	return c->row->flags & LINX_ROW_EXEC ? U32_MAX : c->key;
}

/* Nothing to decide but the bit: only a task that passed the owner's exclusion has ever been seen. */
static __always_inline bool is_plain(const struct linx_session *s)
{
	return READ_ONCE(s->plain) && test_bit(current->pid, s->seen);
}

/* The clock is read once, and not for what filters leave out. */
static __always_inline u64 now_of(u64 now)
{
	return now ? now : ktime_get_mono_fast_ns();
}

/*
 * What a slot keeps of an entry, and what is made of it at return: the time of
 * entry or, where CPU time is asked for, one as long before now as the task ran.
 */
static u64 slot_begin(const struct linx_session *s, u64 now)
{
	return unlikely(s->flags & LINX_SETUP_CPU_TIME) ? linx_cpu_time() : now;
}

static u64 slot_end(const struct linx_session *s, u64 begun, u64 now)
{
	s64 ran;

	if (likely(!(s->flags & LINX_SETUP_CPU_TIME)) || !begun)
		return begun;
	ran = linx_cpu_time() - begun;
	return now - clamp_t(s64, ran, 0, now - 1);
}

static void session_enter(struct linx_session *s, struct linx_call *c)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	bool record = linx_bit(s->enter, c->key) && !(c->row->no_entry && READ_ONCE(s->chosen));
	bool timed = s->slots && linx_bit(s->exit, c->key);

	if (!record && !timed)
		return;
	if (!is_plain(s) && !linx_filter_task(s, current)) {
		r->filtered += record;
		return;
	}
	c->now = now_of(c->now);
	if (c->row->enter_short && c->row->enter_few <= s->few && is_plain(s) && linx_encode_enter_few(s, r, c))
		return;
	if (timed)
		linx_slot_set(s, pair_of(c), slot_begin(s, c->now));
	if (!record)
		return;
	if (!linx_predicate(s, c, true, 0)) {
		r->filtered++;
		return;
	}
	linx_task_meet(s, r, c->now);
	linx_encode_enter(s, r, c);
}

/* A call that succeeded and made the context record out of date; a child's first return. */
static noinline bool special_row(struct linx_session *s, struct linx_call *c)
{
	unsigned long args[LINX_NARGS];

	if (c->row->flags & LINX_ROW_FORK && !c->ret)
		return false; /* no call that the child made */
	if (!(c->row->flags & LINX_ROW_CONTEXT) || IS_ERR_VALUE(c->ret))
		return true;
	syscall_get_arguments(current, c->regs, args);
	c->now = now_of(c->now);
	linx_task_changed(s, this_cpu_ptr(s->ring), c->row, args[0], c->now);
	return true;
}

/* All that the short way in probe_sys_exit() does not do. */
static __always_inline void session_exit(struct linx_session *s, struct linx_call *c)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	u64 entry;

	/* The union has CONTEXT calls for every session. */
	if (c->row->flags & (LINX_ROW_FORK | LINX_ROW_CONTEXT) && !special_row(s, c))
		return;
	if (!linx_bit(s->exit, c->key))
		return;
	entry = s->slots ? linx_slot_take(s, current->pid, pair_of(c)) : 0;
	if (!linx_filter_task(s, current)) {
		r->filtered++;
		return;
	}
	c->now = now_of(c->now);
	entry = slot_end(s, entry, c->now);
	if (!linx_filter_call(s, c->ret, entry, c->now) || !linx_predicate(s, c, false, entry)) {
		r->filtered++;
		return;
	}
	linx_task_meet(s, r, c->now);
	linx_encode_exit(s, r, c, entry);
}

/* Apart, so that the short way needs nothing of it on its stack. */
static noinline void session_exit_call(struct linx_session *s, struct pt_regs *regs, const struct linx_row *row,
				       u32 key, long nr, long ret, u64 now)
{
	struct linx_call c = { .regs = regs, .row = row, .now = now, .nr = nr, .ret = ret, .key = key };

	session_exit(s, &c);
}

/* Before the records of the call, whatever these do. */
static noinline void tell_files(struct pt_regs *regs, const struct linx_row *row, u32 key, long nr, long ret)
{
	struct linx_call c = { .regs = regs, .row = row, .nr = nr, .ret = ret, .key = key, .now = now_of(0) };
	struct linx_session *s;

	if (row->flags & LINX_ROW_FORK && !ret)
		return; /* no call that the child made */
	list_for_each_entry_rcu(s, &linx_sessions, link)
		if (s->flags & LINX_SETUP_FILES)
			linx_files_changed(s, this_cpu_ptr(s->ring), &c);
}

static noinline void enter_selected(struct pt_regs *regs, u32 key, long nr)
{
	struct linx_session *s;

	if (likely(probe_enter())) {
		struct linx_call c = {
			.regs = regs,
			.row = linx_table_row(key),
			.nr = nr,
			.key = key,
		};

		if (unlikely(c.row->by))
			c.row = linx_choose(c.row, regs, key / LINX_NR_MAX);
		list_for_each_entry_rcu(s, &linx_sessions, link)
			session_enter(s, &c);
	} else {
		count_nested();
	}
	probe_leave();
}

static noinline void exit_selected(struct pt_regs *regs, long ret, u32 key, long nr)
{
	const struct linx_row *row;
	struct linx_session *s;
	u64 now = 0;

	if (unlikely(!probe_enter())) {
		count_nested();
		goto out;
	}
	row = linx_table_row(key);
	OPTIMIZER_HIDE_VAR(row); /* one register, not computed over and over */
	if (unlikely(row->files && READ_ONCE(linx_any.files)))
		tell_files(regs, row, key, nr, ret);
	if (unlikely(row->by))
		row = linx_choose(row, regs, key / LINX_NR_MAX);
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		if (likely(is_plain(s) && linx_bit(s->exit, key))) {
			now = now_of(now);
			if (row->plain &&
			    linx_encode_short(s, this_cpu_ptr(s->ring), regs, row, key, nr, ret, now,
					      LINX_SHORT_PLAIN))
				continue;
			if (row->exit_few && row->exit_few <= s->few &&
			    linx_encode_short(s, this_cpu_ptr(s->ring), regs, row, key, nr, ret, now,
					      LINX_SHORT_FEW))
				continue;
			if (row->exit_follow && row->exit_follow <= s->few &&
			    linx_encode_follow(s, this_cpu_ptr(s->ring), regs, row, key, nr, ret, now))
				continue;
		}
		session_exit_call(s, regs, row, key, nr, ret, now);
	}
out:
	probe_leave();
}

static noinline void enter_unusual(struct pt_regs *regs, long nr)
{
	u32 key = unusual_key(&nr);

	if (linx_bit(linx_any.enter, key))
		enter_selected(regs, key, nr);
}

static noinline void exit_unusual(struct pt_regs *regs, long ret, long nr)
{
	u32 key = unusual_key(&nr);

	if (linx_bit(linx_any.exit, key))
		exit_selected(regs, ret, key, nr);
}

/*
 * What nobody selected ends with the bit test, which needs no protection: the
 * union is static, and a change of it may be seen a call early or late. All else
 * is apart, so that this much has nothing to save on the stack.
 */
static void probe_sys_enter(void *data, struct pt_regs *regs, long nr)
{
	if (!is_usual(nr))
		enter_unusual(regs, nr);
	else if (linx_bit(linx_any.enter, usual_key(nr)))
		enter_selected(regs, usual_key(nr), nr);
}

static void probe_sys_exit(void *data, struct pt_regs *regs, long ret)
{
	long nr = syscall_get_nr(current, regs);

	if (!is_usual(nr))
		exit_unusual(regs, ret, nr);
	else if (linx_bit(linx_any.exit, usual_key(nr)))
		exit_selected(regs, ret, usual_key(nr), nr);
}

static void probe_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	struct linx_session *s;
	u64 now;

	if (unlikely(!probe_enter())) {
		count_nested();
		goto out;
	}
	now = ktime_get_mono_fast_ns();
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		linx_filter_fork(s, parent, child);
		if (!READ_ONCE(s->owner_gone) && linx_filter_task(s, parent) && linx_filter_task(s, child))
			linx_task_fork(s, this_cpu_ptr(s->ring), child, now);
	}
out:
	probe_leave();
}

static void probe_exec(void *data, struct task_struct *p, pid_t old_tid, struct linux_binprm *bprm)
{
	struct linx_session *s;
	u64 now;

	if (unlikely(!probe_enter())) {
		count_nested();
		goto out;
	}
	now = ktime_get_mono_fast_ns();
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		if (p->signal == s->owner)
			linx_session_owner_gone(s); /* a new address space: no longer the owner */
		linx_filter_exec(s, p, old_tid);
		if (s->slots && p->pid != old_tid)
			linx_slot_drop(s, old_tid);
		if (!READ_ONCE(s->owner_gone) && linx_filter_task(s, p))
			linx_task_exec(s, this_cpu_ptr(s->ring), old_tid, bprm, now);
		else
			linx_task_forget(s, p->pid);
	}
out:
	probe_leave();
}

static void probe_exit(LINX_EXIT_PROTO)
{
	bool dead = LINX_EXIT_GROUP_DEAD(p);
	struct linx_session *s;
	u64 now;

	if (unlikely(!probe_enter())) {
		count_nested();
		goto out;
	}
	now = ktime_get_mono_fast_ns();
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		if (s->slots)
			linx_slot_drop(s, p->pid);
		if (!READ_ONCE(s->owner_gone))
			linx_task_exit(s, this_cpu_ptr(s->ring), p, dead, now);
		linx_filter_exit(s, p, dead);
		if (dead && p->signal == s->owner)
			linx_session_owner_gone(s);
	}
out:
	probe_leave();
}

/* May run with a spinlock of the task held, for another task than the current one: touches no ring. */
static void probe_rename(void *data, struct task_struct *p, const char *comm)
{
	struct linx_session *s;

	preempt_disable_notrace();
	list_for_each_entry_rcu(s, &linx_sessions, link)
		linx_task_forget(s, p->pid);
	preempt_enable_notrace();
}

/*
 * Its cgroup is another one. In the context of whoever moves it, with locks of
 * cgroups held: touches no ring either.
 */
static void probe_cgroup(void *data, struct cgroup *to, const char *path, struct task_struct *p, bool threadgroup)
{
	struct linx_session *s;
	struct task_struct *t;

	preempt_disable_notrace();
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		linx_task_forget(s, p->pid);
		if (threadgroup)
			for_each_thread(p, t)
				linx_task_forget(s, t->pid);
	}
	preempt_enable_notrace();
}

static bool signal_wanted(const struct linx_session *s, const struct task_struct *to)
{
	return s->flags & LINX_SETUP_SIGNALS && !READ_ONCE(s->owner_gone) && linx_filter_task(s, to);
}

/* Also in an interrupt, which may have hit another probe. */
static noinline void record_signal(const struct linx_sent *sent)
{
	bool alone = probe_enter();
	u64 now = alone ? ktime_get_mono_fast_ns() : 0;
	struct linx_session *s;

	list_for_each_entry_rcu(s, &linx_sessions, link) {
		if (!signal_wanted(s, sent->to))
			continue;
		if (likely(alone))
			linx_signal_record(s, this_cpu_ptr(s->ring), sent, now);
		else
			this_cpu_ptr(s->ring)->nested++;
	}
	probe_leave();
}

static void probe_signal_generate(void *data, int sig, struct kernel_siginfo *info, struct task_struct *to, int group,
				  int result)
{
	struct linx_sent sent = { .to = to, .info = info, .signo = sig, .flags = linx_signal_sent(sig, to, result) };

	if (sent.flags)
		record_signal(&sent);
}

static void probe_signal_deliver(void *data, int sig, struct kernel_siginfo *info, struct k_sigaction *action)
{
	struct linx_sent sent = { .to = current, .info = info, .signo = sig, .flags = linx_signal_delivered(sig, action) };

	if (sent.flags)
		record_signal(&sent);
}

struct hook {
	const char *name;
	void *probe;
	unsigned int bit;
	struct tracepoint *tp;
	bool on;
};

static struct hook hooks[] = {
	{ "sched_process_fork", probe_fork, LINX_HOOK_TASKS, NULL, false },
	{ "sched_process_exec", probe_exec, LINX_HOOK_TASKS, NULL, false },
	{ "sched_process_exit", probe_exit, LINX_HOOK_TASKS, NULL, false },
	{ "task_rename", probe_rename, LINX_HOOK_TASKS, NULL, false },
	{ "cgroup_attach_task", probe_cgroup, LINX_HOOK_TASKS, NULL, false },
	{ "signal_generate", probe_signal_generate, LINX_HOOK_SIGNALS, NULL, false },
	{ "signal_deliver", probe_signal_deliver, LINX_HOOK_SIGNALS, NULL, false },
	{ "sys_exit", probe_sys_exit, LINX_HOOK_EXIT, NULL, false },
	{ "sys_enter", probe_sys_enter, LINX_HOOK_ENTER, NULL, false },
};

/* tracepoint_probe_register() takes any pointer: let the compiler compare the prototypes. */
static void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_sched_process_fork(probe_fork);
	check_trace_callback_type_sched_process_exec(probe_exec);
	check_trace_callback_type_sched_process_exit(probe_exit);
	check_trace_callback_type_task_rename(probe_rename);
	check_trace_callback_type_cgroup_attach_task(probe_cgroup);
	check_trace_callback_type_signal_generate(probe_signal_generate);
	check_trace_callback_type_signal_deliver(probe_signal_deliver);
	check_trace_callback_type_sys_exit(probe_sys_exit);
	check_trace_callback_type_sys_enter(probe_sys_enter);
}

static void match(struct tracepoint *tp, void *data)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (!strcmp(tp->name, hooks[i].name))
			hooks[i].tp = tp;
}

int linx_probe_init(void)
{
	unsigned int i;

	for_each_kernel_tracepoint(match, NULL);
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (hooks[i].tp)
			continue;
		pr_err("linx: this kernel has no tracepoint %s\n", hooks[i].name);
		return -ENODEV;
	}
	return 0;
}

/* true: something was unhooked */
static bool unhook(unsigned int need)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!hooks[i].on || hooks[i].bit & need)
			continue;
		tracepoint_probe_unregister(hooks[i].tp, hooks[i].probe, NULL);
		hooks[i].on = false;
		any = true;
	}
	return any;
}

bool linx_probe_idle(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (hooks[i].on)
			return false;
	return true;
}

int linx_probe_need(unsigned int need)
{
	unsigned int i, had = 0;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		had |= hooks[i].on ? hooks[i].bit : 0;
	for (i = 0; i < ARRAY_SIZE(hooks) && !err; i++) {
		if (hooks[i].on || !(hooks[i].bit & need))
			continue;
		err = tracepoint_probe_register(hooks[i].tp, hooks[i].probe, NULL);
		hooks[i].on = !err;
	}
	if (unhook(err ? had : need))
		linx_probe_wait();
	return err;
}

/* Text and data: probes of 7.2 are no RCU readers until they disable preemption. */
void linx_probe_wait(void)
{
	tracepoint_synchronize_unregister();
	synchronize_rcu();
}

bool linx_probe_busy(int cpu)
{
	return READ_ONCE(per_cpu(linx_probe_depth, cpu));
}

static void nothing(void *info)
{
}

/* An interrupt on each CPU: what it had stored before is visible after. */
void linx_probe_fence(void)
{
	cpus_read_lock();
	preempt_disable();
	smp_call_function_many(cpu_online_mask, nothing, NULL, true);
	preempt_enable();
	cpus_read_unlock();
}
