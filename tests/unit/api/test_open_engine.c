// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Opens engines by name: known and unknown ones, and those of linx_open_live() and linx_open_file(), which must have
 * the results of these functions. Also checks the list of engines.
 */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include "fake_engine.h"

static void list(void **state)
{
	struct linx_engine_info info;
	bool recorded = true;
	unsigned int n = 0;

	(void)state;
	for (; !linx_get_engine(n, &info); n++) {
		assert_true(*info.name && *info.text);
		assert_true(strlen(info.name) < sizeof(((struct linx_header *)0)->engine));
		assert_string_not_equal(info.name, LINX_ENGINE_AUTO);
		assert_string_equal(linx_engine_type_find(info.name)->info.name, info.name);
		assert_true(recorded || !info.live); /* engines that record come first */
		recorded = info.live;
	}
	assert_int_equal(n, 4);
	assert_int_equal(linx_get_engine(n, &info), -ENOENT);
	assert_int_equal(linx_get_engine(UINT_MAX, &info), -ENOENT);
	assert_int_equal(linx_get_engine(0, &info), 0);
	assert_string_equal(info.name, "kmod");
	assert_true(info.live);
}

static void unknown(void **state)
{
	static const char *const names[] = { "", "km", "kmodx", "KMOD", "Auto", "fake" };
	struct linx *l = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct linx_error err = { "" };
		char expected[64];

		snprintf(expected, sizeof(expected), "no such engine: %s", names[i]);
		assert_int_equal(linx_open_engine(names[i], NULL, &l, &err), -EINVAL);
		assert_string_equal(err.text, expected);
		assert_int_equal(linx_open_engine(names[i], NULL, &l, NULL), -EINVAL);
		assert_null(l);
	}
}

static void wrong_options(void **state)
{
	struct linx_live_opts live = { .size = sizeof(live) };
	struct {
		struct linx_engine_opts opts;
		uint64_t newer;
	} grown = { .opts = { .size = sizeof(grown), .fd = -1 }, .newer = 1 };
	struct linx_engine_opts opts = { .size = sizeof(opts), .live = &live, .fd = -1 };
	struct linx_error err = { "" };
	struct linx *l;

	(void)state;
	assert_int_equal(linx_open_engine("file", &opts, &l, &err), -EINVAL);
	assert_non_null(strstr(err.text, "engine file does not record"));
	live.mode = (enum linx_capture_mode)9;
	assert_int_equal(linx_open_engine("kmod", &opts, &l, &err), -EINVAL);
	assert_string_equal(err.text, "unknown mode 9");
	assert_int_equal(linx_open_engine(LINX_ENGINE_AUTO, &opts, &l, &err), -EINVAL);
	assert_string_equal(err.text, "unknown mode 9");
	/* Options of a newer library are refused, and so are options whose size is 0. */
	assert_int_equal(linx_open_engine("file", &grown.opts, &l, &err), -E2BIG);
	opts.size = 0;
	assert_int_equal(linx_open_engine("file", &opts, &l, &err), -EINVAL);
}

/* Makes a capture in a file; the caller closes it. */
static int capture(void)
{
	struct fake *f = fake_new(1);
	int fd = memfd_create("capture", MFD_CLOEXEC);
	uint8_t *data;
	size_t len;

	fake_exit(f, 0, 1, 1, 0);
	data = record(f, 0, &len);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	free(data);
	return fd;
}

static void file(void **state)
{
	struct linx_engine_opts opts = { .size = sizeof(opts), .fd = capture() };
	struct linx_error err = { "" };
	struct linx *l;
	unsigned int n;
	uint64_t hash;

	(void)state;
	assert_int_equal(linx_open_engine("file", &opts, &l, &err), 0);
	assert_string_equal(linx_get_stream_info(l)->engine, "fake"); /* the header of a capture names the engine that recorded it */
	assert_false(linx_get_stream_info(l)->live);
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	linx_close(l);
	/* A descriptor whose position is at the end of its file holds no capture. */
	assert_int_equal(linx_open_engine("file", &opts, &l, &err), -EBADMSG);
	assert_string_equal(err.text, "capture: not a linx capture file");
	opts.name = "f.cap";
	assert_int_equal(linx_open_engine("file", &opts, &l, &err), -EBADMSG);
	assert_string_equal(err.text, "f.cap: not a linx capture file");
	assert_int_equal(lseek(opts.fd, 0, SEEK_SET), 0);
	assert_int_equal(linx_open_file(opts.fd, "f.cap", &l, &err), 0);
	linx_close(l);
	close(opts.fd);
}

/*
 * Tests results that hold on any machine: linx_open_live() gives the same result as opening the engine by the module's
 * name, "auto" finds that engine or one that needs less, and a failed open gives its reason in one line.
 */
static void live(void **state)
{
	struct linx_error err[3] = { { "" }, { "" }, { "" } };
	struct linx *l[3];
	int ret[3];

	(void)state;
	ret[0] = linx_open_live(NULL, &l[0], &err[0]);
	ret[1] = linx_open_engine("kmod", NULL, &l[1], &err[1]);
	ret[2] = linx_open_engine(LINX_ENGINE_AUTO, NULL, &l[2], &err[2]);
	assert_int_equal(ret[1], ret[0]);
	assert_string_equal(err[1].text, err[0].text);
	for (int i = 0; i < 3; i++) {
		const char *engine;
		char expected[64];

		if (ret[i]) {
			assert_true(*err[i].text && !strchr(err[i].text, '\n'));
			continue;
		}
		engine = linx_get_stream_info(l[i])->engine;
		if (i < 2 || !ret[0])
			assert_string_equal(engine, "kmod");
		else
			assert_true(!strcmp(engine, "bpf") || !strcmp(engine, "ptrace"));
		assert_int_equal(linx_salvage(l[i]), -EOPNOTSUPP);
		snprintf(expected, sizeof(expected), "%s: no capture file: nothing to salvage", engine);
		assert_string_equal(linx_error_text(l[i]), expected);
		linx_close(l[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list), cmocka_unit_test(unknown), cmocka_unit_test(wrong_options),
		cmocka_unit_test(file), cmocka_unit_test(live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
