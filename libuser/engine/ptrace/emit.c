// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes records of stops at calls: applies the selection and the filters, and writes a task's context record (TASK)
 * before the first other record of the task.
 */
#include <limits.h>
#include <string.h>

#include "engine/ptrace/emit.h"
#include "engine/ptrace/tracee.h"
#include "shared/context_facts.h"

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

/*
 * Finds out whether the task has a new name, which makes its context record out of date. A task can get a new name
 * without a call of its own: any thread of its process may write to /proc/TID/comm.
 */
static void notice_name(struct linx_tracee *t)
{
	char name[sizeof(t->ctx.comm) + 1];
	ssize_t n = t->announced ? linx_proc_file(t->tid, "comm", name, sizeof(name)) : -1;

	if (n <= 0)
		return;
	name[n - 1] = '\0'; /* a newline */
	if (strncmp(name, t->ctx.comm, sizeof(t->ctx.comm) - 1))
		t->announced = false;
}

/*
 * True if the task passes the filters on tasks. A task that was filtered out has no context record yet, so its ids are
 * read for the filter.
 */
bool linx_emit_task_passes(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct linx_filter *f = &p->filter;
	struct linx_proc now;

	if (!(f->flags & (LINX_FILTER_COMM | LINX_FILTER_COMM_NOT | LINX_FILTER_UID)))
		return true;
	if (f->flags & (LINX_FILTER_COMM | LINX_FILTER_COMM_NOT))
		notice_name(t);
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

/* Returns the process that owns the descriptor, by its number in the namespace of this process; 0: not known. */
static pid_t process_of(struct linx_engine_ptrace *p, struct linx_tracee *t, const struct linx_walker_fd *fd)
{
	struct linx_fd head;
	uint8_t buf[PATH_MAX + 2048];

	if (fd->process == LINX_WALKER_OF_PID)
		return t->ns[LINX_NS_PID] == p->header.info.pid_ns ? fd->of : 0;
	if (fd->of < 0 || !linx_proc_fd(&p->aside, t->tgid, t->tid, fd->of, LINX_FDS_PATHS, buf, sizeof(buf)))
		return 0;
	memcpy(&head, buf, sizeof(head));
	return (pid_t)head.pid;
}

static void put_fd(struct linx_engine_ptrace *p, struct linx_tracee *t, const struct linx_walker_fd *fd, unsigned int what)
{
	_Alignas(struct linx_fd) uint8_t buf[sizeof(struct linx_fd) + LINX_PROC_SOCK + 1024 + PATH_MAX + 1];
	pid_t pid = fd->process == LINX_WALKER_OF_CALLER ? 0 : process_of(p, t, fd);
	size_t n;

	if (fd->process != LINX_WALKER_OF_CALLER && pid <= 0)
		return;
	what |= fd->device ? LINX_PROC_DEVICE : 0;
	n = linx_proc_fd(&p->aside, pid ? pid : t->tgid, pid ? pid : t->tid, fd->fd, what, buf, sizeof(buf));
	if (n && pid)
		((struct linx_fd *)(void *)buf)->flags |= LINX_FD_FOREIGN;
	else if (n && fd->field == LINX_FIELD_FD_RESULT && ((struct linx_fd *)(void *)buf)->type == LINX_FD_FILE)
		((struct linx_fd *)(void *)buf)->flags |= t->origin;
	if (n)
		linx_walker_value(&p->w, fd->field, LINX_VAL_FD, LINX_WHOLE, buf, n);
}

/* True if descriptor n of the list is also in the list at a lower index. */
static bool is_recorded(const struct linx_walker_fds *fds, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (fds->fd[i].fd == fds->fd[n].fd && fds->fd[i].process == fds->fd[n].process &&
		    fds->fd[i].of == fds->fd[n].of)
			return true;
	return false;
}

/* Writes the path of an opened file, the peer of a connect, or the protocol of a netlink socket. */
static void put_resolved(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	const struct linx_walker_call *c = &t->call;
	struct linx_walker_fd fd = { .fd = (int)c->args[0], .field = LINX_FIELD_FD };

	if (!linx_has_resolved(c->row->resolved, c->ret))
		return;
	switch (c->row->resolved) {
	case LINX_RESOLVED_OPENED:
		fd = (struct linx_walker_fd){ .fd = (int)c->ret, .field = LINX_FIELD_FD_RESULT };
		put_fd(p, t, &fd, LINX_FDS_PATHS);
		break;
	case LINX_RESOLVED_PEER:
		put_fd(p, t, &fd, LINX_FDS_DETAILS);
		break;
	case LINX_RESOLVED_MESSAGE:
		if (linx_proc_sock_is(&p->aside, t->tgid, t->tid, fd.fd, "NETLINK"))
			put_fd(p, t, &fd, LINX_FDS_DETAILS);
		break;
	default:
		break;
	}
}

/*
 * Adds to the record of a call the values about its descriptors, or about the file or socket that it used: see
 * linx_walker.more.
 */
static void put_more(void *ctx, struct linx_walker *w, const struct linx_walker_call *c)
{
	struct linx_engine_ptrace *p = ctx;
	struct linx_tracee *t = p->recorded;

	(void)c;
	if (!p->fds && p->resolved && w->head->kind == LINX_REC_EXIT)
		put_resolved(p, t);
	for (unsigned int i = 0; p->fds && i < p->found.n; i++)
		if (!is_recorded(&p->found, i))
			put_fd(p, t, &p->found.fd[i], p->fds);
}

/* True if a call of this kind has an entry record. */
static bool has_entry(struct linx_engine_ptrace *p, const struct linx_walker_call *c)
{
	__u64 args[LINX_NARGS];

	for (unsigned int i = 0; i < LINX_NARGS; i++)
		args[i] = c->args[i];
	return bit(p->select.enter, c) && linx_entry_holds(c->row->entry, p->select.flags & LINX_SELECT_CHOSEN, args);
}

/* Begins the record of a tracee's call. */
static bool begin_call(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	if (!linx_group_begin(p, t->tid, &t->call, t->call.time))
		return false;
	p->recorded = t;
	p->w.fds = p->fds ? &p->found : NULL;
	p->w.more = p->fds || p->resolved ? put_more : NULL;
	return true;
}

static void put_entry(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	struct linx_walker_call *c = &t->call;

	if (!linx_emit_task_passes(p, t)) {
		p->counters.filtered++;
		return;
	}
	linx_emit_announce(p, t);
	c->time = p->now_ns;
	if (!begin_call(p, t))
		return;
	linx_walker_enter(&p->w, c);
	linx_group_commit(p, c);
}

void linx_emit_enter(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	if (p->started && has_entry(p, &t->call))
		put_entry(p, t);
}

bool linx_emit_has_entry(struct linx_engine_ptrace *p, const struct linx_tracee *t)
{
	return has_entry(p, &t->call);
}

void linx_emit_unfinished(struct linx_engine_ptrace *p, struct linx_tracee *t)
{
	if (p->started && bit(p->select.exit, &t->call) && !has_entry(p, &t->call))
		put_entry(p, t);
}

/* True if the call makes an io_uring and the reader asked to see such calls (linx_engine_ptrace.watches_rings). */
static bool makes_ring(const struct linx_engine_ptrace *p, const struct linx_walker_call *c)
{
	return p->watches_rings && c->nr == (int32_t)LINX_PTRACE_RING_SETUP;
}

bool linx_emit_wants_exit(struct linx_engine_ptrace *p, const struct linx_tracee *t)
{
	return bit(p->select.exit, &t->call) || t->call.row->flags & LINX_ROW_CONTEXT || makes_ring(p, &t->call);
}

/*
 * True if the call has changed something that is in the task's context record. The name counts as changed by any
 * successful call that sets it.
 */
static bool changes_context(const struct linx_walker_call *c)
{
	uint32_t option = (uint32_t)c->args[0];

	if (!(c->row->flags & LINX_ROW_CONTEXT) || linx_walker_failed(c->ret))
		return false;
	return !(c->row->flags & LINX_ROW_OPTION) || option == PR_SET_NAME || linx_option_changes_context(option);
}

/*
 * Makes the context record of a child out of date, after a call of its parent has changed the child: setpgid(2) can
 * change only children of the caller. The child gets a new context record with its next event. nr: the child's number
 * in the pid namespace of the caller.
 */
static void outdate_child(struct linx_engine_ptrace *p, const struct linx_tracee *parent, uint32_t nr)
{
	struct linx_proc now;

	if (!nr)
		return;
	LINX_EACH_TRACEE(p, t, bucket) {
		if (!t->announced || t->ctx.ppid != (uint32_t)parent->tgid)
			continue;
		if ((uint32_t)t->tid == nr || (linx_proc_read(&now, t->tgid, t->tid) && now.who.ns_tid == nr))
			t->announced = false;
	}
}

/*
 * Returns the time of entry. With CPU times: the return's time less the task's running time in the call. 0: not known.
 */
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
	if (makes_ring(p, c) && !linx_walker_failed(c->ret))
		p->header.info.uring_missed = true;
	/*
	 * Like the kernel module, this engine writes a new context record in front of the return of a call that
	 * changed the task.
	 */
	if (changes_context(c) && !gone)
		t->announced = t->ns_known = false;
	if (c->row->flags & LINX_ROW_OTHER && !linx_walker_failed(c->ret))
		outdate_child(p, t, (uint32_t)c->args[0]);
	if (!p->started || !bit(p->select.exit, c))
		return;
	if (!linx_emit_task_passes(p, t) || !result_passes(p, c)) {
		p->counters.filtered++;
		return;
	}
	linx_emit_announce(p, t);
	c->entered = has_entry(p, c);
	if (!begin_call(p, t))
		return;
	linx_walker_exit(&p->w, c);
	linx_group_commit(p, c);
}
