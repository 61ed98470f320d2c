// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests the loop over destinations of events: which destinations get an event, which one reads the events for all of
 * them, and which one an error belongs to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <errno.h>
#include <linx/linx.h>

#define linx_next next_event
#define linx_error_text error_text
#define linx_event_get_kind kind_of
#define linx_event_get_signal signal_of
#define linx_event_get_time_ns time_of
static int next_event(struct linx *l, const struct linx_event **ev, int timeout_ms);
static const char *error_text(const struct linx *l);
static enum linx_event_kind kind_of(const struct linx_event *ev);
static int signal_of(const struct linx_event *ev);
static uint64_t time_of(const struct linx_event *ev);
#include "tools/trace/sink.c"
#include "tools/trace/sink_failure.c"
#include "tools/trace/shown.c"
#include "tools/trace/window.c"
#include "tools/trace/destinations/destination.c"
#include "common/base/sanitize.c"
#include "common/base/message.c"
#include "common/base/moment.c"
#include "common/base/parse_value.c"

/* A source that delivers events of the kinds in kinds[] and then returns "end". */
static struct {
	const enum linx_event_kind *kinds;
	unsigned int n, at;
	int end;
} source;

static int next_event(struct linx *l, const struct linx_event **ev, int timeout_ms)
{
	(void)l;
	(void)timeout_ms;
	*ev = NULL;
	if (source.at == source.n)
		return source.end;
	*ev = (const struct linx_event *)&source.kinds[source.at++];
	return 1;
}

static const char *error_text(const struct linx *l)
{
	(void)l;
	return "";
}

static enum linx_event_kind kind_of(const struct linx_event *ev)
{
	return *(const enum linx_event_kind *)(const void *)ev;
}

static int signal_of(const struct linx_event *ev)
{
	(void)ev;
	return 15;
}

/* Returns the event's time: the events of kinds[] are 10 ns apart, the first at 100. */
static uint64_t time_of(const struct linx_event *ev)
{
	return 100 + 10 * (uint64_t)((const enum linx_event_kind *)(const void *)ev - source.kinds);
}

const char *source_name(const struct settings *s)
{
	return s->where.read_path;
}

/* Stubs of functions that the sink needs for linking, and that no test here calls. */
bool fds_used(const struct fds_selection *f, const struct linx_event *ev)
{
	(void)f;
	(void)ev;
	return true;
}

bool chosen_wanted(const struct settings *s)
{
	(void)s;
	return false;
}

struct chosen *chosen_new(const struct settings *s, struct problem *why)
{
	(void)s;
	(void)why;
	return NULL;
}

bool chosen_takes(struct chosen *c, const struct linx_event *ev)
{
	(void)c;
	(void)ev;
	return true;
}

void chosen_report(const struct chosen *c)
{
	(void)c;
}

void chosen_free(struct chosen *c)
{
	(void)c;
}

void missing_look(struct missing *m, const struct linx *l)
{
	(void)m;
	(void)l;
}

void missing_event(struct missing *m, const struct linx *l, const struct linx_event *ev)
{
	(void)m;
	(void)l;
	(void)ev;
}

void redact_report(const struct redact *r)
{
	(void)r;
}

uint64_t report_clock_ns(void)
{
	return 7;
}

/* ---- a destination that records its calls */

struct fake {
	struct destination base;
	bool wanted, opens;
	unsigned int took, took_outside, flushed, looked, finished, explained, freed;
	int result; /* result of the operations take and flush */
	int cause; /* error of the destination itself; 0: none */
};
static struct fake capture, rows, spool, rules, alerts, page, top, table, flame, text;

static struct fake *of(struct destination *d)
{
	return (struct fake *)d;
}

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	of(d)->took++;
	of(d)->took_outside += d->outside;
	if (kind_of(ev) == LINX_EVENT_SYSCALL)
		*counts = true;
	return destination_wrote(d, of(d)->result);
}

static int read_ten(struct destination *d, int timeout_ms)
{
	(void)d;
	(void)timeout_ms;
	return 10;
}

static int flush(struct destination *d)
{
	of(d)->flushed++;
	return destination_wrote(d, of(d)->result);
}

static int look(struct destination *d, uint64_t now_ns)
{
	assert_int_equal(now_ns, 7);
	of(d)->looked++;
	return 0;
}

static int finish(struct destination *d, int *fd)
{
	(void)fd;
	of(d)->finished++;
	return 0;
}

static void explain(const struct destination *d, int error)
{
	assert_int_equal(error, -ENOSPC);
	((struct fake *)d)->explained++;
}

static bool caused(const struct destination *d, int error)
{
	return ((const struct fake *)d)->cause == error;
}

static void release(struct destination *d)
{
	of(d)->freed++;
}

#define FAKE(name, ...)                                                                             \
	static bool wants_##name(const struct settings *s)                                         \
	{                                                                                           \
		(void)s;                                                                            \
		return name.wanted;                                                                 \
	}                                                                                           \
	static struct destination *open_##name(const struct destination_env *e, struct problem *why) \
	{                                                                                           \
		(void)e;                                                                            \
		if (!name.opens) {                                                                  \
			problem_set(why, "no " #name);                                              \
			return NULL;                                                                \
		}                                                                                   \
		destination_begin(&name.base, &destination_##name);                                 \
		return &name.base;                                                                  \
	}                                                                                           \
	const struct destination_ops destination_##name = {                                         \
		.wanted = wants_##name, .open = open_##name, .flush = flush, .look = look,         \
		.finish = finish, .explain = explain, .free = release, __VA_ARGS__                  \
	};

FAKE(capture, .caused = caused)
FAKE(rows, .take = take, .shown_alone = true)
FAKE(spool, .take = take, .shown_alone = true)
FAKE(rules, .take = take)
FAKE(alerts, .read = read_ten)
FAKE(page, .take = take, .shown_alone = true)
FAKE(top, .take = take, .instead = true, .shown_alone = true)
FAKE(flame, .take = take, .instead = true, .shown_alone = true)
FAKE(table, .take = take, .instead = true, .shown_alone = true)
FAKE(text, .take = take, .instead = true, .shown_alone = true)

static struct settings settings;
static struct sink sink;
static struct problem why;

static int setup(void **state)
{
	struct fake *all[] = { &capture, &rows, &spool, &rules, &alerts, &page, &top, &table, &flame, &text };

	(void)state;
	memset(&settings, 0, sizeof(settings));
	memset(&source, 0, sizeof(source));
	for (unsigned int i = 0; i < sizeof(all) / sizeof(*all); i++)
		*all[i] = (struct fake){ .opens = true };
	text.wanted = true;
	return 0;
}

static void open_sink(void)
{
	const struct destination_env e = { .settings = &settings, .input = -1, .fd = -1 };

	assert_int_equal(sink_open(&sink, &e, &why), 0);
}

static void give_kinds(const enum linx_event_kind *kinds, unsigned int n, int end)
{
	source.kinds = kinds;
	source.n = n;
	source.at = 0;
	source.end = end;
}

static const enum linx_event_kind kinds[] = { LINX_EVENT_SYSCALL, LINX_EVENT_SIGNAL, LINX_EVENT_SYSCALL };

/* ---- tests */

static void a_view_is_opened_where_nothing_else_is(void **state)
{
	(void)state;
	table.wanted = true;
	open_sink();
	assert_int_equal(sink.n, 1);
	assert_ptr_equal(sink.to[0], &table.base);
	sink_close(&sink);
	assert_int_equal(table.freed, 1);
	capture.wanted = rules.wanted = true;
	open_sink();
	assert_int_equal(sink.n, 2);
	assert_ptr_equal(sink.to[0], &capture.base);
	assert_ptr_equal(sink.to[1], &rules.base);
	sink_close(&sink);
	assert_int_equal(table.freed + text.freed, 1);
}

static void those_before_a_failure_are_freed(void **state)
{
	const struct destination_env e = { .settings = &settings, .input = -1, .fd = -1 };

	(void)state;
	capture.wanted = rules.wanted = true;
	rules.opens = false;
	assert_int_equal(sink_open(&sink, &e, &why), -1);
	assert_string_equal(why.text, "no rules");
	sink_close(&sink);
	assert_int_equal(capture.freed, 1);
	assert_int_equal(rules.freed, 0);
}

static void options_hide_events_from_views_alone(void **state)
{
	(void)state;
	settings.what.hide_signals = ~0ull;
	open_sink();
	give_kinds(kinds, 3, 0);
	assert_int_equal(sink_step(&sink, 0), 3);
	assert_int_equal(text.took, 2);
	assert_int_equal(sink.events, 2);
	sink_close(&sink);
	rules.wanted = true;
	open_sink();
	give_kinds(kinds, 3, 0);
	assert_int_equal(sink_step(&sink, 0), 3);
	assert_int_equal(rules.took, 3);
	sink_close(&sink);
}

/*
 * A view gets only the events in the chosen part of the time. A destination with the flag "follows" also gets the
 * events before that part, which are not counted. No destination gets the events after that part.
 */
static void a_part_of_the_time(void **state)
{
	static const enum linx_event_kind six[] = {
		LINX_EVENT_SYSCALL, LINX_EVENT_SYSCALL, LINX_EVENT_SYSCALL, LINX_EVENT_SYSCALL, LINX_EVENT_SYSCALL, LINX_EVENT_CERTIFICATE,
	};

	(void)state;
	open_sink();
	sink.window = (struct window){ 110, 130 };
	give_kinds(six, 6, 0);
	assert_int_equal(sink_step(&sink, 0), 6);
	assert_int_equal(text.took, 3);
	assert_int_equal(text.took_outside, 0);
	assert_int_equal(sink.events, 2);
	sink_close(&sink);
	rules.wanted = true;
	open_sink();
	rules.base.follows = true;
	sink.window = (struct window){ 120, 140 };
	give_kinds(six, 6, 0);
	assert_int_equal(sink_step(&sink, 0), 6);
	assert_int_equal(rules.took, 5);
	assert_int_equal(rules.took_outside, 2);
	assert_int_equal(sink.events, 2);
	sink_close(&sink);
}

static void it_is_full_at_the_limit(void **state)
{
	(void)state;
	settings.how.count = 1;
	open_sink();
	give_kinds(kinds, 3, 0);
	assert_int_equal(sink_step(&sink, 0), 1);
	assert_true(sink_full(&sink));
	assert_int_equal(source.at, 1);
	sink_close(&sink);
}

static void one_that_reads_sees_no_event(void **state)
{
	(void)state;
	alerts.wanted = true;
	open_sink();
	give_kinds(kinds, 3, 0);
	assert_ptr_equal(sink_reader(&sink), &alerts.base);
	assert_int_equal(sink_step(&sink, 0), 10);
	assert_int_equal(sink.events, 10);
	assert_int_equal(source.at, 0);
	sink_close(&sink);
}

static void an_error_of_writing_is_explained_by_who_failed(void **state)
{
	(void)state;
	open_sink();
	give_kinds(kinds, 3, 0);
	text.result = -ENOSPC;
	assert_int_equal(sink_step(&sink, 0), -ENOSPC);
	assert_ptr_equal(sink_broken(&sink), &text.base);
	sink_explain(&sink, -ENOSPC);
	assert_int_equal(text.explained, 1);
	sink_close(&sink);
}

static void an_error_of_reading_may_be_of_a_file_beside(void **state)
{
	(void)state;
	capture.wanted = rules.wanted = true;
	open_sink();
	/* An error that follows an event is returned by the next step. */
	give_kinds(kinds, 1, -EIO);
	assert_int_equal(sink_step(&sink, 0), 1);
	assert_int_equal(sink_step(&sink, 0), -EIO);
	assert_null(sink_broken(&sink));
	capture.cause = -ENOSPC;
	give_kinds(kinds, 0, -ENOSPC);
	assert_int_equal(sink_step(&sink, 0), -ENOSPC);
	assert_ptr_equal(sink_broken(&sink), &capture.base);
	sink_close(&sink);
}

static void each_is_flushed_looked_at_and_finished(void **state)
{
	(void)state;
	capture.wanted = rules.wanted = true;
	open_sink();
	rules.base.due_ns = 99;
	assert_int_equal(sink_due(&sink), 99);
	give_kinds(kinds, 0, 0);
	assert_int_equal(sink_step(&sink, 0), 0);
	assert_int_equal(sink_flush(&sink), 0);
	assert_int_equal(sink_finish(&sink, NULL), 0);
	assert_int_equal(capture.looked + rules.looked, 2);
	assert_int_equal(capture.flushed + rules.flushed, 2);
	assert_int_equal(capture.finished + rules.finished, 2);
	sink_close(&sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_view_is_opened_where_nothing_else_is, setup),
		cmocka_unit_test_setup(those_before_a_failure_are_freed, setup),
		cmocka_unit_test_setup(options_hide_events_from_views_alone, setup),
		cmocka_unit_test_setup(a_part_of_the_time, setup),
		cmocka_unit_test_setup(it_is_full_at_the_limit, setup),
		cmocka_unit_test_setup(one_that_reads_sees_no_event, setup),
		cmocka_unit_test_setup(an_error_of_writing_is_explained_by_who_failed, setup),
		cmocka_unit_test_setup(an_error_of_reading_may_be_of_a_file_beside, setup),
		cmocka_unit_test_setup(each_is_flushed_looked_at_and_finished, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
