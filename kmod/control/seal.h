/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sealed sessions: the owner can only read such a session, make it record less, and stop it. Implemented in
 * control/seal.c.
 */
#ifndef LINX_KMOD_SEAL_H
#define LINX_KMOD_SEAL_H

#include "core/session.h"

/*
 * Seals the session for good. flags: LINX_SEAL_SNAPSHOT, if snapshots stay allowed. A second call can forbid snapshots,
 * but cannot allow them again.
 */
int linx_session_seal(struct linx_session *s, u32 flags);

/*
 * Checks a request of the owner. Returns 0, or -EPERM: the session is sealed, and the request would make it record more
 * than now. The caller holds session.lock from the check to the end of the change, so that a request is refused if it
 * waits for the lock while the session is sealed.
 */
int linx_seal_checks_any(const struct linx_session *s);
int linx_seal_checks_select(const struct linx_session *s, const struct linx_select *u);
int linx_seal_checks_filter(const struct linx_session *s, const struct linx_filter *u);
int linx_seal_checks_pids(const struct linx_session *s, bool remove);
int linx_seal_checks_sample(const struct linx_session *s, const u16 *every);
int linx_seal_checks_budget(const struct linx_session *s, u64 per_second);

/*
 * Returns the floor for LINX_IOC_FLOOR of a sealed session. It is computed at most once in a millisecond, as computing
 * it interrupts all CPUs.
 */
u64 linx_seal_floor(struct linx_session *s);
/* Does LINX_IOC_SNAPSHOT for any session. A sealed session may begin one snapshot in a second. */
int linx_seal_snapshot(struct linx_session *s, struct linx_snapshot *u, void *buf, u32 size);

#endif
