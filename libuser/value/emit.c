// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the parts of values in any format: braces, numbers, names, strings. */
#include "record/decode.h"
#include "table/flagsets.h"
#include "value/cache.h"
#include "value/emit.h"

/* ---- structures, lists and comments --------------------------------------------------- */

/* Returns the word of p->lists that has the bit of the open bracket at a depth, and sets *bit to this bit. */
static uint64_t *list_bit(struct linx_put *p, unsigned int depth, uint64_t *bit)
{
	*bit = 1ull << depth % 64;
	return &p->lists[depth % LINX_PUT_DEPTH / 64];
}

static void begin(struct linx_put *p, char c)
{
	uint64_t bit, *word = list_bit(p, p->depth++, &bit);

	linx_strbuf_char(p->o, c);
	*word = c == '[' ? *word | bit : *word & ~bit;
	p->plain = true;
}

/* True if the innermost open bracket is the bracket of a list. */
static bool in_list(struct linx_put *p)
{
	uint64_t bit, *word = list_bit(p, p->depth - 1, &bit);

	return p->depth && *word & bit;
}

static void end(struct linx_put *p, char c)
{
	linx_strbuf_char(p->o, c);
	p->depth--;
	p->plain = false;
}

void linx_put_open(struct linx_put *p)
{
	begin(p, '{');
}

/*
 * Writes the bytes of a structure beyond the members that this library knows, for a structure that has its size as a
 * member.
 */
static void put_rest(struct linx_put *p)
{
	uint64_t size = p->rest_size;

	p->rest_size = 0;
	linx_put_rest(p, p->rest_addr, p->rest_from, size);
}

void linx_put_close(struct linx_put *p)
{
	if (p->rest_size && p->depth == p->rest_depth)
		put_rest(p);
	end(p, '}');
}

void linx_put_list(struct linx_put *p)
{
	begin(p, '[');
}

void linx_put_list_end(struct linx_put *p)
{
	end(p, ']');
}

void linx_put_named(struct linx_put *p, const char *name, size_t len)
{
	const struct linx_put_ops *ops = p->ops;
	char *to = linx_strbuf_room(p->o, len + 5);

	if (!to)
		return;
	if (!p->plain) {
		memcpy(to, ops->item, sizeof(ops->item));
		to += ops->item_len;
	}
	p->plain = false;
	*to = '"';
	to += ops->quote_len;
	memcpy(to, name, len);
	to += len;
	memcpy(to, ops->assign, sizeof(ops->assign));
	linx_strbuf_end(p->o, to + ops->assign_len);
}

void linx_put_nameless(struct linx_put *p, const char *name)
{
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_name(p, name);
	else
		linx_put_item(p);
}

void linx_put_set_item(struct linx_put *p)
{
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_item(p);
	else if (!p->plain)
		linx_strbuf_char(p->o, ' ');
	p->plain = false;
}

void linx_put_set_more(struct linx_put *p)
{
	if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_more(p);
		return;
	}
	linx_put_set_item(p);
	linx_strbuf_mem(p->o, "...", 3);
}

void linx_put_more(struct linx_put *p)
{
	bool list = in_list(p);

	if (!linx_put_wants(p, LINX_WANT_STATES)) {
		linx_put_item(p);
		linx_strbuf_mem(p->o, "...", 3);
		return;
	}
	if (list) {
		linx_put_item(p);
		linx_put_open(p);
	}
	p->states |= 1u << LINX_TRUNCATED;
	linx_put_name(p, "state");
	linx_put_word(p, linx_state_name(LINX_TRUNCATED));
	if (list)
		linx_put_close(p);
}

void linx_put_more_at(struct linx_put *p, uint64_t addr)
{
	linx_put_more(p);
	if (!linx_put_comment_begin(p))
		return;
	linx_put_hex(p, addr);
	linx_put_comment_end(p);
}

void linx_put_lost_at(struct linx_put *p, uint64_t addr, bool in_list)
{
	in_list = in_list && linx_put_wants(p, LINX_WANT_COMMENTS);
	linx_put_text(p, in_list ? "... /* " : "");
	linx_put_addr(p, addr);
	linx_put_text(p, in_list ? " */" : "");
}

void linx_put_before(struct linx_put *p)
{
	linx_strbuf_str(p->o, p->ops->before);
}

void linx_put_after(struct linx_put *p)
{
	linx_strbuf_str(p->o, p->ops->after);
}

void linx_put_after_end(struct linx_put *p)
{
	linx_strbuf_str(p->o, p->ops->after_end);
	p->plain = false;
}

bool linx_put_change(struct linx_put *p)
{
	if (linx_put_wants(p, LINX_WANT_BOTH))
		return false;
	linx_strbuf_mem(p->o, " => ", 4);
	return true;
}

bool linx_put_comment_begin(struct linx_put *p)
{
	if (!linx_put_wants(p, LINX_WANT_COMMENTS))
		return false;
	linx_strbuf_mem(p->o, " /* ", 4);
	return true;
}

void linx_put_comment_end(struct linx_put *p)
{
	linx_strbuf_mem(p->o, " */", 3);
}

void linx_put_comment(struct linx_put *p, const char *text)
{
	if (!linx_put_comment_begin(p))
		return;
	linx_strbuf_str(p->o, text);
	linx_put_comment_end(p);
}

bool linx_put_remark_begin(struct linx_put *p)
{
	return p->st->xlat != LINX_XLAT_RAW && linx_put_comment_begin(p);
}

void linx_put_remark(struct linx_put *p, const char *text)
{
	if (p->st->xlat != LINX_XLAT_RAW)
		linx_put_comment(p, text);
}

/* True while a decoder's text is written inside a value of another format, such as a JSON string. */
static bool in_text(const struct linx_put *p)
{
	return p->ops != p->format;
}

/*
 * Begins text in a value. Until end_text(), all formats write values by the operations of text. n: as in
 * linx_put_ops.text
 */
static void begin_text(struct linx_put *p, const int64_t *n)
{
	if (!p->ops->text)
		return;
	p->ops->text(p, n);
	p->ops = &linx_put_text_ops;
	p->wants = p->ops->wants;
}

static void end_text(struct linx_put *p, bool number)
{
	if (!in_text(p))
		return;
	p->ops = p->format;
	p->wants = p->ops->wants;
	p->ops->text_end(p, number);
}

void linx_put_packed(struct linx_put *p, int64_t n)
{
	begin_text(p, &n);
}

void linx_put_packed_end(struct linx_put *p)
{
	end_text(p, true);
}

void linx_put_quoted(struct linx_put *p)
{
	begin_text(p, NULL);
}

void linx_put_quoted_end(struct linx_put *p)
{
	end_text(p, false);
}

/* ---- numbers ---------------------------------------------------------------------------- */

void linx_put_i64(struct linx_put *p, int64_t n)
{
	linx_strbuf_i64(p->o, n);
}

void linx_put_u64(struct linx_put *p, uint64_t n)
{
	linx_strbuf_u64(p->o, n);
}

void linx_put_hex(struct linx_put *p, uint64_t n)
{
	if (linx_put_wants(p, LINX_WANT_DATA | LINX_WANT_DECIMAL))
		linx_strbuf_u64(p->o, n);
	else
		linx_strbuf_hex(p->o, n);
}

void linx_put_octal(struct linx_put *p, uint64_t n)
{
	if (linx_put_wants(p, LINX_WANT_DATA | LINX_WANT_DECIMAL)) {
		linx_strbuf_u64(p->o, n);
	} else {
		linx_strbuf_char(p->o, '0');
		linx_strbuf_octal(p->o, n, 2);
	}
}

void linx_put_addr(struct linx_put *p, uint64_t addr)
{
	if (addr && linx_put_wants(p, LINX_WANT_DATA))
		linx_strbuf_u64(p->o, addr);
	else if (addr)
		linx_strbuf_hex(p->o, addr);
	else if (p->st->bare)
		/* log lines have addresses only in hexadecimal, since the word NULL could be taken for a string */
		linx_strbuf_mem(p->o, "0x0", 3);
	else
		linx_strbuf_short(p->o, p->ops->null, p->ops->null_len, sizeof(p->ops->null));
}

void linx_put_number(struct linx_put *p, uint64_t n, char fmt)
{
	if (fmt == 'd')
		linx_strbuf_i64(p->o, (int64_t)n);
	else if (fmt == 'u' || linx_put_wants(p, LINX_WANT_DATA | LINX_WANT_DECIMAL))
		linx_strbuf_u64(p->o, n);
	else if (fmt == 'o')
		linx_put_octal(p, n);
	else
		linx_strbuf_hex(p->o, n);
}

bool linx_put_expression(struct linx_put *p, int64_t n, char fmt)
{
	linx_put_packed(p, n);
	if (in_text(p) || p->st->xlat == LINX_XLAT_ABBREV)
		return true;
	linx_put_number(p, (uint64_t)n, fmt);
	return p->st->xlat == LINX_XLAT_VERBOSE && linx_put_comment_begin(p);
}

void linx_put_expression_end(struct linx_put *p)
{
	if (in_text(p))
		linx_put_packed_end(p);
	else if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_put_comment_end(p);
}

/* ---- numbers with names ------------------------------------------------------------------- */

const struct linx_flag *linx_put_shown(const struct linx_put *p, const struct linx_flagset *set,
				       const struct linx_flag *flag)
{
	while (flag && flag->own && p->st->strace)
		flag = linx_const_next(set, flag);
	return flag;
}

void linx_put_flag_name(struct linx_strbuf *o, const struct linx_flag *flag, uint64_t number)
{
	if (flag->kind != LINX_FLAG_NUMBER) {
		linx_strbuf_str(o, flag->name);
	} else if (!strcmp(flag->name, "octal")) {
		linx_strbuf_octal(o, number, 4);
	} else {
		linx_strbuf_u64(o, number);
		if (!strcmp(flag->name, "decimal"))
			return;
		linx_strbuf_mem(o, "<<", 2);
		linx_strbuf_str(o, flag->name);
	}
}

/* Returns the variant of a set of flags for the ABI: some names have other bits on other machines. */
static const struct linx_flagset *set_of(const struct linx_put *p, const struct linx_flagset *set)
{
	if (p->abi < LINX_ABI_ARM64)
		return set;
	if (set == &linx_set_open_flags)
		return &linx_set_open_flags_arm;
	return set == &linx_set_open_mode_flags ? &linx_set_open_mode_flags_arm : set;
}

void linx_put_flags_fmt(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size,
			char fmt)
{
	struct linx_cache_flags *cache;
	size_t start = p->o->len;
	char how[4] = { (char)size, fmt, (char)p->st->xlat, (char)p->wants };

	set = set_of(p, set);
	cache = linx_cache_flags_at(p->st->cache, set, n);
	if (!cache) {
		p->ops->flags(p, set, n, size, fmt);
	} else if (cache->set == set && cache->n == n && !memcmp(cache->how, how, sizeof(how))) {
		linx_strbuf_short(p->o, cache->text, cache->len, sizeof(cache->text));
	} else {
		p->ops->flags(p, set, n, size, fmt);
		if (!p->o->failed)
			linx_cache_flags_set(cache, set, n, how, p->o->data + start, p->o->len - start);
	}
}

void linx_put_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size)
{
	linx_put_flags_fmt(p, set, n, size, 'x');
}

void linx_put_flags_bare(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size)
{
	struct linx_flag_iter it;

	linx_flag_begin(&it, set, n, linx_ones(size));
	if (linx_put_wants(p, LINX_WANT_DATA) || linx_flag_next(&it))
		linx_put_flags(p, set, n, size);
	else if (n || linx_put_wants(p, LINX_WANT_DECIMAL))
		linx_put_hex(p, n);
}

void linx_put_known(struct linx_put *p, const struct linx_flagset *set, int64_t n, size_t size,
		    char fmt)
{
	const struct linx_flag *flag = linx_put_shown(p, set, linx_const_find(set, (uint64_t)n, linx_ones(size)));

	if (flag)
		linx_put_symbol(p, n, fmt, flag->name);
	else
		linx_put_number(p, (uint64_t)n, fmt);
}

void linx_put_explained(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt)
{
	const struct linx_style *was = p->st;
	struct linx_style st = *was;

	if (st.xlat == LINX_XLAT_ABBREV && linx_put_wants(p, LINX_WANT_COMMENTS))
		st.xlat = LINX_XLAT_VERBOSE;
	p->st = &st;
	linx_put_flags_fmt(p, set, n, size, fmt);
	p->st = was;
}

/* ---- remarks after the result --------------------------------------------------------------- */

void linx_put_aux_text(struct linx_put *p, const char *text)
{
	if (p->aux)
		linx_strbuf_str(p->aux, text);
}

void linx_put_aux_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n)
{
	const struct linx_style *was = p->st;
	struct linx_style st = *was;
	struct linx_strbuf *out = p->o;

	if (!p->aux || st.xlat == LINX_XLAT_RAW)
		return;
	st.xlat = LINX_XLAT_ABBREV;
	p->st = &st;
	p->o = p->aux;
	linx_put_flags(p, set, n, 8);
	p->st = was;
	p->o = out;
}

void linx_put_aux_name(struct linx_put *p, const struct linx_flagset *set, uint64_t n)
{
	const struct linx_flag *flag = linx_put_shown(p, set, linx_const_find(set, n, UINT64_MAX));

	if (flag && p->st->xlat != LINX_XLAT_RAW)
		linx_put_aux_text(p, flag->name);
}

/* ---- strings and bytes ---------------------------------------------------------------------- */

/*
 * Writes the first part of a string that is longer than the style's limit, with its full length, if the format
 * wants states. Returns false without writing if the string is within the limit, or the format wants no states.
 */
static bool put_limited(struct linx_put *p, const void *s, size_t n)
{
	struct linx_value v = { .data = s, .kind = LINX_VAL_BYTES, .state = LINX_WHOLE };

	if (!linx_put_wants(p, LINX_WANT_STATES) || n <= p->st->limit)
		return false;
	v.size = v.orig = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
	p->ops->value(p, &v, false);
	return true;
}

void linx_put_string(struct linx_put *p, const void *s, size_t n, bool cut)
{
	size_t shown = n < p->st->limit ? n : p->st->limit;

	if (!put_limited(p, s, n))
		p->ops->string(p, s, shown, cut || shown < n);
}

void linx_put_hexbytes(struct linx_put *p, const void *s, size_t n, bool cut)
{
	size_t shown = n < p->st->limit ? n : p->st->limit;

	if (!put_limited(p, s, n))
		p->ops->hexbytes(p, s, shown, cut || shown < n);
}

void linx_put_word(struct linx_put *p, const char *word)
{
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_whole_string(p, word, strlen(word), false);
	else
		linx_strbuf_str(p->o, word);
}

void linx_put_worded_bytes(struct linx_put *p, const void *data, size_t size, const char *word)
{
	if (linx_put_spells_numbers(p)) {
		linx_put_whole_hexbytes(p, data, size, false);
		linx_put_remark(p, word);
	} else {
		linx_put_word(p, word);
	}
}
