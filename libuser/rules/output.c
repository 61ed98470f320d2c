// SPDX-License-Identifier: LGPL-2.1-or-later
/* Renders alerts from the rule's output, in which "%name" stands for the value of a field. */
#include <errno.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "filter/condition/source.h"
#include "rules/rule_set.h"

/* ---- parsing ---------------------------------------------------------------------------------------- */

const char *linx_rules_find_deprecated(const char *text, bool whole)
{
	static const char *const names[] = {
		"evt.dir", "evt.latency", "evt.latency.s", "evt.latency.ns", "evt.latency.human", "evt.wait_latency",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (whole ? !strcmp(text, names[i]) : strstr(text, names[i]) != NULL)
			return names[i];
	return NULL;
}

#define CONTAINER_INFO "%container.info"

bool linx_rules_drop_container_info(char *text)
{
	const size_t len = sizeof(CONTAINER_INFO) - 1;
	char *at = strstr(text, CONTAINER_INFO);
	bool found = at;

	for (; at; at = strstr(at, CONTAINER_INFO))
		memmove(at, at + len, strlen(at + len) + 1);
	return found;
}

static void drop_container_info(struct linx_rules *r, const struct linx_rules_item *it)
{
	if (linx_rules_drop_container_info(it->output))
		linx_rules_report(r, false, "LOAD_DEPRECATED_ITEM", it->output_place, it->name,
				  "output: %s is deprecated: it stands for nothing", CONTAINER_INFO);
}

static void warn_of_deprecated(struct linx_rules *r, const struct linx_rules_item *it)
{
	const char *name = linx_rules_find_deprecated(it->output, false);

	if (name)
		linx_rules_report(r, false, "LOAD_DEPRECATED_ITEM", it->output_place, it->name, "output: %s is deprecated", name);
}

void linx_rules_shown_free(struct linx_rules_item *it)
{
	linx_rules_format_free(&it->shown);
	for (unsigned int i = 0; i < it->nextras; i++) {
		linx_rules_format_free(&it->extras[i].format);
		free(it->extras[i].name);
	}
	free(it->extras);
	it->extras = NULL;
	it->nextras = 0;
}

int linx_rules_parse_output(struct linx_rules *r, struct linx_rules_item *it)
{
	struct linx_cond_problem why;
	int ret = linx_rules_add_to(r, it);
	bool skips;

	if (ret)
		return ret;
	drop_container_info(r, it);
	warn_of_deprecated(r, it);
	if (*it->output) {
		ret = linx_rules_format_parse(r, it->output + (*it->output == '*'), it->kind == LINX_RULES_STATE, &it->shown, &why);
	} else {
		why = (struct linx_cond_problem){ .why = "it is empty" };
		ret = -EINVAL;
	}
	if (ret != -EINVAL)
		return ret;
	skips = it->skip_unknown && why.unknown;
	linx_rules_report(r, !skips, skips ? "LOAD_UNKNOWN_FILTER" : "LOAD_ERR_COMPILE_OUTPUT", it->output_place, it->name, "output: %s", why.why);
	return skips ? 1 : ret;
}

/* ---- values ------------------------------------------------------------------------------------------- */

void linx_rules_put_valid(struct linx_strbuf *o, const char *s, size_t n)
{
	uint32_t code;
	size_t len;

	for (size_t i = 0; i < n; i += len) {
		len = (unsigned char)s[i] < 0x80 ? 1 : linx_utf8(s + i, n - i, &code);
		if (len)
			linx_strbuf_mem(o, s + i, len);
		else
			linx_strbuf_str(o, "\xef\xbf\xbd");
		len += !len;
	}
}

/* Makes the text in r->values, from offset start to the end, the value of a field. */
static bool set_text(struct linx_rules *r, size_t start, struct linx_output_field *to)
{
	linx_strbuf_char(&r->values, '\0');
	to->value.type = LINX_FIELD_TEXT;
	/*
	 * The offset of the text is stored in place of a pointer, since the buffer may still move. resolve() replaces
	 * the offset later.
	 */
	to->value.num = (int64_t)start;
	to->value.len = r->values.len - start - 1;
	return !r->values.failed;
}

/*
 * Sets a field to linx.count, linx.key or linx.span of a linx_count or linx_sequence. The span is 0 before the first
 * alert.
 */
static bool own_value(struct linx_rules *r, const struct linx_rules_item *it, enum linx_rules_own own, struct linx_output_field *to)
{
	const struct linx_rules_stateful *st = it->stateful;
	size_t start = r->values.len;

	to->value = (struct linx_field_value){ .type = LINX_FIELD_NUMBER, .num = (int64_t)st->count };
	if (own == LINX_RULES_OWN_SPAN)
		to->value.num = st->window ? (int64_t)linx_window_get_span_ns(st->window) : 0;
	if (own != LINX_RULES_OWN_KEY)
		return true;
	linx_strbuf_mem(&r->values, st->key.data, st->key.len);
	return set_text(r, start, to) && !st->key.failed;
}

/*
 * True for a field such as proc.aname without a number. It stands for all ancestors, and Falco shows their values
 * joined by blanks.
 */
static bool is_of_ancestors(const struct linx_cond_source *s)
{
	return s->transform == LINX_TF_NONE && s->field.desc->kind == LINX_FLD_TEXTS && s->field.desc->argument == LINX_FLD_PLACE &&
	       s->field.index < 0;
}

/*
 * True for proc.apid without a number. Falco then shows the pid of the process itself, though a condition compares the
 * pids of all ancestors.
 */
static bool is_own_number(const struct linx_cond_source *s)
{
	return s->transform == LINX_TF_NONE && s->field.desc->kind == LINX_FLD_NUMBERS && s->field.desc->argument == LINX_FLD_PLACE &&
	       s->field.index < 0;
}

static void own_number(struct linx_rules *r, const struct linx_event *ev, const struct linx_cond_source *s, struct linx_output_field *to)
{
	struct linx_fld_env e = linx_source_env(r->tree, ev, &r->shown);
	struct linx_fld_value v = { 0 };
	struct linx_fld self = s->field;

	self.index = 0;
	if (linx_fld_get(&e, &self, 0, &v))
		to->value = (struct linx_field_value){ .type = LINX_FIELD_NUMBER, .num = v.num };
}

static bool ancestors_of(struct linx_rules *r, const struct linx_event *ev, const struct linx_cond_source *s, struct linx_output_field *to)
{
	struct linx_fld_env e = linx_source_env(r->tree, ev, &r->shown);
	struct linx_fld_value v = { 0 };
	size_t start = r->values.len;

	for (unsigned int i = 0; linx_fld_get(&e, &s->field, i, &v); i++) {
		if (i)
			linx_strbuf_char(&r->values, ' ');
		linx_rules_put_valid(&r->values, v.s, v.n);
	}
	return set_text(r, start, to) && !r->shown.failed;
}

/* Sets a field to its value for the event. If the value is another list, only its first element is shown. */
static bool value_of(struct linx_rules *r, const struct linx_event *ev, uint32_t source, struct linx_output_field *to)
{
	const struct linx_cond_source *s = &r->tree->sources[source];
	const struct linx_fld_value *v = linx_source_value(r->tree, ev, source);
	size_t start = r->values.len;

	to->value = (struct linx_field_value){ .type = LINX_FIELD_NULL };
	if (is_own_number(s))
		own_number(r, ev, s, to);
	if (!v || is_own_number(s))
		return true;
	if (is_of_ancestors(s))
		return ancestors_of(r, ev, s, to);
	if (!v->has_text && v->has_num) {
		to->value.type = s->transform == LINX_TF_NONE && s->field.desc->kind == LINX_FLD_BOOL ? LINX_FIELD_BOOL : LINX_FIELD_NUMBER;
		to->value.num = v->num;
		return true;
	}
	r->shown.len = 0;
	linx_fld_put_value(&r->shown, v);
	linx_rules_put_valid(&r->values, r->shown.data, r->shown.len);
	return set_text(r, start, to) && !r->shown.failed;
}

static int by_name(const void *a, const void *b)
{
	const struct linx_output_field *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Sorts fields by name and removes duplicates. Returns the number of fields that remain. */
static unsigned int sort_fields(struct linx_output_field *f, unsigned int n)
{
	unsigned int kept = 0;

	qsort(f, n, sizeof(*f), by_name);
	for (unsigned int i = 0; i < n; i++)
		if (!kept || strcmp(f[kept - 1].name, f[i].name) != 0)
			f[kept++] = f[i];
	return kept;
}

/* Writes text with dots for control characters, so that an alert is one line and cannot control a terminal. */
static void put_text(struct linx_strbuf *o, const char *s, size_t n)
{
	uint32_t code;
	size_t len;

	for (size_t i = 0; i < n; i += len) {
		code = (unsigned char)s[i];
		len = code < 0x80 ? 1 : linx_utf8(s + i, n - i, &code);
		len += !len;
		if (code < 0x20 || (code >= 0x7f && code < 0xa0))
			linx_strbuf_char(o, '.');
		else
			linx_strbuf_mem(o, s + i, len);
	}
}

static void put_shown(struct linx_strbuf *o, const struct linx_output_field *f)
{
	switch (f->value.type) {
	case LINX_FIELD_TEXT:
		put_text(o, f->value.text, f->value.len);
		break;
	case LINX_FIELD_NUMBER:
		linx_strbuf_i64(o, f->value.num);
		break;
	case LINX_FIELD_BOOL:
		linx_strbuf_str(o, f->value.num ? "true" : "false");
		break;
	default:
		linx_strbuf_str(o, "<NA>");
	}
}

/*
 * Writes a field's value, cut or padded to width bytes as in Falco, but without splitting a character. width: 0 means
 * that the value is neither cut nor padded
 */
static void put_wide(struct linx_strbuf *o, const struct linx_output_field *f, unsigned int width)
{
	size_t start = o->len;

	put_shown(o, f);
	if (!width || o->failed)
		return;
	if (o->len > start + width) {
		o->len = start + width;
		while (o->len > start && ((unsigned char)o->data[o->len] & 0xc0) == 0x80)
			o->len--;
	}
	while (o->len < start + width && !o->failed)
		linx_strbuf_char(o, ' ');
}

/*
 * Sets the fields from *to on to the values of a format's fields. Texts are stored as offsets until resolve() is
 * called.
 */
static bool values_of(struct linx_rules *r, const struct linx_event *ev, const struct linx_rules_item *it, const struct linx_rules_format *format,
		      struct linx_output_field *to)
{
	bool good = true;

	for (unsigned int k = 0; good && k < format->n; k++) {
		const struct linx_rules_shown *p = &format->pieces[k];

		if (!p->has_field)
			continue;
		to->name = p->name;
		good = p->own ? own_value(r, it, p->own, to) : value_of(r, ev, p->source, to);
		to++;
	}
	return good;
}

/* Sets the fields from *to on to the values of the fields in a format's transformers. */
static bool inner_values(struct linx_rules *r, const struct linx_event *ev, const struct linx_rules_format *format, struct linx_output_field *to)
{
	for (unsigned int k = 0; k < format->ninner; k++, to++) {
		to->name = format->inner[k].name;
		if (!value_of(r, ev, format->inner[k].source, to))
			return false;
	}
	return true;
}

/* Replaces the offsets of texts by pointers. Call it when the buffer does not move any more. */
static void resolve(const struct linx_strbuf *from, struct linx_output_field *f, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (f[i].value.type == LINX_FIELD_TEXT)
			f[i].value.text = from->data + f[i].value.num;
}

static void put_format(struct linx_strbuf *o, const struct linx_rules_format *format, const struct linx_output_field *f)
{
	for (unsigned int k = 0; k < format->n; k++) {
		linx_strbuf_str(o, format->pieces[k].text);
		if (format->pieces[k].has_field)
			put_wide(o, f++, format->pieces[k].width);
	}
	linx_strbuf_char(o, '\0');
}

/*
 * True if a linx_count or linx_sequence may have forgotten matches that belong to its alert. The alert's text and one
 * of its fields then report this.
 */
static bool is_at_least(const struct linx_rules_item *it)
{
	return it->stateful && it->stateful->window && linx_window_is_at_least(it->stateful->window);
}

/* Writes the output with the values of its fields. Returns its length. */
static size_t put_output(struct linx_rules *r, const struct linx_rules_item *it, const struct linx_output_field *f)
{
	put_format(&r->text, &it->shown, f);
	if (is_at_least(it) && !r->text.failed) {
		r->text.len--;
		linx_strbuf_str(&r->text, " (at least: the oldest keys are forgotten)");
		linx_strbuf_char(&r->text, '\0');
	}
	return r->text.len - 1;
}

/*
 * Sets the extra fields in "to". f: values of the fields in the formats of the extra fields. Texts are stored as
 * offsets in r->text.
 */
static void put_extras(struct linx_rules *r, const struct linx_rules_item *it, const struct linx_output_field *f, struct linx_output_field *to)
{
	for (unsigned int i = 0; i < it->nextras; f += it->extras[i].format.nfields, i++) {
		size_t start = r->text.len;

		to[i] = (struct linx_output_field){ .name = it->extras[i].name, .value.type = LINX_FIELD_TEXT };
		if (it->extras[i].raw) {
			to[i].value = f->value;
			continue;
		}
		put_format(&r->text, &it->extras[i].format, f);
		to[i].value.num = (int64_t)start;
		to[i].value.len = r->text.len - start - 1;
	}
}

/*
 * Resolves the texts of the extra fields. Extra fields replace fields of the output with the same name. Values without
 * a name, which come from transformers, are removed, since they are not fields of the alert. Returns the number of all
 * fields.
 */
static unsigned int merge_extras(struct linx_rules *r, const struct linx_rules_item *it, struct linx_output_field *f, unsigned int n)
{
	const struct linx_output_field *extras = f + n;
	unsigned int kept = 0;

	for (unsigned int i = 0; i < it->nextras; i++)
		if (!it->extras[i].raw)
			resolve(&r->text, f + n + i, 1);
	for (unsigned int i = 0; i < n; i++) {
		bool replaced = !f[i].name;

		for (unsigned int k = 0; !replaced && k < it->nextras; k++)
			replaced = !strcmp(extras[k].name, f[i].name);
		if (!replaced)
			f[kept++] = f[i];
	}
	memmove(f + kept, extras, it->nextras * sizeof(*f));
	return kept + it->nextras;
}

/*
 * Renders an alert. The array r->fields has the values shown in the output, then the fields in its transformers, then
 * the extra fields, then the fields in the formats of extra fields.
 */
LINX_API int linx_rules_render(struct linx_rules *r, unsigned int i, const struct linx_event *ev, struct linx_alert *a)
{
	const struct linx_rules_item *it;
	struct linx_output_field *f, *extras, *parts;
	unsigned int n, nparts = 0;
	size_t len;
	bool good;

	if (i >= r->nrules || !r->rules[i]->done)
		return -EINVAL;
	it = r->rules[i];
	n = it->shown.nfields + it->shown.ninner;
	for (unsigned int k = 0; k < it->nextras; k++)
		nparts += it->extras[k].format.nfields;
	f = realloc(r->fields, (n + it->nextras + nparts + 2) * sizeof(*f));
	if (!f)
		return -ENOMEM;
	r->fields = f;
	extras = f + n;
	parts = extras + it->nextras;
	r->values.len = r->text.len = 0;
	good = values_of(r, ev, it, &it->shown, f) && inner_values(r, ev, &it->shown, f + it->shown.nfields);
	for (unsigned int k = 0, at = 0; good && k < it->nextras; at += it->extras[k++].format.nfields)
		good = values_of(r, ev, it, &it->extras[k].format, parts + at);
	if (!good)
		return -ENOMEM;
	resolve(&r->values, f, n);
	resolve(&r->values, parts, nparts);
	len = put_output(r, it, f);
	put_extras(r, it, parts, extras);
	if (r->text.failed)
		return -ENOMEM;
	n = merge_extras(r, it, f, n);
	if (is_at_least(it))
		f[n++] = (struct linx_output_field){ .name = "linx.at_least", .value = { .type = LINX_FIELD_BOOL, .num = 1 } };
	*a = (struct linx_alert){ .text = r->text.data, .len = len, .fields = f, .nfields = sort_fields(f, n) };
	return 0;
}
