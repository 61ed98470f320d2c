/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls that somebody selected: usual.c, calls.c. All four run a whole probe.
 * data is there so that the other arguments stay in the registers where the
 * tracepoint put them.
 */
#ifndef LINX_KMOD_CALLS_H
#define LINX_KMOD_CALLS_H

struct pt_regs;

/* x86_64, with a number below LINX_NR_OTHER: the key. */
void linx_enter_usual(void *data, struct pt_regs *regs, unsigned long key);
void linx_exit_usual(void *data, struct pt_regs *regs, long ret, unsigned long key);
/* Any other: these look first whether it is selected. */
void linx_enter_unusual(void *data, struct pt_regs *regs, long nr);
void linx_exit_unusual(void *data, struct pt_regs *regs, long ret, long nr);

/* usual.c to calls.c: the same on the long way, from probe_enter() on. key: linx_key() */
void linx_enter_long(void *data, struct pt_regs *regs, unsigned long key, long nr);
void linx_exit_long(void *data, struct pt_regs *regs, long ret, unsigned long key, long nr);

#endif
