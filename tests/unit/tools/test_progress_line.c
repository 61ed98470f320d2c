// SPDX-License-Identifier: LGPL-2.1-or-later
/* The line that shows the progress of reading, on a pseudo-terminal and by a clock of the test. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "tools/output/progress.c"

#define S 1000000000ull

static int master, before; /* master: the other side of the terminal; before: the former standard error */

/* Makes standard error a terminal. */
static int setup(void **state)
{
	int slave;

	(void)state;
	setenv("TERM", "xterm", 1);
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(master >= 0 && !grantpt(master) && !unlockpt(master));
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	before = dup(STDERR_FILENO);
	assert_int_equal(dup2(slave, STDERR_FILENO), STDERR_FILENO);
	close(slave);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	dup2(before, STDERR_FILENO);
	close(before);
	close(master);
	return 0;
}

/*
 * Expects that this text was written to the terminal since the last call. The terminal turns a newline into two
 * characters.
 */
static void wrote(const char *want)
{
	char got[1024];
	ssize_t n = read(master, got, sizeof(got) - 1);

	got[n < 0 ? 0 : n] = '\0';
	assert_string_equal(got, want);
}

static FILE *file_of(size_t size)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	assert_int_equal(ftruncate(fileno(f), (off_t)size), 0);
	return f;
}

static void a_file(void **state)
{
	FILE *f = file_of(2000000);
	struct progress p;

	(void)state;
	progress_begin(&p, fileno(f), 5 * S);
	progress_look(&p, 10, 5 * S + S / 2);
	wrote("");
	lseek(fileno(f), 500000, SEEK_SET);
	progress_look(&p, 10, 6 * S);
	wrote("\r\033[Klinxcap: read 25 % of 2.0 MB, 500 kB/s, 4 s left");
	progress_look(&p, 10, 6 * S + 1000);
	wrote("");
	say("a message");
	wrote("\r\033[Klinxcap: a message\r\n");
	say("another");
	wrote("linxcap: another\r\n");
	lseek(fileno(f), 2000000, SEEK_SET);
	progress_look(&p, 10, 7 * S);
	wrote("\r\033[Klinxcap: read 100 % of 2.0 MB, 1.0 MB/s, 1 s left");
	progress_end(&p);
	wrote("\r\033[K");
	say("the account");
	wrote("linxcap: the account\r\n");
	progress_look(&p, 10, 9 * S);
	wrote("");
	fclose(f);
}

/* The part of the input that was read before the progress began does not count. */
static void the_rest_of_a_file(void **state)
{
	FILE *f = file_of(3000);
	struct progress p;

	(void)state;
	lseek(fileno(f), 1000, SEEK_SET);
	progress_begin(&p, fileno(f), 0);
	lseek(fileno(f), 2000, SEEK_SET);
	progress_look(&p, 0, 2 * S);
	wrote("\r\033[Klinxcap: read 50 % of 2.0 kB, 500 B/s, 3 s left");
	progress_end(&p);
	wrote("\r\033[K");
	fclose(f);
}

static void a_file_that_grows(void **state)
{
	FILE *f = file_of(1000);
	struct progress p;

	(void)state;
	progress_begin(&p, fileno(f), 0);
	lseek(fileno(f), 1000, SEEK_SET);
	assert_int_equal(ftruncate(fileno(f), 5000), 0);
	progress_look(&p, 0, S);
	wrote("\r\033[Klinxcap: read 1.0 kB, 1.0 kB/s");
	progress_end(&p);
	wrote("\r\033[K");
	fclose(f);
}

static void a_pipe(void **state)
{
	struct progress p;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	progress_begin(&p, ends[0], 0);
	progress_look(&p, 1000000, S / 2);
	progress_look(&p, 500000, 2 * S);
	wrote("\r\033[Klinxcap: read 1.5 Mevents, 750 kevents/s");
	progress_end(&p);
	wrote("\r\033[K");
	close(ends[0]);
	close(ends[1]);
}

/* No progress line is written where it could not be erased, or where no user sees it. */
static void no_terminal(void **state)
{
	FILE *f = file_of(1000);
	struct progress p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		if (i)
			dup2(fileno(f), STDERR_FILENO);
		else
			setenv("TERM", "dumb", 1);
		progress_begin(&p, fileno(f), 0);
		progress_look(&p, 1, 2 * S);
		progress_end(&p);
		setenv("TERM", "xterm", 1);
	}
	assert_int_equal(lseek(fileno(f), 0, SEEK_CUR), 0);
	wrote("");
	progress_look(NULL, 1, S);
	fclose(f);
}

static void is(const char *want, uint64_t bytes, uint64_t size, uint64_t took_ns)
{
	const struct progress_facts f = { .bytes = bytes, .size = size, .events = 7, .took_ns = took_ns };
	char line[PROGRESS_LINE];
	int n = progress_text(line, &f);

	assert_int_equal(n, strlen(line));
	assert_string_equal(line, want);
}

static void texts(void **state)
{
	(void)state;
	is("linxcap: read 0 % of 1.2 GB, 1.0 MB/s, 20m 00s left", 1000000, 1200000000, S);
	is("linxcap: read 99 % of 100 GB, 9.9 MB/s, 1m 42s left", 99000000000, 100000000000, 10000 * S);
	is("linxcap: read 0 % of 18446744 TB, 1 B/s, 99h 59m left", 1, UINT64_MAX, S);
	is("linxcap: read 7 events, 7 events/s", 0, 100, S);
	is("linxcap: read 7 events, 0 events/s", 0, 0, 0);
	is("linxcap: read 200 B, 200 B/s", 200, 100, S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(the_rest_of_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_grows, setup, teardown),
		cmocka_unit_test_setup_teardown(a_pipe, setup, teardown),
		cmocka_unit_test_setup_teardown(no_terminal, setup, teardown),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
