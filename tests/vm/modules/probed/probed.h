/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions of the module probed that both of its files use. */
#ifndef PROBED_H
#define PROBED_H

#include <linux/tracepoint.h>

struct probed_inner {
	u32 number; /* a negative number, as a signed one */
	u8 bits;
	char text[20];
};

struct probed_arg {
	u64 head;
	struct probed_inner *inner;
	void *nothing; /* NULL */
	void *nowhere; /* an address at which there is no memory */
};

void probed_call_twin(int x);

u64 linx_probed(u64 n, const struct probed_arg *a, u64 c, u64 d, u64 e, u64 f);
void linx_probed_interrupt(u64 n);
void linx_probed_softirq(u64 n);

/* Since Linux 6.16 the kernel appends _tp to the name of a tracepoint that DECLARE_TRACE() declares. */
#define PROBED_PROTO TP_PROTO(int n, const struct probed_arg *arg, u64 c, u64 d, u64 e, u64 f, u64 last)
#define PROBED_ARGS TP_ARGS(n, arg, c, d, e, f, last)
DECLARE_TRACE(linx_probed, PROBED_PROTO, PROBED_ARGS);

#endif
