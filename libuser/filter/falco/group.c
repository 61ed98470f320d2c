// SPDX-License-Identifier: LGPL-2.1-or-later
/* Getters of Falco's fields of sessions, process groups and pid namespaces: ids, and their leaders. */
#include "filter/falco/falco.h"
#include "state/tasks.h"

#define ANCESTORS_MAX 64u

/* Returns the event's process if its session, group and namespaces were recorded, else NULL. */
static const struct linx_process *informed(const struct linx_fld_env *e)
{
	const struct linx_process *p = e->ev->task ? e->ev->task->process : NULL;

	return p && p->flags & LINX_PROCESS_INFO ? p : NULL;
}

static const struct linx_process *of_pid(const struct linx_fld_env *e, uint32_t pid)
{
	const struct linx_process *self = informed(e);

	if (!pid || !self)
		return NULL;
	if (pid == self->pid)
		return self;
	return e->ev->tasks ? linx_tasks_process(e->ev->tasks, pid) : NULL;
}

/*
 * Converts the pid of a leader to the pid that this process sees in its own pid namespace. 0: the leader is not in that
 * namespace. False: not known.
 */
static bool seen_number(const struct linx_fld_env *e, uint32_t pid, int64_t *n)
{
	const struct linx_process *self = informed(e), *p = of_pid(e, pid);

	if (!self)
		return false;
	*n = pid;
	if (self->ns_pid == self->pid)
		return true;
	if (!p || !(p->flags & LINX_PROCESS_INFO))
		return !pid;
	*n = p->ns[LINX_NS_PID] == self->ns[LINX_NS_PID] ? p->ns_pid : 0;
	return true;
}

static bool seen(const struct linx_fld_env *e, uint32_t pid, struct linx_fld_value *v)
{
	int64_t n;

	return seen_number(e, pid, &n) && linx_fld_set_num(v, n);
}

FALCO_GET(proc_sid)
{
	FLD_ONE();
	return informed(e) && seen(e, informed(e)->sid, v);
}

FALCO_GET(proc_vpgid)
{
	FLD_ONE();
	return informed(e) && seen(e, informed(e)->pgid, v);
}

FALCO_GET(proc_pgid)
{
	FLD_ONE();
	return informed(e) && linx_fld_set_num(v, informed(e)->pgid);
}

FALCO_GET(proc_pvpid)
{
	const struct linx_process *p = linx_event_borrow_ancestor(e->ev, 1);

	FLD_ONE();
	return p && p->flags & LINX_PROCESS_INFO && linx_fld_set_num(v, p->ns_pid);
}

FALCO_GET(proc_leads_group)
{
	FLD_ONE();
	return informed(e) && linx_fld_set_num(v, informed(e)->pgid == informed(e)->pid);
}

FALCO_GET(proc_leads_session)
{
	FLD_ONE();
	return informed(e) && linx_fld_set_num(v, informed(e)->sid == informed(e)->pid);
}

/* ---- leaders -------------------------------------------------------------------------------------------- */

static const struct linx_process *session_leader(const struct linx_fld_env *e)
{
	return informed(e) ? of_pid(e, informed(e)->sid) : NULL;
}

static const struct linx_process *group_leader(const struct linx_fld_env *e)
{
	return informed(e) ? of_pid(e, informed(e)->pgid) : NULL;
}

static bool give_name(const struct linx_process *p, struct linx_fld_value *v)
{
	return *p->comm && linx_fld_set_text(v, p->comm, strlen(p->comm));
}

static bool give_exe(const struct linx_process *p, struct linx_fld_value *v)
{
	return p->cmdline.data && linx_fld_set_text(v, p->cmdline.data, strnlen(p->cmdline.data, p->cmdline.len));
}

static bool give_exepath(const struct linx_process *p, struct linx_fld_value *v)
{
	return p->exe.data && linx_fld_set_text(v, p->exe.data, p->exe.len);
}

#define LEADER(name, who, give)                        \
	FALCO_GET(name)                                \
	{                                              \
		const struct linx_process *p = who(e); \
                                                       \
		FLD_ONE();                           \
		return p && give(p, v);                \
	}
LEADER(proc_sname, session_leader, give_name)
LEADER(proc_sid_exe, session_leader, give_exe)
LEADER(proc_sid_exepath, session_leader, give_exepath)
LEADER(proc_pgid_name, group_leader, give_name)
LEADER(proc_pgid_exe, group_leader, give_exe)
LEADER(proc_pgid_exepath, group_leader, give_exepath)

/* ---- pid namespaces ------------------------------------------------------------------------------------- */

uint64_t linx_falco_namespace_start(const struct linx_fld_env *e)
{
	const struct linx_process *self = informed(e), *p = self;

	for (unsigned int n = 0; p && n < ANCESTORS_MAX; p = linx_event_borrow_ancestor(e->ev, ++n))
		if (p->flags & LINX_PROCESS_INFO && p->ns_pid == 1 && p->ns[LINX_NS_PID] == self->ns[LINX_NS_PID])
			return p->start_ns;
	return 0;
}

FALCO_GET(proc_pidns_start)
{
	uint64_t start = linx_falco_namespace_start(e);

	FLD_ONE();
	return start && linx_fld_set_num(v, (int64_t)start);
}

/*
 * Getter of the time from the pid namespace's start to the change of the executable; as in Falco, the field has no
 * value if this time is negative.
 */
FALCO_GET(proc_pidns_to_ctime)
{
	int64_t start = (int64_t)linx_falco_namespace_start(e), changed = informed(e) ? informed(e)->exe_ctime_ns : 0;

	FLD_ONE();
	return start && changed > start && linx_fld_set_num(v, changed - start);
}
