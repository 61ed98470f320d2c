// SPDX-License-Identifier: GPL-2.0-only
/* Variables that count the probes under way on a CPU and the work of a probe; and the end of a nested probe. */
#include <linux/percpu.h>
#include <linux/rculist.h>
#include "core/probe_guard.h"
#include "core/probe_work.h"
#include "core/session.h"

DEFINE_PER_CPU(int, linx_probe_on) = LINX_PROBE_NONE;
DEFINE_PER_CPU(u32, linx_probe_work);

void linx_nested_end(void)
{
	this_cpu_dec(linx_probe_on);
	preempt_enable_notrace();
}

void linx_nested_leave(void)
{
	struct linx_session *s;

	list_for_each_entry_rcu(s, &linx_sessions, link)
		linx_ring_nested(s->ring);
	linx_nested_end();
}
