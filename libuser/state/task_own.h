/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Data of the library and its printers that lives as long as a task. */
#ifndef LINX_TASK_OWN_H
#define LINX_TASK_OWN_H

#include <stdbool.h>
#include <stddef.h>

#include <linx/state.h>

/* Cached text that a printer made of a task and its process; valid while the versions of both stay the same. */
struct linx_task_text {
	char *data;
	uint32_t len;
	size_t cmdline_limit; /* limit of the bytes of the command line in the text */
	uint32_t task_version, process_version;
	const struct linx_process *process;
};

struct linx_task_caps {
	uint64_t cap_effective, cap_permitted, cap_inheritable;
};

/* Data that the library and its printers attach to a task. */
struct linx_task_own {
	struct linx_task_text *text; /* set by printers if there is room; freed with the task */
	size_t *room; /* memory budget left for all tasks together, in bytes */
	bool nested; /* the task entered another user namespace, and has executed no program after that */
	struct linx_task_caps outer; /* nested: capabilities of the task before it entered the namespace */
};

/* True if the parent is known, or known not to exist. Only pid 1 and 2 have no parent. */
static inline bool linx_task_knows_parent(const struct linx_task *task)
{
	return task->ppid || task->pid <= 2;
}

#endif
