// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sets of rows for the destinations: see trace/row_set.h. */
#include "trace/row_set.h"

#include "redact/redact.h"

static const char *blank(void *data, enum linx_text_form form, const char *text, size_t *len)
{
	return redact_apply(data, form, text, len);
}

int row_set_new(struct linx_rowset **set, const struct settings *s, enum linx_rowset_format format, struct problem *why)
{
	const struct linx_print_opts print = {
		.size = sizeof(print),
		.string_limit = s->look.string_limit,
		.fds = s->look.fds,
		.files = s->what.files,
		.cmdline_limit = s->look.cmdline_limit,
		.files_limit = s->look.files_limit,
	};
	const struct linx_rowset_opts opts = {
		.size = sizeof(opts),
		.no_args = s->where.rows.no_args,
		.level = s->where.rows.level,
		.print = &print,
		.change = s->look.redact ? blank : NULL,
		.data = s->look.redact,
		.format = format,
	};

	return linx_rowset_new(&opts, set) ? problem_set(why, "out of memory") : 0;
}

/*
 * True for events about the recording itself, by which a reader knows what is missing. They become rows even if no rule
 * matches them.
 */
static bool is_of_recording(enum linx_event_kind kind)
{
	return kind == LINX_EVENT_GAP || kind == LINX_EVENT_BUDGET || kind == LINX_EVENT_CERTIFICATE || kind == LINX_EVENT_TAMPER;
}

bool row_set_wants(bool by_rules, bool matched, const struct linx_event *ev)
{
	return !by_rules || matched || is_of_recording(linx_event_get_kind(ev));
}

void row_set_count(bool *counts, const struct linx_event *ev)
{
	enum linx_event_kind kind = linx_event_get_kind(ev);

	*counts |= kind == LINX_EVENT_SYSCALL || kind == LINX_EVENT_HTTP;
}
