// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A log file that is written through a memory-mapped window: lines cost no system call, readers can follow the log, and
 * no line is lost by sudden death, full disks, or changes of the log by other processes.
 */
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

/* number of signals that are delivered while a file is opened, allocated or truncated */
static unsigned int signals_to_come;

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
#include "common/files/maplog.c"
#undef open
#undef posix_fallocate
#undef ftruncate
#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "common/base/signals.c"

static char dir[] = "/tmp/linx-maplog-test-XXXXXX";
static char path[64], other[64], window[64];

static int begin_test(void **state)
{
	(void)state;
	unlink(path);
	unlink(other);
	unlink(window);
	return 0;
}

static const struct maplog_opts defaults = { .mode = 0600 };

static struct maplog opened(void)
{
	struct problem why;
	struct maplog m;

	if (maplog_open(&m, path, &defaults, &why))
		fail_msg("%s", why.text);
	return m;
}

/* Returns the file's text, in a static buffer. */
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

/* Expects lines 0 to n - 1, whole and in order, and no other text. */
static void expect_lines(unsigned int n)
{
	size_t len, at = 0;
	const char *text = text_of(path, &len);

	for (unsigned int i = 0; i < n; i++) {
		char line[32];

		at += (size_t)snprintf(line, sizeof(line), "line %u\n", i);
		assert_true(at <= len);
		assert_memory_equal(text + at - strlen(line), line, strlen(line));
	}
	assert_int_equal(at, len);
}

/* Copies all lines that wait in the window to the log. */
static void settle(struct maplog *m, uint64_t now_ns)
{
	assert_int_equal(maplog_look(m, now_ns), 0);
	assert_int_equal(maplog_look(m, now_ns + FLUSH_NS), 0);
}

static bool has_window(void)
{
	return !access(window, F_OK);
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
	struct maplog m = opened();

	(void)state;
	put_lines(&m, 0, 1000000); /* several windows */
	assert_true(has_window());
	assert_int_equal(maplog_close(&m), 0);
	assert_false(has_window());
	expect_lines(1000000);
	m = opened();
	put_lines(&m, 1000000, 1000010);
	maplog_close(&m);
	expect_lines(1000010);
}

/* A text that is longer than the window is written to the log while lines wait in the window. */
static void long_texts(void **state)
{
	size_t n = 3 * WINDOW + 5, len;
	char *text = malloc(n);
	struct maplog m = opened();

	(void)state;
	assert_non_null(text);
	memset(text, 'x', n);
	text[n - 1] = '\n';
	assert_int_equal(maplog_put(&m, "a\n", 2), 0);
	assert_int_equal(maplog_put(&m, text, n), 0);
	assert_int_equal(maplog_put(&m, "b\n", 2), 0);
	maplog_close(&m);
	assert_memory_equal(text_of(path, &len), "a\nxx", 4);
	assert_int_equal(len, n + 4);
	assert_string_equal(text_of(path, &len) + n, "x\nb\n");
	free(text);
}

/*
 * A reader that follows the log sees whole lines at most a quarter of a second after they were written, and nothing
 * else.
 */
static void followed(void **state)
{
	struct maplog m = opened();

	(void)state;
	assert_int_equal(maplog_look(&m, 1000000000), 0);
	assert_true(maplog_due(&m, 1000000000) == UINT64_MAX);
	put_lines(&m, 0, 3);
	assert_true(maplog_due(&m, 1100000000) == 1100000000 + FLUSH_NS);
	put_lines(&m, 3, 5);
	expect_lines(0);
	assert_int_equal(maplog_look(&m, 1100000000 + FLUSH_NS - 1), 0);
	expect_lines(0);
	assert_int_equal(maplog_look(&m, 1100000000 + FLUSH_NS), 0);
	expect_lines(5);
	assert_true(maplog_due(&m, 1500000000) == UINT64_MAX);
	maplog_close(&m);
	expect_lines(5);
}

/* Some file systems let a signal interrupt open, allocation and truncation, which is not an error of the file. */
static void signals_come(void **state)
{
	struct maplog m;

	(void)state;
	signals_to_come = 2;
	m = opened();
	assert_int_equal(signals_to_come, 0);
	assert_int_equal(rename(path, other), 0);
	put_lines(&m, 0, 10);
	signals_to_come = 2;
	settle(&m, 5000000000);
	assert_int_equal(signals_to_come, 0);
	maplog_close(&m);
	expect(other, "");
	expect_lines(10);
}

static void created_as_asked(void **state)
{
	struct maplog_opts opts = { .mode = 0640, .group = "daemon" };
	struct problem why;
	struct maplog m;
	struct stat st;

	(void)state;
	if (geteuid())
		skip();
	if (maplog_open(&m, path, &opts, &why))
		fail_msg("%s", why.text);
	maplog_close(&m);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_gid, 1);
	unlink(path);
	opts.group = "no such group";
	assert_int_equal(maplog_open(&m, path, &opts, &why), -1);
	assert_non_null(strstr(why.text, "no such group: no such group: name one that exists"));
}

/* Makes the kernel kill this process at any call except exit. */
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
	struct maplog m = opened();
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (!pid)
		put_alone(&m);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	m.len += 270000; /* lines that the child added to the shared window */
	maplog_close(&m);
	assert_non_null(strstr(text_of(path, &(size_t){ 0 }), "line without a system call\nline"));
}

static void die_after(void (*fn)(struct maplog *m))
{
	struct maplog m;
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		m = opened();
		fn(&m);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void put_5000(struct maplog *m)
{
	put_lines(m, 0, 2000);
	settle(m, 1000000000);
	put_lines(m, 2000, 5000);
}

/* Lines in the window survive the death of the process, even a line that is being copied at that moment. */
static void survives_death(void **state)
{
	struct maplog m;

	(void)state;
	die_after(put_5000);
	expect_lines(2000);
	m = opened();
	put_lines(&m, 5000, 5001);
	maplog_close(&m);
	expect_lines(5001);
}

/* Dies after the lines have been copied to the log, and before the window records that. */
static void write_and_die(struct maplog *m)
{
	put_lines(m, 0, 5000);
	assert_true(write(m->fd, m->window->lines, 20000) == 20000);
}

static void dies_in_the_middle_of_moving(void **state)
{
	struct maplog m;

	(void)state;
	die_after(write_and_die);
	m = opened();
	maplog_close(&m);
	expect_lines(5000);
}

/*
 * The log was replaced by a file that ends in the middle of a line: the lines that wait in the window are appended to
 * that file, after a newline.
 */
static void lines_of_others(void **state)
{
	struct maplog m;
	int fd;

	(void)state;
	die_after(put_5000);
	assert_int_equal(unlink(path), 0);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && write(fd, "half a li", 9) == 9);
	close(fd);
	m = opened();
	maplog_close(&m);
	assert_memory_equal(text_of(path, &(size_t){ 0 }), "half a li\nline 2000\n", 20);
}

/* A window may hold any bytes: nothing outside of it is written or read. */
static void hostile_windows(void **state)
{
	struct maplog_window w = { .magic = MAGIC, .len = UINT64_MAX, .base = UINT64_MAX };
	struct problem why;
	struct maplog m;
	int fd;

	(void)state;
	fd = open(window, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && write(fd, &w, sizeof(w)) == (ssize_t)sizeof(w) && !ftruncate(fd, WINDOW));
	close(fd);
	m = opened();
	put_lines(&m, 0, 2);
	maplog_close(&m);
	expect_lines(2);
	assert_int_equal(symlink("/etc/passwd", window), 0);
	m = opened(); /* an invalid window is ignored, and lines are written directly */
	assert_null(m.window);
	put_lines(&m, 2, 4);
	maplog_close(&m);
	expect_lines(4);
	unlink(window);
	fd = open(window, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0 && write(fd, "mine", 4) == 4);
	close(fd);
	assert_int_equal(maplog_open(&m, path, &defaults, &why), -1);
	assert_non_null(strstr(why.text, "log.window: it is no window of this user's: remove it"));
}

/*
 * Another process truncates the window's file. While no line waits in the window, nothing is lost; otherwise only the
 * waiting lines are lost. All later lines reach the log.
 */
static void window_cut_off(void **state)
{
	struct maplog m = opened();

	(void)state;
	put_lines(&m, 0, 3);
	settle(&m, 1000000000);
	assert_int_equal(truncate(window, 0), 0);
	put_lines(&m, 3, 5);
	assert_null(m.window);
	assert_int_equal(maplog_close(&m), 0);
	expect_lines(5);
	m = opened();
	put_lines(&m, 5, 6);
	assert_int_equal(truncate(window, 0), 0);
	settle(&m, 1000000000);
	put_lines(&m, 5, 6);
	maplog_close(&m);
	expect_lines(6);
}

static void no_two_writers(void **state)
{
	struct maplog m = opened(), second;
	struct problem why;

	(void)state;
	assert_int_equal(maplog_open(&second, path, &defaults, &why), -1);
	assert_non_null(strstr(why.text, "another linxcap writes there"));
	maplog_close(&m);
	assert_int_equal(maplog_open(&second, "/dev/null", &defaults, &why), -1);
	assert_non_null(strstr(why.text, "putfile needs a regular file"));
	assert_int_equal(maplog_open(&second, "/not/there/x", &defaults, &why), -1);
}

/* Lines that do not fit on the disk stay in the window, and reach the log when there is room again. */
static void full_disk(void **state)
{
	struct rlimit limit = { WINDOW * 5 / 2, 0 }, old;
	struct maplog m = opened();
	struct signals signals;
	unsigned int n = 0;
	char line[1000];
	size_t len;

	(void)state;
	assert_int_equal(signals_catch(&signals, false, false), 0);
	getrlimit(RLIMIT_FSIZE, &old);
	limit.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
	do {
		memset(line, 'a' + n % 26, sizeof(line));
		line[sizeof(line) - 1] = '\n';
		n++;
	} while (!maplog_put(&m, line, sizeof(line)));
	setrlimit(RLIMIT_FSIZE, &old);
	signals_release(&signals);
	assert_int_equal(m.error, -EFBIG);
	/* when the window is full, each further line is refused */
	assert_int_equal(maplog_put(&m, line, sizeof(line)), -EFBIG);
	assert_int_equal(maplog_close(&m), -EFBIG);
	text_of(path, &len);
	assert_int_equal(len, WINDOW * 5 / 2 / sizeof(line) * sizeof(line)); /* whole lines */
	m = opened();
	maplog_close(&m);
	text_of(path, &len);
	assert_int_equal(len, (n - 1) * sizeof(line)); /* all lines but the one that was refused */
	for (unsigned int i = 0; i + 1 < n; i++)
		assert_int_equal(text_of(path, &len)[i * sizeof(line)], 'a' + (int)(i % 26));
}

/*
 * The log is renamed: lines that wait in the window are then written to a new file with the log's name, because readers
 * that follow the log open that file.
 */
static void renamed(void **state)
{
	struct maplog m = opened();

	(void)state;
	put_lines(&m, 0, 2);
	settle(&m, 1000000000);
	put_lines(&m, 2, 3);
	assert_int_equal(rename(path, other), 0);
	put_lines(&m, 3, 4);
	settle(&m, 5000000000);
	put_lines(&m, 4, 5);
	maplog_close(&m);
	expect(other, "line 0\nline 1\n");
	expect(path, "line 2\nline 3\nline 4\n");
}

/*
 * The log is deleted: all lines since the last check before the deletion are written to a new file with the log's name,
 * those included that the deleted file has.
 */
static void deleted(void **state)
{
	struct maplog m = opened();

	(void)state;
	put_lines(&m, 0, 2);
	settle(&m, 1000000000);
	assert_int_equal(maplog_look(&m, 3000000000), 0); /* the check finds lines 0 and 1 in the file */
	put_lines(&m, 2, 3);
	settle(&m, 3100000000);
	assert_int_equal(unlink(path), 0);
	put_lines(&m, 3, 5);
	assert_int_equal(maplog_look(&m, 3500000000), 0); /* no check, because the last one is too recent */
	assert_int_equal(maplog_look(&m, 6000000000), 0);
	put_lines(&m, 5, 6);
	maplog_close(&m);
	expect(path, "line 2\nline 3\nline 4\nline 5\n");
}

/*
 * Another process truncates the log, as logrotate does with copytruncate after its copy: the lines that wait in the
 * window reach the truncated log.
 */
static void truncated(void **state)
{
	struct maplog m = opened();

	(void)state;
	put_lines(&m, 0, 10000);
	settle(&m, 1000000000);
	put_lines(&m, 0, 3); /* lines that are in the window during the truncation */
	assert_int_equal(truncate(path, 0), 0);
	settle(&m, 5000000000);
	put_lines(&m, 3, 4);
	maplog_close(&m);
	expect_lines(4);
}

/*
 * A truncation is reported with the number of bytes that may be missing from every copy of the log: those written since
 * the last check before the truncation.
 */
static void reports_what_may_be_lost(void **state)
{
	struct maplog m = opened();
	char text[400] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	put_lines(&m, 0, 10); /* ten lines, 70 bytes */
	settle(&m, 1000000000);
	put_lines(&m, 0, 10);
	settle(&m, 3000000000);
	put_lines(&m, 0, 1);
	settle(&m, 5000000000);
	assert_int_equal(truncate(path, 0), 0);
	say_to(SAY_WARNING, ends[1]);
	assert_int_equal(maplog_look(&m, 7000000000), 0);
	say_to(SAY_FATAL, -1);
	assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
	assert_non_null(strstr(text, "up to 7 bytes of lines"));
	maplog_close(&m);
	close(ends[0]);
	close(ends[1]);
}

static int make_dir(void **state)
{
	(void)state;
	say_to(SAY_FATAL, -1);
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/log", dir);
	snprintf(other, sizeof(other), "%s/log.1", dir);
	snprintf(window, sizeof(window), "%s/log.window", dir);
	return 0;
}

static int remove_dir(void **state)
{
	begin_test(state);
	return rmdir(dir);
}

#define TEST(f) cmocka_unit_test_setup(f, begin_test)

static char heard[512];

static void hear(void *data, enum say_level level, const char *text)
{
	(void)data;
	snprintf(heard, sizeof(heard), "%d %s", level, text);
}

/*
 * A log without a window has its lines when maplog_put() returns, catches no signal, and sends its messages to the
 * listener.
 */
static void without_a_window(void **state)
{
	static const struct listener listener = { .report = hear };
	static const struct maplog_opts opts = { .mode = 0600, .no_window = true, .listener = &listener };
	struct sigaction before, after;
	struct problem why;
	struct maplog m;

	(void)state;
	heard[0] = '\0';
	assert_int_equal(sigaction(SIGBUS, &(struct sigaction){ .sa_handler = SIG_DFL }, &before), 0);
	assert_int_equal(maplog_open(&m, path, &opts, &why), 0);
	assert_int_equal(sigaction(SIGBUS, NULL, &after), 0);
	assert_ptr_equal(after.sa_handler, SIG_DFL);
	assert_int_equal(access(window, F_OK), -1);
	assert_int_equal(maplog_put(&m, "one\ntwo\n", 8), 0);
	expect(path, "one\ntwo\n");
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(maplog_look(&m, LOOK_NS), 0);
	assert_non_null(strstr(heard, "rotated: "));
	assert_int_equal(maplog_put(&m, "three\n", 6), 0);
	expect(path, "three\n");
	expect(other, "one\ntwo\n");
	assert_int_equal(maplog_close(&m), 0);
	expect(path, "three\n");
	sigaction(SIGBUS, &before, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(appends), TEST(long_texts), TEST(followed), TEST(signals_come), TEST(created_as_asked), TEST(no_system_call),
		TEST(survives_death), TEST(dies_in_the_middle_of_moving), TEST(lines_of_others), TEST(hostile_windows),
		TEST(window_cut_off), TEST(no_two_writers), TEST(full_disk), TEST(renamed), TEST(deleted), TEST(truncated),
		TEST(reports_what_may_be_lost), TEST(without_a_window),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
