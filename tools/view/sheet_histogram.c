// SPDX-License-Identifier: LGPL-2.1-or-later
/* Histograms as text: a line with a bar for each power of two, as bpftrace prints them. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "view/sheet.h"

/* Columns of a bar, and least width of one on a narrow terminal. */
#define BAR 52
#define BAR_LEAST 10
/* Columns before a bar: the range, the count, and the characters '|' around the bar. */
#define BEFORE 39
#define COLOUR "\033[36m"
#define BOLD "\033[1m"
#define NORMAL "\033[0m"

/* Writes 2^i with a binary unit: "512", "1K", "16M". */
static void power_text(unsigned int i, char text[16])
{
	static const char units[][2] = { "", "K", "M", "G", "T", "P", "E" };

	snprintf(text, 16, "%u%s", 1u << i % 10, units[i / 10]);
}

/* Writes the range of a bucket: "(..., 0)", "[0]", "[1]", "[16K, 32K)". */
static void range_text(unsigned int bucket, char text[40])
{
	char from[16], to[16];

	if (bucket < 3) {
		snprintf(text, 40, "%s", bucket == 0 ? "(..., 0)" : bucket == 1 ? "[0]" : "[1]");
		return;
	}
	power_text(bucket - 2, from);
	power_text(bucket - 1, to);
	snprintf(text, 40, "[%s, %s)", from, to);
}

static int bar_width(const struct sheet *s)
{
	int room = s->width ? (int)s->width - BEFORE : BAR;

	return room > BAR ? BAR : room < BAR_LEAST ? BAR_LEAST : room;
}

static void put_bar(const struct sheet *s, uint64_t n, uint64_t most, FILE *f)
{
	int width = bar_width(s), filled = (int)((double)n / (double)most * width + 0.5);

	fprintf(f, "|%s", s->colour ? COLOUR : "");
	for (int i = 0; i < width; i++)
		fputc(i < filled ? '@' : ' ', f);
	fprintf(f, "%s|\n", s->colour ? NORMAL : "");
}

/* Writes the buckets from the first to the last that is not empty. */
static void put_buckets(const struct sheet *s, const uint64_t *buckets, FILE *f)
{
	unsigned int first = LINX_HISTOGRAM_BUCKETS, last = 0;
	uint64_t most = 0;
	char range[40];

	for (unsigned int i = 0; i < LINX_HISTOGRAM_BUCKETS; i++) {
		if (!buckets[i])
			continue;
		first = i < first ? i : first;
		last = i;
		most = buckets[i] > most ? buckets[i] : most;
	}
	for (unsigned int i = first; most && i <= last; i++) {
		range_text(i, range);
		fprintf(f, "%-20s %15" PRIu64 " ", range, buckets[i]);
		put_bar(s, buckets[i], most, f);
	}
	if (!most)
		fputs("no values\n", f);
}

/* Writes the line above a histogram: the keys of its row, the field that is counted, and its unit. */
static void put_title(const struct sheet *s, uint32_t row, const struct view_column *c, const char *name, FILE *f)
{
	char text[SHEET_CELL];
	struct linx_cell cell;

	fputs(s->colour ? BOLD : "", f);
	for (unsigned int i = 0; i < s->view->nkeys; i++) {
		const struct view_item item = { .is_key = true, .index = i };

		sheet_cell(s, row, &item, &cell);
		sheet_cell_text(&s->view->keys[i].look, &cell, text);
		if (!name || !i)
			fprintf(f, "%s%s", i ? " " : "", name ? name : text);
	}
	fprintf(f, "%s%s%s%s\n", s->view->nkeys ? ": " : "", c->of.field, c->look.unit == VIEW_TIME ? ", ns" : c->look.unit == VIEW_BYTES ? ", bytes" : "",
		s->colour ? NORMAL : "");
}

static bool is_empty(const uint64_t *buckets)
{
	uint64_t all = 0;

	for (unsigned int i = 0; i < LINX_HISTOGRAM_BUCKETS; i++)
		all |= buckets[i];
	return !all;
}

/* Writes the histogram of a row; a row without a value has no histogram. */
static void put_histogram(const struct sheet *s, uint32_t row, unsigned int column, const char *name, FILE *f)
{
	struct linx_cell cell;

	if (linx_aggregate_get_cell(s->a, row, column, &cell) || cell.type != LINX_CELL_HISTOGRAM)
		return;
	if (s->view->nkeys && is_empty(cell.buckets))
		return;
	put_title(s, row, &s->view->columns[column], name, f);
	put_buckets(s, cell.buckets, f);
	fputc('\n', f);
}

int sheet_print_histograms(const struct sheet *s, FILE *f)
{
	struct linx_aggregate_info info;
	unsigned int shown;
	int rows = sheet_sort(s, NULL, &shown);

	if (rows < 0)
		return rows;
	linx_aggregate_get_info(s->a, &info);
	for (unsigned int c = 0; c < s->view->ncolumns; c++) {
		if (s->view->columns[c].of.kind != LINX_COLUMN_HISTOGRAM)
			continue;
		for (uint32_t row = 0; row < shown; row++)
			put_histogram(s, row, c, NULL, f);
		if (info.folded)
			put_histogram(s, LINX_ROW_FOLDED, c, "(others)", f);
	}
	return rows;
}
