/* SPDX-License-Identifier: GPL-2.0-only */
/* Wakes a sleeping reader. ring/wake.c */
#ifndef LINX_KMOD_WAKE_H
#define LINX_KMOD_WAKE_H

#include "core/session.h"

struct file;
struct poll_table_struct;

void linx_wake_init(struct linx_session *s);
void linx_wake_end(struct linx_session *s);
/* Called after a publish while the session is armed. Probe context. */
void linx_wake_look(struct linx_session *s, struct linx_ring *r);
/* Called when the list of processes became empty. Probe context. */
void linx_wake_unlisted(struct linx_session *s);
/* Wakes a sleeping reader, whatever the watermark. Any context. */
void linx_wake_reader(struct linx_session *s);
__poll_t linx_wake_poll(struct linx_session *s, struct file *file, struct poll_table_struct *wait);

#endif
