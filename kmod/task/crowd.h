/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes with more threads than a probe visits one by one to renew their context records. Implemented in
 * task/crowd.c.
 */
#ifndef LINX_KMOD_CROWD_H
#define LINX_KMOD_CROWD_H

#include "core/session.h"

/* Most threads of a process that a probe visits; a process with more threads is a crowd. */
#define LINX_CROWD_THREADS 1024

/* Called when the module is loaded and unloaded. linx_crowd_load() returns 0 or -ENOMEM. */
int linx_crowd_load(void);
void linx_crowd_unload(void);

void linx_crowd_init(struct linx_session *s);
/* Stops the delayed work of a session that no probe sees any more. Sleeps. */
void linx_crowd_end(struct linx_session *s);

/*
 * Makes each thread of p's process get a new context record before its next record. Probe context, also with
 * interrupts off.
 */
void linx_crowd_add(struct linx_session *s, const struct task_struct *p);
/*
 * Does the current task have an up-to-date context record, although its bit in announced_now is 0? Called in a probe
 * that has found this bit to be 0.
 */
bool linx_crowd_spares_current(const struct linx_session *s);

#endif
