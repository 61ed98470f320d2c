/* SPDX-License-Identifier: GPL-2.0-only */
/* Wakes a sleeping reader. Implemented in ring/wake.c. */
#ifndef LINX_KMOD_WAKE_H
#define LINX_KMOD_WAKE_H

#include "core/session.h"

struct file;
struct poll_table_struct;

void linx_wake_init(struct linx_session *s);
void linx_wake_end(struct linx_session *s);
/*
 * Wakes the reader if the ring is filled to the watermark, else starts the timer of the delay. Called after a record
 * was published while the session is armed (a reader waits to be woken). Probe context.
 */
void linx_wake_look(struct linx_session *s, struct linx_ring *r);
/* Wakes the reader, as the list of processes to record has become empty. Probe context. */
void linx_wake_unlisted(struct linx_session *s);
/* Wakes a sleeping reader, however full its rings are. Any context. */
void linx_wake_reader(struct linx_session *s);
__poll_t linx_wake_poll(struct linx_session *s, struct file *file, struct poll_table_struct *wait);

#endif
