/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Choice of the shown events: options that decide what is shown, not what is recorded. */
#ifndef LINXCAP_SHOWN_H
#define LINXCAP_SHOWN_H

#include "trace/settings.h"

struct shown {
	bool all; /* no option chooses: all other members are unused */
	const struct fds_selection *selected; /* -P, -e fd= */
	uint64_t hide_signals; /* bit n - 1: signal n */
	bool account_alone; /* no events are shown, only the account at the end */
	bool http_alone; /* linxcap http: requests and losses, no calls and no events of tasks */
};

/* Makes the choice from the settings; s outlives it. */
struct shown shown_by(const struct settings *s);
/* Slow path of the choice, if an option makes one. */
bool shown_chooses(const struct shown *s, const struct linx_event *ev);
static inline bool shown_takes(const struct shown *s, const struct linx_event *ev)
{
	return s->all || shown_chooses(s, ev);
}

#endif
