/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decisions in the kernel: which tasks and calls a session records. filter/filter.c
 * says in which order.
 *
 * The room filter/ holds every decision whether a task or call is recorded (process
 * list, comm, uid, result, program, sampling, budget), and the entry times that some
 * of them need. It encodes no call.
 */
#ifndef LINX_KMOD_FILTER_H
#define LINX_KMOD_FILTER_H

#include "core/session.h"

bool linx_filter_task_slow(const struct linx_session *s, const struct task_struct *p);

/* For a task that is filtered: is its user the only reason? */
bool linx_filter_uid_alone(const struct linx_session *s, const struct task_struct *p);

/* Filters on the task, not on the call. */
#define LINX_FILTER_OF_TASK                                                                     \
	(LINX_FILTER_PIDS | LINX_FILTER_PIDS_NOT | LINX_FILTER_THREADS | LINX_FILTER_COMM |     \
	 LINX_FILTER_COMM_NOT | LINX_FILTER_UID)

/* Filters on the task that may accept one thread of a process and not another. */
#define LINX_FILTER_OF_THREAD (LINX_FILTER_THREADS | LINX_FILTER_COMM | LINX_FILTER_COMM_NOT | LINX_FILTER_UID)

/* May records of this task be written? Probe context. */
static __always_inline bool linx_filter_task(const struct linx_session *s, const struct task_struct *p)
{
	if (p->tgid == s->owner_tgid && !(s->flags & LINX_SETUP_INCLUDE_SELF))
		return false;
	return likely(!(READ_ONCE(s->filter) & LINX_FILTER_OF_TASK)) || linx_filter_task_slow(s, p);
}

/* May a call with this result and entry time (0: not known) be recorded? */
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

/* The list of processes follows forks, and execs of threads; entries end with the task. */
void linx_filter_fork(struct linx_session *s, const struct task_struct *parent, const struct task_struct *child);
void linx_filter_exec(struct linx_session *s, const struct task_struct *p, pid_t old_tid, bool reused);
/*
 * p ends: who execs, and will have the leader's id once all others have ended. NULL: nobody, or not
 * for sure. To be told now, since an exec that fails from here on is told by nobody.
 */
const struct task_struct *linx_exec_successor(const struct task_struct *p);
void linx_filter_exit(struct linx_session *s, const struct task_struct *p);
/* No end of a thread is still to be told. */
void linx_filter_end_process(struct linx_session *s, pid_t tgid);
void linx_filter_list(struct linx_session *s, pid_t id, bool on);
/* Between these two the list counts as one that is not empty, whatever is on it. */
void linx_filter_hold(struct linx_session *s);
void linx_filter_drop(struct linx_session *s);
/* How numbers came on the list. */
enum linx_listed {
	LINX_LISTED_NOW, /* by the owner, in this moment */
	LINX_LISTED_BEFORE, /* by the owner, before there were probes */
	LINX_LISTED_PROBED, /* by whomever: a probe of the session, or of that which it takes over from, too */
};

/* By its owner: unless it has ended, perhaps unseen. */
void linx_filter_add(struct linx_session *s, pid_t id);
/*
 * Take those off the list that have ended unseen, and numbers that an exec left.
 * At any time, in process context: who is still to be told of as ended stays.
 */
void linx_filter_prune(struct linx_session *s, enum linx_listed when);
bool linx_filter_join(struct linx_session *s, const unsigned long *list);

#endif
