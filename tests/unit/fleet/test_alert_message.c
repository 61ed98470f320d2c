// SPDX-License-Identifier: LGPL-2.1-or-later
/* Alerts from the network: what counts as one, and for which machine; headers for receivers, and their answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/alert/otlp.c"
#include "common/base/json_pos.c"
#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "common/http/http_heads.c"
#include "common/spool/spool_block.c"
#define text_of alert_text_of
#include "fleet/store/alert_message.c"
#include "fleet/store/alert_post.c"

#define GOOD "\"hostname\":\"web-1\",\"rule\":\"r\",\"priority\":\"Error\",\"time\":\"2026-01-01T00:00:00Z\""

static struct {
	int rc;
	struct http_answer answer;
	char body[4096];
	size_t len;
} server;

struct http_client *http_client_open(const struct http_client_opts *opts, struct problem *why)
{
	(void)opts, (void)why;
	return NULL;
}

int http_client_post(struct http_client *h, const char *more, const void *data, size_t len, struct http_answer *a)
{
	(void)h;
	assert_null(more);
	assert_true(len < sizeof(server.body));
	memcpy(server.body, data, len);
	server.len = len;
	*a = server.answer;
	return server.rc;
}

static const char *wrong(const char *text, uint64_t *lost)
{
	size_t len = strlen(text);
	char *exact = malloc(len ? len : 1); /* no byte follows, as in a message */
	const char *what;

	memcpy(exact, text, len);
	what = alert_check("web-1", exact, len, lost);
	free(exact);
	return what;
}

static void test_alerts(void **state)
{
	static const struct {
		const char *text, *what;
	} all[] = {
		{ "{" GOOD "}", NULL },
		{ " {" GOOD ",\"output\":\"\\u00fc \xc3\xbc \xf0\x9f\x98\x80\",\"tags\":[]} \n", NULL },
		{ "", "of a size that alerts have" },
		{ "{" GOOD, "a JSON object" },
		{ "{" GOOD "}{}", "a JSON object" },
		{ "{" GOOD "} x", "a JSON object" },
		{ "[]", "a JSON object" },
		{ "\"x\"", "a JSON object" },
		{ "{" GOOD ",\"output\":\"\xff\"}", "UTF-8" },
		{ "{" GOOD ",\"output\":\"\xc0\x80\"}", "UTF-8" },
		{ "{" GOOD ",\"output\":\"\xed\xa0\x80\"}", "UTF-8" },
		{ "{" GOOD ",\"output\":\"\xf4\x90\x80\x80\"}", "UTF-8" },
		{ "{" GOOD ",\"output\":\"\xe2\x82", "UTF-8" },
		{ "{" GOOD ",\"rule\":\"s\"}", "an object with clear keys" },
		{ "{" GOOD ",\"Hostname\":\"db\"}", "an object with clear keys" },
		{ "{" GOOD ",\"ho\xc5\xbftname\":\"db\"}", "an object with clear keys" },
		{ "{" GOOD ",\"\":1}", "an object with clear keys" },
		{ "{\"hostname\":\"web-1\"}", "an alert" },
		{ "{" GOOD ",\"x\":{\"hostname\":\"db\"}}", NULL },
		{ "{\"hostname\":\"db\",\"rule\":\"r\",\"priority\":\"p\",\"time\":\"t\"}", "an alert of this machine" },
		{ "{\"hostname\":\"web-10\",\"rule\":\"r\",\"priority\":\"p\",\"time\":\"t\"}", "an alert of this machine" },
		{ "{\"hostname\":\"web-1\\u0000\",\"rule\":\"r\",\"priority\":\"p\",\"time\":\"t\"}", "an alert of this machine" },
		{ "{\"hostname\":[\"web-1\"],\"rule\":\"r\",\"priority\":\"p\",\"time\":\"t\"}", "an alert of this machine" },
		{ "{\"rule\":\"r\",\"priority\":\"p\",\"time\":\"t\"}", "an alert of this machine" },
	};
	uint64_t lost;

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const char *what = wrong(all[i].text, &lost);

		if (!all[i].what)
			assert_null(what);
		else
			assert_string_equal(what, all[i].what);
		assert_int_equal(lost, 0);
	}
	assert_string_equal(alert_check("web-1", "{}\0", 3, &lost), "UTF-8");
}

static void test_reports_of_losses(void **state)
{
	uint64_t lost;

	(void)state;
	assert_null(wrong("{\"hostname\":\"web-1\",\"rule\":\"linx: alerts lost\",\"priority\":\"p\",\"time\":\"t\",\"output_fields\":{\"linx.lost\":12}}", &lost));
	assert_int_equal(lost, 12);
	assert_null(wrong("{\"hostname\":\"web-1\",\"rule\":\"linx: alerts lost\",\"priority\":\"p\",\"time\":\"t\",\"output_fields\":{\"linx.lost\":-1}}", &lost));
	assert_int_equal(lost, 0);
	assert_null(wrong("{" GOOD ",\"output_fields\":{\"linx.lost\":12}}", &lost));
	assert_int_equal(lost, 0);
}

static void test_places(void **state)
{
	static const char *const bad[] = { "", "aa", "aa 1", "aa 0 0", "aa 2 1", "aa 1 1 1", "aa 1 1x", "0 1 1", "x 1 1", "aa 1 18446744073709551615",
					   "aa -1 -1", "00000000000000aa1 1 1" };
	struct alert_place p;

	(void)state;
	assert_true(alert_place_read(&p, "linx.alerts.web-1.example", "00000000000000aa 5 7"));
	assert_string_equal(p.machine, "web-1.example");
	assert_true(p.spool == 0xaa && p.number == 5 && p.last == 7);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(alert_place_read(&p, "linx.alerts.web-1", bad[i]));
	assert_false(alert_place_read(&p, "linx.alerts.web-1", NULL));
	assert_string_equal(p.machine, "web-1"); /* it is set aside under this name */
	assert_false(alert_place_read(&p, "linx.alerts.", "aa 1 1"));
	assert_false(alert_place_read(&p, "linx.alerts...", "aa 1 1"));
	assert_false(alert_place_read(&p, "linx.rows.1.web-1", "aa 1 1"));
	assert_string_equal(p.machine, "");
}

static void test_answers(void **state)
{
	static const struct {
		long status;
		enum post_result result;
	} all[] = {
		{ 200, POST_TAKEN }, { 204, POST_TAKEN }, { 301, POST_DENIED }, { 400, POST_REFUSED }, { 401, POST_DENIED }, { 403, POST_DENIED },
		{ 404, POST_DENIED }, { 405, POST_DENIED }, { 407, POST_DENIED }, { 408, POST_FAILED }, { 409, POST_REFUSED }, { 413, POST_REFUSED },
		{ 415, POST_REFUSED }, { 422, POST_REFUSED }, { 429, POST_FAILED }, { 500, POST_FAILED }, { 503, POST_FAILED }, { 599, POST_FAILED },
	};
	struct receiver r = { .otlp = false };
	struct problem why;
	long retry_s;

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		server.answer = (struct http_answer){ .status = all[i].status, .text = "", .retry_s = 7 };
		assert_int_equal(receiver_post(&r, NULL, "{}", 2, &retry_s, &why), all[i].result);
		assert_int_equal(retry_s, 7);
		assert_memory_equal(server.body, "{}", 2);
	}
	server.rc = -EIO;
	server.answer = (struct http_answer){ .text = "Couldn't connect" };
	assert_int_equal(receiver_post(&r, NULL, "{}", 2, &retry_s, &why), POST_FAILED);
	assert_string_equal(why.text, "Couldn't connect");
	server.rc = 0;
	r.otlp = true;
	server.answer = (struct http_answer){ .status = 200, .text = "{}", .len = 2 };
	assert_int_equal(receiver_post(&r, NULL, "{}", 2, &retry_s, &why), POST_TAKEN);
	assert_memory_equal(server.body, "{\"resourceLogs\":", 16);
	server.answer.text = "{\"partialSuccess\":{\"rejectedLogRecords\":1}}";
	server.answer.len = strlen(server.answer.text);
	assert_int_equal(receiver_post(&r, NULL, "{}", 2, &retry_s, &why), POST_REJECTED);
}

static int read_it(struct receiver *r, const char *url, const char *heads, mode_t mode, struct problem *why)
{
	char path[] = "/tmp/linx-heads-XXXXXX";
	const struct receiver_settings s = { .url = url, .heads = heads ? path : NULL };
	int fd = mkstemp(path), rc;

	if (heads)
		assert_int_equal(write(fd, heads, strlen(heads)), strlen(heads));
	fchmod(fd, mode);
	rc = receiver_read(r, &s, why);
	close(fd);
	unlink(path);
	return rc;
}

static void test_settings(void **state)
{
	static const char *const urls[] = { "x", "ftp://x/", "http://", "http:///x", "http://user:secret@x/", "otlp+x", "otlp+http://a b/", "http://x\n/" };
	static const char *const heads[] = { "", "x", ": x", "X:", "X: ", "X y: z", "X: a\x01", "A: b\nX" };
	static struct receiver r;
	struct problem why;
	char many[256] = "";

	(void)state;
	assert_int_equal(read_it(&r, "otlp+https://[::1]:4318/v1/logs?x@y", "A: b\r\n\nAuthorization: Bearer x:y\n", 0640, &why), 0);
	assert_true(r.otlp);
	assert_string_equal(r.place, "[::1]:4318");
	assert_string_equal(r.url, "https://[::1]:4318/v1/logs?x@y");
	assert_string_equal(r.heads.lines[0], "A: b");
	assert_string_equal(r.heads.lines[1], "Authorization: Bearer x:y");
	assert_null(r.heads.lines[2]);
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		assert_int_equal(read_it(&r, urls[i], NULL, 0600, &why), -1);
		assert_null(strstr(why.text, "secret"));
	}
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		assert_int_equal(read_it(&r, "http://x", heads[i], 0600, &why), -1);
	assert_int_equal(read_it(&r, "http://x", "A: b", 0644, &why), -1);
	assert_non_null(strstr(why.text, "everybody may read or write it"));
	for (int i = 0; i < 17; i++)
		strcat(many, "A: b\n");
	assert_int_equal(read_it(&r, "http://x", many, 0600, &why), -1);
	many[strlen(many) - 5] = '\0';
	assert_int_equal(read_it(&r, "http://x", many, 0600, &why), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alerts),	cmocka_unit_test(test_reports_of_losses), cmocka_unit_test(test_places),
		cmocka_unit_test(test_answers), cmocka_unit_test(test_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
