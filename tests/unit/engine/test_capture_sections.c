// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Consecutive sections in one file: their processes have the same numbers and start times, and no line of one section
 * may show cached data of another one.
 */
#include "fake_engine.h"
#include "records.h"
#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <cmocka.h>

enum { SECTIONS = 8, TID = 7 };

static void path_of(char *path, size_t size, int section)
{
	snprintf(path, size, "/section/%d", section);
}

/* Returns a fake engine with one section: a process of user uid runs the file path, has it open, and makes a call. */
static struct fake *section_of(const char *path, uint32_t uid)
{
	struct linx_files_change change = { .op = LINX_FILES_TOLD, .table = 1, .flags = LINX_FILES_FIRST };
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "same");
	struct fake *f = fake_new(1);
	struct record r;

	ctx.uid = uid;
	record_init(&r);
	record_context(&r, LINX_REC_TASK, TID, &ctx);
	record_str(&r, LINX_FIELD_EXE, path);
	fake_add(f, 0, record_head(&r));
	record_files(&r, TID, &change);
	record_fd(&r, 0, path, 0);
	fake_add(f, 0, record_head(&r));
	record_exit(&r, TID, 39, TID, NO_ARGS);
	fake_add(f, 0, record_head(&r));
	record_end(&r);
	f->floor = UINT64_MAX;
	return f;
}

/*
 * Makes the file of several sections. odd: name of the machine in every second section; NULL: the same machine in all.
 */
static void make(struct memory *m, const char *odd, uint32_t uid)
{
	uint8_t *all = NULL, *one;
	struct fake *f;
	char path[32];
	size_t len;

	for (int i = 0; i < SECTIONS; i++) {
		path_of(path, sizeof(path), i);
		f = section_of(path, uid);
		if (odd && i % 2)
			snprintf(f->header.node, sizeof(f->header.node), "%s", odd);
		one = record(f, 0, &len);
		all = realloc(all, m->len + len);
		assert_non_null(all);
		memcpy(all + m->len, one, len);
		m->len += len;
		free(one);
	}
	m->data = all;
}

/* Expects the line of each call to show only data of its own section. */
static void expect(enum linx_format format, const struct linx_print_opts *opts, const char *holds)
{
	struct linx_printer *printer;
	const struct linx_event *ev;
	struct memory m = { 0 };
	char expected[256], path[32];
	const char *text;
	struct linx *l;
	int section = 0;
	size_t len;

	make(&m, NULL, 0);
	assert_int_equal(linx_printer_new(format, opts, &printer), 0);
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	while (linx_next(l, &ev, -1) == 1) {
		if (linx_event_get_kind(ev) != LINX_EVENT_SYSCALL)
			continue;
		assert_int_equal(linx_print(printer, ev, &text, &len), 0);
		path_of(path, sizeof(path), section++);
		snprintf(expected, sizeof(expected), holds, path, path);
		if (!memmem(text, len, expected, strlen(expected)))
			fail_msg("%s\nis not in\n%.*s", expected, (int)len, text);
	}
	assert_int_equal(section, SECTIONS);
	linx_close(l);
	linx_printer_free(printer);
	free((void *)m.data);
}

static void as_json(void **state)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .files = true };

	(void)state;
	expect(LINX_FORMAT_JSON, &opts, "\"exe\":\"%s\"");
	expect(LINX_FORMAT_JSON, &opts, "\"fds\":[{\"fd\":0,\"type\":\"file\",\"path\":\"%s\"}]");
}

static void as_lines(void **state)
{
	struct linx_line_opts line = { .size = sizeof(line), .template_text = "%linx.exe" };
	struct linx_print_opts opts = { .size = sizeof(opts), .line = &line };

	(void)state;
	expect(LINX_FORMAT_LINE, &opts, "%s");
	line.template_text = "%linx.fds";
	expect(LINX_FORMAT_LINE, &opts, "%s");
}

/* Expects whether lines show the user's name, and a condition on that name matches, in odd and in even sections. */
static void expect_user(uint32_t uid, const char *name, bool odd, bool even)
{
	struct linx_line_opts line = { .size = sizeof(line), .template_text = "%linx.user" };
	struct linx_print_opts opts = { .size = sizeof(opts), .line = &line };
	struct linx_condition *condition;
	struct linx_printer *printer;
	const struct linx_event *ev;
	struct memory m = { 0 };
	struct utsname here;
	char text_of[64];
	const char *text;
	int section = 0;
	struct linx *l;
	size_t len;
	bool has;

	assert_int_equal(uname(&here), 0);
	make(&m, here.nodename, uid);
	snprintf(text_of, sizeof(text_of), "linx.user = %s", name);
	assert_int_equal(linx_condition_new(text_of, &condition, NULL), 0);
	assert_int_equal(linx_printer_new(LINX_FORMAT_LINE, &opts, &printer), 0);
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	while (linx_next(l, &ev, -1) == 1) {
		if (linx_event_get_kind(ev) != LINX_EVENT_SYSCALL)
			continue;
		has = section++ % 2 ? odd : even;
		assert_int_equal(linx_print(printer, ev, &text, &len), 0);
		assert_int_equal(!!memmem(text, len, name, strlen(name)), has);
		assert_int_equal(linx_condition_match(condition, ev), has);
	}
	assert_int_equal(section, SECTIONS);
	linx_close(l);
	linx_printer_free(printer);
	linx_condition_free(condition);
	free((void *)m.data);
}

/*
 * User names are looked up on this machine only if the recording was made on it; in other recordings only root has a
 * name.
 */
static void names_of_users(void **state)
{
	(void)state;
	expect_user(1, "daemon", true, false);
	expect_user(0, "root", true, true);
}

/*
 * The version numbers of tasks, processes and descriptor tables never repeat within a file, not even in another
 * section.
 */
static void versions_are_not_used_again(void **state)
{
	uint64_t generations[SECTIONS];
	uint32_t tasks[SECTIONS], processes[SECTIONS];
	const struct linx_event *ev;
	struct memory m = { 0 };
	struct linx *l;
	int n = 0;

	(void)state;
	make(&m, NULL, 0);
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	while (linx_next(l, &ev, -1) == 1) {
		if (linx_event_get_kind(ev) != LINX_EVENT_SYSCALL)
			continue;
		generations[n] = linx_files_get_generation(linx_event_borrow_files(ev));
		tasks[n] = linx_event_borrow_task(ev)->version;
		processes[n++] = linx_event_borrow_process(ev)->version;
	}
	assert_int_equal(n, SECTIONS);
	for (int i = 1; i < n; i++) {
		assert_true(generations[i] > generations[i - 1]);
		assert_true(tasks[i] > tasks[i - 1]);
		assert_true(processes[i] > processes[i - 1]);
	}
	linx_close(l);
	free((void *)m.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_json),
		cmocka_unit_test(as_lines),
		cmocka_unit_test(names_of_users),
		cmocka_unit_test(versions_are_not_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
