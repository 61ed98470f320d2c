/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Context in which a program runs: a task, a softirq, an interrupt or an NMI. Programs of system calls run in tasks alone
 * and do not ask.
 */
#ifndef LINX_BPF_CONTEXT_H
#define LINX_BPF_CONTEXT_H

#include "base/maps.h"

#ifndef __TARGET_ARCH_arm64
/* Count of nested preemption and interrupts: a variable of its own until Linux 6.1 and since 6.15, else in pcpu_hot. */
struct pcpu_hot {
	int preempt_count;
} __attribute__((preserve_access_index));
extern const int __preempt_count __ksym __weak;
extern const struct pcpu_hot pcpu_hot __ksym __weak;
#endif

/* Returns false if the kernel's types do not say where the count is. */
static __always_inline bool preempt_count(struct task_struct *task, __u32 *count)
{
#ifdef __TARGET_ARCH_arm64
	if (!bpf_core_field_exists(task->thread_info.preempt.count))
		return false;
	*count = BPF_CORE_READ(task, thread_info.preempt.count);
	return true;
#else
	if (&__preempt_count) {
		*count = *(const int *)bpf_this_cpu_ptr(&__preempt_count);
		return true;
	}
	if (&pcpu_hot) {
		*count = ((const struct pcpu_hot *)bpf_this_cpu_ptr(&pcpu_hot))->preempt_count;
		return true;
	}
	return false;
#endif
}

/* The kernel's layout of its count (linux/preempt.h). */
enum { SERVING_SOFTIRQ = 0x100, HARDIRQS = 0xf0000, NMIS = 0xf00000 };

/* Returns the enum linx_hit_context of the running program. */
static __always_inline __u32 level_now(struct task_struct *task)
{
	__u32 count = 0;

	if (!preempt_count(task, &count))
		return LINX_HIT_TASK;
	if (count & NMIS)
		return LINX_HIT_NMI;
	if (count & HARDIRQS)
		return LINX_HIT_HARDIRQ;
	return count & SERVING_SOFTIRQ ? LINX_HIT_SOFTIRQ : LINX_HIT_TASK;
}

#endif
