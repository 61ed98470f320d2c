// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rows of an aggregate: their order, and the values of their cells. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/own.h"
#include "base/error.h"

/* ---- cells ---------------------------------------------------------------------------------- */

static struct linx_cell number(int64_t num)
{
	return (struct linx_cell){ .type = LINX_CELL_NUMBER, .num = num };
}

static struct linx_cell real(double d)
{
	return (struct linx_cell){ .type = LINX_CELL_REAL, .real = d };
}

static struct linx_cell last_cell(const struct linx_last *l)
{
	return (struct linx_cell){ .type = (enum linx_cell_type)l->type, .num = l->num, .text = l->text, .len = l->len };
}

static const struct linx_numbers *numbers_of(const struct linx_tally *g, const struct linx_measure *m)
{
	return linx_tally_slot(g, m->at_numbers);
}

/* Returns the amount of which SHARE and RATE show the share or the rate: a number of events, or the sum of a field. */
static double amount(const struct linx_tally *g, const struct linx_measure *m)
{
	return m ? (double)numbers_of(g, m)->sum : (double)g->count;
}

/* Returns the percentage of a group. The row of all groups has 100 percent, even if the total is 0. */
static double share_of(const struct linx_aggregate *a, const struct linx_tally *g, const struct linx_measure *m)
{
	double all = amount(a->total, m);

	return all != 0 ? 100.0 * amount(g, m) / all : g == a->total ? 100.0 : 0.0;
}

static double rate_of(const struct linx_aggregate *a, const struct linx_tally *g, const struct linx_measure *m)
{
	return a->span_ns ? amount(g, m) / ((double)a->span_ns / 1e9) : 0.0;
}

/*
 * Returns a percentile. If the middle of its range is beyond all numbers that were counted, returns the least or the
 * greatest number.
 */
static struct linx_cell percentile(const struct linx_tally *g, const struct linx_measure *m, const struct linx_aggregate_column *c)
{
	int64_t n;

	if (!linx_sketch_get(linx_tally_slot(g, m->at_sketch), m->bits, c->share, c->upper, &n))
		return (struct linx_cell){ .type = LINX_CELL_NONE };
	if (!c->upper && n > numbers_of(g, m)->max)
		n = numbers_of(g, m)->max;
	if (!c->upper && n < numbers_of(g, m)->min)
		n = numbers_of(g, m)->min;
	return number(n);
}

/* Returns a cell of SUM, MIN, MAX or MEAN. */
static struct linx_cell of_numbers(const struct linx_numbers *n, enum linx_column_kind kind)
{
	if (!n->n)
		return (struct linx_cell){ .type = LINX_CELL_NONE };
	if (kind == LINX_COLUMN_SUM)
		return number(n->sum);
	if (kind == LINX_COLUMN_MEAN)
		return real((double)n->sum / (double)n->n);
	return number(kind == LINX_COLUMN_MIN ? n->min : n->max);
}

static struct linx_cell cell_of(const struct linx_aggregate *a, const struct linx_tally *g, unsigned int column)
{
	const struct linx_aggregate_column *c = &a->columns[column];
	const struct linx_measure *m = c->measure >= 0 ? &a->measures[c->measure] : NULL;

	switch (c->kind) {
	case LINX_COLUMN_COUNT:
		return number((int64_t)g->count);
	case LINX_COLUMN_SHARE:
		return real(share_of(a, g, m));
	case LINX_COLUMN_RATE:
		return real(rate_of(a, g, m));
	case LINX_COLUMN_LAST:
		return last_cell(linx_tally_slot(g, m->at_last));
	case LINX_COLUMN_DISTINCT:
		return number((int64_t)linx_distinct_get(linx_tally_slot(g, m->at_distinct)));
	case LINX_COLUMN_PERCENTILE:
		return percentile(g, m, c);
	case LINX_COLUMN_HISTOGRAM:
		return (struct linx_cell){ .type = LINX_CELL_HISTOGRAM, .buckets = linx_tally_slot(g, m->at_histogram) };
	default:
		return of_numbers(numbers_of(g, m), c->kind);
	}
}

static struct linx_cell key_of(const struct linx_aggregate *a, const struct linx_tally *g, unsigned int key)
{
	struct linx_cell cell;

	linx_aggregate_decode(linx_tally_key(a, g) + g->len, key, &cell);
	if (cell.type == LINX_CELL_NUMBER && a->keys[key].is_bool) {
		cell.text = cell.num ? "true" : "false";
		cell = (struct linx_cell){ .type = LINX_CELL_TEXT, .text = cell.text, .len = strlen(cell.text) };
	}
	return cell;
}

/* ---- order ---------------------------------------------------------------------------------- */

/*
 * A group, and the cells that it is ordered by. rank: a number in the order of the first cell, which decides between
 * most groups without a look at the cells; equal ranks decide nothing.
 */
struct sorted {
	int64_t rank;
	struct linx_tally *group;
	const struct linx_cell *cells;
};

/* Returns a number that grows with d. The sign bit of a double is set for less than 0, where the other bits fall with d. */
static int64_t rank_of_real(double d)
{
	int64_t bits;

	d += 0.0; /* -0.0 becomes 0.0, which is equal to it */
	memcpy(&bits, &d, sizeof(bits));
	return bits < 0 ? bits ^ INT64_MAX : bits;
}

/* Returns a rank as compare_cells() orders cells. Two numbers that are close can have the same rank. */
static int64_t rank_of(const struct linx_cell *c)
{
	switch (c->type) {
	case LINX_CELL_NONE:
		return INT64_MIN;
	case LINX_CELL_NUMBER:
		return rank_of_real((double)c->num);
	case LINX_CELL_REAL:
		return rank_of_real(c->real);
	default:
		return INT64_MAX;
	}
}

static int compare_reals(const struct linx_cell *a, const struct linx_cell *b)
{
	double x = a->type == LINX_CELL_REAL ? a->real : (double)a->num, y = b->type == LINX_CELL_REAL ? b->real : (double)b->num;

	return (x > y) - (x < y);
}

static int compare_texts(const struct linx_cell *a, const struct linx_cell *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int c = n ? memcmp(a->text, b->text, n) : 0;

	return c ? c : (a->len > b->len) - (a->len < b->len);
}

/* Compares two cells: an empty cell sorts before numbers, and numbers sort before texts. */
static int compare_cells(const struct linx_cell *a, const struct linx_cell *b)
{
	static const int ranks[] = { [LINX_CELL_NONE] = 0, [LINX_CELL_NUMBER] = 1, [LINX_CELL_REAL] = 1, [LINX_CELL_TEXT] = 2, [LINX_CELL_HISTOGRAM] = 3 };

	if (ranks[a->type] != ranks[b->type])
		return ranks[a->type] - ranks[b->type];
	if (a->type == LINX_CELL_NUMBER && b->type == LINX_CELL_NUMBER)
		return (a->num > b->num) - (a->num < b->num);
	if (ranks[a->type] == 1)
		return compare_reals(a, b);
	return a->type == LINX_CELL_TEXT ? compare_texts(a, b) : 0;
}

static int compare(const void *x, const void *y, void *ctx)
{
	const struct linx_aggregate_sorting *s = ctx;
	const struct sorted *a = x, *b = y;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	for (unsigned int i = 0; i < s->norder; i++) {
		int c = compare_cells(&a->cells[i], &b->cells[i]);

		if (c)
			return s->order[i].descending ? -c : c;
	}
	return (a->group->number > b->group->number) - (a->group->number < b->group->number);
}

/* Fills a->rows with the groups that *s chooses: all, or those with one value of a key. False: no memory. */
static bool choose_rows(struct linx_aggregate *a, const struct linx_aggregate_sorting *s)
{
	a->rows = calloc(a->ngroups + 1u, sizeof(struct linx_tally *));
	a->nrows = 0;
	for (uint32_t i = 0; a->rows && i < a->ngroups; i++) {
		struct linx_cell key;

		if (s->only) {
			key = key_of(a, a->groups[i], s->only_key);
			if (compare_cells(&key, s->only))
				continue;
		}
		a->rows[a->nrows++] = a->groups[i];
	}
	return a->rows;
}

/* Makes the group of all rows. Its memory is temporary, and does not count for the limit. False: no memory. */
static bool make_total(struct linx_aggregate *a, bool with_folded)
{
	const uint64_t bytes = a->bytes;
	bool good;

	if (a->total) {
		linx_slots_free(a, a->total);
		free(a->total);
	}
	a->total = linx_tally_new(a, 0);
	good = a->total;
	for (uint32_t i = 0; good && i < a->nrows; i++)
		good = linx_slots_merge(a, a->total, a->rows[i]);
	if (good && with_folded && a->folded)
		good = linx_slots_merge(a, a->total, a->folded);
	a->bytes = bytes;
	return good;
}

/* Sorts a->rows. The cells that they are ordered by are computed once for each row. False: no memory. */
static bool order_rows(struct linx_aggregate *a, struct linx_aggregate_sorting *s)
{
	struct linx_cell *cells = calloc((size_t)a->nrows * s->norder + 1, sizeof(*cells));
	struct sorted *all = calloc(a->nrows + 1u, sizeof(*all));
	bool good = cells && all;

	for (uint32_t i = 0; good && i < a->nrows; i++) {
		struct linx_cell *to = cells + (size_t)i * s->norder;

		for (unsigned int k = 0; k < s->norder; k++)
			to[k] = s->order[k].key ? key_of(a, a->rows[i], s->order[k].index) : cell_of(a, a->rows[i], s->order[k].index);
		all[i] = (struct sorted){ .group = a->rows[i], .cells = to };
		if (s->norder)
			all[i].rank = s->order[0].descending ? ~rank_of(to) : rank_of(to);
	}
	if (good)
		qsort_r(all, a->nrows, sizeof(*all), compare, s);
	for (uint32_t i = 0; good && i < a->nrows; i++)
		a->rows[i] = all[i].group;
	free(cells);
	free(all);
	return good;
}

LINX_API int linx_aggregate_sort(struct linx_aggregate *a, const struct linx_aggregate_sorting *sorting)
{
	struct linx_aggregate_sorting s = { .size = sizeof(s) };
	int ret = linx_take_opts(&s, sizeof(s), sorting, sorting->size, NULL);

	if (ret || (s.only && s.only_key >= a->nkeys))
		return ret ? ret : -EINVAL;
	for (unsigned int i = 0; i < s.norder; i++)
		if (s.order[i].index >= (s.order[i].key ? a->nkeys : a->ncolumns))
			return -EINVAL;
	free(a->rows);
	a->span_ns = s.span_ns ? s.span_ns : a->last_ns - a->first_ns;
	if (choose_rows(a, &s) && make_total(a, !s.only) && order_rows(a, &s))
		return (int)a->nrows;
	free(a->rows);
	a->rows = NULL;
	return -ENOMEM;
}

/* ---- reading -------------------------------------------------------------------------------- */

static const struct linx_tally *group_of(const struct linx_aggregate *a, uint32_t row)
{
	if (!a->rows)
		return NULL;
	if (row == LINX_ROW_TOTAL)
		return a->total;
	if (row == LINX_ROW_FOLDED)
		return a->folded;
	return row < a->nrows ? a->rows[row] : NULL;
}

LINX_API int linx_aggregate_get_key(const struct linx_aggregate *a, uint32_t row, unsigned int key, struct linx_cell *cell)
{
	const struct linx_tally *g = group_of(a, row);

	if (!g || row >= LINX_ROW_FOLDED || key >= a->nkeys)
		return -ENOENT;
	*cell = key_of(a, g, key);
	return 0;
}

LINX_API int linx_aggregate_get_cell(const struct linx_aggregate *a, uint32_t row, unsigned int column, struct linx_cell *cell)
{
	const struct linx_tally *g = group_of(a, row);

	if (!g || column >= a->ncolumns)
		return -ENOENT;
	*cell = cell_of(a, g, column);
	return 0;
}
