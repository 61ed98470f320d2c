/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of signals, which shared/signal_facts.h chooses. No context record is written here, since the kernel holds
 * locks of the receiving task. A timer or a device sends signals from an interrupt or a softirq, perhaps on top of
 * another program: the record goes to a side ring then (ring/side.h). The programs for kernels before Linux 5.17 have no
 * side rings and lose such a record (nested).
 */
#ifndef LINX_BPF_SIGNAL_H
#define LINX_BPF_SIGNAL_H

#include "filter/filter.h"
#include "shared/signal_facts.h"
#include "value/value.h"
#ifndef LINX_REDUCED
#include "ring/side.h"
#endif

#define SIGNAL_GROUP_EXIT 0x4
#define SENT_DELIVERED 0
#define SENT_IGNORED 1
#define SI_KERNEL 0x80
#define SI_TIMER (-2)
#define SIGINFO_SIZE 48u

static __always_inline __u32 sent_flags(__s32 signo, struct task_struct *to, __s32 result)
{
	return linx_signal_sending(signo, result == SENT_IGNORED, result == SENT_DELIVERED,
				   BPF_CORE_READ(to, signal, flags) & SIGNAL_GROUP_EXIT, BPF_CORE_READ(to, signal, group_exit_code));
}

/*
 * Writes the signal's siginfo. info: address of the siginfo in the kernel; 0 or 1: the kernel makes the siginfo, as for
 * a signal sent by the current task (0) or by the kernel (1).
 */
static __always_inline void put_siginfo(struct cpu *x, __s32 signo, __u64 info)
{
	__s32 made[SIGINFO_SIZE / 4] = { signo, 0, info ? SI_KERNEL : 0 };
	__u8 *p = ring_at(x, x->w->at + 8, SIGINFO_SIZE);

	if (!p || !has_room(x->w, SIGINFO_SIZE))
		return;
	if (!info) {
		made[4] = bpf_get_current_pid_tgid() >> 32;
		made[5] = (__u32)bpf_get_current_uid_gid();
	} else if (info > 1) {
		bpf_probe_read_kernel(made, sizeof(made), (void *)info);
	}
	if (made[2] == SI_TIMER)
		made[7] = 0; /* si_sys_private: internal to the kernel until 6.12 */
	bpf_probe_read_kernel(p, sizeof(made), made);
	val_end(x, WHAT(LINX_FIELD_SIGINFO, LINX_VAL_BYTES), LINX_WHOLE, SIGINFO_SIZE, SIGINFO_SIZE);
}

/*
 * Writes the instruction pointer of the task that receives the signal, in sessions that ask for it. Kernels of
 * LINX_REDUCED have no function that finds this pointer.
 */
static __always_inline void put_pointer(struct cpu *x, struct task_struct *to)
{
#ifndef LINX_REDUCED
	__u32 flags = MEMBER(to, flags);

	if (!(config.flags & LINX_BPF_POINTER) || flags & (PF_KTHREAD | PF_EXITING))
		return;
	get_place(x->w, (void *)bpf_task_pt_regs((void *)to));
	put_number(x, WHAT(LINX_FIELD_POINTER, LINX_VAL_BYTES), x->w->ip, 8);
#endif
}

#ifdef LINX_REDUCED
#define level_now(task) 0
#define cpu_begin_at(x, level) cpu_begin(x)
#define cpu_end_at(x, level) ((void)(level), cpu_end((x)->c, (x)->number))
#define signal_begin(x) rec_begin(x, LINX_REC_SIGNAL, false, NO_CALL_BUT_OTHER)
#define signal_commit(x) ((void)rec_commit(x, NO_CALL_BUT_OTHER))
#else
static __always_inline bool signal_begin(struct cpu *x)
{
	return x->w->side ? side_rec_begin(x, LINX_REC_SIGNAL, false, SIDE_NO_SITE) :
			    rec_begin(x, LINX_REC_SIGNAL, false, NO_CALL_BUT_OTHER);
}

static __always_inline void signal_commit(struct cpu *x)
{
	if (x->w->side)
		side_rec_commit(x);
	else
		rec_commit(x, NO_CALL_BUT_OTHER);
}
#endif

static __always_inline int record_signal(struct cpu *x, struct task_struct *to, __s32 signo, __u32 flags, __u64 info)
{
	struct work *w = x->w;

	w->time = time_now(x->c);
	w->tid = BPF_CORE_READ(to, pid) & 0x3fffff;
	w->pid = BPF_CORE_READ(to, tgid) & 0x3fffff;
	w->abi = 0;
	if (!signal_begin(x))
		return 0;
	put_word(x, w->at, (__u32)signo | (__u64)flags << 32);
	w->at += sizeof(struct linx_signal);
	put_pointer(x, to);
	put_siginfo(x, signo, info);
	signal_commit(x);
	return 0;
}

#endif
