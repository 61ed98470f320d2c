// SPDX-License-Identifier: LGPL-2.1-or-later
/* Statements and inserts by HTTP: see store/clickhouse.h. */
#include "store/clickhouse.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/array_size.h"

#define URL "http://127.0.0.1:8123"
#define DATABASE "linx"
/* Longest time of a statement or insert, and of the server's silence meanwhile. A slow line needs more than a minute. */
#define PATIENCE_MS 300000
#define STALL_S 60
/* Limit of the result of a statement: floors and blocks of the greatest ledger have less. */
#define ANSWER_MAX (512u << 20)
/* Beginning of an error; the number of the error follows. */
#define ERROR "Code: "
/* Beginning of headers that each answer of ClickHouse has. The answer to an insert is empty, as one of a proxy may be. */
#define MARK "X-ClickHouse-"
/* Beginning of values of a row in an error. */
#define VALUES "Column values:"
#define PASSWORD_MAX 255
/* Parameters of a packed insert: see store/frames.h. */
#define UNPACK "&decompress=1&http_native_compression_disable_checksumming_on_decompress=1"

/* ---- opening ------------------------------------------------------------------------------------------------ */

static bool is_name(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '_')
			return false;
	return n && n < CLICKHOUSE_NAME_MAX;
}

/* Splits the URL into server and database. */
static int take_url(struct clickhouse *c, const char *url, struct problem *why)
{
	const char *host = strstr(url, "://"), *slash = host ? strchr(host + 3, '/') : NULL;
	size_t len = slash ? (size_t)(slash - url) : strlen(url);
	const char *database = slash && slash[1] ? slash + 1 : DATABASE;

	/* a URL with one of these characters may have a password, which no message may show */
	if (!host || (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) || strpbrk(url, "@?#") || len >= sizeof(c->url))
		return problem_set(why, "not a server: --clickhouse: write http://HOST:8123 or https://HOST:8443/DATABASE");
	if (!is_name(database))
		return problem_set(why, "not the name of a database: --clickhouse: write letters, digits and '_' after the server's '/'");
	snprintf(c->url, sizeof(c->url), "%.*s", (int)len, url);
	snprintf(c->database, sizeof(c->database), "%s", database);
	return 0;
}

/* Reads the first line of the file with the password. */
static int read_password(const char *path, char text[PASSWORD_MAX + 2], struct problem *why)
{
	FILE *f = path ? fopen(path, "re") : NULL;
	bool good = f && fgets(text, PASSWORD_MAX + 2, f);
	size_t len = strcspn(text, "\n");

	if (path && !good)
		problem_set(why, "cannot read: %s: %s", path, f ? "it has no password" : strerror(errno));
	else if (len > PASSWORD_MAX)
		problem_set(why, "cannot read: %s: the password is longer than %d bytes", path, PASSWORD_MAX);
	if (f)
		fclose(f);
	text[len] = '\0';
	return (path && !good) || len > PASSWORD_MAX ? -1 : 0;
}

static int open_client(struct clickhouse *c, const struct clickhouse_settings *s, struct problem *why)
{
	char password[PASSWORD_MAX + 2] = "";
	const struct http_client_opts opts = {
		.url = c->url,
		.what = "use ClickHouse",
		.type = "application/octet-stream",
		.patience_ms = PATIENCE_MS,
		.stall_s = STALL_S,
		.fresh = true,
		.answer_max = ANSWER_MAX,
		.mark = MARK,
		.user = s->user ? s->user : s->password ? "default" : NULL, /* libcurl sends no password without a user */
		.password = s->password ? password : NULL,
		.ca = s->ca,
	};

	if (!read_password(s->password, password, why))
		c->http = http_client_open(&opts, why);
	explicit_bzero(password, sizeof(password));
	return c->http ? 0 : -1;
}

int clickhouse_open(struct clickhouse *c, const struct clickhouse_settings *s, struct problem *why)
{
	*c = (struct clickhouse){ .unsure = true };
	if (getrandom(&c->id, sizeof(c->id), 0) != sizeof(c->id))
		return problem_set(why, "cannot get random numbers: %s", strerror(errno));
	return take_url(c, s->url ? s->url : URL, why) || open_client(c, s, why) ? -1 : 0;
}

void clickhouse_close(struct clickhouse *c)
{
	if (c->http)
		http_client_close(c->http);
	c->http = NULL;
}

/* ---- statements --------------------------------------------------------------------------------------------- */

/*
 * True for an error that says how the server is, and nothing about the statement: its disk or memory is full, a limit is
 * reached, it has too many parts, a right is missing.
 */
static bool is_state(const char *error)
{
	static const int codes[] = {
		75, /* a file cannot be written */
		76, /* a file cannot be opened */
		159, /* time has run out */
		164, /* read only */
		173, /* memory of the system */
		201, /* quota */
		202, /* too many statements */
		203, /* connections */
		209, 210, /* network */
		225, /* no keeper */
		236, /* the server ends */
		241, /* memory */
		242, /* the table is read only */
		243, /* disk is full */
		252, /* too many parts */
		285, 286, /* too few replicas */
		319, /* replicas: not known whether inserted */
		394, /* cancelled */
		439, /* threads */
		497, /* right is missing */
		499, /* disk of objects */
		999, /* replicas: no keeper */
		1001, /* memory or files, as C++ reports them */
	};
	long code = strtol(error + strlen(ERROR), NULL, 10);

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* Length of what is shown of a server's words: the first line, up to values of rows, which some refusals have. */
static int shown(const char *text)
{
	size_t line = strcspn(text, "\n");
	const char *values = strstr(text, VALUES);

	return (int)(values && (size_t)(values - text) < line ? (size_t)(values - text) : line);
}

/* Notes why a request has failed, for everyone. */
static void set_brief(struct clickhouse *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void set_brief(struct clickhouse *c, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(c->brief, sizeof(c->brief), fmt, args);
	va_end(args);
}

/* Judges the answer to a statement. */
static int judge(struct clickhouse *c, int rc, const struct http_answer *a, struct problem *why)
{
	c->brief[0] = '\0';
	if (rc == -ENOMEM) {
		problem_set(why, "out of memory");
		return rc;
	}
	if (rc) {
		set_brief(c, "no answer of ClickHouse");
		problem_set(why, "no answer: %s: %s", c->url, a->text);
		return -EAGAIN;
	}
	if (a->len >= ANSWER_MAX) {
		problem_set(why, "the answer is too long: %s", c->url);
		return -EPROTO;
	}
	if (a->status == 200 && a->marked && strncmp(a->text, ERROR, strlen(ERROR)) != 0)
		return 0;
	if (strncmp(a->text, ERROR, strlen(ERROR)) != 0) {
		/* a proxy that has no answer of ClickHouse knows nothing about the statement, which may still be running */
		set_brief(c, "not an answer of ClickHouse: status %ld", a->status);
		problem_set(why, "not an answer of ClickHouse: %s: status %ld: %.*s", c->url, a->status, a->len ? shown(a->text) : INT_MAX,
			    a->len ? a->text : "no header " MARK);
		return -EAGAIN;
	}
	set_brief(c, "ClickHouse: " ERROR "%ld", strtol(a->text + strlen(ERROR), NULL, 10));
	problem_set(why, "refused: %s: %.*s", c->url, shown(a->text), a->text);
	return is_state(a->text) ? -EAGAIN : -EPROTO;
}

/* Sends a request. A result is sent only when all of it is there, so that a failure has a status of its own. */
static int request(struct clickhouse *c, const char *more, const void *data, size_t len, struct http_answer *a, struct problem *why)
{
	char words[1024];
	int rc;

	snprintf(words, sizeof(words), "/?wait_end_of_query=1%s", more);
	if (c->watch)
		c->watch(c->data, true);
	rc = http_client_post(c->http, words, data, len, a);
	if (c->watch)
		c->watch(c->data, false);
	return judge(c, rc, a, why);
}

int clickhouse_ask(struct clickhouse *c, const char *sql, struct http_answer *a, struct problem *why)
{
	return request(c, "", sql, strlen(sql), a, why);
}

int clickhouse_greet(struct clickhouse *c, struct problem *why)
{
	static const char sql[] = "select version(), (select count() from system.settings where name = 'async_insert'), "
				  "(select count() from system.settings where name = 'optimize_on_insert'), "
				  "(select count() from system.merge_tree_settings where name in ('fsync_after_insert', 'fsync_part_directory'))";
	struct http_answer a;
	unsigned int async, optimize, fsync;
	int rc = clickhouse_ask(c, sql, &a, why);

	if (rc)
		return rc;
	if (sscanf(a.text, "%63[0-9.]\t%u\t%u\t%u", c->version, &async, &optimize, &fsync) != 4) {
		problem_set(why, "not ClickHouse: %s", c->url);
		return -EPROTO;
	}
	c->major = (unsigned int)strtoul(c->version, NULL, 10);
	c->has_async = async > 0;
	c->has_optimize = optimize > 0;
	c->has_fsync = fsync == 2;
	return 0;
}

/* ---- inserts ------------------------------------------------------------------------------------------------ */

/* Appends text to a URL; letters and digits stay, and other characters become %XX. */
static void put_escaped(struct bytes *b, const char *text)
{
	for (; *text; text++)
		bytes_print(b, isalnum((unsigned char)*text) ? "%c" : "%%%02X", (unsigned char)*text);
}

int clickhouse_insert(struct clickhouse *c, const char *into, const struct bytes *data, bool packed, struct problem *why)
{
	struct bytes more = { 0 };
	struct http_answer a;
	int rc;

	/*
	 * an asynchronous insert would be answered before the rows are a part of the table; and the server need not look for
	 * rows of one place in an insert, which has none: this takes a third of its time
	 */
	bytes_print(&more, "%s%s%s&query_id=linx-store-%s-%016" PRIx64 "-%" PRIu64 "&query=insert+into+%s.", c->has_async ? "&async_insert=0" : "",
		    c->has_optimize ? "&optimize_on_insert=0" : "", packed ? UNPACK : "", c->database, c->id, c->inserts++, c->database);
	put_escaped(&more, into);
	if (more.failed || data->failed) {
		bytes_free(&more);
		problem_set(why, "out of memory");
		return -ENOMEM;
	}
	rc = request(c, more.data, data->data, data->len, &a, why);
	bytes_free(&more);
	if (!rc && a.len) {
		set_brief(c, "not an answer of ClickHouse");
		problem_set(why, "not the answer to an insert: %s: %.*s", c->url, shown(a.text), a.text);
		rc = -EAGAIN;
	}
	/* a refused insert can have inserted something too, as before a view that fails */
	c->unsure |= rc != 0;
	return rc;
}

int clickhouse_settle(struct clickhouse *c, struct problem *why)
{
	char sql[256];
	struct http_answer a;
	int rc;

	if (!c->unsure)
		return 0;
	snprintf(sql, sizeof(sql), "select count() from system.processes where startsWith(query_id, 'linx-store-%s-')", c->database);
	rc = clickhouse_ask(c, sql, &a, why);
	if (rc)
		return rc;
	if (strcmp(a.text, "0\n") != 0) {
		problem_set(why, "an earlier insert is still running: %s", c->url);
		return -EAGAIN;
	}
	c->unsure = false;
	return 0;
}
