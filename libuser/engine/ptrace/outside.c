// SPDX-License-Identifier: LGPL-2.1-or-later
/* Processes outside the trace: see engine/ptrace/outside.h. */
#include <stdlib.h>

#include "base/clock.h"
#include "engine/ptrace/emit.h"
#include "engine/ptrace/tracee.h"
#include "record/decode.h"

/* Bounds of the processes that are recorded, and of a chain of ancestors: the rest stays unknown. */
#define OUTSIDE_MAX 4096u
#define ANCESTORS_MAX 1024u
/*
 * Limit of the depth to which lists of ancestors are recorded while another list is being recorded: the context record
 * of a traced ancestor, or of a leader, needs the ancestors of that process.
 */
#define DEPTH_MAX 8u

/* A process that was recorded. Process ids are reused. The start time is therefore compared, too. */
struct linx_outsider {
	pid_t pid;
	uint64_t start;
};

/* Remembers that a process is recorded. False: it was recorded before, or there is no room. */
static bool remember(struct linx_outside *o, pid_t pid, uint64_t start)
{
	struct linx_outsider *more;

	for (unsigned int i = 0; i < o->n; i++)
		if (o->known[i].pid == pid && o->known[i].start == start)
			return false;
	if (o->n == o->room && o->room < OUTSIDE_MAX) {
		more = reallocarray(o->known, 2 * o->room + 16, sizeof(*more));
		if (!more)
			return false;
		o->known = more;
		o->room = 2 * o->room + 16;
	}
	if (o->n == o->room)
		return false;
	o->known[o->n++] = (struct linx_outsider){ pid, start };
	return true;
}

/* Appends the record of a process to the snapshot. */
static void put_item(struct linx_engine_ptrace *p, struct linx_proc *f)
{
	struct linx_snap *s = &p->e.snap;
	struct linx_walker w = { .opts = &p->walk };

	w.room = linx_engine_snap_fits(&p->e, LINX_WALKER_GROUP_MAX) ? linx_snap_reserve(s, LINX_WALKER_GROUP_MAX) : NULL;
	if (!w.room)
		return;
	if (!s->len)
		s->gen++;
	linx_walker_begin(&w, LINX_REC_TASK, f->ctx.tid, f->ctx.pid, p->now_ns);
	linx_walker_put(&w, &f->ctx, sizeof(f->ctx));
	linx_emit_facts(&w, f);
	/* The command line must fit into the record: records of a snapshot have no pieces. */
	if (f->cmdline)
		linx_walker_value(&w, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_WHOLE, f->cmdline, f->cmdline_len);
	linx_snapshot_set_end(w.head, linx_clock_ns(CLOCK_MONOTONIC));
	s->len += linx_walker_end(&w);
}

/*
 * Records a process that is not traced; a traced one gets its context record instead. Returns the id of the process's
 * parent; 0: the process was recorded before, is traced, or is gone.
 */
static pid_t record_process(struct linx_engine_ptrace *p, pid_t pid)
{
	struct linx_tracee *t = linx_tracee_find(p, pid);
	struct linx_proc f;

	if (t) {
		linx_emit_announce(p, t);
		return 0;
	}
	if (!linx_proc_read(&f, pid, pid) || !remember(&p->outside, pid, f.ctx.start_time))
		return 0;
	linx_proc_namespaces(pid, f.who.ns);
	f.who.files = ++p->ids;
	f.who.fs = ++p->ids;
	linx_proc_read_names(&f, &p->aside, pid, false);
	put_item(p, &f);
	linx_proc_free(&f);
	return (pid_t)f.ctx.ppid;
}

/*
 * Records a process's ancestors. Traced ancestors get their context records from the eldest on. In another order each
 * of these records would need that of the parent first, and a deep chain of processes, which any program can make,
 * would overflow the stack.
 */
static void record_ancestors(struct linx_engine_ptrace *p, pid_t pid)
{
	pid_t traced[ANCESTORS_MAX];
	unsigned int n = 0;

	if (p->outside.depth == DEPTH_MAX)
		return;
	p->outside.depth++;
	for (unsigned int i = 0; pid > 0 && i < ANCESTORS_MAX; i++) {
		const struct linx_tracee *t = linx_tracee_find(p, pid);

		if (t && t->announced)
			break;
		if (t)
			traced[n++] = pid;
		pid = t ? linx_proc_parent(pid) : record_process(p, pid);
	}
	while (n)
		record_process(p, traced[--n]);
	p->outside.depth--;
}

void linx_outside_record(struct linx_engine_ptrace *p, const struct linx_proc *of)
{
	if (!p->outside.wanted)
		return;
	record_ancestors(p, (pid_t)of->ctx.ppid);
	if (of->who.sid)
		record_process(p, (pid_t)of->who.sid);
	if (of->who.pgid)
		record_process(p, (pid_t)of->who.pgid);
}

void linx_outside_free(struct linx_outside *o)
{
	free(o->known);
}
