// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parser of probe specifications, by recursive descent; see probe/spec.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "probe/spec.h"

/* Most parentheses and '*' operators within each other in an expression. */
#define DEPTH_MAX 16u

static const char *const kinds[LINX_SPEC_KINDS] = {
	[LINX_SPEC_KPROBE] = "kprobe", [LINX_SPEC_KRETPROBE] = "kretprobe", [LINX_SPEC_TRACEPOINT] = "tracepoint",
	[LINX_SPEC_RAWTP] = "rawtp",   [LINX_SPEC_LSM] = "lsm",
};

static const struct {
	const char *word;
	enum linx_spec_form form;
	uint8_t size;
	bool is_signed;
} hints[] = {
	{ "x", LINX_FORM_HEX, 0, false },	{ "str", LINX_FORM_STR, 0, false },
	{ "bytes", LINX_FORM_BYTES, 0, false }, { "sock", LINX_FORM_SOCK, 0, false },
	{ "path", LINX_FORM_PATH, 0, false },	{ "cred", LINX_FORM_CRED, 0, false },
	{ "sockaddr", LINX_FORM_SOCKADDR, 0, false },
	{ "u8", LINX_FORM_NUMBER, 1, false },	{ "s8", LINX_FORM_NUMBER, 1, true },
	{ "u16", LINX_FORM_NUMBER, 2, false },	{ "s16", LINX_FORM_NUMBER, 2, true },
	{ "u32", LINX_FORM_NUMBER, 4, false },	{ "s32", LINX_FORM_NUMBER, 4, true },
	{ "u64", LINX_FORM_NUMBER, 8, false },	{ "s64", LINX_FORM_NUMBER, 8, true },
};

static const struct {
	const char *hook, *function;
	bool is_within;
} hooks[] = {
#define HOOK(name) { #name, "security_" #name, false },
#define CALLED(name, function) { #name, #function, false },
#define WITHIN(name, function) { #name, #function, true },
#include "probe/lsm_hooks.def"
#undef HOOK
#undef CALLED
#undef WITHIN
};

struct parser {
	const char *text, *at;
	struct linx_probe_spec *spec;
	struct linx_error *err;
	unsigned int depth;
};

const char *linx_spec_kind_word(enum linx_spec_kind kind)
{
	return kinds[kind];
}

bool linx_spec_hook_function(const char *hook, char *to, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
		if (!strcmp(hooks[i].hook, hook))
			return (size_t)snprintf(to, size, "%s", hooks[i].function) < size;
	return (size_t)snprintf(to, size, "security_%s", hook) < size;
}

const char *linx_spec_hook(unsigned int i)
{
	return i < ARRAY_SIZE(hooks) ? hooks[i].hook : NULL;
}

const char *linx_spec_hook_within(const char *hook)
{
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
		if (hooks[i].is_within && !strcmp(hooks[i].hook, hook))
			return hooks[i].function;
	return NULL;
}

/* Writes "probe 'TEXT', position N: why"; a long text is cut, so that the reason stays whole. */
static int fail_at(const char *text, size_t at, struct linx_error *err, const char *fmt, va_list args)
{
	char why[160];

	vsnprintf(why, sizeof(why), fmt, args);
	return linx_fail(err, -EINVAL, "probe '%.60s%s', position %zu: %s", text, strlen(text) > 60 ? "..." : "", at + 1, why);
}

int linx_spec_fail(const struct linx_probe_spec *spec, uint32_t at, struct linx_error *err, const char *fmt, ...)
{
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = fail_at(spec->text, at, err, fmt, args);
	va_end(args);
	return rc;
}

__attribute__((format(printf, 3, 4))) static int fail(struct parser *p, const char *at, const char *fmt, ...)
{
	va_list args;
	int rc;

	va_start(args, fmt);
	rc = fail_at(p->text, (size_t)(at - p->text), p->err, fmt, args);
	va_end(args);
	return rc;
}

static void skip(struct parser *p)
{
	while (*p->at == ' ' || *p->at == '\t')
		p->at++;
}

/* Skips blanks, and then the token if it stands there. Returns whether it did. */
static bool take(struct parser *p, const char *token)
{
	skip(p);
	if (strncmp(p->at, token, strlen(token)))
		return false;
	p->at += strlen(token);
	return true;
}

static bool is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Returns the length of the identifier at p->at; 0: there is none. dots: it may have dots, as names such as f.cold. */
static size_t word_length(const struct parser *p, bool dots)
{
	size_t n = 0;

	if (*p->at >= '0' && *p->at <= '9')
		return 0;
	while (is_word(p->at[n]) || (dots && n && p->at[n] == '.' && is_word(p->at[n + 1])))
		n++;
	return n;
}

static int copy(struct parser *p, const char *from, size_t n, char **to)
{
	*to = strndup(from, n);
	return *to ? 0 : linx_fail(p->err, -ENOMEM, "probe: no memory");
}

static int word(struct parser *p, bool dots, const char *what, char **to)
{
	size_t n;

	skip(p);
	n = word_length(p, dots);
	if (!n)
		return fail(p, p->at, "%s expected", what);
	if (n > LINX_SPEC_WORD_MAX)
		return fail(p, p->at, "%s is longer than %u bytes", what, LINX_SPEC_WORD_MAX);
	p->at += n;
	return copy(p, p->at - n, n, to);
}

/* Reads a number, decimal or hexadecimal with 0x, that is at most "most". */
static int number(struct parser *p, uint64_t most, uint64_t *n)
{
	const char *begin;
	char *end;

	skip(p);
	begin = p->at;
	if (*begin < '0' || *begin > '9')
		return fail(p, begin, "number expected");
	errno = 0;
	*n = strtoull(begin, &end, begin[0] == '0' && (begin[1] == 'x' || begin[1] == 'X') ? 16 : 10);
	if (is_word(*end))
		return fail(p, begin, "this is no number");
	if (errno || *n > most)
		return fail(p, begin, "number is above %llu", (unsigned long long)most);
	p->at = end;
	return 0;
}

/* ---- expressions ------------------------------------------------------------------------- */

static struct linx_spec_step *add_step(struct parser *p, struct linx_spec_arg *a, enum linx_spec_op op, const char *at)
{
	struct linx_spec_step *s;

	if (!a->steps)
		a->steps = calloc(LINX_SPEC_STEPS_MAX, sizeof(*a->steps));
	if (!a->steps) {
		linx_fail(p->err, -ENOMEM, "probe: no memory");
		return NULL;
	}
	if (a->nsteps == LINX_SPEC_STEPS_MAX) {
		fail(p, at, "more than %u steps lead to this value", LINX_SPEC_STEPS_MAX);
		return NULL;
	}
	s = &a->steps[a->nsteps++];
	*s = (struct linx_spec_step){ .op = op, .at = (uint32_t)(at - p->text) };
	return s;
}

static int parse_postfix(struct parser *p, struct linx_spec_arg *a)
{
	struct linx_spec_step *s;
	uint64_t n = 0;
	int rc = 0;

	while (!rc) {
		const char *at;
		enum linx_spec_op op;

		skip(p);
		at = p->at;
		if (take(p, "->"))
			op = LINX_SPEC_ARROW;
		else if (take(p, "."))
			op = LINX_SPEC_DOT;
		else if (take(p, "["))
			op = LINX_SPEC_INDEX;
		else
			return 0;
		s = add_step(p, a, op, at);
		if (!s)
			return -EINVAL;
		if (op != LINX_SPEC_INDEX) {
			rc = word(p, false, "name of a member", &s->word);
			continue;
		}
		rc = number(p, 0xffffff, &n);
		s->number = (uint32_t)n;
		if (!rc && !take(p, "]"))
			rc = fail(p, p->at, "']' expected");
	}
	return rc;
}

static int parse_unary(struct parser *p, struct linx_spec_arg *a);

/* Reads a cast's type up to its ')'; the '(' was read. Writes its words, with one blank between them, to "to". */
static int parse_type(struct parser *p, char *to, size_t size, uint32_t *pointers)
{
	size_t len = 0;

	*pointers = 0;
	for (;;) {
		size_t n;

		skip(p);
		n = word_length(p, false);
		if (!n)
			break;
		if (len + n + 2 > size)
			return fail(p, p->at, "type is longer than %zu bytes", size - 1);
		if (len)
			to[len++] = ' ';
		memcpy(to + len, p->at, n);
		len += n;
		p->at += n;
	}
	to[len] = '\0';
	while (take(p, "*"))
		if (++*pointers > 8)
			return fail(p, p->at, "too many '*'");
	if (!len)
		return fail(p, p->at, "type expected");
	return take(p, ")") ? 0 : fail(p, p->at, "')' expected behind the type");
}

/* Is the '(' just read that of a cast? It is if words, any number of '*', a ')' and an operand follow. */
static bool is_cast(const struct parser *p)
{
	const char *c = p->at;
	bool words = false;

	while (is_word(*c) || *c == ' ' || *c == '\t') {
		words |= is_word(*c);
		c++;
	}
	while (*c == '*' || *c == ' ' || *c == '\t')
		c++;
	if (!words || *c != ')')
		return false;
	do
		c++;
	while (*c == ' ' || *c == '\t');
	return is_word(*c) || *c == '$' || *c == '%' || *c == '(' || *c == '*';
}

static int parse_root(struct parser *p, struct linx_spec_arg *a)
{
	uint64_t n = 0;
	int rc;

	skip(p);
	a->at = (uint32_t)(p->at - p->text);
	if (take(p, "$")) {
		rc = number(p, 12, &n);
		if (!rc && !n)
			return fail(p, p->at - 1, "arguments are counted from $1 on");
		a->root = LINX_ROOT_NUMBER;
		a->number = (uint32_t)n;
		return rc;
	}
	if (take(p, "%")) {
		a->root = LINX_ROOT_REG;
		return word(p, false, "name of a register", &a->word);
	}
	rc = word(p, false, "argument", &a->word);
	if (rc)
		return rc;
	if (!strcmp(a->word, "current"))
		a->root = LINX_ROOT_CURRENT;
	else
		a->root = LINX_ROOT_NAME;
	return 0;
}

/* Parses what follows a '(': a cast and its operand, or an expression up to ')'. */
static int parse_parentheses(struct parser *p, struct linx_spec_arg *a, const char *at)
{
	char type[LINX_SPEC_WORD_MAX + 1];
	struct linx_spec_step *s;
	uint32_t pointers;
	int rc;

	if (!is_cast(p)) {
		rc = parse_unary(p, a);
		if (!rc && !take(p, ")"))
			rc = fail(p, p->at, "')' expected");
		return rc ? rc : parse_postfix(p, a);
	}
	rc = parse_type(p, type, sizeof(type), &pointers);
	if (!rc)
		rc = parse_unary(p, a);
	if (rc)
		return rc;
	s = add_step(p, a, LINX_SPEC_CAST, at);
	if (!s)
		return -EINVAL;
	s->number = pointers;
	return copy(p, type, strlen(type), &s->word);
}

static int parse_unary(struct parser *p, struct linx_spec_arg *a)
{
	const char *at;
	int rc;

	skip(p);
	at = p->at;
	if (++p->depth > DEPTH_MAX)
		return fail(p, at, "more than %u parentheses or '*' lie within each other", DEPTH_MAX);
	if (take(p, "*")) {
		rc = parse_unary(p, a);
		if (!rc && !add_step(p, a, LINX_SPEC_DEREF, at))
			rc = -EINVAL;
	} else if (take(p, "(")) {
		rc = parse_parentheses(p, a, at);
	} else {
		rc = parse_root(p, a);
		if (!rc)
			rc = parse_postfix(p, a);
	}
	p->depth--;
	return rc;
}

/* ---- hints ------------------------------------------------------------------------------- */

static int parse_bound(struct parser *p, struct linx_spec_arg *a)
{
	uint64_t n = 0;
	int rc;

	if (!take(p, "["))
		return 0;
	rc = number(p, LINX_FETCH_BYTES_MAX, &n);
	if (rc)
		return rc;
	if (!n)
		return fail(p, p->at - 1, "the bound is 0");
	a->bound = (uint32_t)n;
	return take(p, "]") ? 0 : fail(p, p->at, "']' expected");
}

static int parse_hint(struct parser *p, struct linx_spec_arg *a)
{
	const char *at;
	size_t n;

	skip(p);
	at = p->at;
	n = word_length(p, false);
	p->at += n;
	if (n == 4 && !memcmp(at, "user", 4)) {
		if (a->user)
			return fail(p, at, "the hint stands here twice");
		a->user = true;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++) {
		if (strlen(hints[i].word) != n || memcmp(hints[i].word, at, n))
			continue;
		if (a->form != LINX_FORM_TYPE)
			return fail(p, at, "only one hint besides :user is possible");
		a->form = hints[i].form;
		a->size = hints[i].size;
		a->is_signed = hints[i].is_signed;
		if (a->form == LINX_FORM_STR || a->form == LINX_FORM_BYTES)
			return parse_bound(p, a);
		return 0;
	}
	return fail(p, at, "unknown hint; there are :str :bytes[N] :path :sock :sockaddr :cred :x :u8 to :u64, :s8 to :s64, :user");
}

static int parse_hints(struct parser *p, struct linx_spec_arg *a)
{
	int rc = 0;

	while (!rc && take(p, ":"))
		rc = parse_hint(p, a);
	if (!rc && a->form == LINX_FORM_BYTES && !a->bound)
		rc = fail(p, p->at, ":bytes needs a number of bytes, such as :bytes[16]");
	return rc;
}

/* ---- arguments --------------------------------------------------------------------------- */

static bool is_named(struct parser *p)
{
	const char *before = p->at;
	size_t n = word_length(p, false);
	bool yes;

	p->at += n;
	yes = n && take(p, "=") && *p->at != '>';
	p->at = before;
	return yes;
}

/* Parses one argument, with its hints; ret: the one that follows "=>". */
static int parse_arg(struct parser *p, bool ret)
{
	struct linx_probe_spec *spec = p->spec;
	struct linx_spec_arg *a;
	const char *begin, *end;
	int rc = 0;

	skip(p);
	if (spec->nargs == LINX_PROBE_ARGS_MAX)
		return fail(p, p->at, "a probe has at most %u arguments", LINX_PROBE_ARGS_MAX);
	a = &spec->args[spec->nargs++];
	if (is_named(p)) {
		rc = word(p, false, "name", &a->name);
		take(p, "=");
		skip(p);
	}
	begin = p->at;
	p->depth = 0;
	if (!rc)
		rc = parse_unary(p, a);
	if (rc)
		return rc;
	if (ret && (a->root != LINX_ROOT_NAME || strcmp(a->word, "ret")))
		return linx_spec_fail(spec, a->at, p->err, "behind '=>' the value is called ret");
	if (ret && a->name)
		return linx_spec_fail(spec, a->at, p->err, "the return value has no other name than ret");
	if (ret)
		a->root = LINX_ROOT_RET;
	for (end = p->at; end[-1] == ' ' || end[-1] == '\t';)
		end--;
	if (!a->name)
		rc = copy(p, begin, (size_t)(end - begin), &a->name);
	if (!rc && strlen(a->name) > LINX_SPEC_WORD_MAX)
		return fail(p, begin, "the expression is long: give it a name, NAME=...");
	return rc ? rc : parse_hints(p, a);
}

static int parse_args(struct parser *p)
{
	int rc;

	p->spec->has_args = true;
	if (take(p, ")"))
		return 0;
	for (;;) {
		rc = parse_arg(p, false);
		if (rc)
			return rc;
		if (take(p, ")"))
			return 0;
		if (!take(p, ","))
			return fail(p, p->at, "',' or ')' expected");
	}
}

/* ---- tests ------------------------------------------------------------------------------- */

static int parse_compare(struct parser *p, struct linx_spec_test *t)
{
	static const struct {
		const char *sign;
		enum linx_spec_compare op;
	} signs[] = {
		{ "!=", LINX_SPEC_NE }, { ">=", LINX_SPEC_GE }, { "<=", LINX_SPEC_LE }, { "==", LINX_SPEC_EQ },
		{ "=", LINX_SPEC_EQ },	{ ">", LINX_SPEC_GT },	{ "<", LINX_SPEC_LT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (take(p, signs[i].sign)) {
			t->op = signs[i].op;
			return 0;
		}
	return fail(p, p->at, "=, !=, <, <=, > or >= expected");
}

static int parse_test(struct parser *p)
{
	struct linx_probe_spec *s = p->spec;
	struct linx_spec_test *t;
	int rc;

	skip(p);
	if (s->ntests == LINX_SPEC_TESTS_MAX)
		return fail(p, p->at, "a probe has at most %u tests", LINX_SPEC_TESTS_MAX);
	t = &s->tests[s->ntests++];
	t->at = (uint32_t)(p->at - p->text);
	rc = word(p, false, "name of an argument", &t->name);
	if (!rc)
		rc = parse_compare(p, t);
	if (rc)
		return rc;
	t->minus = take(p, "-");
	rc = number(p, t->minus ? 1ull << 63 : UINT64_MAX, &t->number);
	if (t->minus)
		t->number = -t->number;
	return rc;
}

/* Passes over a word, with blanks in front of it. */
static bool take_word(struct parser *p, const char *text)
{
	size_t n;

	skip(p);
	n = word_length(p, false);
	if (n != strlen(text) || memcmp(p->at, text, n))
		return false;
	p->at += n;
	return true;
}

static int parse_tests(struct parser *p)
{
	int rc;

	do
		rc = parse_test(p);
	while (!rc && take_word(p, "and"));
	return rc;
}

/* Refuses two arguments with the same name, since FILTER and JSON could not distinguish them. */
static int check_names(struct parser *p)
{
	const struct linx_probe_spec *s = p->spec;

	for (size_t i = 0; i < s->nargs; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(s->args[i].name, s->args[k].name))
				return linx_spec_fail(s, s->args[i].at, p->err, "two arguments are called %s: name one, NAME=...",
						      s->args[i].name);
	return 0;
}

/* ---- the whole --------------------------------------------------------------------------- */

static int parse_kind(struct parser *p)
{
	size_t n;

	skip(p);
	n = word_length(p, false);
	for (size_t i = 0; i < LINX_SPEC_KINDS; i++)
		if (n == strlen(kinds[i]) && !memcmp(p->at, kinds[i], n)) {
			p->spec->kind = (enum linx_spec_kind)i;
			p->at += n;
			return take(p, ":") ? 0 : fail(p, p->at, "':' expected");
		}
	return fail(p, p->at, "kprobe:, kretprobe:, tracepoint:, rawtp: or lsm: expected");
}

static const char *name_word(enum linx_spec_kind kind)
{
	switch (kind) {
	case LINX_SPEC_TRACEPOINT:
	case LINX_SPEC_RAWTP:
		return "name of a tracepoint";
	case LINX_SPEC_LSM:
		return "name of an LSM hook";
	default:
		return "name of a function";
	}
}

static int parse_target(struct parser *p)
{
	struct linx_probe_spec *s = p->spec;
	bool function = s->kind == LINX_SPEC_KPROBE || s->kind == LINX_SPEC_KRETPROBE;
	const char *at = p->at;
	int rc = word(p, function, name_word(s->kind), &s->name);

	if (!rc && s->kind != LINX_SPEC_LSM && take(p, ":")) {
		s->module = s->name;
		s->name = NULL;
		rc = word(p, function, name_word(s->kind), &s->name);
	}
	if (rc)
		return rc;
	if (s->kind == LINX_SPEC_LSM && linx_spec_hook_within(s->name))
		return fail(p, at, "no function has the arguments of this hook; kprobe:%s calls it", linx_spec_hook_within(s->name));
	if (s->kind == LINX_SPEC_TRACEPOINT && !s->module)
		return fail(p, p->at, "a tracepoint needs its subsystem, such as sched:sched_switch");
	if (s->kind == LINX_SPEC_KPROBE && take(p, "+"))
		return number(p, 0xffffff, &s->offset);
	return 0;
}

static int parse(struct parser *p)
{
	const char *at;
	int rc = parse_kind(p);

	if (!rc)
		rc = parse_target(p);
	if (!rc && take(p, "("))
		rc = parse_args(p);
	skip(p);
	at = p->at;
	if (!rc && take(p, "=>")) {
		if (p->spec->kind != LINX_SPEC_KRETPROBE)
			return fail(p, at, "only kretprobe has a return value");
		rc = parse_arg(p, true);
	}
	if (!rc && take_word(p, "if"))
		rc = parse_tests(p);
	skip(p);
	if (!rc && *p->at)
		rc = fail(p, p->at, *p->at == '*' || *p->at == '?' ? "patterns are not possible: name one function" :
								      "the specification should end here");
	return rc ? rc : check_names(p);
}

/* Is all of the text printable ASCII? It is printed in messages, and must be one line in the stream. */
static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

int linx_spec_parse(const char *text, struct linx_probe_spec **spec, struct linx_error *err)
{
	struct linx_probe_spec *s;
	struct parser p = { .text = text, .at = text, .err = err };
	int rc;

	*spec = NULL;
	if (strlen(text) > LINX_SPEC_TEXT_MAX)
		return linx_fail(err, -EINVAL, "probe: the specification is longer than %u bytes", LINX_SPEC_TEXT_MAX);
	if (!is_printable(text))
		return linx_fail(err, -EINVAL, "probe: the specification has bytes that are not printable ASCII");
	s = calloc(1, sizeof(*s));
	if (s)
		s->text = strdup(text);
	if (!s || !s->text) {
		free(s);
		return linx_fail(err, -ENOMEM, "probe: no memory");
	}
	p.spec = s;
	rc = parse(&p);
	if (rc) {
		linx_spec_free(s);
		return rc;
	}
	*spec = s;
	return 0;
}

void linx_spec_free(struct linx_probe_spec *spec)
{
	if (!spec)
		return;
	for (size_t i = 0; i < spec->nargs; i++) {
		struct linx_spec_arg *a = &spec->args[i];

		for (size_t k = 0; k < a->nsteps; k++)
			free(a->steps[k].word);
		free(a->steps);
		free(a->name);
		free(a->word);
	}
	for (size_t i = 0; i < spec->ntests; i++)
		free(spec->tests[i].name);
	free(spec->module);
	free(spec->name);
	free(spec->text);
	free(spec);
}
