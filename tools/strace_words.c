// SPDX-License-Identifier: LGPL-2.1-or-later
/* Words of strace's options: sets, signals, precisions. */
#include <signal.h>
#include <stdio.h>
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

/* The next word of a list, which may be joined by more commas than it takes. False: there is none. */
static bool list_word(const char **list, const char **word, size_t *len)
{
	*word = *list + strspn(*list, ",");
	*len = strcspn(*word, ",");
	*list = *word + *len;
	return *len;
}

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
 * To strace this name stands for calls of it alone that are none of its parts:
 * what a pattern selects. Not so "ipc", which is the old name of a class.
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
	while (copy && list_word(&expr, &word, &len)) {
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
	expr = skip_nots(expr, &not);
	if (!strcmp(expr, "all") || !strcmp(expr, "none")) {
		*set = (*expr == 'a') != not ? all : 0;
		return true;
	}
	*bad = expr;
	while (list_word(&expr, &word, &len)) {
		unsigned int bits = find_word(words, n, word, len);

		*bad = word;
		if (!bits)
			return false;
		found |= bits;
	}
	*set = not ? all & ~found : found;
	return found;
}

/* What the kernel's headers call them, and other names of the same. */
static const struct {
	const char *name;
	int signo;
} signal_names[] = {
	{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT }, { "ILL", SIGILL }, { "TRAP", SIGTRAP },
	{ "ABRT", SIGABRT }, { "BUS", SIGBUS }, { "FPE", SIGFPE }, { "KILL", SIGKILL },
	{ "USR1", SIGUSR1 }, { "SEGV", SIGSEGV }, { "USR2", SIGUSR2 }, { "PIPE", SIGPIPE },
	{ "ALRM", SIGALRM }, { "TERM", SIGTERM }, { "STKFLT", SIGSTKFLT }, { "CHLD", SIGCHLD },
	{ "CONT", SIGCONT }, { "STOP", SIGSTOP }, { "TSTP", SIGTSTP }, { "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU }, { "URG", SIGURG }, { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM }, { "PROF", SIGPROF }, { "WINCH", SIGWINCH }, { "IO", SIGIO },
	{ "PWR", SIGPWR }, { "SYS", SIGSYS }, { "IOT", SIGABRT }, { "CLD", SIGCHLD }, { "POLL", SIGIO },
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
	for (size_t i = 0; i < sizeof(signal_names) / sizeof(signal_names[0]); i++)
		if (is_name(word, len, signal_names[i].name))
			return signal_names[i].signo;
	return realtime(word, len);
}

bool strace_signals(const char *expr, uint64_t *set, const char **bad)
{
	uint64_t found = 0;
	const char *word;
	size_t len;
	bool not;

	expr = skip_nots(expr, &not);
	if (!strcmp(expr, "all") || !strcmp(expr, "none")) {
		*set = (*expr == 'a') != not ? ~0ull : 0;
		return true;
	}
	*bad = expr;
	while (list_word(&expr, &word, &len)) {
		int signo = find_signal(word, len);

		*bad = word;
		if (!signo)
			return false;
		found |= 1ull << (signo - 1);
	}
	*set = not ? ~found : found;
	return found;
}

bool strace_fds_valid(const char *expr)
{
	bool not, any = false;
	const char *word;
	char digits[16];
	uint64_t n;
	size_t len;

	expr = skip_nots(expr, &not);
	if (!strcmp(expr, "all") || !strcmp(expr, "none"))
		return true;
	while (list_word(&expr, &word, &len)) {
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
