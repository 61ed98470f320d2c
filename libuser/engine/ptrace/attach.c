// SPDX-License-Identifier: LGPL-2.1-or-later
/* Attaching tasks as tracees, and detaching them. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/ptrace/escaped.h"
#include "engine/ptrace/tracer.h"

#define OPTIONS                                                                                                        \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | \
	 PTRACE_O_TRACEEXIT)
/* Longest wait for tracees to stop when they are attached or detached: a tracee may sleep where no signal wakes it. */
#define SETTLE_NS 500000000ull
/* Longest wait for commands, which cannot run without their tracer, to end by themselves, before they are killed. */
#define GRACE_NS 1000000000ull

static int fail_attach(struct linx_engine_ptrace *p, pid_t tid, int error)
{
	pid_t tracer = linx_proc_tracer(tid);
	FILE *f;
	int scope = 0;

	if (error == ESRCH)
		return -ESRCH;
	if (tracer > 0)
		return linx_fail(&p->e.err, -EBUSY,
				 "process %d: process %d traces it already; a process has one tracer at a time", tid,
				 tracer);
	f = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	if (f && fscanf(f, "%d", &scope) != 1)
		scope = 0;
	if (f)
		fclose(f);
	if (error == EPERM && scope == 3)
		return linx_fail(
			&p->e.err, -EPERM,
			"process %d: /proc/sys/kernel/yama/ptrace_scope is 3: nobody may trace until the next boot",
			tid);
	if (error == EPERM && scope)
		return linx_fail(
			&p->e.err, -EPERM,
			"process %d: no permission: /proc/sys/kernel/yama/ptrace_scope is %d; run as root, or trace a command with -- CMD",
			tid, scope);
	return linx_fail(&p->e.err, -error, "process %d: cannot trace it: %s%s", tid, strerror(error),
			 error == EPERM ? "; run as its user, or as root" : "");
}

static int seize(struct linx_engine_ptrace *p, pid_t tid, pid_t tgid, bool filtered)
{
	struct linx_tracee *t, *leader = linx_tracee_find(p, tgid);

	if (linx_tracee_find(p, tid))
		return 0;
	if (ptrace(PTRACE_SEIZE, tid, 0, OPTIONS | (filtered ? PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL : 0)))
		return -errno;
	t = linx_tracee_add(p, tid, tgid);
	if (!t) {
		ptrace(PTRACE_INTERRUPT, tid, 0, 0);
		return -ENOMEM;
	}
	/*
	 * Threads share descriptor table and directories with their leader unless they asked for copies, which is
	 * rare.
	 */
	t->files = leader ? leader->files : ++p->ids;
	t->fs = leader ? leader->fs : ++p->ids;
	linx_tracee_set_starting(p, t, true);
	linx_tracee_set_filtered(p, t, filtered);
	if (p->started)
		ptrace(PTRACE_INTERRUPT, tid, 0, 0);
	return 0;
}

/* True if a task is a command of this process that has its seccomp filter. */
static bool is_filtered(const struct linx_engine_ptrace *p, pid_t tid)
{
	return p->filter_made && linx_proc_parent(tid) == getpid() && linx_proc_more_filters(tid, getpid());
}

int linx_tracer_seize_child(struct linx_engine_ptrace *p, const struct linx_tracee *parent, pid_t tid)
{
	pid_t tgid = linx_proc_tgid(tid);
	int rc = tgid ? seize(p, tid, tgid, parent->filtered) : -ESRCH;

	if (!rc)
		linx_tracee_find(p, tid)->overruled = parent->overruled;
	return rc;
}

/*
 * Seizes one of many threads of a process: 1, 0 if it needs not be seized, or -errno. The kernel refuses two kinds of
 * threads, which is no error: threads that have ended, and threads that a seized thread created meanwhile, which this
 * thread already traces.
 */
static int seize_thread(struct linx_engine_ptrace *p, pid_t tid, pid_t tgid)
{
	int rc;

	if (linx_tracee_find(p, tid))
		return 0;
	rc = seize(p, tid, tgid, is_filtered(p, tid));
	if (!rc)
		return 1;
	return linx_proc_has_ended(tid) || linx_proc_tracer(tid) == gettid() ? 0 : rc;
}

/*
 * Seizes all threads of a process. Repeats until a pass over all threads finds no new thread. Fails, with a text, if one of
 * them cannot be traced: its calls would be missed. *found is set if a thread was seized.
 */
static int seize_threads(struct linx_engine_ptrace *p, pid_t pid, bool *found)
{
	char path[64];
	struct dirent *d;
	pid_t tid = pid;
	bool more;
	int rc = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	do {
		more = false;
		dir = opendir(path);
		while (rc >= 0 && dir && (d = readdir(dir))) {
			if (d->d_name[0] == '.')
				continue;
			tid = (pid_t)strtol(d->d_name, NULL, 10);
			rc = seize_thread(p, tid, pid);
			more |= rc > 0;
		}
		if (dir)
			closedir(dir);
		*found |= more;
	} while (rc >= 0 && more);
	return rc < 0 ? fail_attach(p, tid, -rc) : 0;
}

/* Handles stops until *count is 0, at most for most_ns nanoseconds. */
static void settle(struct linx_engine_ptrace *p, const unsigned int *count, uint64_t most_ns)
{
	const struct timespec pause = { .tv_nsec = 100000 };
	uint64_t end = linx_clock_ns(CLOCK_MONOTONIC) + most_ns;

	while (*count && linx_clock_ns(CLOCK_MONOTONIC) < end)
		if (!linx_tracer_step(p))
			nanosleep(&pause, NULL);
}

static bool is_leader(const struct linx_tracee *t)
{
	return t->tid == t->tgid;
}

/*
 * Waits until new tracees have stopped, and then seizes threads of theirs that became visible meanwhile. The kernel decides
 * at the begin of clone(2) whether a new thread is traced. So the thread that a task creates while it is seized is not
 * traced, and /proc may list it only after the last pass over all threads. The creator's first stop comes after its call,
 * when the thread is listed. A thread that is found in this way may be creating others, so all is repeated.
 * 0, or -errno with a text.
 */
static int let_settle(struct linx_engine_ptrace *p)
{
	unsigned int n;
	bool found;
	pid_t *pids;
	int rc = 0;

	do {
		found = false;
		settle(p, &p->nstarting, SETTLE_NS);
		pids = linx_tracee_list(p, is_leader, &n);
		if (!pids)
			return linx_fail(&p->e.err, -ENOMEM, "no memory for a list of processes");
		for (unsigned int i = 0; !rc && i < n; i++)
			rc = seize_threads(p, pids[i], &found);
		free(pids);
	} while (!rc && found);
	return rc;
}

/*
 * Lets new tracees stop, and then looks for processes that have an io_uring: a ring that a tracee makes from now on is
 * seen as it is made. 0, or -errno with a text.
 */
static int let_start(struct linx_engine_ptrace *p)
{
	int rc = 0;

	if (p->filter.flags & LINX_FILTER_THREADS)
		settle(p, &p->nstarting, SETTLE_NS);
	else
		rc = let_settle(p);
	if (!p->watches_rings || p->header.info.uring_missed)
		return rc;
	LINX_EACH_TRACEE(p, t, bucket)
		if (t->tid == t->tgid || p->filter.flags & LINX_FILTER_THREADS)
			p->header.info.uring_missed |= linx_proc_has_uring(t->tid);
	return rc;
}

int linx_tracer_interrupt(struct linx_engine_ptrace *p)
{
	LINX_EACH_TRACEE(p, t, bucket)
	ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
	return let_start(p);
}

/*
 * Ends tracees with a seccomp filter: without a tracer, each call at which the filter stops would fail. First waits up
 * to grace_ns nanoseconds for them to end by themselves, as they do if they were asked to, then kills them.
 */
static void end_filtered(struct linx_engine_ptrace *p, pid_t pid, uint64_t grace_ns)
{
	if (p->nfiltered)
		settle(p, &p->nfiltered, grace_ns);
	LINX_EACH_TRACEE(p, t, bucket)
	if (t->filtered && (!pid || t->tgid == pid || t->tid == pid))
		kill(t->tgid, SIGKILL);
}

static bool may_go(const struct linx_tracee *t)
{
	return !t->filtered;
}

/* Marks the tracees of a process, or all tracees, to be detached at their next stop, and makes them stop. */
static void let_go(struct linx_engine_ptrace *p, pid_t pid)
{
	unsigned int n;
	pid_t *tids = linx_tracee_list(p, may_go, &n);
	struct linx_tracee *t;

	for (unsigned int i = 0; i < n; i++) {
		t = linx_tracee_find(p, tids[i]);
		if (!t || (pid && t->tgid != pid && t->tid != pid))
			continue;
		t->leave = true;
		if (t->stopped) {
			linx_tracee_set_held(p, t, false);
			linx_tracer_resume(p, t, 0);
		} else {
			ptrace(PTRACE_INTERRUPT, t->tid, 0, 0);
		}
	}
	free(tids);
}

int linx_tracer_attach(struct linx_engine_ptrace *p, pid_t pid)
{
	pid_t tgid = linx_proc_tgid(pid);
	bool found = false;
	int rc;

	if (!tgid)
		return linx_fail(&p->e.err, -ESRCH, "no such process: %d", pid);
	rc = seize(p, pid, tgid, is_filtered(p, pid));
	if (rc)
		return fail_attach(p, pid, -rc);
	if (!(p->filter.flags & LINX_FILTER_THREADS) && pid == tgid)
		rc = seize_threads(p, pid, &found);
	if (!rc && p->started)
		rc = let_start(p);
	if (rc)
		let_go(p, pid);
	return rc;
}

/*
 * Takes over the tracees of another engine. Calls under way continue, and each task gets a context record in the new
 * stream.
 */
void linx_tracer_inherit(struct linx_engine_ptrace *p, struct linx_engine_ptrace *from)
{
	memcpy(p->tracees, from->tracees, sizeof(p->tracees));
	memset(from->tracees, 0, sizeof(from->tracees));
	linx_pending_free(&p->pending);
	p->pending = from->pending;
	from->pending = (struct linx_pending){ .room = 0 };
	p->ntracees = from->ntracees;
	p->nstarting = from->nstarting;
	p->nheld = from->nheld;
	p->dying = from->dying;
	p->leaders = from->leaders;
	p->unmet = from->unmet;
	p->ids = from->ids;
	p->nfiltered = from->nfiltered;
	p->filter_made = from->filter_made;
	p->stop_data = from->stop_data;
	/* a ring that only threads of a process still have does not show when the recording starts */
	p->header.info.uring_missed |= p->watches_rings && from->header.info.uring_missed;
	from->nfiltered = 0;
	from->ntracees = from->nstarting = from->nheld = 0;
	from->dying = from->leaders = (struct linx_ended){ .room = 0 };
	from->unmet = (struct linx_unmet){ .room = 0 };
	LINX_EACH_TRACEE(p, t, bucket)
		t->announced = t->related = false;
}

void linx_tracer_detach(struct linx_engine_ptrace *p, pid_t pid)
{
	end_filtered(p, pid, 0);
	let_go(p, pid);
}

void linx_tracer_release(struct linx_engine_ptrace *p)
{
	linx_escaped_scan(p, true);
	end_filtered(p, 0, GRACE_NS);
	let_go(p, 0);
	settle(p, &p->ntracees, SETTLE_NS);
	linx_tracer_scan(p);
	/* Tracees that did not stop are detached by the kernel when the tracer ends. */
	for (unsigned int i = 0; i < LINX_TRACEE_BUCKETS; i++)
		while (p->tracees[i])
			linx_tracee_forget(p, p->tracees[i]);
	linx_tracer_reap(p);
}
