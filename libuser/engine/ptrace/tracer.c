// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The state machine of stops. Tracees are seized, not attached, so that group stops differ from signals. If a thread
 * that is not the leader execs, all other threads end, and this thread takes over the leader's tid: the event of the
 * exec carries its former tid.
 *
 * SIGKILL takes a task out of a stop that waits to be handled, and into the stop of its end. The earlier stop is then
 * skipped: handling it would resume the task, which would then end unseen.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "engine/ptrace/restart.h"
#include "engine/ptrace/tracer.h"

/* Number of stops that are handled before the caller gets control back. */
#define STEPS_MAX 256u
/* Longest time between two checks for tasks that ended unseen, while others stop. */
#define SCAN_NS 200000000ull

/* Moves a thread that execs to the tid of its leader, which has ended. */
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

/* True if a task that stopped with an event or a signal (sig) has left that stop since: it is ending or has ended. */
static bool has_left(pid_t tid, int sig, siginfo_t *info)
{
	if (ptrace(PTRACE_GETSIGINFO, tid, 0, info))
		return errno == ESRCH;
	/* A program may send itself a SIGTRAP that looks like the event of an end. */
	return sig != SIGTRAP && info->si_signo == SIGTRAP && info->si_code == (SIGTRAP | PTRACE_EVENT_EXIT << 8);
}

/* Skips a stop that the task has left: its next stop, or its end, is still to come. */
static void pass_over(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	t->stopped = false;
	linx_tracer_look(p, t);
}

/* Handles an exec by the task that now has the number tid. NULL: no event has reported that task yet. */
static struct linx_tracee *on_exec(struct linx_engine_ptrace *p, pid_t tid)
{
	unsigned long message = 0;
	struct linx_tracee *t;
	siginfo_t info;

	if (has_left(tid, 0, &info) || ptrace(PTRACE_GETEVENTMSG, tid, 0, &message))
		return linx_tracee_find(p, tid);
	t = linx_tracee_find(p, (pid_t)message);
	if (t && (pid_t)message != tid)
		t = take_over(p, t, tid);
	if (t && !t->leave)
		linx_emit_exec(p, t, (pid_t)message);
	return t;
}

static void on_exit_stop(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	unsigned long status = 0;
	pid_t tid = t->tid;

	/* the task was killed in this stop; its wait status comes with its end */
	if (ptrace(PTRACE_GETEVENTMSG, tid, 0, &status)) {
		pass_over(p, t);
		return;
	}
	linx_tracer_ended(p, t, (unsigned int)status);
	ptrace(PTRACE_CONT, tid, 0, 0);
}

static bool stops_group(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static void on_signal(struct linx_engine_ptrace *p, struct linx_tracee *t, int sig)
{
	siginfo_t info = { .si_signo = 0 };

	if (has_left(t->tid, sig, &info)) {
		pass_over(p, t);
		return;
	}
	if (!t->leave)
		linx_emit_signal(p, t, info.si_signo ? &info : NULL, sig);
	/* After SIGSTOP and SIGCONT the interrupted call fails with EINTR without a tracer, too. */
	if (!stops_group(sig) && !(sig == SIGCONT && t->halted))
		linx_restart_call(t->tid);
	t->halted &= sig != SIGCONT;
	linx_tracer_resume(p, t, sig);
}

/*
 * Handles a stop that is neither at a call nor for a signal: a tracee's first stop, a requested one, or a group stop.
 */
static void on_plain_stop(struct linx_engine_ptrace *p, struct linx_tracee *t, int sig)
{
	bool group = stops_group(sig), requested = t->starting || t->leave;

	linx_tracee_set_starting(p, t, false);
	t->expected = false;
	t->halted |= group;
	linx_untraced_restore(p, t);
	if (requested && !group)
		linx_restart_call(t->tid);
	if (group && !t->leave)
		linx_tracer_go_on(p, t, PTRACE_LISTEN, 0);
	else
		linx_tracer_resume(p, t, 0);
}

/*
 * Makes a tracee leave after its call. It is not detached at the call, which the request to stop may have ended with
 * EINTR. Its next stop comes after the call, and there the call can be continued. The request is made again, since the
 * stop at the call has fulfilled it.
 */
static void leave_after_call(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	linx_untraced_restore(p, t);
	ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
	linx_tracer_go_on(p, t, PTRACE_CONT, 0);
}

static void on_call(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	if (t->leave)
		leave_after_call(p, t);
	else if (linx_tracer_call(p, t))
		linx_tracer_resume(p, t, 0);
	else
		pass_over(p, t);
}

static void on_event(struct linx_engine_ptrace *p, struct linx_tracee *t, int event, int sig)
{
	siginfo_t info;

	if (event == PTRACE_EVENT_EXIT) {
		on_exit_stop(p, t);
		return;
	}
	/* A task without this engine's filter stopped at the call's entry before, which was recorded then. */
	if (event == PTRACE_EVENT_SECCOMP && t->filtered) {
		on_call(p, t);
		return;
	}
	if (has_left(t->tid, 0, &info)) {
		pass_over(p, t);
		return;
	}
	switch (event) {
	case PTRACE_EVENT_STOP:
		on_plain_stop(p, t, sig);
		return;
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
		linx_tracer_unknown(p, tid, event == PTRACE_EVENT_STOP && stops_group(sig));
		return;
	}
	t->stopped = true;
	if (event)
		on_event(p, t, event, sig);
	else if (sig == (SIGTRAP | 0x80))
		on_call(p, t);
	else
		on_signal(p, t, sig);
}

static bool take_stop(void *ctx, struct linx_stop *s)
{
	siginfo_t info;

	(void)ctx;
	info.si_pid = 0;
	if (waitid(P_ALL, 0, &info, WSTOPPED | WNOHANG | __WALL) || !info.si_pid)
		return false;
	*s = (struct linx_stop){ .tid = info.si_pid, .status = info.si_status };
	return true;
}

unsigned int linx_tracer_step(struct linx_engine_ptrace *p)
{
	struct linx_stop s;
	unsigned int n;

	/* A single tracee has at most one stop: it is not asked for a second one. */
	linx_pending_collect(&p->pending, p->ntracees == 1 ? 1 : UINT_MAX, take_stop, NULL);
	for (n = 0; n < STEPS_MAX && linx_pending_next(&p->pending, &s); n++)
		on_stop(p, s.tid, s.status);
	if (p->dying.n)
		linx_tracer_reap(p);
	/*
	 * Also looks here for tasks that ended without a stop, since an endless series of stops leaves no other moment.
	 */
	if (n && p->now_ns - p->scanned_ns >= SCAN_NS)
		linx_tracer_scan(p);
	return n;
}
