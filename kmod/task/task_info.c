// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of a task besides its ids: credentials, session, terminal, namespaces, cgroup. The functions serve the
 * current task, or a child that does not run yet, in probe context. If the task's locks are taken, they serve any other
 * task: in process context, for a snapshot, or in a probe with LINX_HAVE_PATHS, after a setpgid(2) of that task.
 */
#include <linux/audit.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs_struct.h>
#include <linux/ipc_namespace.h>
#include <linux/kernfs.h>
#include <linux/mount.h>
#include <linux/nsproxy.h>
#include <linux/once.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/siphash.h>
#include <linux/time_namespace.h>
#include <linux/tty.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>
#include "capture/path.h"
#include "capture/user_mem.h"
#include "compat/compat.h"
#include "core/probe_work.h"
#include "filter/cgroup.h"
#include "task/task_info.h"

/* Key of the hash that turns kernel addresses into ids. It is secret, so that no address can be found from an id. */
static siphash_key_t linx_key_of_ids __read_mostly;

/* Do this kernel's mount namespaces have the layout of struct linx_mnt_ns (compat/compat.h)? */
static bool mnt_ns_is_known __ro_after_init;

static u32 mnt_ns_number(const struct mnt_namespace *ns)
{
	return ((const struct linx_mnt_ns *)ns)->ns.inum;
}

/*
 * Does the structure, read with the layout in compat/compat.h, point to the operations of a mount namespace? The
 * operations are recognized by their name.
 */
static bool __init has_mnt_ns_ops(const struct mnt_namespace *ns)
{
	const struct proc_ns_operations *ops = ((const struct linx_mnt_ns *)ns)->ns.ops;
	const char *at;
	char name[4];

	return !copy_from_kernel_nofault(&at, &ops->name, sizeof(at)) &&
	       !copy_from_kernel_nofault(name, at, sizeof(name)) && !memcmp(name, "mnt", sizeof(name));
}

/*
 * Checks the layout with this task's own namespace: it must have the operations of a mount namespace, and a possible
 * number.
 */
static void __init try_mnt_ns(void)
{
	const struct mnt_namespace *ns = current->nsproxy->mnt_ns;
	u32 number = LINX_MNT_NS_SECRET || !has_mnt_ns_ops(ns) ? 0 : mnt_ns_number(ns);

	mnt_ns_is_known = number >= LINX_NS_INUM_MIN && number < LINX_NS_INUM_MAX;
}

u32 linx_task_info_mnt_ns(const struct nsproxy *ns)
{
	return mnt_ns_is_known ? mnt_ns_number(ns->mnt_ns) : 0;
}

void __init linx_task_info_init(void)
{
	get_random_bytes(&linx_key_of_ids, sizeof(linx_key_of_ids));
	try_mnt_ns();
}

u64 linx_task_info_id(const void *p)
{
	return p ? siphash_1u64((unsigned long)p, &linx_key_of_ids) ?: 1 : 0;
}

/*
 * Takes siglock like spin_lock_irqsave(). A probe gives up and returns false if it would wait long: a task that sends
 * a signal to thousands of threads holds the lock for milliseconds.
 */
static bool lock_signals(struct sighand_struct *sighand, unsigned long *flags, bool in_probe)
{
	unsigned int tries = 0;

	if (!in_probe) {
		spin_lock_irqsave(&sighand->siglock, *flags);
		return true;
	}
	do {
		if (likely(spin_trylock_irqsave(&sighand->siglock, *flags)))
			return true;
	} while (linx_probe_may_retry(&tries));
	return false;
}

/*
 * Writes the device number of the controlling terminal, which siglock keeps from being freed. A task that holds siglock
 * reaches no tracepoint whose probe calls this function. Therefore the probe cannot wait for its own task.
 */
static void put_tty(struct linx_who *who, struct task_struct *p, bool locks, bool in_probe)
{
	struct sighand_struct *sighand = rcu_dereference(p->sighand);
	unsigned long flags;

	if (!sighand || (!locks && !LINX_HAVE_PATHS) || !lock_signals(sighand, &flags, in_probe)) {
		who->flags |= LINX_WHO_NO_TTY;
		return;
	}
	if (sighand == rcu_access_pointer(p->sighand) && p->signal->tty)
		who->tty = tty_devnum(p->signal->tty);
	spin_unlock_irqrestore(&sighand->siglock, flags);
}

static void put_creds(struct linx_who *who, const struct cred *cred)
{
	who->suid = __kuid_val(cred->suid);
	who->sgid = __kgid_val(cred->sgid);
	who->fsuid = __kuid_val(cred->fsuid);
	who->fsgid = __kgid_val(cred->fsgid);
	who->cap_effective = linx_cap(cred->cap_effective);
	who->cap_permitted = linx_cap(cred->cap_permitted);
	who->cap_inheritable = linx_cap(cred->cap_inheritable);
	who->cap_bounding = linx_cap(cred->cap_bset);
	who->cap_ambient = linx_cap(cred->cap_ambient);
	who->ns[LINX_NS_USER] = cred->user_ns->ns.inum;
}

static void put_namespaces(struct linx_who *who, const struct nsproxy *ns)
{
	if (!ns)
		return;
	who->ns[LINX_NS_MNT] = linx_task_info_mnt_ns(ns);
	who->ns[LINX_NS_NET] = ns->net_ns->ns.inum;
	who->ns[LINX_NS_UTS] = ns->uts_ns->ns.inum;
#ifdef CONFIG_IPC_NS
	who->ns[LINX_NS_IPC] = ns->ipc_ns->ns.inum;
#endif
	who->ns[LINX_NS_CGROUP] = ns->cgroup_ns->ns.inum;
#ifdef CONFIG_TIME_NS
	who->ns[LINX_NS_TIME] = ns->time_ns->ns.inum;
#endif
}

/* Is the task's root directory another one than the root of its mount? The caller ensures that fs is not freed. */
static bool in_chroot(const struct fs_struct *fs)
{
	struct path root;
	bool below = false;

	if (!fs)
		return false;
	rcu_read_lock();
	linx_fs_copy(fs, &fs->root, &root);
	/*
	 * On PREEMPT_RT a task that changes the root may have been preempted. Then both words (mount and dentry) are
	 * valid, but may be of different moments.
	 */
	root.mnt = root.mnt ?: READ_ONCE(fs->root.mnt);
	below = root.dentry != root.mnt->mnt_root;
	rcu_read_unlock();
	return below;
}

static void put_ids(struct linx_who *who, struct task_struct *p)
{
	struct pid_namespace *own = task_active_pid_ns(p);

	/* the leader of a task that is not alive may have been freed */
	who->process_start = pid_alive(p) ? p->group_leader->start_boottime : 0;
	who->pgid = task_pgrp_nr_ns(p, &init_pid_ns);
	who->sid = task_session_nr_ns(p, &init_pid_ns);
	who->loginuid = __kuid_val(audit_get_loginuid(p));
	who->session_id = audit_get_sessionid(p);
	if (p->signal->is_child_subreaper)
		who->flags |= LINX_WHO_REAPER;
	if (!own)
		return;
	who->ns_tid = task_pid_nr_ns(p, own);
	who->ns_pid = task_tgid_nr_ns(p, own);
	who->ns[LINX_NS_PID] = own->ns.inum;
}

void linx_task_info_put(struct linx_fill *f, struct task_struct *p, u32 flags, bool locks)
{
	struct linx_who who = { .flags = flags };

	rcu_read_lock();
	put_ids(&who, p);
	put_creds(&who, __task_cred(p));
	put_tty(&who, p, locks, f->in_probe);
	if (locks)
		task_lock(p);
	put_namespaces(&who, p->nsproxy);
	if (in_chroot(p->fs))
		who.flags |= LINX_WHO_CHROOT;
	who.files = linx_task_info_id(p->files);
	who.fs = linx_task_info_id(p->fs);
	if (locks)
		task_unlock(p);
	rcu_read_unlock();
	linx_put_bytes(f, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who));
}

void linx_task_info_put_cgroup(struct linx_fill *f, struct task_struct *p, bool locks)
{
	int n = -EOPNOTSUPP;

	rcu_read_lock();
	if (locks || LINX_HAVE_PATHS)
		n = linx_cgroup_path(linx_cgroup_of(p), f->r->scratch, f->in_probe);
	rcu_read_unlock();
	if (n < 0)
		linx_put_bytes(f, LINX_FIELD_CGROUP, LINX_VAL_STR, LINX_UNAVAILABLE, NULL, 0);
	else
		linx_put_bytes(f, LINX_FIELD_CGROUP, LINX_VAL_STR, LINX_WHOLE, f->r->scratch, n);
}

bool linx_task_info_moved(struct task_struct *child)
{
	return rcu_access_pointer(child->cgroups) != rcu_access_pointer(current->cgroups);
}

/*
 * Most threads whose usage is added up when a process ends. The sums in signal_struct include the threads that are
 * gone. Few other threads are left then, unless a tracer keeps many ended threads.
 */
#define THREADS_MAX 256

/* Adds the usage of one thread. The timer tick and ending threads may change these values meanwhile. */
static void add_usage(struct linx_usage *u, const struct task_struct *p)
{
	u->user_ns += READ_ONCE(p->utime);
	u->system_ns += READ_ONCE(p->stime);
	u->run_ns += READ_ONCE(p->se.sum_exec_runtime);
	u->minor_faults += READ_ONCE(p->min_flt);
	u->major_faults += READ_ONCE(p->maj_flt);
	u->voluntary += READ_ONCE(p->nvcsw);
	u->involuntary += READ_ONCE(p->nivcsw);
}

void linx_task_info_put_usage(struct linx_fill *f, struct task_struct *p, bool group)
{
	const struct signal_struct *sig = p->signal;
	struct linx_usage u = { 0 };
	struct task_struct *t;
	u8 state = LINX_WHOLE;
	unsigned int n = 0;

	if (!group) {
		add_usage(&u, p);
	} else {
		u = (struct linx_usage){
			.user_ns = READ_ONCE(sig->utime),
			.system_ns = READ_ONCE(sig->stime),
			.run_ns = READ_ONCE(sig->sum_sched_runtime),
			.minor_faults = READ_ONCE(sig->min_flt),
			.major_faults = READ_ONCE(sig->maj_flt),
			.voluntary = READ_ONCE(sig->nvcsw),
			.involuntary = READ_ONCE(sig->nivcsw),
			.max_rss = (u64)READ_ONCE(sig->maxrss) << PAGE_SHIFT,
		};
		rcu_read_lock();
		for_each_thread(p, t) {
			if (n++ == THREADS_MAX) {
				state = LINX_TRUNCATED;
				break;
			}
			add_usage(&u, t);
		}
		rcu_read_unlock();
	}
	linx_put_bytes(f, LINX_FIELD_USAGE, LINX_VAL_BYTES, state, &u, sizeof(u));
}
