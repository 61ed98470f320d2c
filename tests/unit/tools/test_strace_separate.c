// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests one output file for each task (strace -ff) if there are more tasks than files that are kept open, and on full
 * disks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

static unsigned int signals_to_come; /* number of signals that are delivered while a file is opened */

static int open_slowly(const char *path, int flags, ...)
{
	if (!signals_to_come)
		return open(path, flags, 0600);
	signals_to_come--;
	errno = EINTR;
	return -1;
}

#define open open_slowly
#include "tools/output/text_out.c"
#undef open
#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "common/base/signals.c"
#include "common/redact/redact.c"
#include "common/redact/redact_rules.c"
#include "tools/strace/strace_colour.c"
#include "tools/strace/strace_log.c"

#define LINE 3000u
#define ROOM 1000u

static char dir[] = "/tmp/linx-separate-test-XXXXXX";
static char base[64], line[LINE + 1];
static struct signals signals;

static void open_log(struct strace_log *log)
{
	struct strace_settings s = { .out = base, .separate = true };
	struct problem why;

	assert_int_equal(strace_log_open(log, &s, &signals, &why), 0);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static off_t size_of(uint32_t tid)
{
	char path[80];
	struct stat st;

	snprintf(path, sizeof(path), "%s.%u", base, tid);
	assert_int_equal(stat(path, &st), 0);
	unlink(path);
	return st.st_size;
}

static void more_tasks_than_files(void **state)
{
	struct strace_log log;

	(void)state;
	open_log(&log);
	for (unsigned int rotation = 0; rotation < 2; rotation++)
		for (uint32_t tid = 1; tid <= FILES_OPEN + 10; tid++)
			assert_int_equal(strace_log_put(&log, tid, line, LINE), 0);
	assert_int_equal(strace_log_close(&log), 0);
	assert_int_equal(strace_log_close(&log), 0);
	for (uint32_t tid = 1; tid <= FILES_OPEN + 10; tid++)
		assert_int_equal(size_of(tid), 2 * LINE);
}

/* A file is closed to open the file of another task. An error of that close, such as a full disk, is reported. */
static void no_room_when_another_needs_the_place(void **state)
{
	struct strace_log log;

	(void)state;
	open_log(&log);
	for (uint32_t tid = 1; tid <= FILES_OPEN; tid++)
		assert_int_equal(strace_log_put(&log, tid, line, LINE), 0);
	limit_files(ROOM);
	assert_int_equal(strace_log_put(&log, FILES_OPEN + 1, line, LINE), -EFBIG);
	limit_files(RLIM_INFINITY);
	assert_int_equal(strace_log_flush(&log), -EFBIG);
	assert_int_equal(strace_log_close(&log), -EFBIG);
	assert_int_equal(size_of(1), ROOM);
	for (uint32_t tid = 2; tid <= FILES_OPEN; tid++)
		assert_int_equal(size_of(tid), LINE);
}

static void signals_come(void **state)
{
	struct strace_log log;

	(void)state;
	open_log(&log);
	signals_to_come = 2;
	assert_int_equal(strace_log_put(&log, 1, line, LINE), 0);
	assert_int_equal(signals_to_come, 0);
	assert_int_equal(strace_log_close(&log), 0);
	assert_int_equal(size_of(1), LINE);
}

static void no_room_at_the_end(void **state)
{
	struct strace_log log;

	(void)state;
	open_log(&log);
	assert_int_equal(strace_log_put(&log, 1, line, ROOM), 0);
	assert_int_equal(strace_log_put(&log, 2, line, LINE), 0);
	limit_files(ROOM);
	assert_int_equal(strace_log_close(&log), -EFBIG);
	limit_files(RLIM_INFINITY);
	assert_int_equal(size_of(1), ROOM);
	assert_int_equal(size_of(2), ROOM);
}

static int begin(void **state)
{
	(void)state;
	memset(line, 'x', LINE);
	if (!mkdtemp(dir))
		return -1;
	snprintf(base, sizeof(base), "%s/t", dir);
	return signals_catch(&signals, false, true);
}

static int end(void **state)
{
	(void)state;
	signals_release(&signals);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_tasks_than_files),
		cmocka_unit_test(signals_come),
		cmocka_unit_test(no_room_when_another_needs_the_place),
		cmocka_unit_test(no_room_at_the_end),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
