// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses HTTP/1 messages, however their bytes are split into pieces, and data that is not HTTP. */
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "libuser/http/parser.h"
#include "shared/http_begin.h"

#define SAID_MAX 4096

/* The results of a parser, written as text. */
struct said {
	char text[SAID_MAX];
	size_t len;
	enum linx_http_body body; /* kind of body that each message has, which the parser's caller decides */
};

__attribute__((format(printf, 2, 3))) static void say(struct said *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	s->len += (size_t)vsnprintf(s->text + s->len, sizeof(s->text) - s->len, fmt, args);
	va_end(args);
	assert_true(s->len < sizeof(s->text));
}

static void say_head(struct said *s, const struct linx_http_head *h)
{
	if (h->response)
		say(s, "%u", h->status);
	for (unsigned int i = 0; i < LINX_HTTP_NTEXTS; i++) {
		size_t len;
		const char *text = linx_http_text(h, i, &len);

		if (text)
			say(s, "%s%.*s%s", i ? " " : "", len > 40 ? 40 : (int)len, text, h->text[i].cut ? "..." : "");
	}
	say(s, "[%u]", h->bytes);
}

static const char *const whys[LINX_HTTP_NWHYS] = { "", "foreign", "length", "long", "hole", "http2", "tunnel" };

static void feed(struct linx_http_parser *p, struct said *s, const char *data, size_t len)
{
	struct linx_http_head *h;
	size_t used = 0;
	int step;

	do {
		step = linx_http_feed(p, (const uint8_t *)data + used, len - used, &used);
		assert_true(used <= len && step >= 0);
		if (step == LINX_HTTP_HEAD) {
			h = linx_http_take_head(p, s->body);
			say_head(s, h);
			linx_http_head_free(h);
			if (p->state == LINX_HTTP_STOPPED)
				say(s, " %s", whys[p->why]);
		} else if (step == LINX_HTTP_END) {
			say(s, "; ");
		} else if (step == LINX_HTTP_STOP) {
			say(s, "%s", whys[p->why]);
		}
	} while (step != LINX_HTTP_MORE);
	assert_int_equal(used, len);
}

/* Feeds a first piece of "first" bytes, and then pieces of n bytes. */
static void feed_pieces(struct said *s, const char *data, size_t len, size_t first, size_t n)
{
	struct linx_http_parser p = { 0 };

	s->len = 0;
	s->text[0] = '\0';
	feed(&p, s, data, first);
	for (size_t at = first; at < len; at += n)
		feed(&p, s, data + at, len - at < n ? len - at : n);
	assert_true(linx_http_parser_memory(&p) <= LINX_HTTP_LINE_MAX + LINX_HTTP_TEXT_MAX + sizeof(struct linx_http_head));
	linx_http_parser_free(&p);
}

/* Expects the same results whether the data is fed as a whole, byte by byte, or split in two at any place. */
static void check(const char *data, size_t len, enum linx_http_body body, const char *want)
{
	struct said *s = calloc(1, sizeof(*s));

	s->body = body;
	feed_pieces(s, data, len, 0, len);
	assert_string_equal(s->text, want);
	feed_pieces(s, data, len, 0, 1);
	assert_string_equal(s->text, want);
	for (size_t first = 1; first < len; first += 1 + len / 2048) {
		feed_pieces(s, data, len, first, len);
		assert_string_equal(s->text, want);
	}
	free(s);
}

#define NL "\r\n"
#define GET "GET /a?b=c HTTP/1.1" NL

static const struct {
	const char *data, *want;
	enum linx_http_body body;
} cases[] = {
	/* Requests. */
	{ GET "Host: h" NL NL, "GET /a?b=c h[32]; ", 0 },
	{ NL NL GET NL "\n" GET NL, "GET /a?b=c[23]; GET /a?b=c[23]; ", 0 },
	{ "HEAD / HTTP/1.0\n\n", "HEAD /[17]; ", 0 },
	{ "PATCH /p HTTP/1.1" NL "content-length:  3 " NL NL "abcGET / HTTP/1.1" NL NL, "PATCH /p[42]; GET /[18]; ", 0 },
	{ "PROPFIND /dav HTTP/1.1" NL "hOsT:\ta " NL NL, "PROPFIND /dav a[36]; ", 0 },
	{ "OPTIONS * HTTP/1.1" NL NL, "OPTIONS *[22]; ", 0 },
	{ "POST /c HTTP/1.1" NL "Transfer-Encoding: gzip, chunked" NL NL "3;x=y" NL "a\nb" NL "00A" NL "0123456789" NL "0" NL "T: 1" NL NL GET NL,
	  "POST /c[54]; GET /a?b=c[23]; ", 0 },
	{ "POST / HTTP/1.1" NL "Expect: 100-continue" NL "Content-Length: 2" NL NL "hiGET / HTTP/1.1" NL NL, "POST /[60]; GET /[18]; ", 0 },
	{ GET "Authorization: Basic x" NL "Cookie: a" NL "Cookie: b" NL "X-Long-Field-That-Is-Nothing: 1" NL "Referer:" NL NL,
	  "GET /a?b=c  Basic x a[112]; ", 0 },
	{ GET "Host: a" NL " folded: b" NL NL, "GET /a?b=c a[44]; ", 0 },
	{ GET "Content-Length: 1" NL "Content-Length: 1" NL NL "x", "GET /a?b=c[61]; ", 0 },
	{ "x_Odd.Method! /odd HTTP/1.1" NL NL "get /lower HTTP/1.1" NL NL, "x_Odd.Method! /odd[31]; get /lower[23]; ", 0 },
	{ "BASELINE-CONTROL http://h:8/p HTTP/1.1" NL NL "M-SEARCH * HTTP/1.1" NL NL "1 /digit HTTP/1.1" NL NL,
	  "BASELINE-CONTROL http://h:8/p[42]; M-SEARCH *[23]; 1 /digit[21]; ", 0 },
	{ GET "Content-Length: 2, 2" NL NL "ok" GET NL, "GET /a?b=c[45]; GET /a?b=c[23]; ", 0 },
	{ GET "Content-Length:\t02 ,2,, " NL " 2" NL "content-length: ,2" NL NL "ok" GET NL, "GET /a?b=c[73]; GET /a?b=c[23]; ", 0 },
	{ GET "Transfer-Encoding: gzip" NL "Transfer-Encoding: chunked" NL NL "0" NL NL, "GET /a?b=c[76]; ", 0 },
	{ GET "Transfer-Encoding: gzip," NL "\tchunked" NL NL "0" NL NL, "GET /a?b=c[59]; ", 0 },
	{ GET "Transfer-Encoding: , CHUNKED ,," NL NL "0" NL NL, "GET /a?b=c[56]; ", 0 },
	/* Responses. */
	{ "HTTP/1.1 200 OK" NL "Server: s" NL "Content-Length: 2" NL NL "okHTTP/1.1 404" NL "Content-Length: 0" NL NL,
	  "200 s[49]; 404[35]; ", 0 },
	{ "HTTP/1.1 100 Continue" NL NL "HTTP/1.1 204 No" NL NL "HTTP/1.0 304 N" NL "Content-Length: 9" NL NL "HTTP/1.1 200 OK" NL NL "rest" NL,
	  "100[25]; 204[19]; 304[37]; 200[19]", 0 },
	{ "HTTP/1.1 200 OK" NL "Content-Length: 9" NL NL "HTTP/1.1 200 OK" NL NL, "200[38]; 200[19]; ", LINX_HTTP_BODY_NONE },
	{ "HTTP/1.1 101 S" NL "Upgrade: websocket" NL NL "\x81\x05hello", "101 websocket[38] tunnel", 0 },
	{ "HTTP/1.1 200 OK" NL NL "GET / HTTP/1.1" NL NL, "200[19] tunnel", LINX_HTTP_BODY_TUNNEL },
	{ "HTTP/1.1 200 OK" NL "Transfer-Encoding: chunked, gzip" NL "Content-Length: 1" NL NL "GET / HTTP/1.1" NL NL, "200[72]", 0 },
	{ "HTTP/1.1 200 OK" NL "Transfer-Encoding: chunked" NL "Content-Length: 1" NL NL "1" NL "x" NL "0" NL NL, "200[66]; ", 0 },
	/* Protocols that cannot be followed. */
	{ "PRI * HTTP/2.0" NL NL "SM" NL NL "\x01\x02", "http2", 0 },
	{ "\x16\x03\x01\x02", "foreign", 0 },
	{ "EHLO mail.example.org" NL "GET / HTTP/1.1" NL NL, "foreign", 0 },
	{ "GET \x01\x02\x03\n", "foreign", 0 },
	{ "GET /a b HTTP/1.1" NL NL, "foreign", 0 },
	{ "GET  HTTP/1.1" NL NL, "foreign", 0 },
	{ "GET /" NL, "foreign", 0 },
	{ "HTTP/1.1 abc" NL NL, "foreign", 0 },
	{ "HTTP/1.1 2000 OK" NL NL, "foreign", 0 },
	{ GET "no colon" NL NL, "foreign", 0 },
	{ GET ": no name" NL NL, "foreign", 0 },
	{ GET "Content-Length: 1" NL "Content-Length: 2" NL NL "xx", "length", 0 },
	{ GET "Content-Length: 1, 2" NL NL "xx", "length", 0 },
	{ GET "Content-Length: 1" NL " 2" NL NL "xx", "length", 0 },
	{ GET "Content-Length: 1 1" NL NL "xx", "length", 0 },
	{ GET "Content-Length: 1" NL "Content-Length: ," NL NL "x", "length", 0 },
	{ GET "Transfer-Encoding: chunked, gzip" NL NL, "GET /a?b=c[57] length", 0 },
	{ GET "Transfer-Encoding: chunked" NL "Transfer-Encoding: gzip" NL NL, "GET /a?b=c[76] length", 0 },
	{ "GET: / HTTP/1.1" NL NL, "foreign", 0 },
	{ "(GET) / HTTP/1.1" NL NL, "foreign", 0 },
	{ GET "Content-Length: -1" NL NL, "length", 0 },
	{ GET "Content-Length: 99999999999999999999" NL NL, "length", 0 },
	{ GET "Content-Length:" NL NL, "length", 0 },
	{ GET "Transfer-Encoding: xchunked" NL NL, "GET /a?b=c[52] length", 0 },
	{ GET "Transfer-Encoding: chunked" NL NL "g" NL, "GET /a?b=c[51]foreign", 0 },
	{ GET "Transfer-Encoding: chunked" NL NL "1000000000000000" NL, "GET /a?b=c[51]foreign", 0 },
	{ GET "Transfer-Encoding: chunked" NL NL "1" NL "xy" NL, "GET /a?b=c[51]foreign", 0 },
	{ "GET / HTTP/1.1" NL NL "\xff\xd8\xff", "GET /[18]; foreign", 0 },
};

static void any_split_says_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(cases[i].data, strlen(cases[i].data), cases[i].body, cases[i].want);
}

static void a_nul_is_no_end(void **state)
{
	static const char nul[] = "GET /a\0b HTTP/1.1\r\n\r\n";
	static const char field[] = "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n";

	(void)state;
	check(nul, sizeof(nul) - 1, 0, "foreign");
	check(field, sizeof(field) - 1, 0, "GET / a[29]; "); /* the host is a, NUL, b; printf ends at the NUL */
}

/* Returns the format with n bytes of x in place of %s; the caller frees it. */
static char *with_many(const char *fmt, size_t n)
{
	char *xs = malloc(n + 1), *text = malloc(n + strlen(fmt) + 1);

	memset(xs, 'x', n);
	xs[n] = '\0';
	sprintf(text, fmt, xs);
	free(xs);
	return text;
}

static void long_lines_are_bounded(void **state)
{
	static const struct {
		const char *fmt;
		size_t n;
		const char *want;
	} longs[] = {
		{ "GET / HTTP/1.1\r\nCookie: %s\r\nHost: h\r\n\r\n", 8192, "GET / h xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...[8229]; " },
		{ "GET / HTTP/1.1\r\nX-Other: %s\r\nHost: h\r\n\r\n", 100000, "GET / h[100038]; " },
		{ "GET /%s HTTP/1.1\r\n\r\n", 8192, "GET /xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...[8210]; " },
		{ "GET /%s HTTP/1.1\r\n\r\n", 16384, "long" },
		{ "GET / HTTP/1.1\r\nX: %s", 300000, "long" },
		{ "GET /%s", 300000, "long" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(longs); i++) {
		char *text = with_many(longs[i].fmt, longs[i].n);
		struct said *s = calloc(1, sizeof(*s));

		for (size_t n = 1; n <= strlen(text); n = n < 7 ? 7 : n * 11) {
			feed_pieces(s, text, strlen(text), 0, n);
			assert_string_equal(s->text, longs[i].want);
		}
		free(s);
		free(text);
	}
}

/* Header fields without end: the amount of text that is kept is bounded, and so is the header's length. */
static void many_fields_are_bounded(void **state)
{
	const char line[] = "Host: a\r\nCookie: b\r\n";
	struct linx_http_parser p = { 0 };
	struct said *s = calloc(1, sizeof(*s));

	(void)state;
	feed(&p, s, "GET / HTTP/1.1\r\n", 16);
	for (size_t n = 0; n < LINX_HTTP_HEAD_MAX; n += sizeof(line) - 1) {
		feed(&p, s, line, sizeof(line) - 1);
		assert_true(linx_http_parser_memory(&p) < 2 * LINX_HTTP_TEXT_MAX);
	}
	assert_string_equal(s->text, "long");
	assert_int_equal(linx_http_parser_memory(&p), 0);
	linx_http_parser_free(&p);
	free(s);
}

static void what_is_not_known_is_passed_over_or_stops(void **state)
{
	const char response[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
	const char chunks[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nabc";
	struct linx_http_parser p = { 0 };
	struct said *s = calloc(1, sizeof(*s));

	(void)state;
	feed(&p, s, response, sizeof(response) - 1);
	assert_false(linx_http_skip(&p, 1000));
	feed(&p, s, chunks, sizeof(chunks) - 1);
	assert_false(linx_http_skip(&p, 97));
	feed(&p, s, "\r\n0\r\n\r\n", 7);
	assert_string_equal(s->text, "200[41]; 200[47]; ");
	feed(&p, s, "HTTP/1.1 2", 10);
	assert_true(linx_http_skip(&p, 1));
	assert_int_equal(p.why, LINX_HTTP_WHY_HOLE);
	assert_false(linx_http_skip(&p, 1));
	linx_http_parser_restart(&p);
	feed(&p, s, response, sizeof(response) - 1);
	assert_true(linx_http_skip(&p, 1001));
	linx_http_parser_free(&p);
	free(s);
}

static void beginnings_are_reported(void **state)
{
	static const struct {
		const char *data;
		enum linx_http_looks looks;
	} looks[] = {
		/* The beginning of a message, whole or cut after the bytes that decide. */
		{ "GET / HTTP/1.1", LINX_HTTP_LOOKS_RIGHT },
		{ "GET /", LINX_HTTP_LOOKS_RIGHT },
		{ "PURGE /p HT", LINX_HTTP_LOOKS_RIGHT },
		{ "M-SEARCH * HTTP/1.1", LINX_HTTP_LOOKS_RIGHT },
		{ "BASELINE-CONTROL /b", LINX_HTTP_LOOKS_RIGHT },
		{ "CONNECT h:443 HTTP/1.1", LINX_HTTP_LOOKS_RIGHT },
		{ "QUERY http://h/q HTTP/1.1", LINX_HTTP_LOOKS_RIGHT },
		{ "x_Odd.Method! /odd HTTP/1.1", LINX_HTTP_LOOKS_RIGHT },
		{ "get * HTTP/1.0", LINX_HTTP_LOOKS_RIGHT },
		{ "get http://h/p HTTP/1.0", LINX_HTTP_LOOKS_RIGHT },
		{ "odd-odd-odd-14 / HTTP/1.0", LINX_HTTP_LOOKS_RIGHT },
		{ "\n\r\nodd /p HTTP/1.0", LINX_HTTP_LOOKS_RIGHT },
		{ "CONNECT [2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:443-and-so-on-and-on HTTP/1.1", LINX_HTTP_LOOKS_RIGHT },
		{ "1!#$%&'*+ / HTTP/", LINX_HTTP_LOOKS_RIGHT },
		{ "-.^_`|~ / HTTP/", LINX_HTTP_LOOKS_RIGHT },
		{ "ABCDEFGHIJKLMNOPQRSTUVWXYZABC-EF / HTTP/", LINX_HTTP_LOOKS_RIGHT },
		{ "GET ftp://h/a-long-target-of-which-the-end-is-not-among-the-first-bytes", LINX_HTTP_LOOKS_RIGHT },
		{ "odd /a-long-target-of-which-the-end-is-not-among-the-first-bytes-at-all", LINX_HTTP_LOOKS_RIGHT },
		{ "\r\nGET / HTTP/1.1", LINX_HTTP_LOOKS_RIGHT },
		{ "\nHTTP/1.1 200", LINX_HTTP_LOOKS_RIGHT },
		{ "HTTP/1.", LINX_HTTP_LOOKS_RIGHT },
		{ "HTTPS /", LINX_HTTP_LOOKS_RIGHT },
		{ "PRI * HTTP/2.0", LINX_HTTP_LOOKS_RIGHT },
		/*
		 * Data that is too short to decide: capitals that may continue as a method, or an unusual method
		 * followed by a path.
		 */
		{ "G", LINX_HTTP_LOOKS_SHORT },
		{ "GET", LINX_HTTP_LOOKS_SHORT },
		{ "GET ", LINX_HTTP_LOOKS_SHORT },
		{ "GET h", LINX_HTTP_LOOKS_SHORT },
		{ "PURG", LINX_HTTP_LOOKS_SHORT },
		{ "HTT", LINX_HTTP_LOOKS_SHORT },
		{ "HTTP/1", LINX_HTTP_LOOKS_SHORT },
		{ "HEA", LINX_HTTP_LOOKS_SHORT },
		{ "odd /", LINX_HTTP_LOOKS_SHORT },
		/* Data of other protocols. */
		{ "", LINX_HTTP_LOOKS_FOREIGN },
		{ "\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ " GET / HTTP/1.1", LINX_HTTP_LOOKS_FOREIGN },
		{ "HTTP/2", LINX_HTTP_LOOKS_FOREIGN },
		{ "\x16\x03", LINX_HTTP_LOOKS_FOREIGN },
		{ "x", LINX_HTTP_LOOKS_FOREIGN },
		{ "hello world", LINX_HTTP_LOOKS_FOREIGN },
		{ "HELO http://mail.example.org\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "EHLO mail.example.org\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "MAIL FROM:<a@example.org>\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "220 mail.example.org ESMTP\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "SSH-2.0-OpenSSH_9.2\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "*3\r\n$3\r\nSET\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "+PONG\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "PING\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "GET key\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "get key\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "set key 0 0 5\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "STORED\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "CWD /pub\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "cd /tmp\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "a1 LIST \"\" *\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "* OK IMAP4\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "OPTIONS rtsp://h/a RTSP/1.0\r\n", LINX_HTTP_LOOKS_FOREIGN },
		{ "{\"a\": 1}", LINX_HTTP_LOOKS_FOREIGN },
		{ "Host: /a", LINX_HTTP_LOOKS_FOREIGN },
		{ "GET / HTTX", LINX_HTTP_LOOKS_FOREIGN },
		{ "get any HTTP/1.0", LINX_HTTP_LOOKS_FOREIGN },
		{ "odd-odd-odd-o15 / HTTP/1.0", LINX_HTTP_LOOKS_FOREIGN },
		{ "hello http://h/a-long-target-of-which-the-end-is-not-among-the-first-bytes", LINX_HTTP_LOOKS_FOREIGN },
		{ "WORDS of-capitals-and-then-one-that-does-not-end-within-the-bytes-that-count", LINX_HTTP_LOOKS_FOREIGN },
		{ "GET  /", LINX_HTTP_LOOKS_FOREIGN },
		{ "GET /a\tb", LINX_HTTP_LOOKS_FOREIGN },
		{ "ABCDEFGHIJKLMNOPQRSTUVWXYZABC-EFG / HTTP/", LINX_HTTP_LOOKS_FOREIGN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(looks); i++)
		assert_int_equal(linx_http_looks((const uint8_t *)looks[i].data, (uint32_t)strlen(looks[i].data)), looks[i].looks);
}

/* Returns whether the n bytes, followed by zeroes, pass the two quick tests that the kernel engine makes first. */
static bool passes(const uint8_t *data, size_t n)
{
	uint8_t first[16] = { 0 };
	uint64_t words[2];

	memcpy(first, data, n < sizeof(first) ? n : sizeof(first));
	memcpy(words, first, sizeof(words));
	return linx_http_may_begin(first) && linx_http_may_go_on(le64toh(words[0]), le64toh(words[1]));
}

/* The two quick tests before the full check reject no message: tries random lines of the bytes that matter. */
static void no_message_is_turned_away(void **state)
{
	static const char bytes[] = "AZHTP az-!1/*h: \r\n~_\x01\x7f";
	static const char *const ends[] = { "", " / HTTP/1.1", " /", " http://h/ HTTP/1.0", " * HTTP/1.1", " h:1" };
	unsigned int found = 0, turned = 0;
	uint32_t seed = 1;
	uint8_t line[80];

	(void)state;
	for (unsigned int i = 0; i < 400000; i++) {
		size_t n = 0, end;

		for (size_t len = (seed >> 8) % 20; n < len; n++) {
			seed = seed * 1664525u + 1013904223u;
			line[n] = (uint8_t)bytes[(seed >> 16) % (i % 2 ? 14 : sizeof(bytes) - 1)];
		}
		seed = seed * 1664525u + 1013904223u;
		end = (seed >> 16) % ARRAY_SIZE(ends);
		memcpy(line + n, ends[end], strlen(ends[end]));
		n += strlen(ends[end]);
		if (linx_http_looks(line, (uint32_t)n) == LINX_HTTP_LOOKS_FOREIGN) {
			turned += !passes(line, n);
			continue;
		}
		found++;
		if (!passes(line, n))
			fail_msg("turned away: %.*s", (int)n, line);
	}
	assert_true(found > 10000 && turned > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_split_says_the_same),
		cmocka_unit_test(a_nul_is_no_end),
		cmocka_unit_test(long_lines_are_bounded),
		cmocka_unit_test(many_fields_are_bounded),
		cmocka_unit_test(what_is_not_known_is_passed_over_or_stops),
		cmocka_unit_test(beginnings_are_reported),
		cmocka_unit_test(no_message_is_turned_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
