// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tables of events, as a view describes them: linxcap stat, -c, and linxcap http --summary. A table is printed at the
 * end. With --every a table is printed for each interval of event time, so that a replay prints the same tables as the
 * live run.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>

#include "output/report.h"
#include "trace/destinations/view.h"
#include "trace/settings.h"
#include "trace/window.h"

#define SECOND_NS 1000000000ull
/*
 * Time after the end of an interval at which a live trace prints the interval if no further event comes. Events wait in
 * rings for less than that.
 */
#define LINGER_NS SECOND_NS

struct table {
	struct view view;
	struct linx *l;
	const struct settings *settings;
	const struct view_def *def;
	struct linx_aggregate *a;
	struct sheet_losses losses; /* records lost in the time of the table that is being counted */
	uint64_t interval; /* number of the interval that is being counted, since 1970; 0: none */
	uint64_t printed; /* number of the last interval that was printed */
	uint64_t refresh_ns; /* time of the next refresh on a terminal; UINT64_MAX: the table did not change */
	bool begun; /* a table was printed */
};

static bool wanted(const struct settings *s)
{
	return s->look.table.def;
}

/* ---- printing ------------------------------------------------------------------------------- */

static bool is_live(const struct table *t)
{
	return linx_get_stream_info(t->l)->live;
}

static struct winsize size_of(const struct table *t)
{
	struct winsize size = { 0 };

	if (t->view.to->terminal < 0 || ioctl(t->view.to->terminal, TIOCGWINSZ, &size))
		size = (struct winsize){ 0 };
	return size;
}

static int format(const struct table *t, const struct sheet *s, FILE *f)
{
	switch (t->settings->look.table.form) {
	case TABLE_JSON:
		return sheet_print_json(s, f);
	case TABLE_CSV:
		return sheet_print_csv(s, f);
	default:
		return sheet_print_text(s, f);
	}
}

/* Writes the table with at most this number of rows; 0: all. Sets *empty to whether the table has no line. */
static int put_table(struct table *t, unsigned int rows, bool *empty)
{
	const uint64_t every = t->settings->look.table.every_ns;
	const struct sheet s = {
		.view = t->def, .a = t->a, .top = rows, .width = size_of(t).ws_col, .losses = t->losses, .heads = !t->begun,
		.drills = !t->settings->where.read_path && !t->settings->what.condition,
		.colour = settings_colour(t->settings, t->view.to->terminal >= 0) && t->def->foot,
		.from_ns = t->interval * every, .to_ns = t->interval ? (t->interval + 1) * every : 0,
	};
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int rc = f ? format(t, &s, f) : -ENOMEM;

	if (f && fclose(f) && !rc)
		rc = -ENOMEM;
	if (!rc && len)
		rc = view_put(&t->view, text, len);
	*empty = !len;
	t->begun = true;
	free(text);
	return rc;
}

/* Prints the table of an interval, and begins the next one. */
static int end_interval(struct table *t)
{
	bool empty;
	int rc = put_table(t, t->settings->look.table.top, &empty);

	linx_aggregate_clear(t->a);
	t->losses = (struct sheet_losses){ .skipped = 0 };
	t->printed = t->interval;
	t->interval = 0;
	return rc;
}

/* Prints the table in place of the previous one, with as many rows as the terminal has. */
static int refresh(struct table *t)
{
	struct winsize size = size_of(t);
	bool empty;
	int rc = view_put(&t->view, "\033[H\033[2J", 7);

	t->refresh_ns = UINT64_MAX;
	return rc ? rc : put_table(t, size.ws_row > 3 ? size.ws_row - 3u : 0, &empty);
}

/* ---- counting ------------------------------------------------------------------------------- */

/*
 * True if the clock was set back: a call returned long before the interval that is being counted. Calls that did not
 * return are no sign of that, since they come last, with the times at which they began.
 */
static bool is_set_back(const struct table *t, const struct linx_event *ev, uint64_t interval)
{
	uint64_t now = t->interval ? t->interval : t->printed + 1;
	int64_t ret;

	return interval + LINGER_NS / t->settings->look.table.every_ns + 1 < now && !linx_event_get_ret(ev, &ret);
}

/*
 * Prints the interval that was being counted, if the event belongs to a later interval. If the event's own interval was
 * printed already, the event counts in the next one.
 */
static int find_interval(struct table *t, const struct linx_event *ev)
{
	uint64_t interval = linx_event_get_time_ns(ev) / t->settings->look.table.every_ns;
	bool is_back = is_set_back(t, ev, interval);
	int rc = t->interval && (interval > t->interval || is_back) ? end_interval(t) : 0;

	if (is_back)
		t->printed = 0;
	if (!t->interval)
		t->interval = interval > t->printed ? interval : t->printed + 1;
	return rc;
}

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct table *t = (struct table *)d;
	int rc = 0;

	if (linx_event_get_kind(ev) == LINX_EVENT_GAP)
		sheet_count_losses(&t->losses, ev);
	if (!view_def_counts(t->def->events, ev, counts))
		return 0;
	if (t->settings->look.table.every_ns)
		rc = find_interval(t, ev);
	if (t->def->refresh && t->view.to->terminal >= 0 && t->refresh_ns == UINT64_MAX)
		t->refresh_ns = report_clock_ns() + SECOND_NS;
	return rc ? rc : view_def_add(t->a, ev);
}

/* ---- time ----------------------------------------------------------------------------------- */

static uint64_t wall_clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

/* Returns the time on the wall clock at which the interval is printed even if no event comes; 0: never. */
static uint64_t interval_due(const struct table *t)
{
	return t->interval && is_live(t) ? (t->interval + 1) * t->settings->look.table.every_ns + LINGER_NS : 0;
}

static int flush(struct destination *d)
{
	struct table *t = (struct table *)d;
	int rc = view_flush(d);
	uint64_t due = interval_due(t), wall = due ? wall_clock_ns() : 0;

	if (t->refresh_ns < d->due_ns)
		d->due_ns = t->refresh_ns;
	if (due && report_clock_ns() + (due > wall ? due - wall : 0) < d->due_ns)
		d->due_ns = report_clock_ns() + (due > wall ? due - wall : 0);
	return rc;
}

static int look(struct destination *d, uint64_t now_ns)
{
	struct table *t = (struct table *)d;
	int rc = view_look(d, now_ns);

	if (!rc && now_ns >= t->refresh_ns)
		rc = refresh(t);
	if (!rc && interval_due(t) && wall_clock_ns() >= interval_due(t))
		rc = end_interval(t);
	return rc;
}

/* ---- beginning and end ---------------------------------------------------------------------- */

/* Warns of columns that show a time which some of the events do not have. */
static void say_untimed(const struct table *t)
{
	for (unsigned int i = 0; i < t->def->ncolumns; i++) {
		const struct view_column *c = &t->def->columns[i];
		uint64_t n = c->untimed ? linx_aggregate_get_missing(t->a, i) : 0;

		if (n)
			say_at(SAY_WARNING, "%s: %llu calls%s", c->untimed, (unsigned long long)n, is_live(t) ? "" : ": record with -T to have it");
	}
}

/* Prints where the table was written, since the user may not expect it there. */
static void announce(const struct table *t)
{
	const struct settings *s = t->settings;

	if (t->def->announce && !s->where.quiet && !s->where.out_path && !s->where.log_path && t->view.to->terminal < 0)
		say_at(SAY_INFO, "%s is on %s", t->def->announce, t->view.to->name);
}

/* Takes the counts of a source that delivers no events. */
static int take_counts(struct table *t)
{
	const struct linx_certificate *c;

	if (!linx_get_stream_info(t->l)->counts || linx_get_certificate(t->l, &c))
		return 0;
	return linx_aggregate_add_counts(t->a, c);
}

static int put_last(struct table *t)
{
	bool empty = false;
	int rc = take_counts(t);

	if (rc)
		return rc;
	sheet_take_certificate(&t->losses, t->l, window_in_file(t->settings));
	if (t->def->refresh && t->view.to->terminal >= 0)
		rc = view_put(&t->view, "\033[H\033[2J", 7);
	if (!rc)
		rc = put_table(t, t->settings->look.table.top, &empty);
	if (!rc && !empty)
		announce(t);
	say_untimed(t);
	return rc;
}

/*
 * Prints the table of the last interval, with what the account says of the whole recording. If no event came since the
 * last table, a table without rows is printed only if losses must be reported.
 */
static int put_last_interval(struct table *t)
{
	struct sheet_losses *l = &t->losses;

	sheet_take_certificate(l, t->l, true);
	if (!t->interval && !sheet_lost(l) && !l->skipped && !l->cut_off && !l->doubtful)
		return 0;
	if (!t->interval)
		t->interval = t->printed + 1;
	return end_interval(t);
}

static int finish(struct destination *d, int *fd)
{
	struct table *t = (struct table *)d;
	int rc = 0;

	if (!t->settings->look.table.every_ns)
		rc = put_last(t);
	else
		rc = put_last_interval(t);
	return rc ? rc : view_finish(d, fd);
}

static void release(struct destination *d)
{
	struct table *t = (struct table *)d;

	linx_aggregate_free(t->a);
	view_close(&t->view);
	free(t);
}

static struct destination *open_table(const struct destination_env *e, struct problem *why)
{
	const struct settings *s = e->settings;
	struct table *t = problem_alloc(sizeof(*t), why);

	if (!t)
		return NULL;
	t->l = e->l;
	t->settings = s;
	t->def = s->look.table.def;
	t->refresh_ns = UINT64_MAX;
	if (!view_open(&t->view, &destination_table, e, s->look.table.form == TABLE_JSON ? LINX_FORM_JSON : LINX_FORM_PLAIN, why)) {
		t->a = view_def_aggregate(t->def, why);
		if (t->a)
			return &t->view.base;
	}
	release(&t->view.base);
	return NULL;
}

const struct destination_ops destination_table = {
	.instead = true,
	.shown_alone = true,
	.wanted = wanted,
	.open = open_table,
	.take = take,
	.flush = flush,
	.look = look,
	.finish = finish,
	.explain = view_explain,
	.free = release,
};
