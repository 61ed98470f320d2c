// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * HTTP conversations that are hard to follow, each on a socket pair of its own with both ends in this process: bodies
 * and lengths of all kinds, and bytes that are not HTTP. Each request that a reader must report has a path that names
 * it; a path that begins with /ghost must not be reported.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_pair.h"

#define GHOST "GET /ghost HTTP/1.1\r\nHost: bad\r\n\r\n"
#define HOST "Host: bad\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define ENDLESS 300000 /* bytes of a header without end */
#define CALLS 500
#define REUSED 200

static char in[65536];

/* Moves bytes from one end of a connection to the other, "piece" bytes with each call. */
static void move(int from, int to, const char *data, size_t len, size_t piece)
{
	for (size_t at = 0, n; at < len; at += n) {
		n = len - at < piece ? len - at : piece;
		if (write(from, data + at, n) != (ssize_t)n || read(to, in, sizeof(in)) != (ssize_t)n)
			err(1, "moving %zu bytes", n);
	}
}

static void ask(const char *text)
{
	move(client, server, text, strlen(text), sizeof(in));
}

static void answer(const char *text)
{
	move(server, client, text, strlen(text), sizeof(in));
}

static void have_bodies(void)
{
	open_pair();
	ask("POST /continue HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 34\r\n\r\n");
	answer("HTTP/1.1 100 Continue\r\n\r\n");
	ask(GHOST);
	answer("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
	ask("HEAD /head HTTP/1.1\r\n" HOST "\r\n");
	answer("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
	ask("PATCH /patch HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\na=b");
	answer("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n");
	ask("GET /same HTTP/1.1\r\n" HOST "\r\n");
	answer("HTTP/1.1 304 Not Modified\r\nContent-Length: 12345\r\n\r\n");
	ask("PUT /chunks HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n22;x=y\r\n" GHOST "\r\n0\r\nX: y\r\n\r\n");
	answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nabcde\r\n");
	answer("26\r\nHTTP/1.1 500 no\r\nContent-Length: 1\r\n\r\n\r\n0\r\n\r\n");
	ask("GET /close HTTP/1.1\r\n" HOST "\r\n");
	answer("HTTP/1.0 200 OK\r\n\r\n");
	answer("HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n");
	close_pair();
}

static void split_everywhere(void)
{
	static const char request[] = "\r\nPOST /split HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nGET GET /behind HTTP/1.1\r\n" HOST "\r\n";
	static const char response[] = "HTTP/1.1 100 Continue\r\n\r\n" OK OK;

	open_pair();
	move(client, server, request, sizeof(request) - 1, 1);
	move(server, client, response, sizeof(response) - 1, 1);
	close_pair();
}

static void become_other(void)
{
	open_pair();
	ask("GET /websocket HTTP/1.1\r\n" HOST "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n");
	answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
	ask(GHOST);
	answer(OK);
	close_pair();
	open_pair();
	ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	ask(GHOST);
	close_pair();
	open_pair();
	move(client, server, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11, 11);
	close_pair();
}

static void are_none(void)
{
	static char endless[ENDLESS];
	int n;

	open_pair();
	ask("POST /ghost HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 20\r\n\r\n");
	close_pair();
	open_pair();
	/* no message begins with these bytes */
	move(client, server, "GET /ghost\x01\x00\xff\x80\r\n\r\n HTTP/1.1\r\n\r\n", 31, 31);
	close_pair();
	open_pair();
	move(client, server, "GET /ghost HTTP/1.1\r\n\x01\x00\xff\x80\r\n\r\n", 29, 29);
	close_pair();
	n = sprintf(endless, "GET /ghost HTTP/1.1\r\nX: ");
	memset(endless + n, 'e', sizeof(endless) - (size_t)n);
	open_pair();
	move(client, server, endless, sizeof(endless), 1000);
	close_pair();
}

/*
 * Ends a connection and opens the next one with the same descriptors. A response must not be joined with a request of
 * another connection.
 */
static void go_on(void)
{
	char text[100];

	open_pair();
	for (unsigned int i = 0; i < CALLS; i++) {
		ask("GET /kept HTTP/1.1\r\n" HOST "\r\n");
		answer(OK);
	}
	close_pair();
	for (unsigned int i = 0; i < REUSED; i++) {
		open_pair();
		if (i % 2) {
			/* an unfinished header: the next connection, with the same descriptors, must not continue it */
			ask("GET /ghost HTTP/1.1\r\n" HOST);
		} else {
			snprintf(text, sizeof(text), "GET /reused/%u HTTP/1.1\r\n" HOST "\r\n", i);
			ask(text);
			snprintf(text, sizeof(text), "HTTP/1.1 %u x\r\nContent-Length: 0\r\n\r\n", 200 + i);
			answer(text);
		}
		close_pair();
	}
}

/* Header lines that are longer than what is captured of a buffer in which no header begins. */
#define PAD "X-Pad: 01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n"

/*
 * Requests with unusual methods, which are arbitrary tokens (RFC 9110, 9.1). Each is the first on its connection, and
 * its header must be captured whole.
 */
static void have_any_method(void)
{
	static const char *const asked[] = {
		"PURGE /any HTTP/1.1\r\n" HOST PAD "\r\n",    "BASELINE-CONTROL /any HTTP/1.1\r\n" HOST PAD "\r\n",
		"x_Odd.Method! /any HTTP/1.1\r\n" HOST PAD "\r\n", "M-SEARCH http://h/any HTTP/1.1\r\n" HOST PAD "\r\n",
		"\r\nQUERY /any HTTP/1.1\r\n" HOST PAD "\r\n",
	};

	for (unsigned int i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		open_pair();
		ask(asked[i]);
		answer("HTTP/1.1 200 OK\r\n" PAD "Content-Length: 2, 2\r\n\r\nok");
		close_pair();
	}
}

int main(void)
{
	have_bodies();
	have_any_method();
	split_everywhere();
	become_other();
	are_none();
	go_on();
	return 0;
}
