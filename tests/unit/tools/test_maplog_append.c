// SPDX-License-Identifier: LGPL-2.1-or-later
/* The window onto a log file: no system call, death, full disks, and what others do to the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libuser/base/array_size.h"

static unsigned int signals_to_come; /* while a file is opened, gets room, or is cut off */

static bool interrupts(void)
{
	if (!signals_to_come)
		return false;
	signals_to_come--;
	errno = EINTR;
	return true;
}

static int open_slowly(const char *name, int flags, mode_t mode)
{
	return interrupts() ? -1 : open(name, flags, mode);
}

static int fallocate_slowly(int fd, off_t from, off_t len)
{
	return interrupts() ? EINTR : posix_fallocate(fd, from, len);
}

static int ftruncate_slowly(int fd, off_t len)
{
	return interrupts() ? -1 : ftruncate(fd, len);
}

#define open open_slowly
#define posix_fallocate fallocate_slowly
#define ftruncate ftruncate_slowly
#include "tools/output/maplog.c"
#undef open
#undef posix_fallocate
#undef ftruncate
#include "tools/base/sanitize.c"
#include "tools/base/message.c"
#include "tools/base/signals.c"

static char dir[] = "/tmp/linx-maplog-test-XXXXXX";
static char path[64], other[64];

static int begin_test(void **state)
{
	(void)state;
	unlink(path);
	unlink(other);
	return 0;
}

static struct maplog open_log(void)
{
	struct problem why;
	struct maplog m;

	if (maplog_open(&m, path, &why))
		fail_msg("%s", why.text);
	return m;
}

/* The file's text; a static buffer. */
static const char *text_of(const char *name, size_t *len)
{
	static char text[32 << 20];
	FILE *f = fopen(name, "r");

	assert_non_null(f);
	*len = fread(text, 1, sizeof(text) - 1, f);
	text[*len] = '\0';
	fclose(f);
	return text;
}

static void expect(const char *name, const char *expected)
{
	size_t len;
	const char *text = text_of(name, &len);

	assert_int_equal(len, strlen(expected));
	assert_string_equal(text, expected);
}

/* Line 0 to line n - 1, whole and in order; then nothing, or room that was not used. */
static void expect_lines_and_room(unsigned int n, bool room)
{
	size_t len, at = 0;
	const char *text = text_of(path, &len);

	for (unsigned int i = 0; i < n; i++) {
		char line[32];

		at += (size_t)snprintf(line, sizeof(line), "line %u\n", i);
		assert_true(at <= len);
		assert_memory_equal(text + at - strlen(line), line, strlen(line));
	}
	assert_int_equal(at, room ? strlen(text) : len);
}

static void expect_lines(unsigned int n)
{
	expect_lines_and_room(n, false);
}

static void put_lines(struct maplog *m, unsigned int from, unsigned int to)
{
	for (; from < to; from++) {
		char line[32];
		int n = snprintf(line, sizeof(line), "line %u\n", from);

		assert_int_equal(maplog_put(m, line, (size_t)n), 0);
	}
}

static void appends(void **state)
{
	struct maplog m = open_log();

	(void)state;
	put_lines(&m, 0, 1000000); /* several windows */
	maplog_close(&m);
	expect_lines(1000000);
	m = open_log();
	put_lines(&m, 1000000, 1000010);
	maplog_close(&m);
	expect_lines(1000010);
}

static void long_texts(void **state)
{
	size_t n = 3 * WINDOW + 5, len;
	char *text = malloc(n);
	struct maplog m = open_log();

	(void)state;
	assert_non_null(text);
	memset(text, 'x', n);
	assert_int_equal(maplog_put(&m, "a\n", 2), 0);
	assert_int_equal(maplog_put(&m, text, n), 0);
	maplog_close(&m);
	text_of(path, &len);
	assert_int_equal(len, n + 2);
	free(text);
}

/* Some file systems stop for a signal: it is no error of the file. */
static void signals_come(void **state)
{
	struct maplog m;
	size_t len;

	(void)state;
	signals_to_come = 2;
	m = open_log();
	assert_int_equal(signals_to_come, 0);
	put_lines(&m, 0, 10);
	m.from = m.end - (off_t)m.size; /* as if it were full */
	signals_to_come = 2;
	put_lines(&m, 10, 20);
	assert_int_equal(signals_to_come, 0);
	assert_int_equal(rename(path, other), 0);
	signals_to_come = 3;
	assert_int_equal(maplog_look(&m, 5000000000), 0);
	assert_int_equal(signals_to_come, 0);
	text_of(other, &len);
	assert_int_equal(len, 10 * 7 + 10 * 8);
	signals_to_come = 1;
	maplog_close(&m);
	expect(path, "");
}

/* The window has no memory behind it, though the file is as long as ever. */
static void take_memory(struct maplog *m)
{
	int empty = memfd_create("empty", MFD_CLOEXEC);

	assert_true(empty >= 0);
	assert_ptr_equal(mmap(m->window, m->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, empty, 0), m->window);
	close(empty);
}

/* A file system that has to copy what it gave, as after reflink, may have no room for that. */
static void room_without_memory(void **state)
{
	struct maplog m = open_log();
	int reader;

	(void)state;
	put_lines(&m, 0, 10);
	take_memory(&m);
	put_lines(&m, 10, 20);
	expect_lines_and_room(20, true);
	/* And if it cannot be written by calls either, they say why. */
	reader = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(reader >= 0 && dup2(reader, m.fd) == m.fd);
	close(reader);
	assert_int_equal(maplog_put(&m, "line 20\n", 8), -EBADF);
	maplog_close(&m);
	expect_lines_and_room(20, true);
}

/* The kernel kills this process at any call but exit. */
static void allow_exit_alone(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(2);
}

static void put_alone(struct maplog *m)
{
	static const char line[] = "line without a system call\n";
	long status = 0;

	allow_exit_alone();
	for (int i = 0; i < 10000 && !status; i++)
		status = maplog_put(m, line, strlen(line)) ? 3 : 0;
	syscall(SYS_exit, status);
}

static void no_system_call(void **state)
{
	struct maplog m = open_log();
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (!pid)
		put_alone(&m);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	m.end += 270000; /* what the child did in the same window */
	maplog_close(&m);
}

static void survives_death(void **state)
{
	struct maplog m;
	size_t len;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (!pid) {
		m = open_log();
		put_lines(&m, 0, 5000);
		maplog_put(&m, "half a li", 9);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	text_of(path, &len);
	assert_int_equal(len, WINDOW); /* room that nobody cut off */
	m = open_log();
	assert_int_equal(maplog_put(&m, "next\n", 5), 0);
	maplog_close(&m);
	assert_non_null(strstr(text_of(path, &len), "line 4999\nhalf a li\nnext\n"));
	assert_null(memchr(text_of(path, &len), 0, len));
}

static void no_two_writers(void **state)
{
	struct maplog m = open_log(), second;
	struct problem why;

	(void)state;
	assert_int_equal(maplog_open(&second, path, &why), -1);
	assert_non_null(strstr(why.text, "another linxcap writes there"));
	maplog_close(&m);
	assert_int_equal(maplog_open(&second, "/dev/null", &why), -1);
	assert_non_null(strstr(why.text, "putfile needs a regular file"));
	assert_int_equal(maplog_open(&second, "/not/there/x", &why), -1);
}

static void full_disk(void **state)
{
	struct rlimit limit = { WINDOW * 2, WINDOW * 2 }, old;
	struct maplog m = open_log();
	struct signals signals;
	char line[1000];
	unsigned int n = 0;
	size_t len;

	(void)state;
	memset(line, 'y', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	assert_int_equal(signals_catch(&signals, false), 0);
	getrlimit(RLIMIT_FSIZE, &old);
	limit.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
	while (!maplog_put(&m, line, sizeof(line)))
		n++;
	setrlimit(RLIMIT_FSIZE, &old);
	signals_release(&signals);
	assert_int_equal(m.error, -EFBIG);
	assert_int_equal(maplog_put(&m, line, sizeof(line)), -EFBIG); /* nothing more, nothing silent */
	maplog_close(&m);
	text_of(path, &len);
	assert_int_equal(n, 2 * WINDOW / sizeof(line));
	assert_int_equal(len, n * sizeof(line)); /* whole lines */
}

static void renamed(void **state)
{
	struct maplog m = open_log();

	(void)state;
	put_lines(&m, 0, 2);
	assert_int_equal(rename(path, other), 0);
	put_lines(&m, 2, 3); /* before it is seen */
	assert_int_equal(maplog_look(&m, 5000000000), 0);
	put_lines(&m, 3, 4);
	maplog_close(&m);
	expect(other, "line 0\nline 1\nline 2\n");
	expect(path, "line 3\n");
}

/* What went to the file that is gone since it was seen last is in the new one. */
static void deleted(void **state)
{
	struct maplog m = open_log();

	(void)state;
	put_lines(&m, 0, 2);
	assert_int_equal(maplog_look(&m, 5000000000), 0);
	assert_int_equal(unlink(path), 0);
	put_lines(&m, 2, 5);
	assert_int_equal(maplog_look(&m, 5500000000), 0); /* too early to look again */
	assert_int_equal(maplog_look(&m, 6000000000), 0);
	put_lines(&m, 5, 6);
	maplog_close(&m);
	expect(path, "line 2\nline 3\nline 4\nline 5\n");
}

/* In the middle of a page that is mapped, and all of it. */
static void truncated(void **state)
{
	struct maplog m = open_log();

	(void)state;
	put_lines(&m, 0, 10000);
	assert_int_equal(truncate(path, 0), 0);
	put_lines(&m, 0, 3); /* the memory is gone: a signal, which is ours */
	maplog_close(&m);
	expect(path, "line 0\nline 1\nline 2\n");
	m = open_log();
	assert_int_equal(truncate(path, 7), 0);
	assert_int_equal(maplog_look(&m, 5000000000), 0);
	put_lines(&m, 1, 2);
	maplog_close(&m);
	expect(path, "line 0\nline 1\n");
}

static int make_dir(void **state)
{
	(void)state;
	say_to(SAY_FATAL, -1);
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/log", dir);
	snprintf(other, sizeof(other), "%s/log.1", dir);
	return 0;
}

static int remove_dir(void **state)
{
	begin_test(state);
	return rmdir(dir);
}

#define TEST(f) cmocka_unit_test_setup(f, begin_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(appends), TEST(long_texts), TEST(signals_come), TEST(no_system_call), TEST(survives_death), TEST(no_two_writers),
		TEST(full_disk), TEST(room_without_memory), TEST(renamed), TEST(deleted), TEST(truncated),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
