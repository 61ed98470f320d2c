// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests which features the kernel has for which the module is built. Each function is one test:
 * compat/probe-features.sh compiles this file, and if a function compiles without an error, its LINX_HAS_... in
 * features.h is 1, else 0. The kernel's version is not used, since distributions take new code into kernels that keep
 * their version.
 *
 * No object is made of this file. The comment above each function states the feature, and the release that brought it.
 */
#include <linux/compat.h>
#include <linux/capability.h>
#include <linux/dcache.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/ftrace.h>
#include <linux/hrtimer.h>
#include <linux/kprobes.h>
#include <linux/lockref.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/ns_common.h>
#include <linux/sched/signal.h>
#include <linux/security.h>
#include <linux/seqlock.h>
#include <linux/trace_events.h>
#include <trace/events/sched.h>
#include <trace/events/task.h>
#if __has_include(<linux/io_uring_types.h>)
#include <linux/io_uring_types.h>
#endif
#if IS_ENABLED(CONFIG_IO_URING)
#include <trace/events/io_uring.h>
#endif

/* d_real() has an argument of type enum d_real_type: since 6.9. */
#ifndef LINX_LACKS_D_REAL_TYPE
static struct dentry *linx_has_D_REAL_TYPE(struct dentry *dentry)
{
	return d_real(dentry, D_REAL_METADATA);
}
#endif

/* inode_get_ctime() exists since 6.6, inode_get_mtime() since 6.7. */
#ifndef LINX_LACKS_INODE_GET_CTIME
static struct timespec64 linx_has_INODE_GET_CTIME(const struct inode *inode)
{
	return inode_get_ctime(inode);
}
#endif

#ifndef LINX_LACKS_INODE_GET_MTIME
static struct timespec64 linx_has_INODE_GET_MTIME(const struct inode *inode)
{
	return inode_get_mtime(inode);
}
#endif

/*
 * FTRACE_OPS_FL_RECURSION_SAFE exists until 5.10. Newer kernels call a handler without a flag even for hits inside the
 * handler itself.
 */
#ifndef LINX_LACKS_FTRACE_RECURSION_SAFE
static unsigned long linx_has_FTRACE_RECURSION_SAFE(void)
{
	return FTRACE_OPS_FL_RECURSION_SAFE;
}
#endif

/* Handlers of ftrace get a struct ftrace_regs: since 5.11. */
#ifndef LINX_LACKS_FTRACE_REGS
static void linx_has_FTRACE_REGS(ftrace_func_t fn, struct ftrace_regs *regs)
{
	fn(0, 0, NULL, regs);
}
#endif

/* ftrace_regs_get_argument() exists since 6.2. */
#ifndef LINX_LACKS_FTRACE_REGS_GET_ARGUMENT
static unsigned long linx_has_FTRACE_REGS_GET_ARGUMENT(struct ftrace_regs *regs)
{
	return ftrace_regs_get_argument(regs, 0);
}
#endif

/*
 * file_real_path() exists from 6.5 to 6.7: it returns the path that a file of an overlay has in the layer that holds
 * it.
 */
#ifndef LINX_LACKS_FILE_REAL_PATH
static const struct path *linx_has_FILE_REAL_PATH(struct file *file)
{
	return file_real_path(file);
}
#endif

/* file_user_path() exists since 6.7: it returns the path in the overlay by which a program opened a mapped file. */
#ifndef LINX_LACKS_FILE_USER_PATH
static const struct path *linx_has_FILE_USER_PATH(struct file *file)
{
	return file_user_path(file);
}
#endif

/* security_inode_setattr() has the mount's mapping of ids as first argument: since 6.0. */
#ifndef LINX_LACKS_SETATTR_MAPPING
static int linx_has_SETATTR_MAPPING(struct dentry *dentry, struct iattr *attr)
{
	return security_inode_setattr(NULL, dentry, attr);
}
#endif

/* get_kretprobe() exists since 5.11. */
#ifndef LINX_LACKS_GET_KRETPROBE
static struct kretprobe *linx_has_GET_KRETPROBE(struct kretprobe_instance *ri)
{
	return get_kretprobe(ri);
}
#endif

/* struct trace_event_call calls its module "module": since 5.15. */
#ifndef LINX_LACKS_TRACE_EVENT_MODULE
static const void *linx_has_TRACE_EVENT_MODULE(const struct trace_event_call *call)
{
	return call->module;
}
#endif

/* vm_flags_mod() changes vm_flags: since 6.3. */
#ifndef LINX_LACKS_VM_FLAGS_MOD
static void linx_has_VM_FLAGS_MOD(struct vm_area_struct *vma)
{
	vm_flags_mod(vma, 1, 2);
}
#endif

/* hrtimer_setup() sets a timer's function: since 6.13. */
#ifndef LINX_LACKS_HRTIMER_SETUP
static void linx_has_HRTIMER_SETUP(struct hrtimer *timer, enum hrtimer_restart (*fn)(struct hrtimer *))
{
	hrtimer_setup(timer, fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
}
#endif

/* get_file_rcu() takes the address of a file pointer: since 6.7. */
#ifndef LINX_LACKS_FILE_RCU_BY_ADDRESS
static struct file *linx_has_FILE_RCU_BY_ADDRESS(struct file __rcu **slot)
{
	return get_file_rcu(slot);
}
#endif

/* sock_from_file() has only one argument, no pointer to an error code: since 5.11. */
#ifndef LINX_LACKS_SOCK_FROM_FILE_ALONE
static struct socket *linx_has_SOCK_FROM_FILE_ALONE(struct file *file)
{
	return sock_from_file(file);
}
#endif

/* bpf_prog_run() is a function: since 5.15. */
#ifndef LINX_LACKS_BPF_PROG_RUN
static u32 linx_has_BPF_PROG_RUN(const struct bpf_prog *prog, const void *data)
{
	return bpf_prog_run(prog, data);
}
#endif

/*
 * move_pages() of 32-bit programs has a compat entry in the kernel: until 5.14. compat_alloc_user_space(), which that
 * entry used, was removed with it.
 */
#ifndef LINX_LACKS_COMPAT_MOVE_PAGES
static void __user *linx_has_COMPAT_MOVE_PAGES(void)
{
	return compat_alloc_user_space(8);
}
#endif

/* get_user_pages_remote() has the flag FOLL_NOFAULT, to read only pages that are present: since 5.16. */
#ifndef LINX_LACKS_FOLL_NOFAULT
static unsigned int linx_has_FOLL_NOFAULT(void)
{
	return FOLL_NOFAULT;
}
#endif

/* get_user_pages_remote() has an argument for vm_area_struct pointers: until 6.4. */
#ifndef LINX_LACKS_GUP_REMOTE_AREAS
static long linx_has_GUP_REMOTE_AREAS(struct mm_struct *mm, struct page **page, struct vm_area_struct **area)
{
	return get_user_pages_remote(mm, 0, 1, 0, page, area, NULL);
}
#endif

/* fs_struct.seq is a seqlock_t, which includes the lock: since 6.18. */
#ifndef LINX_LACKS_FS_SEQLOCK
static seqlock_t *linx_has_FS_SEQLOCK(struct fs_struct *fs)
{
	return &fs->seq;
}
#endif

/* The reference count of a namespace is ns_common.count: since 5.11. */
#ifndef LINX_LACKS_NS_COMMON_COUNT
static refcount_t *linx_has_NS_COMMON_COUNT(struct ns_common *ns)
{
	return &ns->count;
}
#endif

/* The reference count of a namespace is ns_common.__ns_ref: since 6.18. */
#ifndef LINX_LACKS_NS_COMMON_REF
static refcount_t *linx_has_NS_COMMON_REF(struct ns_common *ns)
{
	return &ns->__ns_ref;
}
#endif

/* kernel_cap_t is one 64-bit word: since 6.3. */
#ifndef LINX_LACKS_CAP_WORD
static u64 linx_has_CAP_WORD(kernel_cap_t cap)
{
	return cap.val;
}
#endif

/* signal_struct.group_exec_task is the thread whose exec ends the others: since 5.17. */
#ifndef LINX_LACKS_GROUP_EXEC_TASK
static const void *linx_has_GROUP_EXEC_TASK(const struct signal_struct *sig)
{
	return sig->group_exec_task;
}
#endif

/* The tracepoint task_newtask passes clone flags of 64 bits: since 6.18. */
#ifndef LINX_LACKS_CLONE_FLAGS_64
static void linx_has_CLONE_FLAGS_64(void (*probe)(void *, struct task_struct *, u64))
{
	check_trace_callback_type_task_newtask(probe);
}
#endif

/* The tracepoint sched_process_exit passes group_dead: since 6.16. */
#ifndef LINX_LACKS_EXIT_GROUP_DEAD
static void linx_has_EXIT_GROUP_DEAD(void (*probe)(void *, struct task_struct *, bool))
{
	check_trace_callback_type_sched_process_exit(probe);
}
#endif

/* The tracepoint io_uring_submit_req exists and passes the request: since 6.4. */
#ifndef LINX_LACKS_URING_SUBMIT_REQ
static void linx_has_URING_SUBMIT_REQ(void (*probe)(void *, struct io_kiocb *))
{
	check_trace_callback_type_io_uring_submit_req(probe);
}
#endif

/* The tracepoint io_uring_submit_sqe, the older name, passes the request: 6.0 to 6.3. */
#ifndef LINX_LACKS_URING_SUBMIT_SQE
static void linx_has_URING_SUBMIT_SQE(void (*probe)(void *, struct io_kiocb *, bool))
{
	check_trace_callback_type_io_uring_submit_sqe(probe);
}
#endif

/* The tracepoint io_uring_submit_sqe passes members of the request one by one: until 5.15. */
#ifndef LINX_LACKS_URING_SUBMIT_WORDS
static void linx_has_URING_SUBMIT_WORDS(void (*probe)(void *, void *, void *, u8, u64, u32, bool, bool))
{
	check_trace_callback_type_io_uring_submit_sqe(probe);
}
#endif

/* The tracepoint io_uring_complete passes the completion queue entry: since 6.16. */
#ifndef LINX_LACKS_URING_COMPLETE_CQE
static void linx_has_URING_COMPLETE_CQE(void (*probe)(void *, struct io_ring_ctx *, void *, struct io_uring_cqe *))
{
	check_trace_callback_type_io_uring_complete(probe);
}
#endif

/* The tracepoint io_uring_complete passes the request, and all words of a 32-byte entry one by one: 6.0 to 6.15. */
#ifndef LINX_LACKS_URING_COMPLETE_WORDS
static void linx_has_URING_COMPLETE_WORDS(void (*probe)(void *, void *, void *, u64, int, unsigned int, u64, u64))
{
	check_trace_callback_type_io_uring_complete(probe);
}
#endif

/* The tracepoint io_uring_complete passes the words of an entry, and no request: until 5.15. */
#ifndef LINX_LACKS_URING_COMPLETE_FEW
static void linx_has_URING_COMPLETE_FEW(void (*probe)(void *, void *, u64, int, unsigned int))
{
	check_trace_callback_type_io_uring_complete(probe);
}
#endif

/* The tracepoints io_uring_req_failed and io_uring_cqe_overflow have the arguments tested here: since 6.0. */
#ifndef LINX_LACKS_URING_REFUSED
static void linx_has_URING_REFUSED(void (*probe)(void *, const struct io_uring_sqe *, struct io_kiocb *, int))
{
	check_trace_callback_type_io_uring_req_failed(probe);
}
#endif

#ifndef LINX_LACKS_URING_OVERFLOW
static void linx_has_URING_OVERFLOW(void (*probe)(void *, void *, unsigned long long, s32, u32, void *))
{
	check_trace_callback_type_io_uring_cqe_overflow(probe);
}
#endif

/* io_kiocb and io_ring_ctx have all members that compat/io_uring.h reads: since 6.0. */
#ifndef LINX_LACKS_URING_MEMBERS
static u64 linx_has_URING_MEMBERS(const struct io_kiocb *req)
{
	const struct io_ring_ctx *ctx = req->ctx;
	const struct io_uring_sqe *sqe = &ctx->sq_sqes[READ_ONCE(ctx->sq_array[0])];

	return req->cqe.user_data + req->cqe.res + req->cqe.flags + req->opcode + (req->flags & REQ_F_APOLL_MULTISHOT) + !!req->file +
	       ctx->cached_sq_head + ctx->sq_entries + ctx->flags + !!ctx->submit_state.link.head + ctx->submit_state.submit_nr + sqe->opcode;
}
#endif

/* io_ring_ctx.file_table is an array of files: until 6.12. */
#ifndef LINX_LACKS_URING_FIXED_FILES
static unsigned long linx_has_URING_FIXED_FILES(const struct io_kiocb *req)
{
	return req->cqe.fd + req->ctx->nr_user_files + req->ctx->file_table.files[0].file_ptr;
}
#endif

/* io_ring_ctx.file_table is an array of pointers to nodes: since 6.13. */
#ifndef LINX_LACKS_URING_FIXED_NODES
static void *linx_has_URING_FIXED_NODES(const struct io_kiocb *req)
{
	return req->cqe.fd < req->ctx->file_table.data.nr ? req->ctx->file_table.data.nodes[0] : NULL;
}
#endif

/* io_ring_ctx.int_flags has a flag for rings of 32-bit programs: since 7.0. */
#ifndef LINX_LACKS_URING_COMPAT_FLAG
static bool linx_has_URING_COMPAT_FLAG(const struct io_ring_ctx *ctx)
{
	return ctx->int_flags & IO_RING_F_COMPAT;
}
#endif

/* lockref_is_dead(), which needs no lock, has taken the place of __lockref_is_dead(): since 7.3. */
#ifndef LINX_LACKS_LOCKREF_IS_DEAD
static bool linx_has_LOCKREF_IS_DEAD(const struct lockref *ref)
{
	return lockref_is_dead(ref);
}
#endif

/* Two tests of the method itself: a feature that every kernel has, and one that no kernel has. */
#ifndef LINX_LACKS_SOMETHING
static struct task_struct *linx_has_SOMETHING(void)
{
	return current;
}
#endif

#ifndef LINX_LACKS_NOTHING
static int linx_has_NOTHING(struct task_struct *task)
{
	return task->linx_has_no_such_member;
}
#endif
