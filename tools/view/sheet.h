/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Output of a view's aggregate: as a table of text, as JSON, or as CSV. */
#ifndef LINXCAP_SHEET_H
#define LINXCAP_SHEET_H

#include <stdio.h>

#include "view/view_def.h"

/* Losses of records within the time of a table. */
struct sheet_losses {
	uint64_t lost[LINX_LOST_MAX]; /* number of lost records by cause (enum linx_lost) */
	uint64_t skipped; /* events that the engine skipped, an upper bound */
	bool cut_off; /* the account at the end of the capture was not read */
	bool certified; /* the account at the end was read, and it is complete: nothing else was lost */
	bool doubtful; /* the account at the end was read, and it is not complete: more may have been lost */
};

/* A table to be printed, and its form. */
struct sheet {
	const struct view_def *view;
	struct linx_aggregate *a;
	unsigned int top; /* most rows; 0: all */
	unsigned int width; /* columns of the terminal; 0: no limit */
	bool colour;
	bool drills; /* a command that shows more of a row may be printed: it would count the same events */
	uint64_t from_ns, to_ns; /* wall-clock times of the table, if it is one of several; 0: times of its events */
	struct sheet_losses losses;
	bool heads; /* CSV: the line with the names of columns comes first */
};

/* Writes the table to f. 0 or -errno. */
int sheet_print_text(const struct sheet *s, FILE *f);
int sheet_print_json(const struct sheet *s, FILE *f);
int sheet_print_csv(const struct sheet *s, FILE *f);

/*
 * Writes losses as "none lost" or "5 lost (5 full)". The texts "begin" and "end", such as colors, stand around the
 * number.
 */
void sheet_put_losses(const struct sheet_losses *l, const char *begin, const char *end, FILE *f);
uint64_t sheet_lost(const struct sheet_losses *l);
/* Adds the losses that an event of kind GAP reports. */
void sheet_count_losses(struct sheet_losses *l, const struct linx_event *ev);
/*
 * Takes the losses from the certificate of a source that has ended. They replace the losses counted so far, since the
 * certificate has all losses. is_part: only a part of the recording is shown. Then nothing is replaced, since the
 * certificate does not say when records were lost.
 */
void sheet_take_certificate(struct sheet_losses *l, struct linx *source, bool is_part);

/* ---- for these functions ---- */

/* Most bytes of a cell's text, with a NUL. */
#define SHEET_CELL 1024u

/*
 * Sorts the rows, or only those of one section: the groups whose section key has this value. *shown: how many of the
 * first rows are printed. Returns how many rows there are, or -errno.
 */
int sheet_sort(const struct sheet *s, const struct linx_cell *section, unsigned int *shown);
uint64_t sheet_span_ns(const struct sheet *s);
/* Returns the index of the view's first histogram among its columns; -1: it has none. */
int sheet_histogram(const struct view_def *v);
/*
 * Gets the value of an item in a row. A key has LINX_CELL_NONE in the row of totals, and in the row that sums up the
 * groups beyond the limit.
 */
void sheet_cell(const struct sheet *s, uint32_t row, const struct view_item *item, struct linx_cell *cell);
/* view/cell_text.c: writes a value as it is shown, at most SHEET_CELL - 1 bytes. Returns the length. */
size_t sheet_cell_text(const struct view_look *look, const struct linx_cell *cell, char text[SHEET_CELL]);
/* view/sheet_histogram.c: writes the histogram of each row as lines with bars. */
int sheet_print_histograms(const struct sheet *s, FILE *f);

#endif
