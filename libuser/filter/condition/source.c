// SPDX-License-Identifier: LGPL-2.1-or-later
/* Computes the values of the sources of a condition: see filter/condition/source.h. */
#include <ctype.h>

#include "filter/condition/source.h"

/* Style in which arguments are printed: without quotes, not shortened. */
static const struct linx_style style = { .bare = true, .limit = UINT32_MAX };

/* Limit of the bytes of a text that a transformer makes; nested transformers could multiply them. */
#define TEXT_MAX (1u << 20)

struct linx_fld_env linx_source_env(struct linx_condition *c, const struct linx_event *ev, struct linx_strbuf *scratch)
{
	return (struct linx_fld_env){
		.ev = ev,
		.style = &style,
		.accounts = c->accounts,
		.hosts = &c->hosts,
		.scratch = scratch,
	};
}

static bool field_value(struct linx_condition *c, const struct linx_event *ev, uint32_t source, struct linx_fld_value *v)
{
	struct linx_fld_env e = linx_source_env(c, ev, &c->sources[source].text);
	const struct linx_fld *f = &c->sources[source].field;

	if (!f->desc->get(&e, f, 0, v))
		return false;
	v->has_num = v->has_num && f->part != LINX_FLD_VALUE;
	v->has_text = v->has_text && f->part != LINX_FLD_KEY;
	return v->has_num || v->has_text || v->has_addr;
}

/* ---- transformers --------------------------------------------------------------------------- */

static void put_text(struct linx_strbuf *o, const struct linx_fld_value *v)
{
	if (o->len + v->n > TEXT_MAX)
		return;
	linx_fld_put_value(o, v);
}

static void change_case(struct linx_strbuf *o, bool upper)
{
	for (size_t i = 0; i < o->len; i++)
		o->data[i] = (char)(upper ? toupper((unsigned char)o->data[i]) : tolower((unsigned char)o->data[i]));
}

static int digit_of(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Decodes base64 in place; false: the text is not base64. As in Falco, the bits left over at the end have to be 0. */
static bool decode_base64(struct linx_strbuf *o)
{
	uint32_t bits = 0;
	unsigned int n = 0;
	size_t to = 0, len = o->len;

	for (int i = 0; i < 2 && len && o->data[len - 1] == '='; i++)
		len--;
	for (size_t i = 0; i < len; i++) {
		int d = digit_of(o->data[i]);

		if (d < 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
		n += 6;
		if (n < 8)
			continue;
		n -= 8;
		o->data[to++] = (char)(bits >> n);
	}
	o->len = to;
	return n != 6 && !(bits & ((1u << n) - 1));
}

static void keep_basename(struct linx_strbuf *o)
{
	const char *slash = o->len ? memrchr(o->data, '/', o->len) : NULL;
	size_t from = slash ? (size_t)(slash + 1 - o->data) : 0;

	if (from)
		memmove(o->data, o->data + from, o->len - from);
	o->len -= from;
}

bool linx_source_part(struct linx_condition *c, const struct linx_event *ev, const struct linx_cond_source *s, unsigned int i, const char **text, size_t *n)
{
	const struct linx_fld_value *v;

	if (s->literal[i]) {
		*text = c->literals[s->part[i]].s;
		*n = c->literals[s->part[i]].n;
		return true;
	}
	v = linx_source_value(c, ev, s->part[i]);
	if (!v || !v->has_text)
		return false;
	*text = v->s;
	*n = v->n;
	return true;
}

bool linx_source_item(const struct linx_cond_source *s, unsigned int i, struct linx_fld_value *v)
{
	size_t at = 0;

	for (; i && at < s->text.len; i--)
		at += strlen(s->text.data + at) + 1;
	return at < s->text.len && linx_fld_set_text(v, s->text.data + at, strlen(s->text.data + at));
}

static bool is_list(const struct linx_cond_source *s)
{
	return s->transform == LINX_TF_GETOPT ? !s->option : s->transform == LINX_TF_NONE && linx_fld_is_list(s->field.desc);
}

/* Gets value i, from 0, of a source that is a list. False: there are not more than i values. */
static bool item_of(struct linx_condition *c, const struct linx_event *ev, uint32_t source, unsigned int i, struct linx_fld_value *v)
{
	struct linx_fld_env e = linx_source_env(c, ev, &c->listed);

	if (c->sources[source].transform == LINX_TF_NONE)
		return linx_fld_get(&e, &c->sources[source].field, i, v);
	return linx_source_value(c, ev, source) && linx_source_item(&c->sources[source], i, v);
}

/* Computes len(): the number of values of a list, or of bytes of a text. */
static bool length_of(struct linx_condition *c, const struct linx_event *ev, uint32_t source, struct linx_fld_value *v)
{
	const struct linx_fld_value *inner;
	struct linx_fld_value one = { 0 };

	v->has_num = true;
	if (is_list(&c->sources[source])) {
		while (item_of(c, ev, source, (unsigned int)v->num, &one))
			v->num++;
		return true;
	}
	inner = linx_source_value(c, ev, source);
	v->num = inner ? (int64_t)inner->n : 0;
	return inner && inner->has_text;
}

/* Joins one value. between: the separator */
static void join_one(struct linx_cond_source *s, const struct linx_fld_value *v, const struct linx_fld_value *between, bool first)
{
	if (!first)
		put_text(&s->text, between);
	put_text(&s->text, v);
}

/* Computes join(): the other arguments, with all values of lists, separated by the first argument. */
static bool join_parts(struct linx_condition *c, const struct linx_event *ev, struct linx_cond_source *s)
{
	struct linx_fld_value literal = { .has_text = true };
	const struct linx_fld_value *between = &literal;
	bool first = true;

	if (s->literal[0])
		linx_source_part(c, ev, s, 0, &literal.s, &literal.n);
	else
		between = linx_source_value(c, ev, s->part[0]);
	if (!between)
		return false;
	for (unsigned int i = 1; i < s->nparts; i++) {
		struct linx_fld_value one = { .has_text = true };
		const struct linx_fld_value *v = &one;

		if (!s->literal[i] && is_list(&c->sources[s->part[i]])) {
			one.has_text = false;
			for (unsigned int k = 0; item_of(c, ev, s->part[i], k, &one); k++, first = false)
				join_one(s, &one, between, first);
			continue;
		}
		if (s->literal[i])
			linx_source_part(c, ev, s, i, &one.s, &one.n);
		else
			v = linx_source_value(c, ev, s->part[i]);
		if (!v)
			return false;
		join_one(s, v, between, first);
		first = false;
	}
	return true;
}

static bool transformed(struct linx_condition *c, const struct linx_event *ev, struct linx_cond_source *s, struct linx_fld_value *v)
{
	const struct linx_fld_value *inner;

	s->text.len = 0;
	if (s->transform == LINX_TF_LEN)
		return length_of(c, ev, s->part[0], v);
	if (s->transform == LINX_TF_GETOPT) {
		if (!linx_source_getopt(c, ev, s))
			return false;
		if (s->option)
			return linx_fld_set_text(v, s->text.data, strlen(s->text.data));
	} else if (s->transform == LINX_TF_JOIN) {
		if (!join_parts(c, ev, s))
			return false;
	} else {
		inner = linx_source_value(c, ev, s->part[0]);
		if (!inner)
			return false;
		put_text(&s->text, inner);
		if (s->transform == LINX_TF_B64 && !decode_base64(&s->text))
			return false;
		if (s->transform == LINX_TF_BASENAME)
			keep_basename(&s->text);
		if (s->transform == LINX_TF_LOWER || s->transform == LINX_TF_UPPER)
			change_case(&s->text, s->transform == LINX_TF_UPPER);
	}
	v->has_text = !s->text.failed;
	v->s = s->text.data ? s->text.data : "";
	v->n = s->text.len;
	return v->has_text;
}

const struct linx_fld_value *linx_source_value(struct linx_condition *c, const struct linx_event *ev, uint32_t source)
{
	struct linx_cond_source *s = &c->sources[source];

	if (s->stamp != c->stamp) {
		s->stamp = c->stamp;
		s->value = (struct linx_fld_value){ 0 };
		s->has = s->transform == LINX_TF_NONE ? field_value(c, ev, source, &s->value) : transformed(c, ev, s, &s->value);
	}
	return s->has ? &s->value : NULL;
}
