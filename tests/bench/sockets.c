/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cost of a read or write of a pipe, a file or a socket without HTTP: pairs of a call that sends 64 bytes and one that
 * receives them. Prints lines "NAME INSTRUCTIONS", for each pair that of its shortest round, which had no tick of the
 * kernel. The argument selects the kind of bytes; "busy" leaves an HTTP header unfinished meanwhile, on another socket.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 15
#define CALLS 200
#define BYTES 64
#define PAUSE_NS (200 * 1000 * 1000)
#define PAUSE_MORE_NS (370 * 1000) /* each pause is longer by this, so that few rounds have a timer tick */

static const struct {
	const char *name, bytes[BYTES + 1];
} kinds[] = {
	{ "binary", "\x17\x03\x03\x01\x9a\x5c\x00\xf1\x20\x8e" },
	{ "words", "the quick brown fox jumps over the lazy dog, and then it sleeps." },
	{ "sentence", "The quick brown fox jumps over the lazy dog, and then it sleeps." },
	{ "json", "{\"id\": 4711, \"name\": \"somebody\", \"tags\": [\"a\", \"b\", \"c\"]}" },
	{ "log", "2026-11-28T01:02:03Z host daemon[4711]: a connection was closed" },
	{ "capitals", "SELECT name, number FROM table WHERE number > 4711 ORDER BY name" },
};
static char text[BYTES], in[BYTES];
static struct iovec from = { text, BYTES }, to = { in, BYTES };
static struct msghdr out = { .msg_iov = &from, .msg_iovlen = 1 }, got = { .msg_iov = &to, .msg_iovlen = 1 };
static struct mmsghdr outs, gots;
static int file[2], pipes[2], pair[2];

static void die(const char *what)
{
	fprintf(stderr, "sockets: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void check(long n, const char *what)
{
	if (n <= 0)
		die(what);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void in_file(void)
{
	check(write(file[1], text, BYTES), "write");
	check(read(file[0], in, BYTES), "read");
}

static void in_pipe(void)
{
	check(write(pipes[1], text, BYTES), "write");
	check(read(pipes[0], in, BYTES), "read");
}

static void in_socket(void)
{
	check(write(pair[1], text, BYTES), "write");
	check(read(pair[0], in, BYTES), "read");
}

static void vectors(void)
{
	check(writev(pair[1], &from, 1), "writev");
	check(readv(pair[0], &to, 1), "readv");
}

static void send_recv(void)
{
	check(send(pair[1], text, BYTES, 0), "send");
	check(recv(pair[0], in, BYTES, 0), "recv");
}

static void message(void)
{
	check(sendmsg(pair[1], &out, 0), "sendmsg");
	check(recvmsg(pair[0], &got, 0), "recvmsg");
}

static void messages(void)
{
	check(sendmmsg(pair[1], &outs, 1, 0), "sendmmsg");
	check(recvmmsg(pair[0], &gots, 1, 0, NULL), "recvmmsg");
}

static const struct {
	const char *name;
	void (*each)(void);
} loops[] = {
	{ "file_write_read", in_file }, { "pipe_write_read", in_pipe },	  { "socket_write_read", in_socket }, { "writev_readv", vectors },
	{ "send_recv", send_recv },	{ "sendmsg_recvmsg", message }, { "sendmmsg_recvmmsg", messages },
};

static int compare(const void *a, const void *b)
{
	return *(const uint64_t *)a < *(const uint64_t *)b ? -1 : *(const uint64_t *)a > *(const uint64_t *)b;
}

static void measure(const char *name, void (*each)(void))
{
	uint64_t took[ROUNDS];

	for (unsigned int i = 0; i < ROUNDS; i++) {
		const struct timespec pause = { .tv_nsec = PAUSE_NS + i * PAUSE_MORE_NS };

		nanosleep(&pause, NULL);
		each();
		took[i] = now_ns();
		for (unsigned int n = 0; n < CALLS; n++)
			each();
		took[i] = now_ns() - took[i];
	}
	qsort(took, ROUNDS, sizeof(took[0]), compare);
	printf("%s %.1f\n", name, (double)took[0] / CALLS);
}

/* Begins an HTTP header that stays unfinished, on a socket that only this process has. */
static void begin_header(void)
{
	static const char begin[] = "GET / HTTP/1.1\r\n";
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) || write(fd[0], begin, sizeof(begin) - 1) < 0)
		die("a header");
}

int main(int argc, char **argv)
{
	const struct sched_param first = { .sched_priority = 50 };
	const bool busy = argc > 1 && !strcmp(argv[1], "busy");

	file[1] = open("/dev/null", O_WRONLY);
	file[0] = open("/dev/zero", O_RDONLY);
	if (file[0] < 0 || pipe(pipes) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || sched_setscheduler(0, SCHED_FIFO, &first))
		die("a file, a pipe or sockets");
	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && argc > 1; i++)
		if (!strcmp(argv[1], kinds[i].name))
			memcpy(text, kinds[i].bytes, BYTES);
	outs = (struct mmsghdr){ .msg_hdr = out };
	gots = (struct mmsghdr){ .msg_hdr = got };
	for (unsigned int i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
		if (busy)
			begin_header(); /* again for each loop: the session may have forgotten an earlier header */
		measure(loops[i].name, loops[i].each);
	}
	return 0;
}
