/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Birth, start, stop and end of a session. control/session_life.c
 *
 * The room control/ holds what the owner of a session calls: the device and its
 * ioctls, start and stop of a session, the choice of fast paths, and attaching probes
 * to tracepoints. Records are made in the rooms below.
 */
#ifndef LINX_KMOD_SESSION_LIFE_H
#define LINX_KMOD_SESSION_LIFE_H

#include "core/session.h"

struct linx_session *linx_session_new(void);
void linx_session_free(struct linx_session *s);
bool linx_session_is_owner(const struct linx_session *s);
int linx_session_start(struct linx_session *s);
int linx_session_stop(struct linx_session *s);
/* After a change of the selection; hooks what it needs. Caller holds session.lock. */
int linx_session_reselect(struct linx_session *s);
int linx_session_flush(struct linx_session *s, u32 *half);
u64 linx_session_floor(struct linx_session *s);
/* The owner has ended or has another address space: record nothing more. Probe context. */
void linx_session_owner_gone(struct linx_session *s);
/* Word by word: a probe sees the old or the new one of each. */
void linx_store_bits(linx_bits to, const u64 (*from)[LINX_NR_WORDS]);

#endif
