// SPDX-License-Identifier: LGPL-2.1-or-later
/* Checks the syntax of conditions in rules: see filter/condition/syntax.h. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "base/array_size.h"
#include "filter/condition/syntax.h"

/* Limit of the nesting of parentheses and transformers. */
#define DEPTH_MAX 1000u

struct syntax {
	const char *text, *at; /* at: next text to be read */
	const struct linx_cond_named *named;
	struct linx_cond_problem *why;
	unsigned int depth;
};

static int fail(struct syntax *x, const char *why)
{
	x->why->at = (size_t)(x->at - x->text);
	snprintf(x->why->why, sizeof(x->why->why), "%s", why);
	return -EINVAL;
}

static int enter(struct syntax *x)
{
	return ++x->depth > DEPTH_MAX ? fail(x, "this is nested too deep") : 0;
}

/* ---- pieces of text ---------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c && strchr(" \t\b\r\n", c);
}

static bool skip_blanks(struct syntax *x)
{
	const char *start = x->at;

	while (is_blank(*x->at))
		x->at++;
	return x->at > start;
}

/* Skips a text if it is next. Does not look at what follows the text: "in" is also skipped at the start of "inside". */
static bool take(struct syntax *x, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(x->at, text, n) != 0)
		return false;
	x->at += n;
	return true;
}

/* Skips a word and the blanks that follow it. At least one blank must follow. */
static bool take_word(struct syntax *x, const char *word)
{
	const char *start = x->at;

	if (take(x, word) && skip_blanks(x))
		return true;
	x->at = start;
	return false;
}

static size_t identifier_length(const char *s)
{
	size_t n = 0;

	if (!isalpha((unsigned char)*s))
		return 0;
	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return n;
}

/* Returns the length of the name of a field: identifiers with dots between them, at least one dot. */
static size_t field_length(const char *s)
{
	size_t n = identifier_length(s), more = n, dots = 0;

	while (n && s[n] == '.' && more) {
		more = identifier_length(s + n + 1);
		n += more ? more + 1 : 0;
		dots += more > 0;
	}
	return dots ? n : 0;
}

static size_t number_length(const char *s)
{
	size_t n = *s == '+' || *s == '-', digits, more;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && isxdigit((unsigned char)s[2]))
		return 2 + strspn(s + 2, "0123456789abcdefABCDEF");
	digits = strspn(s + n, "0123456789");
	if (!digits)
		return 0;
	n += digits;
	n += s[n] == '.';
	n += strspn(s + n, "0123456789");
	if ((s[n] == 'e' || s[n] == 'E') && (s[n + 1] == '+' || s[n + 1] == '-')) {
		more = strspn(s + n + 2, "0123456789");
		n += more ? 2 + more : 0;
	}
	return n;
}

static size_t bare_length(const char *s)
{
	return strcspn(s, "()\"'=, \t\n\v\f\r");
}

/*
 * Returns the length of a text in quotes, including the quotes; 0: there is no such text. A quote after a backslash
 * does not end the text.
 */
static size_t quoted_length(const char *s)
{
	size_t n = 1;

	if (*s != '"' && *s != '\'')
		return 0;
	while (s[n] && !(s[n] == *s && s[n - 1] != '\\'))
		n++;
	return s[n] ? n + 1 : 0;
}

static int take_quoted(struct syntax *x, bool *taken)
{
	size_t n = quoted_length(x->at);
	char why[80];

	*taken = n;
	for (size_t i = 1; i + 1 < n; i++) {
		const char *c = x->at + i + 1;

		if (x->at[i] != '\\')
			continue;
		i++;
		if (strchr("bfnrt \\/", *c) || *c == *x->at || (*c == 'x' && isxdigit((unsigned char)c[1]) && isxdigit((unsigned char)c[2])))
			continue;
		x->at = c - 1;
		snprintf(why, sizeof(why), "\\%c means nothing here: a backslash itself is \\\\", *c);
		return fail(x, why);
	}
	x->at += n;
	return 0;
}

/* ---- fields and transformers ---------------------------------------------------------------------------- */

static const char *const transformers[] = { "tolower(", "toupper(", "b64(", "basename(", "len(", "join(", "concat(", "getopt(" };

static bool take_transformer_name(struct syntax *x)
{
	for (size_t i = 0; i < ARRAY_SIZE(transformers); i++)
		if (take(x, transformers[i]))
			return true;
	return false;
}

/* Takes the argument in brackets after a field or transformer, if there is such an argument. */
static int take_argument(struct syntax *x)
{
	bool quoted;
	size_t n;
	int ret;

	if (!take(x, "["))
		return 0;
	ret = take_quoted(x, &quoted);
	if (ret)
		return ret;
	n = quoted ? 0 : strcspn(x->at, "[]\"' \t\n\v\f\r");
	if (!quoted && !n)
		return fail(x, "an argument is expected here");
	x->at += n;
	return take(x, "]") ? 0 : fail(x, "this bracket is not closed");
}

static int take_transformer(struct syntax *x);

/* Takes one argument of a transformer, or one element of a list in its parentheses. */
static int take_part(struct syntax *x)
{
	size_t n = number_length(x->at);
	bool quoted;
	int ret = take_quoted(x, &quoted);

	if (ret || quoted)
		return ret;
	x->at += n;
	if (n)
		return 0;
	if (take_transformer_name(x))
		return take_transformer(x);
	n = field_length(x->at);
	x->at += n;
	return n ? take_argument(x) : fail(x, "a field, a transformer, a text in quotes or a number is expected here");
}

static int take_part_list(struct syntax *x)
{
	int ret;

	skip_blanks(x);
	if (take(x, ")"))
		return 0;
	do {
		skip_blanks(x);
		ret = take_part(x);
		skip_blanks(x);
	} while (!ret && take(x, ","));
	return ret || take(x, ")") ? ret : fail(x, "a comma or ) is expected here");
}

/* Takes the arguments of a transformer, after its name and opening parenthesis. */
static int take_transformer(struct syntax *x)
{
	int ret = enter(x);

	do {
		skip_blanks(x);
		if (!ret)
			ret = take(x, "(") ? take_part_list(x) : take_part(x);
		skip_blanks(x);
	} while (!ret && take(x, ","));
	x->depth--;
	if (ret)
		return ret;
	return take(x, ")") ? take_argument(x) : fail(x, "a comma or ) is expected here");
}

/* Takes "val(FIELD)" or a transformer on the right side, if one is next. */
static int take_other_side(struct syntax *x, bool *taken)
{
	size_t n;
	int ret;

	skip_blanks(x);
	*taken = true;
	if (take(x, "val(")) {
		skip_blanks(x);
		n = field_length(x->at);
		x->at += n;
		ret = n ? take_argument(x) : fail(x, "a field is expected here");
		skip_blanks(x);
		if (ret || !take(x, ")"))
			return ret ? ret : fail(x, ") is expected here");
		return take_argument(x);
	}
	*taken = take_transformer_name(x);
	return *taken ? take_transformer(x) : 0;
}

/* ---- values ---------------------------------------------------------------------------------------------- */

static int list_size(struct syntax *x, const char *value, size_t n)
{
	return x->named->value ? x->named->value(x->named->ctx, value, n) : -1;
}

static int take_number(struct syntax *x, bool own)
{
	bool taken;
	int ret = take_other_side(x, &taken);
	size_t n;

	if (ret || taken)
		return ret;
	/* A field of linx can be compared with a number that has a unit or a name. Falco has no such numbers. */
	n = own ? bare_length(x->at) : number_length(x->at);
	x->at += n;
	return n ? 0 : fail(x, "a number is expected here, to compare with");
}

/*
 * Returns the length of a value without quotes. The value has no blanks, unless it is the name of a list whose name has
 * blanks. Falco puts the elements of the list in place of the name.
 */
static size_t value_length(struct syntax *x)
{
	size_t n = bare_length(x->at), len;

	if (!n || !is_blank(x->at[n]))
		return n;
	len = strcspn(x->at, "(),\"'");
	while (is_blank(x->at[len - 1]))
		len--;
	return len > n && list_size(x, x->at, len) >= 0 ? len : n;
}

/*
 * Takes a value in quotes or without. alone: the value is not in parentheses, so the name of a list with several
 * elements is an error.
 */
static int take_value(struct syntax *x, bool alone, bool *taken)
{
	size_t n;
	int ret, size;

	skip_blanks(x);
	ret = take_quoted(x, taken);
	if (ret || *taken)
		return ret;
	n = value_length(x);
	*taken = n;
	size = n ? list_size(x, x->at, n) : -1;
	if (size == -2)
		return fail(x, "an element of this list is no value: write it in quotes");
	if (alone && size >= 0 && size != 1)
		return fail(x, "a list stands here: one value is expected, or in and the list in parentheses");
	x->at += n;
	return 0;
}

static int need_value(struct syntax *x, bool alone)
{
	bool taken;
	int ret = take_value(x, alone, &taken);

	return ret || taken ? ret : fail(x, "a value is expected here");
}

/* Takes a list in parentheses, after its opening parenthesis. */
static int take_list(struct syntax *x)
{
	bool taken;
	int ret = take_value(x, false, &taken);

	skip_blanks(x);
	while (!ret && taken && take(x, ",")) {
		ret = need_value(x, false);
		skip_blanks(x);
	}
	return ret || take(x, ")") ? ret : fail(x, "a comma or ) is expected here");
}

/*
 * Takes the name of a list without parentheses: Falco puts the elements in place of the name, so the list must have
 * exactly one element, which is a word.
 */
static int take_list_name(struct syntax *x)
{
	size_t n = identifier_length(x->at);
	int size = n ? list_size(x, x->at, n) : -1;

	if (!n || size == -2 || (size >= 0 && size != 1))
		return fail(x, "a list in parentheses is expected here");
	x->at += n;
	return 0;
}

static int take_values(struct syntax *x, bool other_sides)
{
	bool taken = false;
	int ret = 0;

	skip_blanks(x);
	if (take(x, "("))
		return take_list(x);
	if (other_sides)
		ret = take_other_side(x, &taken);
	return ret || taken ? ret : take_list_name(x);
}

/* ---- tests ------------------------------------------------------------------------------------------------- */

static bool take_any(struct syntax *x, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isalpha((unsigned char)*texts[i]) ? take_word(x, texts[i]) : take(x, texts[i]))
			return true;
	return false;
}

static bool begins_keyword(const char *s)
{
	static const char *const words[] = { "and", "or", "not" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strncmp(s, words[i], strlen(words[i])) && !isalnum((unsigned char)s[strlen(words[i])]))
			return true;
	return false;
}

/* Takes "oneof", "anyof" or "allof" after an operator. If no list follows, the word is a value. */
static bool take_modifier(struct syntax *x, bool blank)
{
	static const char *const words[] = { "oneof", "anyof", "allof" };
	const char *start = x->at;

	if (blank && take_any(x, words, ARRAY_SIZE(words)) && (*x->at == '(' || identifier_length(x->at)) && !begins_keyword(x->at))
		return true;
	x->at = start;
	return false;
}

static int take_text(struct syntax *x, bool blank)
{
	bool taken;
	int ret;

	if (take_modifier(x, blank))
		return take_values(x, false);
	ret = take_other_side(x, &taken);
	return ret || taken ? ret : need_value(x, true);
}

/* Takes the operator and the right side of a test. own: the field on the left is one of linx's own. */
static int take_comparison(struct syntax *x, bool own)
{
	static const char *const orders[] = { "<=", "<", ">=", ">" }, *const signs[] = { "==", "=", "!=" };
	static const char *const words[] = {
		"glob", "iglob", "contains", "icontains", "bcontains", "startswith", "bstartswith", "endswith", "regex",
	};
	static const char *const lists[] = { "intersects", "in", "pmatch" };

	skip_blanks(x);
	if (take(x, "exists"))
		return 0;
	if (take_any(x, orders, ARRAY_SIZE(orders)))
		return take_number(x, own);
	if (take_any(x, signs, ARRAY_SIZE(signs)))
		return take_text(x, skip_blanks(x));
	if (take_any(x, words, ARRAY_SIZE(words)))
		return take_text(x, true);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (take(x, lists[i]))
			return take_values(x, true);
	return fail(x, "an operator is expected here: = != < <= > >= in intersects contains icontains bcontains startswith "
		       "bstartswith endswith glob iglob regex pmatch exists");
}

static int take_or(struct syntax *x);

/* Takes the condition after an opening parenthesis, and the closing one. */
static int take_inner(struct syntax *x)
{
	int ret = enter(x);

	if (!ret)
		ret = take_or(x);
	x->depth--;
	skip_blanks(x);
	if (ret || take(x, ")"))
		return ret;
	return fail(x, *x->at ? "and, or or ) is expected here" : "a parenthesis is not closed");
}

/*
 * True if the name of a list is next that does not have exactly one element. Falco puts the elements in place of the
 * name wherever the name stands, even if there is a macro of that name.
 */
static bool has_list(struct syntax *x)
{
	size_t n = strcspn(x->at, "(),= \t\n\r");
	int size = n ? list_size(x, x->at, n) : -1;

	return size >= 0 && size != 1;
}

static int take_test(struct syntax *x)
{
	size_t n = field_length(x->at);
	bool own = !strncmp(x->at, LINX_FLD_PREFIX, strlen(LINX_FLD_PREFIX));
	int ret;

	if (has_list(x) || (n && list_size(x, x->at, n) >= 0))
		return fail(x, "a list stands here, and has the name of a macro or a field: another name is needed");
	x->at += n;
	if (n) {
		ret = take_argument(x);
		return ret ? ret : take_comparison(x, own);
	}
	if (take_transformer_name(x)) {
		ret = take_transformer(x);
		return ret ? ret : take_comparison(x, false);
	}
	n = identifier_length(x->at);
	if (!n)
		return fail(x, "a field, a macro or ( is expected here");
	if (x->named->macro)
		x->named->macro(x->named->ctx, x->at, n, (size_t)(x->at - x->text));
	x->at += n;
	return 0;
}

static int take_not(struct syntax *x)
{
	skip_blanks(x);
	while (take_word(x, "not"))
		;
	if (take(x, "not("))
		return take_inner(x);
	return take(x, "(") ? take_inner(x) : take_test(x);
}

/* Takes operands with the word, "and" or "or", between them. A blank or a parenthesis follows the word. */
static int take_joined(struct syntax *x, const char *word, int (*operand)(struct syntax *x))
{
	int ret = operand(x);

	skip_blanks(x);
	while (!ret && take(x, word)) {
		if (skip_blanks(x))
			ret = operand(x);
		else
			ret = take(x, "(") ? take_inner(x) : fail(x, "a blank or ( is expected behind and, or");
		skip_blanks(x);
	}
	return ret;
}

static int take_and(struct syntax *x)
{
	return take_joined(x, "and", take_not);
}

static int take_or(struct syntax *x)
{
	return take_joined(x, "or", take_and);
}

size_t linx_cond_value_length(const char *s)
{
	size_t n = quoted_length(s);

	return n ? n : bare_length(s);
}

int linx_cond_check_syntax(const char *text, const struct linx_cond_named *named, struct linx_cond_problem *why)
{
	struct syntax x = { .text = text, .at = text, .named = named, .why = why };
	int ret;

	*why = (struct linx_cond_problem){ 0 };
	ret = take_or(&x);
	if (!ret && *x.at)
		ret = fail(&x, "the condition ended before this: and or or is missing");
	return ret;
}
