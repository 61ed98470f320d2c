// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * New tasks. A child may stop before the ptrace event of its parent reports it: the child is held (not resumed) until
 * that event. If its creator is killed before the event, no event comes. The kernel does not say who created a task:
 * the parent may be a reaper or the creator's own parent. So a child that has waited for longer than an event takes is
 * adopted, which is right in any case: if the event comes after all, it is handled then.
 */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "engine/ptrace/tracer.h"

/*
 * Time, in ns, for which a new child that has stopped waits (is held) for the event of its creator. After that the
 * child is resumed without the event.
 */
#define HELD_NS 200000000ull

bool linx_tracer_follows(const struct linx_engine_ptrace *p, bool thread)
{
	return p->filter.flags & LINX_FILTER_FOLLOW || (thread && !(p->filter.flags & LINX_FILTER_THREADS));
}

#define NEW_NAMESPACES \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/*
 * True if the child that a task is creating gets the same namespaces as the task. Flags of the call that lie in memory
 * are not trusted, since another thread may change them.
 */
static bool keeps_namespaces(struct linx_engine_ptrace *p, struct linx_tracee *parent)
{
	const struct linx_walker_call *c = &parent->call;

	if (!parent->ns_known || (!parent->in_call && !linx_tracer_find_call(p, parent)))
		return false;
	if (!(c->row->flags & LINX_ROW_FORK) || c->row->in)
		return false;
	return !c->row->nargs || !(c->args[0] & NEW_NAMESPACES);
}

/*
 * Resumes a child that waited in its first stop for the event of its creator. A child that stopped together with its
 * process stays in that stop.
 */
static void let_run(struct linx_engine_ptrace *p, struct linx_tracee *child)
{
	linx_tracee_set_held(p, child, false);
	linx_untraced_restore(p, child);
	if (child->halted && !child->leave)
		linx_tracer_go_on(p, child, PTRACE_LISTEN, 0);
	else
		linx_tracer_resume(p, child, 0);
}

/* Handles the event by which the kernel reports a new child at its parent. The child may have stopped already. */
void linx_tracer_fork(struct linx_engine_ptrace *p, struct linx_tracee *parent)
{
	unsigned long message = 0;
	struct linx_tracee *child;
	struct linx_proc f;
	bool known = false;
	pid_t tid, tgid;

	if (ptrace(PTRACE_GETEVENTMSG, parent->tid, 0, &message))
		return;
	parent->watched_ns = 0;
	tid = (pid_t)message;
	child = linx_tracee_find(p, tid);
	if (child && !child->held && !child->adopted)
		return;
	if (!child) {
		known = p->started && p->filter.flags & LINX_FILTER_FOLLOW && linx_proc_read(&f, 0, tid);
		tgid = known ? (pid_t)f.ctx.pid : linx_proc_tgid(tid);
		child = tgid ? linx_tracee_add(p, tid, tgid) : NULL;
		if (!child)
			return;
		child->expected = true;
	}
	linx_tracee_set_filtered(p, child, parent->filtered);
	child->overruled |= parent->overruled;
	if (!child->adopted) /* else it runs already */
		linx_untraced_inherit(parent, child);
	child->adopted = false;
	linx_untraced_restore(p, parent);
	child->leave = !child->filtered && (parent->leave || !linx_tracer_follows(p, parent->tgid == child->tgid));
	if (child->leave) {
		child->files = child->fs = 0;
	} else {
		child->ns_known = keeps_namespaces(p, parent);
		memcpy(child->ns, parent->ns, sizeof(child->ns));
		linx_emit_fork(p, parent, child, known ? &f : NULL);
	}
	if (child->held)
		let_run(p, child);
}

/*
 * Resumes a held child, which waits in its first stop for the event of its creator, without that event. The event would
 * have marked the child like its creator, so this function finds out itself whether the child has the filter of the
 * command.
 */
static void adopt(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	t->adopted = true;
	linx_tracee_set_filtered(p, t, p->filter_made && linx_proc_more_filters(t->tid, getpid()));
	t->overruled = t->filtered; /* unknown: whether the creator was overruled */
	t->leave = !t->filtered && !linx_tracer_follows(p, t->tid != t->tgid);
	let_run(p, t);
}

/* True if the child's parent, or the first thread of its process, may still be the one whose event is to come. */
static bool has_parent(struct linx_engine_ptrace *p, const struct linx_tracee *t)
{
	return linx_tracee_find(p, linx_proc_parent(t->tid)) || (t->tid != t->tgid && linx_tracee_find(p, t->tgid));
}

void linx_tracer_unknown(struct linx_engine_ptrace *p, pid_t tid, bool group)
{
	pid_t tgid = linx_proc_tgid(tid);
	struct linx_tracee *t = tgid && linx_proc_tracer(tid) > 0 ? linx_tracee_add(p, tid, tgid) : NULL;

	if (!t) {
		/* no memory, or the task has gone: this fails if the task is not a tracee */
		ptrace(PTRACE_DETACH, tid, 0, 0);
		return;
	}
	t->files = ++p->ids;
	t->fs = ++p->ids;
	t->stopped = true;
	t->halted = group;
	t->held_ns = p->now_ns;
	linx_tracee_set_held(p, t, true);
}

static bool is_held(const struct linx_tracee *t)
{
	return t->held;
}

void linx_tracer_resume_held(struct linx_engine_ptrace *p)
{
	unsigned int n;
	pid_t *tids = linx_tracee_list(p, is_held, &n);
	struct linx_tracee *t;

	for (unsigned int i = 0; i < n; i++) {
		t = linx_tracee_find(p, tids[i]);
		if (t && t->held && (linx_emit_now(p) - t->held_ns >= HELD_NS || !has_parent(p, t)))
			adopt(p, t);
	}
	free(tids);
}
