/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes of system call entry and return. Implemented in syscall/fast.c and syscall/slow.c.
 *
 * The directory syscall/ holds the probes of the two system call tracepoints and of io_uring: fast path, filtered fast
 * path and slow path. control/tracepoints.h attaches them.
 */
#ifndef LINX_KMOD_CALLS_H
#define LINX_KMOD_CALLS_H

#include <asm/unistd.h>
#include <linux/types.h>

struct linx_session;
struct pt_regs;

/* The call of canaries (LINX_CANARY): getcpu of the machine's own ABI, and its argument that the kernel ignores. */
#define LINX_CANARY_KEY __NR_getcpu
#define LINX_CANARY_ARG 2
#define LINX_CANARY_MASK (~0ull << 32)

/* The probes of the tracepoints. */
void linx_on_enter(void *data, struct pt_regs *regs, long nr);
void linx_on_exit(void *data, struct pt_regs *regs, long ret);

/*
 * Handle a call that is not a 64-bit call with a number below LINX_NR_OTHER, if a session has selected it.
 * syscall/fast.c calls these functions, which are in syscall/slow.c. The parameter "data" is not used. It exists so
 * that the other arguments stay in the registers in which the tracepoint passes them.
 */
void linx_enter_other(void *data, struct pt_regs *regs, long nr);
void linx_exit_other(void *data, struct pt_regs *regs, long ret, long nr);
/*
 * Handle a selected call on the slow path, after probe_enter(), for the session s, or for all sessions if s is NULL.
 * End the probe. key: linx_key() of the call.
 */
void linx_enter_slow(struct linx_session *s, struct pt_regs *regs, unsigned long key, long nr);
void linx_exit_slow(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key, long nr);

/*
 * Handle a 32-bit call on the fast path of syscall/fast_32.c, which the session allows for this call, after
 * probe_enter(). End the probe. Called by syscall/slow.c.
 */
void linx_enter_32(struct linx_session *s, struct pt_regs *regs, unsigned long key);
void linx_exit_32(struct linx_session *s, struct pt_regs *regs, long ret, unsigned long key);

#endif
