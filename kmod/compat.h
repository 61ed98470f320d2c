/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only place that tests kernel versions and features. Each entry says since
 * which kernel things are as they are now; it may go when older ones are no
 * longer in tests/vm/kernels.list.
 */
#ifndef LINX_COMPAT_H
#define LINX_COMPAT_H

#include <linux/capability.h>
#include <linux/compat.h> /* in_compat_syscall(): 5.10, 6.1 */
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/hrtimer.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/ns_common.h>
#include <linux/poll.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>
#include <linux/version.h>
#include <uapi/linux/close_range.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "linx needs Linux 5.10 or newer"
#endif

#ifndef CONFIG_TRACEPOINTS
#error "linx needs CONFIG_TRACEPOINTS and CONFIG_FTRACE_SYSCALLS"
#endif

/* For functions that end others: the compiler leaves their arguments where they are. clang has no such attribute. */
#if __has_attribute(__noipa__)
#define LINX_APART __attribute__((__noipa__))
#else
#define LINX_APART noinline
#endif

/* vm_flags became write-protected, with accessors, in 6.3. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void linx_vm_flags(struct vm_area_struct *vma, unsigned long set, unsigned long clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#else
static inline void linx_vm_flags(struct vm_area_struct *vma, unsigned long set, unsigned long clear)
{
	vm_flags_mod(vma, set, clear);
}
#endif

/* hrtimer_setup() came in 6.13, hrtimer_init() went in 6.15. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void linx_hrtimer_setup(struct hrtimer *t, enum hrtimer_restart (*fn)(struct hrtimer *))
{
	hrtimer_init(t, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	t->function = fn;
}
#else
static inline void linx_hrtimer_setup(struct hrtimer *t, enum hrtimer_restart (*fn)(struct hrtimer *))
{
	hrtimer_setup(t, fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
}
#endif

/* get_file_rcu() takes the address of the pointer since 6.7. Caller: rcu_read_lock(). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct file *linx_get_exe_file(struct mm_struct *mm)
{
	struct file *f = rcu_dereference(mm->exe_file);

	return f && get_file_rcu(f) ? f : NULL;
}
#else
static inline struct file *linx_get_exe_file(struct mm_struct *mm)
{
	return get_file_rcu(&mm->exe_file);
}
#endif

/* The same of a slot of a table of descriptors. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct file *linx_get_slot_file(struct file __rcu **slot)
{
	struct file *f = rcu_dereference(*slot);

	return f && get_file_rcu(f) ? f : NULL;
}
#else
static inline struct file *linx_get_slot_file(struct file __rcu **slot)
{
	return get_file_rcu(slot);
}
#endif

/* sock_from_file() had another argument, for the reason why not, before 5.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
static inline struct socket *linx_sock_from_file(struct file *file)
{
	int err;

	return sock_from_file(file, &err);
}
#else
static inline struct socket *linx_sock_from_file(struct file *file)
{
	return sock_from_file(file);
}
#endif

/* BPF_PROG_RUN() was a macro, and bpf_prog_run() not there, before 5.15. Preemption is off. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
#define linx_run_program(prog, data) BPF_PROG_RUN(prog, data)
#else
#define linx_run_program(prog, data) bpf_prog_run(prog, data)
#endif

/* close_range(2) got it in 5.11. */
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

/* pidfds have their own file system since 6.9. */
#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif

/* fs->lock became part of the seqlock fs->seq in 6.18. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
static inline void linx_fs_lock(struct fs_struct *fs)
{
	spin_lock(&fs->lock);
}

static inline void linx_fs_unlock(struct fs_struct *fs)
{
	spin_unlock(&fs->lock);
}
#else
static inline void linx_fs_lock(struct fs_struct *fs)
{
	read_seqlock_excl(&fs->seq);
}

static inline void linx_fs_unlock(struct fs_struct *fs)
{
	read_sequnlock_excl(&fs->seq);
}
#endif

/* kernel_cap_t is one word since 6.3. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline u64 linx_cap(kernel_cap_t cap)
{
	return cap.cap[0] | (u64)cap.cap[1] << 32;
}
#else
static inline u64 linx_cap(kernel_cap_t cap)
{
	return cap.val;
}
#endif

struct mnt_namespace;

/*
 * The number of a mount namespace, whose structure is fs/'s own: it begins with
 * what all namespaces have since 5.11, before that a counter stands in front.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
struct linx_mnt_ns {
	atomic_t count;
	struct ns_common ns;
};
#else
struct linx_mnt_ns {
	struct ns_common ns;
};
#endif

static inline u32 linx_mnt_ns_inum(const struct mnt_namespace *mnt_ns)
{
	return ((const struct linx_mnt_ns *)mnt_ns)->ns.inum;
}

/* Is ->poll() called without a queue to wait in? poll_does_not_wait() is not in 7.2 any more; the field is in all. */
static inline bool linx_poll_only_asks(const struct poll_table_struct *wait)
{
	return !wait || !wait->_qproc;
}

/*
 * How long the current task has run so far, ns of its CPU's scheduler clock;
 * only differences mean something. task_sched_runtime() is not exported and
 * takes a lock; this leaves out what is stolen by interrupts.
 */
static inline u64 linx_cpu_time(void)
{
	return READ_ONCE(current->se.sum_exec_runtime) + sched_clock_cpu(smp_processor_id()) -
	       READ_ONCE(current->se.exec_start);
}

/*
 * d_path() and fs->lock from a probe, with preemption off: they take spinlocks,
 * which sleep on PREEMPT_RT ("scheduling while atomic" on 6.1 and 6.12). A probe
 * of ours always runs with preemption off, so on RT there are no paths at all.
 */
#define LINX_HAVE_PATHS (!IS_ENABLED(CONFIG_PREEMPT_RT))

/*
 * sched_process_exit got group_dead in 6.16. Before, the count of live threads
 * tells; two threads that end at once may then both find it zero.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define LINX_EXIT_PROTO void *data, struct task_struct *p
#define LINX_EXIT_GROUP_DEAD(p) (atomic_read(&(p)->signal->live) == 0)
#else
#define LINX_EXIT_PROTO void *data, struct task_struct *p, bool group_dead
#define LINX_EXIT_GROUP_DEAD(p) (group_dead)
#endif

#endif
