/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The seccomp filter that a command to be recorded installs before its execve. */
#ifndef LINX_ENGINE_PTRACE_FILTER_H
#define LINX_ENGINE_PTRACE_FILTER_H

#include <linux/seccomp.h>

#include "engine/ptrace/ptrace.h"

struct sock_filter;

/*
 * The filter's return value for a call that stops. Its low half is the word "lx", which distinguishes the stop from
 * stops by filters that the program installs itself.
 */
#define LINX_PTRACE_STOP_DATA 0x786cu
#define LINX_PTRACE_STOPS (SECCOMP_RET_TRACE | LINX_PTRACE_STOP_DATA)

/* Write the filter for the calls that are selected now. Returns its length; -E2BIG: there is no room. */
int linx_ptrace_filter(struct linx_engine_ptrace *p, struct sock_filter *to, unsigned int room);

#endif
