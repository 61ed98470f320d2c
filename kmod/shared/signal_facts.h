/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * Chooses which signals the module and the eBPF engine record: ignored and fatal signals when they are sent, all others
 * when they are delivered.
 */
#ifndef LINX_SHARED_SIGNAL_FACTS_H
#define LINX_SHARED_SIGNAL_FACTS_H

#include <linux/linx_record.h>
#include <linux/types.h>

#ifndef SIGKILL /* the eBPF engine has no signal.h */
#define SIGKILL 9
#endif

/* Values of SIG_DFL and SIG_IGN, as the kernel keeps them in sa_handler. */
#define LINX_HANDLER_DEFAULT 0
#define LINX_HANDLER_IGNORES 1

/*
 * Returns LINX_SIGNAL_* of a delivered signal; 0: it is not recorded. SIGKILL is not recorded here: debuggers do not
 * see it, and the kernel turns other fatal signals into SIGKILL.
 */
static __always_inline __u32 linx_signal_delivery(__s32 signo, __u64 handler)
{
	if (signo == SIGKILL)
		return 0;
	if (handler == LINX_HANDLER_IGNORES)
		return LINX_SIGNAL_DELIVERED;
	return LINX_SIGNAL_DELIVERED | (handler == LINX_HANDLER_DEFAULT ? LINX_SIGNAL_DEFAULT : LINX_SIGNAL_HANDLER);
}

/*
 * Returns LINX_SIGNAL_* of a signal that was sent; 0: it is not recorded. taken: the signal has been added to those of
 * the receiver. ends: the process is ending, with group_exit_code. Before Linux 6.2, a process that is ending, or has
 * ended, still takes signals. Only the first fatal signal is the cause of its end.
 */
static __always_inline __u32 linx_signal_sending(__s32 signo, int ignored, int taken, int ends, __s32 group_exit_code)
{
	if (signo == SIGKILL)
		return 0;
	if (ignored)
		return ends ? 0 : LINX_SIGNAL_IGNORED;
	return taken && ends && group_exit_code == signo ? LINX_SIGNAL_FATAL : 0;
}

#endif
