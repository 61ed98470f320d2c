/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes of system call entry and return. syscall/fast.c, syscall/slow.c
 *
 * The room syscall/ holds the probes of the two system call tracepoints and of io_uring: fast path, filtered fast
 * path and slow path. control/tracepoints.h attaches them.
 */
#ifndef LINX_KMOD_CALLS_H
#define LINX_KMOD_CALLS_H

#include <linux/types.h>

struct linx_session;
struct pt_regs;

/* The probes of the tracepoints. */
void linx_on_enter(void *data, struct pt_regs *regs, long nr);
void linx_on_exit(void *data, struct pt_regs *regs, long ret);

/*
 * Handle a call that is not one of x86_64 with a number below LINX_NR_OTHER, and find out whether it is selected.
 * syscall/fast.c calls these functions in syscall/slow.c. data is passed so that the other arguments stay in the
 * tracepoint's registers.
 */
void linx_enter_other(void *data, struct pt_regs *regs, long nr);
void linx_exit_other(void *data, struct pt_regs *regs, long ret, long nr);
/* Handle a selected call from probe_enter() on, for this session; s NULL: for all sessions. key: linx_key() */
void linx_enter_slow(struct linx_session *s, struct pt_regs *regs, unsigned long key, long nr);
void linx_exit_slow(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, long nr);

/*
 * Handle a 32-bit call that the session allows on syscall/fast_32.c, from probe_enter() on. syscall/slow.c calls
 * them.
 */
void linx_enter_32(struct linx_session *s, struct pt_regs *regs, unsigned long key);
void linx_exit_32(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key);

#endif
