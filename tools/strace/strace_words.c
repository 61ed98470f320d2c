// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads words of strace's options: sets, descriptors, precisions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "strace/strace_cmd.h"

int strace_add_word(struct strace_words *w, const char *word)
{
	const char **words = reallocarray(w->words, w->n + 2, sizeof(*words));

	if (!words)
		return -1;
	words[w->n++] = word;
	words[w->n] = NULL;
	w->words = words;
	return 0;
}

/*
 * True for "socketcall". By this word strace selects only those uses of the call that are none of its subcalls. A
 * pattern selects the same uses in linx, so the word becomes a pattern. "ipc" stays a word, since it is also the old
 * name of a class.
 */
static bool is_whole_call(const char *word, size_t len)
{
	static const char whole[] = "socketcall";

	return len == sizeof(whole) - 1 && !strncmp(word, whole, len);
}

char *strace_list(const char *expr)
{
	char *copy = malloc(2 * strlen(expr) + 1), *to = copy;
	const char *word;
	size_t len;

	for (; copy && *expr == '!'; expr++)
		*to++ = '!';
	while (copy && value_list_word(&expr, &word, &len)) {
		if (to > copy && to[-1] != '!')
			*to++ = ',';
		to += sprintf(to, is_whole_call(word, len) ? "/^%.*s$" : "%.*s", (int)len, word);
	}
	if (copy)
		*to = '\0';
	return copy;
}

static unsigned int find_word(const struct strace_word *words, unsigned int n, const char *word, size_t len)
{
	for (unsigned int i = 0; i < n; i++)
		if (strlen(words[i].name) == len && !strncmp(words[i].name, word, len))
			return words[i].bits;
	return 0;
}

bool strace_set(const char *expr, const struct strace_word *words, unsigned int n, unsigned int *set,
		const char **bad)
{
	unsigned int all = 0, found = 0;
	const char *word;
	size_t len;
	bool not;

	for (unsigned int i = 0; i < n; i++)
		all |= words[i].bits;
	expr = value_skip_nots(expr, &not);
	if (!strcmp(expr, "all") || !strcmp(expr, "none")) {
		*set = (*expr == 'a') != not ? all : 0;
		return true;
	}
	*bad = expr;
	while (value_list_word(&expr, &word, &len)) {
		unsigned int bits = find_word(words, n, word, len);

		*bad = word;
		if (!bits)
			return false;
		found |= bits;
	}
	*set = not ? all & ~found : found;
	return found;
}

bool strace_fds_valid(const char *expr)
{
	bool not, any = false;
	const char *word;
	char digits[16];
	uint64_t n;
	size_t len;

	expr = value_skip_nots(expr, &not);
	if (!strcmp(expr, "all") || !strcmp(expr, "none"))
		return true;
	while (value_list_word(&expr, &word, &len)) {
		if (len >= sizeof(digits))
			return false;
		memcpy(digits, word, len);
		digits[len] = '\0';
		if (!value_number(digits, &n) || n > INT32_MAX)
			return false;
		any = true;
	}
	return any;
}

bool strace_precision(const char *word, unsigned int *digits)
{
	int i = value_choice(word, "s|ms|us|ns");

	if (i >= 0)
		*digits = 3 * (unsigned int)i;
	return i >= 0;
}
