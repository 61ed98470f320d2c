// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes, behind the result, the namespaces that a task entered or that it made for its child. */
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "base/namespace.h"
#include "decoders/namespaces.h"
#include "state/tasks.h"

/*
 * Flags of clone(2) for a kind of namespace, and its name in /proc/PID/ns. Rows are sorted by this name, except the
 * last.
 */
static const struct {
	uint64_t bits;
	enum linx_ns ns;
	const char *name;
} kinds[] = {
	{ 0x202000000, LINX_NS_CGROUP, "cgroup" }, /* CLONE_NEWCGROUP, CLONE_INTO_CGROUP */
	{ 0x8000000, LINX_NS_IPC, "ipc" },
	{ 0x20000, LINX_NS_MNT, "mnt" },
	{ 0x40000000, LINX_NS_NET, "net" },
	{ 0x20000000, LINX_NS_PID, "pid" },
	{ 0x80, LINX_NS_TIME, "time" },
	{ 0x4000000, LINX_NS_UTS, "uts" },
	{ 0x10000000, LINX_NS_USER, "user" },
};

/*
 * Calls that enter or make namespaces: the argument that has the flags, and whether a new child enters the namespaces
 * and the caller does not.
 */
static const struct {
	const char *row;
	uint8_t flags; /* index of the argument with the flags */
	bool behind; /* that argument points to the flags */
	bool child;
	uint64_t mask; /* bits that are flags: the low 8 bits of clone's flags are a signal */
} calls[] = {
	{ "unshare", 0, false, false, UINT64_MAX },
	{ "setns", 1, false, false, UINT64_MAX },
	{ "clone", 0, false, true, ~0xffull },
	{ "i386_clone", 0, false, true, ~0xffull },
	{ "clone3", 0, true, true, UINT64_MAX },
};

/*
 * Returns the number of a namespace; 0: not known. A child that the stream does not describe is looked up in
 * /proc while it runs.
 */
static uint32_t number_of(const struct linx_put *p, const struct linx_process *process, size_t kind)
{
	if (process)
		return process->ns[kinds[kind].ns];
	return p->st->live ? linx_namespace_of((pid_t)p->ev->ret, kinds[kind].name) : 0;
}

/* Writes the numbers of the namespaces. process NULL: the child is not traced. */
static void put_kinds(struct linx_put *p, const struct linx_process *process, uint64_t flags)
{
	const char *comma = "";
	char text[40];

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		uint32_t number = flags & kinds[i].bits ? number_of(p, process, i) : 0;

		if (!number)
			continue;
		snprintf(text, sizeof(text), "%s%s:[%u]", comma, kinds[i].name, number);
		linx_put_aux_text(p, text);
		comma = ", ";
	}
}

static const struct linx_process *child_of(const struct linx_put *p)
{
	const struct linx_task_slot *slot = p->ev->tasks ? linx_tasks_find(p->ev->tasks, (uint32_t)p->ev->ret) : NULL;

	return slot && slot->known ? slot->task.process : NULL;
}

void linx_put_new_namespaces(struct linx_put *p)
{
	const struct linx_process *process;
	int64_t flags;

	for (size_t i = 0; linx_put_ok(p) && p->ev->call && i < ARRAY_SIZE(calls); i++) {
		if (strcmp(p->ev->call->row->id, calls[i].row) != 0)
			continue;
		flags = (int64_t)linx_reg(p, calls[i].flags);
		process = calls[i].child ? child_of(p) : p->ev->task ? p->ev->task->process : NULL;
		if (!process && (!calls[i].child || p->ev->ret <= 0))
			continue;
		if (!calls[i].behind || linx_put_mem_int(p, (uint64_t)flags, 8, false, &flags))
			put_kinds(p, process, (uint64_t)flags & calls[i].mask);
	}
}
