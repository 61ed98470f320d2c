/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel structures, with only the members that the programs read. libbpf replaces each offset by that of the running
 * kernel when it loads the programs; it finds the members by name.
 */
#ifndef LINX_BPF_KERNEL_H
#define LINX_BPF_KERNEL_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#ifdef __TARGET_ARCH_arm64
struct pt_regs {
	__u64 regs[31], sp, pc, pstate, orig_x0;
	__s32 syscallno;
};
struct thread_info {
	unsigned long flags;
	__u32 cpu;
	struct {
		__u32 count;
	} preempt;
};
#else
struct pt_regs {
	unsigned long r10, r9, r8, bp, bx, ax, cx, dx, si, di, orig_ax, ip, sp;
};
struct thread_info {
	__u32 status;
	__u32 cpu;
};
#endif

struct kuid {
	__u32 val;
};
struct ns_common {
	__u32 inum;
};
struct user_namespace {
	struct ns_common ns;
};
/* A set of capabilities: always 8 bytes, but the member's name differs between kernels. */
struct cap_set {
};
struct cred {
	struct kuid uid, gid, suid, sgid, euid, egid, fsuid, fsgid;
	struct cap_set cap_inheritable, cap_permitted, cap_effective, cap_bset, cap_ambient;
	struct user_namespace *user_ns;
};
struct upid {
	int nr;
	struct pid_namespace *ns;
};
struct pid_namespace {
	struct ns_common ns;
};
struct hlist_head {
	void *first;
};
struct pid {
	unsigned int level;
	struct hlist_head tasks[1];
	struct upid numbers[1];
};
struct tty_driver {
	int major, minor_start;
};
struct tty_struct {
	struct tty_driver *driver;
	int index;
};
struct atomic {
	int counter;
};
struct list_head {
	struct list_head *next;
};
struct signal_struct {
	struct atomic live;
	struct list_head thread_head;
	int nr_threads;
	unsigned int flags, is_child_subreaper : 1;
	int group_exit_code;
	struct task_struct *group_exec_task, *group_exit_task; /* the first since Linux 5.17, the second before */
	struct pid *pids[4];
	struct tty_struct *tty;
	__u64 utime, stime;
	unsigned long long sum_sched_runtime;
	unsigned long nvcsw, nivcsw, min_flt, maj_flt, maxrss;
};
struct mnt_namespace {
	struct ns_common ns;
};
struct net {
	struct ns_common ns;
};
struct uts_namespace {
	struct ns_common ns;
};
struct ipc_namespace {
	struct ns_common ns;
};
struct cgroup_namespace {
	struct ns_common ns;
};
struct time_namespace {
	struct ns_common ns;
};
struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct net *net_ns;
	struct time_namespace *time_ns;
	struct cgroup_namespace *cgroup_ns;
};
struct hlist_bl_node {
	void **pprev;
};
/* Structure by which the programs read any 64-bit word of kernel memory, since its first member is such a word. */
struct timespec64 {
	__s64 tv_sec;
};
struct proc_ns_operations {
	const char *name;
};
/*
 * struct ns_common with its only member that is read, ops. i_private of an inode of nsfs points to a struct ns_common.
 */
struct ns_common___ops {
	const struct proc_ns_operations *ops;
};
struct qstr {
	__u32 len;
	const unsigned char *name;
};
struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
};
struct inode {
	unsigned short i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	__u32 i_rdev;
	void *i_private;
};
struct dentry_operations {
	void *d_dname;
};
struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	const struct dentry_operations *d_op;
};
struct vfsmount {
	struct dentry *mnt_root;
};
struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};
struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};
struct fs_struct {
	struct path root, pwd;
};
struct file {
	struct path f_path;
	__u32 f_mode;
	void *private_data;
};
struct bpf_map {
	__u32 id;
};
struct bpf_prog_aux {
	__u32 id;
};
struct bpf_prog {
	struct bpf_prog_aux *aux;
};
struct bpf_link {
	__u32 id;
};
struct fdtable {
	unsigned int max_fds;
	struct file **fd;
	unsigned long *close_on_exec, *open_fds;
};
struct files_struct {
	struct atomic count;
	struct fdtable *fdt;
};
struct mm_struct {
	unsigned long arg_start, arg_end, env_start, env_end;
	struct file *exe_file;
};
struct kernfs_node {
	struct kernfs_node *parent;
	const char *name;
};
/* struct kernfs_node since Linux 6.15, which renamed the member parent. */
struct kernfs_node___new {
	struct kernfs_node *__parent;
};
struct cgroup {
	int level;
	struct kernfs_node *kn;
};
struct cgroup_subsys_state {
	struct cgroup *cgroup;
};
/*
 * subsys has one element for each controller that the kernel is built with, at most 16. The programs use the size that
 * the array has in the running kernel.
 */
struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
};
struct sched_entity {
	__u64 sum_exec_runtime;
};
struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	int pid, tgid, exit_code, exit_state;
	struct task_struct *real_parent, *group_leader;
	struct list_head thread_node;
	struct pid *thread_pid;
	struct signal_struct *signal;
	const struct cred *cred;
	struct mm_struct *mm;
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	__u64 start_boottime;
	struct kuid loginuid;
	unsigned int sessionid;
	__u64 utime, stime;
	struct sched_entity se;
	unsigned long nvcsw, nivcsw, min_flt, maj_flt;
	char comm[16];
};
struct sigaction {
	void *sa_handler;
};
struct k_sigaction {
	struct sigaction sa;
};
struct linux_binprm {
	const char *filename, *interp;
};

struct eventfd_ctx {
	__u64 count;
	unsigned int flags;
	int id;
};
struct signalfd_ctx {
	struct {
		unsigned long sig[1];
	} sigmask;
};
struct tty_file_private {
	struct tty_struct *tty;
};
/* Sockets. */
struct sockaddr_un {
	__u16 sun_family;
	char sun_path[108];
};
struct unix_address {
	int len;
	struct sockaddr_un name[1];
};
struct socket {
	struct sock *sk;
};
struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};
struct address6 {
};
/* A network protocol, as sockets refer to it. */
struct proto {
	char name[32];
};
struct sock_common {
	__u16 skc_family, skc_dport, skc_num;
	struct proto *skc_prot;
	__u8 skc_state;
	__u32 skc_daddr, skc_rcv_saddr;
	struct address6 skc_v6_daddr, skc_v6_rcv_saddr;
};
struct sock {
	struct sock_common __sk_common;
	__u16 sk_type, sk_protocol;
	struct socket *sk_socket;
	struct proto *sk_prot_creator;
};
struct inet_sock {
	__u16 inet_sport;
};
struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};
struct netlink_sock {
	__u32 portid;
};
/* io_uring. */
struct io_cqe {
	__u64 user_data;
	__s32 res;
	__u32 flags;
};
struct io_submit_link {
	struct io_kiocb *head;
};
struct io_submit_state {
	struct io_submit_link link;
};
struct io_ring_ctx {
	unsigned int flags, compat : 1;
	__u32 *sq_array;
	struct io_uring_sqe *sq_sqes;
	unsigned int cached_sq_head, sq_entries;
	struct io_submit_state submit_state;
};
/* The io_uring's own table of files: an array of files until Linux 6.12, of pointers to nodes since 6.13. */
struct io_fixed_file {
	unsigned long file_ptr;
};
struct io_file_table___files {
	struct io_fixed_file *files;
};
struct io_ring_ctx___files {
	struct io_file_table___files file_table;
	unsigned int nr_user_files;
};
struct io_rsrc_node {
	unsigned long file_ptr;
};
struct io_rsrc_data {
	unsigned int nr;
	struct io_rsrc_node **nodes;
};
struct io_file_table {
	struct io_rsrc_data data;
};
struct io_ring_ctx___nodes {
	struct io_file_table file_table;
};
/* struct io_ring_ctx after Linux 6.18, where compat is one bit of the word int_flags. */
struct io_ring_ctx___bits {
	unsigned int int_flags;
};
struct io_kiocb {
	struct file *file;
	__u8 opcode;
	__u32 flags;
	struct io_cqe cqe;
	struct io_ring_ctx *ctx;
};
/* struct io_kiocb since Linux 6.9, where flags has 64 bits. */
struct io_kiocb___wide {
	__u64 flags;
};

#pragma clang attribute pop

#define PF_EXITING 0x4
#define PF_KTHREAD 0x00200000
#define TMPFS_MAGIC 0x01021994
#define OVERLAYFS_MAGIC 0x794c7630
#define HUGETLBFS_MAGIC 0x958458f6
#define PIPEFS_MAGIC 0x50495045
#define SOCKFS_MAGIC 0x534f434b
#define NSFS_MAGIC 0x6e736673
#define ANON_INODE_FS_MAGIC 0x09041934
#define PID_FS_MAGIC 0x50494446
#define SECRETMEM_MAGIC 0x5345434d
#define FMODE_PATH 0x4000
#define FMODE_CREATED 0x100000
#define S_COMPAT 0x2 /* x86: TS_COMPAT */
#define TIF_32BIT 22 /* arm64 */
#define X32_BIT 0x40000000

#endif
