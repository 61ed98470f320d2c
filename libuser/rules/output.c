// SPDX-License-Identifier: LGPL-2.1-or-later
/* What an alert shows: its output, with fields behind %, as text and as JSON. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "filter/condition_source.h"
#include "rules/rule_set.h"
#include "value/json.h"

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

int linx_rules_parse_output(struct linx_rules *r, struct linx_rules_item *it)
{
	const char *at = it->output + (*it->output == '*');
	int ret = 0;

	while (!ret && *at)
		ret = take_piece(r, it, &at);
	return ret;
}

/* ---- values ------------------------------------------------------------------------------------------- */

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
	linx_falco_put(&r->values, v);
	linx_strbuf_char(&r->values, '\0');
	to->value.type = LINX_FIELD_TEXT;
	/* An offset while the buffer may still move. */
	to->value.num = (int64_t)start;
	to->value.len = r->values.len - start - 1;
	return !r->values.failed;
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

/* What cannot be shown on a line is a dot, so that an alert stays one line. */
static void put_shown(struct linx_strbuf *o, const struct linx_output_field *f)
{
	switch (f->value.type) {
	case LINX_FIELD_TEXT:
		for (size_t i = 0; i < f->value.len; i++)
			linx_strbuf_char(o, iscntrl((unsigned char)f->value.text[i]) ? '.' : f->value.text[i]);
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
			put_shown(&r->text, &f[at++]);
	}
	linx_strbuf_char(&r->text, '\0');
	if (!good || r->text.failed)
		return -ENOMEM;
	*a = (struct linx_alert){ .text = r->text.data, .len = r->text.len - 1, .fields = f, .nfields = sort_fields(f, n) };
	return 0;
}

/* ---- lines -------------------------------------------------------------------------------------------- */

static void put_time(struct linx_strbuf *o, uint64_t ns, bool iso)
{
	time_t s = (time_t)(ns / 1000000000);
	char date[64], text[96];
	struct tm tm;

	if (!(iso ? gmtime_r(&s, &tm) : localtime_r(&s, &tm)) || !strftime(date, sizeof(date), iso ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &tm))
		return;
	snprintf(text, sizeof(text), "%s.%09u%s", date, (unsigned int)(ns % 1000000000), iso ? "Z" : "");
	linx_strbuf_str(o, text);
}

static void put_text(struct linx_strbuf *o, const struct linx_event *ev, const struct linx_rules_item *it, const struct linx_alert *a)
{
	put_time(o, linx_event_get_time_ns(ev), false);
	linx_strbuf_str(o, ": ");
	linx_strbuf_str(o, linx_rule_priority_name(it->priority));
	linx_strbuf_char(o, ' ');
	linx_strbuf_mem(o, a->text, a->len);
}

static void put_key(struct linx_strbuf *o, const char *key)
{
	if (o->len && o->data[o->len - 1] != '{')
		linx_strbuf_char(o, ',');
	linx_json_string(o, key, strlen(key));
	linx_strbuf_char(o, ':');
}

static void put_value(struct linx_strbuf *o, const struct linx_field_value *v)
{
	switch (v->type) {
	case LINX_FIELD_TEXT:
		linx_json_string(o, v->text, v->len);
		break;
	case LINX_FIELD_NUMBER:
		linx_strbuf_i64(o, v->num);
		break;
	case LINX_FIELD_BOOL:
		linx_strbuf_str(o, v->num ? "true" : "false");
		break;
	default:
		linx_strbuf_str(o, "null");
	}
}

/* The time of the event is among the fields, as Falco's is. */
static void put_fields(struct linx_strbuf *o, const struct linx_event *ev, const struct linx_alert *a)
{
	bool timed = false;

	put_key(o, "output_fields");
	linx_strbuf_char(o, '{');
	for (unsigned int i = 0; i < a->nfields; i++) {
		int order = strcmp(a->fields[i].name, "evt.time");

		if (!timed && order >= 0) {
			put_key(o, "evt.time");
			linx_strbuf_u64(o, linx_event_get_time_ns(ev));
			timed = true;
		}
		if (!order)
			continue;
		put_key(o, a->fields[i].name);
		put_value(o, &a->fields[i].value);
	}
	if (!timed) {
		put_key(o, "evt.time");
		linx_strbuf_u64(o, linx_event_get_time_ns(ev));
	}
	linx_strbuf_char(o, '}');
}

static void put_tags(struct linx_strbuf *o, const struct linx_rules_item *it)
{
	put_key(o, "tags");
	linx_strbuf_char(o, '[');
	for (unsigned int i = 0; i < it->tags.n; i++) {
		if (i)
			linx_strbuf_char(o, ',');
		linx_json_string(o, it->tags.s[i], strlen(it->tags.s[i]));
	}
	linx_strbuf_char(o, ']');
}

static void put_string(struct linx_strbuf *o, const char *key, const char *s)
{
	put_key(o, key);
	linx_json_string(o, s, strlen(s));
}

static void put_json(struct linx_rules *r, const struct linx_event *ev, const struct linx_rules_item *it, const struct linx_alert *a,
		     const char *hostname)
{
	struct linx_strbuf *o = &r->line, text = { 0 };

	linx_strbuf_char(o, '{');
	if (hostname)
		put_string(o, "hostname", hostname);
	put_text(&text, ev, it, a);
	put_key(o, "output");
	linx_json_string(o, text.data ? text.data : "", text.len);
	o->failed |= text.failed;
	free(text.data);
	put_fields(o, ev, a);
	put_string(o, "priority", linx_rule_priority_name(it->priority));
	put_string(o, "rule", it->name);
	put_string(o, "source", it->source);
	put_tags(o, it);
	put_key(o, "time");
	linx_strbuf_char(o, '"');
	put_time(o, linx_event_get_time_ns(ev), true);
	linx_strbuf_str(o, "\"}");
}

LINX_API int linx_rules_format(struct linx_rules *r, unsigned int i, const struct linx_event *ev, bool json,
			       const char *hostname, const char **text, size_t *len)
{
	struct linx_alert a;
	int ret = linx_rules_render(r, i, ev, &a);

	if (ret)
		return ret;
	r->line.len = 0;
	if (json)
		put_json(r, ev, r->rules[i], &a, hostname);
	else
		put_text(&r->line, ev, r->rules[i], &a);
	linx_strbuf_char(&r->line, '\n');
	*text = r->line.data;
	*len = r->line.len;
	return r->line.failed ? -ENOMEM : 0;
}
