/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds out whether an open creates its file: the kernel does not report it, so the path is looked up before the call. */
#ifndef LINX_PTRACE_OPENED_H
#define LINX_PTRACE_OPENED_H

#include "engine/ptrace/tracee.h"

/*
 * Sets t->origin to LINX_FD_CREATED or LINX_FD_FOUND if the call is an open: what its descriptor will be if it succeeds.
 * 0: another call, or not known. Call at the stop at a call's entry.
 */
void linx_opened_note(struct linx_engine_ptrace *p, struct linx_tracee *t);

#endif
