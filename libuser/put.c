// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writing of values: braces, numbers, names. The one place that knows both formats. */
#include "field.h"
#include "flagsets.h"
#include "json.h"
#include "kept.h"
#include "put.h"

/* ---- structure of the output ---------------------------------------------------------- */

/* The bit of the bracket at that depth, and the word that has it. */
static uint64_t *list_bit(struct linx_put *p, unsigned int depth, uint64_t *bit)
{
	*bit = 1ull << depth % 64;
	return &p->lists[depth % LINX_PUT_DEPTH / 64];
}

static void begin(struct linx_put *p, char c)
{
	uint64_t bit, *word = list_bit(p, p->depth++, &bit);

	linx_out_char(p->o, c);
	*word = c == '[' ? *word | bit : *word & ~bit;
	p->plain = true;
}

/* Is the innermost bracket that is open a list's? */
static bool in_list(struct linx_put *p)
{
	uint64_t bit, *word = list_bit(p, p->depth - 1, &bit);

	return p->depth && *word & bit;
}

static void end(struct linx_put *p, char c)
{
	linx_out_char(p->o, c);
	p->depth--;
	p->plain = false;
}

void linx_put_open(struct linx_put *p)
{
	begin(p, '{');
}

/* What this library does not know of a structure that carries its size. */
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
	char *to = linx_out_room(p->o, len + 4);

	if (!to)
		return;
	if (!p->plain) {
		*to++ = ',';
		*to = ' ';
		to += !p->json;
	}
	p->plain = false;
	*to = '"';
	to += p->json;
	memcpy(to, name, len);
	to += len;
	memcpy(to, p->json ? "\":" : "= ", 2);
	linx_out_end(p->o, to + (p->json ? 2 : 1));
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
		linx_out_char(p->o, ' ');
	p->plain = false;
}

void linx_put_set_more(struct linx_put *p)
{
	if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_more(p);
		return;
	}
	linx_put_set_item(p);
	linx_out_mem(p->o, "...", 3);
}

void linx_put_more(struct linx_put *p)
{
	linx_put_item(p);
	if (!p->json)
		linx_out_mem(p->o, "...", 3);
	else if (in_list(p))
		linx_json_lit(p->o, "{\"state\":\"truncated\"}");
	else
		linx_json_lit(p->o, "\"state\":\"truncated\"");
}

void linx_put_more_at(struct linx_put *p, uint64_t addr)
{
	linx_put_more(p);
	if (!linx_put_comment_begin(p))
		return;
	linx_put_hex(p, addr);
	linx_put_comment_end(p);
}

void linx_put_before(struct linx_put *p)
{
	if (p->json)
		linx_json_lit(p->o, "{\"before\":");
}

void linx_put_after(struct linx_put *p)
{
	if (p->json)
		linx_json_lit(p->o, ",\"after\":");
	else
		linx_out_mem(p->o, " => ", 4);
}

void linx_put_after_end(struct linx_put *p)
{
	if (p->json)
		linx_out_char(p->o, '}');
	p->plain = false;
}

bool linx_put_change(struct linx_put *p)
{
	if (linx_put_wants(p, LINX_WANT_BOTH))
		return false;
	linx_out_mem(p->o, " => ", 4);
	return true;
}

bool linx_put_comment_begin(struct linx_put *p)
{
	if (!linx_put_wants(p, LINX_WANT_COMMENTS))
		return false;
	linx_out_mem(p->o, " /* ", 4);
	return true;
}

void linx_put_comment_end(struct linx_put *p)
{
	linx_out_mem(p->o, " */", 3);
}

void linx_put_comment(struct linx_put *p, const char *text)
{
	if (!linx_put_comment_begin(p))
		return;
	linx_out_str(p->o, text);
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

static void begin_packed(struct linx_put *p)
{
	p->json = false;
	p->wants = LINX_PUT_TEXT;
	p->packed = true;
}

static void end_packed(struct linx_put *p)
{
	p->json = true;
	p->wants = LINX_PUT_JSON;
	p->packed = false;
}

void linx_put_packed(struct linx_put *p, int64_t n)
{
	if (!p->json)
		return;
	linx_json_lit(p->o, "{\"value\":");
	linx_out_i64(p->o, n);
	linx_json_lit(p->o, ",\"text\":\"");
	begin_packed(p);
}

void linx_put_packed_end(struct linx_put *p)
{
	if (!p->packed)
		return;
	linx_json_lit(p->o, "\"}");
	end_packed(p);
}

void linx_put_quoted(struct linx_put *p)
{
	if (!p->json)
		return;
	linx_out_char(p->o, '"');
	begin_packed(p);
}

void linx_put_quoted_end(struct linx_put *p)
{
	if (!p->packed)
		return;
	linx_out_char(p->o, '"');
	end_packed(p);
}

/* ---- numbers ---------------------------------------------------------------------------- */

void linx_put_i64(struct linx_put *p, int64_t n)
{
	linx_out_i64(p->o, n);
}

void linx_put_u64(struct linx_put *p, uint64_t n)
{
	linx_out_u64(p->o, n);
}

void linx_put_hex(struct linx_put *p, uint64_t n)
{
	if (p->json)
		linx_out_u64(p->o, n);
	else
		linx_out_hex(p->o, n);
}

void linx_put_octal(struct linx_put *p, uint64_t n)
{
	if (p->json) {
		linx_out_u64(p->o, n);
	} else {
		linx_out_char(p->o, '0');
		linx_out_octal(p->o, n, 2);
	}
}

void linx_put_addr(struct linx_put *p, uint64_t addr)
{
	if (addr)
		linx_put_hex(p, addr);
	else if (p->st->bare)
		linx_out_mem(p->o, "0x0", 3); /* a log line has addresses alone, and no word that could be a string */
	else
		linx_out_mem(p->o, p->json ? "null" : "NULL", 4);
}

static void put_fmt(struct linx_put *p, uint64_t n, char fmt)
{
	if (fmt == 'd')
		linx_out_i64(p->o, (int64_t)n);
	else if (fmt == 'u' || p->json)
		linx_out_u64(p->o, n);
	else if (fmt == 'o')
		linx_put_octal(p, n);
	else
		linx_out_hex(p->o, n);
}

void linx_put_symbol(struct linx_put *p, int64_t n, char fmt, const char *name)
{
	if (p->json) {
		linx_json_lit(p->o, "{\"value\":");
		put_fmt(p, (uint64_t)n, fmt == 'x' ? 'u' : fmt);
		linx_json_lit(p->o, ",\"text\":\"");
		linx_out_str(p->o, name);
		linx_json_lit(p->o, "\"}");
	} else if (p->st->xlat == LINX_XLAT_ABBREV) {
		linx_out_str(p->o, name);
	} else {
		put_fmt(p, (uint64_t)n, fmt);
		if (p->st->xlat == LINX_XLAT_VERBOSE)
			linx_put_comment(p, name);
	}
}

bool linx_put_expression(struct linx_put *p, int64_t n, char fmt)
{
	linx_put_packed(p, n);
	if (p->packed || p->st->xlat == LINX_XLAT_ABBREV)
		return true;
	put_fmt(p, (uint64_t)n, fmt);
	return p->st->xlat == LINX_XLAT_VERBOSE && linx_put_comment_begin(p);
}

void linx_put_expression_end(struct linx_put *p)
{
	if (p->packed)
		linx_put_packed_end(p);
	else if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_put_comment_end(p);
}

/* ---- names of numbers --------------------------------------------------------------------- */

/* Its name; number: of a LINX_FLAG_NUMBER. */
static void put_flag_name(struct linx_out *o, const struct linx_flag *flag, uint64_t number)
{
	if (flag->kind != LINX_FLAG_NUMBER) {
		linx_out_str(o, flag->name);
	} else if (!strcmp(flag->name, "octal")) {
		linx_out_octal(o, number, 4);
	} else {
		linx_out_u64(o, number);
		if (!strcmp(flag->name, "decimal"))
			return;
		linx_out_mem(o, "<<", 2);
		linx_out_str(o, flag->name);
	}
}

/* What a set has no name for: "O_???", or "?_OK" if that is its prefix. */
static void put_prefix(struct linx_out *o, const struct linx_flagset *set)
{
	linx_out_str(o, set->prefix);
	if (!strchr(set->prefix, '?'))
		linx_out_mem(o, "???", 3);
}

static void json_const(struct linx_put *p, const struct linx_flag *flag, uint64_t n, char fmt)
{
	if (flag && (int64_t)flag->value < 0)
		linx_put_symbol(p, (int64_t)flag->value, 'd', flag->name);
	else if (flag)
		linx_put_symbol(p, (int64_t)n, fmt, flag->name);
	else
		put_fmt(p, n, fmt);
}

/* " / * O_??? * /" */
static void put_unknown(struct linx_put *p, const struct linx_flagset *set)
{
	linx_out_mem(p->o, " /* ", 4);
	put_prefix(p->o, set);
	linx_out_mem(p->o, " */", 3);
}

/* One constant out of many; more than one may have that value. */
static void put_const(struct linx_put *p, const struct linx_flagset *set, uint64_t n, uint64_t mask,
		      char fmt)
{
	const struct linx_flag *flag = linx_const_find(set, n, mask);

	if (p->json) {
		json_const(p, flag, n, fmt);
		return;
	}
	if (p->st->xlat != LINX_XLAT_ABBREV || !flag)
		put_fmt(p, fmt == 'd' ? n : n & mask, fmt);
	if (p->st->xlat == LINX_XLAT_RAW)
		return;
	if (!flag && !*set->prefix)
		return;
	if (!flag) {
		put_unknown(p, set);
		return;
	}
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_out_mem(p->o, " /* ", 4);
	for (const char *sep = ""; flag; flag = linx_const_next(set, flag), sep = " or ") {
		linx_out_str(p->o, sep);
		linx_out_str(p->o, flag->name);
	}
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_out_mem(p->o, " */", 3);
}

/* Bits without a name are in the value alone. */
static void json_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n, uint64_t mask)
{
	const struct linx_flag *flag;
	struct linx_flag_iter it;
	const char *sep = "\"";

	linx_json_lit(p->o, "{\"value\":");
	linx_out_u64(p->o, n & mask);
	linx_json_lit(p->o, ",\"names\":[");
	linx_flag_begin(&it, set, n, mask);
	while ((flag = linx_flag_next(&it))) {
		linx_out_str(p->o, sep);
		sep = ",\"";
		put_flag_name(p->o, flag, it.number);
		linx_out_char(p->o, '"');
	}
	linx_json_lit(p->o, "]}");
}

#define MAP_KIND 0xfu

/* A kind of mapping without a name stands in front of the flags: "0xf / * MAP_??? * /". 0: it has a name. */
static uint64_t unnamed_kind(const struct linx_flagset *set, uint64_t n)
{
	uint64_t kind = set == &linx_set_mmap_flags ? n & MAP_KIND : 0;

	for (unsigned int i = 0; kind && i < set->count; i++)
		if (set->flags[i].kind == LINX_FLAG_FIELD && set->flags[i].value == kind)
			return 0;
	return kind;
}

/* "A|B|0x40|21<<C"; false: not one bit has a name. */
static bool put_names(struct linx_put *p, const struct linx_flagset *set, uint64_t n, uint64_t mask,
		      uint64_t *rest)
{
	const struct linx_flag *flag, *number = NULL;
	uint64_t kind = unnamed_kind(set, n);
	struct linx_flag_iter it;
	const char *sep = "";

	linx_flag_begin(&it, set, n & ~kind, mask);
	if (kind) {
		it.done = MAP_KIND;
		linx_out_hex(p->o, kind);
		put_unknown(p, set);
		sep = "|";
	}
	while ((flag = linx_flag_next(&it))) {
		/* The number that ends a set comes after what has no name. */
		if (flag->kind == LINX_FLAG_NUMBER && flag == &set->flags[set->count - 1]) {
			number = flag;
			continue;
		}
		linx_out_str(p->o, sep);
		sep = "|";
		put_flag_name(p->o, flag, it.number);
	}
	*rest = it.rest;
	if (it.rest && (*sep || number)) {
		linx_out_str(p->o, sep);
		sep = "|";
		linx_out_hex(p->o, it.rest);
	}
	if (number) {
		linx_out_str(p->o, sep);
		put_flag_name(p->o, number, it.number);
	}
	return *sep || number;
}

static void put_bits(struct linx_put *p, const struct linx_flagset *set, uint64_t n, uint64_t mask,
		     char fmt)
{
	size_t start;
	uint64_t rest;

	if (p->st->xlat != LINX_XLAT_ABBREV)
		put_fmt(p, n & mask, fmt);
	if (p->st->xlat == LINX_XLAT_RAW)
		return;
	start = p->o->len;
	if (p->st->xlat == LINX_XLAT_VERBOSE)
		linx_out_mem(p->o, " /* ", 4);
	if (!put_names(p, set, n, mask, &rest)) {
		p->o->len = start;
		if (p->st->xlat == LINX_XLAT_ABBREV)
			put_fmt(p, rest, fmt);
		if (!rest || !set->prefix[0])
			return;
		put_unknown(p, set);
	} else if (p->st->xlat == LINX_XLAT_VERBOSE) {
		linx_out_mem(p->o, " */", 3);
	}
}

static void put_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt)
{
	uint64_t mask = linx_ones(size);

	if (!set->bits)
		put_const(p, set, n, mask, fmt);
	else if (p->json)
		json_flags(p, set, n, mask);
	else
		put_bits(p, set, n, mask, fmt);
}

/* The same numbers come again and again. */
/* Some names stand for other bits on other machines. */
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
	struct linx_kept_flags *kept;
	size_t start = p->o->len;
	char how[4] = { (char)size, fmt, (char)p->st->xlat, p->json };

	set = set_of(p, set);
	kept = linx_kept_flags_at(p->st->kept, set, n);
	if (!kept) {
		put_flags(p, set, n, size, fmt);
	} else if (kept->set == set && kept->n == n && !memcmp(kept->how, how, sizeof(how))) {
		linx_out_short(p->o, kept->text, kept->len, sizeof(kept->text));
	} else {
		put_flags(p, set, n, size, fmt);
		if (!p->o->failed)
			linx_kept_flags_set(kept, set, n, how, p->o->data + start, p->o->len - start);
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
	if (p->json || linx_flag_next(&it))
		linx_put_flags(p, set, n, size);
	else if (n)
		linx_put_hex(p, n);
}

void linx_put_known(struct linx_put *p, const struct linx_flagset *set, int64_t n, size_t size,
		    char fmt)
{
	const struct linx_flag *flag = linx_const_find(set, (uint64_t)n, linx_ones(size));

	if (flag)
		linx_put_symbol(p, n, fmt, flag->name);
	else
		put_fmt(p, (uint64_t)n, fmt);
}

void linx_put_explained(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size, char fmt)
{
	const struct linx_style *was = p->st;
	struct linx_style st = *was;

	if (st.xlat == LINX_XLAT_ABBREV)
		st.xlat = LINX_XLAT_VERBOSE;
	p->st = &st;
	linx_put_flags_fmt(p, set, n, size, fmt);
	p->st = was;
}

/* ---- words behind the result ---------------------------------------------------------------- */

void linx_put_aux_text(struct linx_put *p, const char *text)
{
	if (p->aux)
		linx_out_str(p->aux, text);
}

void linx_put_aux_flags(struct linx_put *p, const struct linx_flagset *set, uint64_t n)
{
	const struct linx_style *was = p->st;
	struct linx_style st = *was;
	struct linx_out *out = p->o;

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
	const struct linx_flag *flag = linx_const_find(set, n, UINT64_MAX);

	if (flag && p->st->xlat != LINX_XLAT_RAW)
		linx_put_aux_text(p, flag->name);
}

/* ---- strings and bytes ---------------------------------------------------------------------- */

static inline void put_quoted(struct linx_put *p, const char *s, size_t n)
{
	if (p->json)
		linx_json_string(p->o, s, n);
	else if (p->st->bare)
		linx_fld_escape(p->o, s, n);
	else if (p->st->hex)
		linx_out_quote_x(p->o, s, n, p->st->hex);
	else if (p->st->strace)
		linx_out_quote_ascii(p->o, s, n);
	else
		linx_out_quote_text(p->o, s, n);
}

static inline void put_shown(struct linx_put *p, const void *s, size_t n, bool cut)
{
	put_quoted(p, s, n);
	if (cut && !p->json)
		linx_out_mem(p->o, "...", 3);
}

void linx_put_whole_string(struct linx_put *p, const void *s, size_t n, bool cut)
{
	put_shown(p, s, n, cut);
}

/* JSON says how long it would be. False: all of it may be shown. */
static bool json_limited(struct linx_put *p, const void *s, size_t n)
{
	struct linx_value v = { .data = s, .kind = LINX_VAL_BYTES, .state = LINX_WHOLE };

	if (!p->json || n <= p->st->limit)
		return false;
	v.size = v.orig = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
	linx_json_bytes(p->o, &v, v.size, p->st->limit);
	return true;
}

void linx_put_string(struct linx_put *p, const void *s, size_t n, bool cut)
{
	size_t shown = n < p->st->limit ? n : p->st->limit;

	if (json_limited(p, s, n))
		return;
	put_shown(p, s, shown, cut || shown < n);
}

void linx_put_whole_hexbytes(struct linx_put *p, const void *s, size_t n, bool cut)
{
	if (p->json)
		linx_json_string(p->o, s, n);
	else
		linx_out_quote_hex(p->o, s, n);
	if (!p->json && cut)
		linx_out_mem(p->o, "...", 3);
}

void linx_put_hexbytes(struct linx_put *p, const void *s, size_t n, bool cut)
{
	size_t shown = n < p->st->limit ? n : p->st->limit;

	if (json_limited(p, s, n))
		return;
	linx_put_whole_hexbytes(p, s, shown, cut || shown < n);
}

void linx_put_word(struct linx_put *p, const char *word)
{
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_whole_string(p, word, strlen(word), false);
	else
		linx_out_str(p->o, word);
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

void linx_put_value(struct linx_put *p, const struct linx_value *v, bool path)
{
	size_t size = v->size;

	p->states |= 1u << v->state;
	if (p->json) {
		linx_json_bytes(p->o, v, v->size, path ? UINT32_MAX : p->st->limit);
		return;
	}
	if (path && size > LINX_PATH_SHOWN)
		size = LINX_PATH_SHOWN;
	if (size > p->st->limit && !(path && !p->st->bare))
		size = p->st->limit;
	put_quoted(p, v->data, size);
	if (v->state == LINX_TRUNCATED || size < v->orig)
		linx_out_mem(p->o, "...", 3);
}
