// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rows and values that all forms of a table share: see view/sheet.h. */
#include <errno.h>
#include <inttypes.h>

#include "view/sheet.h"

uint64_t sheet_span_ns(const struct sheet *s)
{
	return s->to_ns ? s->to_ns - s->from_ns : 0;
}

int sheet_sort(const struct sheet *s, const struct linx_cell *section, unsigned int *shown)
{
	const struct linx_aggregate_sorting o = {
		.size = sizeof(o), .order = s->view->order, .norder = s->view->norder, .span_ns = sheet_span_ns(s),
		.only = section, .only_key = s->view->sections.index,
	};
	int n = linx_aggregate_sort(s->a, &o);

	*shown = n > 0 ? (unsigned int)n : 0;
	if (s->top && *shown > s->top)
		*shown = s->top;
	return n;
}

uint64_t sheet_lost(const struct sheet_losses *l)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
		n += l->lost[i];
	return n;
}

void sheet_count_losses(struct sheet_losses *l, const struct linx_event *ev)
{
	uint64_t lost[LINX_LOST_MAX];

	if (linx_event_get_lost(ev, lost))
		return;
	for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
		l->lost[i] += lost[i];
}

void sheet_take_certificate(struct sheet_losses *l, struct linx *source, bool is_part)
{
	const struct linx_certificate *c;

	/* the account at the end of the capture was not read: the file is damaged, or reading ended earlier */
	if (linx_get_certificate(source, &c) || c->cut_off || (!c->complete && !c->stop_ns)) {
		l->cut_off = true;
		return;
	}
	l->certified = c->complete;
	l->doubtful = !c->complete;
	l->skipped = c->skipped;
	for (unsigned int i = 0; !is_part && i < LINX_LOST_MAX; i++)
		if (c->complete || c->total.lost[i] > l->lost[i])
			l->lost[i] = c->total.lost[i];
}

void sheet_put_losses(const struct sheet_losses *l, const char *begin, const char *end, FILE *f)
{
	uint64_t lost = sheet_lost(l);
	const char *sep = " (";

	if (lost)
		fprintf(f, "%s%" PRIu64 " lost", begin, lost);
	else
		fputs("none lost", f);
	for (unsigned int i = 0; i < LINX_LOST_NR; i++) {
		if (!l->lost[i])
			continue;
		fprintf(f, "%s%" PRIu64 " %s", sep, l->lost[i], linx_lost_name(i));
		sep = ", ";
	}
	if (lost)
		fprintf(f, ")%s", end);
	if (l->cut_off)
		fputs(" so far, and the account at the end of the capture was not read", f);
	if (l->doubtful)
		fputs(" so far as is known, and the account is not complete", f);
	if (l->skipped)
		fprintf(f, ", up to %" PRIu64 " skipped by the engine", l->skipped);
}

int sheet_histogram(const struct view_def *v)
{
	for (unsigned int i = 0; i < v->ncolumns; i++)
		if (v->columns[i].of.kind == LINX_COLUMN_HISTOGRAM)
			return (int)i;
	return -1;
}

void sheet_cell(const struct sheet *s, uint32_t row, const struct view_item *item, struct linx_cell *cell)
{
	int rc = item->is_key ? linx_aggregate_get_key(s->a, row, item->index, cell) :
				linx_aggregate_get_cell(s->a, row, item->index, cell);

	if (rc)
		*cell = (struct linx_cell){ .type = LINX_CELL_NONE };
}
