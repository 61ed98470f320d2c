// SPDX-License-Identifier: LGPL-2.1-or-later
/* The alert about interference with the recording: see trace/tamper_alert.h. */
#include <stdio.h>
#include <linx/linx.h>

#include "base/array_size.h"
#include "trace/tamper_alert.h"

#define RULE "linx internal: tampering"

void tamper_alert_raise(struct alerts *a, const struct alert_origin *o, const struct linx_event *ev, bool outside)
{
	static const char *const texts[] = {
		[LINX_TAMPER_MISSED] = "System calls do not reach the recording",
		[LINX_TAMPER_UNLOAD] = "Somebody tried to unload the module",
		[LINX_TAMPER_TRACED] = "Somebody traces the reader",
		[LINX_TAMPER_TAKEN] = "Somebody took a descriptor of the reader",
		[LINX_TAMPER_OPENED] = "Somebody opened an eBPF object of the recording",
		[LINX_TAMPER_ESCAPED] = "A child left the trace of its parent",
	};
	char cpu[24], pid[24], what[32], text[160];
	const struct alert_field fields[] = { { "cpu", cpu, true }, { "proc.pid", pid, true }, { "what", what, false } };
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

	if (linx_event_get_tamper(ev, &tamper) || tamper.what >= ARRAY_SIZE(texts))
		return;
	snprintf(cpu, sizeof(cpu), "%u", linx_event_get_cpu(ev));
	snprintf(what, sizeof(what), "%s", linx_tamper_name(tamper.what));
	snprintf(pid, sizeof(pid), "%u", linx_event_get_pid(ev));
	snprintf(text, sizeof(text), RULE ". %s. (cpu=%s proc.pid=%s what=%s)", texts[tamper.what], cpu, pid, what);
	alerts_raise(a, &alert);
}
