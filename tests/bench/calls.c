/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a system call costs: eight loops, one call each, timed by the guest's
 * clock. Under QEMU's -icount one nanosecond is one instruction. Prints a line
 * "NAME INSTRUCTIONS CALLS" for each: the cost of one call (the median of
 * ROUNDS rounds, so that the few that hold a timer tick do not count) and how
 * many times the loop made it in all.
 *
 * At real-time priority on one CPU nothing else runs inside a round; between the
 * loops it sleeps, for the reader of a tracer to catch up: a call whose event
 * is dropped would look cheap.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 15
#define PAUSE_NS (400 * 1000 * 1000)
#define A_FILE "/etc/passwd" /* exists; outside of any mount of its own */

static int zero, null, udp;
static char buf[4096];
static struct sockaddr_in discard_port;

static void die(const char *what)
{
	fprintf(stderr, "calls: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/*
 * Each call in a loop of its own: an indirect call per turn would be part of
 * the figure.
 */
#define LOOP(name, expr)                         \
	static void name(unsigned int n)         \
	{                                        \
		while (n--)                      \
			expr;                    \
	}

static void open_close(unsigned int n)
{
	while (n--)
		syscall(SYS_close, (int)syscall(SYS_openat, AT_FDCWD, A_FILE, O_RDONLY, 0));
}

static struct stat st;

LOOP(get_parent, syscall(SYS_getppid))
LOOP(close_bad, syscall(SYS_close, -1))
LOOP(read_64, syscall(SYS_read, zero, buf, 64))
LOOP(write_64, syscall(SYS_write, null, buf, 64))
LOOP(write_4k, syscall(SYS_write, null, buf, 4096))
LOOP(stat_file, syscall(SYS_newfstatat, AT_FDCWD, A_FILE, &st, 0))
LOOP(connect_udp, syscall(SYS_connect, udp, &discard_port, sizeof(discard_port)))

static const struct {
	const char *name;
	void (*loop)(unsigned int n);
} loops[] = {
	{ "getppid", get_parent },  { "close", close_bad },	  { "read64", read_64 },	{ "write64", write_64 },
	{ "write4k", write_4k },    { "openclose", open_close }, { "newfstatat", stat_file }, { "connect", connect_udp },
};

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void measure(unsigned int i, unsigned int n)
{
	struct timespec pause = { .tv_nsec = PAUSE_NS };
	uint64_t took[ROUNDS];

	nanosleep(&pause, NULL);
	loops[i].loop(n); /* warm: caches, the tracer's first look at this task */
	for (unsigned int r = 0; r < ROUNDS; r++) {
		uint64_t start = now_ns();

		loops[i].loop(n);
		took[r] = now_ns() - start;
	}
	qsort(took, ROUNDS, sizeof(took[0]), compare);
	printf("%s %.1f %u\n", loops[i].name, (double)took[ROUNDS / 2] / n, n * (ROUNDS + 1));
	fflush(stdout);
}

static void prepare(void)
{
	struct sched_param sp = { .sched_priority = 50 };

	if (sched_setscheduler(0, SCHED_FIFO, &sp))
		die("sched_setscheduler");
	zero = open("/dev/zero", O_RDONLY);
	null = open("/dev/null", O_WRONLY);
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	if (zero < 0 || null < 0 || udp < 0)
		die("/dev/zero, /dev/null or a socket");
	discard_port.sin_family = AF_INET;
	discard_port.sin_port = htons(9);
	discard_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memset(buf, 'x', sizeof(buf));
	if (access(A_FILE, R_OK) || connect(udp, (struct sockaddr *)&discard_port, sizeof(discard_port)))
		die(A_FILE " or the loopback interface");
}

/* usage: calls [CALLS-PER-ROUND] */
int main(int argc, char **argv)
{
	unsigned int n = argc > 1 ? strtoul(argv[1], NULL, 10) : 200;

	if (!n)
		return 2;
	prepare();
	for (unsigned int i = 0; i < sizeof(loops) / sizeof(loops[0]); i++)
		measure(i, n);
	return 0;
}
