// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reports of interference with the recording: as events, in capture files, and in the account. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "libuser/base/array_size.h"
#include "fake_engine.h"

#define EVENTS 20

/* Adds the TAMPER record that a reader makes if its test calls (canaries) on a CPU do not reach the recording. */
static void add_report(struct fake *f, uint32_t what, uint32_t cpu)
{
	struct {
		struct linx_rec head;
		struct linx_tamper body;
	} rec = {
		.head = { .words = sizeof(rec) / 8, .kind = LINX_REC_TAMPER, .nr = LINX_REC_NR_OTHER, .time = 5 },
		.body = { .what = what, .cpu = cpu },
	};
	uint8_t *to = linx_snap_reserve(&f->e.tampers, sizeof(rec));

	assert_non_null(to);
	memcpy(to, &rec, sizeof(rec));
	f->e.tampers.len += sizeof(rec);
}

static struct fake *sample(unsigned int reports)
{
	struct fake *f = fake_new(2);

	for (uint64_t t = 1; t <= EVENTS; t++)
		fake_exit(f, t % 2, t, 1, 0);
	for (unsigned int i = 0; i < reports; i++)
		add_report(f, LINX_TAMPER_MISSED, i);
	return f;
}

/* Counts of the events that a source delivers. */
struct seen {
	unsigned int calls, tampers, cpus; /* cpus: bit mask of the CPUs in the reports */
	bool complete;
	uint64_t counted;
};

static struct seen read_all(struct linx *l)
{
	const struct linx_certificate *c;
	const struct linx_event *ev;
	struct linx_tamper t;
	struct seen s = { 0 };
	int ret;

	while ((ret = linx_next(l, &ev, 0)) >= 0) {
		if (!ret)
			continue;
		s.calls += linx_event_get_kind(ev) == LINX_EVENT_SYSCALL;
		if (linx_event_get_kind(ev) != LINX_EVENT_TAMPER) {
			assert_int_equal(linx_event_get_tamper(ev, &t), -ENODATA);
			continue;
		}
		assert_int_equal(linx_event_get_tamper(ev, &t), 0);
		assert_string_equal(linx_tamper_name(t.what), "missed");
		assert_int_equal(linx_event_get_cpu(ev), t.cpu);
		s.cpus |= 1u << t.cpu;
		s.tampers++;
	}
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(linx_get_certificate(l, &c), 0);
	s.complete = c->complete;
	s.counted = c->tampers;
	assert_int_equal(linx_get_tampers(l), c->tampers);
	return s;
}

static struct linx *open_fake(struct fake *f)
{
	struct linx *l;

	assert_int_equal(linx_source_open(&f->e, &l, NULL), 0);
	return l;
}

static void test_events(void **state)
{
	struct linx *l = open_fake(sample(2));
	struct seen s = read_all(l);

	(void)state;
	assert_int_equal(s.calls, EVENTS);
	assert_int_equal(s.tampers, 2);
	assert_int_equal(s.cpus, 3);
	assert_int_equal(s.counted, 2);
	assert_false(s.complete);
	linx_close(l);
}

static void test_none(void **state)
{
	struct linx *l = open_fake(sample(0));
	struct seen s = read_all(l);

	(void)state;
	assert_int_equal(s.tampers, 0);
	assert_true(s.complete);
	linx_close(l);
}

/* A condition leaves out all calls, but no report. */
static void test_no_condition_hides_them(void **state)
{
	struct linx *l = open_fake(sample(1));
	struct seen s;

	(void)state;
	assert_int_equal(linx_set_condition(l, "linx.pid = 999999"), 0);
	s = read_all(l);
	assert_int_equal(s.calls, 0);
	assert_int_equal(s.tampers, 1);
	linx_close(l);
}

static void test_file(void **state)
{
	struct memory m = { 0 };
	struct linx *l;
	struct seen s;
	uint8_t *file;

	(void)state;
	for (int level = 0; level < 2; level++) {
		file = record(sample(2), level, &m.len);
		m.data = file;
		m.at = 0;
		assert_int_equal(memory_open(&m, &l, NULL), 0);
		s = read_all(l);
		assert_int_equal(s.calls, EVENTS);
		assert_int_equal(s.tampers, 2);
		assert_int_equal(s.cpus, 3);
		assert_false(s.complete);
		linx_close(l);
		free(file);
	}
}

/* A report of a kind that only a newer version has makes no event, but the account is not complete. */
static void test_unknown_kind(void **state)
{
	struct fake *f = sample(0);
	struct linx *l;
	struct seen s;

	(void)state;
	add_report(f, 77, 0);
	l = open_fake(f);
	s = read_all(l);
	assert_int_equal(s.calls, EVENTS);
	assert_int_equal(s.tampers, 0);
	assert_false(s.complete);
	assert_null(linx_tamper_name(77));
	linx_close(l);
}

/* Adds the record that the module makes if a task tries to unload a module. */
static void add_unload(struct fake *f, const char *name)
{
	struct {
		struct linx_rec head;
		struct linx_tamper body;
		struct linx_val value;
		char name[8];
	} rec = {
		.head = { .words = sizeof(rec) / 8, .kind = LINX_REC_TAMPER, .nr = LINX_REC_NR_OTHER, .time = 30, .tid = 7, .pid = 7, .nvals = 1 },
		.body = { .what = LINX_TAMPER_UNLOAD },
		.value = { .size = (uint16_t)strlen(name), .info = LINX_VAL_INFO(LINX_VAL_STR, LINX_WHOLE) },
	};

	memcpy(rec.name, name, strlen(name));
	fake_add(f, 0, &rec);
}

/*
 * An attempt to unload linx makes an event, and leaves the account complete. An attempt to unload another module makes
 * no event.
 */
static void test_unload(void **state)
{
	static const struct {
		const char *name;
		unsigned int events;
	} cases[] = { { "linx", 1 }, { "linxy", 0 }, { "lin", 0 }, { "other", 0 } };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake *f = sample(0);
		const struct linx_certificate *c;
		const struct linx_event *ev;
		struct linx_tamper t;
		unsigned int events = 0;
		struct linx *l;
		int ret;

		add_unload(f, cases[i].name);
		l = open_fake(f);
		while ((ret = linx_next(l, &ev, 0)) >= 0) {
			if (!ret || linx_event_get_kind(ev) != LINX_EVENT_TAMPER)
				continue;
			assert_int_equal(linx_event_get_tamper(ev, &t), 0);
			assert_string_equal(linx_tamper_name(t.what), "unload");
			assert_int_equal(linx_event_get_pid(ev), 7);
			events++;
		}
		assert_int_equal(events, cases[i].events);
		assert_int_equal(linx_get_certificate(l, &c), 0);
		assert_true(c->complete);
		assert_int_equal(c->tampers, 0);
		linx_close(l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_no_condition_hides_them),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_unknown_kind),
		cmocka_unit_test(test_unload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
