// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads points of time: see base/moment.h. */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/moment.h"
#include "base/parse_value.h"

#define NS_PER_S 1000000000ull
/* Years that fit into 64 bits of nanoseconds since 1970 with room for any offset. */
#define YEAR_MIN 1970
#define YEAR_MAX 2500

/* Reads a number of exactly so many digits, from least to most, and moves *at to the character after it. */
static bool take_digits(const char **at, unsigned int digits, int least, int most, int *n)
{
	*n = 0;
	for (; digits; digits--, ++*at) {
		if (!isdigit((unsigned char)**at))
			return false;
		*n = *n * 10 + (**at - '0');
	}
	return *n >= least && *n <= most;
}

static bool take_char(const char **at, const char *any_of)
{
	if (!**at || !strchr(any_of, **at))
		return false;
	++*at;
	return true;
}

/* Reads a decimal point and the digits after it, if there is a point. Digits after the ninth have no effect. */
static bool take_fraction(const char **at, uint64_t *ns)
{
	uint64_t unit = NS_PER_S / 10;

	*ns = 0;
	if (!take_char(at, "."))
		return true;
	if (!isdigit((unsigned char)**at))
		return false;
	for (; isdigit((unsigned char)**at); ++*at, unit /= 10)
		*ns += unit * (uint64_t)(**at - '0');
	return true;
}

/* Reads "HH:MM:SS" with an optional fraction. SS can be 60, for a leap second. */
static bool take_clock(const char **at, struct tm *tm, uint64_t *fraction)
{
	return take_digits(at, 2, 0, 23, &tm->tm_hour) && take_char(at, ":") && take_digits(at, 2, 0, 59, &tm->tm_min) &&
	       take_char(at, ":") && take_digits(at, 2, 0, 60, &tm->tm_sec) && take_fraction(at, fraction);
}

static bool take_date(const char **at, struct tm *tm)
{
	struct tm same;

	if (!take_digits(at, 4, YEAR_MIN, YEAR_MAX, &tm->tm_year) || !take_char(at, "-") ||
	    !take_digits(at, 2, 1, 12, &tm->tm_mon) || !take_char(at, "-") || !take_digits(at, 2, 1, 31, &tm->tm_mday))
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon--;
	same = *tm;
	/* timegm(3) turns the 30th of February into a day of March */
	return timegm(&same) != -1 && same.tm_mday == tm->tm_mday;
}

/*
 * Reads the time zone: "Z", "+02:00", "-0530", or nothing for local time. Returns the time *tm of that zone as seconds
 * since 1970, or -1 if the text is not a time zone.
 */
static time_t take_zone(const char **at, struct tm *tm)
{
	int hours, minutes, sign = **at == '-' ? -1 : 1;

	if (!**at) {
		tm->tm_isdst = -1;
		return mktime(tm);
	}
	if (take_char(at, "Zz"))
		return timegm(tm);
	if (!take_char(at, "+-") || !take_digits(at, 2, 0, 23, &hours))
		return -1;
	take_char(at, ":");
	return take_digits(at, 2, 0, 59, &minutes) ? timegm(tm) - sign * (hours * 3600 + minutes * 60) : -1;
}

static bool read_calendar(const char *at, uint64_t *ns)
{
	struct tm tm = { 0 };
	uint64_t fraction;
	time_t s;

	if (!take_date(&at, &tm) || !take_char(&at, "Tt ") || !take_clock(&at, &tm, &fraction))
		return false;
	s = take_zone(&at, &tm);
	*ns = (uint64_t)s * NS_PER_S + fraction;
	return s >= 0 && !*at;
}

static bool read_clock(const char *at, uint64_t *ns)
{
	struct tm tm = { 0 };
	uint64_t fraction;

	if (!take_clock(&at, &tm, &fraction) || *at)
		return false;
	*ns = (uint64_t)(tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) * NS_PER_S + fraction;
	return true;
}

/* Reads seconds since 1970, as -ttt shows them. */
static bool read_seconds(const char *word, uint64_t *ns)
{
	size_t n = strspn(word, "0123456789.");

	return n && !word[n] && value_duration(word, ns);
}

bool moment_read(const char *word, struct moment *m)
{
	*m = (struct moment){ .text = word };
	if (*word == '+' && value_duration(word + 1, &m->ns))
		m->kind = MOMENT_AFTER;
	else if (*word == '@' && read_seconds(word + 1, &m->ns))
		m->kind = MOMENT_AT;
	else if (read_clock(word, &m->ns))
		m->kind = MOMENT_CLOCK;
	else if (read_calendar(word, &m->ns))
		m->kind = MOMENT_AT;
	return m->kind != MOMENT_NONE;
}

/* Returns the wall clock of a local time of day. The day is the one that comes "days" days after that of begin_ns. */
static uint64_t on_day(uint64_t begin_ns, int days, uint64_t day_ns)
{
	time_t begin = (time_t)(begin_ns / NS_PER_S), s = (time_t)(day_ns / NS_PER_S);
	struct tm tm = { 0 };

	if (!localtime_r(&begin, &tm))
		return begin_ns;
	tm.tm_mday += days;
	tm.tm_hour = (int)(s / 3600);
	tm.tm_min = (int)(s / 60 % 60);
	tm.tm_sec = (int)(s % 60);
	tm.tm_isdst = -1;
	return (uint64_t)mktime(&tm) * NS_PER_S + day_ns % NS_PER_S;
}

static uint64_t resolve_clock(uint64_t day_ns, uint64_t begin_ns, uint64_t end_ns)
{
	uint64_t today = on_day(begin_ns, 0, day_ns), tomorrow = on_day(begin_ns, 1, day_ns);

	return today < begin_ns && tomorrow <= end_ns ? tomorrow : today;
}

uint64_t moment_resolve(const struct moment *m, uint64_t begin_ns, uint64_t end_ns)
{
	switch (m->kind) {
	case MOMENT_AFTER:
		return m->ns > UINT64_MAX - begin_ns ? UINT64_MAX : begin_ns + m->ns;
	case MOMENT_CLOCK:
		return resolve_clock(m->ns, begin_ns, end_ns);
	default:
		return m->ns;
	}
}
