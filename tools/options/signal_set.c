// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads sets of signals in the form that strace uses. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array_size.h"
#include "options/signal_set.h"
#include "base/parse_value.h"

#define SIGNALS 64

/* Names of signals, and further names for the same signals, as in the kernel's headers. */
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

/* Returns the number of a signal, given as "SIGHUP", "hup" or "1"; 0: there is no such signal. */
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
	for (size_t i = 0; i < ARRAY_SIZE(signal_names); i++)
		if (is_name(word, len, signal_names[i].name))
			return signal_names[i].signo;
	return realtime(word, len);
}

bool signal_set_read(const char *expr, uint64_t *set, const char **bad)
{
	uint64_t found = 0;
	const char *word;
	size_t len;
	bool not;

	expr = value_skip_nots(expr, &not);
	if (!strcmp(expr, "all") || !strcmp(expr, "none")) {
		*set = (*expr == 'a') != not ? ~0ull : 0;
		return true;
	}
	*bad = expr;
	while (value_list_word(&expr, &word, &len)) {
		int signo = find_signal(word, len);

		*bad = word;
		if (!signo)
			return false;
		found |= 1ull << (signo - 1);
	}
	*set = not ? ~found : found;
	return found;
}
