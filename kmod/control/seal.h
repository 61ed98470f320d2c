/* SPDX-License-Identifier: GPL-2.0-only */
/* Sealed sessions: whoever holds one can narrow, read and stop it, and nothing more. control/seal.c */
#ifndef LINX_KMOD_SEAL_H
#define LINX_KMOD_SEAL_H

#include "core/session.h"

/* Seals the session, for good. Sealed before: what was refused then stays refused. */
int linx_session_seal(struct linx_session *s, u32 flags);

/*
 * Under session.lock, like the change itself: one that waits for the lock while the session is sealed is refused.
 * 0, or -EPERM: the session is sealed, and the change would have more recorded than now.
 */
int linx_seal_checks_any(const struct linx_session *s);
int linx_seal_checks_select(const struct linx_session *s, const struct linx_select *u);
int linx_seal_checks_filter(const struct linx_session *s, const struct linx_filter *u);
int linx_seal_checks_pids(const struct linx_session *s, bool remove);
int linx_seal_checks_sample(const struct linx_session *s, const u16 *every);
int linx_seal_checks_budget(const struct linx_session *s, u64 per_second);

/* LINX_IOC_FLOOR, which costs the machine something, as often as a sealed session may. */
u64 linx_seal_floor(struct linx_session *s);
/* LINX_IOC_SNAPSHOT, of any session; of a sealed one as often as it may. */
int linx_seal_snapshot(struct linx_session *s, struct linx_snapshot *u, void *buf, u32 size);

#endif
