/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs with a seccomp filter of their own that has a listener. Where that filter hands a call to its listener
 * (SECCOMP_RET_USER_NOTIF), the kernel ignores the answer of the command's filter, so the call does not stop, although
 * the listener may let it go on. From the installation on, such a task stops at all calls by ptrace(2), which comes
 * before any filter.
 */
#ifndef LINX_ENGINE_PTRACE_OVERRULED_H
#define LINX_ENGINE_PTRACE_OVERRULED_H

#include <stdbool.h>
#include <stdint.h>

struct linx_engine_ptrace;
struct linx_tracee;

/* Index of the argument of seccomp(2) that has SECCOMP_FILTER_FLAG_NEW_LISTENER. */
#define LINX_OVERRULED_FLAGS 1u

/* True if a call with this number can install a filter with a listener: it is seccomp(2). */
bool linx_overruled_concerns(uint32_t abi, uint32_t nr);
/*
 * Called at the entry of t->call. If the call gives tasks a filter with a listener, which can be the call's own filter
 * or an earlier one of the task, makes these tasks stop at all calls.
 */
void linx_overruled_note(struct linx_engine_ptrace *p, struct linx_tracee *t);
/*
 * True if this thread itself has a filter with a listener. Its children inherit this filter, in addition to any filter
 * that they get later.
 */
bool linx_overruled_from_start(void);

#endif
