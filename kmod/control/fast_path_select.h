/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chooses how the records of a session are written: on which fast path, or on the slow path. Implemented in
 * control/fast_path_select.c.
 */
#ifndef LINX_KMOD_FAST_PATH_SELECT_H
#define LINX_KMOD_FAST_PATH_SELECT_H

#include "core/session.h"

/*
 * Chooses the path of each call. Called after each change of a setting that the choice depends on. Caller holds
 * session.lock.
 */
void linx_session_select_fast_paths(struct linx_session *s);

#endif
