// SPDX-License-Identifier: GPL-2.0-only
/*
 * Variables by which probes find the running sessions: see core/session.h. control/session_life.c changes these
 * variables under linx_sessions_lock.
 */
#include <linux/list.h>
#include "core/session.h"

LIST_HEAD(linx_sessions);
struct linx_session *linx_sole_session;
struct linx_session *linx_session_in_slot[LINX_SLOTS];
struct linx_union linx_any_selected;
