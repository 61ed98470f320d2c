// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of calls by which a program interferes with a recording: it traces or writes into the process that reads a
 * session, or it tries to unload the module. Such a record is written whatever the session selects and filters. Calls
 * that the kernel has refused for lack of rights leave no record: nobody without rights can make a reader report
 * interference.
 *
 * Probe context: preemption off; nothing sleeps, faults or allocates.
 */
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include "capture/encode.h"
#include "capture/user_mem.h"
#include "core/clock.h"
#include "ring/ring_fast.h"
#include "syscall/tamper.h"
#include "task/context.h"

static bool is_owner(const struct linx_session *s, pid_t nr)
{
	const struct task_struct *p;
	bool is;

	rcu_read_lock();
	p = pid_task(find_pid_ns(nr, task_active_pid_ns(current)), PIDTYPE_PID);
	is = p && p->signal == s->owner;
	rcu_read_unlock();
	return is;
}

/* Returns what a call does to a session: enum linx_tamper_what; 0: nothing. */
static u32 what_of(const struct linx_session *s, const struct linx_call *c, const u64 *args)
{
	if (c->row == linx_rows + LINX_ROW_ID_delete_module)
		return c->ret == -EPERM || c->ret == -EFAULT ? 0 : LINX_TAMPER_UNLOAD;
	if (c->ret < 0)
		return 0;
	if (c->row == linx_rows + LINX_ROW_ID_process_vm_writev)
		return is_owner(s, args[0]) ? LINX_TAMPER_TRACED : 0;
	return (args[0] == PTRACE_ATTACH || args[0] == PTRACE_SEIZE) && is_owner(s, args[1]) ? LINX_TAMPER_TRACED : 0;
}

void linx_tamper_look(struct linx_session *s, const struct linx_call *c)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	u64 args[LINX_NARGS], now;
	struct linx_fill *f;
	u32 what;

	if (READ_ONCE(s->owner_gone))
		return;
	linx_put_args(c->key, c->regs, args);
	what = what_of(s, c, args);
	if (!what)
		return;
	now = c->now ?: linx_clock_now();
	linx_task_announce(s, r, now);
	f = linx_rec_begin(s, r, LINX_REC_TAMPER, now, LINX_REC_MAX, true, LINX_CALL_TAMPER, LINX_REC_NR_OTHER, 0);
	if (!f)
		return;
	*(struct linx_tamper *)f->p = (struct linx_tamper){ .what = what, .cpu = smp_processor_id() };
	f->p += sizeof(struct linx_tamper);
	if (what == LINX_TAMPER_UNLOAD)
		linx_capture_str(f, 0, args[0]);
	linx_rec_commit(f);
}
