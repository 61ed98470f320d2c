/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only place that tests what the kernel provides. The answers come from compat/features.c, which names the
 * release that brought each change; the kernel's version is not used, since kernels of distributions keep their
 * version and take over newer code. An entry may be deleted when tests/vm/kernels.list no longer has a kernel without
 * the feature.
 *
 * The room compat/ holds these tests and the wrappers that they choose. It knows only the kernel: no session, no
 * record, no header of another room.
 */
#ifndef LINX_COMPAT_H
#define LINX_COMPAT_H

#include <linux/capability.h>
#include <linux/compat.h> /* in_compat_syscall(): 5.10, 6.1 */
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/ns_common.h>
#include <linux/percpu.h>
#include <linux/poll.h>
#include <linux/sched/clock.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <uapi/linux/close_range.h>
#include <asm/syscall.h>
#include "compat/features.h"
#ifdef CONFIG_X86
#include <asm/tsc.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "linx needs Linux 5.10 or newer"
#endif

/*
 * Limit of the tested series. Layouts of structures that are private to the kernel cannot be tested at build time;
 * they are not relied on in later series.
 */
#define LINX_LAYOUTS_TESTED (LINUX_VERSION_CODE < KERNEL_VERSION(7, 3, 0))

#ifndef CONFIG_TRACEPOINTS
#error "linx needs CONFIG_TRACEPOINTS"
#endif

#ifndef CONFIG_CGROUPS
#error "linx needs CONFIG_CGROUPS"
#endif

/*
 * Marks a condition as equally likely to hold or not, also where the compiler thinks of a loop. Since gcc 9 and clang
 * 11; older compilers build without it.
 */
#if defined(__clang__) || __GNUC__ >= 9
#define LINX_AS_LIKELY(x) __builtin_expect_with_probability(!!(x), 1, 0.5)
#else
#define LINX_AS_LIKELY(x) (x)
#endif

/*
 * Attributes of a function that ends another one: the compiler leaves its arguments in their registers. clang has no
 * such attribute. Functions that run with each system call have no place for ftrace.
 */
#if __has_attribute(__noipa__)
#define LINX_TAIL_FN __attribute__((__noipa__)) notrace
#else
#define LINX_TAIL_FN noinline notrace
#endif

/*
 * Adds one to an int of this CPU and returns whether it becomes 0. One instruction, where raw_cpu_inc_return() takes
 * three. Since 6.8 a variable's name alone may not stand for this CPU's copy. Also a compiler barrier.
 */
#ifdef CONFIG_X86
#ifdef __my_cpu_var
#define LINX_CPU_VAR(var) __my_cpu_var(var)
#else
#define LINX_CPU_VAR(var) (var)
#endif
#define linx_cpu_inc_is_zero(var)                                          \
	({                                                                 \
		bool zero__;                                               \
		asm volatile("incl " __percpu_arg([var])                   \
			     : "=@ccz"(zero__), [var] "+m"(LINX_CPU_VAR(var)) \
			     :                                             \
			     : "memory");                                  \
		zero__;                                                    \
	})
#else
#define linx_cpu_inc_is_zero(var) (raw_cpu_inc_return(var) == 0)
#endif

/*
 * Refuses page faults. They are off wherever preemption is, if the kernel counts preemption
 * (faulthandler_disabled()); otherwise a count of their own disables them. Kernels that check for sleep in atomic
 * sections need that count as well: an architecture without unsafe_get_user() (arm64 in 6.1) uses __get_user(), whose
 * might_fault() warns unless pagefault_disabled().
 */
#define LINX_COUNT_FAULTS_OFF                                                \
	(!IS_ENABLED(CONFIG_PREEMPT_COUNT) ||                               \
	 (!IS_ENABLED(CONFIG_X86) &&                                        \
	  (IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP) || IS_ENABLED(CONFIG_PROVE_LOCKING))))

static __always_inline void linx_faults_off(void)
{
	if (LINX_COUNT_FAULTS_OFF)
		pagefault_disable();
}

static __always_inline void linx_faults_on(void)
{
	if (LINX_COUNT_FAULTS_OFF)
		pagefault_enable();
}

/* Kernels with fault injection for user copies: our copies bypass it. */
#ifdef CONFIG_FAULT_INJECTION_USERCOPY
#include <linux/fault-inject-usercopy.h>
#define linx_read_fails() should_fail_usercopy()
#else
#define linx_read_fails() false
#endif
/* raw_copy_from_user() of other architectures than x86 masks the address itself. */
#ifdef barrier_nospec
#define linx_barrier_nospec() barrier_nospec()
#else
#define linx_barrier_nospec() do { } while (0)
#endif

#define linx_read_begin(from, n) (!linx_read_fails() && user_access_begin(from, n))

/* vm_flags are write-protected in kernels that have accessors. */
#if !LINX_HAS_VM_FLAGS_MOD
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

/* hrtimer_setup() replaced hrtimer_init(). */
#if !LINX_HAS_HRTIMER_SETUP
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

/*
 * Prepares work that runs in the hard interrupt on PREEMPT_RT too. Other kernels run all work there. They do not get
 * the mark, because lockdep would then forbid spinlock_t in the work, which ours takes. The kernel's own macro came
 * with 5.11.
 */
static inline void linx_init_hard_irq_work(struct irq_work *work, void (*fn)(struct irq_work *))
{
#if defined(IRQ_WORK_INIT_HARD) && defined(CONFIG_PREEMPT_RT)
	*work = IRQ_WORK_INIT_HARD(fn);
#else
	init_irq_work(work, fn);
#endif
}

/* Times of an inode in ns. They may change during the read; each part is read once. */
static inline s64 linx_inode_mtime(const struct inode *inode)
{
#if LINX_HAS_INODE_GET_MTIME
	struct timespec64 t = inode_get_mtime(inode);
#else
	struct timespec64 t = inode->i_mtime;
#endif

	return timespec64_to_ns(&t);
}

static inline s64 linx_inode_ctime(const struct inode *inode)
{
#if LINX_HAS_INODE_GET_CTIME
	struct timespec64 t = inode_get_ctime(inode);
#else
	struct timespec64 t = inode->i_ctime;
#endif

	return timespec64_to_ns(&t);
}

/* get_file_rcu() takes the address of the pointer, in older kernels the pointer itself. Caller: rcu_read_lock(). */
#if !LINX_HAS_FILE_RCU_BY_ADDRESS
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

/* sock_from_file() of older kernels also returns an error code. */
#if !LINX_HAS_SOCK_FROM_FILE_ALONE
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

/* BPF_PROG_RUN() was a macro before bpf_prog_run() existed. Preemption is off. */
#if !LINX_HAS_BPF_PROG_RUN
#define linx_run_program(prog, data) BPF_PROG_RUN(prog, data)
#else
#define linx_run_program(prog, data) bpf_prog_run(prog, data)
#endif

/*
 * Throttle mode needs to know that tasks have left the module's text before unloading. synchronize_rcu_tasks() waits
 * for that. A kernel without it never preempts in the kernel, and the name stands for synchronize_rcu() there.
 */
#define LINX_HAVE_THROTTLE (IS_ENABLED(CONFIG_TASKS_RCU) || !IS_ENABLED(CONFIG_PREEMPTION))

/*
 * Another process's memory is read only as far as its pages are present; nobody waits for a page. FOLL_NOFAULT does
 * that since 5.16. Older kernels can only avoid waiting for a page's lock, and a file system may delay reading a
 * page: no page of a file is read there. The caller holds the memory's lock.
 */
#if !LINX_HAS_FOLL_NOFAULT
#define LINX_FOLL_THERE (FOLL_FORCE | FOLL_NOWAIT)
static inline bool linx_may_be_waited_for(struct mm_struct *mm, u64 addr)
{
	const struct vm_area_struct *vma = find_vma(mm, addr);

	return !vma || vma->vm_start > addr || vma->vm_file;
}
#else
#define LINX_FOLL_THERE (FOLL_FORCE | FOLL_NOFAULT)
static inline bool linx_may_be_waited_for(struct mm_struct *mm, u64 addr)
{
	return false;
}
#endif

/* get_user_pages_remote() had one more argument, before the last one: the areas. */
#if LINX_HAS_GUP_REMOTE_AREAS
#define LINX_NO_AREAS NULL,
#else
#define LINX_NO_AREAS
#endif

/* Flag of close_range(2), since 5.11. */
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

/* Control message that carries one pidfd, since 6.5. */
#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* pidfds have their own file system since 6.9. */
#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif

/*
 * The counter of fs->seq. fs->lock became part of that seqlock. The counter is read directly: on PREEMPT_RT a reader
 * of the seqlock waits for a writer by taking the lock, which sleeps.
 */
#if !LINX_HAS_FS_SEQLOCK
#define linx_fs_seq(fs) (&(fs)->seq.seqcount)
#else
#define linx_fs_seq(fs) (&(fs)->seq.seqcount.seqcount)
#endif

/* kernel_cap_t became a single word. */
#if !LINX_HAS_CAP_WORD
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

/*
 * Beginning of the structure of a mount, which is private to fs/. It is the same in kernels from 5.10 to 7.2.
 * capture/path.c verifies it at load before relying on it.
 */
struct linx_mount {
	struct hlist_node hash;
	struct linx_mount *parent;
	struct dentry *mountpoint;
	struct vfsmount mnt;
};

struct mnt_namespace;

/*
 * Beginning of the structure of a mount namespace, which is private to fs/: the part common to all namespaces, behind
 * a counter in older kernels. task/task_info.c checks for the number.
 */
struct linx_mnt_ns {
#if !LINX_HAS_NS_COMMON_COUNT && !LINX_HAS_NS_COMMON_REF
	atomic_t count;
#endif
	struct ns_common ns;
};

/*
 * The kernel shuffles the members of its structures, those of the namespace too, in an order that is not published.
 */
#define LINX_MNT_NS_SECRET (IS_ENABLED(CONFIG_RANDSTRUCT) || IS_ENABLED(CONFIG_GCC_PLUGIN_RANDSTRUCT))

/*
 * Least number of a namespace: linux/proc_ns.h gives numbers from a base on, and the initial namespaces have fixed
 * numbers just below.
 */
#define LINX_NS_INUM_MIN (0xF0000000U - 16)
#define LINX_NS_INUM_MAX 0xFFFF0000U

/*
 * Is ->poll() called without a queue to wait in? 7.2 no longer has poll_does_not_wait(); all kernels have the field.
 */
static inline bool linx_poll_only_queries(const struct poll_table_struct *wait)
{
	return !wait || !wait->_qproc;
}

/* Does memory have tags (MTE)? A read across the border of two tags may fail even within a page. */
#define LINX_HAVE_MEMORY_TAGS IS_ENABLED(CONFIG_ARM64_MTE)

/*
 * Returns how long the current task has run, in ns of the scheduler's clock; only differences are meaningful.
 * task_sched_runtime() is not exported and takes a lock. This function leaves out the time that interrupts took.
 * Where the kernel subtracts that time, exec_start belongs to a clock that modules cannot read; then the time since
 * the last tick is missing.
 */
static inline u64 linx_cpu_time(void)
{
	u64 now;

	if (IS_ENABLED(CONFIG_IRQ_TIME_ACCOUNTING) || IS_ENABLED(CONFIG_PARAVIRT_TIME_ACCOUNTING))
		return READ_ONCE(current->se.sum_exec_runtime);
	/* arm64 has one scheduler clock for all CPUs. */
#ifdef CONFIG_HAVE_UNSTABLE_SCHED_CLOCK
	now = sched_clock_cpu(smp_processor_id());
#else
	now = sched_clock();
#endif
	return READ_ONCE(current->se.sum_exec_runtime) + now - READ_ONCE(current->se.exec_start);
}

/*
 * d_path() takes spinlocks, which sleep on PREEMPT_RT ("scheduling while atomic" on 6.1 and 6.12). Probes run with
 * preemption off, so that there are no paths on PREEMPT_RT.
 */
#define LINX_HAVE_PATHS (!IS_ENABLED(CONFIG_PREEMPT_RT))

/* Does kernfs walk from the root again for each part of a path? */
#define LINX_KERNFS_FROM_ROOT (LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0))

/*
 * Returns the dentry of the layer that holds a regular file of an overlay. Takes no lock. From 6.5 on the function
 * with the old signature may look up data in a layer that was not read yet, which sleeps. No feature test shows that;
 * the version does, except on RHEL, whose overlayfs is newer than its version.
 */
#ifdef RHEL_RELEASE_CODE
#define LINX_HAVE_REAL_DENTRY LINX_HAS_D_REAL_TYPE
#else
#define LINX_HAVE_REAL_DENTRY (LINX_HAS_D_REAL_TYPE || LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0))
#endif
static inline struct dentry *linx_real_dentry(struct dentry *dentry)
{
#if LINX_HAS_D_REAL_TYPE
	return d_real(dentry, D_REAL_METADATA);
#else
	return d_real(dentry, NULL);
#endif
}

/*
 * Returns the thread whose exec ends all others of its process; NULL: none. Older kernels store it where a thread
 * that dumps core is stored too.
 */
static inline const struct task_struct *linx_execer(const struct signal_struct *sig)
{
#if !LINX_HAS_GROUP_EXEC_TASK
	return sig->flags & (SIGNAL_GROUP_EXIT | SIGNAL_GROUP_COREDUMP) ? NULL : READ_ONCE(sig->group_exit_task);
#else
	return READ_ONCE(sig->group_exec_task);
#endif
}

/* The flags of clone(2) in task_newtask became 64 bits wide. */
#if !LINX_HAS_CLONE_FLAGS_64
#define LINX_CLONE_FLAGS unsigned long
#else
#define LINX_CLONE_FLAGS u64
#endif

/*
 * sched_process_exit got group_dead: the task is the last to begin its exit. filter/task_exit.c needs the last to
 * end.
 */
#if !LINX_HAS_EXIT_GROUP_DEAD
#define LINX_EXIT_PROTO void *data, struct task_struct *p
#else
#define LINX_EXIT_PROTO void *data, struct task_struct *p, bool group_dead
#endif

/*
 * Differences between architectures. Each architecture defines: whether the current call is one of 32-bit code; the
 * places in pt_regs of the arguments of a 64-bit and of a 32-bit call; the number of a returning call; whether
 * raw_copy_from_user() copies up to the first unreadable byte (others stop up to 63 bytes before); and the counter
 * that core/clock.h uses, with a rate of 0 MHz if there is none that is fine enough.
 */
#ifndef __X32_SYSCALL_BIT
#define __X32_SYSCALL_BIT 0x40000000
#endif
#ifdef CONFIG_X86
#define LINX_IS_COMPAT() in_ia32_syscall()
#define LINX_HAVE_X32 1
#define LINX_REG(member) offsetof(struct pt_regs, member)
#define LINX_ARGS_64 { LINX_REG(di), LINX_REG(si), LINX_REG(dx), LINX_REG(r10), LINX_REG(r8), LINX_REG(r9) }
#define LINX_ARGS_32 { LINX_REG(bx), LINX_REG(cx), LINX_REG(dx), LINX_REG(si), LINX_REG(di), LINX_REG(bp) }

/* Returns the last argument of a 64-bit call. */
static __always_inline u64 linx_last_arg_64(const struct pt_regs *regs)
{
	return regs->r9;
}

/* Copies the arguments of a 64-bit call, at least nargs of them. */
static __always_inline void linx_args_64(const struct pt_regs *regs, u32 nargs, u64 *to)
{
	to[0] = regs->di;
	to[1] = regs->si;
	to[2] = regs->dx;
	if (nargs > 3) {
		to[3] = regs->r10;
		to[4] = regs->r8;
		to[5] = regs->r9;
	}
}

/* Copies the six arguments of a call of i386. */
static __always_inline void linx_args_32(const struct pt_regs *regs, u64 *to)
{
	to[0] = (u32)regs->bx;
	to[1] = (u32)regs->cx;
	to[2] = (u32)regs->dx;
	to[3] = (u32)regs->si;
	to[4] = (u32)regs->di;
	to[5] = (u32)regs->bp;
}

static __always_inline long linx_exit_nr(struct pt_regs *regs)
{
	return syscall_get_nr(current, regs);
}

#define LINX_COPY_IS_EXACT 1

/* Returns the counter in two halves, as combining them costs instructions. */
static __always_inline void linx_cycles_halves(u64 *low, u64 *high)
{
	asm volatile("rdtsc" : "=a" (*low), "=d" (*high));
}

static inline u64 linx_cycles_ordered(void)
{
	return rdtsc_ordered();
}

static inline bool linx_cycles_unstable(void)
{
	return check_tsc_unstable();
}

static inline unsigned int linx_cycles_khz(void)
{
	return tsc_khz;
}
#elif defined(CONFIG_ARM64)
#define LINX_IS_COMPAT() is_compat_task()
#define LINX_HAVE_X32 0
#define LINX_REG(n) (offsetof(struct pt_regs, regs) + (n) * sizeof(u64))
/* Register 0 is overwritten by the result. */
#define LINX_ARGS_64 { offsetof(struct pt_regs, orig_x0), LINX_REG(1), LINX_REG(2), LINX_REG(3), LINX_REG(4), LINX_REG(5) }
#define LINX_ARGS_32 LINX_ARGS_64

static __always_inline u64 linx_last_arg_64(const struct pt_regs *regs)
{
	return regs->regs[5];
}

static __always_inline void linx_args_64(const struct pt_regs *regs, u32 nargs, u64 *to)
{
	to[0] = regs->orig_x0;
	memcpy(to + 1, &regs->regs[1], 5 * sizeof(u64));
}

/* Copies the six arguments of a call of 32-bit ARM. */
static __always_inline void linx_args_32(const struct pt_regs *regs, u64 *to)
{
	unsigned int i;

	to[0] = (u32)regs->orig_x0;
	for (i = 1; i < 6; i++)
		to[i] = (u32)regs->regs[i];
}

/* The numbers of exec: arm64's of asm-generic/unistd.h, 32-bit ARM's of arch/arm/tools/syscall.tbl. */
#define LINX_NR_EXECVE 221
#define LINX_NR_EXECVEAT 281
#define LINX_NR_ARM_EXECVE 11
#define LINX_NR_ARM_EXECVEAT 387

/*
 * Returns the number of a returning call. An exec keeps the number by which it was called, even if the new program
 * has the other ABI, in which the number is another call. An exec clears all registers; any other call still has its
 * number in its register.
 */
static __always_inline long linx_exit_nr(struct pt_regs *regs)
{
	long nr = syscall_get_nr(current, regs);

	if (is_compat_task()) {
		if (unlikely((nr == LINX_NR_EXECVE || nr == LINX_NR_EXECVEAT) && !regs->regs[7]))
			return nr == LINX_NR_EXECVE ? LINX_NR_ARM_EXECVE : LINX_NR_ARM_EXECVEAT;
	} else if (unlikely((nr == LINX_NR_ARM_EXECVE || nr == LINX_NR_ARM_EXECVEAT) && !regs->regs[8])) {
		return nr == LINX_NR_ARM_EXECVE ? LINX_NR_EXECVE : LINX_NR_EXECVEAT;
	}
	return nr;
}

#define LINX_COPY_IS_EXACT 0

/*
 * Returns a counter that is out of every window: the generic counter is too coarse, and the kernel's clock reads it
 * without a call.
 */
static __always_inline void linx_cycles_halves(u64 *low, u64 *high)
{
	*low = *high = U32_MAX;
}

static inline u64 linx_cycles_ordered(void)
{
	return U64_MAX;
}

static inline bool linx_cycles_unstable(void)
{
	return true;
}

static inline unsigned int linx_cycles_khz(void)
{
	return 0;
}
#else
#error "linx knows x86_64 and arm64"
#endif

/*
 * Before 5.11 a page charged to a memory cgroup had a type that cannot be mapped to user space. There the mapped
 * pages are not charged.
 */
#ifdef PG_kmemcg
#define LINX_GFP_MAPPED (GFP_KERNEL | __GFP_NOWARN)
#else
#define LINX_GFP_MAPPED LINX_GFP
#endif

#endif
