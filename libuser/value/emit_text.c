// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes values as text for people, as strace writes them. */
#include "base/attributes.h"
#include "table/flagsets.h"
#include "value/emit.h"

/* ---- numbers ---------------------------------------------------------------------------- */

static void put_symbol(struct linx_put *p, int64_t n, char fmt, const char *name)
{
	if (p->st->xlat == LINX_XLAT_ABBREV) {
		linx_strbuf_str(p->o, name);
	} else {
		linx_put_number(p, (uint64_t)n, fmt);
		if (p->st->xlat == LINX_XLAT_VERBOSE)
			linx_put_comment(p, name);
	}
}

/*
 * Writes the placeholder for a number without a name: the prefix of the set and "???", as in "O_???"; or only the
 * prefix if it contains a "?", as in "?_OK".
 */
static void put_prefix(struct linx_strbuf *o, const struct linx_flagset *set)
{
	linx_strbuf_str(o, set->prefix);
	if (!strchr(set->prefix, '?'))
		linx_strbuf_mem(o, "???", 3);
}

/* Writes the comment " / * O_??? * /" of a number without a name. */
static void put_unknown(struct linx_put *p, const struct linx_flagset *set)
{
	if (!linx_put_wants(p, LINX_WANT_COMMENTS))
		return;
	linx_strbuf_mem(p->o, " /* ", 4);
	put_prefix(p->o, set);
	linx_strbuf_mem(p->o, " */", 3);
}

/*
 * Writes a number as one of several constants. If several constants have this value, their names are joined by " or ".
 */
static void put_const(struct linx_put *p, const struct linx_flagset *set, uint64_t n, uint64_t mask,
		      char fmt)
{
	const struct linx_flag *flag = linx_put_shown(p, set, linx_const_find(set, n, mask));

	if (p->st->xlat != LINX_XLAT_ABBREV || !flag)
		linx_put_number(p, fmt == 'd' ? n : n & mask, fmt);
	if (p->st->xlat == LINX_XLAT_RAW)
		return;
	if (!flag && !*set->prefix)
		return;
	if (!flag) {
		put_unknown(p, set);
		return;
	}
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_strbuf_mem(p->o, " /* ", 4);
	for (const char *sep = ""; flag; flag = linx_put_shown(p, set, linx_const_next(set, flag)), sep = " or ") {
		linx_strbuf_str(p->o, sep);
		linx_strbuf_str(p->o, flag->name);
	}
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_strbuf_mem(p->o, " */", 3);
}

#define MAP_KIND 0xfu

/* Returns the type of mapping in mmap's flags if it has no name, to be written as "0xf / * MAP_??? * /"; else 0. */
static uint64_t unnamed_kind(const struct linx_flagset *set, uint64_t n)
{
	uint64_t kind = set == &linx_set_mmap_flags ? n & MAP_KIND : 0;

	for (unsigned int i = 0; kind && i < set->count; i++)
		if (set->flags[i].kind == LINX_FLAG_FIELD && set->flags[i].value == kind)
			return 0;
	return kind;
}

/*
 * Writes flags as "A|B|0x40|21<<C", and sets *rest to the bits without a name. If no bit has a name, writes nothing and
 * returns false.
 */
static bool put_names(struct linx_put *p, const struct linx_flagset *set, uint64_t n, uint64_t mask,
		      uint64_t *rest)
{
	const struct linx_flag *flag, *number = NULL;
	uint64_t kind = unnamed_kind(set, n), unnamed = 0;
	struct linx_flag_iter it;
	const char *sep = "";

	linx_flag_begin(&it, set, n & ~kind, mask);
	if (kind) {
		it.done = MAP_KIND;
		linx_put_hex(p, kind);
		put_unknown(p, set);
		sep = "|";
	}
	while ((flag = linx_flag_next(&it))) {
		if (flag->own && p->st->strace) {
			unnamed |= flag->value;
			continue;
		}
		/* a number at the end of a set is written after the bits without a name */
		if (flag->kind == LINX_FLAG_NUMBER && flag == &set->flags[set->count - 1]) {
			number = flag;
			continue;
		}
		linx_strbuf_str(p->o, sep);
		sep = "|";
		linx_put_flag_name(p->o, flag, it.number);
	}
	it.rest |= unnamed;
	*rest = it.rest;
	if (it.rest && (*sep || number)) {
		linx_strbuf_str(p->o, sep);
		sep = "|";
		linx_put_hex(p, it.rest);
	}
	if (number) {
		linx_strbuf_str(p->o, sep);
		linx_put_flag_name(p->o, number, it.number);
	}
	return *sep || number;
}

static void put_bits(struct linx_put *p, const struct linx_flagset *set, uint64_t n, uint64_t mask,
		     char fmt)
{
	size_t start;
	uint64_t rest;

	if (p->st->xlat != LINX_XLAT_ABBREV)
		linx_put_number(p, n & mask, fmt);
	if (p->st->xlat == LINX_XLAT_RAW)
		return;
	start = p->o->len;
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_strbuf_mem(p->o, " /* ", 4);
	if (!put_names(p, set, n, mask, &rest)) {
		p->o->len = start;
		if (p->st->xlat == LINX_XLAT_ABBREV)
			linx_put_number(p, rest, fmt);
		if (!rest || !set->prefix[0])
			return;
		put_unknown(p, set);
	} else if (p->st->xlat == LINX_XLAT_VERBOSE) {
		linx_strbuf_mem(p->o, " */", 3);
	}
}

static void put_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt)
{
	if (set->bits)
		put_bits(p, set, n, linx_ones(size), fmt);
	else
		put_const(p, set, n, linx_ones(size), fmt);
}

/* ---- strings and bytes ---------------------------------------------------------------------- */

/*
 * Writes a string without quotes. Only log lines have such strings. Inlining this function would make the
 * compiler save more registers in the other formats.
 */
static LINX_NOINLINE void put_unquoted(struct linx_strbuf *o, const char *s, size_t n)
{
	linx_strbuf_unquoted(o, s, n);
}

static inline void put_quoted(struct linx_put *p, const char *s, size_t n)
{
	if (p->st->bare)
		put_unquoted(p->o, s, n);
	else if (p->st->hex)
		linx_strbuf_quote_x(p->o, s, n, p->st->hex);
	else if (p->st->strace)
		linx_strbuf_quote_ascii(p->o, s, n);
	else
		linx_strbuf_quote_text(p->o, s, n);
}

static void put_string(struct linx_put *p, const char *s, size_t n, bool cut)
{
	put_quoted(p, s, n);
	if (cut)
		linx_strbuf_mem(p->o, "...", 3);
}

static void put_hexbytes(struct linx_put *p, const char *s, size_t n, bool cut)
{
	if (p->st->bare)
		put_unquoted(p->o, s, n);
	else
		linx_strbuf_quote_hex(p->o, s, n);
	if (cut)
		linx_strbuf_mem(p->o, "...", 3);
}

static void put_value(struct linx_put *p, const struct linx_value *v, bool path)
{
	size_t size = v->size;

	if (path && size > LINX_PATH_SHOWN)
		size = LINX_PATH_SHOWN;
	if (size > p->st->limit && !(path && !p->st->bare))
		size = p->st->limit;
	put_quoted(p, v->data, size);
	if (v->state == LINX_TRUNCATED || size < v->orig)
		linx_strbuf_mem(p->o, "...", 3);
}

/* Text and log lines have the same operations; only the member "wants" differs. */
#define TEXT_OPS(w) \
	{ \
		.wants = (w), \
		.item = { ',', ' ' }, \
		.item_len = 2, \
		.assign = { '=' }, \
		.assign_len = 1, \
		.null = { 'N', 'U', 'L', 'L' }, \
		.null_len = 4, \
		.unavailable = "???", \
		.before = "", \
		.after = " => ", \
		.after_end = "", \
		.symbol = put_symbol, \
		.flags = put_flags, \
		.string = put_string, \
		.hexbytes = put_hexbytes, \
		.value = put_value, \
	}

const struct linx_put_ops linx_put_text_ops = TEXT_OPS(LINX_PUT_TEXT_WANTS);
const struct linx_put_ops linx_put_line_ops = TEXT_OPS(LINX_PUT_LINE_WANTS);
#undef TEXT_OPS
