// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reads the rules of --redact, and compiles each to regular expressions, with a limited time for each search. See
 * redact/redact.h.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array_size.h"
#include "redact/redact_own.h"

#define FILE_MAX (1u << 20)
#define LINE_MAX_LEN 4096u
#define NEST_MAX 50u
/* Most steps of one search. They take some milliseconds, and a sensible pattern needs far fewer. */
#define STEPS_MAX 1000000u
#define HEAP_KB_MAX 1024u

struct reading {
	struct redact *r;
	const char *name;
	unsigned int line;
	struct problem *why;
};

static int refuse(const struct reading *in, size_t column, const char *what)
{
	return problem_set(in->why, "%s:%u:%zu: %s", in->name, in->line, column, what);
}

/* ---- making patterns from the words of rules ----------------------------------------------------------- */

/* Pattern of what can precede a word: the beginning of the text, a blank, or a separator. */
#define BEFORE "(?:^|[\\s\\x00\"'\\[({,;=])"
/* Pattern of a value: quoted, even if the end quote is missing, or a word. */
#define VALUE "(\"[^\"]*\"?|'[^']*'?|[^\\s\\x00\"']+)"
/*
 * Pattern of a value that is the next item of a printed list, whose items may have no quotes: up to the comma or
 * bracket after it.
 */
#define LISTED "[\"']?, *[\"']?((?:(?!, |[\"'\\]](?:[,) ]|\\z)).)*)"

/* Writes a pattern that matches these characters literally. */
static void put_literal(FILE *f, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(f, isalnum((unsigned char)s[i]) || s[i] == '_' ? "%c" : "\\x{%02x}", (unsigned char)s[i]);
}

/* Writes a pattern for the name of an environment variable, in which * and ? match letters, digits and _. */
static void put_glob(FILE *f, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] == '*')
			fputs("\\w*", f);
		else if (s[i] == '?')
			fputs("\\w", f);
		else
			put_literal(f, s + i, 1);
}

static void regex_value(FILE *f, const char *s, size_t n)
{
	fwrite(s, 1, n, f);
}

/*
 * Writes a pattern for an option and its value. "-pVALUE" has its value in the same word, but "--passwordVALUE" is
 * another option.
 */
static void option_value(FILE *f, const char *s, size_t n)
{
	fputs(BEFORE, f);
	put_literal(f, s, n);
	fputs("(?|" LISTED "|(?:=|[\\s\\x00]+|[\"']\\s*)", f);
	fputs(n == 2 && s[0] == '-' ? "?" VALUE ")" : VALUE ")", f);
}

static void option_whole(FILE *f, const char *s, size_t n)
{
	fputs("\\A", f);
	put_literal(f, s, n);
	fputs("\\z", f);
}

/*
 * Writes a pattern for an environment variable and its value. If the string begins with it, the value goes to the
 * end of the string, otherwise to the end of the word.
 */
static void env_value(FILE *f, const char *s, size_t n)
{
	fputs("(?|\\A", f);
	put_glob(f, s, n);
	fputs("=([^\\x00]*)|" BEFORE, f);
	put_glob(f, s, n);
	fputs("=" VALUE ")", f);
}

static void env_whole(FILE *f, const char *s, size_t n)
{
	fputs("\\A", f);
	put_glob(f, s, n);
	fputs("\\z", f);
}

static void header_value(FILE *f, const char *s, size_t n)
{
	fputs("(?i)" BEFORE, f);
	put_literal(f, s, n);
	fputs(":[ \\t]*([^\\r\\n\\x00]*)", f);
}

static void header_whole(FILE *f, const char *s, size_t n)
{
	fputs("(?i)\\A", f);
	put_literal(f, s, n);
	fputs("\\z", f);
}

static void url_value(FILE *f, const char *s, size_t n)
{
	(void)s;
	(void)n;
	fputs("[A-Za-z][A-Za-z0-9+.\\-]*://[^/\\s:@\"']*:([^/\\s@\"']+)@", f);
}

static bool is_option(const char *s, size_t n)
{
	return n >= 2 && s[0] == '-' && !memchr(s, ' ', n) && !memchr(s, '=', n);
}

static bool is_variable(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("_*?", s[i]))
			return false;
	return n;
}

static bool is_header(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("-_", s[i]))
			return false;
	return n;
}

static bool is_there(const char *s, size_t n)
{
	(void)s;
	return n;
}

static bool is_nothing(const char *s, size_t n)
{
	(void)s;
	return !n;
}

static const struct kind {
	const char *word;
	bool (*valid)(const char *s, size_t n);
	const char *refusal;
	void (*value)(FILE *f, const char *s, size_t n);
	void (*whole)(FILE *f, const char *s, size_t n);
	enum redact_whole role;
} kinds[] = {
	{ "regex", is_there, "missing pattern: write it behind 'regex'", regex_value, NULL, REDACT_NO_WHOLE },
	{ "option", is_option, "no option: write it with its dashes, and nothing behind it, as --password", option_value, option_whole, REDACT_WORD_BEFORE },
	{ "env", is_variable, "no name of a variable: write letters, digits, _, * and ?", env_value, env_whole, REDACT_KEY },
	{ "header", is_header, "no name of a header: write letters, digits and -", header_value, header_whole, REDACT_KEY },
	{ "url-password", is_nothing, "nothing may stand behind 'url-password'", url_value, NULL, REDACT_NO_WHOLE },
};

/* ---- reading the file of rules ----------------------------------------------------------------------------- */

static pcre2_code *compile(const struct reading *in, size_t column, const char *pattern, size_t n)
{
	pcre2_compile_context *how = pcre2_compile_context_create(NULL);
	pcre2_code *code = NULL;
	PCRE2_UCHAR text[120];
	PCRE2_SIZE at = 0;
	int error = 0;

	if (how) {
		pcre2_set_parens_nest_limit(how, NEST_MAX);
		code = pcre2_compile((PCRE2_SPTR)pattern, n, PCRE2_DOTALL | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &at, how);
		pcre2_compile_context_free(how);
	}
	if (code)
		return code;
	if (!how || error == PCRE2_ERROR_NOMEMORY) {
		refuse(in, column, "out of memory");
	} else {
		pcre2_get_error_message(error, text, sizeof(text));
		refuse(in, column + at, (const char *)text);
	}
	return NULL;
}

static pcre2_code *make(const struct reading *in, size_t column, void (*put)(FILE *f, const char *s, size_t n), const char *s, size_t n)
{
	char *pattern = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&pattern, &size);
	pcre2_code *code = NULL;

	if (f)
		put(f, s, n);
	if (!f || fclose(f))
		refuse(in, column, "out of memory");
	else
		code = compile(in, column, pattern, size);
	free(pattern);
	return code;
}

static int take_rule(const struct reading *in, const struct kind *k, size_t column, const char *s, size_t n)
{
	struct redact_rule *rule = &in->r->rules[in->r->n];

	if (!k->valid(s, n))
		return refuse(in, column, k->refusal);
	if (in->r->n == REDACT_RULES_MAX)
		return refuse(in, 1, "too many rules: at most 256");
	in->r->n++;
	*rule = (struct redact_rule){ .role = k->role, .partial = k->value == regex_value };
	rule->value = make(in, column, k->value, s, n);
	if (rule->value && k->whole)
		rule->whole = make(in, column, k->whole, s, n);
	return rule->value && (rule->whole || !k->whole) ? 0 : -1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int take_line(const struct reading *in, const char *line, size_t n)
{
	size_t begin = 0, word, rest;

	while (n && is_blank(line[n - 1]))
		n--;
	while (begin < n && is_blank(line[begin]))
		begin++;
	if (begin == n || line[begin] == '#')
		return 0;
	if (n > LINE_MAX_LEN)
		return refuse(in, 1, "too long: a line has at most 4096 bytes");
	for (word = begin; word < n && !is_blank(line[word]); word++)
		;
	for (rest = word; rest < n && is_blank(line[rest]); rest++)
		;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strlen(kinds[i].word) == word - begin && !memcmp(kinds[i].word, line + begin, word - begin))
			return take_rule(in, &kinds[i], rest + 1, line + rest, n - rest);
	return refuse(in, begin + 1, "unknown rule: write regex, option, env, header or url-password");
}

int redact_read_rules(struct redact *r, const char *name, const char *text, size_t len, struct problem *why)
{
	struct reading in = { .r = r, .name = name, .why = why };
	const char *end = text + len, *next;

	for (; text < end; text = next) {
		next = memchr(text, '\n', (size_t)(end - text));
		in.line++;
		if (take_line(&in, text, (size_t)((next ? next : end) - text)))
			return -1;
		next = next ? next + 1 : end;
	}
	return r->n ? 0 : problem_set(why, "no rules: %s: write a line, as 'option --password'", name);
}

struct redact *redact_read_text(const char *name, const char *text, size_t len, struct problem *why)
{
	struct redact *r = calloc(1, sizeof(*r));

	if (r) {
		r->data = pcre2_match_data_create(2, NULL);
		r->limits = pcre2_match_context_create(NULL);
	}
	if (!r || !r->data || !r->limits) {
		problem_set(why, "out of memory");
		redact_free(r);
		return NULL;
	}
	pcre2_set_match_limit(r->limits, STEPS_MAX);
	pcre2_set_depth_limit(r->limits, STEPS_MAX);
	pcre2_set_heap_limit(r->limits, HEAP_KB_MAX);
	if (!redact_read_rules(r, name, text, len, why))
		return r;
	redact_free(r);
	return NULL;
}

static int read_all(int fd, char *to, size_t size, size_t *len)
{
	ssize_t n;

	for (*len = 0; *len < size; *len += (size_t)n) {
		n = read(fd, to + *len, size - *len);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n <= 0)
			return n ? -errno : 0;
	}
	return -EFBIG;
}

struct redact *redact_read(const char *path, struct problem *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc;
	char *text = malloc(FILE_MAX);
	struct redact *r = NULL;
	size_t len = 0;

	rc = fd < 0 ? -errno : !text ? -ENOMEM : read_all(fd, text, FILE_MAX, &len);
	if (rc)
		problem_set(why, "cannot be read: %s: %s", path, strerror(-rc));
	else
		r = redact_read_text(path, text, len, why);
	free(text);
	if (fd >= 0)
		close(fd);
	return r;
}
