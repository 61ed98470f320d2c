/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs do otherwise where the kernel lacks something. The file is compiled twice:
 * whole, for Linux 5.17 and later, and with LINX_REDUCED for 5.10 to 5.16, where loops are
 * verified turn by turn (loop.h), and where no operation on memory gives what was there before.
 */
#ifndef LINX_BPF_COMPAT_H
#define LINX_BPF_COMPAT_H

#include <stdbool.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "base/kernel.h"

/*
 * Adds to a number that other CPUs change too. Relaxed: of __sync_fetch_and_add() clang 21 makes an instruction that
 * gives what was there before, although nobody asks for it, and Linux before 5.12 refuses that one.
 */
#define add_atomic(p, n) ((void)__atomic_fetch_add(p, n, __ATOMIC_RELAXED))

#ifdef LINX_REDUCED

/* The stack of a function that is not below the deepest one does not add to it: 512 bytes are all that there is. */
#define __own_stack __noinline

/* A member of a structure that the kernel itself gave to the program. */
#define MEMBER(p, member)                  \
	({                                 \
		__typeof__(p) from_ = (p); \
		BPF_CORE_READ(from_, member); \
	})

/* Reads a member of a structure of the kernel's; 0 if the memory is not there. */
#define GET(p, type, member)                       \
	({                                         \
		struct type *p_ = (void *)(p);     \
		BPF_CORE_READ(p_, member);         \
	})

/* Preemption is off in programs at tracepoints up to Linux 6.12. */
static __always_inline void hold_cpu(void)
{
}

static __always_inline void release_cpu(void)
{
}

static __always_inline struct task_struct *current_task(void)
{
	return (void *)bpf_get_current_task();
}

/* Kernels before Linux 6.2 find no other task for a program. */
static __always_inline struct task_struct *find_task(__s32 pid, bool own_namespace)
{
	return 0;
}

static __always_inline void put_found_task(struct task_struct *p)
{
}

#else

#define __own_stack __always_inline
#define MEMBER(p, member) ((p)->member)

/* Makes a number a pointer to a structure that may be read, but for faults: from Linux 6.2 on. */
extern void *bpf_rdonly_cast(const void *p, __u32 type) __ksym __weak;

#define GET(p, type, member)                                                                   \
	({                                                                                     \
		struct type *p_ = (void *)(p);                                                 \
		__typeof__(p_->member) v_;                                                     \
		if (bpf_rdonly_cast)                                                           \
			v_ = ((struct type *)bpf_rdonly_cast(p_, bpf_core_type_id_kernel(struct type)))->member; \
		else                                                                           \
			v_ = BPF_CORE_READ(p_, member);                                        \
		v_;                                                                            \
	})

/* Other processes: from Linux 6.2 on; by the numbers of a namespace from 6.14 on. */
extern struct task_struct *bpf_task_from_pid(__s32 pid) __ksym __weak;
extern struct task_struct *bpf_task_from_vpid(__s32 pid) __ksym __weak;
extern void bpf_task_release(struct task_struct *p) __ksym __weak;

extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;
/* From Linux 6.14 on. */
extern void bpf_local_irq_save(unsigned long *flags) __ksym __weak;
extern void bpf_local_irq_restore(unsigned long *flags) __ksym __weak;

/* From here on nobody else runs on this CPU but interrupts. Up to Linux 6.12 tracepoints are so anyway. */
static __always_inline void hold_cpu(void)
{
	if (bpf_preempt_disable)
		bpf_preempt_disable();
}

/*
 * With interrupts off nobody takes the CPU here, who was to have it meanwhile, but when the
 * kernel has noted that the program is done. It leaves out the runs of other tasks on this
 * CPU until then.
 */
static __always_inline void release_cpu(void)
{
	unsigned long flags;

	if (!bpf_preempt_enable)
		return;
	if (!bpf_local_irq_save || !bpf_local_irq_restore) {
		bpf_preempt_enable();
		return;
	}
	bpf_local_irq_save(&flags);
	bpf_preempt_enable();
	bpf_local_irq_restore(&flags);
}

static __always_inline struct task_struct *current_task(void)
{
	return bpf_get_current_task_btf();
}

/* Finds a task by its number in the initial namespace, or in that of the current one; put_found_task() ends it. NULL: there is none. */
static __always_inline struct task_struct *find_task(__s32 pid, bool own_namespace)
{
	if (!bpf_task_release || !(own_namespace ? (void *)bpf_task_from_vpid : (void *)bpf_task_from_pid))
		return 0;
	return own_namespace ? bpf_task_from_vpid(pid) : bpf_task_from_pid(pid);
}

static __always_inline void put_found_task(struct task_struct *p)
{
	bpf_task_release(p);
}

#endif
#endif
