// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests the part of each JSON line that describes the task: its length is bounded, however long the program's names
 * are.
 */
#include <cjson/cJSON.h>
#include "assembly.h"
#include "libuser/format/printer.h"
#include "within.h"

#define TID 100
#define LONG 100000u
/* Upper limit of the bytes in a line that describe the task. */
#define WHO_MAX 1024u

static cJSON *line_of(struct assembly *as, const struct linx_event *ev)
{
	const char *text;
	cJSON *json;
	size_t len;

	assert_int_equal(linx_print(as->printer, ev, &text, &len), 0);
	json = cJSON_ParseWithLength(text, len);
	assert_non_null(json);
	return json;
}

/* A thread whose process has the names that a test chooses, and an event of the thread. */
struct shown {
	struct linx_event ev;
	struct linx_task task;
	struct linx_process process;
};

static void show_as(struct shown *s, struct assembly *as, const char *exe, const char *argv, uint32_t n)
{
	record_exit(&as->r, TID, NR_GETPID, TID, NO_ARGS);
	s->ev = *assembly_event(as);
	s->task = *s->ev.task;
	s->process = *s->task.process;
	s->process.exe = (struct linx_text){ .data = exe, .len = (uint32_t)strlen(exe), .state = LINX_WHOLE };
	s->process.cmdline = (struct linx_text){ .data = argv, .len = n, .state = LINX_WHOLE };
	s->process.version++;
	s->task.process = &s->process;
	s->ev.task = &s->task;
}

/*
 * Expects that the value of key is marked as truncated, begins with "beginning", and has the original length len.
 * Returns the length of the shortened string.
 */
static size_t expect_cut(const cJSON *json, const char *key, const char *beginning, double len)
{
	const cJSON *v = cJSON_GetObjectItem(json, key);
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(v, "value"));

	assert_true(cJSON_IsObject(v));
	assert_non_null(text);
	assert_memory_equal(text, beginning, strlen(beginning));
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(v, "state")), "truncated");
	assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(v, "len")) == len);
	return strlen(text);
}

static void a_long_command_line_is_cut(void **state)
{
	static char argv[LONG];
	struct assembly *as = *state;
	struct shown s;
	cJSON *json;

	memset(argv, 'a', sizeof(argv));
	memcpy(argv, "stat\0-c\0%s", 10);
	argv[LONG - 1] = '\0';
	show_as(&s, as, "/usr/bin/stat", argv, sizeof(argv));
	json = line_of(as, &s.ev);
	assert_int_equal(expect_cut(json, "cmdline", "stat -c %saaaaaa", LONG - 1), 512);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(json, "exe")), "/usr/bin/stat");
	/* the event has no flag "truncated", since the record itself has all bytes */
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "flags")), 0);
	cJSON_Delete(json);
}

static void the_limit_counts_what_is_written(void **state)
{
	struct assembly *as = *state;
	const char *json_text;
	char argv[200];
	const char *text;
	struct shown s;
	cJSON *json;
	size_t len;

	/* A byte that is not a letter takes twelve bytes of JSON; 42 of them take 504. */
	memset(argv, 0xff, sizeof(argv));
	show_as(&s, as, "/bin/x", argv, sizeof(argv));
	assert_int_equal(linx_print(as->printer, &s.ev, &text, &len), 0);
	json_text = strstr(text, "\"cmdline\":{\"value\":\"");
	assert_non_null(json_text);
	json_text += strlen("\"cmdline\":{\"value\":\"");
	assert_int_equal(strcspn(json_text, "\""), 504);
	json = cJSON_ParseWithLength(text, len);
	expect_cut(json, "cmdline", "\xf4\x8f\xbb\xbf", 200);
	cJSON_Delete(json);
	/* A letter of several bytes is written as a whole or not at all. */
	memset(argv, 'b', sizeof(argv));
	memcpy(argv + 3, "\xc3\xa4\xc3\xa4", 4);
	assembly_format(as, LINX_FORMAT_JSON, &(struct linx_print_opts){ .size = sizeof(struct linx_print_opts), .cmdline_limit = 6 });
	json = line_of(as, &s.ev);
	assert_int_equal(expect_cut(json, "cmdline", "bbb\xc3\xa4", 200), 5);
	cJSON_Delete(json);
}

/*
 * A process with names of the greatest length, of bytes that take the most room in JSON, takes at most WHO_MAX bytes of
 * a line.
 */
static void who_takes_no_more_than_a_kilobyte(void **state)
{
	static char argv[LONG], exe[4096];
	struct assembly *as = *state;
	const char *text, *from, *to;
	struct shown s;
	size_t len;

	memset(argv, 0x80, sizeof(argv));
	memset(exe, 0x80, sizeof(exe) - 1);
	show_as(&s, as, exe, argv, sizeof(argv));
	memset(s.task.comm, 0x80, sizeof(s.task.comm) - 1);
	s.task.uid = s.task.gid = s.task.ppid = UINT32_MAX - 1;
	s.task.version++;
	/* in the first turn the task's JSON is made, in the second one it is taken from the cache */
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(linx_print(as->printer, &s.ev, &text, &len), 0);
		from = strstr(text, ",\"ppid\":");
		to = strstr(text, ",\"args\":");
		assert_true(from && to && to > from);
		assert_within(to - from, 900, WHO_MAX);
	}
}

static void another_limit_is_not_mixed_up(void **state)
{
	static char argv[LONG];
	const struct linx_print_opts wide = { .size = sizeof(wide), .cmdline_limit = 2 * LONG };
	struct assembly *as = *state;
	struct linx_printer *other;
	const char *text;
	struct shown s;
	size_t len;

	memset(argv, 'c', sizeof(argv));
	show_as(&s, as, "/bin/x", argv, 1000);
	assert_int_equal(linx_printer_new(LINX_FORMAT_JSON, &wide, &other), 0);
	for (unsigned int i = 0; i < 2; i++) {
		cJSON *json = line_of(as, &s.ev);

		assert_int_equal(expect_cut(json, "cmdline", "ccc", 1000), 512);
		cJSON_Delete(json);
		assert_int_equal(linx_print(other, &s.ev, &text, &len), 0);
		json = cJSON_ParseWithLength(text, len);
		assert_int_equal(strlen(cJSON_GetStringValue(cJSON_GetObjectItem(json, "cmdline"))), 1000);
		cJSON_Delete(json);
	}
	linx_printer_free(other);
}

/* Begins an EXEC record with a command line of n bytes. */
static void exec_with(struct assembly *as, const char *argv, uint32_t n)
{
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "x");

	record_context(&as->r, LINX_REC_EXEC, TID, &ctx);
	record_str(&as->r, LINX_FIELD_EXE, "/bin/x");
	record_val(&as->r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_WHOLE, argv, n, n);
}

static void texts_of_a_record_are_whole_there_alone(void **state)
{
	char argv[2000];
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "x");
	struct assembly *as = *state;
	cJSON *json;

	memset(argv, 'd', sizeof(argv));
	argv[sizeof(argv) - 1] = '\0';
	exec_with(as, argv, sizeof(argv));
	json = line_of(as, assembly_event(as));
	assert_int_equal(strlen(cJSON_GetStringValue(cJSON_GetObjectItem(json, "cmdline"))), sizeof(argv) - 1);
	cJSON_Delete(json);
	/* A later context record has only the beginning of the command line: the line shows only that beginning. */
	record_context(&as->r, LINX_REC_TASK, TID, &ctx);
	record_val(&as->r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_TRUNCATED, argv, 100, sizeof(argv));
	json = line_of(as, assembly_event(as));
	assert_int_equal(expect_cut(json, "cmdline", "ddd", sizeof(argv) - 1), 512);
	cJSON_Delete(json);
	record_context(&as->r, LINX_REC_TASK, TID, &ctx);
	json = line_of(as, assembly_event(as));
	assert_int_equal(expect_cut(json, "cmdline", "ddd", sizeof(argv) - 1), 512);
	cJSON_Delete(json);
}

static int setup(void **state)
{
	struct assembly *as;

	assembly_setup(state);
	as = *state;
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	assembly_meet(as, TID, TID, "cat");
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_long_command_line_is_cut),
		TEST(the_limit_counts_what_is_written),
		TEST(who_takes_no_more_than_a_kilobyte),
		TEST(another_limit_is_not_mixed_up),
		TEST(texts_of_a_record_are_whole_there_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
