// SPDX-License-Identifier: LGPL-2.1-or-later
/* The event loop's reaction to the end of the data, to a signal, and to a failed write. */
#include <linx/linx.h>
#include <linx/probe.h>

static int next_probe(unsigned int from);
static int get_probe(unsigned int number, struct linx_probe_account *to);

#define linx_next_probe(l, from) ((void)(l), next_probe(from))
#define linx_get_probe_account(l, number, to) get_probe(number, to)
#define linx_get_counts(l, to) (-1)
#define linx_get_tampers(l) 3
#define linx_dump(l) 0
#define linx_error_text(l) ""
#define linx_listed(l) 1
#define linx_pending(l) false
#include "tools/trace/loop.c"
#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "common/base/signals.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* Results of the sink's steps: of the first step, and of each later one. */
static struct {
	int first, then;
	bool broken; /* whether the first result is a write error */
	unsigned int steps;
	int explained;
	unsigned int counted; /* events, counted for the metrics */
	struct metrics_more published;
} plan;

/* Four probes: an exact one, two that have missed hits or may have, and one whose counts are not known. */
static const struct linx_probe_account probes[] = {
	{ .known = true, .selected = 9 },
	{ .known = true, .missed = 5, .at_least = true },
	{ .known = true, .at_least = true },
	{ .missed = 100, .at_least = true },
};

static int next_probe(unsigned int from)
{
	return from < 4 ? (int)from : -ENOENT;
}

static int get_probe(unsigned int number, struct linx_probe_account *to)
{
	*to = probes[number];
	return 0;
}

static struct destination file;

struct destination *sink_broken(const struct sink *k)
{
	(void)k;
	return file.broken ? &file : NULL;
}

int sink_step(struct sink *k, int timeout_ms)
{
	(void)k;
	(void)timeout_ms;
	file.broken = !plan.steps && plan.broken;
	return plan.steps++ ? plan.then : plan.first;
}

bool sink_full(const struct sink *k)
{
	(void)k;
	return false;
}

void progress_look(struct progress *p, unsigned int events, uint64_t now_ns)
{
	(void)p;
	(void)events;
	(void)now_ns;
}

uint64_t sink_due(const struct sink *k)
{
	(void)k;
	return UINT64_MAX;
}

int sink_flush(struct sink *k)
{
	(void)k;
	return 0;
}

void sink_explain(const struct sink *k, int error)
{
	(void)k;
	plan.explained = error;
}

/* A stub: no metrics server reads this number here. */
uint64_t sink_bytes(const struct sink *k)
{
	(void)k;
	return 0;
}

bool metrics_step(struct metrics *m, uint64_t now_ns)
{
	(void)m;
	(void)now_ns;
	return false;
}

void metrics_count_events(struct metrics *m, unsigned int n)
{
	(void)m;
	plan.counted += n;
}

void metrics_rest(struct metrics *m)
{
	(void)m;
}

void metrics_publish(struct metrics *m, const struct linx_counts *counts, const struct metrics_more *more)
{
	(void)m;
	(void)counts;
	plan.published = *more;
}

bool child_reap(struct child *c)
{
	(void)c;
	return false;
}

enum rotation_word rotation_look(struct rotation *k, const struct sink *sink, uint64_t now)
{
	(void)k;
	(void)sink;
	(void)now;
	return ROTATION_GO_ON;
}

uint64_t rotation_due(const struct rotation *k)
{
	(void)k;
	return UINT64_MAX;
}

void losses_look_for_tampers(struct losses *s, const struct linx *l)
{
	(void)s;
	(void)l;
}

void losses_look(struct losses *s, struct linx *l, uint64_t now)
{
	(void)s;
	(void)l;
	(void)now;
}

void notify_say(const char *fmt, ...)
{
	(void)fmt;
}

uint64_t report_clock_ns(void)
{
	return 1;
}

static enum end run(enum end (*f)(struct loop *p), int first, bool broken, int then)
{
	struct sink sink = { .n = 0 };
	struct signals signals;
	struct loop p = { .sink = &sink, .signals = &signals, .fd = 0 };
	enum end end;

	memset(&plan, 0, sizeof(plan));
	plan.first = first;
	plan.then = then;
	plan.broken = broken;
	assert_int_equal(signals_catch(&signals, false, false), 0);
	end = f(&p);
	signals_release(&signals);
	return end;
}

static void a_signal_while_it_reads(void **state)
{
	(void)state;
	assert_int_equal(run(loop_run, -EINTR, false, -ENODATA), END_DATA);
	assert_int_equal(run(loop_drain, -EINTR, false, -ENODATA), END_DATA);
	assert_int_equal(plan.steps, 2);
	assert_int_equal(plan.explained, 0);
}

/*
 * A write of the sink fails with EINTR. A repeated step could fail in the same way for ever, so the run ends after one
 * step.
 */
static void a_signal_while_it_writes(void **state)
{
	(void)state;
	assert_int_equal(run(loop_run, -EINTR, true, -EIO), END_FAILURE);
	assert_int_equal(plan.explained, -EINTR);
	assert_int_equal(run(loop_drain, -EINTR, true, -EIO), END_FAILURE);
	assert_int_equal(plan.explained, -EINTR);
	assert_int_equal(plan.steps, 1);
}

static void no_data_where_it_writes(void **state)
{
	(void)state;
	assert_int_equal(run(loop_run, -ENODATA, true, -EIO), END_FAILURE);
	assert_int_equal(plan.explained, -ENODATA);
}

/* Five events and then the end of the data: only the events are counted. */
static void events_are_counted(void **state)
{
	(void)state;
	assert_int_equal(run(loop_run, 5, false, -ENODATA), END_DATA);
	assert_int_equal(plan.counted, 5);
	assert_int_equal(run(loop_drain, 5, false, -ENODATA), END_DATA);
	assert_int_equal(plan.counted, 5);
}

static void missed_hits_are_published(void **state)
{
	struct loop p = { .metrics = (struct metrics *)&plan };

	(void)state;
	memset(&plan, 0, sizeof(plan));
	loop_publish(&p);
	assert_true(plan.published.tampers == 3 && plan.published.missed == 5 && plan.published.at_least == 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_counted),
		cmocka_unit_test(missed_hits_are_published),
		cmocka_unit_test(a_signal_while_it_reads),
		cmocka_unit_test(a_signal_while_it_writes),
		cmocka_unit_test(no_data_where_it_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
