/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks as they are now, for a reader that comes later: see linx_snapshot. task/snapshot.c */
#ifndef LINX_KMOD_SNAPSHOT_H
#define LINX_KMOD_SNAPSHOT_H

#include "core/session.h"

/* Process context, may sleep; size is at least LINX_SNAPSHOT_MIN. */
int linx_session_snapshot(struct linx_session *s, struct linx_snapshot *u, void *buf, u32 size);

#endif
