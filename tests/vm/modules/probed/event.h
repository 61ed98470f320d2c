/* SPDX-License-Identifier: GPL-2.0-only */
/* The trace event probed:linx_event of the module probed, whose record has a field for each argument. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM probed

#if !defined(PROBED_EVENT_H) || defined(TRACE_HEADER_MULTI_READ)
#define PROBED_EVENT_H

#include <linux/tracepoint.h>

void probed_nest(int n);

TRACE_EVENT(linx_event,
	TP_PROTO(int n, u64 last),
	TP_ARGS(n, last),
	TP_STRUCT__entry(
		__field(int, n)
		__field(u64, last)
		__array(char, text, 8)
	),
	TP_fast_assign(
		__entry->n = n;
		__entry->last = last;
		snprintf(__entry->text, 8, "n%d", n);
		probed_nest(n);
	),
	TP_printk("n=%d last=%llu", __entry->n, __entry->last)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE event
#include <trace/define_trace.h>
