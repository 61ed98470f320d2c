/* SPDX-License-Identifier: GPL-2.0-only */
/* Context records: identity and attributes of a task. */
#ifndef LINX_BPF_TASK_H
#define LINX_BPF_TASK_H

#include "value/long.h"
#include "value/path.h"
#include "base/seen.h"

static __always_inline __u64 *processes_of(__u32 pid)
{
	__u32 at = pid / 64;

	return bpf_map_lookup_elem(&processes, &at);
}

/*
 * Does the stream have a context record of some task of the process? This is tracked only in sessions that record
 * changes of descriptor tables.
 */
static __always_inline bool is_process_known(__u32 pid)
{
	__u64 *bits = processes_of(pid);

	return bits && *bits >> (pid & 63) & 1;
}

static __always_inline void know_process(__u32 pid, bool known)
{
	__u64 *bits = RECORDS_FILES ? processes_of(pid) : 0, bit = 1ull << (pid & 63);

	if (bits && known)
		__sync_fetch_and_or(bits, bit);
	else if (bits)
		__sync_fetch_and_and(bits, ~bit);
}

static __always_inline void begin_task(struct work *w, struct task_struct *p)
{
	w->tid = MEMBER(p, pid) & 0x3fffff;
	w->pid = MEMBER(p, tgid) & 0x3fffff;
	w->abi = 0;
}

static __noinline int put_ctx(struct cpu *x, struct task_struct *p, __u32 flags, __u32 code)
{
	struct linx_ctx ctx = { 0 };
	__u8 *to = ring_at(x, x->w->at, sizeof(ctx));

	if (!to)
		return 0;
	ctx.tid = BPF_CORE_READ(p, pid);
	ctx.pid = BPF_CORE_READ(p, tgid);
	ctx.ppid = BPF_CORE_READ(p, real_parent, tgid);
	ctx.flags = flags | (BPF_CORE_READ(p, flags) & PF_KTHREAD ? LINX_CTX_KERNEL : 0);
	ctx.uid = BPF_CORE_READ(p, cred, uid.val);
	ctx.gid = BPF_CORE_READ(p, cred, gid.val);
	ctx.euid = BPF_CORE_READ(p, cred, euid.val);
	ctx.egid = BPF_CORE_READ(p, cred, egid.val);
	ctx.start_time = BPF_CORE_READ(p, start_boottime);
	ctx.code = code;
	BPF_CORE_READ_STR_INTO(&ctx.comm, p, comm);
	bpf_probe_read_kernel(to, sizeof(ctx), &ctx);
	x->w->at += sizeof(ctx);
	return 0;
}

/* Returns a number for a kernel object, made from its address by a hash that does not reveal the address; 0: NULL. */
static __always_inline __u64 id_of(const void *p)
{
	__u64 n = (__u64)p ^ config.secret[0];

	n = (n ^ n >> 29) * (config.secret[1] | 1);
	n = (n ^ n >> 32) * 0x9e3779b97f4a7c15ull;
	return p ? (n ^ n >> 29) | 1 : 0;
}

static __noinline __u32 number_in(struct pid *pid, bool outer)
{
	__u32 level = outer ? 0 : BPF_CORE_READ(pid, level);
	struct upid *u = (void *)pid + __builtin_preserve_field_info(((struct pid *)0)->numbers, 0);

	if (!pid || level > 32)
		return 0;
	return BPF_CORE_READ(u + level, nr);
}

static __noinline int who_creds(struct linx_who *who, struct task_struct *p)
{
	const struct cred *cred = BPF_CORE_READ(p, cred);

	who->suid = BPF_CORE_READ(cred, suid.val);
	who->sgid = BPF_CORE_READ(cred, sgid.val);
	who->fsuid = BPF_CORE_READ(cred, fsuid.val);
	who->fsgid = BPF_CORE_READ(cred, fsgid.val);
	bpf_core_read(&who->cap_effective, 8, &cred->cap_effective);
	bpf_core_read(&who->cap_permitted, 8, &cred->cap_permitted);
	bpf_core_read(&who->cap_inheritable, 8, &cred->cap_inheritable);
	bpf_core_read(&who->cap_bounding, 8, &cred->cap_bset);
	bpf_core_read(&who->cap_ambient, 8, &cred->cap_ambient);
	who->ns[LINX_NS_USER] = BPF_CORE_READ(cred, user_ns, ns.inum);
	return 0;
}

static __noinline int who_spaces(struct linx_who *who, struct task_struct *p)
{
	struct nsproxy *ns = BPF_CORE_READ(p, nsproxy);
	struct pid *pid = BPF_CORE_READ(p, thread_pid);
	struct upid *own;
	__u32 level;

	if (ns) {
		who->ns[LINX_NS_MNT] = BPF_CORE_READ(ns, mnt_ns, ns.inum);
		who->ns[LINX_NS_NET] = BPF_CORE_READ(ns, net_ns, ns.inum);
		who->ns[LINX_NS_UTS] = BPF_CORE_READ(ns, uts_ns, ns.inum);
		who->ns[LINX_NS_IPC] = BPF_CORE_READ(ns, ipc_ns, ns.inum);
		who->ns[LINX_NS_CGROUP] = BPF_CORE_READ(ns, cgroup_ns, ns.inum);
		who->ns[LINX_NS_TIME] = BPF_CORE_READ(ns, time_ns, ns.inum);
	}
	level = BPF_CORE_READ(pid, level);
	if (!pid || level > 32)
		return 0;
	own = (void *)pid + __builtin_preserve_field_info(((struct pid *)0)->numbers, 0);
	who->ns_tid = BPF_CORE_READ(own + level, nr);
	who->ns[LINX_NS_PID] = BPF_CORE_READ(own + level, ns, ns.inum);
	return 0;
}

static __noinline int who_ids(struct linx_who *who, struct task_struct *p)
{
	struct signal_struct *sig = BPF_CORE_READ(p, signal);
	struct tty_struct *tty = BPF_CORE_READ(sig, tty);

	who->process_start = BPF_CORE_READ(p, group_leader, start_boottime);
	who->pgid = number_in(BPF_CORE_READ(sig, pids[2]), true);
	who->sid = number_in(BPF_CORE_READ(sig, pids[3]), true);
	who->ns_pid = number_in(BPF_CORE_READ(p, group_leader, thread_pid), false);
	who->loginuid = who->session_id = ~0u;
	if (bpf_core_field_exists(p->loginuid)) {
		who->loginuid = BPF_CORE_READ(p, loginuid.val);
		who->session_id = BPF_CORE_READ(p, sessionid);
	}
	if (BPF_CORE_READ_BITFIELD_PROBED(sig, is_child_subreaper))
		who->flags |= LINX_WHO_REAPER;
	if (tty)
		who->tty = (BPF_CORE_READ(tty, driver, major) << 20) +
			   BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index);
	return 0;
}

static __noinline int put_who(struct cpu *x, struct task_struct *p, __u32 flags)
{
	struct linx_who *who = &x->w->who;
	struct fs_struct *fs = BPF_CORE_READ(p, fs);

	__builtin_memset(who, 0, sizeof(*who));
	who->flags = flags;
	who_ids(who, p);
	who_creds(who, p);
	who_spaces(who, p);
	if (fs && BPF_CORE_READ(fs, root.dentry) != BPF_CORE_READ(fs, root.mnt, mnt_root))
		who->flags |= LINX_WHO_CHROOT;
	who->files = id_of(BPF_CORE_READ(p, files));
	who->fs = id_of(fs);
	return put_kernel(x, WHAT(LINX_FIELD_WHO, LINX_VAL_BYTES), who, sizeof(*who));
}

static __noinline int put_id(struct cpu *x, __u32 what, __u32 state, struct dentry *d)
{
	struct inode *inode = BPF_CORE_READ(d, d_inode);

	if (!has_room(x->w, 16))
		return 0;
	put_word(x, x->w->at + 8, BPF_CORE_READ(inode, i_sb, s_dev));
	put_word(x, x->w->at + 16, BPF_CORE_READ(inode, i_ino));
	return val_end(x, what, state, 16, 16);
}

/*
 * Returns the LINX_WHO_* flags of the executable. LINX_WHO_LAYER is not set for a file of an overlay file system, since
 * it is not known in which layer the file lies.
 */
static __noinline __u32 exe_flags(struct dentry *d)
{
	__u64 magic = BPF_CORE_READ(d, d_inode, i_sb, s_magic), name = 0;
	bool root = BPF_CORE_READ(d, d_parent) == d;
	__u32 flags = magic != OVERLAYFS_MAGIC ? LINX_WHO_LAYER : 0;

	bpf_probe_read_kernel(&name, 6, BPF_CORE_READ(d, d_name.name));
	if (root && (magic == TMPFS_MAGIC || magic == HUGETLBFS_MAGIC) && name == 0x3a64666d656dull) /* "memfd:" */
		return flags | LINX_WHO_MEMFD;
	return flags | (!root && !BPF_CORE_READ(d, d_hash.pprev) ? LINX_WHO_DELETED : 0);
}

/* Writes which file the task executes. Returns LINX_WHO_*. */
static __noinline __u32 put_exe(struct cpu *x, struct task_struct *p)
{
	struct file *exe = BPF_CORE_READ(p, mm, exe_file);
	struct dentry *d = BPF_CORE_READ(exe, f_path.dentry);

	if (!exe || BPF_CORE_READ(p, flags) & PF_KTHREAD) {
		put_state(x, WHAT(LINX_FIELD_EXE, LINX_VAL_STR), LINX_ABSENT);
		return 0;
	}
	put_id(x, WHAT(LINX_FIELD_EXE_ID, LINX_VAL_BYTES), LINX_WHOLE, d);
	put_path(x, LINX_FIELD_EXE, make_path(x, d, BPF_CORE_READ(exe, f_path.mnt), BPF_CORE_READ(p, fs)));
	return exe_flags(d);
}

static __noinline int put_cwd(struct cpu *x, struct task_struct *p)
{
	struct fs_struct *fs = BPF_CORE_READ(p, fs);
	struct dentry *d = BPF_CORE_READ(fs, pwd.dentry);
	long len;

	if (!fs)
		return put_state(x, WHAT(LINX_FIELD_CWD, LINX_VAL_STR), LINX_ABSENT);
	len = make_path(x, d, BPF_CORE_READ(fs, pwd.mnt), fs);
	if (len < 0)
		return put_id(x, WHAT(LINX_FIELD_CWD, LINX_VAL_BYTES), LINX_UNAVAILABLE, d);
	return put_path(x, LINX_FIELD_CWD, len);
}

static __always_inline void add_block(struct cpu *x, __u32 field, __u64 start, __u64 end)
{
	struct long_value *l = add_long(x, field, LINX_VAL_STRINGS, start);

	if (!l)
		return;
	l->left = end > start ? end - start : 0;
	l->done = !l->left;
}

/*
 * Writes the command line and, for a new program in sessions that ask for it, the environment, from the program's
 * stack.
 */
static __always_inline int put_command(struct cpu *x, struct task_struct *p, bool begins)
{
	struct mm_struct *mm = BPF_CORE_READ(p, mm);

	if (!mm)
		return 0;
	add_block(x, LINX_FIELD_ARGV, BPF_CORE_READ(mm, arg_start), BPF_CORE_READ(mm, arg_end));
	if (begins && config.flags & LINX_BPF_ENVP)
		add_block(x, LINX_FIELD_ENVP, BPF_CORE_READ(mm, env_start), BPF_CORE_READ(mm, env_end));
	return put_longs(x);
}

/* Writes a context record (TASK or EXEC) of the current task with all its attributes. */
static __noinline int put_task(struct cpu *x, struct task_struct *p, __u32 kind, __u32 code, struct linux_binprm *bprm)
{
	__u32 tid = BPF_CORE_READ(p, pid);

	x->w->tid = tid & 0x3fffff;
	x->w->pid = BPF_CORE_READ(p, tgid) & 0x3fffff;
	x->w->abi = 0;
	if (!rec_begin(x, kind, true, NO_CALL))
		return 0;
	begin_announced(tid);
	put_ctx(x, p, 0, code);
	put_who(x, p, put_exe(x, p));
	put_cwd(x, p);
	put_cgroup(x, p);
	if (bprm) {
		put_kernel_str(x, WHAT(LINX_FIELD_FILENAME, LINX_VAL_STR), BPF_CORE_READ(bprm, filename));
		if (BPF_CORE_READ(bprm, filename) != BPF_CORE_READ(bprm, interp))
			put_kernel_str(x, WHAT(LINX_FIELD_INTERP, LINX_VAL_STR), BPF_CORE_READ(bprm, interp));
	}
	put_command(x, p, kind == LINX_REC_EXEC);
	end_announced(tid, rec_commit(x, NO_CALL));
	return 0;
}

static __always_inline void announce(struct cpu *x, struct task_struct *p)
{
	if (!is_announced(x->w->tid))
		put_task(x, p, LINX_REC_TASK, 0, 0);
}

/*
 * Most threads whose times are added up when a process ends. The process's own sums include the threads that the kernel
 * has removed. Many other ended threads are left only if a tracer keeps them.
 */
#define USAGE_THREADS 256

struct usage_walk {
	struct thread_walk threads;
	struct linx_usage sum;
};

static __always_inline void add_usage(struct linx_usage *u, struct task_struct *p)
{
	u->user_ns += BPF_CORE_READ(p, utime);
	u->system_ns += BPF_CORE_READ(p, stime);
	u->run_ns += BPF_CORE_READ(p, se.sum_exec_runtime);
	u->minor_faults += BPF_CORE_READ(p, min_flt);
	u->major_faults += BPF_CORE_READ(p, maj_flt);
	u->voluntary += BPF_CORE_READ(p, nvcsw);
	u->involuntary += BPF_CORE_READ(p, nivcsw);
}

static __always_inline long add_thread(__u32 i, void *data)
{
	struct usage_walk *w = data;
	struct task_struct *p = next_thread(&w->threads);

	if (p)
		add_usage(&w->sum, p);
	return !p;
}

static __noinline int put_usage(struct cpu *x, struct task_struct *p, bool group)
{
	struct signal_struct *sig = BPF_CORE_READ(p, signal);
	struct usage_walk w = { .threads = walk_threads(p) };
	struct linx_usage *u = &w.sum;
	__u32 state = LINX_WHOLE;

	if (!group) {
		add_usage(u, p);
	} else {
		u->user_ns = BPF_CORE_READ(sig, utime);
		u->system_ns = BPF_CORE_READ(sig, stime);
		u->run_ns = BPF_CORE_READ(sig, sum_sched_runtime);
		u->minor_faults = BPF_CORE_READ(sig, min_flt);
		u->major_faults = BPF_CORE_READ(sig, maj_flt);
		u->voluntary = BPF_CORE_READ(sig, nvcsw);
		u->involuntary = BPF_CORE_READ(sig, nivcsw);
		u->max_rss = BPF_CORE_READ(sig, maxrss) * config.page_size;
		for_each(USAGE_THREADS, add_thread, &w);
		if (next_thread(&w.threads))
			state = LINX_TRUNCATED;
	}
	return put_kernel_as(x, WHAT(LINX_FIELD_USAGE, LINX_VAL_BYTES), state, u, sizeof(*u));
}

#endif
