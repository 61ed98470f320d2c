/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decides which events are shown, by options that do not change what is recorded. */
#ifndef LINXCAP_SHOWN_H
#define LINXCAP_SHOWN_H

#include "trace/settings.h"

struct shown {
	bool all; /* no option limits the shown events, so all are shown and the other members are unused */
	bool all_calls; /* no option limits the shown calls; other kinds of events may be hidden */
	const struct fds_selection *selected; /* paths of -P, descriptors of -e fd=: a call that uses none of them is hidden */
	uint64_t hide_signals; /* bit n - 1: signal n is not shown */
	bool account_alone; /* no events are shown, only the account at the end */
	bool http_alone; /* linxcap http: only requests, and reports of lost or limited records, are shown */
};

/* Makes the filter from the settings, which must live as long as the filter. */
struct shown shown_by(const struct settings *s);
/* True if the event is shown. shown_takes() calls this only if an option limits the shown events. */
bool shown_chooses(const struct shown *s, const struct linx_event *ev);
static inline bool shown_takes(const struct shown *s, const struct linx_event *ev)
{
	return s->all || (s->all_calls && linx_event_get_kind(ev) == LINX_EVENT_SYSCALL) || shown_chooses(s, ev);
}

#endif
