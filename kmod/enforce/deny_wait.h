/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for locks and sending signals on behalf of a hook that refuses. On PREEMPT_RT the locks of names, tasks and
 * signals sleep, so that a probe, which runs with preemption off, cannot take them. There a hook that finds a lock held
 * ends its probe, waits until the lock is free, and judges the operation again in a new probe. Signals are sent by a
 * function that runs in place of the refused one. On other kernels nobody waits, and the hook sends the signals.
 * Implemented in enforce/deny_wait.c.
 */
#ifndef LINX_KMOD_DENY_WAIT_H
#define LINX_KMOD_DENY_WAIT_H

#include <linux/percpu.h>
#include <linux/types.h>
#include "compat/compat.h"

struct task_struct;

/* True: hooks can wait, and signals are sent by linx_deny_pay(). */
#define LINX_DENY_WAITS (IS_ENABLED(CONFIG_PREEMPT_RT) && LINX_HAVE_DENY)

/* Reasons for which a hook has to wait, since they left a rule undecided. */
struct linx_deny_found {
	bool renames; /* renames by other tasks prevented each try to read a name or a path */
	struct task_struct *task; /* a task whose alloc_lock is held by others; with a reference; NULL: none */
};

/* State of a hook between linx_deny_wait_enter() and linx_deny_wait_leave(). */
struct linx_deny_waiter {
	int idx;
	u32 left; /* how often the hook may still wait; 0: it must not sleep */
	struct linx_deny_found found;
};

/* Sends signals to the process of the current task: bit of each signal, from signal 1 on. Takes the task's siglock. */
void linx_deny_send(u64 signals);

#if LINX_DENY_WAITS

/*
 * linx_deny_wait_enter() begins a hook, linx_deny_wait_leave() ends it. The hook may be preemptible or not. In between,
 * linx_deny_wait_idle() waits for the hook.
 */
void linx_deny_wait_enter(struct linx_deny_waiter *w);
void linx_deny_wait_leave(struct linx_deny_waiter *w);
/*
 * linx_deny_found_begin() begins, and linx_deny_found_end() ends, judging an operation on this CPU, with preemption
 * off. In between, linx_deny_found_rename() and linx_deny_found_locked() note what to wait for; linx_deny_found_end()
 * copies that to w->found. linx_deny_found_begin() returns whether the hook may wait.
 */
bool linx_deny_found_begin(const struct linx_deny_waiter *w);
void linx_deny_found_end(struct linx_deny_waiter *w);
void linx_deny_found_rename(void);
void linx_deny_found_locked(struct task_struct *p);
/*
 * Has linx_deny_found_rename() or linx_deny_found_locked() noted something to wait for since linx_deny_found_begin()?
 */
bool linx_deny_found_any(void);
/* Waits for what w->found says. Sleeps only on locks. */
void linx_deny_wait(struct linx_deny_waiter *w);

/*
 * Stores signals and an error for the current task. Its hook then lets linx_deny_pay() run in place of the refused
 * function. Returns false if there is no room. Any context.
 */
bool linx_deny_owe(u64 signals, int error);
long linx_deny_pay(void);

/* Waits until all hooks that have begun have ended. Called before a hook is detached. Process context. */
void linx_deny_wait_idle(void);
/*
 * Waits until no task runs linx_deny_pay(). Called after all hooks were detached, when no task can begin it. Process
 * context.
 */
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
