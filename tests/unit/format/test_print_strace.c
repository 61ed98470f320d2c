// SPDX-License-Identifier: LGPL-2.1-or-later
/* strace's format, compared with the output of strace 6.1 for the same calls. */
#include "libuser/base/array_size.h"
#include "assembly.h"

#define TID 100

static int setup(void **state)
{
	struct assembly *as;

	assembly_setup(state);
	as = *state;
	assembly_format(as, LINX_FORMAT_STRACE, NULL);
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static void put_bytes(struct assembly *as, uint8_t arg, const void *data, size_t size)
{
	record_val(&as->r, arg, LINX_VAL_BYTES, LINX_WHOLE, data, size, (uint32_t)size);
}

static void write_call(struct assembly *as, const char *data, size_t size, size_t captured, int64_t ret)
{
	record_exit(&as->r, TID, NR_WRITE, ret, ARGS((uint64_t)-1, 0x1000, size));
	record_val(&as->r, 1, LINX_VAL_BYTES, captured < size ? LINX_TRUNCATED : LINX_WHOLE, data, captured,
		   (uint32_t)size);
}

static void opens(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0x7777));
	record_str(&as->r, 1, "/etc/ld.so.cache");
	assembly_expect(as, "openat(AT_FDCWD, \"/etc/ld.so.cache\", O_RDONLY|O_CLOEXEC) = 3\n");
	record_exit(&as->r, TID, NR_OPENAT, -2, ARGS(5, 0x1000, 0302, 0640));
	record_str(&as->r, 1, "/a-path-is-never-cut-however-long-it-may-be-it-is-shown-whole");
	assembly_expect(
		as, "openat(5, \"/a-path-is-never-cut-however-long-it-may-be-it-is-shown-whole\", "
		    "O_RDWR|O_CREAT|O_EXCL, 0640) = -1 ENOENT (No such file or directory)\n");
	record_exit(&as->r, TID, NR_OPENAT, 4, ARGS(AT_FDCWD_ARG, 0x1000, 020200002, 0));
	record_str(&as->r, 1, "/tmp");
	assembly_expect(as, "openat(AT_FDCWD, \"/tmp\", O_RDWR|O_TMPFILE, 000) = 4\n");
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0x80000000, 0));
	record_str(&as->r, 1, "/");
	assembly_expect(as, "openat(AT_FDCWD, \"/\", O_RDONLY|0x80000000) = 3\n");
}

static void the_result_stands_in_column_40(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_expect(as, "close(3)                                = 0\n");
	record_exit(&as->r, TID, NR_CLOSE, -9, ARGS((uint64_t)-1));
	assembly_expect(
		as, "close(-1)                               = -1 EBADF (Bad file descriptor)\n");
	record_exit(&as->r, TID, NR_GETPID, 4711, NO_ARGS);
	assembly_expect(as, "getpid()                                = 4711\n");
}

static void strings_are_escaped_and_cut(void **state)
{
	struct assembly *as = *state;

	write_call(as, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40, 40, -9);
	assembly_expect(
		as,
		"write(-1, \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"..., 40) = -1 EBADF (Bad file descriptor)\n");
	write_call(as, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 32, 32, 32);
	assembly_expect(as, "write(-1, \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", 32) = 32\n");
	write_call(as, "abc", 4096, 3, 4096);
	assembly_expect(as, "write(-1, \"abc\"..., 4096)               = 4096\n");
	write_call(as, "\0\1\0019\t\n\v\f\r\"\\\377\200x\033[0m\0\1", 20, 20, 20);
	assembly_expect(
		as,
		"write(-1, \"\\0\\1\\19\\t\\n\\v\\f\\r\\\"\\\\\\377\\200x\\33[0m\\0\\1\", 20) = 20\n");
	write_call(as, "\0017", 2, 2, 2);
	assembly_expect(as, "write(-1, \"\\0017\", 2)                   = 2\n");
	write_call(as, "", 0, 0, 0);
	assembly_expect(as, "write(-1, \"\", 0)                        = 0\n");
}

static void what_is_not_known_is_an_address(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_WRITE, -14, ARGS((uint64_t)-1, 0x10, 5));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_UNREADABLE, "", 0, 5);
	assembly_expect(as, "write(-1, 0x10, 5)                      = -1 EFAULT (Bad address)\n");
	record_exit(&as->r, TID, NR_WRITE, -14, ARGS((uint64_t)-1, 0, 5));
	assembly_expect(as, "write(-1, NULL, 5)                      = -1 EFAULT (Bad address)\n");
	record_exit(&as->r, TID, NR_READ, -9, ARGS(3, 0x7ffc0000, 100));
	assembly_expect(
		as, "read(3, 0x7ffc0000, 100)                = -1 EBADF (Bad file descriptor)\n");
	record_exit(&as->r, TID, NR_READ, 0, ARGS(3, 0x7ffc0000, 100));
	assembly_expect(as, "read(3, \"\", 100)                        = 0\n");
	/* The captured bytes have the wrong size for this argument, so its address is printed. */
	record_exit(&as->r, TID, NR_PIPE, 0, ARGS(0x1000));
	put_bytes(as, 0, "abc", 3);
	assembly_expect(as, "pipe(0x1000)                            = 0\n");
}

static void results_by_call(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_MMAP, 0x7f0012345000, ARGS(0, 4096, 5, 0x22, (uint64_t)-1, 0));
	assembly_expect(
		as,
		"mmap(NULL, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0012345000\n");
	record_exit(&as->r, TID, 95, 022, ARGS(027));
	assembly_expect(as, "umask(027)                              = 022\n");
	record_exit(&as->r, TID, NR_FCNTL, 0x8000, ARGS(9, 3, 0x1234));
	assembly_expect(
		as,
		"fcntl(9, F_GETFL)                       = 0x8000 (flags O_RDONLY|O_LARGEFILE)\n");
	record_exit(&as->r, TID, NR_FCNTL, 0, ARGS(9, 1, 0x1234));
	assembly_expect(as, "fcntl(9, F_GETFD)                       = 0\n");
	record_exit(&as->r, TID, NR_FCNTL, 0, ARGS(9, 4, 04000));
	assembly_expect(as, "fcntl(9, F_SETFL, O_RDONLY|O_NONBLOCK)  = 0\n");
	record_exit(&as->r, TID, NR_FCNTL, -22, ARGS(5, 777, 1));
	assembly_expect(as,
			"fcntl(5, 0x309 /* F_??? */, 0x1)        = -1 EINVAL (Invalid argument)\n");
	record_exit(&as->r, TID, NR_READ, -512, ARGS(3, 0x7ffc0000, 1));
	assembly_expect(
		as,
		"read(3, 0x7ffc0000, 1)                  = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\n");
	record_exit(&as->r, TID, NR_GETPID, -4000, NO_ARGS);
	assembly_expect(as, "getpid()                                = -1 (errno 4000)\n");
	record_exit(&as->r, TID, 999, -38, ARGS(1, 2, 3, 4, 5, 6));
	assembly_expect(
		as,
		"syscall_0x3e7(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) = -1 ENOSYS (Function not implemented)\n");
}

static void socket_addresses(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *text;
	} addrs[] = {
		{ "\2\0\0\121\177\0\0\1\0\0\0\0\0\0\0\0", 16,
		  "{sa_family=AF_INET, sin_port=htons(81), sin_addr=inet_addr(\"127.0.0.1\")}, 16)" },
		{ "\2\0\0\121\177\0\0\1", 8,
		  "{sa_family=AF_INET, sa_data=\"\\0Q\\177\\0\\0\\1\"}, 8)" },
		{ "\1\0/x/y\0garbage", 14, "{sa_family=AF_UNIX, sun_path=\"/x/y\"}, 14)" },
		{ "\1\0\0abs\1tract", 12, "{sa_family=AF_UNIX, sun_path=@\"abs\\1tract\"}, 12)" },
		{ "\1\0", 2, "{sa_family=AF_UNIX}, 2)" },
		{ "\12\0\0\120\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\1\0\0\0", 28,
		  "{sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), "
		  "inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=1}, 28)" },
		{ "\20\0\0\0\7\0\0\0\5\0\0\0", 12,
		  "{sa_family=AF_NETLINK, nl_pid=7, nl_groups=0x000005}, 12)" },
		{ "\115\0abc", 5, "{sa_family=0x4d /* AF_??? */, sa_data=\"abc\"}, 5)" },
		{ "\115\0", 2, "{sa_family=0x4d /* AF_??? */}, 2)" },
		{ "\2", 1, "0x1000, 1)" },
	};
	struct assembly *as = *state;

	for (size_t i = 0; i < ARRAY_SIZE(addrs); i++) {
		char line[256] = "connect(6, ";

		record_exit(&as->r, TID, NR_CONNECT, 0, ARGS(6, 0x1000, addrs[i].size));
		put_bytes(as, 1, addrs[i].bytes, addrs[i].size);
		strcat(line, addrs[i].text);
		strcat(line, " ");
		while (strlen(line) < 40)
			strcat(line, " ");
		assembly_expect(as, strcat(line, "= 0\n"));
	}
}

static void pointers_to_numbers(void **state)
{
	struct assembly *as = *state;
	uint64_t set = 1ull << 1 | 1ull << 33, full = ~(1ull << 8);
	int pair[2] = { 3, 4 }, status = 3 << 8;

	record_exit(&as->r, TID, NR_PIPE, 0, ARGS(0x1000));
	put_bytes(as, 0, pair, 8);
	assembly_expect(as, "pipe([3, 4])                            = 0\n");
	record_exit(&as->r, TID, NR_WAIT4, 4712, ARGS((uint64_t)-1, 0x1000, 0, 0));
	put_bytes(as, 1, &status, 4);
	assembly_expect(as, "wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 4712\n");
	status = 11 | 0x80;
	record_exit(&as->r, TID, NR_WAIT4, 4712, ARGS((uint64_t)-1, 0x1000, 1, 0));
	put_bytes(as, 1, &status, 4);
	assembly_expect(
		as,
		"wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}], WNOHANG, NULL) = 4712\n");
	/* no child was found, so the call did not write the status */
	record_exit(&as->r, TID, NR_WAIT4, 0, ARGS((uint64_t)-1, 0x1000, 1, 0));
	put_bytes(as, 1, &status, 4);
	assembly_expect(as, "wait4(-1, 0x1000, WNOHANG, NULL)        = 0\n");
	record_exit(&as->r, TID, NR_SIGPROCMASK, 0, ARGS(2, 0x1000, 0x2000, 8));
	put_bytes(as, 1, &set, 8);
	put_bytes(as, 2, &full, 8);
	assembly_expect(as, "rt_sigprocmask(SIG_SETMASK, [INT RT_2], ~[KILL], 8) = 0\n");
}

static void clone_has_an_order_of_its_own(void **state)
{
	struct assembly *as = *state;
	int tid = 31997;

	record_exit(&as->r, TID, NR_CLONE, 31995, ARGS(0x1200011, 0, 0, 0x7f00, 0));
	assembly_expect(
		as,
		"clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, "
		"child_tidptr=0x7f00) = 31995\n");
	record_exit(&as->r, TID, NR_CLONE, 31997, ARGS(0x80100011, 0, 0x1000, 0, 0));
	put_bytes(as, 2, &tid, 4);
	assembly_expect(
		as,
		"clone(child_stack=NULL, flags=CLONE_PARENT_SETTID|CLONE_IO|SIGCHLD, parent_tid=[31997]) = 31997\n");
	/* strace prints no line for the return of clone in the child. */
	record_exit(&as->r, TID, NR_CLONE, 0, ARGS(0x1200011, 0, 0, 0x7f00, 0));
	assembly_expect(as, "");
}

static void put_vector(struct assembly *as, uint8_t arg, uint32_t count, uint32_t stored,
		       const char *text, size_t size)
{
	uint8_t bytes[128];
	struct linx_strv head = { count, stored, 0 };

	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), text, size);
	record_val(&as->r, arg, LINX_VAL_STRV, stored < count ? LINX_TRUNCATED : LINX_WHOLE, bytes,
		   sizeof(head) + size, 0);
}

static void exec_lines(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_EXECVE, -2, ARGS(0x1000, 0x2000, 0x7ffc42fd));
	record_str(&as->r, 0, "/nonexist");
	put_vector(as, 1, 2, 2, "a\0b\n", 5);
	put_vector(as, 2, 27, 0, "", 0);
	assembly_expect(
		as,
		"execve(\"/nonexist\", [\"a\", \"b\\n\"], 0x7ffc42fd /* 27 vars */) = -1 ENOENT "
		"(No such file or directory)\n");
	record_exit(&as->r, TID, NR_EXECVE, -2, ARGS(0x1000, 0x2000, 0x7ffc42fd));
	record_str(&as->r, 0, "/nonexist");
	put_vector(as, 1, 0, 0, "", 0);
	put_vector(as, 2, 1, 0, "", 0);
	assembly_expect(
		as,
		"execve(\"/nonexist\", [], 0x7ffc42fd /* 1 var */) = -1 ENOENT (No such file or directory)\n");
	record_exit(&as->r, TID, NR_EXECVE, -2, ARGS(0x1000, 0x2000, 0));
	record_str(&as->r, 0, "/nonexist");
	put_vector(as, 1, 3, 1, "a", 2);
	assembly_expect(
		as,
		"execve(\"/nonexist\", [\"a\", ...], NULL)   = -1 ENOENT (No such file or directory)\n");
	as->r.flags = LINX_RF_ARGS_GONE;
	record_exit(&as->r, TID, NR_EXECVE, 0, NO_ARGS);
	assembly_expect(as, "execve(?, ?, ?)                         = 0\n");
}

static void arguments_that_do_not_count_are_left_out(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, 202, -11, ARGS(0x1000, 128, 5, 0, 0x77, 0x88));
	assembly_expect(
		as,
		"futex(0x1000, FUTEX_WAIT_PRIVATE, 5, NULL) = -1 EAGAIN (Resource temporarily unavailable)\n");
	record_exit(&as->r, TID, 202, 0, ARGS(0x1000, 129, 1, 0, 0x77, 0x88));
	assembly_expect(as, "futex(0x1000, FUTEX_WAKE_PRIVATE, 1)    = 0\n");
	record_exit(&as->r, TID, 25, -14, ARGS(0, 1, 1, 1, 0x99));
	assembly_expect(as, "mremap(NULL, 1, 1, MREMAP_MAYMOVE)      = -1 EFAULT (Bad address)\n");
	record_exit(&as->r, TID, 133, -2, ARGS(0x1000, 0, 5));
	record_str(&as->r, 0, "/x");
	assembly_expect(
		as,
		"mknod(\"/x\", 000)                        = -1 ENOENT (No such file or directory)\n");
	record_exit(&as->r, TID, 133, -2, ARGS(0x1000, 020600, 0x501));
	record_str(&as->r, 0, "/x");
	assembly_expect(
		as,
		"mknod(\"/x\", S_IFCHR|0600, makedev(0x5, 0x1)) = -1 ENOENT (No such file or directory)\n");
	/* The kernel returns results of i386 calls in 32 bits. */
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, 216, -65536, ARGS(0));
	assembly_expect(as, "setfsgid32(0)                           = 4294901760\n");
	as->r.abi = LINX_ABI_X86_64;
	/* 0177777 is not a file type. */
	record_exit(&as->r, TID, 133, -22, ARGS(0x1000, 0177777, 0));
	record_str(&as->r, 0, "/x");
	assembly_expect(as, "mknod(\"/x\", 0177777)                    = -1 EINVAL (Invalid argument)\n");
}

static void prctl_by_its_option(void **state)
{
	struct assembly *as = *state;
	static const struct {
		uint64_t args[3];
		const char *line;
	} calls[] = {
		{ { 1, 17 }, "prctl(PR_SET_PDEATHSIG, SIGCHLD)        = 0\n" },
		{ { 7 }, "prctl(PR_GET_KEEPCAPS)                  = 0\n" },
		{ { 8, 17 }, "prctl(PR_SET_KEEPCAPS, 17)              = 0\n" },
		{ { 22, 2, 0x12 }, "prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, 0x12) = 0\n" },
		{ { 22, 1, 0x12 }, "prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) = 0\n" },
		{ { 22, 7, 0x12 },
		  "prctl(PR_SET_SECCOMP, 0x7 /* SECCOMP_MODE_??? */, 0x12, 0x13, 0x14) = 0\n" },
		{ { 23, 17 }, "prctl(PR_CAPBSET_READ, CAP_SYS_RAWIO)   = 0\n" },
		{ { 38, 1 }, "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0x13, 0x14) = 0\n" },
		{ { 47, 2, 18 },
		  "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_CHROOT, 0x13, 0x14) = 0\n" },
		{ { 47, 4, 18 },
		  "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0x12, 0x13, 0x14) = 0\n" },
		{ { 0x53, 17, 18 }, "prctl(0x53 /* PR_??? */, 0x11, 0x12, 0x13, 0x14) = 0\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const uint64_t *a = calls[i].args;

		record_exit(&as->r, TID, 157, 0, ARGS(a[0], a[1], a[2], 0x13, 0x14));
		assembly_expect(as, calls[i].line);
	}
}

/* Calls for which strace prints the arguments or the result in a special form. */
static void calls_with_ways_of_their_own(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, 202, -14, ARGS(0, 9, 1, 0, 0, 0xffffffff));
	assembly_expect(
		as,
		"futex(NULL, FUTEX_WAIT_BITSET, 1, NULL, FUTEX_BITSET_MATCH_ANY) = -1 EFAULT (Bad address)\n");
	record_exit(&as->r, TID, 202, -14, ARGS(0, 9, 1, 0, 0, 7));
	assembly_expect(as,
			"futex(NULL, FUTEX_WAIT_BITSET, 1, NULL, 0x7) = -1 EFAULT (Bad address)\n");
	record_exit(&as->r, TID, 135, 0x40008, ARGS(0xffffffff));
	assembly_expect(
		as,
		"personality(0xffffffff)                 = 0x40008 (PER_LINUX32|ADDR_NO_RANDOMIZE)\n");
	record_exit(&as->r, TID, 145, 0, ARGS(0));
	assembly_expect(as, "sched_getscheduler(0)                   = 0 (SCHED_OTHER)\n");
	record_exit(&as->r, TID, 252, 16388, ARGS(1, 0));
	assembly_expect(as, "ioprio_get(IOPRIO_WHO_PROCESS, 0)       = 16388 "
			    "(IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4))\n");
	record_exit(&as->r, TID, 77, -22, ARGS(99, (uint64_t)-1));
	assembly_expect(as,
			"ftruncate(99, 18446744073709551615)     = -1 EINVAL (Invalid argument)\n");
	record_exit(&as->r, TID, 89, -22, ARGS(0x1000, 0x2000, (uint64_t)-1));
	record_str(&as->r, 0, "/x");
	assembly_expect(
		as, "readlink(\"/x\", 0x2000, 18446744073709551615) = -1 EINVAL (Invalid argument)\n");
	record_exit(&as->r, TID, 53, -95, ARGS(2, 2, 0, 0x1000));
	assembly_expect(
		as,
		"socketpair(AF_INET, SOCK_DGRAM, 0, 0x1000) = -1 EOPNOTSUPP (Operation not supported)\n");
	record_exit(&as->r, TID, 334, 0, ARGS(0x1000, 32, 0, 0x53053053));
	assembly_expect(as, "rseq(0x1000, 32, 0, 0x53053053)         = 0\n");
	as->r.abi = LINX_ABI_X32;
	record_exit(&as->r, TID, 0x3fffffff, -38, ARGS(1, 2));
	assembly_expect(
		as,
		"syscall_0x7fffffff(0x1, 0x2)            = -1 ENOSYS (Function not implemented)\n");
}

/* The line of restart_syscall shows the call that it continues, if that call is known. */
static void restarted_calls(void **state)
{
	struct assembly *as = *state;

	assembly_meet(as, TID, TID, "cat");
	record_exit(&as->r, TID, 219, 0, NO_ARGS);
	assembly_expect(as, "restart_syscall(<... resuming interrupted system call ...>) = 0\n");
	record_exit(&as->r, TID, 35, -516, ARGS(0x1000, 0));
	assembly_event(as);
	record_exit(&as->r, TID, 219, 0, NO_ARGS);
	assembly_expect(as, "restart_syscall(<... resuming interrupted nanosleep ...>) = 0\n");
}

static void i386_calls(void **state)
{
	struct assembly *as = *state;

	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, 180, 5, ARGS(3, 0x1000, 5, 0xffffffff, 0));
	put_bytes(as, 1, "hello", 5);
	assembly_expect(as, "pread64(3, \"hello\", 5, 4294967295)      = 5\n");
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, 192, 0xf7fc1000, ARGS(0, 4096, 3, 0x22, 0xffffffff, 0));
	assembly_expect(
		as,
		"mmap2(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0xf7fc1000\n");
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, 192, 0xf7fc1000, ARGS(0, 4096, 3, 2, 3, 0x81));
	assembly_expect(
		as,
		"mmap2(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE, 3, 0x81000) = 0xf7fc1000\n");
	/* The result of sigreturn is the content of the register that sigreturn restored. */
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, 119, 0xfffffffc, NO_ARGS);
	assembly_expect(
		as,
		"sigreturn()                             = -1 EINTR (Interrupted system call)\n");
}

static void ends_of_calls_and_tasks(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");

	record_enter(&as->r, TID, NR_EXIT_GROUP, ARGS(3));
	assembly_expect(as, "exit_group(3)                           = ?\n");
	ctx.code = 3 << 8;
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	assembly_expect(as, "+++ exited with 3 +++\n");
	ctx.code = 9;
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	assembly_expect(as, "+++ killed by SIGKILL +++\n");
	ctx.code = 11 | 0x80;
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	assembly_expect(as, "+++ killed by SIGSEGV (core dumped) +++\n");
	record_enter(&as->r, TID, 34, NO_ARGS);
	assert_null(assembly_feed(as));
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	assembly_expect(as, "pause()                                 = ?\n");
	assembly_meet(as, TID, TID, "cat");
	assert_string_equal(assembly_print(as), "");
}

static void columns_in_front_and_behind(void **state)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .tids = true, .durations = true };
	struct linx_clock c = { .stream = 0, .realtime = 1700000000123000000 };
	struct assembly *as = *state;

	linx_assembler_clock(as->a, &c);
	assembly_format(as, LINX_FORMAT_STRACE, &opts);
	as->r.flags = 0;
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_expect(as, "100   close(3)                          = 0\n");
	record_enter(&as->r, 1234567, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0, 0, 0));
	assert_null(assembly_feed(as));
	as->r.time += 122000;
	record_exit(&as->r, 1234567, NR_OPENAT, -14, ARGS(AT_FDCWD_ARG, 0, 0, 0));
	assembly_expect(
		as,
		"1234567 openat(AT_FDCWD, NULL, O_RDONLY) = -1 EFAULT (Bad address) <0.000123>\n");
	opts.tids = opts.durations = false;
	opts.time_mode = 3;
	assembly_format(as, LINX_FORMAT_STRACE, &opts);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_expect(as, "1700000000.123126 close(3)              = 0\n");
	opts.time_mode = 1;
	assembly_format(as, LINX_FORMAT_STRACE, &opts);
	assert_int_equal(assembly_print(as)[8], ' ');
	opts.time_mode = 2;
	assembly_format(as, LINX_FORMAT_STRACE, &opts);
	assert_memory_equal(assembly_print(as) + 8, ".123126 close", 13);
}

static void limit_and_verbose(void **state)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .string_limit = 4, .verbose = true };
	struct assembly *as = *state;

	assembly_format(as, LINX_FORMAT_STRACE, &opts);
	write_call(as, "abcdefgh", 8, 8, 8);
	assembly_expect(as, "write(-1, \"abcd\"..., 8)                 = 8\n");
	record_exit(&as->r, TID, NR_EXECVE, -2, ARGS(0x1000, 0x2000, 0x3000));
	record_str(&as->r, 0, "/nonexist");
	put_vector(as, 1, 1, 1, "a", 2);
	put_vector(as, 2, 2, 2, "A=1\0PATH=/bin", 14);
	assembly_expect(
		as,
		"execve(\"/nonexist\", [\"a\"], [\"A=1\", \"PATH\"...]) = -1 ENOENT (No such file or directory)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(opens),
		TEST(the_result_stands_in_column_40),
		TEST(strings_are_escaped_and_cut),
		TEST(what_is_not_known_is_an_address),
		TEST(results_by_call),
		TEST(socket_addresses),
		TEST(pointers_to_numbers),
		TEST(clone_has_an_order_of_its_own),
		TEST(exec_lines),
		TEST(arguments_that_do_not_count_are_left_out),
		TEST(prctl_by_its_option),
		TEST(calls_with_ways_of_their_own),
		TEST(restarted_calls),
		TEST(i386_calls),
		TEST(ends_of_calls_and_tasks),
		TEST(columns_in_front_and_behind),
		TEST(limit_and_verbose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
