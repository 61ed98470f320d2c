// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaches to the tracepoints that sessions need; those that users probe are hooked in probe/hook.c. A probe runs in
 * the context of the task that it reports, with these exceptions. The probes of a fork run in the parent. The probe of
 * a move to a cgroup runs in the task that moves the other one. task_rename may report another task. The probes of a
 * posted io_uring result and of a sent signal (signal_generate) run in any task, perhaps in an interrupt. Both signal
 * probes run with the target's siglock held and interrupts off.
 *
 * Each probe switches preemption off itself (Linux 7.2 calls it with preemption on). Therefore it stays on the CPU
 * whose ring it writes, cannot sleep or fault, and is an RCU reader of linx_sessions, so that synchronize_rcu() covers
 * session data.
 *
 * The text of the probes stays until the module is unloaded. tracepoint_synchronize_unregister() is called only then,
 * since it waits for all tracers, some of which wait for memory of programs.
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
#include <asm/syscall.h>
#include "syscall/calls.h"
#include "core/clock.h"
#include "compat/compat.h"
#include "compat/io_uring.h"
#include "filter/task_exit.h"
#include "filter/filter.h"
#include "control/tracepoints.h"
#include "core/probe_guard.h"
#include "core/probe_work.h"
#include "core/session.h"
#include "control/session_life.h"
#include "ring/side.h"
#include "task/signal.h"
#include "filter/entry_time.h"
#include "task/context.h"
#include "task/rename.h"
#include "syscall/uring.h"

/* Handles a new task before it runs. Process context. */
static void probe_newtask(void *data, struct task_struct *p, LINX_CLONE_FLAGS flags)
{
	linx_task_exit_reset(p->pid);
}

static void probe_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	struct linx_session *s;
	u64 now;

	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	linx_probe_begins();
	now = linx_clock_now();
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		linx_filter_fork(s, parent, child);
		if (!READ_ONCE(s->owner_gone) && linx_filter_task(s, parent) && linx_filter_task(s, child))
			linx_task_fork(s, this_cpu_ptr(s->ring), child, now);
		else
			linx_task_gone(s, child->pid);
	}
	probe_leave();
}

/*
 * Does another task already have the tid that a thread has given up by exec? The thread gives it up before the new
 * program is loaded, which takes as long as the program's file system decides.
 */
static bool is_anothers(pid_t tid)
{
	bool is;

	rcu_read_lock();
	is = pid_task(find_pid_ns(tid, &init_pid_ns), PIDTYPE_PID);
	rcu_read_unlock();
	return is;
}

/*
 * Drops what the session stores under the old tid of a thread that was not the leader and has executed a program. Does
 * nothing if another task already has that tid. This is checked again for each session, as forks go on meanwhile.
 */
static void give_away(struct linx_session *s, const struct task_struct *p, pid_t old_tid)
{
	bool reused = is_anothers(old_tid);

	linx_filter_exec(s, p, old_tid, reused);
	if (reused)
		return;
	if (s->entry_slots)
		linx_entry_slot_drop(s, old_tid);
	linx_task_gone(s, old_tid);
}

static void probe_exec(void *data, struct task_struct *p, pid_t old_tid, struct linux_binprm *bprm)
{
	struct linx_session *s;
	u64 now;

	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	linx_probe_begins();
	now = linx_clock_now();
	linx_task_exit_reset(p->pid);
	/*
	 * All sessions drop old_tid before any record is written. Writing takes long, and forks may give old_tid to a
	 * new task meanwhile.
	 */
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		if (p->signal == s->owner)
			/* the owner has executed a program, and so has another address space */
			linx_session_owner_gone(s);
		if (p->pid != old_tid)
			give_away(s, p, old_tid);
	}
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		if (!READ_ONCE(s->owner_gone) && linx_filter_task(s, p))
			linx_task_exec(s, this_cpu_ptr(s->ring), old_tid, bprm, now);
		else
			linx_task_exec_left_out(s, this_cpu_ptr(s->ring), now);
	}
	probe_leave();
}

static void probe_exit(LINX_EXIT_PROTO)
{
	struct linx_session *s;
	bool last;
	u64 now;

	if (unlikely(!probe_enter()))
		return linx_nested_leave();
	linx_probe_begins();
	now = linx_clock_now();
	last = linx_task_exit_begin(p, &now);
	linx_rename_end(p->pid, NULL);
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		if (s->entry_slots)
			linx_entry_slot_drop(s, p->pid);
		if (!READ_ONCE(s->owner_gone))
			linx_task_exit(s, this_cpu_ptr(s->ring), p, last, now);
		linx_filter_exit(s, p);
		if (p->signal == s->owner && !atomic_read(&p->signal->live))
			linx_session_owner_gone(s);
	}
	if (linx_task_exit_finish(p)) {
		list_for_each_entry_rcu(s, &linx_sessions, link) {
			linx_task_end_process(s, p->tgid);
			linx_filter_end_process(s, p->tgid);
		}
	}
	probe_leave();
}

/* Makes every session write a new context record before the task's next record. Preemption is disabled. */
static void forget_everywhere(pid_t tid)
{
	struct linx_session *s;

	list_for_each_entry_rcu(s, &linx_sessions, link)
		linx_task_forget(s, tid);
}

/*
 * Handles a rename. A spinlock of the task may be held, and the task need not be the current one. So this function
 * touches no ring.
 */
static void probe_rename(void *data, struct task_struct *p, const char *comm)
{
	pid_t gone = 0;

	preempt_disable_notrace();
	if (p != current)
		gone = linx_rename_begin(p, comm);
	if (gone)
		forget_everywhere(gone);
	forget_everywhere(p->pid);
	preempt_enable_notrace();
}

/*
 * Handles a move of a task to another cgroup. Runs in the context of the mover, with locks of cgroups held. So this
 * function touches no ring. All threads are handled at once, as the kernel has just moved them.
 */
static void probe_cgroup(void *data, struct cgroup *to, const char *path, struct task_struct *p, bool threadgroup)
{
	struct linx_session *s;

	preempt_disable_notrace();
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		linx_task_forget(s, p->pid);
		if (threadgroup)
			linx_task_forget_threads(s, p);
	}
	preempt_enable_notrace();
}

static bool signal_selected(const struct linx_session *s, const struct task_struct *to)
{
	return s->flags & LINX_SETUP_SIGNALS && !READ_ONCE(s->owner_gone) && linx_filter_task(s, to);
}

/* Counts as lost a signal that a nested probe cannot record. Ends that probe. */
static void count_signal(const struct linx_sent *sent)
{
	struct linx_session *s;

	list_for_each_entry_rcu(s, &linx_sessions, link)
		if (signal_selected(s, sent->to))
			linx_ring_nested(s->ring);
	linx_nested_end();
}

static noinline void record_signal(const struct linx_sent *sent)
{
	struct linx_session *s;
	struct linx_probe_run probe;
	struct linx_ring *r;

	if (unlikely(!linx_probe_begin(&probe)))
		return count_signal(sent);
	list_for_each_entry_rcu(s, &linx_sessions, link) {
		if (!signal_selected(s, sent->to))
			continue;
		r = linx_probe_ring(&probe, s);
		if (r)
			linx_signal_record(s, r, sent, probe.now);
		else
			linx_ring_nested(s->ring);
	}
	linx_probe_end(&probe);
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

#if LINX_HAVE_URING
/* Handles a submission, in the submitter or in the kernel thread that polls its ring; ctx->uring_lock is held. */
static void probe_uring_submit(LINX_SUBMIT_PROTO)
{
	struct linx_submitted sub = LINX_SUBMITTED;

	linx_uring_submit(&sub);
}

/* Handles the result of an io_uring operation, in any context: see syscall/uring.c. */
static void probe_uring_complete(LINX_COMPLETE_PROTO)
{
	struct linx_completed done = LINX_COMPLETED;

	linx_uring_complete(&done);
}
#endif

#if LINX_HAVE_URING_ENTRY
/* Handles a submission queue entry that the kernel refused at once. The entry counts as a submission. */
static void probe_uring_refused(LINX_REFUSED_PROTO)
{
	struct linx_submitted sub = LINX_REFUSED;

	linx_uring_submit(&sub);
}

static void probe_uring_overflow(LINX_OVERFLOW_PROTO)
{
	struct linx_completed done = LINX_OVERFLOWN;

	linx_uring_complete(&done);
}
#endif

struct hook {
	const char *name;
	void *probe;
	unsigned int bit;
	struct tracepoint *tp;
	bool on;
	bool kept; /* removal of the probe has failed once, and a reference to the module was taken */
};

static struct hook hooks[] = {
	{ "task_newtask", probe_newtask, LINX_HOOK_TASKS }, /* attached before the exit probe: see filter/task_exit.c */
	{ "sched_process_fork", probe_fork, LINX_HOOK_TASKS },
	{ "sched_process_exec", probe_exec, LINX_HOOK_TASKS },
	{ "sched_process_exit", probe_exit, LINX_HOOK_TASKS },
	{ "task_rename", probe_rename, LINX_HOOK_TASKS },
	{ "cgroup_attach_task", probe_cgroup, LINX_HOOK_TASKS },
	{ "signal_generate", probe_signal_generate, LINX_HOOK_SIGNALS },
	{ "signal_deliver", probe_signal_deliver, LINX_HOOK_SIGNALS },
	{ "sys_exit", linx_on_exit, LINX_HOOK_EXIT },
	{ "sys_enter", linx_on_enter, LINX_HOOK_ENTER },
#if LINX_HAVE_URING
	{ "io_uring_complete", probe_uring_complete, LINX_HOOK_URING },
	{ LINX_SUBMIT_NAME, probe_uring_submit, LINX_HOOK_URING },
#endif
#if LINX_HAVE_URING_ENTRY
	{ "io_uring_req_failed", probe_uring_refused, LINX_HOOK_URING },
	{ "io_uring_cqe_overflow", probe_uring_overflow, LINX_HOOK_URING },
#endif
};

/*
 * Never runs. It makes the compiler compare the probes' prototypes, since tracepoint_probe_register() takes any
 * pointer.
 */
static void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_task_newtask(probe_newtask);
	check_trace_callback_type_sched_process_fork(probe_fork);
	check_trace_callback_type_sched_process_exec(probe_exec);
	check_trace_callback_type_sched_process_exit(probe_exit);
	check_trace_callback_type_task_rename(probe_rename);
	check_trace_callback_type_cgroup_attach_task(probe_cgroup);
	check_trace_callback_type_signal_generate(probe_signal_generate);
	check_trace_callback_type_signal_deliver(probe_signal_deliver);
	check_trace_callback_type_sys_exit(linx_on_exit);
	check_trace_callback_type_sys_enter(linx_on_enter);
#if LINX_HAVE_URING
	check_trace_callback_type_io_uring_complete(probe_uring_complete);
	LINX_SUBMIT_CHECK(probe_uring_submit);
#endif
#if LINX_HAVE_URING_ENTRY
	check_trace_callback_type_io_uring_req_failed(probe_uring_refused);
	check_trace_callback_type_io_uring_cqe_overflow(probe_uring_overflow);
#endif
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

/*
 * Handles a probe that cannot be removed, because kernels before 5.11 need memory for that. The probe stays attached
 * and finds no session. It is used again when a session needs it. Therefore the module can never be unloaded.
 */
static void keep_for_ever(struct hook *h)
{
	if (!h->kept)
		__module_get(THIS_MODULE);
	h->kept = true;
	pr_err_once("linx: no memory to remove a probe of %s: the module stays loaded\n", h->name);
}

static void unhook(unsigned int need)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!hooks[i].on || hooks[i].bit & need)
			continue;
		if (tracepoint_probe_unregister(hooks[i].tp, hooks[i].probe, NULL))
			keep_for_ever(&hooks[i]);
		else
			hooks[i].on = false;
	}
}

bool linx_probe_has_uring(void)
{
	return LINX_HAVE_URING;
}

void linx_probe_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		WARN_ON_ONCE(hooks[i].on);
	tracepoint_synchronize_unregister();
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
	unhook(err ? had : need);
	return err;
}

/*
 * Waits until no probe uses data of a stopped session. A probe whose call was delayed by another tracer may still begin
 * afterwards. It finds only sessions that are on the list at that time.
 */
void linx_probe_wait(void)
{
	synchronize_rcu();
}

bool linx_probe_busy(int cpu)
{
	return smp_load_acquire(per_cpu_ptr(&linx_probe_on, cpu)) != LINX_PROBE_NONE; /* pairs with probe_leave() */
}

static void nothing(void *info)
{
}

/* Interrupts each CPU. All stores that a CPU made before its interrupt are visible when the function returns. */
void linx_probe_fence(void)
{
	cpus_read_lock();
	preempt_disable();
	smp_call_function_many(cpu_online_mask, nothing, NULL, true);
	preempt_enable();
	cpus_read_unlock();
}
