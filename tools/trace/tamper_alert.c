// SPDX-License-Identifier: LGPL-2.1-or-later
/* The alert about interference with the recording: see trace/tamper_alert.h. */
#include <stdio.h>
#include <linx/linx.h>

#include "base/array_size.h"
#include "trace/tamper_alert.h"

#define RULE "linx internal: tampering"

void tamper_alert_raise(struct alerts *a, const struct alert_origin *o, const struct linx_event *ev, bool outside)
{
	char cpu[24], what[32], text[160];
	const struct alert_field fields[] = { { "cpu", cpu, true }, { "what", what, false } };
	struct linx_tamper tamper;
	struct alert alert = {
		.priority = ALERT_CRITICAL,
		.rule = RULE,
		.source = "internal",
		.hostname = o->host,
		.output = text,
		.time_ns = linx_event_get_time_ns(ev),
		.fields = fields,
		.nfields = ARRAY_SIZE(fields),
		.outside = outside,
	};

	if (linx_event_get_tamper(ev, &tamper))
		return;
	snprintf(cpu, sizeof(cpu), "%u", linx_event_get_cpu(ev));
	snprintf(what, sizeof(what), "%s", linx_tamper_name(tamper.what));
	snprintf(text, sizeof(text), RULE ". System calls do not reach the recording. (cpu=%s what=%s)", cpu, what);
	alerts_raise(a, &alert);
}
