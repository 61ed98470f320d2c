/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The database of ClickHouse in which linx-store stores rows, reached by HTTP. ClickHouse 18.16 and later have all that
 * is used here.
 *
 * The table "rows" has the rows, with five columns more than a file of rows: spool, block and last (the block of the
 * row, or the blocks for which the row stands), row (index in the block) and day. The table "blocks" has a row for each
 * block, "floors" the floors of spools, "versions" the versions of the tables.
 */
#ifndef STORE_CLICKHOUSE_H
#define STORE_CLICKHOUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/message.h"
#include "http/http_client.h"
#include "store/bytes.h"

struct clickhouse_settings {
	const char *url; /* http://HOST:8123 or https://HOST:8443, with /DATABASE or without; default database: linx */
	const char *user; /* NULL: the server's default user */
	const char *password; /* file with the password; NULL: none */
	const char *ca; /* file in PEM format of CA certificates; NULL: those of the system */
};

#define CLICKHOUSE_NAME_MAX 64u
struct clickhouse {
	struct http_client *http;
	char url[512]; /* the URL without its database; it never has a user or a password */
	char database[CLICKHOUSE_NAME_MAX];
	char version[64];
	unsigned int major; /* first number of the version: 18 for 18.16.1 */
	bool has_async; /* the server has the setting async_insert */
	bool has_optimize; /* the server has the setting optimize_on_insert */
	bool has_fsync; /* the server has settings of tables that sync new parts */
	/*
	 * An insert that was not answered with success may still be running, or has inserted something: one of this
	 * process, or of one that was killed.
	 */
	bool unsure;
	uint64_t id; /* random number of this process, for names of inserts */
	uint64_t inserts; /* number of inserts so far */
	char brief[64]; /* why the last request has failed, without words of the server; empty: it has not */
	void (*watch)(void *data, bool begins); /* called when a request begins and when it has ended; NULL: nobody */
	void *data; /* for watch() */
};

/* Makes *c, and sends nothing yet. 0; -1: why has the reason. clickhouse_close() is needed in both cases. */
int clickhouse_open(struct clickhouse *c, const struct clickhouse_settings *s, struct problem *why);
/* Asks the server for its version, and what it has. Returns as clickhouse_ask(). */
int clickhouse_greet(struct clickhouse *c, struct problem *why);
void clickhouse_close(struct clickhouse *c);
/*
 * Runs a statement. a->text has the result as lines, values separated by tabs; it is valid until the next statement. 0;
 * -EAGAIN: the server is away, or cannot do it now; -EPROTO: the server refuses the statement; -ENOMEM. why has the reason.
 */
int clickhouse_ask(struct clickhouse *c, const char *sql, struct http_answer *a, struct problem *why);
/*
 * Inserts data into a table. into: table, columns and format, as "rows format Native". packed: the data are the frames of
 * store/frames.h. Each block of Native is inserted as a whole or not at all. Returns as clickhouse_ask(). After a failure it may be inserted nevertheless, and c->unsure is
 * set.
 */
int clickhouse_insert(struct clickhouse *c, const char *into, const struct bytes *data, bool packed, struct problem *why);
/*
 * Makes sure that no insert is running of which it is unknown whether it has succeeded. 0; -EAGAIN: one is running, or
 * the server is away.
 */
int clickhouse_settle(struct clickhouse *c, struct problem *why);

/*
 * clickhouse_setup.c: makes database and tables, or changes tables of an older version, after clickhouse_greet().
 * Returns as clickhouse_ask().
 */
int clickhouse_set_up(struct clickhouse *c, struct problem *why);
/* Checks that the tables have the version that this program needs. Returns as clickhouse_ask(). */
int clickhouse_check_tables(struct clickhouse *c, struct problem *why);

#endif
