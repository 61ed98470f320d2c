// SPDX-License-Identifier: LGPL-2.1-or-later
/* Colors of lines: see strace/strace_colour.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array_size.h"
#include "strace/strace_colour.h"

enum colour_kind { ARGNAME, ARGVAL, CALL, COMMENT, CONST, ERROR, PUNCT, RETVAL, SYSCALL, KINDS };

/*
 * The keys of STRACE_COLORS with their default values, parameters of the terminal's SGR escape sequence, as in
 * strace(1).
 */
static const struct {
	const char *key, *sgr;
} colour_kinds[KINDS] = {
	[ARGNAME] = { "argname", "39" }, [ARGVAL] = { "argval", "35" }, [CALL] = { "call", "33" },
	[COMMENT] = { "comment", "36" }, [CONST] = { "const", "34" },	[ERROR] = { "error", "31" },
	[PUNCT] = { "punct", "0" },	 [RETVAL] = { "retval", "32" }, [SYSCALL] = { "syscall", "33" },
};

struct strace_colours {
	char *spec; /* copy of STRACE_COLORS, into which sgr points */
	const char *sgr[KINDS];
	char *buf;
	size_t len, room;
	bool failed;
	int now; /* kind of word whose color is switched on; -1: none */
};

/* ---- choice of colors -------------------------------------------------------------------- */

bool strace_colours_wanted(enum strace_colour_mode mode, bool terminal)
{
	const char *term = getenv("TERM");

	if (mode != STRACE_COLOUR_AUTO)
		return mode == STRACE_COLOUR_ALWAYS;
	return terminal && !getenv("NO_COLOR") && term && *term && strcasecmp(term, "dumb") && strcasecmp(term, "unknown");
}

static char *trim(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	for (n = strlen(s); n && isspace((unsigned char)s[n - 1]); n--)
		;
	s[n] = '\0';
	return s;
}

static bool is_sgr(const char *s)
{
	return strpbrk(s, "0123456789") && !s[strspn(s, "0123456789;")];
}

/* Applies one pair KEY=SGR of STRACE_COLORS. An invalid pair is ignored. */
static void take_pair(struct strace_colours *c, char *pair)
{
	char *value = strchr(pair, '=');

	if (!value)
		return;
	*value++ = '\0';
	pair = trim(pair);
	value = trim(value);
	for (unsigned int i = 0; i < KINDS && is_sgr(value); i++)
		if (!strcasecmp(pair, colour_kinds[i].key))
			c->sgr[i] = value;
}

struct strace_colours *strace_colours_new(void)
{
	struct strace_colours *c = calloc(1, sizeof(*c));
	const char *spec = getenv("STRACE_COLORS");
	char *rest = NULL;

	if (!c)
		return NULL;
	for (unsigned int i = 0; i < KINDS; i++)
		c->sgr[i] = colour_kinds[i].sgr;
	c->now = -1;
	c->spec = strdup(spec ? spec : "");
	if (!c->spec) {
		free(c);
		return NULL;
	}
	for (char *pair = strtok_r(c->spec, ":", &rest); pair; pair = strtok_r(NULL, ":", &rest))
		take_pair(c, pair);
	return c;
}

void strace_colours_free(struct strace_colours *c)
{
	if (!c)
		return;
	free(c->spec);
	free(c->buf);
	free(c);
}

/* ---- writing colored text ----------------------------------------------------------------- */

static void put_bytes(struct strace_colours *c, const char *s, size_t n)
{
	size_t room = c->room ? c->room : 4096;
	char *more;

	while (room - c->len < n)
		room *= 2;
	if (room != c->room) {
		more = realloc(c->buf, room);
		if (!more) {
			c->failed = true;
			return;
		}
		c->buf = more;
		c->room = room;
	}
	memcpy(c->buf + c->len, s, n);
	c->len += n;
}

static void put_sgr(struct strace_colours *c, const char *sgr)
{
	put_bytes(c, "\033[", 2);
	put_bytes(c, sgr, strlen(sgr));
	put_bytes(c, "m", 1);
}

static void put_reset(struct strace_colours *c)
{
	if (c->now >= 0 && strcmp(c->sgr[c->now], "0") != 0)
		put_sgr(c, "0");
	c->now = -1;
}

static void put_as(struct strace_colours *c, enum colour_kind kind, const char *s, size_t n)
{
	if (c->now != (int)kind) {
		/* the sequence "0" is itself a reset, so no other reset is needed before it */
		if (strcmp(c->sgr[kind], "0") != 0)
			put_reset(c);
		put_sgr(c, c->sgr[kind]);
		c->now = (int)kind;
	}
	put_bytes(c, s, n);
}

/* ---- words of a line: each function returns the length of the word, at least one byte -------- */

static bool is_name(char ch)
{
	return isalnum((unsigned char)ch) || ch == '_';
}

static size_t name_at(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && is_name(s[i]))
		i++;
	return i;
}

/* Returns the length of a quoted string, including the "..." after a truncated one. */
static size_t string_at(const char *s, size_t n)
{
	size_t i = 1;

	while (i < n && s[i] != '"')
		i += s[i] == '\\' ? 2 : 1;
	i = i < n ? i + 1 : n;
	return n - i >= 3 && !memcmp(s + i, "...", 3) ? i + 3 : i;
}

static size_t comment_at(const char *s, size_t n)
{
	const char *end = memmem(s, n, "*/", 2);

	return end ? (size_t)(end - s) + 2 : n;
}

/* Returns the length of the text "<...>" after a descriptor, which may itself contain such brackets. */
static size_t target_at(const char *s, size_t n)
{
	unsigned int depth = 0;
	size_t i = 0;

	do {
		depth += s[i] == '<';
		depth -= s[i] == '>' && (!i || s[i - 1] != '-');
		i++;
	} while (i < n && depth && s[i] != '\n');
	return i;
}

static bool is_const(const char *s, size_t n)
{
	bool letter = false;

	for (size_t i = 0; i < n; i++) {
		if (islower((unsigned char)s[i]))
			return false;
		letter |= isupper((unsigned char)s[i]);
	}
	return letter && !(n == 4 && !memcmp(s, "NULL", 4));
}

static enum colour_kind kind_of_name(const char *s, size_t len, size_t n)
{
	if (isdigit((unsigned char)*s))
		return ARGVAL;
	if (len < n && s[len] == '(')
		return CALL;
	if (len + 1 < n && s[len] == '=' && s[len + 1] != '=')
		return ARGNAME;
	return is_const(s, len) ? CONST : ARGVAL;
}

/* ---- coloring the parts of a line --------------------------------------------------------- */

static size_t head(struct strace_colours *c, struct strace_colour_line *at, const char *s, size_t n)
{
	static const char resumed[] = " resumed>";
	const char *end = memchr(s, '\n', n), *open, *name, *back;

	n = end ? (size_t)(end - s) : n;
	back = memmem(s, n, "<... ", 5);
	open = memchr(s, '(', n);
	if (memmem(s, n, "+++ ", 4) || memmem(s, n, "--- ", 4) || (n > 2 && !memcmp(s, " | ", 3)) || (!back && !open)) {
		open = memmem(s, n, "--- SIG", 7) ? memchr(s, '{', n) : NULL;
		at->where = open ? STRACE_COLOUR_ARGS : STRACE_COLOUR_PLAIN;
		n = open ? (size_t)(open - s) : n;
		put_bytes(c, s, n);
		return n;
	}
	at->where = STRACE_COLOUR_ARGS;
	if (back && (!open || back < open)) {
		at->depth = 1;
		name = memmem(back, n - (size_t)(back - s), resumed, sizeof(resumed) - 1);
		n = name ? (size_t)(name - s) + sizeof(resumed) - 1 : n;
		put_bytes(c, s, n);
		return n;
	}
	for (name = open; name > s && is_name(name[-1]); name--)
		;
	put_bytes(c, s, (size_t)(name - s));
	put_as(c, SYSCALL, name, (size_t)(open - name));
	return (size_t)(open - s);
}

/* True if s is the parenthesis that ends the arguments: "=" and a result follow the parenthesis. */
static bool ends_args(const struct strace_colour_line *at, const char *s, size_t n)
{
	size_t i = 1;

	if (*s != ')' || at->depth > 1)
		return false;
	while (i < n && s[i] == ' ')
		i++;
	return n - i >= 2 && s[i] == '=' && s[i + 1] == ' ';
}

static size_t plain(struct strace_colours *c, const char *s, size_t n)
{
	const char *end = memchr(s, '\n', n);

	n = end ? (size_t)(end - s) : n;
	put_bytes(c, s, n);
	return n;
}

static void count_bracket(struct strace_colour_line *at, char ch)
{
	if (ch == '(' || ch == '[' || ch == '{')
		at->depth++;
	else if ((ch == ')' || ch == ']' || ch == '}') && at->depth)
		at->depth--;
}

static size_t args(struct strace_colours *c, struct strace_colour_line *at, const char *s, size_t n)
{
	size_t len;

	if (*s == '"') {
		len = string_at(s, n);
		put_as(c, ARGVAL, s, len);
	} else if (n > 1 && s[0] == '/' && s[1] == '*') {
		len = comment_at(s, n);
		put_as(c, COMMENT, s, len);
	} else if (*s == '<' && n > 1 && s[1] == '<') {
		len = 2;
		put_as(c, PUNCT, s, len);
	} else if (*s == '<' && (c->now == ARGVAL || c->now == CONST)) {
		len = target_at(s, n);
		put_as(c, ARGVAL, s, len);
	} else if (*s == '<') { /* "<unfinished ...>" */
		at->where = STRACE_COLOUR_PLAIN;
		put_reset(c);
		return plain(c, s, n);
	} else if (is_name(*s) || (n > 1 && *s == '-' && isdigit((unsigned char)s[1]))) {
		len = *s == '-' ? 1 + name_at(s + 1, n - 1) : name_at(s, n);
		put_as(c, *s == '-' ? ARGVAL : kind_of_name(s, len, n), s, len);
	} else {
		len = 1;
		if (ends_args(at, s, n))
			at->where = STRACE_COLOUR_RESULT;
		count_bracket(at, *s);
		put_as(c, PUNCT, s, len);
	}
	return len;
}

/* Writes the result: "= VALUE", then an error's name and text in its color. plain() writes any other text. */
static size_t result(struct strace_colours *c, struct strace_colour_line *at, const char *s, size_t n)
{
	size_t len = 0, from;

	while (len < n && (s[len] == ' ' || s[len] == '='))
		len++;
	put_as(c, PUNCT, s, len);
	from = len;
	while (len < n && (is_name(s[len]) || s[len] == '-' || s[len] == '?'))
		len++;
	put_as(c, RETVAL, s + from, len - from);
	at->where = STRACE_COLOUR_PLAIN;
	if (len < n && s[len] == '<') {
		from = len;
		len += target_at(s + len, n - len);
		put_as(c, ARGVAL, s + from, len - from);
	} else if (n - len >= 3 && s[len] == ' ' && s[len + 1] == 'E' && isupper((unsigned char)s[len + 2])) {
		const char *end = memchr(s + len, ')', n - len);

		put_as(c, PUNCT, " ", 1);
		from = len + 1;
		len = end ? (size_t)(end - s) + 1 : n;
		put_as(c, ERROR, s + from, len - from);
	}
	put_reset(c);
	return len;
}

static size_t part(struct strace_colours *c, struct strace_colour_line *at, const char *s, size_t n)
{
	if (*s == '\n') {
		put_reset(c);
		put_bytes(c, s, 1);
		*at = (struct strace_colour_line){ STRACE_COLOUR_HEAD, 0 };
		return 1;
	}
	switch (at->where) {
	case STRACE_COLOUR_HEAD:
		return head(c, at, s, n);
	case STRACE_COLOUR_ARGS:
		return args(c, at, s, n);
	case STRACE_COLOUR_RESULT:
		return result(c, at, s, n);
	default:
		return plain(c, s, n);
	}
}

const char *strace_colours_apply(struct strace_colours *c, struct strace_colour_line *at, const char *text, size_t *len)
{
	size_t from = 0;

	c->len = 0;
	c->failed = false;
	while (from < *len && !c->failed)
		from += part(c, at, text + from, *len - from);
	/* the text that comes next may go to another file, or may not be a line of strace */
	put_reset(c);
	*len = c->len;
	return c->failed ? NULL : c->buf;
}
