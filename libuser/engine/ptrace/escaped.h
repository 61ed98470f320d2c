/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Children that leave the trace although CLONE_UNTRACED was hidden from the kernel. The flags of clone3(2) lie in memory,
 * which the tracer reads first and the kernel afterwards; another thread may add CLONE_UNTRACED in between. The kernel
 * then reports no child, but the call returns its number. Such a child is seized at once, with the children that it has
 * made by then, and reported as interference with the recording (LINX_TAMPER_ESCAPED), as calls may have been missed.
 */
#ifndef LINX_ENGINE_PTRACE_ESCAPED_H
#define LINX_ENGINE_PTRACE_ESCAPED_H

#include <stdbool.h>

#include "engine/ptrace/ptrace.h"

/* Notes at the entry of a call whose flags are in memory that an event has to report the child that the call makes. */
void linx_escaped_watch(struct linx_tracee *t);
/*
 * Notes the end of a child that no event has reported. If its creator is killed as well, no event comes, and the child
 * may be gone when the creator's end is handled.
 */
void linx_escaped_ended(struct linx_engine_ptrace *p, const struct linx_tracee *child);
/*
 * Looks for a child that a watched call has made and that no event has reported. ending: the task is about to end, and
 * the kernel may have left out the event for this reason.
 */
void linx_escaped_look(struct linx_engine_ptrace *p, struct linx_tracee *t, bool ending);
/*
 * Looks for children of watched calls that do not return, as with CLONE_VFORK. last: the recording ends, and calls
 * whose child is not found are reported, too.
 */
void linx_escaped_scan(struct linx_engine_ptrace *p, bool last);

#endif
