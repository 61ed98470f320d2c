// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Keeps shown events as rows in a folder of Parquet files (--rows DIR). With --rules the rows are the events that a
 * rule matches, and reports of losses. A file has the rows of one session and day. It is published anew a few seconds
 * after a row was added, and is complete at ROWS_MAX rows.
 */
#include <errno.h>
#include <linx/rowset.h>
#include <stdlib.h>
#include <time.h>

#include "output/report.h"
#include "trace/destinations/destination.h"
#include "trace/row_set.h"
#include "trace/rows_dir.h"
#include "trace/settings.h"

/* Rows of a complete file: 16 row groups. */
#define ROWS_MAX (16u * LINX_ROWSET_GROUP)

struct rows {
	struct destination base;
	struct linx *l;
	struct linx_rowset *set;
	struct rows_dir *dir;
	bool open; /* a file was begun */
	bool by_rules; /* rules choose the rows */
	uint64_t session, day; /* session and day of all rows in the file; day: days since 1970 */
	uint64_t flush_ns; /* --flush */
};

static bool wanted(const struct settings *s)
{
	return s->where.rows.path;
}

/* ---- files ------------------------------------------------------------------------------------------- */

static int write_rows(struct rows *r)
{
	struct linx_rowset_end end;
	int rc = linx_rowset_make(r->set, &end);

	return rc ? rc : destination_wrote(&r->base, rows_dir_write(r->dir, end.offset, end.data, end.len));
}

static int publish(struct rows *r, bool wait)
{
	int rc = destination_wrote(&r->base, rows_dir_publish(r->dir, wait));

	r->base.bytes = rows_dir_bytes(r->dir);
	return rc;
}

/* Completes the file, if there is one. */
static int end_file(struct rows *r)
{
	int rc = 0;

	if (r->open && linx_rowset_get_count(r->set)) {
		rc = write_rows(r);
		if (!rc)
			rc = publish(r, true);
	}
	linx_rowset_clear(r->set);
	r->open = false;
	r->base.due_ns = UINT64_MAX;
	return rc;
}

/*
 * True if the rows of the open file are of another session or day than the event. An event without a time belongs to
 * any day.
 */
static bool is_other(const struct rows *r, uint64_t session, uint64_t time_ns)
{
	return session != r->session || (time_ns && time_ns / ROW_DAY_NS != r->day);
}

/*
 * Begins a file if none is open. If an open file has ROWS_MAX rows, or is of another session or day than the event, it
 * is completed first.
 */
static int choose_file(struct rows *r, const struct linx_event *ev)
{
	const struct linx_stream_info *info = linx_get_stream_info(r->l);
	uint64_t time_ns = linx_event_get_time_ns(ev);
	int rc = 0;

	if (r->open && (is_other(r, info->session, time_ns) || linx_rowset_get_count(r->set) >= ROWS_MAX))
		rc = end_file(r);
	if (rc || r->open)
		return rc;
	if (!time_ns) /* a certificate has no time, and can be the first row of a file */
		time_ns = r->day ? r->day * ROW_DAY_NS : (uint64_t)time(NULL) * 1000000000;
	r->session = info->session;
	r->day = time_ns / ROW_DAY_NS;
	r->open = true;
	return destination_wrote(&r->base, rows_dir_begin(r->dir, info->node, r->session, time_ns));
}

/* ---- operations of the destination --------------------------------------------------------------------- */

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct rows *r = (struct rows *)d;
	int rc;

	if (!row_set_wants(r->by_rules, *counts, ev))
		return 0;
	rc = choose_file(r, ev);
	if (!rc)
		rc = linx_rowset_add(r->set, r->l, ev);
	if (rc == -ENOBUFS) {
		rc = write_rows(r);
		if (!rc)
			rc = linx_rowset_add(r->set, r->l, ev);
	}
	if (rc <= 0)
		return rc;
	row_set_count(counts, ev);
	if (d->due_ns == UINT64_MAX)
		d->due_ns = report_clock_ns() + r->flush_ns;
	return 0;
}

static int look(struct destination *d, uint64_t now_ns)
{
	struct rows *r = (struct rows *)d;
	int rc = destination_wrote(d, rows_dir_settle(r->dir));

	if (rc || now_ns < d->due_ns)
		return rc;
	d->due_ns = UINT64_MAX;
	if (rows_dir_waits(r->dir)) { /* on a slow disk the next version waits, but events do not */
		d->due_ns = now_ns + r->flush_ns;
		return 0;
	}
	if (!r->open || !linx_rowset_get_count(r->set))
		return 0;
	rc = write_rows(r);
	return rc ? rc : publish(r, false);
}

static int finish(struct destination *d, int *fd)
{
	(void)fd;
	return end_file((struct rows *)d);
}

static void explain(const struct destination *d, int error)
{
	destination_explain(rows_dir_name(((const struct rows *)d)->dir), error);
}

static void release(struct destination *d)
{
	struct rows *r = (struct rows *)d;

	linx_rowset_free(r->set);
	if (r->dir)
		rows_dir_close(r->dir);
	free(r);
}

/* ---- opening -------------------------------------------------------------------------------------------- */

static struct destination *open_rows(const struct destination_env *e, struct problem *why)
{
	const struct rows_settings *s = &e->settings->where.rows;
	struct rows *r = problem_alloc(sizeof(*r), why);

	if (!r)
		return NULL;
	destination_begin(&r->base, &destination_rows);
	r->l = e->l;
	r->flush_ns = s->flush_ns;
	r->by_rules = e->settings->where.rules.from.n;
	if (!row_set_new(&r->set, e->settings, LINX_ROWSET_PARQUET, why)) {
		r->dir = rows_dir_open(s->path, s->keep, why);
		if (r->dir)
			return &r->base;
	}
	release(&r->base);
	return NULL;
}

const struct destination_ops destination_rows = {
	.shown_alone = true,
	.wanted = wanted,
	.open = open_rows,
	.take = take,
	.look = look,
	.finish = finish,
	.explain = explain,
	.free = release,
};
