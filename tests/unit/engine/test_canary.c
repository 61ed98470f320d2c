// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests canaries (calls that the library makes to test the recording), with pages that no kernel writes: each canary is
 * missed.
 */
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include "libuser/engine/canary.h"
#include "libuser/engine/engine.h"

#define CPUS 64u

struct fixture {
	struct linx_canary *c;
	struct linx_producer *page; /* of all CPUs */
	struct linx_snap tampers;
	cpu_set_t before;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(sched_getaffinity(0, sizeof(f->before), &f->before), 0);
	f->page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(f->page, MAP_FAILED);
	assert_int_equal(linx_canary_new(CPUS, &f->c), 0);
	for (unsigned int i = 0; i < CPUS; i++)
		linx_canary_set_page(f->c, i, f->page);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	linx_canary_free(f->c);
	linx_snap_free_data(&f->tampers);
	munmap(f->page, (size_t)sysconf(_SC_PAGESIZE));
	sched_setaffinity(0, sizeof(f->before), &f->before);
	free(f);
	return 0;
}

/* Confines this thread, whose affinity is that of the reader, to the first CPU that it may use. Returns its number. */
static unsigned int confine(const struct fixture *f)
{
	unsigned int cpu = 0;
	cpu_set_t one;

	while (!CPU_ISSET(cpu, &f->before))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	return cpu;
}

/*
 * Waits until there is news, and keeps this CPU busy for a part of that time: longer than a CPU that counts as idle may
 * be busy.
 */
static void wait_busily(const struct linx_canary *c)
{
	while (!linx_canary_has_news(c)) {
		for (volatile unsigned int i = 0; i < 5000000; i++)
			;
		poll(NULL, 0, 30);
	}
}

static void check_missed(struct fixture *f, unsigned int cpu)
{
	struct pollfd p = { .fd = linx_canary_fd(f->c), .events = POLLIN };
	const struct linx_rec *rec;
	struct linx_tamper tamper;

	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(linx_canary_take(f->c, 1234, &f->tampers), 0);
	assert_false(linx_canary_has_news(f->c));
	assert_int_equal(poll(&p, 1, 0), 0);
	rec = (const void *)f->tampers.data;
	assert_int_equal(f->tampers.len, sizeof(*rec) + sizeof(tamper));
	assert_int_equal(LINX_REC_LEN(rec), f->tampers.len);
	assert_int_equal(rec->kind, LINX_REC_TAMPER);
	assert_int_equal(rec->time, 1234);
	memcpy(&tamper, rec + 1, sizeof(tamper));
	assert_int_equal(tamper.what, LINX_TAMPER_MISSED);
	assert_int_equal(tamper.cpu, cpu);
}

/*
 * Missed canaries are reported for the CPU on which the reader may run. The source "other" has a page with a canary
 * that another process could have made, which does not count as one of this process. Both sources wait at the same
 * time, because the first round of each takes long.
 */
static void test_missed_where_the_reader_may_run(void **state)
{
	struct fixture *f = *state;
	unsigned int cpu = confine(f);
	void *other = NULL;
	struct fixture *o;

	assert_int_equal(set_up(&other), 0);
	o = other;
	o->page->canary = LINX_CANARY | 1;
	assert_int_equal(linx_canary_start(f->c), 0);
	assert_int_equal(linx_canary_start(o->c), 0);
	wait_busily(f->c);
	wait_busily(o->c);
	check_missed(f, cpu);
	check_missed(o, cpu);
	linx_canary_stop(o->c);
	linx_canary_stop(o->c); /* harmless */
	assert_int_equal(tear_down(&other), 0);
}

static void test_without_canaries(void **state)
{
	(void)state;
	assert_int_equal(linx_canary_start(NULL), 0);
	assert_int_equal(linx_canary_fd(NULL), -1);
	assert_false(linx_canary_has_news(NULL));
	linx_canary_wake(NULL);
	linx_canary_stop(NULL);
	linx_canary_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_missed_where_the_reader_may_run, set_up, tear_down),
		cmocka_unit_test(test_without_canaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
