// SPDX-License-Identifier: LGPL-2.1-or-later
/* Words of strace's options: sets, signals, precisions. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "strace.h"

#define SIGNALS 64

/* What a set begins with: is it the opposite of what follows? */
static const char *skip_nots(const char *expr, bool *not)
{
	for (*not = false; *expr == '!'; expr++)
		*not = !*not;
	return expr;
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
	bool not;

	for (unsigned int i = 0; i < n; i++)
		all |= words[i].bits;
	expr = skip_nots(expr, &not);
	if (!strcmp(expr, "all") || !strcmp(expr, "none")) {
		*set = (*expr == 'a') != not ? all : 0;
		return true;
	}
	for (;; expr++) {
		size_t len = strcspn(expr, ",");
		unsigned int bits = find_word(words, n, expr, len);

		if (!bits) {
			*bad = expr;
			return false;
		}
		found |= bits;
		expr += len;
		if (!*expr)
			break;
	}
	*set = not ? all & ~found : found;
	return true;
}

/* Names of which the C library knows only the usual ones. */
static const struct {
	const char *name;
	int signo;
} more_signals[] = {
	{ "IOT", SIGABRT },
	{ "CLD", SIGCHLD },
	{ "POLL", SIGIO },
	{ "UNUSED", SIGSYS },
};

static bool is_name(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !strncasecmp(word, name, len);
}

static int realtime(const char *word, size_t len)
{
	char *end;
	long n;

	if (is_name(word, len, "RTMIN"))
		return 32;
	if (len < 4 || strncasecmp(word, "RT_", 3))
		return 0;
	n = strtol(word + 3, &end, 10);
	return end == word + len && n >= 0 && n <= 32 ? (int)(32 + n) : 0;
}

/* "SIGHUP", "hup", "1"; 0: none. */
static int find_signal(const char *word, size_t len)
{
	char *end;
	long n;

	if (len && strspn(word, "0123456789") >= len) {
		n = strtol(word, &end, 10);
		return n >= 1 && n <= SIGNALS ? (int)n : 0;
	}
	if (len > 3 && !strncasecmp(word, "SIG", 3)) {
		word += 3;
		len -= 3;
	}
	for (int i = 1; i < 32; i++)
		if (sigabbrev_np(i) && is_name(word, len, sigabbrev_np(i)))
			return i;
	for (size_t i = 0; i < sizeof(more_signals) / sizeof(more_signals[0]); i++)
		if (is_name(word, len, more_signals[i].name))
			return more_signals[i].signo;
	return realtime(word, len);
}

bool strace_signals(const char *expr, uint64_t *set, const char **bad)
{
	uint64_t found = 0;
	bool not;

	expr = skip_nots(expr, &not);
	if (!strcmp(expr, "all") || !strcmp(expr, "none")) {
		*set = (*expr == 'a') != not ? ~0ull : 0;
		return true;
	}
	for (;; expr++) {
		size_t len = strcspn(expr, ",");
		int signo = find_signal(expr, len);

		if (!signo) {
			*bad = expr;
			return false;
		}
		found |= 1ull << (signo - 1);
		expr += len;
		if (!*expr)
			break;
	}
	*set = not ? ~found : found;
	return true;
}

bool strace_fds_valid(const char *expr)
{
	uint64_t n;
	bool not;

	expr = skip_nots(expr, &not);
	if (!strcmp(expr, "all") || !strcmp(expr, "none"))
		return true;
	for (;; expr++) {
		char word[16];
		size_t len = strcspn(expr, ",");

		if (len >= sizeof(word))
			return false;
		memcpy(word, expr, len);
		word[len] = '\0';
		if (!value_number(word, &n) || n > INT32_MAX)
			return false;
		expr += len;
		if (!*expr)
			return true;
	}
}

bool strace_precision(const char *word, unsigned int *digits)
{
	int i = value_choice(word, "s|ms|us|ns");

	if (i >= 0)
		*digits = 3 * (unsigned int)i;
	return i >= 0;
}
