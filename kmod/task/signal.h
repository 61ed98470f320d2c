/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of signals. Implemented in task/signal.c. */
#ifndef LINX_KMOD_SIGNAL_H
#define LINX_KMOD_SIGNAL_H

#include "core/session.h"

struct kernel_siginfo;

/* A signal as a tracepoint shows it. */
struct linx_sent {
	struct task_struct *to;
	const struct kernel_siginfo *info; /* siginfo of the signal, or one of SEND_SIG_* */
	int signo;
	u32 flags; /* LINX_SIGNAL_* */
};

/* Returns linx_sent.flags of a signal that was delivered or sent. 0: it is not recorded. */
u32 linx_signal_delivered(int signo, const struct k_sigaction *action);
u32 linx_signal_sent(int signo, const struct task_struct *to, int result);

void linx_signal_record(struct linx_session *s, struct linx_ring *r, const struct linx_sent *sent, u64 now);

#endif
