// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes rows as lines of JSON, which ClickHouse calls JSONEachRow. A column that is null is left out. */
#include <stdlib.h>

#include "rows/row_blocks.h"

/*
 * Writes UTF-8 as a JSON string. Only the characters that JSON requires are escaped. Bytes of programs that are not
 * UTF-8 were replaced by special characters before (rows/rowset.c).
 */
static void put_string(struct linx_strbuf *o, const char *s, uint32_t len)
{
	static const char digits[] = "0123456789abcdef";
	uint32_t from = 0;

	linx_strbuf_char(o, '"');
	for (uint32_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		const char code[] = { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 15] };

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		linx_strbuf_mem(o, s + from, i - from);
		from = i + 1;
		if (c < ' ') {
			linx_strbuf_mem(o, code, sizeof(code));
		} else {
			linx_strbuf_char(o, '\\');
			linx_strbuf_char(o, (char)c);
		}
	}
	linx_strbuf_mem(o, s + from, len - from);
	linx_strbuf_char(o, '"');
}

static void put_value(struct linx_strbuf *o, const struct linx_rows_column *c, uint32_t value)
{
	uint32_t len;
	const char *text;

	if (c->spec->type == LINX_COLUMN_TEXT) {
		text = linx_columns_text_of(c, value, &len);
		put_string(o, text, len);
	} else if (c->spec->sense == LINX_SENSE_UNSIGNED) {
		linx_strbuf_u64(o, (uint64_t)c->numbers[value]);
	} else {
		linx_strbuf_i64(o, c->numbers[value]);
	}
}

/* Writes row i. next: for each column the index of its next value */
static void put_row(struct linx_strbuf *o, const struct linx_columns *c, uint32_t i, uint32_t *next)
{
	char before = '{';

	for (unsigned int k = 0; k < c->n; k++) {
		const struct linx_rows_column *column = &c->columns[k];

		if (column->present && !column->present[i])
			continue;
		linx_strbuf_char(o, before);
		linx_strbuf_char(o, '"');
		linx_strbuf_str(o, column->spec->name);
		linx_strbuf_mem(o, "\":", 2);
		put_value(o, column, next[k]++);
		before = ',';
	}
	linx_strbuf_mem(o, "}\n", 2);
}

void linx_rows_put_json(struct linx_columns *c, struct linx_strbuf *out)
{
	uint32_t *next = calloc(c->n, sizeof(*next));

	linx_columns_settle(c);
	if (!next || c->failed) {
		free(next);
		out->failed = true;
		return;
	}
	for (uint32_t i = 0; i < c->nrows; i++)
		put_row(out, c, i, next);
	free(next);
}
