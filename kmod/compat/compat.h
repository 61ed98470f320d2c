/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wrappers for what differs between kernels. No other part of the module tests the kernel's version or the functions
 * that it provides; a few files test a configuration (CONFIG_*). Most tests are those of compat/features.c, which names
 * the release that brought each feature. These tests do not use the kernel's version, since kernels of distributions
 * keep their version and take over newer code. A test may be deleted when tests/vm/kernels.list no longer has a kernel
 * without the feature.
 *
 * The directory compat/ holds these tests and wrappers. It depends only on the kernel, and includes no header of
 * another directory of the module.
 */
#ifndef LINX_COMPAT_H
#define LINX_COMPAT_H

#include <linux/capability.h>
#include <linux/compat.h> /* declares in_compat_syscall() in 5.10 and 6.1 */
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
 * Is this a kernel series with which linx was tested? Layouts of structures that are private to the kernel cannot be
 * tested at build time, so linx does not rely on these layouts in later series.
 */
#define LINX_LAYOUTS_TESTED (LINUX_VERSION_CODE < KERNEL_VERSION(7, 3, 0))

#ifndef CONFIG_TRACEPOINTS
#error "linx needs CONFIG_TRACEPOINTS"
#endif

#ifndef CONFIG_CGROUPS
#error "linx needs CONFIG_CGROUPS"
#endif

/*
 * Lets the compiler assume that a condition is true as often as false, where it would assume otherwise, as in a loop.
 * This needs gcc 9 or clang 11; in older compilers it has no effect.
 */
#if defined(__clang__) || __GNUC__ >= 9
#define LINX_AS_LIKELY(x) __builtin_expect_with_probability(!!(x), 1, 0.5)
#else
#define LINX_AS_LIKELY(x) (x)
#endif

/*
 * Attributes of a function that another function calls as its last action (tail call). With noipa the compiler leaves
 * the arguments in the registers of the calling convention; clang has no such attribute. notrace: ftrace does not trace
 * the function, since it runs with each system call.
 */
#if __has_attribute(__noipa__)
#define LINX_TAIL_FN __attribute__((__noipa__)) notrace
#else
#define LINX_TAIL_FN noinline notrace
#endif

/*
 * linx_cpu_inc_is_zero() adds one to a per-CPU int and returns whether the result is 0; linx_cpu_dec_is_negative()
 * subtracts one and returns whether the result is below 0. Interrupts may change the int at any time. Each is also a
 * compiler barrier. On x86 each is one instruction, where the kernel's own functions take three. Since 6.8,
 * __my_cpu_var() is needed to name this CPU's copy of a variable.
 */
#ifdef CONFIG_X86
#ifdef __my_cpu_var
#define LINX_CPU_VAR(var) __my_cpu_var(var)
#else
#define LINX_CPU_VAR(var) (var)
#endif
#define LINX_CPU_STEP(step, flag, var)                                    \
	({                                                                 \
		bool is__;                                                 \
		asm volatile(step " " __percpu_arg([var])                  \
			     : "=@cc" flag(is__), [var] "+m"(LINX_CPU_VAR(var)) \
			     :                                             \
			     : "memory");                                  \
		is__;                                                      \
	})
#define linx_cpu_inc_is_zero(var) LINX_CPU_STEP("incl", "z", var)
#define linx_cpu_dec_is_negative(var) LINX_CPU_STEP("decl", "s", var)
#else
#define linx_cpu_inc_is_zero(var) (this_cpu_inc_return(var) == 0)
#define linx_cpu_dec_is_negative(var) (this_cpu_dec_return(var) < 0)
#endif

/*
 * linx_faults_off() disables page faults until linx_faults_on(). The caller has disabled preemption. In a kernel that
 * counts preemption, page faults are disabled whenever preemption is off (faulthandler_disabled()). In others
 * pagefault_disable() is needed. It is also needed in kernels that check for sleep in atomic sections: an architecture
 * without unsafe_get_user() (arm64 in 6.1) uses __get_user(), whose might_fault() warns unless pagefault_disabled().
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

/*
 * Injects faults into copies from user memory, as the kernel's functions do. The functions by which linx copies do not
 * inject faults themselves.
 */
#ifdef CONFIG_FAULT_INJECTION_USERCOPY
#include <linux/fault-inject-usercopy.h>
#define linx_read_fails() should_fail_usercopy()
#else
#define linx_read_fails() false
#endif
/*
 * A barrier is not needed on other architectures than x86, since raw_copy_from_user() itself masks the address there.
 */
#ifdef barrier_nospec
#define linx_barrier_nospec() barrier_nospec()
#else
#define linx_barrier_nospec() do { } while (0)
#endif

#define linx_read_begin(from, n) (!linx_read_fails() && user_access_begin(from, n))

/* Changes vm_flags, which are const in kernels with vm_flags_mod(). */
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

/* Initializes a timer with its function. hrtimer_setup() replaced hrtimer_init(). */
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
 * Initializes an irq_work that runs in hard interrupt context, also on PREEMPT_RT. Kernels without PREEMPT_RT run each
 * irq_work in that context. IRQ_WORK_INIT_HARD(), which exists since 5.11, is not used in them: with it, lockdep would
 * forbid the work to take a spinlock_t, which the work does.
 */
static inline void linx_init_hard_irq_work(struct irq_work *work, void (*fn)(struct irq_work *))
{
#if defined(IRQ_WORK_INIT_HARD) && defined(CONFIG_PREEMPT_RT)
	*work = IRQ_WORK_INIT_HARD(fn);
#else
	init_irq_work(work, fn);
#endif
}

/*
 * Returns the time of the last write to an inode's file, and of the last change of the inode, in ns. No lock is held.
 */
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

/*
 * Returns the executable of an address space with a reference, or NULL. The caller holds the RCU read lock.
 * get_file_rcu() of older kernels takes the pointer itself, not its address.
 */
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

/*
 * Returns the socket of a file; NULL: the file is not a socket. sock_from_file() of older kernels has a second
 * argument.
 */
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

/*
 * Runs a BPF program on data; the caller has disabled preemption. Before bpf_prog_run() existed, the macro
 * BPF_PROG_RUN() did this.
 */
#if !LINX_HAS_BPF_PROG_RUN
#define linx_run_program(prog, data) BPF_PROG_RUN(prog, data)
#else
#define linx_run_program(prog, data) bpf_prog_run(prog, data)
#endif

/*
 * Can throttle mode be used? In that mode tasks sleep in the module's code, and synchronize_rcu_tasks() waits until
 * they have left that code before the module is unloaded. In a kernel without CONFIG_TASKS_RCU, synchronize_rcu_tasks()
 * is another name of synchronize_rcu(). This suffices only if the kernel is not preemptible.
 */
#define LINX_HAVE_THROTTLE (IS_ENABLED(CONFIG_TASKS_RCU) || !IS_ENABLED(CONFIG_PREEMPTION))

/*
 * LINX_FOLL_THERE: flags with which get_user_pages_remote() gets only pages that are present, without waiting. Since
 * 5.16 FOLL_NOFAULT does that. FOLL_NOWAIT of older kernels avoids only waiting for the lock of a page, while a file
 * system may take long to read a page. Therefore, in those kernels, linx_may_be_waited_for() is true for pages of a
 * file, and such pages are not read. The caller holds mmap_lock.
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

/*
 * Returns true if user addresses are those of the current task, which has user memory. While the scheduler switches
 * tasks, and while firmware runs, they are those of another page table. On x86, copy_from_user_nofault() tests this
 * since 6.4.
 *
 * On arm64, ttbr0_el1 has the user page table. In a kernel that emulates PAN, the register has an empty table, and the
 * value that each access to user memory loads is in thread_info. Beside the address, both have an ASID and a flag.
 */
#ifdef CONFIG_X86
static inline bool linx_mm_is_loaded(void)
{
	return current->mm->pgd == __va(read_cr3_pa());
}
#else
static inline u64 linx_user_ttbr(void)
{
#ifdef CONFIG_ARM64_SW_TTBR0_PAN
	if (system_uses_ttbr0_pan())
		return READ_ONCE(current_thread_info()->ttbr0);
#endif
	return read_sysreg(ttbr0_el1);
}

static inline bool linx_mm_is_loaded(void)
{
	/* bits 47 to 1 are the address, with those of 52 bits; ASID and CNP are beside them. Their macros changed their names. */
	return (linx_user_ttbr() & GENMASK_ULL(47, 1)) == phys_to_ttbr(virt_to_phys(current->mm->pgd));
}
#endif

/*
 * Argument of get_user_pages_remote() before the last one: an array of vm_area_struct pointers. It was removed in 6.5.
 */
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
 * Returns the seqcount_t of fs->seq, which newer kernels have as a seqlock_t that includes the lock. The count is read
 * without the functions of seqlock_t: on PREEMPT_RT they take the lock to wait for a writer, and so may sleep.
 */
#if !LINX_HAS_FS_SEQLOCK
#define linx_fs_seq(fs) (&(fs)->seq.seqcount)
#else
#define linx_fs_seq(fs) (&(fs)->seq.seqcount.seqcount)
#endif

/* lockref_is_dead() took the place of __lockref_is_dead() in 7.3. */
#if !LINX_HAS_LOCKREF_IS_DEAD
#define lockref_is_dead(ref) data_race(__lockref_is_dead(ref))
#endif

/* Returns a set of capabilities as one word. kernel_cap_t was an array of two words before 6.3. */
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
 * First members of the kernel's struct mount, which is private to fs/. They are the same in kernels from 5.10 to 7.2.
 * capture/path.c verifies that at load before it relies on them.
 */
struct linx_mount {
	struct hlist_node hash;
	struct linx_mount *parent;
	struct dentry *mountpoint;
	struct vfsmount mnt;
};

struct mnt_namespace;

/*
 * First members of the kernel's struct mnt_namespace, which is private to fs/. They are the part that is common to all
 * namespaces; in older kernels a reference count precedes it. task/task_info.c checks that the namespace's number is
 * possible.
 */
struct linx_mnt_ns {
#if !LINX_HAS_NS_COMMON_COUNT && !LINX_HAS_NS_COMMON_REF
	atomic_t count;
#endif
	struct ns_common ns;
};

/*
 * 1: the kernel was built so that the members of structures such as struct mnt_namespace are in a random order, which
 * is not known here.
 */
#define LINX_MNT_NS_SECRET (IS_ENABLED(CONFIG_RANDSTRUCT) || IS_ENABLED(CONFIG_GCC_PLUGIN_RANDSTRUCT))

/*
 * Least and largest inode number of a namespace. The least number that is allocated is 0xF0000000; the initial
 * namespaces have fixed numbers just below (linux/proc_ns.h).
 */
#define LINX_NS_INUM_MIN (0xF0000000U - 16)
#define LINX_NS_INUM_MAX 0xFFFF0000U

/*
 * Was ->poll() called only to query events, not to wait for them? The test reads the member _qproc, which all kernels
 * have, as 7.2 no longer has poll_does_not_wait().
 */
static inline bool linx_poll_only_queries(const struct poll_table_struct *wait)
{
	return !wait || !wait->_qproc;
}

/* Can user memory have tags (MTE)? A read of two ranges with different tags may fail, even within a page. */
#define LINX_HAVE_MEMORY_TAGS IS_ENABLED(CONFIG_ARM64_MTE)

/*
 * Returns the CPU time of the current task, in ns of the scheduler's clock; only differences are meaningful.
 * task_sched_runtime() cannot be used, as it is not exported and takes a lock. If the kernel is configured to subtract
 * the time of interrupts, exec_start is in a clock that modules cannot read; then the time since the last update, at
 * the latest by the last tick, is missing in the result.
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
 * preemption off. Therefore they record no paths on PREEMPT_RT. A snapshot, made in process context, has the paths of
 * executables, working directories and cgroups there, too.
 */
#define LINX_HAVE_PATHS (!IS_ENABLED(CONFIG_PREEMPT_RT))

/*
 * Can functions of the kernel be replaced, so that rules can refuse operations? ftrace has to save all registers. With
 * PREEMPT_RT, synchronize_rcu_tasks() is needed, which is exported since 6.1.
 */
#define LINX_HAVE_DENY                                                                                                  \
	(IS_ENABLED(CONFIG_X86_64) && IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_REGS) && IS_ENABLED(CONFIG_SECURITY) && \
	 (!IS_ENABLED(CONFIG_PREEMPT_RT) || LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)))

/* Returns an argument of a kernel function that is about to begin. */
#define linx_kernel_arg(regs, n) regs_get_kernel_argument(regs, n)

/* Number of the argument of security_inode_setattr() that is the dentry of the file. */
#define LINX_SETATTR_ARG (LINX_HAS_SETATTR_MAPPING ? 1 : 0)

/* Bit of file->f_flags: the file is opened to be executed. Programs cannot set it. */
#define LINX_OPENED_FOR_EXEC ((__force unsigned int)FMODE_EXEC)

/* 1: to build a path, this kernel's kernfs walks from the root again for each part of the path. */
#define LINX_KERNFS_FROM_ROOT (LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0))

/*
 * linx_real_dentry() returns the dentry of a regular file of an overlay in the layer that holds the file. The function
 * takes no lock. LINX_HAVE_REAL_DENTRY: 1 if the function does not sleep. From 6.5 on, d_real() without D_REAL_METADATA
 * may look up a layer that was not read yet, which sleeps. No feature test can show that, so the kernel's version
 * decides. RHEL is an exception, as its overlayfs is newer than its kernel version.
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
 * linx_file_dentry() returns the dentry that belongs to the inode of an open file, if the kernel knows it. If an
 * overlay has opened a file in one of its layers, the struct file of the layer has the path in the overlay until 6.7;
 * from 6.5 on, it has the path in the layer in addition. linx_user_dentry() returns the dentry of the path by which a
 * program opened the file.
 */
static inline struct dentry *linx_file_dentry(struct file *file)
{
#if LINX_HAS_FILE_REAL_PATH
	return file_real_path(file)->dentry;
#else
	struct dentry *dentry = file->f_path.dentry;

	return d_inode(dentry) != file_inode(file) && LINX_HAVE_REAL_DENTRY ? linx_real_dentry(dentry) : dentry;
#endif
}

static inline struct dentry *linx_user_dentry(struct file *file)
{
#if LINX_HAS_FILE_USER_PATH
	return file_user_path(file)->dentry;
#else
	return file->f_path.dentry;
#endif
}

/*
 * Returns the thread whose exec is ending all other threads of its process; NULL: there is none. Older kernels have one
 * member for this thread and for other uses, such as core dumps.
 */
static inline const struct task_struct *linx_execer(const struct signal_struct *sig)
{
#if !LINX_HAS_GROUP_EXEC_TASK
	return sig->flags & (SIGNAL_GROUP_EXIT | SIGNAL_GROUP_COREDUMP) ? NULL : READ_ONCE(sig->group_exit_task);
#else
	return READ_ONCE(sig->group_exec_task);
#endif
}

/* Type of the clone flags that the tracepoint task_newtask passes; 64 bits since 6.18. */
#if !LINX_HAS_CLONE_FLAGS_64
#define LINX_CLONE_FLAGS unsigned long
#else
#define LINX_CLONE_FLAGS u64
#endif

/*
 * Arguments of the tracepoint sched_process_exit. Newer kernels pass group_dead: the task is the last of its process to
 * begin its exit. The argument is not used, since filter/task_exit.c needs the task that is the last to end its exit.
 */
#if !LINX_HAS_EXIT_GROUP_DEAD
#define LINX_EXIT_PROTO void *data, struct task_struct *p
#else
#define LINX_EXIT_PROTO void *data, struct task_struct *p, bool group_dead
#endif

/*
 * Differences between architectures. Each architecture defines the following. LINX_IS_COMPAT(): whether the current
 * call is one of a 32-bit ABI; LINX_IS_X32(): whether a call with these registers is one of the ABI x32; LINX_ARGS_64
 * and LINX_ARGS_32: the offsets in pt_regs of the arguments of 64-bit and 32-bit calls; linx_exit_nr(): the number of a
 * returning call; LINX_COPY_IS_EXACT: whether raw_copy_from_user() copies up to the first unreadable byte (otherwise it
 * may stop up to 63 bytes before); linx_cycles_*(): the counter that core/clock.h uses; linx_cycles_khz() is 0 if the
 * CPU has no counter that is fast enough.
 */
#ifndef __X32_SYSCALL_BIT
#define __X32_SYSCALL_BIT 0x40000000
#endif
#ifdef CONFIG_X86
#define LINX_IS_COMPAT() in_ia32_syscall()
#define LINX_HAVE_X32 1
#define LINX_IS_X32(regs) ((regs)->orig_ax & __X32_SYSCALL_BIT)
#define LINX_REG(member) offsetof(struct pt_regs, member)
#define LINX_ARGS_64 { LINX_REG(di), LINX_REG(si), LINX_REG(dx), LINX_REG(r10), LINX_REG(r8), LINX_REG(r9) }
#define LINX_ARGS_32 { LINX_REG(bx), LINX_REG(cx), LINX_REG(dx), LINX_REG(si), LINX_REG(di), LINX_REG(bp) }

/* Returns the last argument of a 64-bit call. */
static __always_inline u64 linx_last_arg_64(const struct pt_regs *regs)
{
	return regs->r9;
}

/* Copies the arguments of a 64-bit call to to[]: the first nargs, and maybe more. */
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

/* Returns the number of a returning call. */
static __always_inline long linx_exit_nr(struct pt_regs *regs)
{
	return syscall_get_nr(current, regs);
}

#define LINX_COPY_IS_EXACT 1

/* Returns the time stamp counter as two halves of 32 bits, since combining them takes instructions. */
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
#define LINX_IS_X32(regs) 0
#define LINX_HAVE_X32 0
#define LINX_REG(n) (offsetof(struct pt_regs, regs) + (n) * sizeof(u64))
/* Argument 0 is in orig_x0, as the result overwrites register 0. */
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

/* Numbers of the exec calls: of arm64 as in asm-generic/unistd.h, of 32-bit ARM as in arch/arm/tools/syscall.tbl. */
#define LINX_NR_EXECVE 221
#define LINX_NR_EXECVEAT 281
#define LINX_NR_ARM_EXECVE 11
#define LINX_NR_ARM_EXECVEAT 387

/*
 * Returns the number of a returning call in the present ABI of the task. If an exec starts a program of the other ABI,
 * the stored number is that of the exec in the ABI before, and has to be translated. Such an exec is recognized by the
 * register for call numbers: an exec clears it, and in any other call it holds the number.
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
 * Returns a value with which linx_clock_quick() always fails: the generic counter of arm64 is too slow to be used, and
 * the kernel's clock reads it without an indirect call.
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
 * Flags for allocating pages that are mapped to user space. Before 5.11 a page that is charged to a memory cgroup has a
 * type that cannot be mapped; in such kernels these pages are not charged.
 */
#ifdef PG_kmemcg
#define LINX_GFP_MAPPED (GFP_KERNEL | __GFP_NOWARN)
#else
#define LINX_GFP_MAPPED LINX_GFP
#endif

#endif
