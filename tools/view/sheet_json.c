// SPDX-License-Identifier: LGPL-2.1-or-later
/* A table as one JSON object in one line: rows with the names of keys and columns, sums, and losses. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/json_u64.h"
#include "view/sheet.h"

static bool add_i64(cJSON *object, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	return cJSON_AddRawToObject(object, name, text);
}

static bool add_text(cJSON *object, const char *name, const struct linx_cell *cell)
{
	const struct view_look look = { 0 };
	char text[SHEET_CELL];

	sheet_cell_text(&look, cell, text);
	return cJSON_AddStringToObject(object, name, text);
}

/* Adds a histogram: its buckets that are not empty, with their first and last value. */
static bool add_buckets(cJSON *object, const char *name, const uint64_t *counts)
{
	cJSON *list = cJSON_AddArrayToObject(object, name);
	bool ok = list;

	for (unsigned int i = 0; ok && i < LINX_HISTOGRAM_BUCKETS; i++) {
		cJSON *bucket = counts[i] ? cJSON_CreateObject() : NULL;

		if (!counts[i])
			continue;
		ok = bucket && add_i64(bucket, "from", i == 0 ? INT64_MIN : i == 1 ? 0 : (int64_t)1 << (i - 2)) &&
		     add_i64(bucket, "to", i == 0 ? -1 : i == 1 ? 0 : (int64_t)((2ull << (i - 2)) - 1)) && json_add_u64(bucket, "count", counts[i]);
		cJSON_AddItemToArray(list, bucket);
	}
	return ok;
}

static bool add_cell(cJSON *object, const char *name, const struct linx_cell *cell)
{
	switch (cell->type) {
	case LINX_CELL_NUMBER:
		return add_i64(object, name, cell->num);
	case LINX_CELL_REAL:
		return cJSON_AddNumberToObject(object, name, cell->real);
	case LINX_CELL_TEXT:
		return add_text(object, name, cell);
	case LINX_CELL_HISTOGRAM:
		return add_buckets(object, name, cell->buckets);
	default:
		return cJSON_AddNullToObject(object, name);
	}
}

/*
 * Returns the object of a row; NULL: out of memory. Two rows have no keys: the row of sums, and the row of all groups
 * beyond the limit.
 */
static cJSON *make_row(const struct sheet *s, uint32_t row)
{
	cJSON *o = cJSON_CreateObject();
	struct linx_cell cell;
	bool ok = o;

	for (unsigned int i = 0; ok && i < s->view->nkeys; i++)
		if (!linx_aggregate_get_key(s->a, row, i, &cell))
			ok = add_cell(o, s->view->keys[i].look.name, &cell);
	for (unsigned int i = 0; ok && i < s->view->ncolumns; i++)
		if (!linx_aggregate_get_cell(s->a, row, i, &cell))
			ok = add_cell(o, s->view->columns[i].look.name, &cell);
	if (ok)
		return o;
	cJSON_Delete(o);
	return NULL;
}

static bool add_rows(cJSON *root, const struct sheet *s, unsigned int shown)
{
	cJSON *list = cJSON_AddArrayToObject(root, "rows");
	bool ok = list;

	for (uint32_t row = 0; ok && row < shown; row++)
		ok = cJSON_AddItemToArray(list, make_row(s, row));
	return ok;
}

static bool add_losses(cJSON *root, const struct sheet_losses *l)
{
	cJSON *lost = cJSON_AddObjectToObject(root, "lost");
	bool ok = lost;

	for (unsigned int i = 0; ok && i < LINX_LOST_NR; i++)
		ok = json_add_u64(lost, linx_lost_name(i), l->lost[i]);
	return ok && json_add_u64(root, "lost_total", sheet_lost(l)) && json_add_u64(root, "skipped", l->skipped) &&
	       cJSON_AddBoolToObject(root, "cut_off", l->cut_off) && cJSON_AddBoolToObject(root, "complete", l->certified);
}

static bool add_facts(cJSON *root, const struct sheet *s, unsigned int rows)
{
	struct linx_aggregate_info info;

	linx_aggregate_get_info(s->a, &info);
	return cJSON_AddStringToObject(root, "view", s->view->name) &&
	       json_add_u64(root, "from_ns", s->to_ns ? s->from_ns : info.first_ns) &&
	       json_add_u64(root, "to_ns", s->to_ns ? s->to_ns : info.last_ns) && json_add_u64(root, "events", info.events) &&
	       json_add_u64(root, "groups", rows);
}

static bool add_others(cJSON *root, const struct sheet *s)
{
	struct linx_aggregate_info info;

	linx_aggregate_get_info(s->a, &info);
	return cJSON_AddItemToObject(root, "total", make_row(s, LINX_ROW_TOTAL)) &&
	       (!info.folded || cJSON_AddItemToObject(root, "folded", make_row(s, LINX_ROW_FOLDED)));
}

int sheet_print_json(const struct sheet *s, FILE *f)
{
	unsigned int shown;
	int n = sheet_sort(s, NULL, &shown);
	cJSON *root = n < 0 ? NULL : cJSON_CreateObject();
	char *text = NULL;

	if (root && add_facts(root, s, (unsigned int)n) && add_rows(root, s, shown) && add_others(root, s) && add_losses(root, &s->losses))
		text = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	if (!text)
		return n < 0 ? n : -ENOMEM;
	fprintf(f, "%s\n", text);
	cJSON_free(text);
	return 0;
}
