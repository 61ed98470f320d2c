// SPDX-License-Identifier: LGPL-2.1-or-later
/* Regular expressions: see filter/regex.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>

#include "base/error.h"
#include "filter/regex.h"

#define PATTERN_MAX 4096u
#define NEST_MAX 50u
/*
 * Limit of the steps of one match: so many take some milliseconds at most, and are far more than a reasonable pattern
 * needs.
 */
#define STEPS_MAX 100000u
#define HEAP_KB_MAX 1024u

struct linx_regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

static int compile(struct linx_regex *r, const char *pattern, size_t n, size_t *at, struct linx_error *err)
{
	pcre2_compile_context *how = pcre2_compile_context_create(NULL);
	PCRE2_UCHAR why[120];
	PCRE2_SIZE offset = 0;
	int code = 0;

	if (!how)
		return linx_fail(err, -ENOMEM, "out of memory");
	pcre2_set_parens_nest_limit(how, NEST_MAX);
	pcre2_set_max_pattern_length(how, PATTERN_MAX);
	r->code = pcre2_compile((PCRE2_SPTR)pattern, n,
				PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C, &code,
				&offset, how);
	pcre2_compile_context_free(how);
	if (r->code)
		return 0;
	*at = offset;
	pcre2_get_error_message(code, why, sizeof(why));
	return linx_fail(err, -EINVAL, "wrong regular expression: %s", (const char *)why);
}

int linx_regex_new(const char *pattern, size_t n, struct linx_regex **out, size_t *at, struct linx_error *err)
{
	struct linx_regex *r = calloc(1, sizeof(*r));
	int ret;

	*at = 0;
	if (!r)
		return linx_fail(err, -ENOMEM, "out of memory");
	ret = compile(r, pattern, n, at, err);
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
