/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a hook leaves to a context that may sleep. On PREEMPT_RT the locks of names, tasks and signals sleep, so that a
 * probe, which runs with preemption off, cannot take them. There a hook that found a lock held leaves the probe, waits
 * until the lock is free, and judges the operation anew. Signals are sent by a function that runs in place of the
 * refused one. On other kernels nobody waits, and the hook sends the signals. Implemented in enforce/deny_wait.c.
 */
#ifndef LINX_KMOD_DENY_WAIT_H
#define LINX_KMOD_DENY_WAIT_H

#include <linux/percpu.h>
#include <linux/types.h>
#include "compat/compat.h"

struct task_struct;

/* 1: hooks wait, and signals are sent in linx_deny_pay(). */
#define LINX_DENY_WAITS (IS_ENABLED(CONFIG_PREEMPT_RT) && LINX_HAVE_DENY)

/* What kept a judgement from an answer. */
struct linx_deny_found {
	bool renames; /* others rename */
	struct task_struct *task; /* its alloc_lock is held; with a reference; NULL: none */
};

/* Of a hook, from its begin to its end. */
struct linx_deny_waiter {
	int idx;
	u32 left; /* how often the hook may wait; 0: it may not sleep, or not any more */
	struct linx_deny_found found;
};

/* Sends signals to the process of the current task: bit of each signal, from signal 1 on. Takes the task's siglock. */
void linx_deny_send(u64 signals);

#if LINX_DENY_WAITS

/* A hook of a function begins and ends, preemptible or not. In between the module's code is not freed. */
void linx_deny_wait_enter(struct linx_deny_waiter *w);
void linx_deny_wait_leave(struct linx_deny_waiter *w);
/*
 * A judgement begins and ends on this CPU; preemption is off. In between, the functions below take notes. Returns whether
 * the hook may wait.
 */
bool linx_deny_found_begin(const struct linx_deny_waiter *w);
void linx_deny_found_end(struct linx_deny_waiter *w);
void linx_deny_found_rename(void);
void linx_deny_found_locked(struct task_struct *p);
/* Has this judgement found a lock for which the hook can wait? */
bool linx_deny_found_any(void);
/* Waits for what was found. Sleeps on locks alone. */
void linx_deny_wait(struct linx_deny_waiter *w);

/*
 * Notes signals and an error for the current task, whose hook then lets linx_deny_pay() run in place of the function. Returns
 * false if there is no room. Any context.
 */
bool linx_deny_owe(u64 signals, int error);
long linx_deny_pay(void);

/* Waits until no hook waits: before a function is given back. Process context. */
void linx_deny_wait_idle(void);
/* Waits until no task runs linx_deny_pay(). The caller has detached all hooks. Process context. */
void linx_deny_wait_over(void);

#else

static inline long linx_deny_pay(void)
{
	return 0;
}

static inline void linx_deny_wait_enter(struct linx_deny_waiter *w)
{
}

static inline void linx_deny_wait_leave(struct linx_deny_waiter *w)
{
}

static inline bool linx_deny_found_begin(const struct linx_deny_waiter *w)
{
	return false;
}

static inline void linx_deny_found_end(struct linx_deny_waiter *w)
{
}

static inline void linx_deny_found_rename(void)
{
}

static inline void linx_deny_found_locked(struct task_struct *p)
{
}

static inline bool linx_deny_found_any(void)
{
	return false;
}

static inline void linx_deny_wait(struct linx_deny_waiter *w)
{
}

static inline bool linx_deny_owe(u64 signals, int error)
{
	return true;
}

static inline void linx_deny_wait_idle(void)
{
}

static inline void linx_deny_wait_over(void)
{
}

#endif
#endif
