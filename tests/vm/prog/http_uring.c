// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * HTTP requests through an io_uring. Each pair of operations, one that sends and one that receives into a buffer, moves
 * a request and its response twice: in one operation, and in several pieces. The headers are longer than the captured
 * part of a buffer. The path of a request names its operation and its way.
 */
/* native only: no 32-bit variant is built, because the structures here are those of the 64-bit ABI */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include "ring_ops.h"

#define LONG 600

static struct ops o;
static int client, server;
static char in[4096];

static const struct pair {
	const char *path;
	int send, receive;
} pairs[] = {
	{ "write", IORING_OP_WRITE, IORING_OP_READ },
	{ "writev", IORING_OP_WRITEV, IORING_OP_READ },
	{ "send", IORING_OP_SEND, IORING_OP_RECV },
	{ "sendmsg", IORING_OP_SENDMSG, IORING_OP_RECV },
};

static void open_pair(void)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		err(1, "socketpair");
	client = fd[0];
	server = fd[1];
}

/*
 * Makes an io_uring operation on n bytes and expects the result "wanted". If the operation takes a vector or a message,
 * that has one buffer with the bytes.
 */
static void operate(int opcode, int fd, char *data, size_t n, size_t wanted)
{
	struct iovec iov = { data, n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct io_uring_sqe *e = ops_next(&o);
	int done;

	e->opcode = (uint8_t)opcode;
	e->fd = fd;
	e->addr = (uintptr_t)data;
	e->len = (uint32_t)n;
	if (opcode == IORING_OP_WRITEV) {
		e->addr = (uintptr_t)&iov;
		e->len = 1;
	} else if (opcode == IORING_OP_SENDMSG) {
		e->addr = (uintptr_t)&msg;
		e->len = 1;
	}
	done = ops_do(&o);
	if (done != (int)wanted)
		errx(1, "operation %d: %d of %zu", opcode, done, wanted);
}

static void move(const struct pair *p, int from, int to, char *data, size_t piece)
{
	size_t len = strlen(data);

	for (size_t at = 0, n; at < len; at += n) {
		n = len - at < piece ? len - at : piece;
		operate(p->send, from, data + at, n, n);
		operate(p->receive, to, in, sizeof(in), n);
	}
}

static void converse(const struct pair *p, const char *how, size_t piece)
{
	char text[2 * LONG];

	open_pair();
	snprintf(text, sizeof(text), "GET /%s/%s HTTP/1.1\r\nHost: ring\r\nX-Long: %0*d\r\n\r\n", p->path, how, LONG, 0);
	move(p, client, server, text, piece);
	snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nX-Long: %0*d\r\nContent-Length: 0\r\n\r\n", LONG, 0);
	move(p, server, client, text, piece);
	close(client);
	close(server);
}

int main(void)
{
	if (ops_open(&o, 8, 0))
		err(1, "io_uring_setup");
	for (unsigned int i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		converse(&pairs[i], "whole", sizeof(in));
		converse(&pairs[i], "pieces", 250);
	}
	return 0;
}
