// SPDX-License-Identifier: LGPL-2.1-or-later
/* Children that leave the trace: see engine/ptrace/escaped.h. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "engine/ptrace/escaped.h"
#include "engine/ptrace/tracer.h"

/* Time after which a watched call is looked at although it has not returned and no event has reported a child of it. */
#define LONG_NS 200000000ull
/* Longest text of a list of children that is read. */
#define LIST_MAX ((size_t)1 << 20)
/* Number of generations that are followed, since an escaped child may have made children before it was seized. */
#define GENERATIONS 8u
/* Number of a task's pending signals among which the signal of a seccomp filter is looked for. */
#define SIGNALS 4
/* Most children that are kept in linx_engine_ptrace.unmet. Without an older one, its call is reported. */
#define UNMET_MAX 4096u

/* A search for the child of a watched call. */
struct search {
	struct linx_engine_ptrace *p;
	struct linx_tracee *by; /* the task that made the call */
	unsigned int generation;
	unsigned int seized; /* number of tasks that were not traced, and are now */
	bool traced; /* a new child is traced whose event has not been handled */
	bool separate; /* a new child is a separate process that need not be traced, and is not traced */
};

static void search_process(struct search *s, pid_t tgid);

/* True if a task began after the call did. /proc has a task's start in ticks, rounded down. */
static bool is_new(const struct search *s, pid_t tid)
{
	struct linx_proc f;

	return linx_proc_read(&f, 0, tid) && f.ctx.start_time + linx_proc_ticks_ns(1) > s->by->watched_ns;
}

static void look_at(struct search *s, pid_t tid)
{
	const struct linx_tracee *known = linx_tracee_find(s->p, tid);
	bool own_process;
	pid_t tracer;

	if (known && !known->held && !known->adopted)
		return;
	tracer = linx_proc_tracer(tid);
	if (tracer < 0 || !is_new(s, tid))
		return;
	if (tracer) {
		s->traced = true;
		return;
	}
	own_process = linx_proc_tgid(tid) == tid;
	if (own_process && !linx_tracer_follows(s->p, false)) {
		s->separate = true;
		return;
	}
	if (linx_tracer_seize_child(s->p, s->by, tid))
		return;
	s->seized++;
	if (own_process && s->generation < GENERATIONS) {
		s->generation++;
		search_process(s, tid);
		s->generation--;
	}
}

static void search_children(struct search *s, pid_t tid)
{
	char name[64], *text, *at, *end;
	size_t len;
	pid_t child;

	snprintf(name, sizeof(name), "task/%d/children", tid);
	text = at = linx_proc_whole(tid, name, LIST_MAX, &len);
	while (at && (child = (pid_t)strtol(at, &end, 10)) > 0) {
		at = end;
		look_at(s, child);
	}
	free(text);
}

/* Looks at all threads of a process, and at their children. */
static void search_process(struct search *s, pid_t tgid)
{
	char path[LINX_PROC_PATH];
	struct dirent *d;
	pid_t tid;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", tgid);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		tid = (pid_t)strtol(d->d_name, NULL, 10);
		if (tid > 0 && tid != s->by->tid)
			look_at(s, tid);
		if (tid > 0)
			search_children(s, tid);
	}
	if (dir)
		closedir(dir);
}

static struct search search(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	struct search s = { .p = p, .by = t };

	search_process(&s, t->tgid);
	return s;
}

static void report(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct linx_tamper tamper = { .what = LINX_TAMPER_ESCAPED };

	t->watched_ns = 0;
	if (p->started && linx_snap_report(&p->e.tampers, &tamper, (uint32_t)t->tid, (uint32_t)t->tgid, p->now_ns))
		p->unreported = true;
}

void linx_escaped_watch(struct linx_tracee *t)
{
	t->watched_ns = linx_clock_ns(CLOCK_BOOTTIME);
}

/*
 * True if a seccomp filter of the program has refused the call with the signal SIGSYS. The call's result is then the
 * call's number.
 */
static bool is_trapped(const struct linx_tracee *t)
{
	struct __ptrace_peeksiginfo_args args = { .nr = SIGNALS };
	siginfo_t pending[SIGNALS];
	long n = ptrace(PTRACE_PEEKSIGINFO, t->tid, &args, pending);

	for (long i = 0; i < n; i++)
		if (pending[i].si_signo == SIGSYS && pending[i].si_syscall == t->call.nr)
			return true;
	return false;
}

static void drop(struct linx_unmet *u, uint32_t i)
{
	u->n--;
	memmove(&u->children[i], &u->children[i + 1], (u->n - i) * sizeof(*u->children));
}

void linx_escaped_ended(struct linx_engine_ptrace *p, const struct linx_tracee *child)
{
	struct linx_unmet *u = &p->unmet;
	struct linx_proc f;

	if ((!child->held && !child->adopted) || !linx_proc_read(&f, 0, child->tid))
		return;
	if (u->n == UNMET_MAX)
		drop(u, 0);
	if (linx_array_room((void **)&u->children, &u->room, u->n, sizeof(*u->children)))
		return;
	u->children[u->n++] = (struct linx_unmet_child){
		.tid = child->tid, .ns_tid = (pid_t)f.who.ns_tid, .tgid = (pid_t)f.ctx.pid, .parent = (pid_t)f.ctx.ppid,
		.began_ns = f.ctx.start_time + linx_proc_ticks_ns(1),
	};
}

/* True if a child is the result of a watched call. The result of a call whose task is gone is not known. */
static bool is_made_by(const struct linx_unmet_child *c, const struct linx_tracee *t)
{
	const int64_t made = t->call.ret;

	if (c->began_ns <= t->watched_ns || (made > 0 && made != c->tid && made != c->ns_tid))
		return false;
	return c->tgid == t->tgid || c->parent == t->tgid || c->parent == linx_proc_parent(t->tid); /* the last by CLONE_PARENT */
}

/*
 * True if the child of a watched call was traced, and ended before an event reported it. Each such child explains one
 * call.
 */
static bool has_ended_unmet(struct linx_engine_ptrace *p, const struct linx_tracee *t)
{
	for (uint32_t i = 0; i < p->unmet.n; i++)
		if (is_made_by(&p->unmet.children[i], t)) {
			drop(&p->unmet, i);
			return true;
		}
	return false;
}

/* Drops children that began before all watched calls. */
static void drop_unmet(struct linx_engine_ptrace *p)
{
	struct linx_unmet *u = &p->unmet;
	uint64_t since = UINT64_MAX;

	if (!u->n)
		return;
	LINX_EACH_TRACEE(p, t, bucket)
		if (t->watched_ns && t->watched_ns < since)
			since = t->watched_ns;
	for (uint32_t i = u->n; i-- > 0;)
		if (u->children[i].began_ns <= since)
			drop(u, i);
}

/* True if the search, or a child that ended, explains why no event has reported a child of a call that is ending. */
static bool is_explained(struct linx_engine_ptrace *p, const struct search *s)
{
	return s->separate || s->traced || has_ended_unmet(p, s->by);
}

void linx_escaped_look(struct linx_engine_ptrace *p, struct linx_tracee *t, bool ending)
{
	struct search s = search(p, t);

	if (s.seized || !(ending ? is_explained(p, &s) : s.separate || is_trapped(t)))
		report(p, t);
	t->watched_ns = 0;
}

static bool is_watched(const struct linx_tracee *t)
{
	return t->watched_ns && t->in_call && !t->leave && linx_clock_ns(CLOCK_BOOTTIME) - t->watched_ns >= LONG_NS;
}

void linx_escaped_scan(struct linx_engine_ptrace *p, bool last)
{
	unsigned int n;
	pid_t *tids = linx_tracee_list(p, is_watched, &n);
	struct linx_tracee *t;
	struct search s;

	for (unsigned int i = 0; i < n; i++) {
		t = linx_tracee_find(p, tids[i]);
		if (!t)
			continue;
		s = search(p, t);
		if (s.seized || (last && !is_explained(p, &s)))
			report(p, t);
	}
	free(tids);
	drop_unmet(p);
}
