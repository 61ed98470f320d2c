// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A table as CSV (RFC 4180), for spreadsheets: numbers without units, a line of names before the first table. With
 * several tables each line begins with the time of its table. A histogram has a line for each bucket.
 */
#include <inttypes.h>
#include <string.h>

#include "view/sheet.h"

/* Writes a text, in quotes where that is needed. */
static void put_text(FILE *f, const char *s)
{
	if (!strpbrk(s, ",\"\r\n")) {
		fputs(s, f);
		return;
	}
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

static void put_cell(FILE *f, const struct linx_cell *cell)
{
	const struct view_look look = { .digits = cell->type == LINX_CELL_REAL ? 6 : 0 };
	char quoted[SHEET_CELL + 1] = "'", *text = quoted + 1;

	sheet_cell_text(&look, cell, text);
	/* programs choose their names, and no name may become a formula in the spreadsheet that opens the table */
	put_text(f, cell->type == LINX_CELL_TEXT && *text && strchr("=+-@", *text) ? quoted : text);
}

/* Writes the beginning of a line: the time of the table, and the keys of the row. */
static void put_keys(const struct sheet *s, uint32_t row, FILE *f)
{
	struct linx_cell cell;

	if (s->to_ns)
		fprintf(f, "%" PRIu64 "%s", s->from_ns, s->view->nkeys ? "," : "");
	for (unsigned int i = 0; i < s->view->nkeys; i++) {
		fputs(i ? "," : "", f);
		if (row == LINX_ROW_FOLDED)
			fputs("(others)", f);
		else if (!linx_aggregate_get_key(s->a, row, i, &cell))
			put_cell(f, &cell);
	}
}

static void put_heads(const struct sheet *s, int histogram, FILE *f)
{
	bool begun = s->to_ns;

	fputs(begun ? "from_ns" : "", f);
	for (unsigned int i = 0; i < s->view->nkeys; i++, begun = true) {
		fputs(begun ? "," : "", f);
		put_text(f, s->view->keys[i].look.name);
	}
	for (unsigned int i = 0; histogram < 0 && i < s->view->ncolumns; i++, begun = true) {
		fputs(begun ? "," : "", f);
		put_text(f, s->view->columns[i].look.name);
	}
	if (histogram >= 0)
		fprintf(f, "%sfrom,to,count", begun ? "," : "");
	fputs("\r\n", f);
}

static void put_row(const struct sheet *s, uint32_t row, FILE *f)
{
	struct linx_cell cell;

	put_keys(s, row, f);
	for (unsigned int i = 0; i < s->view->ncolumns; i++) {
		fputs(i || s->view->nkeys || s->to_ns ? "," : "", f);
		if (!linx_aggregate_get_cell(s->a, row, i, &cell))
			put_cell(f, &cell);
	}
	fputs("\r\n", f);
}

static void put_histogram(const struct sheet *s, uint32_t row, int column, FILE *f)
{
	struct linx_cell cell;

	if (linx_aggregate_get_cell(s->a, row, (unsigned int)column, &cell))
		return;
	for (unsigned int i = 0; i < LINX_HISTOGRAM_BUCKETS; i++) {
		if (!cell.buckets[i])
			continue;
		put_keys(s, row, f);
		fputs(s->view->nkeys || s->to_ns ? "," : "", f);
		if (i < 2)
			fputs(i ? "0,0," : ",-1,", f);
		else
			fprintf(f, "%" PRIu64 ",%" PRIu64 ",", (uint64_t)1 << (i - 2), ((uint64_t)2 << (i - 2)) - 1);
		fprintf(f, "%" PRIu64 "\r\n", cell.buckets[i]);
	}
}

int sheet_print_csv(const struct sheet *s, FILE *f)
{
	int histogram = sheet_histogram(s->view);
	struct linx_aggregate_info info;
	unsigned int shown;
	int n = sheet_sort(s, NULL, &shown);

	if (n < 0)
		return n;
	if (s->heads)
		put_heads(s, histogram, f);
	linx_aggregate_get_info(s->a, &info);
	for (uint32_t i = 0; i < shown + (info.folded ? 1u : 0); i++) {
		uint32_t row = i < shown ? i : LINX_ROW_FOLDED;

		if (histogram < 0)
			put_row(s, row, f);
		else
			put_histogram(s, row, histogram, f);
	}
	return 0;
}
