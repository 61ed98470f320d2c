// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses names of fields, and prints the values of fields. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "decoders/put_hit.h"
#include "engine/engine.h"
#include "filter/field.h"
#include "value/emit.h"
#include "value/uring_text.h"

/* ---- by name ------------------------------------------------------------------------------ */

#define WORD_MAX 40

/* Returns the edit distance of two words: the number of insertions, deletions and replacements. */
static unsigned int distance(const char *a, size_t m, const char *b)
{
	unsigned int row[WORD_MAX + 1], n = (unsigned int)strlen(b);

	if (m > WORD_MAX || n > WORD_MAX)
		return UINT_MAX;
	for (unsigned int j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned int i = 1; i <= m; i++) {
		unsigned int left = i, diagonal = row[0];

		row[0] = i;
		for (unsigned int j = 1; j <= n; j++) {
			unsigned int best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			best = left + 1 < best ? left + 1 : best;
			row[j] = left = best;
		}
	}
	return row[n];
}

const char *linx_nearest(const char *word, size_t len, const char *const *words)
{
	unsigned int best = UINT_MAX;
	const char *found = NULL;

	for (; *words; words++) {
		unsigned int d = distance(word, len, *words);

		if (d < best) {
			best = d;
			found = *words;
		}
	}
	return best <= len / 3 + 1 && best < len ? found : NULL;
}

#define NAMES_MAX 512

static int unknown_field(const char *s, size_t n, struct linx_error *err)
{
	static const char prefix[] = LINX_FLD_PREFIX;
	const size_t plen = sizeof(prefix) - 1;
	bool own = n > plen && !memcmp(s, prefix, plen);
	const struct linx_fld_desc *table = linx_fld_tables[own ? LINX_FLD_OWN : LINX_FLD_FALCO];
	const char *names[NAMES_MAX];
	unsigned int count = 0;
	const char *near;

	for (unsigned int i = 0; i < linx_fld_count && count + 1 < ARRAY_SIZE(names); i++)
		if (*table[i].name)
			names[count++] = table[i].name;
	names[count] = NULL;
	near = linx_nearest(s + (own ? plen : 0), n - (own ? plen : 0), names);
	if (near)
		return linx_fail(err, -EINVAL, "unknown field %.*s: did you mean %s%s?", (int)n, s, own ? prefix : "", near);
	return linx_fail(err, -EINVAL, "unknown field %.*s: 'linxcap fields' lists them", (int)n, s);
}

static bool take_index(const char *s, size_t n, int *index)
{
	*index = 0;
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)s[i]) || i == 2)
			return false;
		*index = *index * 10 + (s[i] - '0');
	}
	return n;
}

/* Limit of the digits of a place, such as the place of an ancestor. */
#define PLACE_DIGITS 9u

static int take_argument(const char *s, size_t n, struct linx_fld *f, struct linx_error *err)
{
	static const char *const wants[] = {
		[LINX_FLD_NONE] = "no argument",
		[LINX_FLD_KV] = "[key] or [value]",
		[LINX_FLD_INDEX] = "a number from 0 to 63",
		[LINX_FLD_NAME] = "the name of an argument, or its place from 0 on",
		[LINX_FLD_MAYBE] = "a number or a name",
		[LINX_FLD_NEEDED] = "a number or a name",
		[LINX_FLD_PLACE] = "a number",
	};

	switch (f->desc->argument) {
	case LINX_FLD_KV:
		f->part = n == 3 && !memcmp(s, "key", n) ? LINX_FLD_KEY : LINX_FLD_VALUE;
		if (f->part == LINX_FLD_KEY || (n == 5 && !memcmp(s, "value", n)))
			return 0;
		break;
	case LINX_FLD_INDEX:
		if (take_index(s, n, &f->index) && f->index < 64)
			return 0;
		break;
	case LINX_FLD_NAME:
		if (take_index(s, n, &f->index) && f->index < LINX_NARGS)
			return 0;
		f->index = -1;
		if (!n || n >= sizeof(f->name) || isdigit((unsigned char)*s))
			break;
		memcpy(f->name, s, n);
		return 0;
	case LINX_FLD_PLACE:
		/* Falco accepts -1, which stands for "no number". */
		if (n == 2 && !memcmp(s, "-1", n))
			return 0;
		if (!n || n > PLACE_DIGITS || strspn(s, "0123456789") < n)
			break;
		memcpy(f->name, s, n);
		f->index = atoi(f->name);
		return 0;
	case LINX_FLD_MAYBE:
	case LINX_FLD_NEEDED:
		if (!n || n >= sizeof(f->name))
			break;
		if (!take_index(s, n, &f->index))
			f->index = -1;
		memcpy(f->name, s, n);
		return 0;
	default:
		break;
	}
	return linx_fail(err, -EINVAL, "wrong argument of %s%s: it takes %s", f->desc->is_falco ? "" : LINX_FLD_PREFIX, f->desc->name,
			 wants[f->desc->argument]);
}

static size_t name_length(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && (islower((unsigned char)s[i]) || s[i] == '.' || s[i] == '_' || (i && isdigit((unsigned char)s[i]))))
		i++;
	while (i && s[i - 1] == '.')
		i--;
	return i;
}

/* Parses the argument in brackets that follows a field's name, if there is one. */
static int take_brackets(const char *s, size_t n, struct linx_fld *f, size_t *at, struct linx_error *err)
{
	const char *end;
	char quote;
	int ret;

	if (!n || *s != '[') {
		if (f->desc->argument == LINX_FLD_NAME)
			return linx_fail(err, -EINVAL, LINX_FLD_PREFIX "%s needs an argument: " LINX_FLD_PREFIX "%s[name]",
					 f->desc->name, f->desc->name);
		if (f->desc->argument == LINX_FLD_NEEDED && !*f->name)
			return linx_fail(err, -EINVAL, "wrong use of %s: it needs an argument, as %s[name]", f->desc->name, f->desc->name);
		return 0;
	}
	quote = n > 1 && (s[1] == '"' || s[1] == '\'') ? s[1] : 0;
	end = quote ? memchr(s + 2, quote, n - 2) : memchr(s, ']', n);
	if (!end || (quote && end + 1 == s + n) || (quote && end[1] != ']'))
		return linx_fail(err, -EINVAL, "this bracket is not closed");
	*at += 1;
	/* Falco removes quotes around an argument: proc.env["HOME"] is proc.env[HOME]. */
	s += quote != 0;
	ret = take_argument(s + 1, (size_t)(end - s - 1), f, err);
	return ret ? ret : (int)(end - s + 1) + 2 * (quote != 0);
}

/* Finds a field by its name of n bytes, n > 0, in linx's or Falco's language. NULL: there is no such field. */
static const struct linx_fld_desc *find_desc(enum linx_fld_language language, const char *s, size_t n)
{
	const struct linx_fld_desc *table = linx_fld_tables[language];

	for (unsigned int i = 0; i < linx_fld_count; i++)
		if (strlen(table[i].name) == n && !memcmp(table[i].name, s, n))
			return &table[i];
	return NULL;
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

/*
 * Beginnings of Falco's fields whose argument may follow a dot: "evt.arg.flags" is evt.arg[flags]. accepts: characters
 * that the argument may have; NULL: all characters
 */
static const struct {
	const char *prefix, *accepts;
} dotted[] = {
	{ "evt.arg.", NULL }, { "evt.rawarg.", NULL }, { "evt.type.is.", NULL }, { "evt.abspath.", NULL }, { "thread.cgroup.", LETTERS },
	{ "probe.arg.", NULL },
};

static const struct linx_fld_desc *find_falco(const char *s, size_t len, struct linx_fld *f)
{
	const struct linx_fld_desc *d = find_desc(LINX_FLD_FALCO, s, len);

	for (size_t i = 0; !d && i < ARRAY_SIZE(dotted); i++) {
		size_t n = strlen(dotted[i].prefix);

		if (len <= n || memcmp(s, dotted[i].prefix, n) != 0 || len - n >= sizeof(f->name) ||
		    (dotted[i].accepts && strspn(s + n, dotted[i].accepts) < len - n))
			continue;
		memcpy(f->name, s + n, len - n);
		d = find_desc(LINX_FLD_FALCO, s, n - 1);
	}
	return d;
}

int linx_fld_parse(const char *s, size_t n, struct linx_fld *f, size_t *at, struct linx_error *err)
{
	size_t prefix = strlen(LINX_FLD_PREFIX), len = name_length(s, n);
	int ret;

	*at = 0;
	*f = (struct linx_fld){ .index = 1 };
	if (!memchr(s, '.', len))
		return linx_fail(err, -EINVAL, "a field is expected here, as " LINX_FLD_PREFIX "type or evt.type");
	if (len > prefix && !memcmp(s, LINX_FLD_PREFIX, prefix))
		f->desc = find_desc(LINX_FLD_OWN, s + prefix, len - prefix);
	else
		f->desc = find_falco(s, len, f);
	if (!f->desc)
		return unknown_field(s, len, err);
	if (f->desc->argument >= LINX_FLD_MAYBE)
		f->index = -1;
	*at = len;
	ret = take_brackets(s + *at, n - *at, f, at, err);
	return ret < 0 ? ret : (int)len + ret;
}

bool linx_fld_is_name(const char *s)
{
	size_t n = strlen(s), len = name_length(s, n), prefix = strlen(LINX_FLD_PREFIX), at;
	struct linx_error err;
	struct linx_fld f;
	bool own = len > prefix && !memcmp(s, LINX_FLD_PREFIX, prefix);

	/* Fast exit for texts that are not fields, as most are not: linx_fld_parse() would search for similar names. */
	if (!memchr(s, '.', len) || !(own ? find_desc(LINX_FLD_OWN, s + prefix, len - prefix) : find_falco(s, len, &f)))
		return false;
	return linx_fld_parse(s, n, &f, &at, &err) == (int)n;
}

bool linx_fld_read_net(const char *s, uint8_t addr[16], uint8_t *bits)
{
	const char *slash = strchr(s, '/');
	char text[INET6_ADDRSTRLEN];
	size_t n = slash ? (size_t)(slash - s) : strlen(s);
	bool v4 = !memchr(s, ':', n);
	unsigned long most = v4 ? 32 : 128, len = most;
	char *end;

	if (n >= sizeof(text))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	memcpy(addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
	if (inet_pton(v4 ? AF_INET : AF_INET6, text, addr + (v4 ? 12 : 0)) != 1)
		return false;
	if (slash) {
		if (!isdigit((unsigned char)slash[1]))
			return false;
		len = strtoul(slash + 1, &end, 10);
		if (*end || len > most)
			return false;
	}
	*bits = (uint8_t)(len + (v4 ? 96 : 0));
	return true;
}

/* ---- as text -------------------------------------------------------------------------------- */

/* Writes a number with a name: "3(close)", or a part of it, "3" or "close". Without a name: "100000()", "100000". */
static void put_pair(struct linx_strbuf *o, const struct linx_fld *f, const struct linx_fld_value *v)
{
	size_t start;

	if (f->desc->argument != LINX_FLD_KV && !v->has_text) {
		linx_strbuf_i64(o, v->num); /* a field that has either a number or a text, not a number with a name */
		return;
	}
	if (f->desc->argument != LINX_FLD_KV) {
		linx_strbuf_unquoted(o, v->s, v->n);
		return;
	}
	if (f->part != LINX_FLD_VALUE)
		linx_strbuf_i64(o, v->num);
	if (f->part == LINX_FLD_KEY)
		return;
	if (f->part == LINX_FLD_WHOLE)
		linx_strbuf_char(o, '(');
	start = o->len;
	if (v->has_text)
		linx_strbuf_unquoted(o, v->s, v->n);
	if (f->part == LINX_FLD_WHOLE)
		linx_strbuf_char(o, ')');
	else if (o->len == start)
		linx_strbuf_i64(o, v->num);
}

void linx_fld_put_value(struct linx_strbuf *o, const struct linx_fld_value *v)
{
	char text[INET6_ADDRSTRLEN];
	bool v4 = !memcmp(v->addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

	if (v->has_text)
		linx_strbuf_mem(o, v->s, v->n);
	else if (v->has_addr && inet_ntop(v4 ? AF_INET : AF_INET6, v->addr + (v4 ? 12 : 0), text, sizeof(text)))
		linx_strbuf_str(o, text);
	else if (v->has_num)
		linx_strbuf_i64(o, v->num);
}

static void put_item(struct linx_strbuf *o, const struct linx_fld *f, const struct linx_fld_value *item)
{
	bool both = item->has_num && f->part == LINX_FLD_WHOLE;

	if (item->has_num && f->part != LINX_FLD_VALUE)
		linx_strbuf_i64(o, item->num);
	if (f->part == LINX_FLD_KEY)
		return;
	if (both)
		linx_strbuf_char(o, '(');
	linx_strbuf_unquoted(o, item->s, item->n);
	if (both)
		linx_strbuf_char(o, ')');
}

/* True if a list of descriptors may be incomplete, since not all descriptors of the process are known. */
static bool list_is_incomplete(const struct linx_fld_env *e, const struct linx_fld *f)
{
	const struct linx_files *files = linx_event_borrow_files(e->ev);

	return f->desc->changes == LINX_FLD_TASK && !(files && linx_files_is_complete(files));
}

/* Writes a list: "0(/dev/null), 3(), ?". A question mark stands for descriptors that are not known. */
static void put_list(struct linx_strbuf *o, const struct linx_fld_env *e, const struct linx_fld *f)
{
	struct linx_fld_value item = { 0 };
	size_t start = o->len;

	for (unsigned int i = 0; !(e->most && o->len - start > e->most) && linx_fld_get(e, f, i, &item); i++) {
		if (i)
			linx_strbuf_mem(o, ", ", 2);
		put_item(o, f, &item);
	}
	if (list_is_incomplete(e, f))
		linx_strbuf_str(o, o->len > start ? ", ?" : "?");
}

/* Writes the fields http.* that an HTTP request has: "side=client, method=GET, host=example.org ...". */
static void put_http_args(struct linx_strbuf *o, const struct linx_fld_env *e)
{
	static const char prefix[] = "http.";
	const char *sep = "";

	for (unsigned int i = 0; i < linx_fld_count; i++) {
		const struct linx_fld f = { .desc = &linx_fld_tables[LINX_FLD_OWN][i] };
		struct linx_fld_value v = { 0 };

		if (strncmp(f.desc->name, prefix, strlen(prefix)) != 0)
			continue;
		if (!linx_fld_get(e, &f, 0, &v))
			continue;
		linx_strbuf_str(o, sep);
		sep = ", ";
		linx_strbuf_str(o, f.desc->name + strlen(prefix));
		linx_strbuf_char(o, '=');
		if (v.has_text)
			linx_strbuf_unquoted(o, v.s, v.n);
		else
			linx_strbuf_i64(o, v.num);
	}
}

static void put_args(struct linx_strbuf *o, const struct linx_fld_env *e)
{
	struct linx_put put;

	if (e->ev->kind == LINX_EVENT_HTTP) {
		put_http_args(o, e);
		return;
	}
	linx_put_begin_line(&put, o, e->style, e->ev);
	if (e->ev->kind == LINX_EVENT_PROBE)
		linx_put_hit_args(&put, e->ev->hit);
	if (e->ev->kind != LINX_EVENT_SYSCALL)
		return;
	linx_put_args(&put);
	if (!e->ev->uring)
		return;
	linx_put_name(&put, "io_uring");
	linx_uring_text(o, e->ev);
}

static int position_of(const struct linx_event *ev, const struct linx_fld *f)
{
	if (ev->kind != LINX_EVENT_SYSCALL)
		return -1;
	if (f->index >= 0)
		return f->index < (int)(ev->call ? ev->call->row->nargs : ev->nargs) ? f->index : -1;
	for (unsigned int i = 0; ev->call && i < ev->call->row->nargs; i++)
		if (!strcmp(ev->call->row->args[i].name, f->name))
			return (int)i;
	if (ev->call || strncmp(f->name, "arg", 3) != 0 || f->name[3] <= '0' || f->name[3] > '0' + (int)ev->nargs || f->name[4])
		return -1;
	return f->name[3] - '1'; /* the arguments of a call that is not in the table are named arg1 to arg6 */
}

bool linx_fld_arg_num(const struct linx_event *ev, const struct linx_fld *f, int64_t *n)
{
	int i = position_of(ev, f);
	const struct linx_ty *ty;

	if (i < 0 || ev->args_gone || i >= (int)ev->nargs)
		return false;
	*n = (int64_t)ev->args[i];
	if (!ev->call)
		return true;
	ty = ev->call->row->args[i].ty;
	if (ty->kind == LINX_TY_NUM)
		*n = linx_type_cut(ty, linx_put_abi(ev), ev->args[i]);
	return ty->kind == LINX_TY_NUM;
}

bool linx_fld_arg_text(const struct linx_fld_env *e, const struct linx_fld *f, struct linx_strbuf *o)
{
	struct linx_style style = *e->style;
	struct linx_put put;
	int i = position_of(e->ev, f);

	if (i < 0)
		return false;
	style.names = true;
	linx_put_begin_line(&put, o, &style, e->ev);
	linx_put_arg_alone(&put, (unsigned int)i);
	return true;
}

/*
 * Writes a text that a program chose, cut to e->most bytes. Characters that control a terminal or begin a line are
 * escaped.
 */
static void put_text(struct linx_strbuf *o, const struct linx_fld_env *e, const char *s, size_t n)
{
	linx_strbuf_unquoted(o, s, e->most && n > e->most ? e->most : n);
}

static void put_one(struct linx_strbuf *o, const struct linx_fld_env *e, const struct linx_fld *f)
{
	bool pair = f->desc->kind == LINX_FLD_PAIR;
	struct linx_fld_value v = { 0 };

	if (!linx_fld_get(e, f, 0, &v) || (pair && !v.has_num)) {
		if (f->desc->changes == LINX_FLD_TASK)
			linx_strbuf_char(o, '?');
	} else if (pair) {
		put_pair(o, f, &v);
	} else if (v.has_text) {
		put_text(o, e, v.s, v.n);
	} else {
		linx_fld_put_value(o, &v);
	}
}

static void put_value(struct linx_strbuf *o, const struct linx_fld_env *e, const struct linx_fld *f)
{
	switch (f->desc->kind) {
	case LINX_FLD_LIST:
		put_list(o, e, f);
		break;
	case LINX_FLD_ARGS:
		put_args(o, e);
		break;
	case LINX_FLD_ARG:
		linx_fld_arg_text(e, f, o);
		break;
	default:
		put_one(o, e, f);
	}
}

void linx_fld_put(struct linx_strbuf *o, const struct linx_fld_env *e, const struct linx_fld *f)
{
	if (f->desc->kind == LINX_FLD_TIME) {
		linx_put_local(e->clock, o, e->ev->wall_ns);
		return;
	}
	linx_strbuf_char(o, '(');
	put_value(o, e, f);
	linx_strbuf_char(o, ')');
}

/* ---- descriptions of the fields: linx_get_field() ------------------------------------------------- */

static const char *const arguments[] = {
	[LINX_FLD_NONE] = "",	      [LINX_FLD_KV] = "[key|value]", [LINX_FLD_INDEX] = "[N]",
	[LINX_FLD_NAME] = "[NAME]", [LINX_FLD_MAYBE] = "[N]",
	[LINX_FLD_NEEDED] = "[NAME]", [LINX_FLD_PLACE] = "[N]",
};
static const char *const types[] = {
	[LINX_FLD_NUMBER] = "number",	   [LINX_FLD_STRING] = "text",	[LINX_FLD_PAIR] = "number and text",
	[LINX_FLD_LIST] = "list",	   [LINX_FLD_ARGS] = "arguments", [LINX_FLD_ARG] = "number or text",
	[LINX_FLD_TIME] = "time",	   [LINX_FLD_BOOL] = "true or false", [LINX_FLD_BYTES] = "bytes", [LINX_FLD_ADDR] = "address",
	[LINX_FLD_NUMBERS] = "numbers", [LINX_FLD_TEXTS] = "texts",
	[LINX_FLD_NAMES] = "texts", [LINX_FLD_SET] = "texts",
};

/*
 * Finds row i of the table of fields, counting only fields that have a name in the language. False: there are not more
 * than *i such fields, and their number is subtracted from *i.
 */
static bool named_row(enum linx_fld_language language, unsigned int *i, unsigned int *row)
{
	for (*row = 0; *row < linx_fld_count; ++*row)
		if (*linx_fld_tables[language][*row].name && !(*i)--)
			return true;
	return false;
}

LINX_API int linx_get_field(unsigned int i, struct linx_field_info *info)
{
#define FIELD(own, falco, argument, kind, function, changes, needs, example, text) LINX_FLD_PREFIX #own,
	static const char *const names[] = {
#include "filter/fields.def"
	};
#undef FIELD
	const struct linx_fld_desc *d;
	unsigned int row;
	bool own = named_row(LINX_FLD_OWN, &i, &row);

	if (!own && !named_row(LINX_FLD_FALCO, &i, &row))
		return -ENOENT;
	d = &linx_fld_tables[own ? LINX_FLD_OWN : LINX_FLD_FALCO][row];
	*info = (struct linx_field_info){
		.name = own ? names[row] : d->name,
		.argument = arguments[d->argument],
		.type = types[d->kind],
		/*
		 * linx's examples show values in parentheses. A time is printed without parentheses, so its example is
		 * taken from Falco's table, whose examples have no parentheses.
		 */
		.example = d->kind == LINX_FLD_TIME ? linx_fld_tables[LINX_FLD_FALCO][row].example : d->example,
		.text = d->text,
		.filters = d->kind != LINX_FLD_ARGS && d->kind != LINX_FLD_TIME,
	};
	return 0;
}
