/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Choice among events that were read: options that decide what is shown, not what is recorded. */
#ifndef LINXCAP_SHOWN_H
#define LINXCAP_SHOWN_H

#include "trace/settings.h"

struct shown {
	bool all; /* no option chooses: the members below need no look */
	const struct fds_selection *selected; /* -P, -e fd= */
	uint64_t hide_signals; /* bit n - 1: signal n */
	bool account_alone; /* no events, but the account at the end */
	bool http_alone; /* linxcap http: requests and what is lost, no calls and no events of tasks */
};

/* s outlives it. */
struct shown shown_by(const struct settings *s);
/* The choice among events where an option makes one. */
bool shown_chooses(const struct shown *s, const struct linx_event *ev);
static inline bool shown_takes(const struct shown *s, const struct linx_event *ev)
{
	return s->all || shown_chooses(s, ev);
}

#endif
