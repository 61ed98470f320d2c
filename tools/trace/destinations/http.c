// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The table of linxcap http --summary. It is printed at the end; on a terminal it is also refreshed while requests
 * come.
 */
#include <stdlib.h>
#include <sys/ioctl.h>

#include "output/http_summary.h"
#include "output/report.h"
#include "trace/destinations/view.h"
#include "trace/settings.h"

#define REFRESH_NS 1000000000u

struct http {
	struct view view;
	struct http_summary *table;
	uint64_t refresh_ns; /* time of the next refresh on a terminal; UINT64_MAX: the table did not change */
};

static bool wanted(const struct settings *s)
{
	return s->look.http_summary;
}

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct http *h = (struct http *)d;
	int rc = http_summary_count(h->table, ev);

	if (rc)
		return rc;
	if (linx_event_get_kind(ev) == LINX_EVENT_HTTP)
		*counts = true;
	if (h->view.to->terminal >= 0 && h->refresh_ns == UINT64_MAX)
		h->refresh_ns = report_clock_ns() + REFRESH_NS;
	return 0;
}

/* Prints the table. On a terminal it replaces the previous one, with as many rows as fit. */
static int put_table(struct http *h, bool last)
{
	const int terminal = h->view.to->terminal;
	struct winsize size = { 0 };
	bool in_place = terminal >= 0 && !last && !ioctl(terminal, TIOCGWINSZ, &size);
	char *text = NULL;
	size_t len = 0;
	int rc = http_summary_print(h->table, in_place && size.ws_row > 3 ? size.ws_row - 3u : 0, &text, &len);

	h->refresh_ns = UINT64_MAX;
	if (!rc && terminal >= 0)
		rc = view_put(&h->view, "\033[H\033[2J", 7);
	if (!rc)
		rc = view_put(&h->view, text, len);
	free(text);
	return rc;
}

static int flush(struct destination *d)
{
	const struct http *h = (const struct http *)d;
	int rc = view_flush(d);

	if (h->refresh_ns < d->due_ns)
		d->due_ns = h->refresh_ns;
	return rc;
}

static int look(struct destination *d, uint64_t now_ns)
{
	struct http *h = (struct http *)d;
	int rc = view_look(d, now_ns);

	return rc || now_ns < h->refresh_ns ? rc : put_table(h, false);
}

static int finish(struct destination *d, int *fd)
{
	int rc = put_table((struct http *)d, true);

	return rc ? rc : view_finish(d, fd);
}

static void release(struct destination *d)
{
	struct http *h = (struct http *)d;

	http_summary_free(h->table);
	view_close(&h->view);
	free(h);
}

static struct destination *open_http(const struct destination_env *e, struct problem *why)
{
	struct http *h = problem_alloc(sizeof(*h), why);

	if (!h)
		return NULL;
	h->refresh_ns = UINT64_MAX;
	if (!view_open(&h->view, &destination_http, e, LINX_FORM_PLAIN, why)) {
		h->table = http_summary_new();
		if (h->table)
			return &h->view.base;
		problem_set(why, "out of memory");
	}
	release(&h->view.base);
	return NULL;
}

const struct destination_ops destination_http = {
	.instead = true,
	.shown_alone = true,
	.wanted = wanted,
	.open = open_http,
	.take = take,
	.flush = flush,
	.look = look,
	.finish = finish,
	.explain = view_explain,
	.free = release,
};
