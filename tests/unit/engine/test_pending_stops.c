// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Each pending stop of a tracee is handled once before another thread is handled a second time, in whatever order the
 * kernel reports them.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <cmocka.h>
#include "engine/ptrace/tracee.h"

#define THREADS 1000

/*
 * A simulated kernel whose threads stop again as soon as they are resumed, and which reports the highest number first.
 */
struct kernel {
	bool stopped[THREADS + 1], taken[THREADS + 1];
	unsigned int served[THREADS + 1];
};

static bool take_highest(void *ctx, struct linx_stop *s)
{
	struct kernel *k = ctx;

	for (int tid = THREADS; tid > 0; tid--) {
		if (!k->stopped[tid] || k->taken[tid])
			continue;
		k->taken[tid] = true;
		*s = (struct linx_stop){ .tid = tid, .status = SIGTRAP | 0x80 };
		return true;
	}
	return false;
}

static void serve(struct kernel *k, int tid)
{
	assert_true(k->stopped[tid]);
	k->taken[tid] = false;
	k->served[tid]++;
}

/* Expects that no thread was handled twice while another thread was pending. */
static void assert_fair(const struct kernel *k)
{
	unsigned int least = UINT32_MAX, most = 0;

	for (int tid = 1; tid <= THREADS; tid++) {
		least = k->served[tid] < least ? k->served[tid] : least;
		most = k->served[tid] > most ? k->served[tid] : most;
	}
	assert_true(most - least <= 1);
}

static void test_each_is_served_once_in_turn(void **state)
{
	struct kernel *k = calloc(1, sizeof(*k));
	struct linx_pending q = { .room = 0 };
	struct linx_stop s;

	(void)state;
	memset(k->stopped, 1, sizeof(k->stopped));
	/* A step that is called in the middle of a round does not begin the round again. */
	for (int step = 0; step < 100; step++) {
		linx_pending_collect(&q, UINT32_MAX, take_highest, k);
		for (int i = 0; i < 77 && linx_pending_next(&q, &s); i++) {
			serve(k, s.tid);
			assert_fair(k);
		}
	}
	assert_int_equal(k->served[1], k->served[THREADS] - (q.next < q.n));
	linx_pending_free(&q);
	free(k);
}

static void test_most_bounds_a_round(void **state)
{
	struct kernel *k = calloc(1, sizeof(*k));
	struct linx_pending q = { .room = 0 };
	struct linx_stop s;

	(void)state;
	k->stopped[3] = k->stopped[5] = true;
	linx_pending_collect(&q, 1, take_highest, k);
	assert_true(linx_pending_next(&q, &s));
	assert_int_equal(s.tid, 5);
	assert_false(linx_pending_next(&q, &s));
	assert_false(k->taken[3]);
	linx_pending_free(&q);
	free(k);
}

struct list {
	const struct linx_stop *at;
	unsigned int left;
};

static bool take_from_list(void *ctx, struct linx_stop *s)
{
	struct list *l = ctx;

	if (!l->left)
		return false;
	*s = *l->at++;
	l->left--;
	return true;
}

/* A task that is killed during a pending stop stops once more, and only the new stop is handled. */
static void test_the_end_replaces_a_stop(void **state)
{
	const int end = SIGTRAP | PTRACE_EVENT_EXIT << 8;
	const struct linx_stop stops[] = { { 7, SIGTRAP | 0x80 }, { 8, SIGTRAP | 0x80 }, { 7, end } };
	struct list l = { stops, 3 };
	struct linx_pending q = { .room = 0 };
	struct linx_stop s;

	(void)state;
	linx_pending_collect(&q, UINT32_MAX, take_from_list, &l);
	assert_true(linx_pending_next(&q, &s));
	assert_int_equal(s.tid, 8);
	assert_true(linx_pending_next(&q, &s));
	assert_int_equal(s.tid, 7);
	assert_int_equal(s.status, end);
	assert_false(linx_pending_next(&q, &s));
	linx_pending_free(&q);
}

/* A pending stop of an ended tracee is not handled, because its number may belong to another task by then. */
static void test_forgotten_tracees_are_not_served(void **state)
{
	const struct linx_stop stops[] = { { 7, SIGTRAP | 0x80 }, { 8, SIGTRAP | 0x80 } };
	struct linx_engine_ptrace *p = calloc(1, sizeof(*p));
	struct list l = { stops, 2 };
	struct linx_stop s;

	(void)state;
	linx_tracee_add(p, 7, 7);
	linx_tracee_add(p, 8, 7);
	linx_pending_collect(&p->pending, UINT32_MAX, take_from_list, &l);
	linx_tracee_forget(p, linx_tracee_find(p, 7));
	assert_true(linx_pending_next(&p->pending, &s));
	assert_int_equal(s.tid, 8);
	assert_false(linx_pending_next(&p->pending, &s));
	linx_tracee_forget(p, linx_tracee_find(p, 8));
	linx_pending_free(&p->pending);
	free(p);
}

static bool is_any(const struct linx_tracee *t)
{
	return t->tid > 0;
}

/* linx_tracee_list() lists all tracees: one that it left out would never be handled. */
static void test_lists_hold_all_tracees(void **state)
{
	struct linx_engine_ptrace *p = calloc(1, sizeof(*p));
	unsigned int n;
	pid_t *tids;

	(void)state;
	for (int tid = 1; tid <= THREADS; tid++)
		linx_tracee_add(p, tid, 1);
	tids = linx_tracee_list(p, is_any, &n);
	assert_int_equal(n, THREADS);
	for (unsigned int i = 0; i < n; i++)
		linx_tracee_forget(p, linx_tracee_find(p, tids[i]));
	assert_int_equal(p->ntracees, 0);
	free(tids);
	free(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_is_served_once_in_turn),
		cmocka_unit_test(test_most_bounds_a_round),
		cmocka_unit_test(test_the_end_replaces_a_stop),
		cmocka_unit_test(test_forgotten_tracees_are_not_served),
		cmocka_unit_test(test_lists_hold_all_tracees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
