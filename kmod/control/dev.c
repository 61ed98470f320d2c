// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device /dev/linxcap: the right to open it, and its ioctls. The structure of an ioctl is copied in once, and its
 * size is checked. Then the structure is passed to the functions of the session. Process context, may sleep.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/linx.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/poll.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include "capture/http.h"
#include "compat/compat.h"
#include "control/dev.h"
#include "enforce/deny_sets.h"
#include "filter/filter.h"
#include "control/tracepoints.h"
#include "probe/probes.h"
#include "ring/producer.h"
#include "filter/rate.h"
#include "ring/ring_mem.h"
#include "control/session_life.h"
#include "control/session_ioctl.h"
#include "control/seal.h"
#include "task/snapshot.h"
#include "table/table.h"
#include "ring/throttle.h"
#include "ring/wake.h"

/* May the caller trace all processes? It needs the capabilities of both perf and ptrace. */
static bool may_trace(void)
{
	return (capable(CAP_PERFMON) || capable(CAP_SYS_ADMIN)) && capable(CAP_SYS_PTRACE);
}

static int dev_open(struct inode *inode, struct file *file)
{
	if (!may_trace())
		return -EPERM;
	if (in_compat_syscall())
		return -EOPNOTSUPP; /* a 32-bit reader cannot map these rings */
	if (!current->mm || current->flags & PF_KTHREAD)
		return -EINVAL; /* a kernel worker opens the device for another task: the owner would be unknown */
	file->private_data = linx_session_new();
	return file->private_data ? nonseekable_open(inode, file) : -ENOMEM;
}

static int dev_release(struct inode *inode, struct file *file)
{
	linx_session_free(file->private_data);
	return 0;
}

static int dev_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct linx_session *s = file->private_data;

	return linx_session_is_owner(s) ? linx_ring_mmap(s, vma) : -EPERM;
}

static __poll_t dev_poll(struct file *file, struct poll_table_struct *wait)
{
	struct linx_session *s = file->private_data;

	if (!linx_session_is_owner(s))
		return EPOLLERR;
	if (smp_load_acquire(&s->ready) && s->http) /* pairs with setup_locked() */
		linx_http_sweep(s);
	return linx_wake_poll(s, file, wait);
}

static int do_info(struct linx_session *s, void *arg)
{
	struct linx_info *u = arg;
	size_t len;

	linx_table_borrow_text(&len);
	*u = (struct linx_info){
		.size = u->size,
		.abi_version = LINX_ABI_VERSION,
		.format_major = LINX_FORMAT_MAJOR,
		.format_minor = LINX_FORMAT_MINOR,
		.features = LINX_FEAT_FDS | LINX_FEAT_SIGNALS | LINX_FEAT_PREDICATE | LINX_FEAT_FILES | LINX_FEAT_RESOLVED |
			    LINX_FEAT_RATE | LINX_FEAT_PRIORITY | LINX_FEAT_INHERIT | LINX_FEAT_HTTP | LINX_FEAT_LONG_BUFFERS |
			    LINX_FEAT_CGROUPS | LINX_FEAT_SEAL | LINX_FEAT_CANARY | LINX_FEAT_TAMPER | LINX_FEAT_COUNT | LINX_FEAT_PROBES |
			    (LINX_HAVE_THROTTLE ? LINX_FEAT_THROTTLE : 0) |
			    (LINX_HAVE_DENY ? LINX_FEAT_DENY : 0) |
			    (LINX_HAVE_PATHS ? LINX_FEAT_PATHS : 0) | (linx_probe_has_uring() ? LINX_FEAT_URING : 0),
		.cpus = nr_cpu_ids,
		.page_size = PAGE_SIZE,
		.ring_max = linx_ring_size_max(),
		.memory_max = linx_ring_memory_max(),
		.table_size = len,
		.table_hash = linx_table_hash(),
		.clock_id = CLOCK_MONOTONIC,
		.pid_ns = init_pid_ns.ns.inum,
		.version = LINX_VERSION,
	};
	return 0;
}

static int do_table(struct linx_session *s, void *arg)
{
	struct linx_table_buf *u = arg;
	const char *text;
	size_t len;

	text = linx_table_borrow_text(&len);
	if (u->reserved || u->buf_size != len)
		return -EINVAL;
	return copy_to_user(u64_to_user_ptr(u->buf), text, len) ? -EFAULT : 0;
}

static int do_setup(struct linx_session *s, void *arg)
{
	struct linx_setup *u = arg;
	u64 exempt[LINX_EXEMPT_MAX];

	if (u->exempt_count > LINX_EXEMPT_MAX)
		return -EINVAL;
	if (copy_from_user(exempt, u64_to_user_ptr(u->exempt), u->exempt_count * sizeof(*exempt)))
		return -EFAULT;
	return linx_session_setup(s, u, exempt);
}

static int do_select(struct linx_session *s, void *arg)
{
	return linx_session_select(s, arg);
}

static int do_filter(struct linx_session *s, void *arg)
{
	struct linx_filter *u = arg;
	char *words = NULL;
	int err = 0;

	if (u->cgroups_len > LINX_FILTER_CGROUPS_MAX)
		return -EINVAL;
	if (u->cgroups_len) {
		words = kmalloc(u->cgroups_len, LINX_GFP);
		if (!words)
			return -ENOMEM;
		err = copy_from_user(words, u64_to_user_ptr(u->cgroups), u->cgroups_len) ? -EFAULT : 0;
	}
	if (!err)
		err = linx_session_filter(s, u, words);
	kfree(words);
	return err;
}

static int do_pids(struct linx_session *s, void *arg)
{
	struct linx_pids *u = arg;
	s32 *pids;
	int err;

	if (u->flags & ~LINX_PID_REMOVE || u->reserved || !u->count || u->count > LINX_PIDS_MAX)
		return -EINVAL;
	pids = kvmalloc_array(u->count, sizeof(*pids), LINX_GFP);
	if (!pids)
		return -ENOMEM;
	err = copy_from_user(pids, u64_to_user_ptr(u->pids), u->count * sizeof(*pids)) ? -EFAULT : 0;
	if (!err)
		err = linx_session_pids(s, pids, u->count, u->flags & LINX_PID_REMOVE);
	kvfree(pids);
	return err;
}

static const struct file_operations linx_fops;

/*
 * Adds the list of processes of another session to that of this session. The reference to the other session's file
 * keeps that session, and all that belongs to it, from being freed.
 */
static int do_inherit(struct linx_session *s, void *arg)
{
	struct linx_inherit *u = arg;
	struct linx_session *from;
	struct file *file;
	int err = -EINVAL;

	if (u->flags || u->reserved)
		return -EINVAL;
	file = fget(u->session);
	if (!file)
		return -EBADF;
	from = file->private_data;
	if (file->f_op == &linx_fops && from != s)
		err = linx_session_is_owner(from) ? linx_session_inherit(s, from) : -EPERM;
	fput(file);
	return err;
}

/*
 * Copies the counters of each CPU to user space, without session.lock. A session that is ready keeps its rings and only
 * gets more of them, as long as a task has the owner's memory, as the caller has. The rings of a session that is not
 * ready are not read, since a SETUP that fails may free them.
 */
static int copy_cpus(struct linx_session *s, const struct linx_counters *u)
{
	bool ready = smp_load_acquire(&s->ready); /* pairs with setup_locked() */
	struct linx_cpu_counters __user *to = u64_to_user_ptr(u->cpus);
	struct linx_cpu_counters c;
	unsigned int cpu;

	for (cpu = 0; cpu < u->cpus_count; cpu++) {
		memset(&c, 0, sizeof(c));
		if (ready && cpu_possible(cpu))
			linx_ring_counters(per_cpu_ptr(s->ring, array_index_nospec(cpu, nr_cpu_ids)), &c);
		if (copy_to_user(&to[cpu], &c, sizeof(c)))
			return -EFAULT;
	}
	return 0;
}

/*
 * Adds up the counters of each call over all CPUs. The caller holds session.lock, under which rings are added and
 * freed.
 */
static void sum_calls(struct linx_session *s, struct linx_call_counters *sum)
{
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct linx_ring *r = per_cpu_ptr(s->ring, cpu);

		for (i = 0; r->calls && i < LINX_ABI_NR * LINX_NR_MAX; i++) {
			sum[i].selected += READ_ONCE(r->calls[i].selected);
			sum[i].lost += READ_ONCE(r->calls[i].lost);
		}
		cond_resched();
	}
}

static int copy_calls(struct linx_session *s, const struct linx_counters *u)
{
	const size_t size = LINX_ABI_NR * LINX_NR_MAX * sizeof(struct linx_call_counters);
	struct linx_call_counters *sum = kvzalloc(size, LINX_GFP);
	unsigned int i;
	int err;

	if (!sum)
		return -ENOMEM;
	mutex_lock(&s->lock);
	sum_calls(s, sum);
	mutex_unlock(&s->lock);
	for (i = 0; i < LINX_ABI_NR * LINX_NR_MAX; i++)
		/* selected and lost were read one after the other: probes can have raised both between the two reads */
		sum[i].committed = sum[i].selected - min(sum[i].lost, sum[i].selected);
	err = copy_to_user(u64_to_user_ptr(u->calls), sum, size) ? -EFAULT : 0;
	kvfree(sum);
	return err;
}

static int copy_sampled(struct linx_session *s, const struct linx_counters *u)
{
	u64 __user *to = u64_to_user_ptr(u->sampled);
	unsigned int cpu;
	u64 n;

	for (cpu = 0; cpu < u->cpus_count; cpu++) {
		n = cpu_possible(cpu) ? linx_rate_sampled_cpu(per_cpu_ptr(s->ring, array_index_nospec(cpu, nr_cpu_ids))) : 0;
		if (copy_to_user(&to[cpu], &n, sizeof(n)))
			return -EFAULT;
	}
	return 0;
}

static int copy_sampled_calls(struct linx_session *s, const struct linx_counters *u)
{
	u64 *sum = kvcalloc(LINX_KEYS, sizeof(*sum), LINX_GFP);
	int err;

	if (!sum)
		return -ENOMEM;
	linx_rate_sum_sampled(s, sum);
	err = copy_to_user(u64_to_user_ptr(u->sampled_calls), sum, LINX_KEYS * sizeof(*sum)) ? -EFAULT : 0;
	kvfree(sum);
	return err;
}

static int do_counters(struct linx_session *s, void *arg)
{
	struct linx_counters *u = arg;
	int err = 0;

	if (u->flags || u->cpus_count > nr_cpu_ids)
		return -EINVAL;
	linx_filter_prune(s, LINX_LISTED_PROBED);
	u->listed = atomic_read(&s->listed_count);
	if (smp_load_acquire(&s->ready)) { /* pairs with setup_locked() */
		linx_throttle_counters(s->throttle, u);
		u->http_dropped = s->http ? atomic64_read(&s->http->dropped) : 0;
	}
	if (u->cpus)
		err = copy_cpus(s, u);
	if (!err && u->calls)
		err = copy_calls(s, u);
	if (!err && u->sampled)
		err = copy_sampled(s, u);
	if (!err && u->sampled_calls)
		err = copy_sampled_calls(s, u);
	return err;
}

static int do_sample(struct linx_session *s, void *arg)
{
	const size_t size = LINX_KEYS * sizeof(u16);
	struct linx_sample *u = arg;
	u16 *every;
	int err;

	if (u->flags)
		return -EINVAL;
	every = kvzalloc(size, LINX_GFP);
	if (!every)
		return -ENOMEM;
	err = u->every && copy_from_user(every, u64_to_user_ptr(u->every), size) ? -EFAULT : 0;
	if (!err)
		err = linx_session_sample(s, every);
	kvfree(every);
	return err;
}

static int do_priority(struct linx_session *s, void *arg)
{
	return linx_session_priority(s, arg);
}

static int do_budget(struct linx_session *s, void *arg)
{
	struct linx_budget *u = arg;

	return u->flags ? -EINVAL : linx_session_budget(s, u->per_second);
}

static int do_flush(struct linx_session *s, void *arg)
{
	struct linx_flush *u = arg;
	int err;

	mutex_lock(&s->lock);
	err = linx_session_flush(s, &u->half);
	mutex_unlock(&s->lock);
	return err;
}

static int do_floor(struct linx_session *s, void *arg)
{
	struct linx_floor *u = arg;

	if (u->reserved)
		return -EINVAL;
	u->time = READ_ONCE(s->sealed) ? linx_seal_floor(s) : linx_session_floor(s);
	return 0;
}

static int do_clock(struct linx_session *s, void *arg)
{
	struct linx_clock_now *u = arg;

	if (u->reserved)
		return -EINVAL;
	u->clock.stream = ktime_get_mono_fast_ns();
	u->clock.realtime = ktime_to_ns(ktime_mono_to_any(ns_to_ktime(u->clock.stream), TK_OFFS_REAL));
	u->clock.boottime = ktime_to_ns(ktime_mono_to_any(ns_to_ktime(u->clock.stream), TK_OFFS_BOOT));
	u->clock.monotonic = u->clock.stream;
	return 0;
}

/* Most bytes of a snapshot that one ioctl returns. */
#define SNAPSHOT_ONCE (1u << 20)

static int do_snapshot(struct linx_session *s, void *arg)
{
	struct linx_snapshot *u = arg;
	u32 size = min_t(u64, u->buf_size, SNAPSHOT_ONCE);
	void *buf;
	int err;

	if (u->flags || size < LINX_SNAPSHOT_MIN || u->buf & 7 || s->flags & LINX_SETUP_COUNT)
		return -EINVAL;
	buf = kvmalloc(size, LINX_GFP);
	if (!buf)
		return -ENOMEM;
	err = linx_seal_snapshot(s, u, buf, size);
	if (!err && copy_to_user(u64_to_user_ptr(u->buf), buf, u->used))
		err = -EFAULT;
	kvfree(buf);
	return err;
}

static int do_start(struct linx_session *s, void *arg)
{
	int err;

	if (!may_trace())
		return -EPERM;
	mutex_lock(&s->lock);
	err = linx_seal_checks_any(s) ?: linx_session_start(s);
	mutex_unlock(&s->lock);
	return err;
}

static int do_stop(struct linx_session *s, void *arg)
{
	int err;

	mutex_lock(&s->lock);
	err = linx_session_stop(s);
	mutex_unlock(&s->lock);
	return err;
}

static int do_add_cpus(struct linx_session *s, void *arg)
{
	return linx_session_add_cpus(s);
}

static int copy_probe(const struct linx_probe *u, char *name, struct linx_fetch_step *steps)
{
	if (copy_from_user(name, u64_to_user_ptr(u->name), u->name_len) ||
	    copy_from_user(steps, u64_to_user_ptr(u->steps), u->nsteps * sizeof(*steps)))
		return -EFAULT;
	return 0;
}

static int do_probe(struct linx_session *s, void *arg)
{
	struct linx_fetch_step *steps;
	struct linx_probe *u = arg;
	char *name;
	int err;

	if (!may_trace())
		return -EPERM;
	err = linx_probes_check(u);
	if (err)
		return err;
	name = kzalloc(u->name_len + 1, LINX_GFP);
	steps = kcalloc(u->nsteps + 1, sizeof(*steps), LINX_GFP);
	err = name && steps ? copy_probe(u, name, steps) : -ENOMEM;
	if (!err)
		err = linx_probes_add(s, u, name, steps);
	kfree(name);
	kfree(steps);
	return err;
}

static int do_probe_counters(struct linx_session *s, void *arg)
{
	const struct linx_probe_counts *u = arg;
	struct linx_probe_counters *sum;
	int err;

	if (u->flags & ~LINX_PROBE_COUNTS_SITES || !u->count || u->count > LINX_PROBES_MAX || u->first >= LINX_PROBES_MAX)
		return -EINVAL;
	sum = kvcalloc(u->count, sizeof(*sum), LINX_GFP);
	if (!sum)
		return -ENOMEM;
	linx_probes_counters(s, u, sum);
	err = copy_to_user(u64_to_user_ptr(u->counters), sum, u->count * sizeof(*sum)) ? -EFAULT : 0;
	kvfree(sum);
	return err;
}

static int do_seal(struct linx_session *s, void *arg)
{
	struct linx_seal *u = arg;

	return linx_session_seal(s, u->flags);
}

/*
 * Copies an array of n elements from user memory, and sets *to to the address of the copy. Does nothing if the array is
 * empty.
 */
static int copy_array(void *to, u64 from, u32 n, u32 size)
{
	void *copy;

	if (!n)
		return 0;
	copy = kvmalloc_array(n, size, LINX_GFP);
	if (!copy)
		return -ENOMEM;
	*(void **)to = copy;
	return copy_from_user(copy, u64_to_user_ptr(from), (size_t)n * size) ? -EFAULT : 0;
}

static int load_deny(struct linx_session *s, const struct linx_deny *u, struct linx_deny_error *why)
{
	struct linx_deny_arrays a = {};
	int err;

	if (u->flags & ~(LINX_DENY_KEEP | LINX_DENY_NEW | LINX_DENY_RENEW) || u->reserved || u->reserved2 ||
	    !u->from == !!(u->flags & LINX_DENY_RENEW && u->nrules))
		return -EINVAL;
	if (u->name_len > LINX_DENY_NAME_MAX || u->about_len > LINX_DENY_ABOUT_MAX || u->nexempt > LINX_DENY_EXEMPT_MAX)
		return -E2BIG;
	if (u->nrules > LINX_DENY_RULES_MAX || u->nconds > LINX_DENY_CONDS_MAX || u->operands_len > LINX_DENY_OPERANDS_MAX)
		return -E2BIG;
	err = copy_array(&a.rules, u->rules, u->nrules, sizeof(*a.rules)) ?:
	      copy_array(&a.conds, u->conds, u->nconds, sizeof(*a.conds)) ?:
	      copy_array(&a.operands, u->operands, u->operands_len, 1) ?:
	      copy_array(&a.name, u->name, u->name_len, 1) ?:
	      copy_array(&a.about, u->about, u->about_len, 1) ?:
	      copy_array(&a.exempt, u->exempt, u->nexempt, sizeof(*a.exempt)) ?:
	      copy_array(&a.from, u->from, u->from ? u->nrules : 0, sizeof(*a.from));
	if (!err) {
		mutex_lock(&s->lock);
		err = linx_seal_checks_any(s) ?: linx_deny_load(s, u, &a, why);
		mutex_unlock(&s->lock);
	}
	kvfree(a.rules);
	kvfree(a.conds);
	kvfree(a.operands);
	kvfree(a.name);
	kvfree(a.about);
	kvfree(a.exempt);
	kvfree(a.from);
	return err;
}

/*
 * Loads a set of rules. If the set is refused and the caller has passed an address for the reason, writes the reason
 * there.
 */
static int do_deny(struct linx_session *s, void *arg)
{
	const struct linx_deny *u = arg;
	struct linx_deny_error why = { .rule = ~0u, .cond = ~0u };
	int err = load_deny(s, u, &why);

	if (err && u->error && copy_to_user(u64_to_user_ptr(u->error), &why, sizeof(why)))
		return -EFAULT;
	return err;
}

static int do_deny_counters(struct linx_session *s, void *arg)
{
	struct linx_deny_counts *u = arg;
	struct linx_deny_counters *to;
	int err;

	if (u->flags & ~LINX_DENY_COUNTS_BEFORE || u->reserved || u->count > LINX_DENY_RULES_MAX)
		return -EINVAL;
	to = kvcalloc(max(u->count, 1u), sizeof(*to), LINX_GFP);
	if (!to)
		return -ENOMEM;
	mutex_lock(&s->lock);
	linx_deny_counters(s, u, to);
	mutex_unlock(&s->lock);
	err = copy_to_user(u64_to_user_ptr(u->counters), to, u->count * sizeof(*to)) ? -EFAULT : 0;
	kvfree(to);
	return err;
}

static int do_deny_change(struct linx_session *s, void *arg)
{
	int err;

	mutex_lock(&s->lock);
	err = linx_seal_checks_any(s) ?: linx_deny_change(s, arg);
	mutex_unlock(&s->lock);
	return err;
}

/*
 * Copies the description of rules to user memory. Of each array, copies no more elements than the caller has room for.
 */
static int copy_listed(const struct linx_deny_list *asked, const struct linx_deny_list *u, const struct linx_deny_listed *from)
{
	u32 rules = min(asked->nrules, u->nrules), programs = min(asked->nprograms, u->nprograms);

	if (copy_to_user(u64_to_user_ptr(u->about), from->about, min(asked->about_len, u->about_len)) ||
	    copy_to_user(u64_to_user_ptr(u->rules), from->rules, rules * sizeof(*from->rules)) ||
	    copy_to_user(u64_to_user_ptr(u->programs), from->programs, programs * sizeof(*from->programs)))
		return -EFAULT;
	return 0;
}

static int do_deny_list(struct linx_session *s, void *arg)
{
	struct linx_deny_list *u = arg, asked = *u;
	struct linx_deny_listed to;
	int err;

	if (u->flags & ~LINX_DENY_LIST_OWN || u->about_len > LINX_DENY_ABOUT_MAX || u->nrules > LINX_DENY_RULES_MAX || u->nprograms > LINX_DENY_RULES_MAX)
		return -EINVAL;
	to.about = kvzalloc(max(u->about_len, 1u), LINX_GFP);
	to.rules = kvcalloc(max(u->nrules, 1u), sizeof(*to.rules), LINX_GFP);
	to.programs = kvcalloc(max(u->nprograms, 1u), sizeof(*to.programs), LINX_GFP);
	mutex_lock(&s->lock);
	err = u->flags & LINX_DENY_LIST_OWN ? 0 : linx_seal_checks_any(s);
	if (!err)
		err = to.about && to.rules && to.programs ? linx_deny_list(s, u, &to) : -ENOMEM;
	mutex_unlock(&s->lock);
	err = err ?: copy_listed(&asked, u, &to);
	kvfree(to.about);
	kvfree(to.rules);
	kvfree(to.programs);
	return err;
}

/* Ioctls by _IOC_NR. The size in the command's number is ignored, since each structure begins with its own size. */
static const struct {
	int (*fn)(struct linx_session *s, void *arg);
	u32 min; /* size of the structure in its first version */
	u32 size; /* size of the structure now; 0: the ioctl has no argument */
	bool out; /* the structure is copied back to user space */
} calls[] = {
#define CALL(cmd, min, size, out, fn) [_IOC_NR(cmd)] = { fn, min, size, out }
	CALL(LINX_IOC_INFO, LINX_INFO_SIZE_V1, sizeof(struct linx_info), true, do_info),
	CALL(LINX_IOC_TABLE, LINX_TABLE_SIZE_V1, sizeof(struct linx_table_buf), false, do_table),
	CALL(LINX_IOC_SETUP, LINX_SETUP_SIZE_V1, sizeof(struct linx_setup), true, do_setup),
	CALL(LINX_IOC_SELECT, LINX_SELECT_SIZE_V1, sizeof(struct linx_select), false, do_select),
	CALL(LINX_IOC_FILTER, LINX_FILTER_SIZE_V1, sizeof(struct linx_filter), false, do_filter),
	CALL(LINX_IOC_PIDS, LINX_PIDS_SIZE_V1, sizeof(struct linx_pids), false, do_pids),
	CALL(LINX_IOC_START, 0, 0, false, do_start),
	CALL(LINX_IOC_STOP, 0, 0, false, do_stop),
	CALL(LINX_IOC_COUNTERS, LINX_COUNTERS_SIZE_V1, sizeof(struct linx_counters), true, do_counters),
	CALL(LINX_IOC_FLUSH, LINX_FLUSH_SIZE_V1, sizeof(struct linx_flush), true, do_flush),
	CALL(LINX_IOC_FLOOR, LINX_FLOOR_SIZE_V1, sizeof(struct linx_floor), true, do_floor),
	CALL(LINX_IOC_CLOCK, LINX_CLOCK_SIZE_V1, sizeof(struct linx_clock_now), true, do_clock),
	CALL(LINX_IOC_ADD_CPUS, 0, 0, false, do_add_cpus),
	CALL(LINX_IOC_SNAPSHOT, LINX_SNAPSHOT_SIZE_V1, sizeof(struct linx_snapshot), true, do_snapshot),
	CALL(LINX_IOC_SAMPLE, LINX_SAMPLE_SIZE_V1, sizeof(struct linx_sample), false, do_sample),
	CALL(LINX_IOC_BUDGET, LINX_BUDGET_SIZE_V1, sizeof(struct linx_budget), false, do_budget),
	CALL(LINX_IOC_PRIORITY, LINX_PRIORITY_SIZE_V1, sizeof(struct linx_priority), false, do_priority),
	CALL(LINX_IOC_INHERIT, LINX_INHERIT_SIZE_V1, sizeof(struct linx_inherit), false, do_inherit),
	CALL(LINX_IOC_SEAL, LINX_SEAL_SIZE_V1, sizeof(struct linx_seal), false, do_seal),
	CALL(LINX_IOC_PROBE, LINX_PROBE_SIZE_V1, sizeof(struct linx_probe), true, do_probe),
	CALL(LINX_IOC_PROBE_COUNTERS, LINX_PROBE_COUNTS_SIZE_V1, sizeof(struct linx_probe_counts), false, do_probe_counters),
	CALL(LINX_IOC_DENY, LINX_DENY_SIZE_V1, sizeof(struct linx_deny), false, do_deny),
	CALL(LINX_IOC_DENY_COUNTERS, LINX_DENY_COUNTS_SIZE_V1, sizeof(struct linx_deny_counts), true, do_deny_counters),
	CALL(LINX_IOC_DENY_LIST, LINX_DENY_LIST_SIZE_V1, sizeof(struct linx_deny_list), true, do_deny_list),
	CALL(LINX_IOC_DENY_CHANGE, LINX_DENY_CHANGE_SIZE_V1, sizeof(struct linx_deny_change), false, do_deny_change),
#undef CALL
};

/*
 * Copies the structure of an ioctl from user memory. The caller may have been built with an older or newer version of
 * the structure, of another size. Sets *given to the caller's size.
 */
static int copy_in(void *to, u32 min, u32 size, void __user *from, u32 *given)
{
	int err;

	if (get_user(*given, (u32 __user *)from))
		return -EFAULT;
	if (*given < min)
		return -EINVAL;
	if (*given > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(to, size, from, *given);
	*(u32 *)to = *given; /* the size that was checked: user memory may hold another one by now */
	return err;
}

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long p)
{
	struct linx_session *s = file->private_data;
	void __user *user = (void __user *)p;
	unsigned int nr = _IOC_NR(cmd);
	u32 given = 0;
	void *arg;
	int err;

	if (!linx_session_is_owner(s))
		return -EPERM;
	if (_IOC_TYPE(cmd) != LINX_IOC_MAGIC || nr >= ARRAY_SIZE(calls))
		return -ENOTTY;
	nr = array_index_nospec(nr, ARRAY_SIZE(calls));
	if (!calls[nr].fn)
		return -ENOTTY; /* the number of an ioctl that is only reserved */
	if (!calls[nr].size)
		return p ? -EINVAL : calls[nr].fn(s, NULL);
	arg = kzalloc(calls[nr].size, LINX_GFP);
	if (!arg)
		return -ENOMEM;
	err = copy_in(arg, calls[nr].min, calls[nr].size, user, &given);
	if (!err)
		err = calls[nr].fn(s, arg);
	if (!err && calls[nr].out && copy_to_user(user, arg, min(given, calls[nr].size)))
		err = -EFAULT;
	kfree(arg);
	return err;
}

static const struct file_operations linx_fops = {
	.owner = THIS_MODULE, /* rmmod is refused while a descriptor or mapping exists */
	.open = dev_open,
	.release = dev_release,
	.unlocked_ioctl = dev_ioctl,
	.mmap = dev_mmap,
	.poll = dev_poll,
};

static struct miscdevice linx_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "linxcap",
	.fops = &linx_fops,
	.mode = 0600,
};

int linx_dev_init(void)
{
	return misc_register(&linx_misc);
}

void linx_dev_exit(void)
{
	misc_deregister(&linx_misc);
}
