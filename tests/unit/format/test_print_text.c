// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lines for people: the task, marks, colour, width, and no control characters. */
#include <stdio.h>

#include "libuser/base/array_size.h"
#include "assembly.h"

#define TID 100

/* Length of the local time at the beginning of a line, which the tests skip: "HH:MM:SS.uuuuuu ". */
#define TIME_LEN 16

static int setup(void **state)
{
	struct assembly *as;

	assembly_setup(state);
	as = *state;
	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	assembly_meet(as, TID, TID, "cat");
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static void expect(struct assembly *as, const char *line)
{
	assembly_event(as);
	assert_string_equal(assembly_print(as) + TIME_LEN, line);
}

static void open_file(struct assembly *as, const char *path, int64_t ret)
{
	record_exit(&as->r, TID, NR_OPENAT, ret, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
	record_str(&as->r, 1, path);
}

static void use(struct assembly *as, struct linx_print_opts opts)
{
	opts.size = sizeof(opts);
	assembly_format(as, LINX_FORMAT_TEXT, &opts);
}

static void a_call(void **state)
{
	struct assembly *as = *state;

	open_file(as, "/etc/passwd", 3);
	expect(as,
	       "cat[100]              openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC) = 3\n");
	assert_int_equal(as->text[2], ':');
	assert_int_equal(as->text[8], '.');
	open_file(as, "/nonexistent", -2);
	expect(as,
	       "cat[100]              openat(AT_FDCWD, \"/nonexistent\", O_RDONLY|O_CLOEXEC) = -1 ENOENT\n");
}

static void durations_have_units(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} units[] = {
		{ 850, " <850 ns>\n" },	       { 12345, " <12 us>\n" },
		{ 1654321, " <1.65 ms>\n" },   { 12654321, " <12 ms>\n" },
		{ 2500000000, " <2.50 s>\n" }, { 100000000000, " <100 s>\n" },
	};
	struct assembly *as = *state;

	use(as, (struct linx_print_opts){ .durations = true });
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
		assert_null(assembly_feed(as));
		as->r.time += units[i].ns - 1000;
		open_file(as, "/", 3);
		assembly_event(as);
		assert_non_null(strstr(assembly_print(as), units[i].text));
	}
}

static void marks_at_the_end(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, 555, NR_CLOSE, 0, ARGS(3));
	expect(as, "?[555]                close(3) = 0 [stale]\n");
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
	record_str(&as->r, 1, "/a");
	assert_null(assembly_feed(as));
	open_file(as, "/b", 3);
	expect(as, "cat[100]              openat(AT_FDCWD, \"/a\", O_RDONLY|O_CLOEXEC) = 3 [raced: \"/b\"]\n");
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
	record_val(&as->r, 1, LINX_VAL_STR, LINX_UNREADABLE, "", 0, UINT32_MAX);
	assert_null(assembly_feed(as));
	open_file(as, "/b", 3);
	expect(as, "cat[100]              openat(AT_FDCWD, \"/b\", O_RDONLY|O_CLOEXEC) = 3 [late]\n");
}

static void a_raced_command_has_its_name(void **state)
{
	static const struct {
		uint64_t cmd;
		const char *name;
	} commands[] = {
		{ 0x4b45, "KDSKBMODE" }, /* a number that has a row in ioctls.def */
		{ 0x4b44, "KDGKBMODE" },
		{ 0x5435, "TCSETXW" }, /* a number that has only a name, and no row */
	};
	struct assembly *as = *state;
	char line[128];

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		record_enter(&as->r, TID, NR_IOCTL, ARGS(3, commands[i].cmd, 0x1000));
		record_str(&as->r, 1, "a");
		assert_null(assembly_feed(as));
		record_exit(&as->r, TID, NR_IOCTL, 0, ARGS(3, commands[i].cmd, 0x1000));
		record_str(&as->r, 1, "b");
		assembly_event(as);
		snprintf(line, sizeof(line), " [raced: %s]\n", commands[i].name);
		assert_non_null(strstr(assembly_print(as), line));
	}
}

static void entries_and_ends(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");

	linx_assembler_entries(as->a, true);
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/a");
	expect(as, "cat[100]              openat(AT_FDCWD, \"/a\", O_RDONLY) ...\n");
	ctx.code = 9;
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	expect(as, "cat[100]              openat(AT_FDCWD, \"/a\", O_RDONLY) = ? [unfinished]\n");
	assert_non_null(assembly_more(as));
	assert_string_equal(assembly_print(as) + TIME_LEN,
			    "cat[100]              +++ killed by SIGKILL +++\n");
	record_signal(&as->r, TID, 17, LINX_SIGNAL_IGNORED, 7);
	expect(as, "?[100]                --- ignored SIGCHLD {si_signo=SIGCHLD, si_code=SI_USER, si_pid=7, "
		   "si_uid=0} --- [stale]\n");
	record_enter(&as->r, TID, NR_EXIT_GROUP, ARGS(0));
	expect(as, "?[100]                exit_group(0) = ? [stale]\n");
}

static void context_is_not_shown(void **state)
{
	struct assembly *as = *state;

	assembly_meet(as, TID, TID, "cat");
	assert_string_equal(assembly_print(as), "");
}

static void nothing_controls_the_terminal(void **state)
{
	struct assembly *as = *state;

	/* The name has ESC, a C1 control in UTF-8, a right-to-left override, an invalid sequence, and valid letters. */
	open_file(as, "\033[31m\xc2\x9b\xe2\x80\xae\xff\xc3\x28 \xc3\xbc\xe6\x97\xa5", 3);
	expect(as,
	       "cat[100]              openat(AT_FDCWD, \"\\33[31m\\302\\233\\342\\200\\256\\377\\303( "
	       "\xc3\xbc\xe6\x97\xa5\", O_RDONLY|O_CLOEXEC) = 3\n");
	assembly_meet(as, TID, TID, "e\033[31m");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	expect(as, "e\\33[31m[100]         close(3) = 0\n");
}

static void colour_is_restrained(void **state)
{
	struct assembly *as = *state;

	use(as, (struct linx_print_opts){ .colour = true });
	record_exit(&as->r, TID, NR_CLOSE, -9, ARGS(3));
	assembly_event(as);
	assembly_print(as);
	assert_memory_equal(as->text, "\033[2m", 4);
	assert_non_null(strstr(
		as->text,
		"\033[0mcat[100]              \033[1mclose\033[0m(3)\033[31m = -1 EBADF\033[0m\n"));
}

static void long_lines_give_up_arguments_first(void **state)
{
	struct assembly *as = *state;

	use(as, (struct linx_print_opts){ .width = 80 });
	open_file(as, "/a/rather/long/path/that/does/not/fit/into/the/line", -2);
	expect(as, "cat[100]              openat(AT_FDCWD, \"/a/rather/…) = -1 ENOENT\n");
	assert_int_equal(strlen(as->text),
			 80 + 2 + 1); /* the ellipsis has three bytes, and a newline follows */
	/* An umlaut takes one column, a Chinese letter two. */
	open_file(as, "/ääääääääääääääääääääääääääääääääääää", 3);
	expect(as, "cat[100]              openat(AT_FDCWD, \"/äääääääääääääääää…) = 3\n");
	open_file(as, "/日日日日日日日日日日日日日日日日日日", 3);
	expect(as, "cat[100]              openat(AT_FDCWD, \"/日日日日日日日日…) = 3\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	expect(as, "cat[100]              close(3) = 0\n");
	use(as, (struct linx_print_opts){ .width = 40 });
	open_file(as, "/a/rather/long/path", -2);
	expect(as, "cat[100]              o…\n");
	use(as, (struct linx_print_opts){ .width = 1 });
	open_file(as, "/a/rather/long/path", -2);
	assembly_event(as);
	assert_string_equal(assembly_print(as), "…\n");
}

static void losses_are_visible(void **state)
{
	struct assembly *as = *state;
	struct linx_gap gap = { .first_seq = 1, .lost = { 123 } };

	record_gap(&as->r, &gap);
	as->r.cpu = 1;
	expect(as, "--- 123 events lost on cpu 1 (full) ---\n");
	gap.lost[LINX_LOST_FULL] = 1;
	as->r.cpu = 0;
	record_gap(&as->r, &gap);
	expect(as, "--- 1 event lost on cpu 0 (full) ---\n");
	gap.lost[LINX_LOST_NESTED] = 2;
	record_gap(&as->r, &gap);
	expect(as, "--- 3 events lost on cpu 0 (full 1, nested 2) ---\n");
	gap = (struct linx_gap){ .lost = { [LINX_LOST_MAX - 1] = 2 } };
	record_gap(&as->r, &gap);
	expect(as, "--- 2 events lost on cpu 0 (cause-7) ---\n");
}

static void the_certificate_adds_up(void **state)
{
	struct assembly *as = *state;
	struct linx_certificate cert = {
		.complete = true,
		.events = 8,
		.total = { .selected = 13,
			   .committed = 10,
			   .delivered = 9,
			   .unread = 1,
			   .lost = { 3 } },
	};
	struct linx_event ev = { .kind = LINX_EVENT_CERTIFICATE, .cert = &cert };

	as->ev = &ev;
	assert_string_equal(assembly_print(as),
			    "--- capture complete: 8 system calls, 3 events lost ---\n"
			    "    selected 13 = committed 10 + lost 3 (full)\n"
			    "    committed 10 = delivered 9 + unread 1 + overwritten 0\n");
	cert.cut_off = true;
	assert_string_equal(assembly_print(as),
			    "--- capture cut off: 8 system calls, 3 events lost ---\n");
}

static void strings_are_shown_as_captured(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_WRITE, 40, ARGS(1, 0x1000, 40));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE,
		   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40, 40);
	expect(as,
	       "cat[100]              write(1, \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", 40) = 40\n");
	use(as, (struct linx_print_opts){ .string_limit = 4 });
	assert_string_equal(assembly_print(as) + TIME_LEN,
			    "cat[100]              write(1, \"aaaa\"..., 40) = 40\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_call),
		TEST(durations_have_units),
		TEST(marks_at_the_end),
		TEST(a_raced_command_has_its_name),
		TEST(entries_and_ends),
		TEST(context_is_not_shown),
		TEST(nothing_controls_the_terminal),
		TEST(colour_is_restrained),
		TEST(long_lines_give_up_arguments_first),
		TEST(losses_are_visible),
		TEST(the_certificate_adds_up),
		TEST(strings_are_shown_as_captured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
