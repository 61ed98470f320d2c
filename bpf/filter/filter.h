/* SPDX-License-Identifier: GPL-2.0-only */
/* Filters on tasks and results, and the list of recorded processes: the rules are those of kmod/filter. */
#ifndef LINX_BPF_FILTER_H
#define LINX_BPF_FILTER_H

#include "base/maps.h"

/* Bits of the filters that test the task. */
#define TASK_FILTERS \
	(LINX_FILTER_PIDS | LINX_FILTER_PIDS_NOT | LINX_FILTER_COMM | LINX_FILTER_COMM_NOT | LINX_FILTER_UID)

static __always_inline const struct linx_bpf_control *settings(void)
{
	return &control;
}

static __always_inline bool is_running(void)
{
	return !(settings()->filter & LINX_BPF_STOPPED);
}

static __always_inline bool is_owner(struct task_struct *p)
{
	__u32 owner = config.owner;

	return owner && MEMBER(p, tgid) == (int)owner;
}

static __always_inline __u32 listed_id(struct task_struct *p)
{
	return settings()->filter & LINX_FILTER_THREADS ? MEMBER(p, pid) : MEMBER(p, tgid);
}

static __always_inline bool is_listed(struct task_struct *p)
{
	__u32 id = listed_id(p);

	return bpf_map_lookup_elem(&listed, &id) != 0;
}

/* Compares the task's command name, which is padded with NUL to 16 bytes, with the list, word by word. */
static __noinline bool comm_listed(struct task_struct *p)
{
	__u64 comm[2] = { 0 };
	const __u64 *one;

	bpf_core_read_str(comm, sizeof(comm), &p->comm);
	for (__u32 i = 0; i < LINX_FILTER_COMMS && i < settings()->ncomms; i++) {
		one = (const void *)settings()->comms[i];
		if (one[0] == comm[0] && one[1] == comm[1])
			return true;
	}
	return false;
}

/* Results of the filters on a task. */
enum { TASK_FAILS, TASK_PASSES, TASK_FAILS_BY_UID };

static __noinline __u32 ask_filters(struct task_struct *p)
{
	const struct linx_bpf_control *c = settings();
	__u32 filter = c->filter, uid;

	if (filter & LINX_FILTER_PIDS && !is_listed(p))
		return TASK_FAILS;
	if (filter & LINX_FILTER_PIDS_NOT && is_listed(p))
		return TASK_FAILS;
	if (filter & (LINX_FILTER_COMM | LINX_FILTER_COMM_NOT) && comm_listed(p) != !!(filter & LINX_FILTER_COMM))
		return TASK_FAILS;
	if (!(filter & LINX_FILTER_UID))
		return TASK_PASSES;
	uid = BPF_CORE_READ(p, cred, uid.val);
	return uid >= c->uid_min && uid <= c->uid_max ? TASK_PASSES : TASK_FAILS_BY_UID;
}

static __always_inline __u32 filters_say(struct task_struct *p)
{
	return settings()->filter & TASK_FILTERS ? ask_filters(p) : TASK_PASSES;
}

static __always_inline bool task_passes(struct cpu *x, struct task_struct *p)
{
	return filters_say(p) == TASK_PASSES;
}

static __always_inline bool duration_passes(const struct work *w)
{
	return w->begin && w->time - w->begin >= settings()->min_duration;
}

static __always_inline bool result_passes(const struct work *w)
{
	__u32 filter = settings()->filter;
	bool bad = failed(w->ret);

	if ((filter & LINX_FILTER_FAILED && !bad) || (filter & LINX_FILTER_SUCCESSFUL && bad))
		return false;
	return !(filter & LINX_FILTER_DURATION) || duration_passes(w);
}

static __noinline int list_id(__u32 id, bool on)
{
	__u32 once = LISTED;

	if (on && !bpf_map_update_elem(&listed, &id, &once, BPF_NOEXIST))
		add_atomic(&control.listed, 1);
	if (!on && !bpf_map_delete_elem(&listed, &id))
		add_atomic(&control.listed, -1);
	return 0;
}

/*
 * If children are followed and the parent is on the list of recorded processes, adds the child. Runs in the parent
 * before the child runs.
 */
static __always_inline void list_child(struct task_struct *parent, struct task_struct *child)
{
	__u32 id = listed_id(child), *how;

	if (!(settings()->filter & LINX_FILTER_FOLLOW) || !is_listed(parent))
		return;
	how = bpf_map_lookup_elem(&listed, &id);
	if (how)
		*how = LISTED_AGAIN;
	else
		list_id(id, true);
}

/*
 * By exec a thread that is not the leader of its process takes over the leader's tid. If its old tid is on the list,
 * the leader's tid replaces it, unless hand_over() has done that. The thread gives its old tid up before the new program
 * is loaded. If a new task that is listed itself has got that tid meanwhile, the tid stays on the list.
 */
static __always_inline void list_exec(struct task_struct *p, __u32 old)
{
	__u32 id = p->pid, *how;

	if (!(settings()->filter & LINX_FILTER_THREADS) || id == old)
		return;
	how = bpf_map_lookup_elem(&listed, &id);
	if (how && *how == LISTED_HANDED_OVER) {
		*how = LISTED;
		return;
	}
	how = bpf_map_lookup_elem(&listed, &old);
	if (!how)
		return;
	list_id(id, true);
	if (*how == LISTED_AGAIN)
		*how = LISTED;
	else
		list_id(old, false);
}

/*
 * If a listed thread is about to take over the leader's id by exec, lists the leader's id instead of that thread's own.
 * Returns true if it has listed the leader's id. p: a task that is ending.
 */
static __always_inline bool hand_over(struct task_struct *p)
{
	struct task_struct *to = execer(p);
	__u32 leader = p->tgid, id, *how;

	if (!to || to == p || (p->pid != p->tgid && !BPF_CORE_READ(p, group_leader, exit_state)))
		return false;
	id = BPF_CORE_READ(to, pid);
	if (!bpf_map_lookup_elem(&listed, &id))
		return false;
	list_id(leader, true);
	how = bpf_map_lookup_elem(&listed, &leader);
	if (how)
		*how = LISTED_HANDED_OVER;
	list_id(id, false);
	return true;
}

/*
 * Removes an ended task from the list; a process is removed with its last thread. If forks and execs are followed, the
 * leader's id, too, stays until then: a thread that execs takes over that id.
 */
static __always_inline void unlist_task(struct task_struct *p)
{
	__u32 filter = settings()->filter;

	if (filter & LINX_FILTER_THREADS && !((hand_over(p) || filter & LINX_FILTER_FOLLOW) && p->pid == p->tgid))
		list_id(p->pid, false);
	if (!BPF_CORE_READ(p, signal, live.counter))
		list_id(p->tgid, false);
}

#endif
