// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses numbers and similar words: see base/parse_value.h. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/array_size.h"
#include "base/parse_value.h"

#define NS_PER_S 1000000000ull

/*
 * Reads the number at the beginning of word, and sets *end to the character after the number. False: the word does not
 * begin with a number, or the number is too large.
 */
static bool leading_number(const char *word, uint64_t *n, const char **end)
{
	char *stop;

	/* strtoull() would also accept blanks and a sign */
	if (!isdigit((unsigned char)*word))
		return false;
	errno = 0;
	*n = strtoull(word, &stop, 10);
	*end = stop;
	return !errno;
}

bool value_number(const char *word, uint64_t *n)
{
	const char *end;

	return leading_number(word, n, &end) && !*end;
}

bool value_size(const char *word, uint64_t *bytes)
{
	static const char units[] = "KMG";
	const char *end, *unit;
	unsigned int shift = 0;
	uint64_t n;

	if (!leading_number(word, &n, &end))
		return false;
	if (*end) {
		unit = strchr(units, toupper((unsigned char)*end));
		if (!unit || end[1])
			return false;
		shift = 10 * (unsigned int)(unit - units + 1);
	}
	if (n > UINT64_MAX >> shift)
		return false;
	*bytes = n << shift;
	return true;
}

void value_size_text(uint64_t n, char text[32])
{
	static const char *const units[] = { "", "K", "M", "G" };
	unsigned int i = 0;

	for (; i < 3 && n && !(n % 1024); i++)
		n /= 1024;
	snprintf(text, 32, "%llu%s", (unsigned long long)n, units[i]);
}

static uint64_t unit_ns(const char *unit)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", NS_PER_S }, { "s", NS_PER_S },	  { "ms", 1000000 },	    { "us", 1000 },
		{ "ns", 1 },	  { "m", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S },
		{ "d", 86400 * NS_PER_S },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(unit, units[i].name))
			return units[i].ns;
	return 0;
}

/* Returns the value in ns of the digits after the decimal point of a number in this unit. */
static uint64_t fraction_ns(const char *digits, uint64_t unit)
{
	uint64_t ns = 0;

	for (unit /= 10; isdigit((unsigned char)*digits); digits++, unit /= 10)
		ns += unit * (uint64_t)(*digits - '0');
	return ns;
}

bool value_duration(const char *word, uint64_t *ns)
{
	const char *end, *name;
	uint64_t n, unit;

	if (!leading_number(word, &n, &end))
		return false;
	name = end;
	if (*end == '.') {
		if (!isdigit((unsigned char)end[1]))
			return false;
		name = end + 1 + strspn(end + 1, "0123456789");
	}
	unit = unit_ns(name);
	if (!unit || n > UINT64_MAX / 2 / unit)
		return false;
	*ns = n * unit + (*end == '.' ? fraction_ns(end + 1, unit) : 0);
	return true;
}

/* Reads a cgroup by its directory, whose inode number is the id that the kernel uses. */
bool value_cgroup(const char *word, uint64_t *id)
{
	struct statfs fs;
	struct stat st;

	if (statfs(word, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC || stat(word, &st) || !S_ISDIR(st.st_mode))
		return false;
	*id = st.st_ino;
	return true;
}

bool value_user(const char *word, uint32_t *uid)
{
	const struct passwd *user = getpwnam(word);
	uint64_t n;

	if (user) {
		*uid = user->pw_uid;
		return true;
	}
	/* (uid_t)-1 means "no change" in system calls, so no user has it */
	if (!value_number(word, &n) || n >= UINT32_MAX)
		return false;
	*uid = (uint32_t)n;
	return true;
}

int value_choice(const char *word, const char *choices)
{
	size_t len = strlen(word);

	for (int i = 0; *choices; i++) {
		size_t n = strcspn(choices, "|");

		if (n == len && !strncmp(word, choices, n))
			return i;
		choices += n + (choices[n] == '|');
	}
	return -1;
}

static bool add_pid(struct pid_list *list, uint64_t pid)
{
	int *pids;

	if (!pid || pid > INT_MAX)
		return false;
	pids = reallocarray(list->pids, list->n + 1, sizeof(*pids));
	if (!pids)
		return false;
	pids[list->n++] = (int)pid;
	list->pids = pids;
	return true;
}

bool value_pids(const char *word, struct pid_list *list)
{
	static const char separators[] = ", \t\n"; /* the output of pidof(1) has blanks between the numbers */
	uint64_t pid;

	word += strspn(word, separators);
	if (!*word)
		return false;
	while (*word) {
		if (!leading_number(word, &pid, &word) || !add_pid(list, pid))
			return false;
		if (*word && !strchr(separators, *word))
			return false;
		word += strspn(word, separators);
	}
	return true;
}

const char *value_skip_nots(const char *expr, bool *not)
{
	for (*not = false; *expr == '!'; expr++)
		*not = !*not;
	return expr;
}

bool value_list_word(const char **list, const char **word, size_t *len)
{
	*word = *list + strspn(*list, ",");
	*len = strcspn(*word, ",");
	*list = *word + *len;
	return *len;
}
