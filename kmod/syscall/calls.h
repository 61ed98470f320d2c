/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls: what the probes do on entry and return. syscall/fast.c, syscall/slow.c
 *
 * The room syscall/ holds the probes of the two system call tracepoints and of
 * io_uring: fast path, filtered fast path and slow path. It does not attach them: see
 * control/tracepoints.h.
 */
#ifndef LINX_KMOD_CALLS_H
#define LINX_KMOD_CALLS_H

#include <linux/types.h>

struct linx_session;
struct pt_regs;

/* The probes. */
void linx_on_enter(void *data, struct pt_regs *regs, long nr);
void linx_on_exit(void *data, struct pt_regs *regs, long ret);

/*
 * syscall/fast.c to syscall/slow.c: a call that is not one of x86_64 with a number below
 * LINX_NR_OTHER, of which these find out whether it is selected. data is there so that
 * the other arguments stay in the registers where the tracepoint put them.
 */
void linx_enter_other(void *data, struct pt_regs *regs, long nr);
void linx_exit_other(void *data, struct pt_regs *regs, long ret, long nr);
/* One that is selected, from probe_enter() on, for this session; NULL: for all. key: linx_key() */
void linx_enter_slow(struct linx_session *s, struct pt_regs *regs, unsigned long key, long nr);
void linx_exit_slow(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, long nr);

/* syscall/slow.c to syscall/fast_32.c: a 32-bit call of which the session says that it may go there, from probe_enter() on. */
void linx_enter_32(struct linx_session *s, struct pt_regs *regs, unsigned long key);
void linx_exit_32(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key);

#endif
