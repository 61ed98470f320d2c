// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The table of calls of -c, with the columns and the order of strace -c. Calls are counted, and the table is
 * printed at the end.
 */
#include <stdlib.h>

#include "output/summary.h"
#include "trace/destinations/view.h"
#include "trace/settings.h"
#include "trace/source.h"

struct summary {
	struct view view;
	struct linx *l;
	struct strace_summary_table *table;
	bool announce; /* print a message that says where the table goes, since the user may not expect it there */
	uint64_t untimed; /* number of calls in the table whose time is not known */
};

static bool wanted(const struct settings *s)
{
	return s->look.summary;
}

/* Counts a call. Operations of io_uring are not counted, as in strace. */
static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct summary *t = (struct summary *)d;
	uint64_t ns;
	int64_t ret;

	if (linx_event_get_kind(ev) != LINX_EVENT_SYSCALL || linx_event_get_flags(ev) & LINX_EVENT_IO_URING)
		return 0;
	strace_summary_count(t->table, ev);
	t->untimed += !linx_event_get_ret(ev, &ret) && linx_event_get_duration_ns(ev, &ns) && linx_event_get_cpu_ns(ev, &ns);
	*counts = true;
	return 0;
}

static int put_table(struct summary *t)
{
	char *text = NULL;
	size_t len = 0;
	int rc = strace_summary_print(t->table, &text, &len);

	if (!rc && len)
		rc = view_put(&t->view, text, len);
	if (!rc && len && t->announce)
		say_at(SAY_INFO, "the table of calls is on %s", t->view.to->name);
	free(text);
	if (t->untimed)
		say_at(SAY_WARNING, "without a time in the table: %llu calls%s", (unsigned long long)t->untimed,
		       linx_get_stream_info(t->l)->live ? "" : ": record with -T to have it");
	return rc;
}

static int finish(struct destination *d, int *fd)
{
	int rc = put_table((struct summary *)d);

	return rc ? rc : view_finish(d, fd);
}

static void release(struct destination *d)
{
	struct summary *t = (struct summary *)d;

	strace_summary_free(t->table);
	view_close(&t->view);
	free(t);
}

static struct destination *open_summary(const struct destination_env *e, struct problem *why)
{
	const struct settings *s = e->settings;
	const struct summary_options defaults = { .wall_clock = source_has_durations(s) };
	struct summary *t = problem_alloc(sizeof(*t), why);

	if (!t)
		return NULL;
	t->l = e->l;
	if (!view_open(&t->view, &destination_summary, e, LINX_FORM_PLAIN, why) && !strace_summary_new(&defaults, &t->table, why)) {
		t->announce = !s->where.quiet && !s->where.out_path && !s->where.log_path && t->view.to->terminal < 0;
		return &t->view.base;
	}
	release(&t->view.base);
	return NULL;
}

const struct destination_ops destination_summary = {
	.instead = true,
	.shown_alone = true,
	.wanted = wanted,
	.open = open_summary,
	.take = take,
	.flush = view_flush,
	.look = view_look,
	.finish = finish,
	.explain = view_explain,
	.free = release,
};
