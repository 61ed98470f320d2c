/* SPDX-License-Identifier: GPL-2.0-only */
/* Credentials and executables of processes, as rules judge them. Implemented in enforce/deny_task.c; context: enforce/deny_object.h. */
#ifndef LINX_KMOD_DENY_TASK_H
#define LINX_KMOD_DENY_TASK_H

#include "enforce/deny_object.h"

/*
 * Stores the credentials with which an operation is judged, and returns their number. Usually these are the task's own
 * (real) credentials, even while a file system acts with others, such as overlayfs with those of the task that mounted
 * it. An operation of io_uring can have other credentials that the program has chosen. Then both are stored, and a rule
 * holds if it holds with either of them.
 */
u32 linx_deny_creds(const struct cred *creds[LINX_DENY_CREDS]);

/* Does a condition on an executable hold: EXE, PARENT, ANCESTOR or TARGET? */
enum linx_deny_answer linx_deny_task_fits(const struct linx_deny_set *set, const struct linx_deny_part *part, struct linx_deny_object *o);

#endif
