// SPDX-License-Identifier: LGPL-2.1-or-later
/* Decides which events are shown: see trace/shown.h. */
#include "trace/shown.h"

struct shown shown_by(const struct settings *s)
{
	const struct fds_selection *selected = &s->what.selected;

	bool all_calls = !selected->npaths && !selected->nfds && !s->config.drop_mode && !s->look.http_alone;

	return (struct shown){
		.all = all_calls && !s->what.hide_signals,
		.all_calls = all_calls,
		.selected = selected,
		.hide_signals = s->what.hide_signals,
		.account_alone = s->config.drop_mode,
		.http_alone = s->look.http_alone,
	};
}

static bool is_of_http(enum linx_event_kind kind)
{
	return kind == LINX_EVENT_HTTP || kind == LINX_EVENT_GAP || kind == LINX_EVENT_BUDGET;
}

static bool is_hidden_signal(const struct shown *s, const struct linx_event *ev)
{
	int signo = linx_event_get_signal(ev);

	return signo > 0 && signo <= 64 && s->hide_signals >> (signo - 1) & 1;
}

bool shown_chooses(const struct shown *s, const struct linx_event *ev)
{
	enum linx_event_kind kind = linx_event_get_kind(ev);

	if (kind == LINX_EVENT_CERTIFICATE || kind == LINX_EVENT_TAMPER)
		return true;
	if (s->account_alone || (s->http_alone && !is_of_http(kind)))
		return false;
	if (kind == LINX_EVENT_SYSCALL)
		return fds_requested(s->selected, ev);
	return kind != LINX_EVENT_SIGNAL || !is_hidden_signal(s, ev);
}
