// SPDX-License-Identifier: LGPL-2.1-or-later
/* Stops at calls become records: selection, filters, and the task's context before its first record. */
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

#include "engine/ptrace/emit.h"

static bool bit(__u64 map[LINX_ABI_NR][LINX_NR_WORDS], const struct linx_walker_call *c)
{
	uint32_t nr = (uint32_t)c->nr < LINX_NR_OTHER ? (uint32_t)c->nr : LINX_NR_OTHER;

	return map[c->abi % LINX_ABI_NR][nr / 64] >> nr % 64 & 1;
}

static bool comm_passes(const struct linx_filter *f, const char *comm)
{
	bool found = false;

	if (!(f->flags & (LINX_FILTER_COMM | LINX_FILTER_COMM_NOT)))
		return true;
	for (uint32_t i = 0; i < f->ncomms && i < LINX_FILTER_COMMS; i++)
		found |= !strncmp(f->comms[i], comm, 15);
	return found == !!(f->flags & LINX_FILTER_COMM);
}

/* Filters that look at the task. What is filtered has no context record yet: the ids are read for it. */
bool linx_emit_task_passes(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct linx_filter *f = &p->filter;
	struct linx_proc now;

	if (!(f->flags & (LINX_FILTER_COMM | LINX_FILTER_COMM_NOT | LINX_FILTER_UID)))
		return true;
	if (!t->announced && linx_proc_read(&now, t->tgid, t->tid))
		t->ctx = now.ctx;
	if (f->flags & LINX_FILTER_UID && (t->ctx.uid < f->uid_min || t->ctx.uid > f->uid_max))
		return false;
	return comm_passes(f, t->ctx.comm);
}

static bool result_passes(const struct linx_engine_ptrace *p, const struct linx_walker_call *c)
{
	const struct linx_filter *f = &p->filter;

	if (f->flags & LINX_FILTER_FAILED && !linx_walker_failed(c->ret))
		return false;
	if (f->flags & LINX_FILTER_SUCCESSFUL && linx_walker_failed(c->ret))
		return false;
	return !(f->flags & LINX_FILTER_DURATION) || (c->entry && c->time - c->entry >= f->min_duration_ns);
}

static void put_fd(struct linx_engine_ptrace *p, const struct linx_tracee *t, uint8_t field, int fd, unsigned int what)
{
	uint8_t buf[sizeof(struct linx_fd) + LINX_PROC_SOCK + 1024 + PATH_MAX + 1];
	size_t n = linx_proc_fd(t->tgid, t->tid, fd, what, buf, sizeof(buf));

	if (n)
		linx_walker_value(&p->w, field, LINX_VAL_FD, LINX_WHOLE, buf, n);
}

/* Descriptors among the arguments. At a return those of the entry stand there again. */
static void put_fds(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct linx_walker_call *c = &t->call;

	for (uint8_t i = 0; p->fds && i < LINX_NARGS; i++)
		if (c->row->fds & 1u << i &&
		    ((int)c->args[i] >= 0 || (c->row->dirfds & 1u << i && (int)c->args[i] == LINX_FD_CWD)))
			put_fd(p, t, (uint8_t)(LINX_FIELD_FD + i), (int)c->args[i], p->fds);
}

/* The path of what was opened, the peer of what was connected, the protocol of a netlink socket. */
static void put_resolved(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct linx_walker_call *c = &t->call;
	bool failed = linx_walker_failed(c->ret);

	switch (c->row->resolved) {
	case LINX_ROW_RESOLVES_OPENED:
		if (!failed)
			put_fd(p, t, LINX_FIELD_FD_RESULT, (int)c->ret, LINX_FDS_PATHS);
		break;
	case LINX_ROW_RESOLVES_PEER:
		put_fd(p, t, LINX_FIELD_FD, (int)c->args[0], LINX_FDS_DETAILS);
		break;
	case LINX_ROW_RESOLVES_MESSAGE:
		if (linx_proc_sock_family(t->tgid, (int)c->args[0], AF_NETLINK))
			put_fd(p, t, LINX_FIELD_FD, (int)c->args[0], LINX_FDS_DETAILS);
		break;
	default:
		break;
	}
}

static void put_return(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct linx_walker_call *c = &t->call;

	put_fds(p, t);
	if (p->fds && linx_row_returns_fd(c->row, c->args) && !linx_walker_failed(c->ret))
		put_fd(p, t, LINX_FIELD_FD_RESULT, (int)c->ret, p->fds);
	else if (p->resolved && !p->fds)
		put_resolved(p, t);
}

void linx_emit_enter(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	struct linx_walker_call *c = &t->call;

	if (!p->started || !bit(p->select.enter, c) || (p->select.flags & LINX_SELECT_CHOSEN && c->row->no_entry))
		return;
	if (!linx_emit_task_passes(p, t)) {
		p->counters.filtered++;
		return;
	}
	linx_emit_announce(p, t);
	c->time = p->now_ns;
	if (!linx_group_begin(p, t->tid, c, c->time))
		return;
	linx_walker_enter(&p->w, c);
	if (!(p->w.rec->flags & LINX_RF_MORE) && p->w.rec == p->w.head)
		put_fds(p, t);
	linx_group_commit(p, c);
}

bool linx_emit_wants_exit(struct linx_engine_ptrace *p, const struct linx_tracee *t)
{
	return bit(p->select.exit, &t->call) || t->call.row->flags & LINX_ROW_CONTEXT;
}

/* prctl options that change who a task is, as its context record tells it. */
static bool changes_context(const struct linx_walker_call *c)
{
	return c->row->flags & LINX_ROW_CONTEXT && !linx_walker_failed(c->ret);
}

/* Time of entry, or with CPU times one that is as long before the return as the task ran. 0: not known. */
static uint64_t entry_of(const struct linx_engine_ptrace *p, const struct linx_tracee *t)
{
	uint64_t ran = p->cpu_time && t->entry_ns ? linx_proc_ran(t->tid) : 0;

	if (!p->cpu_time)
		return t->entry_ns;
	return ran >= t->entry_ns && ran - t->entry_ns < t->call.time ? t->call.time - (ran - t->entry_ns) : 0;
}

void linx_emit_exit(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	struct linx_walker_call *c = &t->call;
	bool gone = c->row->flags & LINX_ROW_EXEC && !linx_walker_failed(c->ret);

	c->time = p->now_ns;
	c->timed = p->entry_time;
	c->ran = p->cpu_time;
	c->entry = entry_of(p, t);
	/* The module, too, tells what a call made of its task in front of the return. */
	if (changes_context(c) && !gone)
		t->announced = t->ns_known = false;
	if (!p->started || !bit(p->select.exit, c))
		return;
	if (!linx_emit_task_passes(p, t) || !result_passes(p, c)) {
		p->counters.filtered++;
		return;
	}
	linx_emit_announce(p, t);
	if (!linx_group_begin(p, t->tid, c, c->time))
		return;
	linx_walker_exit(&p->w, c);
	if (!gone && p->w.rec == p->w.head)
		put_return(p, t);
	linx_group_commit(p, c);
}
