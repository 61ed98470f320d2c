// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses durations: see base/duration.h. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "base/duration.h"

#define NS_PER_S 1000000000u

uint64_t linx_unit_ns(const char *unit)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", NS_PER_S }, { "m", 60ull * NS_PER_S }, { "h", 3600ull * NS_PER_S },
		{ "d", 86400ull * NS_PER_S },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(unit, units[i].name))
			return units[i].ns;
	return 0;
}

bool linx_duration_parse(const char *word, uint64_t *ns)
{
	const char *digits;
	uint64_t n, unit, part = 0;
	char *end;

	/* strtoull() alone would accept blanks and signs. */
	if (!isdigit((unsigned char)*word))
		return false;
	errno = 0;
	n = strtoull(word, &end, 10);
	digits = *end == '.' ? end + 1 : end;
	word = digits + (*end == '.' ? strspn(digits, "0123456789") : 0);
	if (errno || (*end == '.' && word == digits))
		return false;
	unit = *word ? linx_unit_ns(word) : NS_PER_S;
	if (!unit || n > INT64_MAX / unit - 1)
		return false;
	for (uint64_t tenth = unit / 10; digits < word; digits++, tenth /= 10)
		part += tenth * (uint64_t)(*digits - '0');
	*ns = n * unit + part;
	return true;
}
