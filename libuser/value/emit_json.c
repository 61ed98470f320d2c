// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes values as JSON, in the format of docs/json.md. */
#include "value/json.h"
#include "value/emit.h"

/* ---- numbers ---------------------------------------------------------------------------- */

static void put_symbol(struct linx_put *p, int64_t n, char fmt, const char *name)
{
	linx_json_lit(p->o, "{\"value\":");
	linx_put_number(p, (uint64_t)n, fmt);
	linx_json_lit(p->o, ",\"text\":\"");
	linx_strbuf_str(p->o, name);
	linx_json_lit(p->o, "\"}");
}

static void put_const(struct linx_put *p, const struct linx_flag *flag, uint64_t n, char fmt)
{
	if (flag && (int64_t)flag->value < 0)
		put_symbol(p, (int64_t)flag->value, 'd', flag->name);
	else if (flag)
		put_symbol(p, (int64_t)n, fmt, flag->name);
	else
		linx_put_number(p, n, (int64_t)n < 0 ? 'd' : fmt); /* a negative number is shown with its sign */
}

/*
 * Writes the names in a flag's text: "A|B" is two names, and "1<<A" gives the name A of a bit number. A sub-field that
 * is a number has no name; "value" alone shows it. sep: separator before the first name. Returns the separator for the
 * next name.
 */
static const char *put_names(struct linx_put *p, const struct linx_flag *flag, const char *sep)
{
	const char *from = flag->kind == LINX_FLAG_NUMBER ? NULL : flag->name;

	for (size_t n; from; from = from[n] ? from + n + 1 : NULL) {
		if (!strncmp(from, "1<<", 3))
			from += 3;
		n = strcspn(from, "|");
		linx_strbuf_str(p->o, sep);
		linx_strbuf_mem(p->o, from, n);
		linx_strbuf_char(p->o, '"');
		sep = ",\"";
	}
	return sep;
}

/* Writes flags as their value and a list of their names. Bits without a name are in the value only. */
static void put_bits(struct linx_put *p, const struct linx_flagset *set, uint64_t n, uint64_t mask)
{
	const struct linx_flag *flag;
	struct linx_flag_iter it;
	const char *sep = "\"";

	linx_json_lit(p->o, "{\"value\":");
	linx_strbuf_u64(p->o, n & mask);
	linx_json_lit(p->o, ",\"names\":[");
	linx_flag_begin(&it, set, n, mask);
	while ((flag = linx_flag_next(&it)))
		sep = put_names(p, flag, sep);
	linx_json_lit(p->o, "]}");
}

static void put_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt)
{
	uint64_t mask = linx_ones(size);

	if (set->bits)
		put_bits(p, set, n, mask);
	else
		put_const(p, linx_const_find(set, n, mask), n, fmt);
}

/* ---- strings and bytes ---------------------------------------------------------------------- */

/* Writes a string, without a mark if it is cut, since put_value() marks strings that were not captured whole. */
static void put_string(struct linx_put *p, const char *s, size_t n, bool cut)
{
	(void)cut;
	linx_json_string(p->o, s, n);
}

static void put_value(struct linx_put *p, const struct linx_value *v, bool path)
{
	linx_json_bytes(p->o, v, v->size, path ? UINT32_MAX : p->st->limit);
}

static void begin_text(struct linx_put *p, const int64_t *n)
{
	if (!n) {
		linx_strbuf_char(p->o, '"');
		return;
	}
	linx_json_lit(p->o, "{\"value\":");
	linx_strbuf_i64(p->o, *n);
	linx_json_lit(p->o, ",\"text\":\"");
}

static void end_text(struct linx_put *p, bool number)
{
	linx_strbuf_str(p->o, number ? "\"}" : "\"");
}

const struct linx_put_ops linx_put_json_ops = {
	.wants = LINX_PUT_JSON_WANTS,
	.item = { ',' },
	.item_len = 1,
	.assign = { '"', ':' },
	.assign_len = 2,
	.quote_len = 1,
	.null = { 'n', 'u', 'l', 'l' },
	.null_len = 4,
	.unavailable = "null",
	.before = "{\"before\":",
	.after = ",\"after\":",
	.after_end = "}",
	.symbol = put_symbol,
	.flags = put_flags,
	.string = put_string,
	.hexbytes = put_string,
	.value = put_value,
	.text = begin_text,
	.text_end = end_text,
};
