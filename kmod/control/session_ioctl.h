/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests of a session's owner. The caller has copied in the structures and checked their size; these functions take
 * the session's lock. Implemented in control/session_ioctl.c.
 */
#ifndef LINX_KMOD_SESSION_IOCTL_H
#define LINX_KMOD_SESSION_IOCTL_H

#include "core/session.h"

/* exempt: the ids of u->exempt_count cgroups, in kernel memory. */
int linx_session_setup(struct linx_session *s, struct linx_setup *u, const u64 *exempt);
int linx_session_select(struct linx_session *s, const struct linx_select *u);
int linx_session_filter(struct linx_session *s, const struct linx_filter *u, const char *words); /* words: u->cgroups */
int linx_session_sample(struct linx_session *s, u16 *every); /* every: LINX_KEYS new rates; on return the former ones */
int linx_session_priority(struct linx_session *s, const struct linx_priority *u);
int linx_session_budget(struct linx_session *s, u64 per_second);
int linx_session_pids(struct linx_session *s, const s32 *pids, u32 count, bool remove);
/* from: another session; the caller holds a reference to its file */
int linx_session_inherit(struct linx_session *s, const struct linx_session *from);
int linx_session_add_cpus(struct linx_session *s);

#endif
