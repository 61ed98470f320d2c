// SPDX-License-Identifier: LGPL-2.1-or-later
/* Public accessors of the task, process and files of an event. */
#include "event/event.h"
#include "state/tasks.h"

const struct linx_task *linx_event_borrow_task(const struct linx_event *ev)
{
	return ev->task;
}

const struct linx_process *linx_event_borrow_process(const struct linx_event *ev)
{
	return ev->task ? ev->task->process : NULL;
}

const struct linx_process *linx_event_borrow_ancestor(const struct linx_event *ev, unsigned int n)
{
	const struct linx_process *p = linx_event_borrow_process(ev);

	for (; p && n && ev->tasks; n--)
		p = linx_tasks_parent(ev->tasks, p);
	return n ? NULL : p;
}

const struct linx_files *linx_event_borrow_files(const struct linx_event *ev)
{
	return ev->files;
}
