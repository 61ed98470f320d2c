// SPDX-License-Identifier: LGPL-2.1-or-later
/* Old days of the tables in ClickHouse, which are removed. */
#include "store/store.h"

#ifdef FLEET_HAS_NATS
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define TIDY_NS 60000000000ull
/* The server's day. Its function today() gives that of its time zone. */
#define SERVER_DAY "toDate(now(), 'UTC')"

void store_print_day(char text[16], uint32_t day)
{
	time_t at = (time_t)day * 86400;
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(text, 16, "%Y-%m-%d", &tm);
}

static int drop_day(struct store *s, const char *day, struct problem *why)
{
	static const char *const tables[] = { "rows", "blocks" };
	char sql[256];
	struct http_answer a;
	int rc = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables) && !rc; i++) {
		snprintf(sql, sizeof(sql), "alter table %s.%s drop partition '%s'", s->clickhouse.database, tables[i], day);
		rc = clickhouse_ask(&s->clickhouse, sql, &a, why);
	}
	return rc;
}

/*
 * Finds the oldest day that is to be removed. It can be left in one of the tables alone. Nothing is removed that is new by
 * the server's clock or by that of this machine, both in UTC like the days. 0: day has it, or is empty; or as
 * clickhouse_ask().
 */
static int oldest_day(struct store *s, char day[16], struct problem *why)
{
	uint64_t today = (uint64_t)time(NULL) / 86400, days = s->keep_ns / SPOOL_DAY_NS;
	struct bytes sql = { 0 };
	char limit[16], here[16];
	struct http_answer a;
	int rc;

	store_print_day(here, (uint32_t)today);
	store_print_day(limit, days < today ? (uint32_t)(today - days) : 0);
	bytes_print(&sql,
		    "select day from (select min(partition) as day, max(partition) as newest, sum(if(table = 'rows', bytes_on_disk, 0)) as bytes "
		    "from system.parts where database = '%s' and table in ('rows', 'blocks') and active) where "
		    "day != newest and day < '%s' and day < toString(" SERVER_DAY ") and bytes > %" PRIu64,
		    s->clickhouse.database, here, s->keep_bytes ? s->keep_bytes : UINT64_MAX);
	if (s->keep_ns)
		bytes_print(&sql, " or day != '' and day < '%s' and day < toString(" SERVER_DAY " - %" PRIu64 ")", limit, days < today ? days : today);
	rc = sql.failed ? -ENOMEM : clickhouse_ask(&s->clickhouse, sql.data, &a, why);
	if (sql.failed)
		problem_set(why, "out of memory");
	bytes_free(&sql);
	day[0] = '\0';
	if (!rc)
		sscanf(a.text, "%10[0-9-]", day);
	return rc;
}

void store_tidy_clickhouse(struct store *s, uint64_t now)
{
	struct problem why;
	char day[16];
	int rc;

	if ((!s->keep_bytes && !s->keep_ns) || now < s->tidied_ns + TIDY_NS)
		return;
	rc = oldest_day(s, day, &why);
	if (!rc && day[0])
		rc = drop_day(s, day, &why);
	if (rc)
		complain(&s->tidying, "cannot remove old rows: %s", why.text);
	else
		complaint_over(&s->tidying);
	if (!rc && day[0])
		say_at(SAY_INFO, "removed: the rows of %s", day);
	else
		s->tidied_ns = now;
}
#endif
