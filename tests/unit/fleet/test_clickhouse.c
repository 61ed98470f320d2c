// SPDX-License-Identifier: LGPL-2.1-or-later
/* Statements of linx-store to ClickHouse, and what it takes from the answers of a simulated server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "fleet/store/bytes.c"
#include "fleet/store/clickhouse.c"

static struct problem why;
/* Next answer of the server: result of http_client_post(), status, text. */
static int result;
static struct http_answer answer;
static char asked[8192]; /* last request: the words of the URL, and the data */

static char user[64], password[512]; /* settings of the client that was opened last; empty: none */

struct http_client *http_client_open(const struct http_client_opts *opts, struct problem *problem)
{
	(void)problem;
	snprintf(user, sizeof(user), "%s", opts->user ? opts->user : "");
	snprintf(password, sizeof(password), "%s", opts->password ? opts->password : "");
	assert_true(opts->fresh);
	return (struct http_client *)&answer;
}

void http_client_close(struct http_client *h)
{
	(void)h;
}

int http_client_post(struct http_client *h, const char *more, const void *data, size_t len, struct http_answer *a)
{
	(void)h;
	snprintf(asked, sizeof(asked), "%s %.*s", more, (int)len, (const char *)data);
	*a = answer;
	return result;
}

static unsigned int begun, ended; /* requests */

static void watch(void *data, bool begins)
{
	assert_ptr_equal(data, &answer);
	begun += begins;
	ended += !begins;
}

static void will_answer(int rc, long status, const char *text)
{
	result = rc;
	answer = (struct http_answer){ .status = status, .text = text, .len = strlen(text), .marked = true };
}

static void open_server(struct clickhouse *c)
{
	const struct clickhouse_settings settings = { .url = "http://db:8123/fleet" };

	assert_int_equal(clickhouse_open(c, &settings, &why), 0);
}

static void test_urls(void **state)
{
	static const char *const wrong[] = { "db:8123", "ftp://db", "http://me:secret@db:8123", "http://db/a-b", "http://db/a'b", "http://db/a/b",
					     "http://me:a/secret@db", "http://db:8123/?user=u&password=secret", "http://db/secret!", "http://db#secret" };
	struct clickhouse c;
	struct clickhouse_settings s = { .url = "https://db:8443/fleet" };

	(void)state;
	assert_int_equal(clickhouse_open(&c, &s, &why), 0);
	assert_string_equal(c.url, "https://db:8443");
	assert_string_equal(c.database, "fleet");
	s.url = "http://[::1]:8123/";
	assert_int_equal(clickhouse_open(&c, &s, &why), 0);
	assert_string_equal(c.url, "http://[::1]:8123");
	assert_string_equal(c.database, "linx");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		s.url = wrong[i];
		assert_int_equal(clickhouse_open(&c, &s, &why), -1);
		assert_null(strstr(why.text, "secret"));
	}
}

/* A password is sent with a user, and is never cut. */
static void test_passwords(void **state)
{
	char path[] = "/tmp/linx-password-test-XXXXXX", line[300];
	const struct clickhouse_settings s = { .password = path };
	int fd = mkstemp(path);
	struct clickhouse c;

	(void)state;
	assert_true(fd >= 0);
	memset(line, 'x', sizeof(line));
	for (size_t len = 254; len < 258; len++) {
		line[len] = '\n';
		assert_int_equal(pwrite(fd, line, len + 1, 0), len + 1);
		line[len] = 'x';
		assert_int_equal(clickhouse_open(&c, &s, &why), len > 255 ? -1 : 0);
		assert_true(len > 255 || (strlen(password) == len && !strcmp(user, "default")));
	}
	assert_non_null(strstr(why.text, "the password is longer than 255 bytes"));
	assert_null(strstr(why.text, "xx"));
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(clickhouse_open(&c, &s, &why), -1);
	close(fd);
	unlink(path);
	open_server(&c);
	assert_string_equal(user, "");
	assert_string_equal(password, "");
}

static void test_versions(void **state)
{
	struct clickhouse c;

	(void)state;
	open_server(&c);
	will_answer(0, 200, "18.16.1\t0\t0\t0\n");
	assert_int_equal(clickhouse_greet(&c, &why), 0);
	assert_int_equal(c.major, 18);
	assert_false(c.has_async || c.has_optimize || c.has_fsync);
	will_answer(0, 200, "26.7.2.1\t1\t1\t2\n");
	assert_int_equal(clickhouse_greet(&c, &why), 0);
	assert_int_equal(c.major, 26);
	assert_true(c.has_async && c.has_optimize && c.has_fsync);
	will_answer(0, 200, "<html>");
	assert_int_equal(clickhouse_greet(&c, &why), -EPROTO);
}

/* A failure that comes with status 200 is a failure, and only the first line of a long reason is shown. */
static void test_answers(void **state)
{
	struct http_answer a;
	struct clickhouse c;

	(void)state;
	open_server(&c);
	c.watch = watch;
	c.data = &answer;
	will_answer(0, 200, "1\n");
	assert_int_equal(clickhouse_ask(&c, "select 1", &a, &why), 0);
	assert_true(begun == 1 && ended == 1);
	will_answer(0, 200, "Code: 241, memory\nstack\n");
	assert_int_equal(clickhouse_ask(&c, "select 1", &a, &why), -EAGAIN);
	assert_string_equal(why.text, "refused: http://db:8123: Code: 241, memory");
	assert_string_equal(c.brief, "ClickHouse: Code: 241");
	will_answer(0, 200, "Code: 62. DB::Exception: syntax\nstack\n");
	assert_int_equal(clickhouse_ask(&c, "select 1", &a, &why), -EPROTO);
	assert_string_equal(why.text, "refused: http://db:8123: Code: 62. DB::Exception: syntax");
	will_answer(0, 502, "<html>\nbad gateway");
	assert_int_equal(clickhouse_ask(&c, "select 1", &a, &why), -EAGAIN);
	assert_string_equal(why.text, "not an answer of ClickHouse: http://db:8123: status 502: <html>");
	assert_string_equal(c.brief, "not an answer of ClickHouse: status 502");
	will_answer(-EIO, 0, "Timeout was reached");
	assert_int_equal(clickhouse_ask(&c, "select 1", &a, &why), -EAGAIN);
	assert_string_equal(why.text, "no answer: http://db:8123: Timeout was reached");
	assert_string_equal(c.brief, "no answer of ClickHouse");
	/* rows are not shown */
	will_answer(0, 500, "Code: 469. DB::Exception: Constraint is violated at row 1. Column values: cmdline = 'secret'\n");
	assert_int_equal(clickhouse_ask(&c, "select 1", &a, &why), -EPROTO);
	assert_string_equal(why.text, "refused: http://db:8123: Code: 469. DB::Exception: Constraint is violated at row 1. ");
	will_answer(0, 200, "1\n");
	assert_int_equal(clickhouse_ask(&c, "select 1", &a, &why), 0);
	assert_string_equal(c.brief, "");
	assert_true(begun == 7 && ended == 7);
}

/* After an insert that may be done or running nevertheless, and at the start, it is asked whether an insert is running. */
static void test_lost_answers(void **state)
{
	static const struct {
		int rc;
		long status;
		const char *text;
		int is;
	} lost[] = {
		{ -EIO, 0, "Timeout was reached", -EAGAIN },
		{ -ENOMEM, 0, "", -ENOMEM },
		{ 0, 504, "", -EAGAIN },
		{ 0, 200, "<html>", -EAGAIN },
	};
	struct bytes data = { 0 };
	struct clickhouse c;

	(void)state;
	open_server(&c);
	c.has_async = c.has_optimize = true;
	bytes_print(&data, "%d rows", 5);
	assert_true(c.unsure);
	will_answer(0, 200, "1\n");
	assert_int_equal(clickhouse_settle(&c, &why), -EAGAIN);
	will_answer(0, 200, "0\n");
	assert_int_equal(clickhouse_settle(&c, &why), 0);
	assert_non_null(strstr(asked, "startsWith(query_id, 'linx-store-fleet-')"));
	asked[0] = '\0';
	assert_int_equal(clickhouse_settle(&c, &why), 0);
	assert_string_equal(asked, "");
	will_answer(0, 200, "");
	assert_int_equal(clickhouse_insert(&c, "rows format Native", &data, false, &why), 0);
	assert_non_null(strstr(asked, "&async_insert=0&optimize_on_insert=0&query_id=linx-store-fleet-"));
	assert_non_null(strstr(asked, "-0&query=insert+into+fleet.rows%20format%20Native 5 rows"));
	assert_false(c.unsure);
	will_answer(0, 500, "Code: 1");
	assert_int_equal(clickhouse_insert(&c, "rows format Native", &data, false, &why), -EPROTO);
	assert_true(c.unsure);
	/* nobody says that the server has done the insert */
	c.unsure = false;
	will_answer(0, 200, "");
	answer.marked = false;
	assert_int_equal(clickhouse_insert(&c, "rows format Native", &data, false, &why), -EAGAIN);
	assert_string_equal(why.text, "not an answer of ClickHouse: http://db:8123: status 200: no header X-ClickHouse-");
	assert_true(c.unsure);
	for (size_t i = 0; i < sizeof(lost) / sizeof(*lost); i++) {
		c.unsure = false;
		will_answer(lost[i].rc, lost[i].status, lost[i].text);
		assert_int_equal(clickhouse_insert(&c, "rows format Native", &data, false, &why), lost[i].is);
		assert_true(c.unsure);
	}
	/* nothing is sent */
	c.unsure = false;
	data.failed = true;
	assert_int_equal(clickhouse_insert(&c, "rows format Native", &data, false, &why), -ENOMEM);
	assert_false(c.unsure);
	bytes_free(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_passwords),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_lost_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
