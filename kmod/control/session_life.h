/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Creation, start, stop and end of a session. Implemented in control/session_life.c.
 *
 * The directory control/ holds what the owner of a session calls: the device and its ioctls, start and stop of a
 * session, the choice of fast paths, and the attachment of probes to tracepoints. The other directories make the
 * records.
 */
#ifndef LINX_KMOD_SESSION_LIFE_H
#define LINX_KMOD_SESSION_LIFE_H

#include "core/session.h"

struct linx_session *linx_session_new(void);
void linx_session_free(struct linx_session *s);
/*
 * Frees the rings, and what probes keep beside them. Called only for a session that is not running and whose rings
 * nobody can use: after SETUP failed, after the last reference to the file was dropped, or when no task has the owner's
 * memory any more. Caller holds session.lock.
 */
void linx_session_free_rings(struct linx_session *s);
void linx_session_free_unused(struct linx_session *s);
bool linx_session_is_owner(const struct linx_session *s);
int linx_session_start(struct linx_session *s);
int linx_session_stop(struct linx_session *s);
/*
 * Attaches the probes that the new selection needs. Called after a change of the selection. Caller holds session.lock.
 */
int linx_session_reselect(struct linx_session *s);
int linx_session_flush(struct linx_session *s, u32 *half);
u64 linx_session_floor(struct linx_session *s);
/* Ends recording, because the owner has ended or has another address space. Probe context. */
void linx_session_owner_gone(struct linx_session *s);
/* Stores bits word by word: a probe sees the old or the new value of each word. */
void linx_store_bits(linx_bits to, const u64 (*from)[LINX_NR_WORDS]);

#endif
