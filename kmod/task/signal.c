// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of signals. The kernel calls the probes with the target's siglock held and interrupts off, perhaps in an
 * interrupt that hit a task anywhere. Nothing here takes a lock, and no context record is written, as its paths may
 * need locks. So a signal may be the first record of a task.
 *
 * Signals are recorded at the moment when a debugger would see them: when they are delivered. Two kinds are recorded
 * when they are sent: a signal that the task ignores, which is dropped, and one that ends a process without a core
 * file, which the kernel turns into SIGKILL for all its threads.
 */
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/signal.h>
#include <linux/uaccess.h>
#include <linux/uidgid.h>
#include <trace/events/signal.h>
#include "capture/user_mem.h"
#include "ring/ring_fast.h"
#include "shared/signal_facts.h"
#include "task/signal.h"

#define FIXED (sizeof(struct linx_rec) + sizeof(struct linx_signal))
#define WORST (FIXED + LINX_POINTER_SIZE + sizeof(struct linx_val) + sizeof(struct kernel_siginfo))

static_assert(sizeof(struct kernel_siginfo) % 8 == 0);

u32 linx_signal_delivered(int signo, const struct k_sigaction *action)
{
	return linx_signal_delivery(signo, (unsigned long)action->sa.sa_handler);
}

/* Returns LINX_SIGNAL_* of a signal that was sent; 0: it is not recorded. Called with the target's siglock held. */
u32 linx_signal_sent(int signo, const struct task_struct *to, int result)
{
	return linx_signal_sending(signo, result == TRACE_SIGNAL_IGNORED, result == TRACE_SIGNAL_DELIVERED,
				   to->signal->flags & SIGNAL_GROUP_EXIT, to->signal->group_exit_code);
}

/*
 * Fills in the siginfo that the kernel makes if a signal is sent without one. The ids in it are those that the target
 * sees.
 */
static void make_info(struct kernel_siginfo *info, const struct linx_sent *sent)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sent->signo;
	if (sent->info == SEND_SIG_PRIV) {
		info->si_code = SI_KERNEL;
		return;
	}
	info->si_code = SI_USER;
	rcu_read_lock();
	info->si_pid = task_tgid_nr_ns(current, task_active_pid_ns(sent->to));
	info->si_uid = from_kuid_munged(__task_cred(sent->to)->user_ns, current_uid());
	rcu_read_unlock();
}

static void put_info(struct linx_fill *f, const struct linx_sent *sent)
{
	struct kernel_siginfo info;

	if (sent->info == SEND_SIG_NOINFO || sent->info == SEND_SIG_PRIV)
		make_info(&info, sent);
	else
		info = *sent->info;
	if (info.si_code == SI_TIMER)
		info.si_sys_private = 0; /* internal to the kernel until 6.12, which hides it from user space too */
	linx_put_bytes(f, LINX_FIELD_SIGINFO, LINX_VAL_BYTES, LINX_WHOLE, &info, sizeof(info));
}

/*
 * Writes the instruction pointer of the target. If the target is not the current task, its kernel stack may have been
 * freed, or be freed meanwhile: a signal for a process may be sent to its first thread, which has ended. siglock does
 * not keep the stack, so the registers are copied by a function that survives a fault.
 */
static void put_pointer(struct linx_fill *f, struct task_struct *to)
{
	struct pt_regs regs;

	if (to == current)
		linx_put_pointer(f, task_pt_regs(to));
	else if (f->s->flags & LINX_SETUP_POINTER && !(READ_ONCE(to->flags) & PF_EXITING) &&
		 !copy_from_kernel_nofault(&regs, task_pt_regs(to), sizeof(regs)))
		linx_put_pointer(f, &regs);
}

void linx_signal_record(struct linx_session *s, struct linx_ring *r, const struct linx_sent *sent, u64 now)
{
	struct linx_fill *f = linx_rec_begin(s, r, LINX_REC_SIGNAL, now, WORST, false, LINX_CALL_SIGNAL, LINX_REC_NR_OTHER, 0);

	if (!f)
		return;
	f->rec->tid = sent->to->pid;
	f->rec->pid = sent->to->tgid;
	*(struct linx_signal *)f->p = (struct linx_signal){ .signo = sent->signo, .flags = sent->flags };
	f->p += sizeof(struct linx_signal);
	put_pointer(f, sent->to);
	put_info(f, sent);
	linx_rec_commit(f);
}
