/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The seccomp filter that a command to be recorded installs before its execve. */
#ifndef LINX_ENGINE_PTRACE_FILTER_H
#define LINX_ENGINE_PTRACE_FILTER_H

#include <linux/seccomp.h>

#include "engine/ptrace/ptrace.h"

struct sock_filter;

/* Writes the filter for the calls that are selected now. Returns its length; -E2BIG: there is no room. */
int linx_ptrace_filter(struct linx_engine_ptrace *p, struct sock_filter *to, unsigned int room);

#endif
