// SPDX-License-Identifier: GPL-2.0-only
/* Counts the probes under way on each CPU and the work of each, and ends a probe that is nested in another. */
#include <linux/percpu.h>
#include <linux/rculist.h>
#include "core/probe_guard.h"
#include "core/probe_work.h"
#include "core/session.h"

DEFINE_PER_CPU(int, linx_probe_on) = LINX_PROBE_NONE;
DEFINE_PER_CPU(u32, linx_probe_work);

void linx_nested_leave(void)
{
	struct linx_session *s;

	list_for_each_entry_rcu(s, &linx_sessions, link)
		linx_ring_nested(s->ring);
	probe_leave();
}
