// SPDX-License-Identifier: LGPL-2.1-or-later
/* Translates pids from the pid namespaces of tasks; see decoders/pidns.h. */
#include <stdlib.h>

#include "decoders/pidns.h"
#include "state/tasks.h"

#define ENTRIES 4096u /* size of the map, a power of two */

/*
 * The tid of a task, found by its pid namespace and its number in that namespace. The entry's index is a hash of both;
 * a new task replaces the entry at its index.
 */
struct entry {
	/*
	 * ns: a pid namespace, 0: the entry is empty; number: the task's tid in ns; tid: its tid in the initial pid
	 * namespace
	 */
	uint32_t ns, number, tid;
};

struct linx_pidns {
	struct entry entries[ENTRIES];
};

struct linx_pidns *linx_pidns_new(void)
{
	return calloc(1, sizeof(struct linx_pidns));
}

void linx_pidns_free(struct linx_pidns *n)
{
	free(n);
}

static unsigned int index_of(uint32_t ns, uint32_t number)
{
	return (ns * 0x9e3779b1u + number) & (ENTRIES - 1);
}

/* Returns the id of a task's pid namespace; 0: not known. */
static uint32_t namespace_of(const struct linx_task *task)
{
	return task && task->process ? task->process->ns[LINX_NS_PID] : 0;
}

void linx_pidns_note(struct linx_pidns *n, const struct linx_event *ev)
{
	uint32_t ns = namespace_of(ev->task);

	if (ns && ev->task->ns_tid)
		n->entries[index_of(ns, ev->task->ns_tid)] = (struct entry){ ns, ev->task->ns_tid, ev->task->tid };
}

/*
 * Finds a task that is not in the map because it has made no event yet, among all tasks that the reader knows. Returns
 * its tid; 0: not found.
 */
static uint32_t find_living(const struct linx_tasks *tasks, uint32_t ns, uint32_t number)
{
	const struct linx_task_slot *slot = NULL;

	while (tasks && (slot = linx_tasks_next(tasks, slot)))
		if (slot->known && slot->task.ns_tid == number && namespace_of(&slot->task) == ns)
			return slot->task.tid;
	return 0;
}

uint32_t linx_pidns_find(const struct linx_pidns *n, const struct linx_event *ev, uint32_t number)
{
	uint32_t ns = namespace_of(ev->task);
	const struct entry *at = &n->entries[index_of(ns, number)];

	if (!ns)
		return 0;
	return at->ns == ns && at->number == number ? at->tid : find_living(ev->tasks, ns, number);
}
