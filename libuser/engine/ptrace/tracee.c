// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of tracees: see engine/ptrace/tracee.h. */
#include <stdlib.h>

#include "engine/ptrace/tracee.h"

struct linx_tracee **linx_tracee_slot(struct linx_engine_ptrace *p, pid_t tid)
{
	struct linx_tracee **at = &p->tracees[(unsigned int)tid % LINX_TRACEE_BUCKETS];

	while (*at && (*at)->tid != tid)
		at = &(*at)->next;
	return at;
}

struct linx_tracee *linx_tracee_find(struct linx_engine_ptrace *p, pid_t tid)
{
	return *linx_tracee_slot(p, tid);
}

struct linx_tracee *linx_tracee_add(struct linx_engine_ptrace *p, pid_t tid, pid_t tgid)
{
	struct linx_tracee *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->tid = tid;
	t->tgid = tgid;
	*linx_tracee_slot(p, tid) = t;
	p->ntracees++;
	return t;
}

void linx_tracee_set_starting(struct linx_engine_ptrace *p, struct linx_tracee *t, bool on)
{
	p->nstarting += (on && !t->starting) - (unsigned int)(!on && t->starting);
	t->starting = on;
}

void linx_tracee_set_held(struct linx_engine_ptrace *p, struct linx_tracee *t, bool on)
{
	p->nheld += (on && !t->held) - (unsigned int)(!on && t->held);
	t->held = on;
}

void linx_tracee_set_filtered(struct linx_engine_ptrace *p, struct linx_tracee *t, bool on)
{
	p->nfiltered += (on && !t->filtered) - (unsigned int)(!on && t->filtered);
	t->filtered = on;
}

void linx_tracee_forget(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	struct linx_tracee **at = linx_tracee_slot(p, t->tid);

	linx_tracee_set_starting(p, t, false);
	linx_tracee_set_held(p, t, false);
	linx_tracee_set_filtered(p, t, false);
	linx_untraced_free(&t->untraced);
	linx_pending_drop(&p->pending, t->tid);
	*at = t->next;
	free(t);
	p->ntracees--;
}

struct linx_tracee *linx_tracee_next(struct linx_engine_ptrace *p, unsigned int *bucket, struct linx_tracee *t)
{
	if (t && t->next)
		return t->next;
	while (*bucket < LINX_TRACEE_BUCKETS)
		if (p->tracees[(*bucket)++])
			return p->tracees[*bucket - 1];
	return NULL;
}

pid_t *linx_tracee_list(struct linx_engine_ptrace *p, bool (*is_meant)(const struct linx_tracee *t), unsigned int *n)
{
	pid_t *tids = calloc(p->ntracees + 1, sizeof(*tids));

	*n = 0;
	if (!tids)
		return NULL;
	LINX_EACH_TRACEE(p, t, bucket)
	if (is_meant(t))
		tids[(*n)++] = t->tid;
	return tids;
}

bool linx_tracee_is_last(struct linx_engine_ptrace *p, const struct linx_tracee *gone)
{
	LINX_EACH_TRACEE(p, t, bucket)
	if (t != gone && t->tgid == gone->tgid)
		return false;
	return true;
}

unsigned int linx_tracer_count(const struct linx_engine_ptrace *p)
{
	return p->ntracees;
}

uint32_t linx_tracee_read(struct linx_engine_ptrace *p, pid_t tid, void *to, uint64_t addr, uint32_t n)
{
	const struct linx_tracee *t = linx_tracee_find(p, tid);
	ssize_t got = n ? linx_aside_read(&p->aside, tid, t ? t->tgid : tid, to, addr, n) : 0;

	return got > 0 ? (uint32_t)got : 0;
}
