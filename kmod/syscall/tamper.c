// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of calls by which a program interferes with a recording: the program traces the process that reads a session,
 * writes into its memory or copies its descriptors, or tries to unload the module. Such a record is written whatever
 * the session selects and filters. shared/tamper_facts.h decides which calls count.
 *
 * Probe context: preemption off; nothing sleeps, faults or allocates.
 */
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include "capture/encode.h"
#include "capture/fd.h"
#include "capture/user_mem.h"
#include "core/clock.h"
#include "ring/ring_fast.h"
#include "syscall/tamper.h"
#include "task/context.h"

/* Is nr the number, in the pid namespace ns, of a thread of the process that reads the session? */
static bool is_owner(const struct linx_session *s, pid_t nr, struct pid_namespace *ns)
{
	const struct task_struct *p;
	bool is;

	rcu_read_lock();
	p = pid_task(find_pid_ns(nr, ns), PIDTYPE_PID);
	is = p && p->signal == s->owner;
	rcu_read_unlock();
	return is;
}

/* Does a call do something to the session or to the process that reads it? */
static bool concerns(const struct linx_session *s, u32 way, const u64 *args)
{
	switch (way) {
	case LINX_TAMPER_UNLOADS:
		return true; /* the library compares the name */
	case LINX_TAMPER_ATTACHES:
		return linx_tamper_attaches(args[0]) && is_owner(s, args[1], task_active_pid_ns(current));
	case LINX_TAMPER_WRITES:
		return is_owner(s, args[0], task_active_pid_ns(current));
	case LINX_TAMPER_TAKES:
		return is_owner(s, linx_fd_pid(args[0]), &init_pid_ns);
	default:
		return false;
	}
}

void linx_tamper_look(struct linx_session *s, const struct linx_call *c)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	const u32 way = linx_tamper_way(c->row);
	u64 args[LINX_NARGS], now;
	struct linx_fill *f;

	if (READ_ONCE(s->owner_gone) || !linx_tamper_counts(way, c->ret))
		return;
	linx_put_args(c->key, c->regs, args);
	if (!concerns(s, way, args))
		return;
	now = c->now ?: linx_clock_now();
	linx_task_announce(s, r, now);
	f = linx_rec_begin(s, r, LINX_REC_TAMPER, now, LINX_REC_MAX, true, LINX_CALL_TAMPER, LINX_REC_NR_OTHER, 0);
	if (!f)
		return;
	*(struct linx_tamper *)f->p = (struct linx_tamper){ .what = linx_tamper_what_of(way), .cpu = smp_processor_id() };
	f->p += sizeof(struct linx_tamper);
	if (way == LINX_TAMPER_UNLOADS)
		linx_capture_str(f, 0, args[0]);
	linx_rec_commit(f);
}
