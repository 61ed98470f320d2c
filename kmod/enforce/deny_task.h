/* SPDX-License-Identifier: GPL-2.0-only */
/* Executables of processes, as rules judge them. Implemented in enforce/deny_task.c; context: enforce/deny_object.h. */
#ifndef LINX_KMOD_DENY_TASK_H
#define LINX_KMOD_DENY_TASK_H

#include "enforce/deny_object.h"

/* Does a condition on an executable hold: EXE, PARENT, ANCESTOR or TARGET? */
enum linx_deny_answer linx_deny_task_fits(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_deny_object *o);

#endif
