/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides in the kernel which tasks and calls a session records. filter/filter.c describes the order.
 *
 * The directory filter/ holds every decision whether a task or call is recorded (process list, comm, uid, cgroup,
 * result, program, sampling, budget), and the entry times that some of these decisions need. It encodes no call.
 */
#ifndef LINX_KMOD_FILTER_H
#define LINX_KMOD_FILTER_H

#include "core/session.h"

bool linx_filter_task_slow(const struct linx_session *s, const struct task_struct *p);

/* Is the uid filter the only filter that leaves out this task? The caller knows that the task is left out. */
bool linx_filter_uid_alone(const struct linx_session *s, const struct task_struct *p);

/*
 * Filters that linx_filter_task() tests at each event of a task. The filter of cgroups, which also decides by the task,
 * is tested in filter/cgroup.h.
 */
#define LINX_FILTER_OF_TASK                                                                     \
	(LINX_FILTER_PIDS | LINX_FILTER_PIDS_NOT | LINX_FILTER_THREADS | LINX_FILTER_COMM |     \
	 LINX_FILTER_COMM_NOT | LINX_FILTER_UID)

/* Filters that may accept one thread of a process and leave out another. */
#define LINX_FILTER_OF_THREAD (LINX_FILTER_THREADS | LINX_FILTER_COMM | LINX_FILTER_COMM_NOT | LINX_FILTER_UID)

/* Does the task belong to the session's owner, whose tasks are left out? */
static __always_inline bool linx_filter_is_reader(const struct linx_session *s, const struct task_struct *p)
{
	return p->tgid == s->owner_tgid && !(s->flags & LINX_SETUP_INCLUDE_SELF);
}

/* Do the filters of LINX_FILTER_OF_TASK accept the task, and is it not the reader? Probe context. */
static __always_inline bool linx_filter_task(const struct linx_session *s, const struct task_struct *p)
{
	if (linx_filter_is_reader(s, p))
		return false;
	return likely(!(READ_ONCE(s->filter) & LINX_FILTER_OF_TASK)) || linx_filter_task_slow(s, p);
}

/*
 * Do the filters on result and duration accept a call with this result and entry time? entry: 0 if the entry time is
 * not known.
 */
static __always_inline bool linx_filter_call(const struct linx_session *s, long ret, u64 entry, u64 now)
{
	u32 filter = READ_ONCE(s->filter);

	if (likely(!(filter & (LINX_FILTER_FAILED | LINX_FILTER_SUCCESSFUL | LINX_FILTER_DURATION))))
		return true;
	if (filter & LINX_FILTER_FAILED && !IS_ERR_VALUE(ret))
		return false;
	if (filter & LINX_FILTER_SUCCESSFUL && IS_ERR_VALUE(ret))
		return false;
	return !(filter & LINX_FILTER_DURATION) || (entry && now - entry >= READ_ONCE(s->min_duration));
}

/*
 * Keeps the list of processes up to date: children are added at fork, a thread that execs takes over its leader's id,
 * and tasks leave at their end.
 */
void linx_filter_fork(struct linx_session *s, const struct task_struct *parent, const struct task_struct *child);
void linx_filter_exec(struct linx_session *s, const struct task_struct *p, pid_t old_tid, bool reused);
/*
 * Returns, at the end of the task p, the thread of p's process that is in an exec and will take over the leader's id
 * when all other threads have ended. NULL: there is none, or it is not certain. The caller must now move what it stores
 * under that thread's id to the leader's id, since no probe reports an exec that fails after this point.
 */
const struct task_struct *linx_exec_successor(const struct task_struct *p);
void linx_filter_exit(struct linx_session *s, const struct task_struct *p);
/* Takes a process off the list of processes. Called when its last thread has ended. */
void linx_filter_end_process(struct linx_session *s, pid_t tgid);
void linx_filter_list(struct linx_session *s, pid_t id, bool on);
/*
 * Between linx_filter_hold() and linx_filter_drop() the list counts as not empty, so that the reader is not woken
 * because of an empty list.
 */
void linx_filter_hold(struct linx_session *s);
void linx_filter_drop(struct linx_session *s);
/* Time at which the id of a task was put on the list of processes, and who put it there. */
enum linx_listed {
	LINX_LISTED_NOW, /* just now, by the owner */
	LINX_LISTED_BEFORE, /* by the owner, before probes were attached: perhaps no probe has seen the task end */
	LINX_LISTED_PROBED, /* at any time, by the owner, or by a probe of this session or of the one inherited from */
};

/* Puts an id on the list for the owner, unless its task has already ended. */
void linx_filter_add(struct linx_session *s, pid_t id);
/*
 * Takes off the list the ids of ended tasks that no probe took off, and ids that an exec left there. It may be called
 * at any time, in process context. Tasks whose exit probe is still to come stay on the list.
 */
void linx_filter_prune(struct linx_session *s, enum linx_listed when);
bool linx_filter_join(struct linx_session *s, const unsigned long *list);

#endif
