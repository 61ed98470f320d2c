// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tests which calls that tasks are inside are shown, who waits at a futex, and how long the calls have lasted. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"

static unsigned int tables_opened;

/* Opens a file, and counts in tables_opened how often a table of sockets (/proc/.../net/...) is opened. */
static FILE *open_counted(const char *path, const char *mode)
{
	tables_opened += strstr(path, "/net/") != NULL;
	return fopen(path, mode);
}
#define fopen open_counted

#include "common/base/json_u64.c"
#include "common/base/parse_value.c"
#include "tools/hung/futex.c"
#include "tools/hung/print.c"
#include "tools/hung/task_fd.c"
#include "tools/hung/tasks.c"

#define S 1000000000ull

static struct hung_call futex(uint32_t pid, uint32_t tid, uint64_t address, uint64_t operation)
{
	struct hung_call c = { .pid = pid, .tid = tid, .name = "futex", .nargs = 6, .args = { address, operation } };

	hung_find_futex(&c);
	return c;
}

/* True if both calls are in one process and wait at the same futex, by the groups of waiters. */
static bool wait_together(const struct hung_call *a, const struct hung_call *b)
{
	struct hung_call both[] = { *a, *b };
	struct hung_result r = { .calls = { .at = both, .n = 2 } };
	bool found = false;
	size_t n;

	assert_int_equal(hung_group_waiters(&r), 0);
	for (unsigned int k = 0; k < a->nfutexes; k++) {
		const struct hung_waiter *at = hung_waiters(&r, &both[0], a->futexes[k], &n);

		for (size_t i = 0; i < n; i++)
			found |= at[i].call == 1;
	}
	free(r.waiting);
	return found;
}

static void futexes(void **state)
{
	static const int waiting[] = { FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_LOCK_PI, FUTEX_LOCK_PI2, FUTEX_WAIT_REQUEUE_PI };
	static const int others[] = { FUTEX_WAKE, FUTEX_REQUEUE, FUTEX_UNLOCK_PI, FUTEX_TRYLOCK_PI, 99 };
	struct hung_call a = futex(1, 1, 0x1000, FUTEX_WAIT_PRIVATE), c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		c = futex(1, 2, 0x1000, (uint64_t)waiting[i] | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
		assert_true(wait_together(&a, &c) && wait_together(&c, &a));
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		c = futex(1, 2, 0x1000, (uint64_t)others[i]);
		assert_false(c.nfutexes || wait_together(&a, &c));
	}
	c = futex(1, 2, 0x1004, FUTEX_WAIT_PRIVATE);
	assert_false(wait_together(&a, &c));
	c = futex(2, 2, 0x1000, FUTEX_WAIT_PRIVATE);
	assert_false(wait_together(&a, &c));
	c = (struct hung_call){ .pid = 1, .tid = 2, .name = "read", .nargs = 6, .args = { 0x1000 } };
	assert_true(hung_find_futex(&c));
	assert_false(c.nfutexes || wait_together(&a, &c));
}

/* futex_waitv(2) waits at each futex of its array, of which a part, or more than the kernel takes, may be recorded. */
static void several_futexes(void **state)
{
	struct hung_futex array[HUNG_FUTEXES_MAX + 1];
	struct hung_call c = { .pid = 1, .tid = 2, .name = "futex_waitv", .nargs = 5, .args = { 0x5000, 3 } }, a;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(array); i++)
		array[i] = (struct hung_futex){ .value = 0x1000, .address = 0x2000 + 4 * (uint64_t)i };
	assert_false(hung_find_futex(&c));
	assert_int_equal(c.nfutexes, 0);
	hung_take_futexes(&c, array, 3 * sizeof(*array) + 23);
	assert_int_equal(c.nfutexes, 3);
	for (unsigned int i = 0; i < 4; i++) {
		a = futex(1, 1, 0x2000 + 4 * i, FUTEX_WAIT_PRIVATE);
		assert_int_equal(wait_together(&a, &c), i < 3);
		assert_int_equal(wait_together(&c, &a), i < 3);
	}
	c.futexes[1] = c.futexes[0]; /* twice the same futex: one waiter there */
	assert_true(wait_together(&c, &c));
	hung_take_futexes(&c, array, sizeof(array));
	assert_int_equal(c.nfutexes, HUNG_FUTEXES_MAX);
	hung_take_futexes(&c, array, 0);
	assert_int_equal(c.nfutexes, 0);
}

/* Prints the waiters of calls.at[0] as text, and returns the JSON of its futexes. */
static void shows_waiters(const struct hung_result *r, const char *text, const char *json)
{
	cJSON *o = cJSON_CreateObject();
	char *got;
	FILE *f = tmpfile();
	char line[256] = "";
	int saved = dup(STDOUT_FILENO);

	assert_true(f && saved >= 0 && !fflush(stdout) && dup2(fileno(f), STDOUT_FILENO) >= 0);
	print_waiters(r, &r->calls.at[0]);
	assert_true(!fflush(stdout) && dup2(saved, STDOUT_FILENO) >= 0);
	close(saved);
	rewind(f);
	assert_true(fgets(line, sizeof(line), f) || !*text);
	fclose(f);
	assert_string_equal(line, text);
	assert_true(add_futexes(o, r, &r->calls.at[0]));
	got = cJSON_PrintUnformatted(o);
	assert_string_equal(got, json);
	free(got);
	cJSON_Delete(o);
}

/* A task that waits at two common futexes is named once in text; more than eight are counted. */
static void waiters_are_named_once(void **state)
{
	const struct hung_futex array[] = { { .address = 16 }, { .address = 32 } };
	struct hung_call calls[12];
	struct hung_result r = { .calls = { .at = calls, .n = 3 } };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		calls[i] = (struct hung_call){ .pid = 1, .tid = 10 + i, .name = "futex_waitv" };
		hung_take_futexes(&calls[i], array, sizeof(array));
	}
	calls[2] = futex(1, 12, 32, FUTEX_WAIT_PRIVATE);
	assert_int_equal(hung_group_waiters(&r), 0);
	shows_waiters(&r, "  waits with 11, 12", "{\"futexes\":[{\"address\":16,\"waiters\":[11]},{\"address\":32,\"waiters\":[11,12]}]}");
	free(r.waiting);
	r = (struct hung_result){ .calls = { .at = calls, .n = ARRAY_SIZE(calls) } };
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++)
		calls[i] = futex(1, 10 + i, 16, FUTEX_WAIT_PRIVATE);
	assert_int_equal(hung_group_waiters(&r), 0);
	shows_waiters(&r, "  waits with 11, 12, 13, 14, 15, 16, 17, 18 and 3 more", "{\"futex\":{\"address\":16,\"waiters\":[11,12,13,14,15,16,17,18,19,20,21]}}");
	free(r.waiting);
}

static void shown(void **state)
{
	struct hung_settings s = { .over_ns = 5 * S };
	struct hung_call c = { .name = "read", .inside_ns = 5 * S };

	(void)state;
	assert_true(hung_shows(&s, &c));
	c.inside_ns--;
	assert_false(hung_shows(&s, &c));
	s.over_ns = 1;
	s.calls = "read,write";
	assert_true(hung_shows(&s, &c));
	s.calls = "!read,write";
	assert_false(hung_shows(&s, &c));
	s.calls = "readv";
	assert_false(hung_shows(&s, &c));
	s.calls = "!rea,readv";
	assert_true(hung_shows(&s, &c));
}

static void lasts(const char *want, uint64_t ns)
{
	char text[32];

	put_duration(ns, false, text);
	assert_string_equal(text, want);
	put_duration(ns, true, text);
	assert_string_equal(text + 1, want);
	assert_int_equal(text[0], '>');
}

static void durations(void **state)
{
	(void)state;
	lasts("0.0 s", 1);
	lasts("5.2 s", 5 * S + S / 4);
	lasts("59.9 s", 60 * S - 1);
	lasts("1m 00s", 60 * S);
	lasts("59m 59s", 3600 * S - 1);
	lasts("23h 59m", 86400 * S - 1);
	lasts("213503d 23h", UINT64_MAX / (86400 * S) * (86400 * S) + 23 * 3600 * S);
}

/*
 * Parses lines of /proc/PID/syscall: of a task in a call, of one that runs, of one that sleeps outside of a call, and
 * of a kernel thread.
 */
static void lines_of_proc(void **state)
{
	struct task_call c = { .nr = 5 };

	(void)state;
	assert_true(parse_call("202 0x7f01 0x80 0x2 0x0 0x0 0xffffffffffffffff 0x7ffd 0x7f02\n", &c));
	assert_int_equal(c.nr, 202);
	assert_true(c.args[0] == 0x7f01 && c.args[5] == UINT64_MAX && c.sp == 0x7ffd && c.pc == 0x7f02);
	assert_false(parse_call("running\n", &c));
	assert_false(parse_call("-1 0x7ffd 0x7f02\n", &c));
	assert_false(parse_call("0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n", &c));
	assert_false(parse_call("", &c));
}

static void is_socket(const char *want, const char *proto, int family, const char *local, const char *peer, unsigned int peer_port)
{
	struct tasks_address from = { .port = 80 }, to = { .port = peer_port };
	char text[128];

	assert_true(read_address(local, family, &from) && read_address(peer, family, &to));
	assert_true(tasks_put_socket(proto, family, &from, &to, text, sizeof(text)));
	assert_string_equal(text, want);
}

/* Addresses as the tables of a little-endian machine have them. */
static void addresses(void **state)
{
	struct tasks_address a = { .port = 1 };
	char text[128];

	(void)state;
	is_socket("TCP:[127.0.0.1:80->10.0.0.2:443]", "TCP", AF_INET, "0100007F", "0200000A", 443);
	is_socket("TCP:[127.0.0.1:80]", "TCP", AF_INET, "0100007F", "00000000", 0);
	is_socket("UDPv6:[[::1]:80->[::2]:53]", "UDPv6", AF_INET6, "00000000000000000000000001000000",
		  "00000000000000000000000002000000", 53);
	assert_false(read_address("0100007F", AF_INET6, &a));
	assert_false(read_address("", AF_INET, &a));
	assert_false(tasks_put_socket("UNIX-STREAM", AF_UNIX, &a, &a, text, sizeof(text)));
}

/* Returns a socket that listens at a port of 127.0.0.1. Writes the text by which the socket is shown. */
static int listening(char text[64])
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0 && !bind(fd, (struct sockaddr *)&a, len) && !listen(fd, 1) && !getsockname(fd, (struct sockaddr *)&a, &len));
	snprintf(text, 64, "TCP:[127.0.0.1:%u]", ntohs(a.sin_port));
	return fd;
}

/* The addresses of sockets come from tables that are read once, however many sockets are looked up. */
static void descriptors(void **state)
{
	struct task_sockets sockets = { 0 };
	char want[64], text[128];
	int fds[3];

	(void)state;
	tables_opened = 0;
	assert_int_equal(pipe(fds), 0);
	tasks_read_fd((uint32_t)getpid(), fds[0], &sockets, text, sizeof(text));
	assert_true(!strncmp(text, "pipe:[", 6) && !tables_opened);
	fds[2] = listening(want);
	for (unsigned int i = 0; i < 20; i++) {
		tasks_read_fd((uint32_t)getpid(), fds[2], &sockets, text, sizeof(text));
		assert_string_equal(text, want);
	}
	assert_int_equal(tables_opened, ARRAY_SIZE(tables));
	/* a socket that no table has is shown by its number */
	close(fds[2]);
	fds[2] = socket(AF_UNIX, SOCK_STREAM, 0);
	tasks_read_fd((uint32_t)getpid(), fds[2], &sockets, text, sizeof(text));
	assert_true(!strncmp(text, "socket:[", 8) && tables_opened == ARRAY_SIZE(tables));
	for (unsigned int i = 0; i < 3; i++)
		close(fds[i]);
	tasks_free_sockets(&sockets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(futexes),	 cmocka_unit_test(several_futexes), cmocka_unit_test(waiters_are_named_once),
		cmocka_unit_test(shown),	 cmocka_unit_test(durations),	    cmocka_unit_test(lines_of_proc),
		cmocka_unit_test(addresses),	 cmocka_unit_test(descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
