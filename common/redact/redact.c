// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Blanks secrets in text that is ready to be shown: see redact/redact.h. A line is split into quoted strings and
 * the text between them. Rules search the bytes that a string stands for, so that no escape hides a secret. What
 * they find is marked by its position in the line, and replaced at the end.
 */
#include <stdlib.h>
#include <string.h>

#include "redact/redact_own.h"

void redact_free(struct redact *r)
{
	if (!r)
		return;
	for (unsigned int i = 0; i < r->n; i++) {
		pcre2_code_free(r->rules[i].value);
		pcre2_code_free(r->rules[i].whole);
	}
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->limits);
	free(r->bytes);
	free(r->at);
	free(r->marks);
	free(r->out);
	free(r);
}

uint64_t redact_limited(const struct redact *r)
{
	return r->limited;
}

void redact_report(const struct redact *r)
{
	if (r && r->limited)
		say_at(SAY_WARNING, "regular expressions of --redact gave up %llu times: such a text was blanked whole",
		       (unsigned long long)r->limited);
}

/* ---- growing arrays ---------------------------------------------------------------------------------------- */

/* Grows an array to more than n elements. False: no memory; then redact_apply() shows nothing. */
static bool grow(struct redact *r, void **array, size_t *cap, size_t n, size_t size)
{
	size_t want = n < 64 ? 128 : n * 2;
	void *p;

	if (n < *cap)
		return true;
	p = reallocarray(*array, want, size);
	r->failed |= !p;
	if (!p)
		return false;
	*array = p;
	*cap = want;
	return true;
}

static void add_mark(struct redact *r, size_t from, size_t to)
{
	if (from < to && grow(r, (void **)&r->marks, &r->marks_cap, r->nmarks, sizeof(*r->marks)))
		r->marks[r->nmarks++] = (struct redact_mark){ from, to };
}

static bool room_for_bytes(struct redact *r, size_t n)
{
	char *bytes;
	size_t *at;

	if (n < r->cap)
		return true;
	bytes = realloc(r->bytes, n + 1);
	r->bytes = bytes ? bytes : r->bytes;
	at = reallocarray(r->at, n + 1, sizeof(*at));
	r->at = at ? at : r->at;
	r->failed |= !bytes || !at;
	if (!bytes || !at)
		return false;
	r->cap = n + 1;
	return true;
}

/* ---- decoding strings to bytes ------------------------------------------------------------------------------- */

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Returns the value of four hexadecimal digits, or -1. */
static int code_of(const char *s, const char *end)
{
	int code = 0, digit;

	if (end - s < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		digit = hex_of(s[i]);
		if (digit < 0)
			return -1;
		code = code << 4 | digit;
	}
	return code;
}

/*
 * Writes a character in UTF-8 to "to". A code that stands for a byte which is not valid UTF-8 (docs/json.md) becomes
 * that byte. Returns the number of bytes.
 */
static unsigned int put_code(char to[4], uint32_t code)
{
	if (code >= 0x10fe80 && code <= 0x10feff) {
		to[0] = (char)(code - 0x10fe00);
		return 1;
	}
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | code >> 18);
	to[1] = (char)(0x80 | (code >> 12 & 0x3f));
	to[2] = (char)(0x80 | (code >> 6 & 0x3f));
	to[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/*
 * Decodes the escape at s: a backslash, u and four digits, or two of these that stand for one character. *n: its length
 * in the line. Returns the number of decoded bytes in to; 0: the digits are missing.
 */
static unsigned int take_unicode(const char *s, const char *end, char to[4], size_t *n)
{
	int code = code_of(s + 2, end), low;

	if (code < 0)
		return 0;
	*n = 6;
	if (code < 0xd800 || code > 0xdbff)
		return put_code(to, (uint32_t)code);
	low = end - s > 12 && s[6] == '\\' && s[7] == 'u' ? code_of(s + 8, end) : -1;
	if (low < 0xdc00 || low > 0xdfff)
		return put_code(to, (uint32_t)code);
	*n = 12;
	return put_code(to, 0x10000u + ((uint32_t)(code - 0xd800) << 10) + (uint32_t)(low - 0xdc00));
}

static unsigned int take_octal(const char *s, const char *end, char to[4], size_t *n)
{
	unsigned int code = 0;

	for (*n = 1; *n < 4 && s + *n < end && s[*n] >= '0' && s[*n] <= '7'; ++*n)
		code = code << 3 | (unsigned int)(s[*n] - '0');
	to[0] = (char)code;
	return *n > 1;
}

static unsigned int take_hex(const char *s, const char *end, char to[4], size_t *n)
{
	int high = end - s > 2 ? hex_of(s[2]) : -1, low = end - s > 3 ? hex_of(s[3]) : -1;

	if (high < 0)
		return 0;
	*n = low < 0 ? 3 : 4;
	to[0] = (char)(low < 0 ? high : high << 4 | low);
	return 1;
}

static unsigned int take_escape(const char *s, const char *end, bool json, char to[4], size_t *n)
{
	static const char letters[] = "abefnrtv", bytes[] = "\a\b\033\f\n\r\t\v";
	const char *letter = end - s > 1 && s[1] ? strchr(letters, s[1]) : NULL;
	unsigned int made = 0;

	*n = end - s > 1 ? 2 : 1;
	to[0] = s[*n - 1];
	if (letter) {
		to[0] = bytes[letter - letters];
		return 1;
	}
	if (*n == 2 && json && s[1] == 'u')
		made = take_unicode(s, end, to, n);
	else if (*n == 2 && !json && s[1] == 'x')
		made = take_hex(s, end, to, n);
	else if (*n == 2 && !json)
		made = take_octal(s, end, to, n);
	if (made)
		return made;
	/* an unknown escape stands for its character */
	*n = end - s > 1 ? 2 : 1;
	to[0] = s[*n - 1];
	return 1;
}

/*
 * Decodes the part from..to of the line to r->bytes, and stores the position of each byte in r->at. False: no
 * memory.
 */
static bool take_bytes(struct redact *r, const char *line, size_t from, size_t to, bool escapes, bool json)
{
	size_t n, i = from;
	unsigned int made;
	char bytes[4];

	if (!room_for_bytes(r, to - from + 4))
		return false;
	for (r->nbytes = 0; i < to; i += n) {
		n = 1;
		made = 1;
		bytes[0] = line[i];
		if (escapes && line[i] == '\\')
			made = take_escape(line + i, line + to, json, bytes, &n);
		for (unsigned int k = 0; k < made; k++) {
			r->bytes[r->nbytes] = bytes[k];
			r->at[r->nbytes++] = i;
		}
	}
	r->at[r->nbytes] = to;
	return true;
}

/* ---- searching the decoded bytes ------------------------------------------------------------------------------- */

/* Marks the decoded bytes from..to, including all of their escapes in the line. */
static void mark_bytes(struct redact *r, size_t from, size_t to)
{
	if (from >= to)
		return;
	while (to < r->nbytes && r->at[to] == r->at[to - 1])
		to++;
	add_mark(r, r->at[from], r->at[to]);
}

static void search_rule(struct redact *r, const struct redact_rule *rule, bool cut)
{
	const PCRE2_SIZE *found = pcre2_get_ovector_pointer(r->data);
	uint32_t how = cut && rule->partial ? PCRE2_PARTIAL_SOFT : 0;
	size_t at = 0, from, to;
	int rc;

	while (at <= r->nbytes) {
		rc = pcre2_match(rule->value, (PCRE2_SPTR)r->bytes, r->nbytes, at, how, r->data, r->limits);
		if (rc == PCRE2_ERROR_NOMATCH)
			return;
		if (rc < 0 && rc != PCRE2_ERROR_PARTIAL) {
			r->limited++;
			mark_bytes(r, 0, r->nbytes);
			return;
		}
		from = rc > 1 && found[2] != PCRE2_UNSET ? found[2] : found[0];
		to = rc == PCRE2_ERROR_PARTIAL ? r->nbytes : rc > 1 && found[3] != PCRE2_UNSET ? found[3] : found[1];
		if (rc == PCRE2_ERROR_PARTIAL)
			from = found[0];
		mark_bytes(r, from, to);
		at = found[1] > at ? found[1] : at + 1;
		if (rc == PCRE2_ERROR_PARTIAL)
			return;
	}
}

/*
 * Decodes r->bytes a second time, since a decoded string can contain escapes itself: a JSON string can hold the text
 * that a template has made. False: there is no escape in it.
 */
static bool unescape(struct redact *r)
{
	size_t n, to = 0;
	unsigned int made;
	char bytes[4];

	if (!memchr(r->bytes, '\\', r->nbytes))
		return false;
	for (size_t i = 0; i < r->nbytes; i += n) {
		size_t at = r->at[i];

		n = 1;
		made = 1;
		bytes[0] = r->bytes[i];
		if (bytes[0] == '\\')
			made = take_escape(r->bytes + i, r->bytes + r->nbytes, false, bytes, &n);
		for (unsigned int k = 0; k < made; k++) {
			r->bytes[to] = bytes[k];
			r->at[to++] = at;
		}
	}
	r->at[to] = r->at[r->nbytes];
	r->nbytes = to;
	return true;
}

static void search_rules(struct redact *r, bool cut)
{
	for (unsigned int i = 0; i < r->n; i++)
		search_rule(r, &r->rules[i], cut);
}

/*
 * Searches r->bytes for secrets, first as they are and then with the escapes in them decoded. cut: the string is
 * truncated.
 */
static void search(struct redact *r, bool cut)
{
	search_rules(r, cut);
	if (unescape(r))
		search_rules(r, cut);
}

/* True if the current string is a word or key after which the next string is a secret. */
static bool says_next(struct redact *r, enum redact_whole role)
{
	for (unsigned int i = 0; i < r->n; i++)
		if (r->rules[i].role == role &&
		    pcre2_match(r->rules[i].whole, (PCRE2_SPTR)r->bytes, r->nbytes, 0, 0, r->data, r->limits) != PCRE2_ERROR_NOMATCH)
			return true;
	return false;
}

/* ---- reading and rewriting lines --------------------------------------------------------------------------------- */

/* State of reading a line. */
struct place {
	const char *line;
	size_t n;
	enum linx_text_form form;
	bool next; /* the next string is a secret if only commas and blanks stand before it */
	bool member; /* the next value is a secret, as its JSON key says */
	unsigned int depth, secret_depth; /* open brackets; strings at secret_depth or deeper are secrets; 0: none */
};

/* Returns the position of the quote that ends a string, or the end of the line. */
static size_t end_of_string(const struct place *p, size_t at)
{
	while (at < p->n && p->line[at] != '"')
		at += p->line[at] == '\\' && at + 1 < p->n ? 2 : 1;
	return at < p->n ? at : p->n;
}

static bool begins(const struct place *p, size_t at, const char *with)
{
	size_t n = strlen(with);

	return p->n - at >= n && !memcmp(p->line + at, with, n);
}

/* True if the string that ends at end is truncated: a secret at its end can be incomplete. */
static bool is_cut(const struct place *p, size_t end)
{
	return end == p->n || begins(p, end + 1, p->form == LINX_FORM_JSON ? ",\"state\":\"truncated\"" : "...");
}

/*
 * Reads the characters between two strings: brackets, commas, and other words if the text has only some strings in
 * quotes.
 */
static void take_between(struct redact *r, struct place *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		char c = p->line[i];

		if (p->next && c != ',' && c != ' ')
			p->next = false;
		if (p->form != LINX_FORM_JSON)
			continue;
		if (c == '[' || c == '{') {
			p->depth++;
			if (p->member && !p->secret_depth)
				p->secret_depth = p->depth;
			p->member = false;
		} else if (c == ']' || c == '}') {
			if (p->secret_depth == p->depth)
				p->secret_depth = 0;
			p->depth -= p->depth > 0;
		} else if (c == ',') {
			p->member = false;
		}
	}
	if (p->form == LINX_FORM_QUOTED && take_bytes(r, p->line, from, to, false, false))
		search(r, false);
}

/* Handles the string from..to, without its quotes: searches it for secrets, or marks all of it. */
static void take_string(struct redact *r, struct place *p, size_t from, size_t to)
{
	bool json = p->form == LINX_FORM_JSON, key = json && begins(p, to + 1 < p->n ? to + 1 : p->n, ":");
	bool secret = !key && (p->next || p->member || p->secret_depth);

	if (!take_bytes(r, p->line, from, to, true, json))
		return;
	if (key) {
		p->member = says_next(r, REDACT_KEY);
		return;
	}
	p->member = false;
	p->next = !secret && says_next(r, REDACT_WORD_BEFORE);
	if (secret)
		mark_bytes(r, 0, r->nbytes);
	else
		search(r, is_cut(p, to));
}

static int by_place(const void *a, const void *b)
{
	const struct redact_mark *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static void put(struct redact *r, const char *s, size_t n)
{
	if (!grow(r, (void **)&r->out, &r->out_cap, r->out_len + n, 1))
		return;
	memcpy(r->out + r->out_len, s, n);
	r->out_len += n;
}

static void put_marked(struct redact *r, const char *line, size_t n)
{
	size_t at = 0, i = 0;

	if (r->nmarks)
		qsort(r->marks, r->nmarks, sizeof(*r->marks), by_place);
	while (i < r->nmarks) {
		put(r, line + at, r->marks[i].from - at);
		put(r, REDACT_MARK, strlen(REDACT_MARK));
		/* marks that overlap are replaced together */
		for (at = r->marks[i].to; i < r->nmarks && r->marks[i].from <= at; i++)
			at = r->marks[i].to > at ? r->marks[i].to : at;
	}
	put(r, line + at, n - at);
}

static void redact_line(struct redact *r, enum linx_text_form form, const char *line, size_t n)
{
	struct place p = { .line = line, .n = n, .form = form };
	size_t at = 0, quote, end;

	r->nmarks = 0;
	for (; at < n; at = end + 1) {
		const char *found = memchr(line + at, '"', n - at);

		quote = found ? (size_t)(found - line) : n;
		take_between(r, &p, at, quote);
		if (quote == n)
			break;
		end = end_of_string(&p, quote + 1);
		take_string(r, &p, quote + 1, end);
	}
	if (form == LINX_FORM_PLAIN && take_bytes(r, line, 0, n, false, false))
		search(r, false);
	put_marked(r, line, n);
}

const char *redact_apply(struct redact *r, enum linx_text_form form, const char *text, size_t *len)
{
	const char *end = text + *len, *next;

	if (!redact_knows(form))
		return NULL;
	r->out_len = 0;
	r->failed = false;
	put(r, "", 0);
	for (; text < end && !r->failed; text = next) {
		next = memchr(text, '\n', (size_t)(end - text));
		redact_line(r, form, text, (size_t)((next ? next : end) - text));
		if (next)
			put(r, "\n", 1);
		next = next ? next + 1 : end;
	}
	*len = r->out_len;
	return r->failed ? NULL : r->out;
}
