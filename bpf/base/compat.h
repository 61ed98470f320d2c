/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernels. The programs are compiled twice: in full for Linux 5.17 and later, and with LINX_REDUCED
 * for Linux 5.10 to 5.16. The verifier of the older kernels checks each turn of a loop (loop.h). Kernels before 5.12
 * refuse atomic operations that return the old value.
 */
#ifndef LINX_BPF_COMPAT_H
#define LINX_BPF_COMPAT_H

#include <stdbool.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "base/kernel.h"

/*
 * Adds to a number that other CPUs change too. __ATOMIC_RELAXED is needed: clang 21 compiles __sync_fetch_and_add() to
 * an instruction that returns the old value even when nobody uses it, and Linux before 5.12 refuses that instruction.
 */
#define add_atomic(p, n) ((void)__atomic_fetch_add(p, n, __ATOMIC_RELAXED))

#ifdef LINX_REDUCED

/*
 * Keeps a function from being inlined, so that its variables have a stack frame of their own. The limit of 512 bytes
 * holds for each chain of calls, and this frame counts only in chains that contain the function.
 */
#define __own_stack __noinline

/* Reads a member of a structure that the kernel itself passed to the program. */
#define MEMBER(p, member)                  \
	({                                 \
		__typeof__(p) from_ = (p); \
		BPF_CORE_READ(from_, member); \
	})

/* Reads a member of a kernel structure; returns 0 if the memory is not present. */
#define GET(p, type, member)                       \
	({                                         \
		struct type *p_ = (void *)(p);     \
		BPF_CORE_READ(p_, member);         \
	})

/* Does nothing, since up to Linux 6.12 preemption is off in programs at tracepoints anyway. */
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

static __always_inline __u32 cpu_of_current(struct task_struct *task)
{
	return bpf_get_smp_processor_id();
}

/* Finds no task: before Linux 6.2 no kfunc returns another task by its number. */
static __always_inline struct task_struct *find_task(__s32 pid, bool own_namespace)
{
	return 0;
}

static __always_inline void put_found_task(struct task_struct *p)
{
}

/*
 * Returns the thread whose exec is ending all other threads of the process; NULL: there is none. The kernel also sets
 * group_exit_task if the process ends in another way, which the flags show.
 */
static __always_inline struct task_struct *execer(struct task_struct *p)
{
	enum { GROUP_EXIT_OR_COREDUMP = 0x0c }; /* SIGNAL_GROUP_EXIT | SIGNAL_GROUP_COREDUMP of linux/sched/signal.h */

	return BPF_CORE_READ(p, signal, flags) & GROUP_EXIT_OR_COREDUMP ? 0 : BPF_CORE_READ(p, signal, group_exit_task);
}

#else

#define __own_stack __always_inline
#define MEMBER(p, member) ((p)->member)

/*
 * Casts a number to a pointer to a structure. Reads through that pointer return 0 when they fault. The function exists
 * since Linux 6.2.
 */
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

/*
 * Kfuncs that find a process by its number: in the initial pid namespace since Linux 6.2, in the caller's since 6.14.
 */
extern struct task_struct *bpf_task_from_pid(__s32 pid) __ksym __weak;
extern struct task_struct *bpf_task_from_vpid(__s32 pid) __ksym __weak;
extern void bpf_task_release(struct task_struct *p) __ksym __weak;

extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;
/* Kfuncs that switch interrupts off and on, which exist since Linux 6.14. */
extern void bpf_local_irq_save(unsigned long *flags) __ksym __weak;
extern void bpf_local_irq_restore(unsigned long *flags) __ksym __weak;

/*
 * Keeps other tasks off this CPU until release_cpu(); interrupts still run. Up to Linux 6.12 all programs at
 * tracepoints run with preemption off anyway.
 */
static __always_inline void hold_cpu(void)
{
	if (bpf_preempt_disable)
		bpf_preempt_disable();
}

/*
 * Allows preemption again. Interrupts are off meanwhile, so that the scheduler does not switch tasks before the kernel
 * has marked the program as finished. Before that mark the kernel would skip this program for other tasks on this CPU.
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

/* Returns the CPU of the current task. A kernel for a single CPU has no such member. */
static __always_inline __u32 cpu_of_current(struct task_struct *task)
{
	return bpf_core_field_exists(task->thread_info.cpu) ? MEMBER(task, thread_info.cpu) : 0;
}

/*
 * Finds a task by its number in the initial pid namespace, or in that of the current task. put_found_task() drops the
 * reference. NULL: there is no such task.
 */
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

/* Returns the thread whose exec is ending all other threads of the process; NULL: there is none. */
static __always_inline struct task_struct *execer(struct task_struct *p)
{
	return BPF_CORE_READ(p, signal, group_exec_task);
}

#endif
#endif
