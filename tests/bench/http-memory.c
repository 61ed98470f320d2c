// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Measures the memory for the HTTP connections that are followed, if SOCKETS sockets have each sent the bytes on
 * standard input. Prints the number of sockets, the number of those that are still followed, the number of those that
 * were given up, and the greatest growth of memory in megabytes.
 * usage: http-memory SOCKETS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "libuser/event/event.h"
#include "libuser/http/follow.h"
#include "libuser/record/decode.h"
#include "libuser/table/table.h"

#define ADDR 0x10000u

static const struct linx_table_call *call_of(const struct linx_table *t, const char *name)
{
	for (unsigned int i = 0; i < t->ncalls; i++)
		if (!t->calls[i].abi && !strcmp(t->calls[i].name, name))
			return &t->calls[i];
	abort();
}

static long megabytes(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return used.ru_maxrss >> 10;
}

static void feed(struct linx_follower *f, const struct linx_table_call *call, uint64_t ino, const char *data, size_t len)
{
	struct linx_extent piece = { .addr = ADDR, .arg = 1, .v = { .data = data, .size = (uint32_t)len, .orig = (uint32_t)len,
								     .kind = LINX_VAL_BYTES, .state = LINX_WHOLE } };
	struct linx_mem mem = { .pieces = &piece, .n = 1 };
	struct linx_descriptor fd = { .fd = 3, .type = LINX_FD_SOCKET, .ino = ino };
	struct linx_fds fds = { .items = &fd, .n = 1, .cap = 1 };
	struct linx_position position = { 0 };
	struct linx_rec rec = { .pid = 1, .tid = 1 };
	const struct linx_event *made;
	struct linx_event ev = { .kind = LINX_EVENT_SYSCALL, .rec = &rec, .position = &position, .call = call, .nargs = 3,
				 .has_ret = true, .ret = (int64_t)len, .mem = &mem, .fds = &fds, .args = { 3, ADDR, len } };

	if (linx_follower_feed(f, &ev))
		abort();
	while (linx_follower_next(f, &made))
		;
}

int main(int argc, char **argv)
{
	static char data[16384];
	size_t len = fread(data, 1, sizeof(data), stdin);
	const struct linx_http_opts opts = { .size = sizeof(opts) };
	long sockets = argc > 1 ? atol(argv[1]) : 0, before;
	struct linx_http_counts counts;
	struct linx_follower *f;
	struct linx_table *t;

	if (!sockets || !len || linx_table_new_builtin(&t) || linx_follower_new(&opts, &f))
		return 2;
	before = megabytes();
	for (long i = 1; i <= sockets; i++)
		feed(f, call_of(t, "write"), (uint64_t)i, data, len);
	linx_follower_count(f, &counts);
	printf("%ld %llu %llu %ld\n", sockets, (unsigned long long)counts.connections, (unsigned long long)counts.given_up,
	       megabytes() - before);
	linx_follower_free(f);
	linx_table_free(t);
	return 0;
}
