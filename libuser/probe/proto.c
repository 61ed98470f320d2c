// SPDX-License-Identifier: LGPL-2.1-or-later
/* Prototypes of probes as data and as text; see probe/proto.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "probe/proto.h"

static const char *const forms[LINX_PROBE_FORMS] = {
	[LINX_AS_SIGNED] = "signed", [LINX_AS_UNSIGNED] = "unsigned", [LINX_AS_HEX] = "hex",
	[LINX_AS_BOOL] = "bool",	[LINX_AS_BE] = "be",		    [LINX_AS_STR] = "str",
	[LINX_AS_BYTES] = "bytes",	[LINX_AS_SOCKADDR] = "sockaddr", [LINX_AS_SOCK] = "sock",
	[LINX_AS_PATH] = "path",	[LINX_AS_CRED] = "cred",
};

/* A part of a text. */
struct span {
	const char *at;
	size_t n;
};

/* ---- data -------------------------------------------------------------------------------- */

static struct linx_proto *new_proto(uint32_t number, struct span kind, struct span name, struct span spec)
{
	struct linx_proto *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->number = number;
	p->kind = strndup(kind.at, kind.n);
	p->name = strndup(name.at, name.n);
	p->spec = strndup(spec.at, spec.n);
	if (p->kind && p->name && p->spec)
		return p;
	linx_proto_free(p);
	return NULL;
}

struct linx_proto *linx_proto_new(uint32_t number, const char *kind, const char *name, const char *spec)
{
	return new_proto(number, (struct span){ kind, strlen(kind) }, (struct span){ name, strlen(name) },
			 (struct span){ spec, strlen(spec) });
}

int linx_proto_add(struct linx_proto *p, const char *name, size_t len, enum linx_probe_form form, uint32_t size, const char *type)
{
	struct linx_proto_arg *a;

	if (p->nargs == LINX_PROBE_ARGS_MAX)
		return -E2BIG;
	a = &p->args[p->nargs++];
	a->name = strndup(name, len);
	a->type = strdup(type);
	a->form = form;
	a->size = size;
	if (linx_proto_is_scalar(form))
		a->scalar = p->nscalars++;
	return a->name && a->type ? 0 : -ENOMEM;
}

const struct linx_proto_arg *linx_proto_arg_named(const struct linx_proto *p, const char *name, size_t len)
{
	for (uint32_t i = 0; i < p->nargs; i++)
		if (strlen(p->args[i].name) == len && !memcmp(p->args[i].name, name, len))
			return &p->args[i];
	return NULL;
}

void linx_proto_free(struct linx_proto *p)
{
	if (!p)
		return;
	for (uint32_t i = 0; i < p->nargs; i++) {
		free(p->args[i].name);
		free(p->args[i].type);
	}
	free(p->kind);
	free(p->name);
	free(p->spec);
	free(p);
}

/* Most bytes of a line besides its names: a word of the format, numbers, blanks, the newline. */
#define LINE_BYTES 40u

/* Returns an upper limit of the length of the prototype's text. */
static size_t text_length(const struct linx_proto *p)
{
	size_t n = 2 * LINE_BYTES + strlen(p->kind) + strlen(p->name) + strlen(p->spec);

	for (uint32_t i = 0; i < p->nargs; i++)
		n += 2 * LINE_BYTES + strlen(p->args[i].name) + strlen(p->args[i].type);
	return n;
}

int linx_protos_add(struct linx_protos *all, struct linx_proto *p)
{
	int rc = 0;

	p->bytes = text_length(p);
	if (!all->list)
		all->list = calloc(LINX_PROBES_MAX, sizeof(struct linx_proto *));
	if (!all->list)
		rc = -ENOMEM;
	else if (p->number >= LINX_PROBES_MAX)
		rc = -EINVAL;
	else if (all->list[p->number])
		rc = -EEXIST;
	else if (p->bytes > LINX_PROBES_TEXT_MAX - all->bytes)
		rc = -E2BIG;
	if (rc) {
		linx_proto_free(p);
		return rc;
	}
	all->list[p->number] = p;
	all->bytes += p->bytes;
	all->n++;
	return 0;
}

void linx_protos_remove(struct linx_protos *all, uint32_t number)
{
	struct linx_proto *p = all->list[number];

	all->list[number] = NULL;
	all->bytes -= p->bytes;
	all->n--;
	linx_proto_free(p);
}

void linx_protos_free(struct linx_protos *all)
{
	for (uint32_t i = 0; all->list && i < LINX_PROBES_MAX; i++)
		linx_proto_free(all->list[i]);
	free(all->list);
	*all = (struct linx_protos){ 0 };
}

/* ---- text -------------------------------------------------------------------------------- */

static void put_line(struct linx_strbuf *o, const char *word, const char *text)
{
	linx_strbuf_str(o, word);
	linx_strbuf_char(o, ' ');
	linx_strbuf_str(o, text);
	linx_strbuf_char(o, '\n');
}

static void put_proto(const struct linx_proto *p, struct linx_strbuf *o)
{
	linx_strbuf_str(o, "probe ");
	linx_strbuf_u64(o, p->number);
	linx_strbuf_char(o, ' ');
	put_line(o, p->kind, p->name);
	put_line(o, "spec", p->spec);
	for (uint32_t i = 0; i < p->nargs; i++) {
		const struct linx_proto_arg *a = &p->args[i];

		linx_strbuf_str(o, "arg ");
		linx_strbuf_str(o, forms[a->form]);
		linx_strbuf_char(o, ' ');
		linx_strbuf_u64(o, a->size);
		linx_strbuf_char(o, ' ');
		linx_strbuf_str(o, a->name);
		linx_strbuf_char(o, '\n');
		if (*a->type)
			put_line(o, "type", a->type);
		if (a->is_ret)
			linx_strbuf_str(o, "returned\n");
	}
}

void linx_protos_put(const struct linx_protos *all, struct linx_strbuf *o)
{
	linx_strbuf_str(o, LINX_PROBES_MAGIC);
	for (uint32_t i = 0; all->list && i < LINX_PROBES_MAX; i++)
		if (all->list[i])
			put_proto(all->list[i], o);
}

/* Numbers that follow the probe's number in a line "counts": six members of linx_probe_counters, then its lost[]. */
#define COUNTS_FIXED 6u
#define COUNTS (COUNTS_FIXED + LINX_LOST_MAX)

static void put_counts(const struct linx_proto *p, struct linx_strbuf *o)
{
	const struct linx_probe_counters *c = &p->counts;
	const uint64_t fixed[COUNTS_FIXED] = { c->filtered, c->sampled, c->selected, c->committed, c->missed, c->flags };

	linx_strbuf_str(o, "counts ");
	linx_strbuf_u64(o, p->number);
	for (unsigned int i = 0; i < COUNTS; i++) {
		linx_strbuf_char(o, ' ');
		linx_strbuf_u64(o, i < COUNTS_FIXED ? fixed[i] : c->lost[i - COUNTS_FIXED]);
	}
	linx_strbuf_char(o, '\n');
}

void linx_protos_put_counts(const struct linx_protos *all, struct linx_strbuf *o)
{
	linx_strbuf_str(o, LINX_PROBES_MAGIC);
	for (uint32_t i = 0; all->list && i < LINX_PROBES_MAX; i++)
		if (all->list[i] && all->list[i]->counted)
			put_counts(all->list[i], o);
}

/* Takes the next word of a line, up to a blank. */
static struct span next_word(struct span *line)
{
	const char *blank = memchr(line->at, ' ', line->n);
	struct span word = { line->at, blank ? (size_t)(blank - line->at) : line->n };
	size_t used = word.n + (blank != NULL);

	line->at += used;
	line->n -= used;
	return word;
}

static bool is(struct span word, const char *text)
{
	return word.n == strlen(text) && !memcmp(word.at, text, word.n);
}

/* Reads the next word of the line as a decimal number; false: it is not one. */
static bool take_count(struct span *line, uint64_t *n)
{
	struct span word = next_word(line);

	*n = 0;
	for (size_t i = 0; i < word.n; i++)
		if (word.at[i] < '0' || word.at[i] > '9' || __builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, (uint64_t)(word.at[i] - '0'), n))
			return false;
	return word.n;
}

/* Reads the next word of the line as a decimal number below limit; false: it is not one. */
static bool take_number(struct span *line, uint32_t limit, uint32_t *n)
{
	uint64_t count;

	if (!take_count(line, &count) || count >= limit)
		return false;
	*n = (uint32_t)count;
	return true;
}

/* Is the text free of characters by which a hostile file could control a terminal or break a line of output? */
static bool is_plain(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.at[i] < 0x20 || text.at[i] > 0x7e)
			return false;
	return true;
}

/* State of reading a text: the list to fill, and the prototype of the lines being read; NULL: there is none. */
struct reader {
	struct linx_protos *all;
	struct linx_proto *now;
};

static int end_proto(struct reader *r)
{
	struct linx_proto *p = r->now;

	r->now = NULL;
	if (!p)
		return 0;
	if (!linx_protos_find(r->all, p->number))
		return linx_protos_add(r->all, p);
	linx_proto_free(p);
	return 0;
}

static int read_probe(struct reader *r, struct span line)
{
	struct span kind;
	uint32_t number;
	int rc = end_proto(r);

	if (rc)
		return rc;
	if (!take_number(&line, LINX_PROBES_MAX, &number))
		return -EINVAL;
	kind = next_word(&line);
	if (!kind.n || !line.n)
		return -EINVAL;
	r->now = new_proto(number, kind, line, (struct span){ "", 0 });
	return r->now ? 0 : -ENOMEM;
}

static int read_arg(struct reader *r, struct span line)
{
	struct span form = next_word(&line);
	uint32_t size, i = 0;

	while (i < LINX_PROBE_FORMS && !is(form, forms[i]))
		i++;
	if (i == LINX_PROBE_FORMS || !take_number(&line, LINX_REC_USER_MAX + 1, &size) || !line.n)
		return -EINVAL;
	if (linx_proto_is_scalar((enum linx_probe_form)i) && (size < 1 || size > 8))
		return -EINVAL;
	/* No expression of the language has a quote or a backslash, which a writer of JSON would have to escape. */
	if (memchr(line.at, '"', line.n) || memchr(line.at, '\\', line.n) || linx_proto_arg_named(r->now, line.at, line.n))
		return -EINVAL;
	return linx_proto_add(r->now, line.at, line.n, (enum linx_probe_form)i, size, "");
}

/* Reads a line "counts" into the probe's prototype. Further numbers, which a later version may add, are skipped. */
static int read_counts(struct reader *r, struct span line)
{
	uint64_t n[COUNTS] = { 0 };
	struct linx_proto *p;
	uint32_t number;
	int rc = end_proto(r);

	if (rc)
		return rc;
	if (!take_number(&line, LINX_PROBES_MAX, &number) || !r->all->list || !r->all->list[number])
		return -EINVAL;
	for (unsigned int i = 0; i < COUNTS; i++)
		if (!take_count(&line, &n[i]))
			return -EINVAL;
	p = r->all->list[number];
	p->counts = (struct linx_probe_counters){ .filtered = n[0],  .sampled = n[1], .selected = n[2],
						  .committed = n[3], .missed = n[4],  .flags = (uint32_t)n[5] };
	memcpy(p->counts.lost, n + COUNTS_FIXED, sizeof(p->counts.lost));
	p->counted = true;
	return 0;
}

static int replace(char **to, struct span with)
{
	char *made = strndup(with.at, with.n);

	if (!made)
		return -ENOMEM;
	free(*to);
	*to = made;
	return 0;
}

static int read_line(struct reader *r, struct span line)
{
	struct span word = next_word(&line);
	struct linx_proto_arg *last;

	if (!is_plain(word) || !is_plain(line))
		return -EINVAL;
	if (is(word, "probe"))
		return read_probe(r, line);
	if (is(word, "counts"))
		return read_counts(r, line);
	if (!is(word, "spec") && !is(word, "arg") && !is(word, "type") && !is(word, "returned"))
		return 0;
	if (!r->now)
		return -EINVAL;
	if (is(word, "spec"))
		return replace(&r->now->spec, line);
	if (is(word, "arg"))
		return read_arg(r, line);
	if (!r->now->nargs)
		return -EINVAL;
	last = &r->now->args[r->now->nargs - 1];
	if (is(word, "type"))
		return replace(&last->type, line);
	last->is_ret = true;
	return 0;
}

int linx_protos_parse(struct linx_protos *all, const char *text, size_t len, struct linx_error *err)
{
	const size_t magic = strlen(LINX_PROBES_MAGIC);
	struct reader r = { .all = all };
	unsigned int line = 1;
	int rc = 0;

	if (len < magic || len > LINX_PROBES_TEXT_MAX || memcmp(text, LINX_PROBES_MAGIC, magic))
		return linx_fail(err, -EINVAL, "this is no list of probes");
	for (size_t at = magic; at < len && !rc; line++) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - (text + at)) : len - at;

		rc = read_line(&r, (struct span){ text + at, n });
		at += n + 1;
	}
	if (!rc)
		rc = end_proto(&r);
	linx_proto_free(r.now);
	if (rc == -ENOMEM)
		return linx_fail(err, rc, "list of probes: no memory");
	if (rc == -E2BIG)
		return linx_fail(err, -EINVAL, "list of probes: longer than %u bytes", LINX_PROBES_TEXT_MAX);
	return rc ? linx_fail(err, -EINVAL, "list of probes: line %u is damaged", line) : 0;
}
