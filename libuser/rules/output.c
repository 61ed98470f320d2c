// SPDX-License-Identifier: LGPL-2.1-or-later
/* Texts of an alert: the rule's output, with fields behind %. */
#include <errno.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "filter/condition/source.h"
#include "rules/rule_set.h"

/* A width above this is meant for nobody. */
#define WIDTH_MAX 1024u

/* ---- parsing ---------------------------------------------------------------------------------------- */

void linx_rules_shown_free(struct linx_rules_item *it)
{
	for (unsigned int i = 0; i < it->nshown; i++) {
		free(it->shown[i].text);
		free(it->shown[i].name);
	}
	free(it->shown);
	it->shown = NULL;
	it->nshown = 0;
}

/* Text up to the next field; "%%" is a percent sign. Returns where it ends. */
static const char *take_text(const char *s, char *to)
{
	for (; *s && !(*s == '%' && s[1] != '%'); s++) {
		if (*s == '%')
			s++;
		*to++ = *s;
	}
	*to = '\0';
	return s;
}

/* "%10proc.name": the value has so many characters. Returns how many bytes the number has. */
static size_t take_width(const char *s, unsigned int *width)
{
	size_t n = 0;

	for (; s[n] >= '0' && s[n] <= '9'; n++)
		if (*width < WIDTH_MAX)
			*width = *width * 10 + (unsigned int)(s[n] - '0');
	return n;
}

static int take_piece(struct linx_rules *r, struct linx_rules_item *it, const char **at)
{
	struct linx_rules_shown *p = realloc(it->shown, (it->nshown + 1) * sizeof(*p));
	struct linx_cond_problem why;
	const char *s = *at;
	size_t used;
	int ret;

	if (!p)
		return -ENOMEM;
	it->shown = p;
	p += it->nshown++;
	*p = (struct linx_rules_shown){ .text = malloc(strlen(s) + 1) };
	if (!p->text)
		return -ENOMEM;
	*at = s = take_text(s, p->text);
	if (!*s)
		return 0;
	s++;
	s += take_width(s, &p->width);
	ret = linx_cond_parse_source(r->tree, s, &used, &p->source, &why);
	if (ret == -EINVAL) {
		bool skips = it->skip_unknown && why.unknown;

		linx_rules_tell(r, !skips, skips ? "LOAD_UNKNOWN_FILTER" : "LOAD_ERR_COMPILE_OUTPUT", it->output_place, it->name, "output: %s",
				why.why);
		return skips ? 1 : ret;
	}
	if (ret)
		return ret;
	p->has_field = true;
	p->name = strndup(s, used);
	*at = s + used;
	return p->name ? 0 : -ENOMEM;
}

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

/* Falco had this name for what the runtime adds to outputs. It is nothing now. */
static void drop_container_info(struct linx_rules *r, const struct linx_rules_item *it)
{
	static const char name[] = "%container.info";
	char *at = strstr(it->output, name);

	if (at)
		linx_rules_tell(r, false, "LOAD_DEPRECATED_ITEM", it->output_place, it->name, "output: %s is deprecated: it stands for nothing", name);
	for (; at; at = strstr(at, name))
		memmove(at, at + strlen(name), strlen(at + strlen(name)) + 1);
}

static void warn_of_deprecated(struct linx_rules *r, const struct linx_rules_item *it)
{
	const char *name = linx_rules_find_deprecated(it->output, false);

	if (name)
		linx_rules_tell(r, false, "LOAD_DEPRECATED_ITEM", it->output_place, it->name, "output: %s is deprecated", name);
}

int linx_rules_parse_output(struct linx_rules *r, struct linx_rules_item *it)
{
	const char *at;
	int ret = 0;

	drop_container_info(r, it);
	warn_of_deprecated(r, it);
	at = it->output + (*it->output == '*');
	while (!ret && *at)
		ret = take_piece(r, it, &at);
	return ret;
}

/* ---- values ------------------------------------------------------------------------------------------- */

/* Writes text as it may stand in JSON: a byte that is no UTF-8 becomes the replacement character. */
static void put_valid(struct linx_strbuf *o, const char *s, size_t n)
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

/* A list shows its first value: of ancestors the parent. */
static bool value_of(struct linx_rules *r, const struct linx_event *ev, uint32_t source, struct linx_output_field *to)
{
	const struct linx_cond_source *s = &r->tree->sources[source];
	const struct linx_fld_value *v = linx_source_value(r->tree, ev, source);
	size_t start = r->values.len;

	to->value = (struct linx_field_value){ .type = LINX_FIELD_NULL };
	if (!v)
		return true;
	if (!v->has_text && v->has_num) {
		to->value.type = s->transform == LINX_TF_NONE && s->field.desc->kind == LINX_FLD_BOOL ? LINX_FIELD_BOOL : LINX_FIELD_NUMBER;
		to->value.num = v->num;
		return true;
	}
	r->shown.len = 0;
	linx_fld_put_value(&r->shown, v);
	put_valid(&r->values, r->shown.data, r->shown.len);
	linx_strbuf_char(&r->values, '\0');
	to->value.type = LINX_FIELD_TEXT;
	/* An offset while the buffer may still move. */
	to->value.num = (int64_t)start;
	to->value.len = r->values.len - start - 1;
	return !r->values.failed && !r->shown.failed;
}

static int by_name(const void *a, const void *b)
{
	const struct linx_output_field *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* A field that stands in an output twice is shown once. */
static unsigned int sort_fields(struct linx_output_field *f, unsigned int n)
{
	unsigned int kept = 0;

	qsort(f, n, sizeof(*f), by_name);
	for (unsigned int i = 0; i < n; i++)
		if (!kept || strcmp(f[kept - 1].name, f[i].name) != 0)
			f[kept++] = f[i];
	return kept;
}

/* Control characters become dots, so that an alert stays one line and moves no terminal. */
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

/* As in Falco the text has width bytes, but a character is not cut into pieces. */
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

LINX_API int linx_rules_render(struct linx_rules *r, unsigned int i, const struct linx_event *ev, struct linx_alert *a)
{
	const struct linx_rules_item *it;
	struct linx_output_field *f;
	unsigned int n = 0;
	bool good = true;

	if (i >= r->nrules || !r->rules[i]->done)
		return -EINVAL;
	it = r->rules[i];
	f = realloc(r->fields, (it->nshown + 1) * sizeof(*f));
	if (!f)
		return -ENOMEM;
	r->fields = f;
	r->values.len = r->text.len = 0;
	for (unsigned int k = 0; k < it->nshown; k++) {
		if (!it->shown[k].has_field)
			continue;
		f[n].name = it->shown[k].name;
		good &= value_of(r, ev, it->shown[k].source, &f[n++]);
	}
	for (unsigned int k = 0; good && k < n; k++)
		if (f[k].value.type == LINX_FIELD_TEXT)
			f[k].value.text = r->values.data + f[k].value.num;
	for (unsigned int k = 0, at = 0; k < it->nshown; k++) {
		linx_strbuf_str(&r->text, it->shown[k].text);
		if (it->shown[k].has_field)
			put_wide(&r->text, &f[at++], it->shown[k].width);
	}
	linx_strbuf_char(&r->text, '\0');
	if (!good || r->text.failed)
		return -ENOMEM;
	*a = (struct linx_alert){ .text = r->text.data, .len = r->text.len - 1, .fields = f, .nfields = sort_fields(f, n) };
	return 0;
}
