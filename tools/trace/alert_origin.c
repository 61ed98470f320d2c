// SPDX-License-Identifier: LGPL-2.1-or-later
/* Origin of alerts: see trace/alert_origin.h. */
#include <string.h>

#include "output/report.h"
#include "trace/alert_origin.h"

void alert_origin_begin(struct alert_origin *o, struct linx *l)
{
	*o = (struct alert_origin){ .l = l };
	strncpy(o->host, linx_get_stream_info(l)->node, sizeof(o->host) - 1);
}

void alert_origin_look(struct alert_origin *o, const struct linx_event *ev)
{
	struct linx_counts gap;

	if (!linx_event_get_lost(ev, gap.lost))
		o->gone += report_lost(&gap);
}

/*
 * Returns how many records were lost so far. For a live source the kernel's count is higher than that of the gaps,
 * since it includes losses after the current event.
 */
uint64_t alert_origin_lost(const struct alert_origin *o)
{
	struct linx_counts c;
	uint64_t n;

	if (!linx_get_stream_info(o->l)->live || linx_get_counts(o->l, &c) < 0)
		return o->gone;
	n = report_lost(&c);
	return n > o->gone ? n : o->gone;
}
