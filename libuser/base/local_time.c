// SPDX-License-Identifier: LGPL-2.1-or-later
/* Local time as text. The conversion is cached, and made once for each second. */
#include <time.h>

#include "base/local_time.h"

void linx_local_time_make(struct linx_local_time *t, uint64_t wall_ns)
{
	time_t second = (time_t)(wall_ns / LINX_NS_PER_S);
	struct tm tm = { 0 };

	localtime_r(&second, &tm);
	linx_two_digits(t->day, (uint32_t)((tm.tm_year + 1900) / 100));
	linx_two_digits(t->day + 2, (uint32_t)(tm.tm_year % 100));
	linx_two_digits(t->day + 5, (uint32_t)(tm.tm_mon + 1));
	linx_two_digits(t->day + 8, (uint32_t)(tm.tm_mday));
	t->day[4] = t->day[7] = '-';
	linx_two_digits(t->clock, (uint32_t)tm.tm_hour);
	linx_two_digits(t->clock + 3, (uint32_t)tm.tm_min);
	linx_two_digits(t->clock + 6, (uint32_t)tm.tm_sec);
	t->clock[2] = t->clock[5] = ':';
	t->second_ns = wall_ns - wall_ns % LINX_NS_PER_S;
}

void linx_put_clock(struct linx_local_time *t, struct linx_strbuf *o, uint64_t wall_ns)
{
	linx_local_time_set(t, wall_ns);
	linx_strbuf_mem(o, t->clock, sizeof(t->clock));
}

void linx_put_local(struct linx_local_time *t, struct linx_strbuf *o, uint64_t wall_ns)
{
	uint32_t ns = (uint32_t)(wall_ns % LINX_NS_PER_S);
	char text[29];

	linx_local_time_set(t, wall_ns);
	memcpy(text, t->day, 10);
	text[10] = ' ';
	memcpy(text + 11, t->clock, 8);
	text[19] = '.';
	for (int i = 28; i > 19; i--, ns /= 10)
		text[i] = (char)('0' + ns % 10);
	linx_strbuf_mem(o, text, sizeof(text));
}
