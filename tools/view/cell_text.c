// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values as people read them: numbers with units, and texts without control characters. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "view/sheet.h"

/* A unit, and how many of the smallest units it has. */
struct step {
	const char *name;
	double size;
};

static const struct step times[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { "min", 60e9 }, { "h", 3600e9 } };
static const struct step sizes[] = { { "", 1 }, { "K", 0x1p10 }, { "M", 0x1p20 }, { "G", 0x1p30 }, { "T", 0x1p40 }, { "P", 0x1p50 } };

/* Writes a number with three significant digits, in the largest unit that is not larger than the number. */
static int put_scaled(char *text, double number, const struct step *steps, size_t n)
{
	double size = number < 0 ? -number : number, shown;
	size_t i = 0;

	/* a number that rounding brings to the next unit is shown in that unit */
	while (i + 1 < n && size * 1.0005 >= steps[i + 1].size)
		i++;
	shown = number / steps[i].size;
	size /= steps[i].size;
	return snprintf(text, SHEET_CELL, "%.*f%s", !i || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2, shown, steps[i].name);
}

static double scale_of(enum view_unit unit)
{
	return unit == VIEW_SECONDS ? 1e9 : unit == VIEW_MS ? 1e6 : unit == VIEW_US ? 1e3 : 1;
}

/* Rounds a number that is not negative down to a whole one. */
static double whole(double number)
{
	return number < 0x1p63 ? (double)(int64_t)number : number;
}

static int put_number(const struct view_look *look, const struct linx_cell *cell, char *text)
{
	double number = cell->type == LINX_CELL_REAL ? cell->real : (double)cell->num, scale = scale_of(look->unit);

	if (look->unit == VIEW_TIME)
		return put_scaled(text, number, times, ARRAY_SIZE(times));
	if (look->unit == VIEW_BYTES)
		return put_scaled(text, number, sizes, ARRAY_SIZE(sizes));
	if (cell->type == LINX_CELL_NUMBER && scale == 1 && look->digits <= 0)
		return snprintf(text, SHEET_CELL, "%" PRId64, cell->num);
	if (!look->digits)
		return snprintf(text, SHEET_CELL, "%.0f", whole(number / scale));
	return snprintf(text, SHEET_CELL, "%.*f", look->digits < 0 ? 2 : look->digits, number / scale);
}

static bool is_zero(const struct linx_cell *cell)
{
	return (cell->type == LINX_CELL_NUMBER && !cell->num) || (cell->type == LINX_CELL_REAL && cell->real == 0);
}

/* Writes bytes escaped, NULs too. */
static size_t put_bytes(const struct linx_cell *cell, char *text)
{
	char bytes[LINX_AGGREGATE_TEXT + 1];
	size_t n = 0;

	memcpy(bytes, cell->text, cell->len);
	bytes[cell->len] = '\0';
	for (size_t at = 0; n < SHEET_CELL - 1;) {
		n += linx_escape(text + n, SHEET_CELL - n, bytes + at);
		at += strlen(bytes + at);
		if (at >= cell->len || n + LINX_ESCAPE_MAX >= SHEET_CELL)
			break;
		at++;
		/* a NUL is escaped with three digits if a digit follows, else with one */
		n += (size_t)sprintf(text + n, bytes[at] >= '0' && bytes[at] <= '7' ? "\\000" : "\\0");
	}
	return n;
}

size_t sheet_cell_text(const struct view_look *look, const struct linx_cell *cell, char text[SHEET_CELL])
{
	text[0] = '\0';
	if (look->blank && is_zero(cell))
		return 0;
	switch (cell->type) {
	case LINX_CELL_TEXT:
		return put_bytes(cell, text);
	case LINX_CELL_NUMBER:
	case LINX_CELL_REAL:
		return (size_t)put_number(look, cell, text);
	default:
		return (size_t)snprintf(text, SHEET_CELL, "%s", look->none ? look->none : "");
	}
}
