// SPDX-License-Identifier: LGPL-2.1-or-later
/* Work that never ends holds its caller for a limited time, and only work for the same process is refused meanwhile. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/clock.h"
#include "engine/aside.h"

struct job {
	int from; /* a pipe; -1: none */
	int *undone;
	char *text;
};

static void run(void *job)
{
	struct job *j = job;
	char c;

	if (j->from >= 0 && read(j->from, &c, 1) != 1)
		abort();
	j->text = strdup("done");
}

static void undo(void *job)
{
	struct job *j = job;

	free(j->text);
	__atomic_add_fetch(j->undone, 1, __ATOMIC_SEQ_CST);
}

static const struct linx_aside_work work = { .run = run, .undo = undo };

static bool works(struct linx_aside *a, pid_t whose)
{
	struct job j = { .from = -1 };

	if (!linx_aside_do(a, whose, &work, &j, sizeof(j)))
		return false;
	assert_string_equal(j.text, "done");
	free(j.text);
	return true;
}

static void test_only_the_holder_waits(void **state)
{
	static int undone;
	struct linx_aside a = { .watching = true, .list_fd = -1 };
	struct job j = { .undone = &undone };
	uint64_t before;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	j.from = ends[0];
	assert_true(works(&a, 1));
	before = linx_clock_ns(CLOCK_MONOTONIC);
	assert_false(linx_aside_do(&a, 1, &work, &j, sizeof(j)));
	assert_true(linx_clock_ns(CLOCK_MONOTONIC) - before >= 1000000000ull);
	assert_null(j.text);
	assert_int_equal(a.nheld, 1);
	for (int i = 0; i < 100; i++) {
		assert_false(works(&a, 1));
		assert_true(works(&a, 2));
	}
	assert_int_equal(write(ends[1], "x", 1), 1);
	while (!__atomic_load_n(&undone, __ATOMIC_SEQ_CST))
		usleep(1000);
	while (!works(&a, 1))
		usleep(1000);
	assert_int_equal(a.nheld, 0);
	linx_aside_free(&a);
	close(ends[0]);
	close(ends[1]);
}

/* A caller can end while threads that work for it are still held. */
static void test_the_held_outlive_the_caller(void **state)
{
	static int undone;
	struct linx_aside a = { .watching = true, .list_fd = -1 };
	struct job j = { .undone = &undone };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	j.from = ends[0];
	assert_false(linx_aside_do(&a, 1, &work, &j, sizeof(j)));
	assert_false(linx_aside_do(&a, 2, &work, &j, sizeof(j)));
	assert_int_equal(a.nheld, 2);
	linx_aside_free(&a);
	assert_int_equal(write(ends[1], "xx", 2), 2);
	while (__atomic_load_n(&undone, __ATOMIC_SEQ_CST) < 2)
		usleep(1000);
	close(ends[0]);
	close(ends[1]);
}

/*
 * Sixteen processes hold as many threads as they are allowed to. Work for many other processes is still done, even if
 * each of them holds a thread.
 */
static void test_shares(void **state)
{
	static const struct linx_aside_work many = { .run = run, .undo = undo, .most = 16 };
	static int undone;
	struct linx_aside a = { .watching = true, .list_fd = -1 };
	struct job j = { .undone = &undone };
	int ends[2], others = 17, held;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	j.from = ends[0];
	for (int whose = 1; whose <= 16; whose++)
		for (int i = 0; i < 20; i++)
			assert_false(linx_aside_do(&a, whose, &many, &j, sizeof(j)));
	assert_true(a.nheld >= 64 && a.nheld <= LINX_ASIDE_SHARED - 64);
	for (; a.nheld < LINX_ASIDE_SHARED + 64; others++) {
		assert_true(works(&a, others));
		assert_false(linx_aside_do(&a, others, &many, &j, sizeof(j)));
	}
	held = (int)a.nheld;
	assert_true(works(&a, others)); /* a process that holds no thread */
	assert_false(works(&a, 1));
	assert_false(works(&a, others - 1)); /* no process gets a second thread from the reserve */
	linx_aside_free(&a);
	for (int i = 0; i < held; i++)
		assert_int_equal(write(ends[1], "x", 1), 1);
	while (__atomic_load_n(&undone, __ATOMIC_SEQ_CST) < held)
		usleep(1000);
	close(ends[0]);
	close(ends[1]);
}

static void check_memory(struct linx_aside *a)
{
	const size_t size = (size_t)sysconf(_SC_PAGESIZE);
	char from[] = "what is there", to[sizeof(from)];
	uint8_t *pages = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(pages, MAP_FAILED);
	memcpy(pages + size - 4, "12345678", 8);
	assert_int_equal(linx_aside_read(a, getpid(), getpid(), to, (uintptr_t)from, sizeof(from)), sizeof(from));
	assert_memory_equal(to, from, sizeof(from));
	assert_int_equal(linx_aside_write(a, getpid(), getpid(), "THIS", (uintptr_t)from, 4), 4);
	assert_string_equal(from, "THIS is there");
	/* the second page has only PROT_WRITE, and is read nevertheless */
	assert_int_equal(mprotect(pages + size, size, PROT_WRITE), 0);
	assert_int_equal(linx_aside_read(a, getpid(), getpid(), to, (uintptr_t)pages + size - 4, 8), 8);
	assert_memory_equal(to, "12345678", 8);
	munmap(pages, 2 * size);
	errno = 0;
	assert_int_equal(linx_aside_read(a, getpid(), getpid(), to, 1, sizeof(to)), -1);
	assert_int_equal(errno, EFAULT);
}

/* A process whose work of one kind holds a thread gets work of another kind done: the caller waits for that work. */
static void test_kinds_of_work(void **state)
{
	static const struct linx_aside_work other = { .run = undo, .most = 2 };
	static int undone;
	struct linx_aside a = { .watching = true, .list_fd = -1 };
	struct job j = { .undone = &undone };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	j.from = ends[0];
	assert_false(linx_aside_do(&a, 1, &work, &j, sizeof(j)));
	assert_true(linx_aside_do(&a, 1, &other, &j, sizeof(j)));
	assert_int_equal(undone, 1);
	linx_aside_free(&a);
	assert_int_equal(write(ends[1], "x", 1), 1);
	while (__atomic_load_n(&undone, __ATOMIC_SEQ_CST) < 2)
		usleep(1000);
	close(ends[0]);
	close(ends[1]);
}

/*
 * Memory is read and written with the same results by the caller itself and, if there is a file system that may not
 * answer, by a thread.
 */
static void test_memory(void **state)
{
	struct linx_aside usual = { .nheld = 0 }, careful = { .watching = true, .list_fd = -1 };
	char dir[] = "/tmp/aside.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	usual.watching = true; /* an empty directory stands for /sys/devices/virtual/bdi */
	usual.list_fd = open(dir, O_PATH | O_DIRECTORY);
	check_memory(&usual);
	assert_null(usual.idle);
	assert_true(works(&usual, 1));
	assert_null(usual.idle);
	assert_int_equal(mkdirat(usual.list_fd, "0:99", 0700), 0); /* a file system of user space appears */
	check_memory(&usual);
	assert_non_null(usual.idle);
	assert_int_equal(unlinkat(usual.list_fd, "0:99", AT_REMOVEDIR), 0);
	assert_int_equal(mkdirat(usual.list_fd, "8:1", 0700), 0); /* a disk */
	assert_int_equal(mkdirat(usual.list_fd, "8:2", 0700), 0);
	assert_true(works(&usual, 1));
	assert_false(usual.may_wait);
	assert_int_equal(unlinkat(usual.list_fd, "8:1", AT_REMOVEDIR) | unlinkat(usual.list_fd, "8:2", AT_REMOVEDIR), 0);
	rmdir(dir);
	check_memory(&careful);
	assert_non_null(careful.idle);
	linx_aside_free(&usual);
	linx_aside_free(&careful);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_the_holder_waits),
		cmocka_unit_test(test_the_held_outlive_the_caller),
		cmocka_unit_test(test_kinds_of_work),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
