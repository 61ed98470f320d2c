// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The state machine of stops. Tracees are seized, not attached, so that group stops can
 * be told from signals. An exec by a thread that is not the first one ends all others and
 * takes over the first one's number: the event tells the number before.
 */
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "engine/ptrace/tracer.h"

/* Stops that are handled before the caller has its turn. */
#define STEPS_MAX 256u

/* The thread that makes the exec takes over the number of the first one, which has ended. */
static struct linx_tracee *take_over(struct linx_engine_ptrace *p, struct linx_tracee *old, pid_t tid)
{
	struct linx_tracee *first = linx_tracee_find(p, tid), **at = linx_tracee_slot(p, old->tid);

	*at = old->next;
	old->next = NULL;
	if (first)
		linx_tracee_forget(p, first);
	old->tid = tid;
	old->call.tid = (uint32_t)tid;
	*linx_tracee_slot(p, tid) = old;
	return old;
}

/* An exec, by the task that now has this number. NULL: nobody has told of it. */
static struct linx_tracee *on_exec(struct linx_engine_ptrace *p, pid_t tid)
{
	unsigned long message = 0;
	struct linx_tracee *t;

	if (ptrace(PTRACE_GETEVENTMSG, tid, 0, &message))
		return linx_tracee_find(p, tid);
	t = linx_tracee_find(p, (pid_t)message);
	if (t && (pid_t)message != tid)
		t = take_over(p, t, tid);
	if (t)
		linx_emit_exec(p, t, (pid_t)message);
	return t;
}

static void on_exit_stop(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	unsigned long status = 0;
	pid_t tid = t->tid;

	ptrace(PTRACE_GETEVENTMSG, tid, 0, &status);
	linx_tracer_ended(p, t, (unsigned int)status);
	ptrace(PTRACE_CONT, tid, 0, 0);
}

static void on_signal(struct linx_engine_ptrace *p, struct linx_tracee *t, int sig)
{
	siginfo_t info;
	bool known = !ptrace(PTRACE_GETSIGINFO, t->tid, 0, &info);

	linx_emit_signal(p, t, known ? &info : NULL, sig);
	linx_tracer_resume(p, t, sig);
}

static bool stops_group(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

/* A stop without a call and without a signal: the first one, one that was asked for, or a group stop. */
static void on_plain_stop(struct linx_engine_ptrace *p, struct linx_tracee *t, int sig)
{
	linx_tracee_set_starting(p, t, false);
	t->expected = false;
	if (stops_group(sig) && !t->leave)
		linx_tracer_go_on(p, t, PTRACE_LISTEN, 0);
	else
		linx_tracer_resume(p, t, 0);
}

static void on_event(struct linx_engine_ptrace *p, struct linx_tracee *t, int event, int sig)
{
	switch (event) {
	case PTRACE_EVENT_STOP:
		on_plain_stop(p, t, sig);
		return;
	case PTRACE_EVENT_EXIT:
		on_exit_stop(p, t);
		return;
	case PTRACE_EVENT_SECCOMP: /* without our filter the stop at the entry has told of it */
		if (t->filtered)
			linx_tracer_call(p, t);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		linx_tracer_fork(p, t);
		break;
	default:
		break;
	}
	linx_tracer_resume(p, t, 0);
}

static void on_stop(struct linx_engine_ptrace *p, pid_t tid, int status)
{
	int sig = status & 0xff, event = status >> 8 & 0xff;
	struct linx_tracee *t;

	p->now_ns = linx_emit_now(p);
	t = event == PTRACE_EVENT_EXEC ? on_exec(p, tid) : linx_tracee_find(p, tid);
	if (!t) {
		linx_tracer_unknown(p, tid);
		return;
	}
	t->stopped = true;
	if (event) {
		on_event(p, t, event, sig);
	} else if (sig == (SIGTRAP | 0x80)) {
		if (!t->leave)
			linx_tracer_call(p, t);
		linx_tracer_resume(p, t, 0);
	} else if (t->leave) {
		linx_tracer_resume(p, t, sig);
	} else {
		on_signal(p, t, sig);
	}
}

unsigned int linx_tracer_step(struct linx_engine_ptrace *p)
{
	unsigned int n = 0;
	siginfo_t info;

	while (n < STEPS_MAX) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WSTOPPED | WNOHANG | __WALL) || !info.si_pid)
			break;
		on_stop(p, info.si_pid, info.si_status);
		n++;
		if (p->ntracees == 1) /* no other one can have stopped */
			break;
	}
	if (p->ndying)
		linx_tracer_reap(p);
	return n;
}
