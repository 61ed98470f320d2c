// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tasks that end, and tasks that are resumed. A tracee that ended stays a zombie until the tracer has waited for it:
 * before that its parent does not see its end. A child of the tracer's own process is left for its caller to wait for.
 * Any operation may fail with ESRCH, since a tracee may be killed at any time.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "engine/ptrace/escaped.h"
#include "engine/ptrace/tracer.h"

static void wait_later(struct linx_ended *e, pid_t tid)
{
	if (!linx_array_room((void **)&e->tids, &e->room, e->n, sizeof(*e->tids)))
		e->tids[e->n++] = tid;
}

/* Waits for the leader of a process whose last thread has ended, if the leader had ended before. */
static void wait_for_leader(struct linx_engine_ptrace *p, pid_t tgid)
{
	struct linx_ended *e = &p->leaders;

	for (unsigned int i = 0; i < e->n; i++) {
		if (e->tids[i] != tgid)
			continue;
		e->tids[i] = e->tids[--e->n];
		wait_later(&p->dying, tgid);
		return;
	}
}

/* True if orphaned processes become children of this process. */
static bool adopts(void)
{
	int reaper = 0;

	return getpid() == 1 || (!prctl(PR_GET_CHILD_SUBREAPER, &reaper) && reaper);
}

static bool is_own_child(const struct linx_tracee *t)
{
	if (t->tid != t->tgid || (t->foreign && !adopts()))
		return false;
	return linx_proc_parent(t->tid) == getpid();
}

void linx_tracer_ended(struct linx_engine_ptrace *p, struct linx_tracee *t, unsigned int status)
{
	const bool last = linx_tracee_is_last(p, t);

	linx_escaped_ended(p, t);
	linx_tracer_end_call(p, t);
	linx_emit_task_exit(p, t, status, last);
	if (!is_own_child(t))
		wait_later(t->tid == t->tgid && !last ? &p->leaders : &p->dying, t->tid);
	if (last)
		wait_for_leader(p, t->tgid);
	linx_tracee_forget(p, t);
	if (p->nheld)
		linx_tracer_resume_held(p);
}

/*
 * Waits for ended tasks, so that their parents see their ends. A tid that an exec or a new task has taken over is
 * dropped: the ended task does not have it any more.
 */
static void reap(struct linx_engine_ptrace *p, struct linx_ended *e)
{
	unsigned int n = 0;
	int status;
	pid_t got;

	for (unsigned int i = 0; i < e->n; i++) {
		if (linx_tracee_find(p, e->tids[i])) /* the number was reused, or taken over by an exec */
			continue;
		got = waitpid(e->tids[i], &status, __WALL | WNOHANG);
		if (!got || (got > 0 && WIFSTOPPED(status)))
			e->tids[n++] = e->tids[i];
		if (got > 0 && WIFSTOPPED(status))
			ptrace(PTRACE_CONT, got, 0, 0);
	}
	e->n = n;
}

void linx_tracer_reap(struct linx_engine_ptrace *p)
{
	reap(p, &p->dying);
}

/* Reads a task's state without consuming its stop. False: tid is neither a child nor a tracee of this process. */
static bool ask(pid_t tid, siginfo_t *info)
{
	info->si_pid = 0;
	return !waitid(P_PID, (id_t)tid, info, WEXITED | WNOHANG | WNOWAIT | __WALL) || errno != ECHILD;
}

/*
 * Checks whether a task has ended without a stop, because it was killed while it was not in a stop. A thread that the
 * kernel does not find may have taken over its process's number by an exec whose stop is still to come: it is kept as
 * long as the process exists.
 */
void linx_tracer_look(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	siginfo_t info, process;
	unsigned int status;

	if (!ask(t->tid, &info)) {
		if (t->tid == t->tgid || !ask(t->tgid, &process)) {
			linx_escaped_ended(p, t);
			linx_tracer_end_call(p, t);
			linx_tracee_forget(p, t);
		}
		return;
	}
	/* waitid() reports stops of tracees even without WSTOPPED; a stop is not an end. */
	if (!info.si_pid || info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED)
		return;
	status = info.si_code == CLD_EXITED ? (unsigned int)(info.si_status & 0xff) << 8 :
					      (unsigned int)info.si_status | (info.si_code == CLD_DUMPED ? 0x80u : 0);
	p->now_ns = linx_emit_now(p);
	linx_tracer_ended(p, t, status);
}

static bool is_running(const struct linx_tracee *t)
{
	return !t->stopped;
}

void linx_tracer_scan(struct linx_engine_ptrace *p)
{
	unsigned int n;
	pid_t *tids = linx_tracee_list(p, is_running, &n);
	struct linx_tracee *t;

	p->scanned_ns = linx_emit_now(p);
	linx_escaped_scan(p, false);
	for (unsigned int i = 0; i < n; i++) {
		t = linx_tracee_find(p, tids[i]);
		if (t)
			linx_tracer_look(p, t);
	}
	free(tids);
	if (p->nheld)
		linx_tracer_resume_held(p);
	linx_tracer_reap(p);
	reap(p, &p->leaders);
}

void linx_tracer_go_on(struct linx_engine_ptrace *p, struct linx_tracee *t, int request, int sig)
{
	t->stopped = false;
	/* ESRCH: the task has been killed; its exit stop or its end is still to come. */
	if (ptrace(request, t->tid, 0, (void *)(long)sig) && errno == ESRCH)
		linx_tracer_look(p, t);
}

void linx_tracer_resume(struct linx_engine_ptrace *p, struct linx_tracee *t, int sig)
{
	pid_t tid = t->tid;

	if (!t->leave) {
		p->spin.kind = t->returns ? LINX_SPIN_RETURN : LINX_SPIN_CALL;
		linx_tracer_go_on(p, t, t->filtered && !t->overruled && !t->returns ? PTRACE_CONT : PTRACE_SYSCALL, sig);
		return;
	}
	if (ptrace(PTRACE_DETACH, tid, 0, (void *)(long)sig) && errno == ESRCH)
		linx_tracer_look(p, t);
	else
		linx_tracee_forget(p, t);
}
