/* SPDX-License-Identifier: GPL-2.0-only */
/* Snapshot of tasks as they are now, for a new reader: see linx_snapshot. Implemented in task/snapshot.c. */
#ifndef LINX_KMOD_SNAPSHOT_H
#define LINX_KMOD_SNAPSHOT_H

#include "core/session.h"

/*
 * Writes the next part of the snapshot to buf, from the position in u on. Returns 0 or -errno. Process context, may
 * sleep; size is at least LINX_SNAPSHOT_MIN.
 */
int linx_session_snapshot(struct linx_session *s, struct linx_snapshot *u, void *buf, u32 size);

#endif
