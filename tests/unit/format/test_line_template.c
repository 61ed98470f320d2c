// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Log lines that templates describe: fields with their arguments, and strings that programs chose, which must not break
 * a line.
 */
#include <stdio.h>
#include <time.h>
#include "libuser/base/array_size.h"
#include "libuser/filter/field.h"
#include "assembly.h"
#include "libuser/state/files.h"

#define TID 814

enum {
	NR_SIGACTION = 13,
	NR_SYSLOG = 103,
	NR_ADJTIMEX = 159,
	NR_SETRLIMIT = 160,
	NR_FUTEX = 202,
	NR_RESTART_SYSCALL = 219,
	NR_CLOCK_GETRES = 229,
};

static int setup(void **state)
{
	struct linx_clock c = { .stream = 0, .realtime = 1749658017159273132ull };
	struct assembly *as;

	setenv("TZ", "UTC", 1);
	tzset();
	assembly_setup(state);
	as = *state;
	linx_assembler_clock(as->a, &c);
	assembly_meet(as, TID, TID, "systemd-journal");
	as->r.time = (uint64_t)-1000; /* makes the time of the next record 0 */
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static void use(struct assembly *as, const char *template_text)
{
	struct linx_line_opts line = { .size = sizeof(line), .template_text = template_text };
	struct linx_print_opts opts = { .size = sizeof(opts), .line = &line };

	assembly_format(as, LINX_FORMAT_LINE, &opts);
}

static void expect_close(struct assembly *as, const char *template_text, const char *line)
{
	use(as, template_text);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_expect(as, line);
}

/* Announces (by a context record) the task of systemd-journald, with an executable and a command line. */
static void meet_journald(struct assembly *as, const char *exe, const char *argv, size_t len)
{
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "systemd-journal");

	record_context(&as->r, LINX_REC_TASK, TID, &ctx);
	record_str(&as->r, LINX_FIELD_EXE, exe);
	record_val(&as->r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_WHOLE, argv, len, (uint32_t)len);
	assembly_event(as);
}

static void time_and_call(void **state)
{
	struct assembly *as = *state;

	expect_close(as, "%linx.time : %linx.dir %linx.type[value] %linx.args",
		     "2025-06-11 16:06:57.159273132 : (<) (close) (fd=43)\n");
	expect_close(as, "%linx.type%linx.type[key]%linx.type[value]%%", "(3(close))(3)(close)%\n");
}

static void who(void **state)
{
	struct assembly *as = *state;
	static const char exe[] = "/usr/lib/systemd/systemd-journald";

	meet_journald(as, exe, exe, sizeof(exe));
	expect_close(as, "%linx.comm %linx.fullpath %linx.cmdline %linx.pid %linx.tid %linx.ppid",
		     "(systemd-journal) (/usr/lib/systemd/systemd-journald) (/usr/lib/systemd/systemd-journald) "
		     "(814) (814) (1)\n");
	expect_close(as, "%linx.user %linx.user[key] %linx.user[value] %linx.group %linx.group[key] %linx.group[value]",
		     "(0(root)) (0) (root) (0(root)) (0) (root)\n");
}

static void a_number_without_a_name(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "x");

	ctx.uid = 3999999999u;
	record_context(&as->r, LINX_REC_TASK, TID, &ctx);
	assembly_event(as);
	expect_close(as, "%linx.user%linx.user[key]%linx.user[value]", "(3999999999())(3999999999)(3999999999)\n");
}

static void entry_and_result(void **state)
{
	struct assembly *as = *state;

	use(as, "%linx.dir %linx.type[value] %linx.args %linx.res%linx.errno%linx.errno[key]%linx.errno[value]");
	linx_assembler_entries(as->a, true);
	record_enter(&as->r, TID, NR_CLOSE, ARGS(43));
	assembly_expect(as, "(>) (close) (fd=43) ()()()()\n");
	record_exit(&as->r, TID, NR_CLOSE, -9, ARGS(43));
	assembly_expect(as, "(<) (close) (fd=43) (-9)(9(EBADF))(9)(EBADF)\n");
	record_exit(&as->r, TID, NR_GETPID, 814, NO_ARGS);
	assembly_expect(as, "(<) (getpid) () (814)()()()\n");
}

static void arguments(void **state)
{
	struct assembly *as = *state;

	use(as, "%linx.args | %linx.arg[filename] %linx.arg[2] %linx.arg[nothing]");
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 02000101, 0644));
	record_str(&as->r, 1, "/tmp/a b");
	assembly_expect(as, "(dfd=AT_FDCWD, filename=/tmp/a b, flags=O_WRONLY|O_CREAT|O_CLOEXEC, mode=420) | "
			    "(/tmp/a b) (O_WRONLY|O_CREAT|O_CLOEXEC) ()\n");
	/* An address is printed as a number, whatever its value is. */
	record_exit(&as->r, TID, NR_OPENAT, -14, ARGS(AT_FDCWD_ARG, 0, 0, 0));
	assembly_expect(as, "(dfd=AT_FDCWD, filename=0x0, flags=O_RDONLY, mode=0) | (0x0) (O_RDONLY) ()\n");
}

/*
 * The field linx.args prints arguments like the older tool whose log format linx continues: all arguments of the call,
 * numbers in base 10, 0x only before addresses, no remarks.
 */
static void arguments_of_old(void **state)
{
	static const uint8_t bytes[] = { 0x7f, 'E', 'L', 'F', 0 };
	struct assembly *as = *state;

	use(as, "%linx.args");
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/etc/passwd");
	assembly_expect(as, "(dfd=AT_FDCWD, filename=/etc/passwd, flags=O_RDONLY, mode=0)\n");
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0101, 0666));
	record_str(&as->r, 1, "/tmp/x");
	assembly_expect(as, "(dfd=AT_FDCWD, filename=/tmp/x, flags=O_WRONLY|O_CREAT, mode=438)\n");
	record_exit(&as->r, TID, NR_MMAP, 0x7f0000001000, ARGS(0, 4096, 5, 2, 3, 155648));
	assembly_expect(as, "(addr=0x0, len=4096, prot=PROT_READ|PROT_EXEC, flags=MAP_PRIVATE, fd=3, off=155648)\n");
	record_exit(&as->r, TID, NR_READ, 5, ARGS(3, 0x7ffd1000, 832));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, bytes, 5, 5);
	assembly_expect(as, "(fd=3, buf=\\177ELF\\0, count=832)\n");
	/* Bits that have no name are printed as a number, beside the names of the other bits. */
	record_exit(&as->r, TID, NR_MMAP, -22, ARGS(0x10000, 4096, 0x40000001, 2, (uint64_t)-1, 0));
	assembly_expect(as, "(addr=0x10000, len=4096, prot=PROT_READ|1073741824, flags=MAP_PRIVATE, fd=-1, off=0)\n");
	record_exit(&as->r, TID, NR_FCNTL, 0, ARGS(3, 1, 77));
	assembly_expect(as, "(fd=3, cmd=F_GETFD, arg=77)\n");
}

/*
 * The field linx.args prints arguments as bare values, without remarks, quotes and C expressions, each one once and in
 * the order of the call.
 */
static void values_alone(void **state)
{
	static const uint8_t in[] = "\2\0\0\121\177\0\0\1\0\0\0\0\0\0\0", in6[28] = { 10, 0, 0, 80, [23] = 1, [24] = 1 };
	static const uint8_t netlink[] = { 16, 0, 0, 0, 7, 0, 0, 0, 5, 0, 0, 0 };
	const uint64_t handler[] = { 0x7f3f9be00450, 0, 0, 0 }, limit[] = { 8192 * 1024, UINT64_MAX };
	struct assembly *as = *state;

	use(as, "%linx.args");
	record_exit(&as->r, TID, NR_CLONE, 99, ARGS(17, 0, 0x7f01, 0x7f02, 0x7f03));
	assembly_expect(as, "(clone_flags=SIGCHLD, newsp=0x0, parent_tidptr=0x7f01, child_tidptr=0x7f02, tls=0x7f03)\n");
	record_exit(&as->r, TID, NR_ADJTIMEX, -14, ARGS(0));
	assembly_expect(as, "(txc_p=0x0)\n");
	record_exit(&as->r, TID, NR_RESTART_SYSCALL, -4, NO_ARGS);
	assembly_expect(as, "()\n");
	record_exit(&as->r, TID, NR_CLOCK_GETRES, -22, ARGS(77, 0));
	assembly_expect(as, "(which_clock=77, tp=0x0)\n");
	record_exit(&as->r, TID, NR_SYSLOG, 0, ARGS(3, 0, 5));
	assembly_expect(as, "(type=SYSLOG_ACTION_READ_ALL, buf=0x0, len=5)\n");
	record_exit(&as->r, TID, NR_CONNECT, 0, ARGS(3, 0x1000, 16));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, in, 16, 16);
	assembly_expect(as, "(fd=3, uservaddr={sa_family=AF_INET, sin_port=81, sin_addr=127.0.0.1}, addrlen=16)\n");
	record_exit(&as->r, TID, NR_CONNECT, 0, ARGS(3, 0x1000, 28));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, in6, 28, 28);
	assembly_expect(as, "(fd=3, uservaddr={sa_family=AF_INET6, sin6_port=80, sin6_flowinfo=0, sin6_addr=::1, "
			    "sin6_scope_id=1}, addrlen=28)\n");
	record_exit(&as->r, TID, NR_CONNECT, 0, ARGS(3, 0x1000, 12));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, netlink, 12, 12);
	assembly_expect(as, "(fd=3, uservaddr={sa_family=AF_NETLINK, nl_pid=7, nl_groups=5}, addrlen=12)\n");
	record_exit(&as->r, TID, NR_SIGACTION, 0, ARGS(2, 0x1000, 0, 8));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, handler, 32, 32);
	assembly_expect(as, "(sig=SIGINT, act={sa_handler=0x7f3f9be00450, sa_mask=[], sa_flags=0}, oact=0x0, sigsetsize=8)\n");
	record_exit(&as->r, TID, NR_SETRLIMIT, 0, ARGS(3, 0x1000));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, limit, 16, 16);
	assembly_expect(as, "(resource=RLIMIT_STACK, rlim={rlim_cur=8388608, rlim_max=RLIM64_INFINITY})\n");
	record_exit(&as->r, TID, 999, -38, ARGS(1, 2));
	assembly_expect(as, "(arg1=1, arg2=2)\n");
}

/*
 * A field of one argument prints it in the same way as the list of all arguments does, also for calls that have special
 * forms.
 */
static void one_of_the_arguments(void **state)
{
	struct assembly *as = *state;

	use(as, "%linx.arg[arg]%linx.arg[val3]%linx.arg[uaddr2]%linx.arg[tls]%linx.arg[arg2]%linx.arg[arg7]");
	record_exit(&as->r, TID, NR_FCNTL, 0, ARGS(3, 4, 04000));
	assembly_expect(as, "(O_RDONLY|O_NONBLOCK)()()()()()\n");
	record_exit(&as->r, TID, NR_FUTEX, 0, ARGS(0x1000, 10, 1, 0, 0x2000, 0xffffffff));
	assembly_expect(as, "()(FUTEX_BITSET_MATCH_ANY)(0x2000)()()()\n");
	record_exit(&as->r, TID, NR_CLONE, 99, ARGS(17, 0, 0, 0, 0x7f03));
	assembly_expect(as, "()()()(0x7f03)()()\n");
	record_exit(&as->r, TID, 999, -38, ARGS(1, 2));
	assembly_expect(as, "()()()()(2)()\n");
}

/*
 * An argument that the call is going to fill is shown as an address at entry; an argument that the call reads is shown
 * with its content.
 */
static void entries(void **state)
{
	struct assembly *as = *state;

	use(as, "%linx.dir %linx.type[value] %linx.args");
	linx_assembler_entries(as->a, true);
	record_enter(&as->r, TID + 1, NR_READ, ARGS(3, 0x7ffd1000, 832));
	assembly_expect(as, "(>) (read) (fd=3, buf=0x7ffd1000, count=832)\n");
	record_enter(&as->r, TID + 2, NR_UNAME, ARGS(0x7ffd2000));
	assembly_expect(as, "(>) (uname) (name=0x7ffd2000)\n");
	record_enter(&as->r, TID + 3, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0101, 0666));
	record_str(&as->r, 1, "/tmp/x");
	assembly_expect(as, "(>) (openat) (dfd=AT_FDCWD, filename=/tmp/x, flags=O_WRONLY|O_CREAT, mode=438)\n");
	record_enter(&as->r, TID + 4, NR_GETPID, NO_ARGS);
	assembly_expect(as, "(>) (getpid) ()\n");
	record_enter(&as->r, TID + 5, NR_WAIT4, ARGS((uint64_t)-1, 0x7ffd3000, 1, 0));
	assembly_expect(as, "(>) (wait4) (upid=-1, stat_addr=0x7ffd3000, options=WNOHANG, ru=0x0)\n");
	record_enter(&as->r, TID + 6, NR_GETSOCKNAME, ARGS(3, 0x7ffd4000, 0x7ffd5000));
	assembly_expect(as, "(>) (getsockname) (fd=3, usockaddr=0x7ffd4000, usockaddr_len=0x7ffd5000)\n");
}

/* Strings cannot begin a second line or a terminal sequence. Quotes in them stay unchanged. */
static void hostile_strings(void **state)
{
	static const char argv[] = "sh\0-c\0echo \"x\" \033]0;t\007\xff\\";
	struct assembly *as = *state;

	meet_journald(as, "/a\n(b)", argv, sizeof(argv));
	expect_close(as, "%linx.fullpath %linx.cmdline", "(/a\\n(b)) (sh -c echo \"x\" \\33]0;t\\7\\377\\\\)\n");
	use(as, "%linx.args");
	record_exit(&as->r, TID, NR_OPEN, 3, ARGS(0x1000, 0, 0));
	record_str(&as->r, 0, "a\"\r\n\x1b[2J");
	assembly_expect(as, "(filename=a\"\\r\\n\\33[2J, flags=O_RDONLY, mode=0)\n");
}

/* Cached text is made again when the task changes. */
static void changes_are_seen(void **state)
{
	struct assembly *as = *state;

	expect_close(as, "%linx.comm %linx.fullpath", "(systemd-journal) (/bin/cat)\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(1));
	assembly_expect(as, "(systemd-journal) (/bin/cat)\n");
	meet_journald(as, "/bin/dog", "dog", 4);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(1));
	assembly_expect(as, "(systemd-journal) (/bin/dog)\n");
	record_exit(&as->r, TID + 1, NR_CLOSE, 0, ARGS(1));
	assembly_expect(as, "(?) (?)\n");
}

static void long_lines_are_cut(void **state)
{
	struct linx_line_opts line = { .size = sizeof(line), .template_text = "%linx.comm\xc3\xa9 %linx.args" };
	struct linx_print_opts opts = { .size = sizeof(opts), .line = &line };
	static const char *const expected[] = { "...", "...", "...", "...", "(...", "(s..." };
	struct assembly *as = *state;
	char text[16];

	for (unsigned int i = 0; i < 6; i++) {
		line.max_text = 1 + i;
		assembly_format(as, LINX_FORMAT_LINE, &opts);
		record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
		snprintf(text, sizeof(text), "%s\n", expected[i]);
		assembly_expect(as, text);
	}
	line.max_text = 1 + 21; /* the limit is inside a letter, so the whole letter is missing */
	assembly_format(as, LINX_FORMAT_LINE, &opts);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_expect(as, "(systemd-journal)...\n");
}

static void wrong_templates(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "%linx.tpye", "wrong template: column 2: unknown field linx.tpye: did you mean linx.type?: %-->linx.tpye" },
		{ "a %linx.type[k]", "column 14: wrong argument of linx.type: it takes [key] or [value]" },
		{ "%linx.comm[key]", "column 12: wrong argument of linx.comm: it takes no argument" },
		{ "%linx.arg", "linx.arg needs an argument" },
		{ "%linx.user[key", "column 11: this bracket is not closed" },
		{ "100%", "column 5: a field is expected here" },
		{ "%x", "a field is expected here" },
		{ "a\nb", "column 2: a line ends here" },
	};
	struct linx_error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(linx_template_check(cases[i].text, &err), -EINVAL);
		if (!strstr(err.text, cases[i].why))
			fail_msg("%s: %s", cases[i].text, err.text);
	}
	assert_int_equal(linx_template_check(LINX_LINE_TEMPLATE, &err), 0);
}

static struct linx_files *journald_files(void)
{
	static const struct {
		int32_t fd;
		const char *path;
	} all[] = { { 0, "/dev/null" }, { 1, "/dev/null" }, { 3, "socket:[12]" }, { 6, "/dev/kmsg" } };
	static struct linx_files_account account;
	static size_t room = 1 << 20;
	struct linx_files *f;

	account.room = &room;
	f = linx_files_new(&account);
	assert_non_null(f);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct linx_descriptor d = { .fd = all[i].fd, .path = all[i].path, .path_state = LINX_WHOLE };

		d.path_len = (uint32_t)strlen(d.path);
		linx_files_set(f, &d);
	}
	linx_files_set_complete(f, true);
	return f;
}

static void expect_event(struct assembly *as, const struct linx_event *ev, const char *line)
{
	const char *text;
	size_t len;

	assert_int_equal(linx_print(as->printer, ev, &text, &len), 0);
	assert_int_equal(len, strlen(line));
	assert_memory_equal(text, line, len);
}

/* Prints an event of a process as if the process had the descriptors in files open, and expects the line. */
static void expect_with(struct assembly *as, const struct linx_files *files, const char *line)
{
	struct linx_event ev = *as->ev;

	ev.files = files;
	expect_event(as, &ev, line);
}

/*
 * The default line of systemd-journald is compared byte for byte, because users rely on the format of their log lines.
 */
static void the_contract(void **state)
{
	static const char exe[] = "/usr/lib/systemd/systemd-journald";
	struct linx_files *files = journald_files();
	struct assembly *as = *state;

	meet_journald(as, exe, exe, sizeof(exe));
	as->r.time = (uint64_t)-1000;
	assembly_format(as, LINX_FORMAT_LINE, NULL);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
	expect_with(as, files,
		    "2025-06-11 16:06:57.159273132 : (<) (close) (fd=43) (systemd-journal) "
		    "(/usr/lib/systemd/systemd-journald) (/usr/lib/systemd/systemd-journald) "
		    "(0(/dev/null), 1(/dev/null), 3(), 6(/dev/kmsg))\n");
	linx_files_put(files);
}

/* An unknown descriptor table is shown as a question mark, alone or after the descriptors that are known. */
static void unknown_descriptors(void **state)
{
	struct linx_files *files = journald_files();
	struct assembly *as = *state;

	use(as, "%linx.fds %linx.fds[key]");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
	expect_with(as, NULL, "(?) (?)\n");
	expect_with(as, files, "(0(/dev/null), 1(/dev/null), 3(), 6(/dev/kmsg)) (0, 1, 3, 6)\n");
	linx_files_set_complete(files, false);
	expect_with(as, files, "(0(/dev/null), 1(/dev/null), 3(), 6(/dev/kmsg), ?) (0, 1, 3, 6, ?)\n");
	linx_files_put(files);
}

static void descriptors(void **state)
{
	struct linx_files *files = journald_files();
	struct linx_descriptor d = { .fd = 2, .path = "/tmp/a\n)", .path_len = 8, .path_state = LINX_WHOLE };
	struct assembly *as = *state;

	use(as, "%linx.fds%linx.fds[key]%linx.fds[value]");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
	expect_with(as, files, "(0(/dev/null), 1(/dev/null), 3(), 6(/dev/kmsg))(0, 1, 3, 6)(/dev/null, /dev/null, , /dev/kmsg)\n");
	/* The cached text is made again when the descriptor table changes. */
	linx_files_close(files, 0);
	linx_files_set(files, &d);
	expect_with(as, files, "(1(/dev/null), 2(/tmp/a\\n)), 3(), 6(/dev/kmsg))(1, 2, 3, 6)(/dev/null, /tmp/a\\n), , /dev/kmsg)\n");
	expect_with(as, NULL, "(?)(?)(?)\n");
	linx_files_put(files);
}

static void use_limited(struct assembly *as, const char *template_text, size_t most)
{
	struct linx_line_opts line = { .size = sizeof(line), .template_text = template_text, .max_text = 1 + most };
	struct linx_print_opts opts = { .size = sizeof(opts), .line = &line };

	assembly_format(as, LINX_FORMAT_LINE, &opts);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
}

/* An event with the process that made it. start() sets the command line of the process. */
struct started {
	struct linx_event ev;
	struct linx_task task;
	struct linx_process process;
};

static void start(struct started *s, const struct assembly *as, char *argv, size_t n)
{
	s->ev = *as->ev;
	s->task = *as->ev->task;
	s->process = *s->task.process;
	s->process.cmdline = (struct linx_text){ .data = argv, .len = (uint32_t)n, .state = LINX_WHOLE };
	s->task.process = &s->process;
	s->ev.task = &s->task;
}

enum { MANY_ARGUMENTS = 256 << 10, MANY_EVENTS = 2000 };

/*
 * A command line of very many arguments changes with each event; therefore no cache helps. Making the text must not
 * take half a second each time.
 */
static void very_many_arguments(void **state)
{
	static char argv[MANY_ARGUMENTS], line[MANY_ARGUMENTS + 3];
	struct assembly *as = *state;
	struct linx_condition *c;
	struct started s;

	use_limited(as, "%linx.cmdline", 20);
	start(&s, as, argv, sizeof(argv));
	for (unsigned int i = 0; i < MANY_EVENTS; i++) {
		s.process.version++;
		expect_event(as, &s.ev, "(                ...\n");
	}
	memset(line, ' ', sizeof(line));
	line[0] = '(';
	strcpy(line + sizeof(argv), ")\n");
	use(as, "%linx.cmdline");
	for (unsigned int i = 0; i < MANY_EVENTS / 10; i++)
		expect_event(as, &s.ev, line);
	assert_int_equal(linx_condition_new("linx.cmdline contains x", &c, NULL), 0);
	for (unsigned int i = 0; i < MANY_EVENTS / 2; i++)
		assert_false(linx_condition_match(c, &s.ev));
	linx_condition_free(c);
}

enum { MANY_FILES = 1 << 19 };

/* The list of very many descriptors is printed again after each change, but only up to the limit of its length. */
static void very_many_descriptors(void **state)
{
	struct linx_descriptor d = { .path = "/", .path_len = 1, .path_state = LINX_WHOLE };
	struct linx_files_account account = { 0 };
	struct assembly *as = *state;
	size_t room = 1u << 30;
	struct linx_files *files;

	account.room = &room;
	files = linx_files_new(&account);
	assert_non_null(files);
	for (d.fd = 0; d.fd < MANY_FILES; d.fd++)
		linx_files_set(files, &d);
	use_limited(as, "%linx.fds", 20);
	for (unsigned int i = 0; i < 10 * MANY_EVENTS; i++) {
		linx_files_set(files, &d);
		expect_with(as, files, "(0(/), 1(/), 2(/)...\n");
	}
	linx_files_put(files);
}

/*
 * A line that is longer than the limit is cut and ends in "...", whichever field the limit falls into. No letter is
 * split.
 */
static void limits_of_fields(void **state)
{
	static char argv[] = "a\0\303\251\0\"\0\033\303\251\303\251\303\251", whole[100];
	struct assembly *as = *state;
	struct started s;
	size_t len;

	use(as, "%linx.type[value] %linx.cmdline%linx.comm");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
	start(&s, as, argv, sizeof(argv));
	strcpy(whole, "(close) (a \303\251 \" \\33\303\251\303\251\303\251)(systemd-journal)");
	len = strlen(whole);
	strcpy(whole + len, "\n");
	expect_event(as, &s.ev, whole);
	for (size_t most = 3; most < len; most++) {
		char cut[100];
		size_t at = most - 3;

		while (((uint8_t)whole[at] & 0xc0) == 0x80)
			at--;
		snprintf(cut, sizeof(cut), "%.*s...\n", (int)at, whole);
		use_limited(as, "%linx.type[value] %linx.cmdline%linx.comm", most);
		start(&s, as, argv, sizeof(argv));
		expect_event(as, &s.ev, cut);
		expect_event(as, &s.ev, cut); /* the second time, the text comes from the cache */
	}
}

/* Every field can be in a template, in each of its forms, and prints a text. */
static void all_fields(void **state)
{
	struct assembly *as = *state;
	struct linx_field_info info;
	char text[64];

	for (unsigned int i = 0; !linx_get_field(i, &info); i++) {
		const char *argument = !strcmp(info.argument, "[NAME]") ? "[fd]" : "";

		snprintf(text, sizeof(text), "%%%s%s", info.name, argument);
		use(as, text);
		record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
		assembly_event(as);
		assert_true(strlen(assembly_print(as)) > 2);
	}
}

/* Fields marked OTHER have no value in a call, so that the printer writes "()" without asking for their values. */
static void fields_of_other_events(void **state)
{
	struct assembly *as = *state;
	struct linx_strbuf scratch = { .cap = 0 };
	struct linx_fld_value v;
	unsigned int n = 0;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
	for (unsigned int i = 0; i < linx_fld_count; i++) {
		const struct linx_fld f = { .desc = &linx_fld_tables[LINX_FLD_OWN][i] };
		const struct linx_fld_env e = { .ev = as->ev, .scratch = &scratch };

		if (f.desc->changes != LINX_FLD_OTHER)
			continue;
		n++;
		memset(&v, 0, sizeof(v));
		if (linx_fld_get(&e, &f, 0, &v))
			fail_msg("%s has a value in a call", f.desc->name);
	}
	assert_true(n > 20);
	free(scratch.data);
	expect_close(as, "<%linx.http.path|%linx.probe.name %linx.args %linx.target>", "<()|() (fd=43) ()>\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_contract), TEST(descriptors), TEST(unknown_descriptors), TEST(time_and_call), TEST(who), TEST(a_number_without_a_name), TEST(entry_and_result),
		TEST(arguments), TEST(arguments_of_old), TEST(values_alone), TEST(one_of_the_arguments),
		TEST(entries), TEST(hostile_strings), TEST(changes_are_seen), TEST(long_lines_are_cut),
		TEST(wrong_templates), TEST(all_fields), TEST(fields_of_other_events),
		TEST(very_many_arguments), TEST(very_many_descriptors), TEST(limits_of_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
