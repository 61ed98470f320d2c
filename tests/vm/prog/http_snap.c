// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Moves HTTP requests and other bytes through sockets, whose both ends are in this process. Each call that can move
 * bytes has a case of its own. The requests' headers come in pieces, and are longer than the part of a buffer that is
 * captured. The path of a request names its case. Data that is not HTTP consists of 500 equal letters, a different
 * letter in each case. With an argument, the program first begins many headers that it never finishes.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "http_pair.h"

#define FOREIGN 500

static char in[20000], request[20000];

static void check(ssize_t got, size_t wanted, const char *what)
{
	if (got != (ssize_t)wanted)
		err(1, "%s: %zd of %zu", what, got, wanted);
}

/* Writes a request with a cookie of that many bytes to "to", and returns the request's length. */
static size_t fill_request(char *to, const char *path, size_t cookie)
{
	size_t n = (size_t)sprintf(to, "GET /%s HTTP/1.1\r\nHost: snap\r\nCookie: ", path);

	memset(to + n, 'c', cookie);
	n += cookie;
	return n + (size_t)sprintf(to + n, "\r\nAccept: */*\r\n\r\n");
}

static void respond(void)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

	check(write(server, text, sizeof(text) - 1), sizeof(text) - 1, "write");
	check(read(client, in, sizeof(in)), sizeof(text) - 1, "read");
}

/* Sends and receives the n bytes at offset "at" of the request, in one call each. */
static void move_piece(size_t at, size_t n)
{
	check(write(client, request + at, n), n, "write");
	check(read(server, in, n), n, "read");
}

static void move_in_pieces(const char *path, size_t piece)
{
	size_t n = fill_request(request, path, 600);

	open_pair();
	for (size_t at = 0; at < n; at += piece)
		move_piece(at, n - at < piece ? n - at : piece);
	respond();
	close_pair();
}

static void *move_rest(void *n)
{
	for (size_t at = 150; at < *(size_t *)n; at += 150)
		move_piece(at, *(size_t *)n - at < 150 ? *(size_t *)n - at : 150);
	return NULL;
}

static void move_in_threads(void)
{
	size_t n = fill_request(request, "threads", 600);
	pthread_t thread;

	open_pair();
	move_piece(0, 150);
	if (pthread_create(&thread, NULL, move_rest, &n) || pthread_join(thread, NULL))
		errx(1, "no thread");
	respond();
	close_pair();
}

/* Sends and receives a request in two buffers of a vector, of which the first has n bytes. */
static void move_vectors(const char *path, size_t first)
{
	size_t n = fill_request(request, path, 600);
	struct iovec from[] = { { request, first }, { request + first, n - first } };
	struct iovec to[] = { { in, 200 }, { in + 200, sizeof(in) - 200 } };

	open_pair();
	check(writev(client, from, 2), n, "writev");
	check(readv(server, to, 2), n, "readv");
	respond();
	close_pair();
}

static void move_messages(void)
{
	size_t n = fill_request(request, "message", 600);
	struct iovec from = { request, n }, to = { in, sizeof(in) };
	struct msghdr out = { .msg_iov = &from, .msg_iovlen = 1 }, got = { .msg_iov = &to, .msg_iovlen = 1 };
	struct mmsghdr outs, gots;

	open_pair();
	check(sendmsg(client, &out, 0), n, "sendmsg");
	check(recvmsg(server, &got, MSG_PEEK), n, "recvmsg");
	check(recvmsg(server, &got, 0), n, "recvmsg");
	respond();
	n = fill_request(request, "messages", 700);
	from.iov_len = n;
	outs = (struct mmsghdr){ .msg_hdr = out };
	gots = (struct mmsghdr){ .msg_hdr = got };
	check(sendmmsg(client, &outs, 1, 0), 1, "sendmmsg");
	check(recvmmsg(server, &gots, 1, 0, NULL), 1, "recvmmsg");
	respond();
	n = fill_request(request, "sent", 600);
	check(send(client, request, n, 0), n, "send");
	check(recv(server, in, sizeof(in), 0), n, "recv");
	respond();
	/* Stream sockets ignore these flags, so the bytes are sent as usual. */
	n = fill_request(request, "aside", 600);
	check(send(client, request, n, MSG_PEEK | MSG_ERRQUEUE | MSG_TRUNC), n, "send aside");
	check(recv(server, in, sizeof(in), MSG_ERRQUEUE), n, "recv aside");
	respond();
	close_pair();
}

/*
 * Sends a request after a message without a buffer. The record of that message has its control data where other records
 * have an array of buffers. Control data begins with an address, and so looks like such an array.
 */
static void move_behind_nothing(void)
{
	size_t n = fill_request(request, "nothing", 600);
	struct iovec from = { request, n };
	void *control[] = { &from };
	/* a 32-bit program sends no control data, because the kernel would refuse it as too short */
	size_t room = sizeof(void *) == 8 ? sizeof(control) : 0;
	struct mmsghdr outs[] = {
		{ .msg_hdr = { .msg_iov = (struct iovec *)control, .msg_control = control, .msg_controllen = room } },
		{ .msg_hdr = { .msg_iov = &from, .msg_iovlen = 1 } },
	};

	open_pair();
	check(sendmmsg(client, outs, 2, 0), 2, "sendmmsg");
	check(read(server, in, n), n, "read");
	respond();
	close_pair();
}

/* Sends two requests in two pieces; the first piece ends within the second request. */
static void move_pipeline(void)
{
	size_t n = fill_request(request, "first", 600);

	n += fill_request(request + n, "second", 600);
	open_pair();
	move_piece(0, n - 300);
	move_piece(n - 300, 300);
	respond();
	respond();
	close_pair();
}

/* Writes messages with bodies into the request, one after the other, and returns their length. */
static size_t fill_bodies(const char *const *firsts, unsigned int n)
{
	size_t len = 0;

	for (unsigned int i = 0; i < n; i++)
		len += (size_t)sprintf(request + len, "%s\r\nHost: snap\r\ncontent-LENGTH:  300 \r\nX-Long: %200d\r\n\r\n%300s", firsts[i], 0,
				       "b");
	return len;
}

/* Sends the messages from one socket to the other: "first" bytes, then "piece" bytes at a time. */
static void move_bodies_by(int from, int to, size_t len, size_t first, size_t piece)
{
	for (size_t at = 0, n = first; at < len; at += n, n = len - at < piece ? len - at : piece) {
		check(write(from, request + at, n), n, "write");
		check(read(to, in, n), n, "read");
	}
}

/* Sends pipelines of three messages with bodies in each direction, so that each next header begins after a body. */
static void move_bodies(const char *const *paths, size_t first, size_t piece)
{
	static const char *const answers[] = { "HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK" };
	size_t len = fill_bodies(paths, 3);

	open_pair();
	move_bodies_by(client, server, len, first ? first : len, piece);
	len = fill_bodies(answers, 3);
	move_bodies_by(server, client, len, first ? first : len, piece);
	close_pair();
}

/* Cuts the pipelines in three ways: not at all, at the empty lines, and within the bodies. */
static void move_all_bodies(void)
{
	static const char *const whole[] = { "POST /body HTTP/1.1", "POST /behind HTTP/1.1", "POST /last HTTP/1.1" };
	static const char *const lines[] = { "POST /l1111 HTTP/1.1", "POST /l2222 HTTP/1.1", "POST /l3333 HTTP/1.1" };
	static const char *const within[] = { "POST /w1111 HTTP/1.1", "POST /w2222 HTTP/1.1", "POST /w3333 HTTP/1.1" };
	size_t one;

	one = fill_bodies(lines, 1);
	move_bodies(whole, 0, 0);
	move_bodies(lines, one - 300, one);
	move_bodies(within, one - 200, one);
}

static void move_cookie(void)
{
	size_t n = fill_request(request, "cookie", 8192);

	open_pair();
	move_piece(0, n);
	respond();
	close_pair();
}

static void move_letter(const char *begin, char letter)
{
	size_t n = strlen(begin);

	memcpy(request, begin, n);
	memset(request + n, letter, FOREIGN);
	move_piece(0, n + FOREIGN);
}

/*
 * Sends bytes that do not form a header through sockets and a file, once after an unfinished header and once after a
 * complete one.
 */
static void move_foreign(void)
{
	open_pair();
	move_letter("", 'p');
	move_letter("get ", 'q');
	move_letter("GETTING ", 'u');
	close_pair();
	client = open("/tmp/http_snap.file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	server = open("/tmp/http_snap.file", O_RDONLY);
	move_letter("GET /", 'v');
	close_pair();
}

/* Sends a body while the header on another socket is unfinished. */
static void move_beside(void)
{
	int other[2];

	open_pair();
	other[0] = client;
	other[1] = server;
	fill_request(request, "beside", 600);
	move_piece(0, 300);
	move_foreign();
	client = other[0];
	server = other[1];
	fill_request(request, "beside", 600);
	move_piece(300, strlen(request) - 300);
	respond();
	memset(request, 'w', FOREIGN);
	move_piece(0, FOREIGN);
	close_pair();
}

/* Begins more headers than the session can keep track of, and finishes none. */
static void leave_unfinished(void)
{
	size_t n = fill_request(request, "unfinished", 10);

	for (unsigned int i = 0; i < 2000; i++) {
		open_pair();
		check(write(client, request, n - 10), n - 10, "write");
		close_pair();
	}
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		leave_unfinished();
	move_foreign();
	move_in_pieces("whole", 20000);
	move_in_pieces("bytes", 1);
	move_in_pieces("pieces", 150);
	move_in_threads();
	move_vectors("vectors", 3);
	move_vectors("vector", 200);
	move_messages();
	move_behind_nothing();
	move_pipeline();
	move_all_bodies();
	move_cookie();
	move_beside();
	return 0;
}
