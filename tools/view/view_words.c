// SPDX-License-Identifier: LGPL-2.1-or-later
/* Keys and columns from their texts, as options and files of views have them: "type", "p99(linx.duration)". */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "view/view_def.h"

/* Most bytes of the text that names the fields of one key or column. */
#define FIELD_MAX 512u

/* Kinds of columns by name. A percentile is "p" and a number. */
static const struct {
	const char *name;
	enum linx_column_kind kind;
} kinds[] = {
	{ "count", LINX_COLUMN_COUNT }, { "share", LINX_COLUMN_SHARE }, { "rate", LINX_COLUMN_RATE },
	{ "sum", LINX_COLUMN_SUM },	{ "min", LINX_COLUMN_MIN },	{ "max", LINX_COLUMN_MAX },
	{ "mean", LINX_COLUMN_MEAN },	{ "last", LINX_COLUMN_LAST },	{ "distinct", LINX_COLUMN_DISTINCT },
	{ "hist", LINX_COLUMN_HISTOGRAM },
};
#define KINDS "count, share, rate, sum(FIELD), min(), max(), mean(), last(), distinct(), p50() ..."

/* Words in the names of fields whose numbers have a unit. */
static const struct {
	const char *word;
	enum view_unit unit;
} units[] = {
	{ "duration", VIEW_TIME }, { "latency", VIEW_TIME }, { "cpu_time", VIEW_TIME }, { "buflen", VIEW_BYTES }, { "_body", VIEW_BYTES },
};

static enum view_unit unit_of(const char *field)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strstr(field, units[i].word))
			return units[i].unit;
	return VIEW_NUMBER;
}

/* ---- fields --------------------------------------------------------------------------------- */

/*
 * True if a field without a dot begins at s: a plain name, which "|" or "[" may follow. The name of a transformer has
 * parentheses.
 */
static bool is_short(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n && (!s[n] || s[n] == '|' || s[n] == '[');
}

/* Returns the fields of a text as the library reads them. "linx." is put before names without a dot. */
static const char *whole_field(struct view_def *v, const char *text, size_t len, struct problem *why)
{
	char from[FIELD_MAX], to[FIELD_MAX];
	size_t n = 0;
	bool begin = true;

	if (!len || len >= sizeof(from)) {
		problem_set(why, "a field is expected: '%.100s': 'linxcap fields' lists them", text);
		return NULL;
	}
	memcpy(from, text, len);
	from[len] = '\0';
	for (size_t i = 0; i < len && n + 6 < sizeof(to); i++) {
		if (begin && is_short(from + i))
			n += (size_t)sprintf(to + n, "linx.");
		to[n++] = from[i];
		begin = from[i] == '|';
	}
	return view_def_keep(v, to, n, why);
}

struct view_key *view_def_add_key(struct view_def *v, const char *field, struct problem *why)
{
	struct view_key *k = &v->keys[v->nkeys];

	if (v->nkeys == LINX_AGGREGATE_KEYS) {
		problem_set(why, "too many keys: %.100s: at most %u", field, LINX_AGGREGATE_KEYS);
		return NULL;
	}
	*k = (struct view_key){ .look = { .none = "-", .digits = -1 } };
	k->field = whole_field(v, field, strlen(field), why);
	k->look.name = k->look.head = k->field ? view_def_keep(v, field, strlen(field), why) : NULL;
	if (!k->look.name)
		return NULL;
	k->look.unit = unit_of(k->field);
	v->nkeys++;
	return k;
}

/* ---- columns -------------------------------------------------------------------------------- */

/* Reads the kind that the first n bytes of a text name. False: there is no such kind. */
static bool read_kind(const char *text, size_t n, struct linx_column *c)
{
	char *end;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strlen(kinds[i].name) == n && !strncmp(kinds[i].name, text, n)) {
			c->kind = kinds[i].kind;
			return true;
		}
	if (*text != 'p' || !isdigit((unsigned char)text[1]))
		return false;
	c->kind = LINX_COLUMN_PERCENTILE;
	c->percent = strtod(text + 1, &end);
	return end == text + n && c->percent <= 100;
}

static struct view_look look_of(const struct linx_column *c)
{
	struct view_look look = { .none = "-", .digits = -1 };

	if (c->kind == LINX_COLUMN_SHARE)
		look.digits = 2;
	else if (c->kind == LINX_COLUMN_RATE && !c->field)
		look.digits = 1;
	else if (c->field && c->kind != LINX_COLUMN_DISTINCT)
		look.unit = unit_of(c->field);
	return look;
}

/* Reads the field in parentheses at the end of a column's text. -1: why has the reason. */
static int read_field(struct view_def *v, const char *text, const char *at, struct linx_column *c, struct problem *why)
{
	size_t n = strlen(at);

	if (!n)
		return 0;
	if (n < 3 || at[n - 1] != ')')
		return problem_set(why, "not a column: %.100s: a field in parentheses is expected, as sum(linx.duration)", text);
	c->field = whole_field(v, at + 1, n - 2, why);
	return c->field ? 0 : -1;
}

struct view_column *view_def_add_column(struct view_def *v, const char *text, struct problem *why)
{
	struct view_column *c = &v->columns[v->ncolumns];
	size_t n = strcspn(text, "(");

	if (v->ncolumns == LINX_AGGREGATE_COLUMNS) {
		problem_set(why, "too many columns: %.100s: at most %u", text, LINX_AGGREGATE_COLUMNS);
		return NULL;
	}
	*c = (struct view_column){ .of.kind = LINX_COLUMN_COUNT };
	if (!read_kind(text, n, &c->of)) {
		problem_set(why, "not a column: %.100s: write one of " KINDS, text);
		return NULL;
	}
	if (read_field(v, text, text + n, &c->of, why))
		return NULL;
	c->look = look_of(&c->of);
	c->look.name = c->look.head = view_def_keep(v, text, strlen(text), why);
	if (!c->look.name)
		return NULL;
	v->ncolumns++;
	return c;
}
