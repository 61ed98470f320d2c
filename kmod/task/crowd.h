/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes with more threads than a probe visits one by one to renew their context records. task/crowd.c */
#ifndef LINX_KMOD_CROWD_H
#define LINX_KMOD_CROWD_H

#include "core/session.h"

/* Threads of a process that a probe looks at. */
#define LINX_CROWD_THREADS 1024

/* Loading and unloading; -ENOMEM. */
int linx_crowd_load(void);
void linx_crowd_unload(void);

void linx_crowd_init(struct linx_session *s);
/* No probe sees the session any more. Sleeps. */
void linx_crowd_end(struct linx_session *s);

/* Each thread of p's process gets a new context record before its next record. Probe context, also with interrupts off. */
void linx_crowd_add(struct linx_session *s, const struct task_struct *p);
/* Probe context, behind a look at announced_now. Has the current task a context record that is up to date all the same? */
bool linx_crowd_spares_current(const struct linx_session *s);

#endif
