// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The transformer getopt(): finds short options among words, as getopt(3) does. Long options are skipped. An unknown
 * option is shown as "?", and a missing value is empty.
 */
#include "filter/condition/source.h"

struct options {
	bool known[256], valued[256];
};

/*
 * Reads a text of options as for getopt(3): "ab:" means -a without a value, and -b with one. A colon at the start is
 * ignored.
 */
static void read_options(struct options *o, const char *s, size_t n)
{
	memset(o, 0, sizeof(*o));
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == ':')
			continue;
		o->known[c] = true;
		o->valued[c] = i + 1 < n && s[i + 1] == ':';
	}
}

/* State of the search for options in the words that are arguments of the transformer. */
struct search {
	struct linx_condition *c;
	const struct linx_event *ev;
	const struct linx_cond_source *s;
	const struct options *options;
	unsigned int at; /* index of the current word */
	struct linx_strbuf *found; /* options and values, each with a NUL; if one option is wanted, its last value */
	bool has; /* found is not empty */
};

static bool word(const struct search *x, unsigned int i, const char **s, size_t *n)
{
	return i + 1 < x->s->nparts && linx_source_part(x->c, x->ev, x->s, i, s, n);
}

static void add(struct search *x, const char *s, size_t n)
{
	if (x->s->option)
		x->found->len = 0;
	linx_strbuf_mem(x->found, s, strnlen(s, n));
	linx_strbuf_char(x->found, '\0');
	x->has = true;
}

/* Adds the option at s[i] with its value: the rest of the word s, or the next word if there is no rest. */
static void take_value(struct search *x, const char *s, size_t n, size_t i)
{
	bool shown = !x->s->option || x->s->option == (unsigned char)s[i];
	const char *value = s + i + 1;
	size_t len = n - i - 1;
	bool there = len > 0;

	if (!there)
		there = word(x, ++x->at, &value, &len);
	if (shown && there && !x->s->option)
		add(x, s + i, 1);
	if (shown)
		add(x, there ? value : "", there ? len : 0);
}

static void take_word(struct search *x, const char *s, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (!x->options->known[c]) {
			if (!x->s->option)
				add(x, "?", 1);
			continue;
		}
		if (x->options->valued[c]) {
			take_value(x, s, n, i);
			return;
		}
		if (!x->s->option || x->s->option == c)
			add(x, s + i, 1);
	}
}

bool linx_source_getopt(struct linx_condition *c, const struct linx_event *ev, struct linx_cond_source *s)
{
	struct options options;
	struct search x = { .c = c, .ev = ev, .s = s, .options = &options, .found = &s->text };
	const char *text;
	size_t n;

	s->text.len = 0;
	if (!linx_source_part(c, ev, s, s->nparts - 1, &text, &n))
		return false;
	read_options(&options, text, n);
	for (; word(&x, x.at, &text, &n); x.at++) {
		bool is_long = n > 2 && text[0] == '-' && text[1] == '-';

		if (n < 2 || text[0] != '-' || (n == 2 && text[1] == '-'))
			break;
		if (!is_long)
			take_word(&x, text, n);
	}
	return !s->text.failed && (x.has || !s->option);
}
