/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that end with EINTR whenever their task has to stop, even if no signal handler runs: epoll_wait(2), semop(2),
 * sigwaitinfo(2) and others, see signal(7). A tracee also stops when it is attached or detached, and at signals that
 * its program ignores. Such a call is made to continue, as it would without a tracer. This is done only for calls that
 * wait without a time limit, since the limit would begin anew; and only on x86, because the kernel of arm64 decides
 * before the stop whether a call is restarted.
 */
#ifndef LINX_ENGINE_PTRACE_RESTART_H
#define LINX_ENGINE_PTRACE_RESTART_H

#include <sys/types.h>

/*
 * Makes the interrupted call of a task continue if no signal handler runs first. The task must be stopped on its way
 * out of the kernel: for a signal, or because it was asked to stop.
 */
void linx_restart_call(pid_t tid);

#endif
