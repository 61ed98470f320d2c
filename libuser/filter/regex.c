// SPDX-License-Identifier: LGPL-2.1-or-later
/* Regular expressions: see filter/regex.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "filter/regex.h"

#define PATTERN_MAX 4096u
#define NEST_MAX 50u
/*
 * Limit of the steps of one match. This number of steps takes some milliseconds at most. A reasonable pattern needs far
 * fewer.
 */
#define STEPS_MAX 100000u
#define HEAP_KB_MAX 1024u

struct linx_regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

#define WHOLE (PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL)

static int compile(struct linx_regex *r, const char *pattern, size_t n, uint32_t options, size_t *at, struct linx_error *err)
{
	pcre2_compile_context *how = pcre2_compile_context_create(NULL);
	PCRE2_UCHAR why[120];
	PCRE2_SIZE offset = 0;
	int code = 0;

	if (!how)
		return linx_fail(err, -ENOMEM, "out of memory");
	pcre2_set_parens_nest_limit(how, NEST_MAX);
	pcre2_set_max_pattern_length(how, PATTERN_MAX);
	r->code = pcre2_compile((PCRE2_SPTR)pattern, n, options | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &offset, how);
	pcre2_compile_context_free(how);
	if (r->code)
		return 0;
	*at = offset;
	pcre2_get_error_message(code, why, sizeof(why));
	return linx_fail(err, -EINVAL, "wrong regular expression: %s", (const char *)why);
}

/* Largest number of repetitions that Falco takes. */
#define REPEATS_MAX 1000ul

/*
 * True if POSIX allows this character after a backslash. Of letters it allows only those that stand for control
 * characters or hexadecimal digits.
 */
static bool is_escaped(const char *s, size_t n)
{
	if (!n || !isalnum((unsigned char)*s))
		return n;
	if (*s >= '1' && *s <= '7')
		return n > 1 && s[1] >= '0' && s[1] <= '7';
	return strchr("0xafnrtv", *s);
}

/* Returns the larger number of a repetition such as {2,5}; s points to its brace. 0: s is not a repetition. */
static unsigned long repeats(const char *s)
{
	unsigned long n, more = 0;
	char *end;

	if (!isdigit((unsigned char)s[1]))
		return 0;
	n = strtoul(s + 1, &end, 10);
	if (*end == ',' && isdigit((unsigned char)end[1]))
		more = strtoul(end + 1, &end, 10);
	return n > more ? n : more;
}

/*
 * Returns an error message if the pattern has something at s that POSIX does not have, else NULL. set: s is in brackets
 */
static const char *foreign_part(const char *s, size_t n, bool set)
{
	if (*s == '\\' && !is_escaped(s + 1, n - 1))
		return "a letter behind a backslash is not in POSIX: write a set such as [0-9]";
	if (set)
		return NULL;
	if (*s == '(' && s[1] == '?')
		return "(? is not in POSIX";
	return *s == '{' && repeats(s) > REPEATS_MAX ? "there are more than 1000 repetitions" : NULL;
}

int linx_regex_check(const char *pattern, size_t n, struct linx_error *err)
{
	bool set = false;

	for (size_t i = 0; i < n; i++) {
		const char *why = foreign_part(pattern + i, n - i, set);

		if (why)
			return linx_fail(err, -EINVAL, "wrong regular expression: %s", why);
		if (pattern[i] == '\\') {
			i++;
		} else if (pattern[i] == '[' && !set) {
			/* A closing bracket at the beginning of a set is an element of the set. */
			set = true;
			i += pattern[i + 1] == '^';
			i += pattern[i + 1] == ']';
		} else if (pattern[i] == '[' && pattern[i + 1] == ':') {
			i += strcspn(pattern + i, "]");
		} else {
			set = set && pattern[i] != ']';
		}
	}
	return 0;
}

static int new_regex(const char *pattern, size_t n, uint32_t options, struct linx_regex **out, size_t *at, struct linx_error *err)
{
	struct linx_regex *r = calloc(1, sizeof(*r));
	int ret;

	*at = 0;
	if (!r)
		return linx_fail(err, -ENOMEM, "out of memory");
	ret = compile(r, pattern, n, options, at, err);
	if (!ret) {
		r->data = pcre2_match_data_create(1, NULL);
		r->limits = pcre2_match_context_create(NULL);
		if (!r->data || !r->limits)
			ret = linx_fail(err, -ENOMEM, "out of memory");
	}
	if (ret) {
		linx_regex_free(r);
		return ret;
	}
	pcre2_set_match_limit(r->limits, STEPS_MAX);
	pcre2_set_depth_limit(r->limits, STEPS_MAX);
	pcre2_set_heap_limit(r->limits, HEAP_KB_MAX);
	*out = r;
	return 0;
}

int linx_regex_new(const char *pattern, size_t n, struct linx_regex **out, size_t *at, struct linx_error *err)
{
	return new_regex(pattern, n, WHOLE, out, at, err);
}

int linx_regex_new_part(const char *pattern, size_t n, struct linx_regex **out, size_t *at, struct linx_error *err)
{
	return new_regex(pattern, n, PCRE2_MULTILINE, out, at, err);
}

void linx_regex_free(struct linx_regex *r)
{
	if (!r)
		return;
	pcre2_match_context_free(r->limits);
	pcre2_match_data_free(r->data);
	pcre2_code_free(r->code);
	free(r);
}

enum linx_regex_result linx_regex_match(struct linx_regex *r, const char *s, size_t n)
{
	int ret = pcre2_match(r->code, (PCRE2_SPTR)s, n, 0, 0, r->data, r->limits);

	if (ret >= 0)
		return LINX_REGEX_MEETS;
	return ret == PCRE2_ERROR_NOMATCH ? LINX_REGEX_DIFFERS : LINX_REGEX_LIMIT;
}
