// SPDX-License-Identifier: LGPL-2.1-or-later
/* Decodes times, waits and buffers: in strace's format, with its remarks after the result, and as JSON objects. */
#include <poll.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>

#include "assembly.h"
#include "libuser/decoders/decoders.h"

#define TID 100
#define AT 0x1000ull /* address of the structures */
#define NEXT 0x2000ull /* address of the memory that the structures point to */

enum {
	NR_POLL = 7,
	NR_READV = 19,
	NR_WRITEV = 20,
	NR_SELECT = 23,
	NR_RECVFROM = 45,
	NR_GETRLIMIT = 97,
	NR_GETRUSAGE = 98,
	NR_TIMES = 100,
	NR_ADJTIMEX = 159,
	NR_TIME = 201,
	NR_IO_SETUP = 206,
	NR_IO_SUBMIT = 209,
	NR_CLOCK_NANOSLEEP = 230,
	NR_EPOLL_WAIT = 232,
	NR_EPOLL_CTL = 233,
	NR_PPOLL = 271,
	NR_IO_URING_SETUP = 425,
	NR_IO_URING_REGISTER = 427,
	NR_I386_GETRLIMIT = 191,
	NR_I386_OLD_SELECT = 82,
	NR_I386_READV = 145,
	NR_X32_SELECT = 23,
	NR_X32_PSELECT6 = 270,
	NR_X32_IO_PGETEVENTS = 333,
};

static int setup_as(void **state, enum linx_format format)
{
	struct linx_print_opts opts = { .size = sizeof(opts) };

	setenv("TZ", "UTC", 1);
	tzset();
	assembly_setup(state);
	assembly_format(*state, format, &opts);
	return 0;
}

static int setup(void **state)
{
	return setup_as(state, LINX_FORMAT_STRACE);
}

static int setup_json(void **state)
{
	return setup_as(state, LINX_FORMAT_JSON);
}

#define TEST(f, setup) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static void put_bytes(struct assembly *as, uint8_t arg, const void *data, size_t size)
{
	record_val(&as->r, arg, LINX_VAL_BYTES, LINX_WHOLE, data, size, (uint32_t)size);
}

static void expect_args(struct assembly *as, const char *args)
{
	const char *text, *found;

	assembly_event(as);
	text = assembly_print(as);
	found = strstr(text, "\"args\":");
	if (!found || strncmp(found + 7, args, strlen(args)) != 0)
		fail_msg("expected %s in %s", args, text);
}

/* ---- times and limits ------------------------------------------------------------------------ */

/* The remaining time is shown only for a sleep that was interrupted and whose time is relative. */
static void sleeps(void **state)
{
	struct timespec req = { 1, 5 }, rem = { 0, 7 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_NANOSLEEP, 0, ARGS(AT, NEXT));
	put_bytes(as, 0, &req, sizeof(req));
	assembly_expect(as, "nanosleep({tv_sec=1, tv_nsec=5}, 0x2000) = 0\n");
	record_exit(&as->r, TID, NR_NANOSLEEP, -516, ARGS(AT, NEXT));
	put_bytes(as, 0, &req, sizeof(req));
	put_bytes(as, 1, &rem, sizeof(rem));
	assembly_expect(as, "nanosleep({tv_sec=1, tv_nsec=5}, {tv_sec=0, tv_nsec=7}) = ? ERESTART_RESTARTBLOCK "
			    "(Interrupted by signal)\n");
	record_exit(&as->r, TID, NR_CLOCK_NANOSLEEP, -514, ARGS(0, 1, AT, NEXT));
	put_bytes(as, 2, &req, sizeof(req));
	put_bytes(as, 3, &rem, sizeof(rem));
	assembly_expect(as, "clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, {tv_sec=1, tv_nsec=5}, 0x2000) = ? "
			    "ERESTARTNOHAND (To be restarted if no handler)\n");
}

static void clocks(void **state)
{
	uint64_t tms[4] = { 0, 99, 100, 12345 };
	struct assembly *as = *state;
	int64_t now = 1492350678;

	record_exit(&as->r, TID, NR_TIMES, 1717, ARGS(AT));
	put_bytes(as, 0, tms, sizeof(tms));
	assembly_expect(as, "times({tms_utime=0, tms_stime=99 /* 0.99 s */, tms_cutime=100 /* 1.00 s */, "
			    "tms_cstime=12345 /* 123.45 s */}) = 1717\n");
	record_exit(&as->r, TID, NR_TIME, now, ARGS(AT));
	put_bytes(as, 0, &now, 8);
	assembly_expect(as, "time([1492350678 /* 2017-04-16T13:51:18+0000 */]) = 1492350678 "
			    "(2017-04-16T13:51:18+0000)\n");
}

/* Text shows the structure only as the call left it, and not as the program passed it. */
static void adjusting_a_clock(void **state)
{
	uint64_t before[26] = { 1 }, after[26] = { 0, 2, 3 };
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_ADJTIMEX, ARGS(AT));
	put_bytes(as, 0, before, sizeof(before));
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, NR_ADJTIMEX, 5, ARGS(AT));
	put_bytes(as, 0, after, sizeof(after));
	assembly_expect(as, "adjtimex({modes=0, offset=2, freq=3, maxerror=0, esterror=0, status=0, constant=0, "
			    "precision=0, tolerance=0, time={tv_sec=0, tv_usec=0}, tick=0, ppsfreq=0, jitter=0, "
			    "shift=0, stabil=0, jitcnt=0, calcnt=0, errcnt=0, stbcnt=0, tai=0}) = 5 (TIME_ERROR)\n");
}

static void limits_of_both_widths(void **state)
{
	uint64_t wide[2] = { 8192 * 1024, UINT64_MAX };
	uint32_t narrow[2] = { 1024, UINT32_MAX };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_GETRLIMIT, 0, ARGS(3, AT));
	put_bytes(as, 1, wide, sizeof(wide));
	assembly_expect(as, "getrlimit(RLIMIT_STACK, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0\n");
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, NR_I386_GETRLIMIT, 0, ARGS(3, AT));
	put_bytes(as, 1, narrow, sizeof(narrow));
	assembly_expect(as, "ugetrlimit(RLIMIT_STACK, {rlim_cur=1024, rlim_max=RLIM_INFINITY}) = 0\n");
}

static void limits_as_objects(void **state)
{
	uint64_t wide[2] = { 8192 * 1024, UINT64_MAX };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_GETRLIMIT, 0, ARGS(3, AT));
	put_bytes(as, 1, wide, sizeof(wide));
	expect_args(as, "{\"resource\":{\"value\":3,\"text\":\"RLIMIT_STACK\"},\"rlim\":{\"rlim_cur\":8388608,"
			"\"rlim_max\":{\"value\":18446744073709551615,\"text\":\"RLIM64_INFINITY\"}}}");
}

static void usage_is_abbreviated(void **state)
{
	struct rusage ru = { .ru_utime = { 1, 2 }, .ru_stime = { 3, 4 }, .ru_maxrss = 5 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_GETRUSAGE, 0, ARGS(0, AT));
	put_bytes(as, 1, &ru, sizeof(ru));
	assembly_expect(as, "getrusage(RUSAGE_SELF, {ru_utime={tv_sec=1, tv_usec=2}, ru_stime={tv_sec=3, tv_usec=4}, "
			    "...}) = 0\n");
}

/* ---- waiting ------------------------------------------------------------------------------------ */

static void polls(void **state)
{
	struct pollfd fds[3] = { { 4, POLLIN, POLLIN }, { -1, POLLIN, 0 }, { 5, 0, POLLHUP } };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_POLL, 2, ARGS(AT, 3, (uint64_t)-1));
	put_bytes(as, 0, fds, sizeof(fds));
	assembly_expect(as, "poll([{fd=4, events=POLLIN}, {fd=-1}, {fd=5, events=0}], 3, -1) = 2 "
			    "([{fd=4, revents=POLLIN}, {fd=5, revents=POLLHUP}])\n");
	record_exit(&as->r, TID, NR_POLL, 0, ARGS(AT, 1, 10));
	put_bytes(as, 0, fds, 8);
	assembly_expect(as, "poll([{fd=4, events=POLLIN}], 1, 10)    = 0 (Timeout)\n");
	record_exit(&as->r, TID, NR_POLL, -14, ARGS(AT, 2, 10));
	record_val(&as->r, 0, LINX_VAL_BYTES, LINX_UNREADABLE, fds, 8, 16);
	assembly_expect(as, "poll([{fd=4, events=POLLIN}, ... /* 0x1008 */], 2, 10) = -1 EFAULT (Bad address)\n");
}

static void polls_with_what_is_left(void **state)
{
	struct timespec given = { 42, 9 }, left = { 41, 8 };
	struct pollfd fds[1] = { { 4, POLLOUT, 0 } };
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_PPOLL, ARGS(AT, 1, NEXT, 0, 8));
	put_bytes(as, 0, fds, 8);
	put_bytes(as, 2, &given, 16);
	assert_null(assembly_feed(as));
	fds[0].revents = POLLOUT;
	record_exit(&as->r, TID, NR_PPOLL, 1, ARGS(AT, 1, NEXT, 0, 8));
	put_bytes(as, 0, fds, 8);
	put_bytes(as, 2, &left, 16);
	assembly_expect(as, "ppoll([{fd=4, events=POLLOUT}], 1, {tv_sec=42, tv_nsec=9}, NULL, 8) = 1 "
			    "([{fd=4, revents=POLLOUT}], left {tv_sec=41, tv_nsec=8})\n");
}

static void selects(struct assembly *as, const char *line)
{
	struct timeval given = { 9, 8 }, left = { 7, 6 };
	uint64_t in = 0x18, out = 0x6, got_in = 0x8, got_out = 0;

	record_enter(&as->r, TID, NR_SELECT, ARGS(5, AT, NEXT, 0, 0x3000));
	put_bytes(as, 1, &in, 8);
	put_bytes(as, 2, &out, 8);
	put_bytes(as, 4, &given, 16);
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, NR_SELECT, 1, ARGS(5, AT, NEXT, 0, 0x3000));
	put_bytes(as, 1, &got_in, 8);
	put_bytes(as, 2, &got_out, 8);
	put_bytes(as, 4, &left, 16);
	if (*line == '{')
		expect_args(as, line);
	else
		assembly_expect(as, line);
}

static void selects_say_what_is_ready(void **state)
{
	struct assembly *as = *state;

	selects(as, "select(5, [3 4], [1 2], NULL, {tv_sec=9, tv_usec=8}) = 1 (in [3], left {tv_sec=7, tv_usec=6})\n");
	record_exit(&as->r, TID, NR_SELECT, 0, ARGS(0, 0, 0, 0, 0));
	assembly_expect(as, "select(0, NULL, NULL, NULL, NULL)       = 0 (Timeout)\n");
	/* The call claims more descriptors than the captured sets hold. */
	record_exit(&as->r, TID, NR_SELECT, -22, ARGS((uint64_t)-1, AT, 0, 0, 0));
	assembly_expect(as, "select(-1, 0x1000, NULL, NULL, NULL)    = -1 EINVAL (Invalid argument)\n");
}

static void selects_as_objects(void **state)
{
	selects(*state, "{\"n\":5,\"inp\":{\"before\":[3,4],\"after\":[3]},\"outp\":{\"before\":[1,2],\"after\":[]},"
			"\"exp\":null,\"tvp\":{\"before\":{\"tv_sec\":9,\"tv_usec\":8},"
			"\"after\":{\"tv_sec\":7,\"tv_usec\":6}}}");
}

/* All arguments of i386's old select lie in a structure, to which the only register points. */
static void old_select_of_i386(void **state)
{
	uint32_t args[5] = { 4, NEXT, 0, 0, 0x3000 }, in = 8, time[2] = { 1, 2 };
	struct assembly *as = *state;

	as->r.abi = LINX_ABI_I386;
	record_enter(&as->r, TID, NR_I386_OLD_SELECT, ARGS(AT));
	put_bytes(as, 0, args, sizeof(args));
	record_mem(&as->r, 0, LINX_VAL_MEM, NEXT, &in, 4, 4);
	record_mem(&as->r, 0, LINX_VAL_MEM, 0x3000, time, 8, 8);
	assert_null(assembly_feed(as));
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, NR_I386_OLD_SELECT, 1, ARGS(AT));
	put_bytes(as, 0, args, sizeof(args));
	record_mem(&as->r, 0, LINX_VAL_MEM, NEXT, &in, 4, 4);
	record_mem(&as->r, 0, LINX_VAL_MEM, 0x3000, time, 8, 8);
	assembly_expect(as, "select(4, [3], NULL, NULL, {tv_sec=1, tv_usec=2}) = 1 (in [3], left {tv_sec=1, tv_usec=2})\n");
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, NR_I386_OLD_SELECT, -14, ARGS(AT));
	assembly_expect(as, "select(0x1000)                          = -1 EFAULT (Bad address)\n");
}

/* x32 has no compat entry for pselect6 and io_pgetevents, so the kernel reads structures in its 64-bit layout. */
static void sets_of_x32(void **state)
{
	uint64_t pack[2] = { NEXT, 8 }, set = 2;
	struct assembly *as = *state;

	as->r.abi = LINX_ABI_X32;
	record_exit(&as->r, TID, NR_X32_PSELECT6, 0, ARGS(0, 0, 0, 0, 0, AT));
	put_bytes(as, 5, pack, sizeof(pack));
	record_mem(&as->r, 5, LINX_VAL_MEM, NEXT, &set, 8, 8);
	assembly_expect(as, "pselect6(0, NULL, NULL, NULL, NULL, {sigmask=[INT], sigsetsize=8}) = 0 (Timeout)\n");
	as->r.abi = LINX_ABI_X32;
	record_exit(&as->r, TID, NR_X32_IO_PGETEVENTS, 0, ARGS(0x5000, 1, 2, 0, 0, AT));
	put_bytes(as, 5, pack, sizeof(pack));
	record_mem(&as->r, 5, LINX_VAL_MEM, NEXT, &set, 8, 8);
	assembly_expect(as, "io_pgetevents(0x5000, 1, 2, NULL, NULL, {sigmask=[INT], sigsetsize=8}) = 0\n");
}

static void epolls(void **state)
{
	static const char events[] = "\1\0\0\0\5\0\0\0\0\0\0\0\4\0\0\0\6\0\0\0\1\0\0\0";
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_EPOLL_CTL, 0, ARGS(3, 1, 4, AT));
	put_bytes(as, 3, events, 12);
	assembly_expect(as, "epoll_ctl(3, EPOLL_CTL_ADD, 4, {events=EPOLLIN, data=0x5}) = 0\n");
	record_exit(&as->r, TID, NR_EPOLL_CTL, 0, ARGS(3, 2, 4, AT));
	put_bytes(as, 3, events, 12);
	assembly_expect(as, "epoll_ctl(3, EPOLL_CTL_DEL, 4, 0x1000)  = 0\n");
	record_exit(&as->r, TID, NR_EPOLL_WAIT, 2, ARGS(3, AT, 8, 1));
	put_bytes(as, 1, events, 24);
	assembly_expect(as, "epoll_wait(3, [{events=EPOLLIN, data=0x5}, {events=EPOLLOUT, "
			    "data=0x100000006}], 8, 1) = 2\n");
	record_exit(&as->r, TID, NR_EPOLL_WAIT, 0, ARGS(3, AT, 8, 1));
	assembly_expect(as, "epoll_wait(3, [], 8, 1)                 = 0\n");
}

/* ---- buffers ------------------------------------------------------------------------------------ */

static void what_is_written(void **state)
{
	struct iovec iov[2] = { { (void *)NEXT, 40 }, { (void *)0x3000, 2 } };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_WRITEV, 42, ARGS(1, AT, 2));
	put_bytes(as, 1, iov, sizeof(iov));
	record_mem(&as->r, 1, LINX_VAL_MEM, NEXT, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 32, 40);
	record_mem(&as->r, 1, LINX_VAL_MEM, 0x3000, "bc", 2, 2);
	assembly_expect(as, "writev(1, [{iov_base=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"..., iov_len=40}, "
			    "{iov_base=\"bc\", iov_len=2}], 2) = 42\n");
	/* The program passes an unreadable buffer. */
	record_exit(&as->r, TID, NR_WRITEV, -14, ARGS(1, AT, 2));
	put_bytes(as, 1, iov, sizeof(iov));
	assembly_expect(as, "writev(1, [{iov_base=0x2000, iov_len=40}, {iov_base=0x3000, iov_len=2}], 2) = -1 EFAULT "
			    "(Bad address)\n");
}

/*
 * Memory recorded by an entry that may belong to another call is marked "late", as the argument itself is; truncated
 * memory stays truncated.
 */
static void what_another_call_may_have_written(void **state)
{
	struct iovec iov[1] = { { (void *)NEXT, 40 } };
	struct assembly *as = *state;

	assembly_format(as, LINX_FORMAT_JSON, NULL);
	record_enter(&as->r, TID, NR_WRITEV, ARGS(1, AT, 1));
	put_bytes(as, 1, iov, sizeof(iov));
	record_mem(&as->r, 1, LINX_VAL_MEM, NEXT, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 32, 40);
	assert_null(assembly_feed(as));
	linx_assembler_lost(as->a, as->r.time, false);
	record_exit(&as->r, TID, NR_WRITEV, 40, ARGS(1, AT, 1));
	assembly_event(as);
	for (unsigned int i = 0; i < as->ev->mem->n; i++)
		assert_int_equal(as->ev->mem->pieces[i].v.state, LINX_LATE);
	assert_non_null(strstr(assembly_print(as), "\"flags\":[\"truncated\",\"late\",\"stale\"]"));
	assembly_format(as, LINX_FORMAT_STRACE, NULL);
	assert_string_equal(assembly_print(as), "writev(1, [{iov_base=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"..., iov_len=40}], 1) = 40\n");
}

/* Buffers of a vector are shown as far as the call filled them, in order. */
static void what_is_read(void **state)
{
	struct iovec iov[3] = { { (void *)NEXT, 3 }, { (void *)0x3000, 3 }, { (void *)0x4000, 3 } };
	uint32_t narrow[2] = { NEXT, 9 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_READV, 4, ARGS(1, AT, 3));
	put_bytes(as, 1, iov, sizeof(iov));
	record_mem(&as->r, 1, LINX_VAL_MEM, NEXT, "abc", 3, 3);
	record_mem(&as->r, 1, LINX_VAL_MEM, 0x3000, "d", 1, 1);
	assembly_expect(as, "readv(1, [{iov_base=\"abc\", iov_len=3}, {iov_base=\"d\", iov_len=3}, "
			    "{iov_base=\"\", iov_len=3}], 3) = 4\n");
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, NR_I386_READV, 2, ARGS(1, AT, 1));
	put_bytes(as, 1, narrow, sizeof(narrow));
	record_mem(&as->r, 1, LINX_VAL_MEM, NEXT, "ab", 2, 2);
	assembly_expect(as, "readv(1, [{iov_base=\"ab\", iov_len=9}], 1) = 2\n");
	as->r.abi = LINX_ABI_X86_64;
	record_exit(&as->r, TID, NR_READV, -9, ARGS(1, AT, 3));
	put_bytes(as, 1, iov, 16);
	assembly_expect(as, "readv(1, [{iov_base=0x2000, iov_len=3}, ... /* 0x1010 */], 3) = -1 EBADF "
			    "(Bad file descriptor)\n");
}

/*
 * Adds a buffer that the call did not fill: captured data of another buffer at the same address must not be shown for
 * it.
 */
static void add_unfilled(struct assembly *as, uint64_t addr, uint32_t size)
{
	record_val(&as->r, 1, LINX_VAL_MEM, LINX_UNAVAILABLE, &addr, sizeof(addr), (uint32_t)sizeof(addr) + size);
}

static void readv_unfilled(struct assembly *as)
{
	struct iovec iov[2] = { { (void *)AT, 3 }, { (void *)0x3000, 3 } };

	record_exit(&as->r, TID, NR_READV, 4, ARGS(1, AT, 2));
	put_bytes(as, 1, iov, sizeof(iov));
	add_unfilled(as, AT, 3);
	add_unfilled(as, 0x3000, 1);
}

static void recvfrom_unfilled(struct assembly *as)
{
	record_exit(&as->r, TID, NR_RECVFROM, 4, ARGS(1, AT, 9, 0x20, 0, 0));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_UNAVAILABLE, "", 0, 4);
}

static void what_is_thrown_away(void **state)
{
	struct assembly *as = *state;

	readv_unfilled(as);
	assembly_expect(as, "readv(1, [{iov_base=0x1000, iov_len=3}, {iov_base=0x3000, iov_len=3}], 2) = 4\n");
	recvfrom_unfilled(as);
	assembly_expect(as, "recvfrom(1, 0x1000, 9, MSG_TRUNC, NULL, NULL) = 4\n");
}

static void json_of_what_is_thrown_away(void **state)
{
	struct assembly *as = *state;

	readv_unfilled(as);
	expect_args(as, "{\"fd\":1,\"vec\":[{\"iov_base\":{\"value\":null,\"state\":\"unavailable\",\"len\":null,\"addr\":4096},\"iov_len\":3},"
			"{\"iov_base\":{\"value\":null,\"state\":\"unavailable\",\"len\":null,\"addr\":12288},\"iov_len\":3}],\"vlen\":2}");
	recvfrom_unfilled(as);
	expect_args(as, "{\"fd\":1,\"ubuf\":{\"value\":null,\"state\":\"unavailable\",\"len\":null,\"addr\":4096},\"size\":9,");
}

static void pieces_may_overlap(void **state)
{
	struct iovec iov[2] = { { (void *)NEXT, 100 }, { (void *)(NEXT + 4), 6 } };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_WRITEV, 106, ARGS(1, AT, 2));
	put_bytes(as, 1, iov, sizeof(iov));
	record_mem(&as->r, 1, LINX_VAL_MEM, NEXT, "0123456789012345678901234567890123456789", 8, 100);
	record_mem(&as->r, 1, LINX_VAL_MEM, NEXT + 4, "456789", 6, 6);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as), "{iov_base=\"456789\", iov_len=6}"));
}

static void asynchronous(void **state)
{
	uint64_t list[3] = { NEXT, 0, 0x5000 }, ctx = 0x7f0000000000;
	struct {
		uint64_t data;
		uint32_t key, rw;
		uint16_t op;
		int16_t prio;
		uint32_t fd;
		uint64_t buf, nbytes, offset, reserved;
		uint32_t flags, resfd;
	} cb = { 0x11, 0, 0, 1, 0, 3, 0x3000, 3, 7, 0, 1, 9 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_IO_SETUP, 0, ARGS(2, AT));
	put_bytes(as, 1, &ctx, 8);
	assembly_expect(as, "io_setup(2, [0x7f0000000000])           = 0\n");
	record_exit(&as->r, TID, NR_IO_SUBMIT, 1, ARGS(0x7f, 3, AT));
	put_bytes(as, 2, list, sizeof(list));
	record_mem(&as->r, 2, LINX_VAL_MEM, NEXT, &cb, sizeof(cb), sizeof(cb));
	record_mem(&as->r, 2, LINX_VAL_MEM, 0x3000, "abc", 3, 3);
	assembly_expect(as, "io_submit(0x7f, 3, [{aio_data=0x11, aio_lio_opcode=IOCB_CMD_PWRITE, aio_fildes=3, "
			    "aio_buf=\"abc\", aio_nbytes=3, aio_offset=7, aio_flags=IOCB_FLAG_RESFD, aio_resfd=9}, "
			    "NULL, 0x5000]) = 1\n");
}

static void rings(void **state)
{
	uint32_t asked[30] = { 0 }, given[30] = { [0] = 2, [1] = 4, [5] = 1 };
	uint32_t files[4] = { 3, 0, NEXT, 0 }, fds[2] = { 5, (uint32_t)-2 };
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_IO_URING_SETUP, ARGS(2, AT));
	put_bytes(as, 1, asked, sizeof(asked));
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, NR_IO_URING_SETUP, 3, ARGS(2, AT));
	put_bytes(as, 1, given, sizeof(given));
	assembly_expect(as, "io_uring_setup(2, {flags=0, sq_thread_cpu=0, sq_thread_idle=0, sq_entries=2, "
			    "cq_entries=4, features=IORING_FEAT_SINGLE_MMAP, sq_off={head=0, tail=0, ring_mask=0, "
			    "ring_entries=0, flags=0, dropped=0, array=0, user_addr=0}, cq_off={head=0, tail=0, ring_mask=0, "
			    "ring_entries=0, overflow=0, cqes=0, flags=0, user_addr=0}}) = 3\n");
	record_exit(&as->r, TID, NR_IO_URING_REGISTER, 2, ARGS(3, 6, AT, 2));
	put_bytes(as, 2, files, sizeof(files));
	record_mem(&as->r, 2, LINX_VAL_MEM, NEXT, fds, 8, 8);
	assembly_expect(as, "io_uring_register(3, IORING_REGISTER_FILES_UPDATE, {offset=3, "
			    "fds=[5, IORING_REGISTER_FILES_SKIP]}, 2) = 2\n");
	record_exit(&as->r, TID, NR_IO_URING_REGISTER, 0, ARGS(3, 17, AT, 1));
	put_bytes(as, 2, "\5", 1);
	assembly_expect(as, "io_uring_register(3, IORING_REGISTER_IOWQ_AFF, [0 2], 1) = 0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sleeps, setup),
		TEST(clocks, setup),
		TEST(adjusting_a_clock, setup),
		TEST(limits_of_both_widths, setup),
		TEST(limits_as_objects, setup_json),
		TEST(usage_is_abbreviated, setup),
		TEST(polls, setup),
		TEST(polls_with_what_is_left, setup),
		TEST(selects_say_what_is_ready, setup),
		TEST(selects_as_objects, setup_json),
		TEST(old_select_of_i386, setup),
		TEST(sets_of_x32, setup),
		TEST(epolls, setup),
		TEST(what_is_written, setup),
		TEST(what_another_call_may_have_written, setup),
		TEST(what_is_read, setup),
		TEST(what_is_thrown_away, setup),
		TEST(json_of_what_is_thrown_away, setup_json),
		TEST(pieces_may_overlap, setup),
		TEST(asynchronous, setup),
		TEST(rings, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
