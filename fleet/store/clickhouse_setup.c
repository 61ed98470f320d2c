// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tables of linx-store in ClickHouse, and the steps from each version of them to the next. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "store/clickhouse.h"

/* First version of ClickHouse that has codecs of columns, indexes that skip, and times with nanoseconds. */
#define MODERN 21u

/*
 * Columns of the table "rows": those of a block (see rows/row_specs.h in the library), which ClickHouse finds by their
 * names, and those that linx-store adds. Version 2 of the tables has pod_columns, too. The types for MODERN servers take
 * less room on disk; a block has the older types, and the server converts its values.
 */
static const struct column {
	const char *name, *type, *modern;
} columns[] = {
	{ "machine", "String", "LowCardinality(String)" },
	{ "session", "UInt64", "UInt64 codec(ZSTD(1))" },
	{ "cpu", "Nullable(UInt32)", "Nullable(UInt32) codec(ZSTD(1))" },
	{ "seq", "Nullable(UInt64)", "Nullable(UInt64) codec(Delta, ZSTD(1))" },
	{ "part", "UInt32", "UInt32 codec(ZSTD(1))" },
	{ "kind", "String", "LowCardinality(String)" },
	{ "dir", "Nullable(String)", "LowCardinality(Nullable(String))" },
	{ "time", "Nullable(Int64)", "Nullable(Int64) codec(Delta, ZSTD(1))" },
	{ "pid", "Nullable(UInt32)", "Nullable(UInt32) codec(ZSTD(1))" },
	{ "tid", "Nullable(UInt32)", "Nullable(UInt32) codec(ZSTD(1))" },
	{ "ppid", "Nullable(UInt32)", "Nullable(UInt32) codec(ZSTD(1))" },
	{ "uid", "Nullable(UInt32)", "Nullable(UInt32) codec(ZSTD(1))" },
	{ "comm", "Nullable(String)", "LowCardinality(Nullable(String))" },
	{ "exe", "Nullable(String)", "Nullable(String) codec(ZSTD(1))" },
	{ "cmdline", "Nullable(String)", "Nullable(String) codec(ZSTD(1))" },
	{ "container", "Nullable(String)", "Nullable(String) codec(ZSTD(1))" },
	{ "call", "Nullable(String)", "LowCardinality(Nullable(String))" },
	{ "abi", "Nullable(String)", "LowCardinality(Nullable(String))" },
	{ "ret", "Nullable(Int64)", "Nullable(Int64) codec(ZSTD(1))" },
	{ "errno", "Nullable(String)", "LowCardinality(Nullable(String))" },
	{ "duration", "Nullable(UInt64)", "Nullable(UInt64) codec(ZSTD(1))" },
	{ "path", "Nullable(String)", "Nullable(String) codec(ZSTD(1))" },
	{ "flags", "Nullable(String)", "LowCardinality(Nullable(String))" },
	{ "states", "Nullable(String)", "Nullable(String) codec(ZSTD(1))" },
	{ "args", "Nullable(String)", "Nullable(String) codec(ZSTD(1))" },
	{ "spool", "UInt64", "UInt64 codec(ZSTD(1))" },
	{ "block", "UInt64", "UInt64 codec(ZSTD(1))" },
	{ "last", "UInt64", "UInt64 codec(ZSTD(1))" },
	{ "row", "UInt16", "UInt16 codec(Delta, ZSTD(1))" },
	{ "day", "Date", "Date codec(ZSTD(1))" },
	{ "at", "Nullable(DateTime) alias toDateTime(intDiv(time, 1000000000))",
	  "Nullable(DateTime64(9)) alias fromUnixTimestamp64Nano(time)" },
};

/* Columns of the container and its pod, which are texts and can be null, in their order behind the column "container". */
static const char *const pod_columns[] = { "container_name", "namespace", "pod", "workload_kind", "workload", "labels" };

#define BLOCKS                                                                                                                    \
	"create table if not exists %s.blocks (machine String, spool UInt64, first UInt64, last UInt64, session UInt64, day Date, " \
	"from_ns UInt64, to_ns UInt64, rows UInt32, cause String, cpus Array(UInt32), cpu_rows Array(UInt32), "                     \
	"first_seqs Array(UInt64), last_seqs Array(UInt64), stored DateTime default now()) "                                       \
	"engine = ReplacingMergeTree partition by day order by (machine, spool, first)"
#define FLOORS                                                                                                                    \
	"create table if not exists %s.floors (machine String, spool UInt64, floor UInt64) "                                       \
	"engine = ReplacingMergeTree(floor) order by (machine, spool)"
#define VERSIONS \
	"create table if not exists %s.versions (version UInt32, made DateTime default now()) engine = MergeTree order by version"
/*
 * Statements that make the other tables. A row of "blocks" stands for a block whose rows are in "rows", or for blocks
 * that are lost (cause: refused or spool). Its arrays have an entry for each CPU: number of rows, first and last
 * number of their records.
 */
static const char *const tables[] = { BLOCKS, FLOORS, VERSIONS };

static int run(struct clickhouse *c, const char *sql, struct problem *why)
{
	struct http_answer a;

	return clickhouse_ask(c, sql, &a, why);
}

/* The order of the table finds a block by its spool and number; ClickHouse replaces a row by one of the same place. */
static int make_rows(struct clickhouse *c, struct problem *why)
{
	bool modern = c->major >= MODERN;
	struct bytes sql = { 0 };
	int rc;

	bytes_print(&sql, "create table if not exists %s.rows (", c->database);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		bytes_print(&sql, "%s%s %s", i ? ", " : "", columns[i].name, modern ? columns[i].modern : columns[i].type);
	bytes_print(&sql, "%s) engine = ReplacingMergeTree partition by day order by (machine, spool, block, row)",
		    modern ? ", index times time type minmax granularity 1" : "");
	rc = sql.failed ? -ENOMEM : run(c, sql.data, why);
	if (sql.failed)
		problem_set(why, "out of memory");
	bytes_free(&sql);
	return rc;
}

/* Makes the tables of version 1. */
static int make_tables(struct clickhouse *c, struct problem *why)
{
	char sql[1024];
	int rc = make_rows(c, why);

	for (size_t i = 0; i < ARRAY_SIZE(tables) && !rc; i++) {
		snprintf(sql, sizeof(sql), tables[i], c->database);
		rc = run(c, sql, why);
	}
	return rc;
}

/* Asks for a number. 0, or as clickhouse_ask(). */
static int ask_number(struct clickhouse *c, const char *sql, unsigned int *n, struct problem *why)
{
	struct http_answer a;
	int rc = clickhouse_ask(c, sql, &a, why);

	if (!rc && sscanf(a.text, "%9u", n) != 1) {
		problem_set(why, "not a number: %s: %s", c->url, sql);
		return -EPROTO;
	}
	return rc;
}

/* Adds the columns of pods. An older linx-store goes on with these tables: its rows have no pods. */
static int add_pods(struct clickhouse *c, struct problem *why)
{
	const char *type = c->major >= MODERN ? "LowCardinality(Nullable(String))" : "Nullable(String)", *after = "container";
	unsigned int there = 0;
	char sql[512];
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(pod_columns) && !rc; i++) {
		/* old versions of ClickHouse do not know "add column if not exists" */
		snprintf(sql, sizeof(sql), "select count() from system.columns where database = '%s' and table = 'rows' and name = '%s'", c->database,
			 pod_columns[i]);
		rc = ask_number(c, sql, &there, why);
		snprintf(sql, sizeof(sql), "alter table %s.rows add column %s %s after %s", c->database, pod_columns[i], type, after);
		if (!rc && !there)
			rc = run(c, sql, why);
		after = pod_columns[i];
	}
	return rc;
}

/*
 * Makes ClickHouse write a part of an insert as one file. Otherwise it writes some 80 files, two for each column, and syncs
 * each of them. Merges make parts of more bytes, in which a query reads only the files of its columns.
 */
static int make_compact(struct clickhouse *c, struct problem *why)
{
	char sql[256];

	if (c->major < MODERN)
		return 0;
	snprintf(sql, sizeof(sql), "alter table %s.rows modify setting min_bytes_for_wide_part = 268435456", c->database);
	return run(c, sql, why);
}

static int make_version_2(struct clickhouse *c, struct problem *why)
{
	int rc = add_pods(c, why);

	return rc ? rc : make_compact(c, why);
}

/*
 * Step number i makes version i + 1 of the tables from version i; version 0 has no tables. A step that was interrupted
 * can be repeated.
 */
static int (*const steps[])(struct clickhouse *c, struct problem *why) = { make_tables, make_version_2 };

/* Reads the version of the tables; 0: there are none. Refuses tables of a newer version. */
static int read_version(struct clickhouse *c, unsigned int *version, struct problem *why)
{
	char sql[256];
	int rc;

	*version = 0;
	snprintf(sql, sizeof(sql), "select count() from system.tables where database = '%s' and name = 'versions'", c->database);
	rc = ask_number(c, sql, version, why);
	if (rc || !*version)
		return rc;
	snprintf(sql, sizeof(sql), "select max(version) from %s.versions", c->database);
	rc = ask_number(c, sql, version, why);
	if (rc || *version <= ARRAY_SIZE(steps))
		return rc;
	problem_set(why, "the tables are of a newer version of linx-store: %s: database %s", c->url, c->database);
	return -EPROTO;
}

/* Has new rows synced to the disk before an insert is answered, where the server can do that. */
static int sync_tables(struct clickhouse *c, struct problem *why)
{
	static const char *const synced[] = { "rows", "blocks", "floors" };
	char sql[256];
	int rc = 0;

	for (size_t i = 0; c->has_fsync && i < ARRAY_SIZE(synced) && !rc; i++) {
		snprintf(sql, sizeof(sql), "alter table %s.%s modify setting fsync_after_insert = 1, fsync_part_directory = 1", c->database, synced[i]);
		rc = run(c, sql, why);
	}
	return rc;
}

int clickhouse_set_up(struct clickhouse *c, struct problem *why)
{
	char sql[256];
	unsigned int version;
	int rc;

	snprintf(sql, sizeof(sql), "create database if not exists %s", c->database);
	rc = run(c, sql, why);
	if (!rc)
		rc = read_version(c, &version, why);
	for (; !rc && version < ARRAY_SIZE(steps); version++) {
		snprintf(sql, sizeof(sql), "insert into %s.versions (version) values (%u)", c->database, version + 1);
		rc = steps[version](c, why);
		if (!rc)
			rc = run(c, sql, why);
	}
	return rc ? rc : sync_tables(c, why);
}

int clickhouse_check_tables(struct clickhouse *c, struct problem *why)
{
	unsigned int version;
	int rc = read_version(c, &version, why);

	if (rc || version == ARRAY_SIZE(steps))
		return rc;
	problem_set(why, "the tables are missing or old: %s: database %s: run linx-store setup", c->url, c->database);
	return -EPROTO;
}
