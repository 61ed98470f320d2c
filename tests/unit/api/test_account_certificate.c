// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The certificate (the account at the end of a capture): sums that match, sums that do not, readers that stop early,
 * several sections.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake_engine.h"
#include "libuser/engine/header.h"

static struct fake *sample(void)
{
	struct fake *f = fake_new(3);

	for (uint64_t t = 1; t <= 20; t++)
		fake_exit(f, t % 2, t, t % 3 ? 1 : 777, 0);
	fake_lose(f, 0, 21, 4);
	fake_exit(f, 0, 22, -1, 0);
	fake_context(f, 0, 23, LINX_REC_TASK, 5);
	f->cpus[1].filtered = 9;
	f->floor = 100;
	return f;
}

static struct linx *open_fake(struct fake *f)
{
	struct linx *l;

	assert_int_equal(linx_source_open(&f->e, &l, NULL), 0);
	return l;
}

static const struct linx_certificate *certificate(struct linx *l)
{
	const struct linx_certificate *c;

	assert_int_equal(linx_get_certificate(l, &c), 0);
	return c;
}

static void all_delivered(void **state)
{
	struct linx *l = open_fake(sample());
	const struct linx_certificate *c;
	unsigned int n;
	uint64_t hash;

	(void)state;
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	c = certificate(l);
	assert_true(c->complete && !c->cut_off);
	assert_int_equal(c->total.selected, 26);
	assert_int_equal(c->total.committed, 22);
	assert_int_equal(c->total.delivered, 22);
	assert_int_equal(c->total.unread, 0);
	assert_int_equal(c->total.lost[LINX_LOST_FULL], 4);
	assert_int_equal(c->total.filtered, 9);
	assert_int_equal(c->ncpus, 2);
	assert_int_equal(c->cpus[0].delivered, 12);
	assert_int_equal(c->start_ns, 1000);
	assert_int_equal(c->stop_ns, 2000);
	linx_close(l);
}

static const struct linx_call_counts *call(const struct linx_certificate *c, const char *name)
{
	for (unsigned int i = 0; i < c->ncalls; i++)
		if (!strcmp(c->calls[i].name, name))
			return &c->calls[i];
	fail_msg("no call %s", name);
	return NULL;
}

static void by_call(void **state)
{
	struct fake *f = sample();
	struct linx *l = open_fake(f);
	const struct linx_certificate *c;
	unsigned int n;
	uint64_t hash;

	(void)state;
	f->calls[1].lost = 4;
	f->calls[1].selected += 4;
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	c = certificate(l);
	assert_int_equal(c->ncalls, 3);
	assert_int_equal(call(c, "write")->delivered, 14);
	assert_int_equal(call(c, "write")->selected, 18);
	assert_int_equal(call(c, "write")->lost, 4);
	assert_int_equal(call(c, "syscall_777")->delivered, 6);
	assert_int_equal(call(c, "other")->nr, -1);
	linx_close(l);
}

/* Sums over all CPUs do not need the counters of each call, which cost far more: programs ask for the sums often. */
static void sums_so_far(void **state)
{
	struct fake *f = sample();
	struct linx *l = open_fake(f);
	struct linx_counts c;
	unsigned int n;
	uint64_t hash;

	(void)state;
	assert_int_equal(linx_get_counts(l, &c), 0);
	assert_int_equal(c.lost[LINX_LOST_FULL], 4);
	assert_int_equal(c.filtered, 9);
	assert_int_equal(c.delivered, 0);
	assert_int_equal(f->accounts, 0);
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	assert_int_equal(f->accounts, 1);
	linx_close(l);
}

/* The certificate is delivered once, as the last event. */
static void last_event(void **state)
{
	struct linx *l = open_fake(sample());
	const struct linx_event *ev;
	unsigned int certs = 0;
	int ret;

	(void)state;
	while ((ret = linx_next(l, &ev, 0)) == 1) {
		assert_int_equal(certs, 0);
		certs += linx_event_get_kind(ev) == LINX_EVENT_CERTIFICATE;
		if (certs)
			assert_ptr_equal(ev->cert, certificate(l));
	}
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(certs, 1);
	assert_int_equal(linx_next(l, &ev, 0), -ENODATA);
	linx_close(l);
}

/*
 * Records whose events are not delivered any more, because the trace ends after some events (-n), count as unread,
 * exactly.
 */
static void stopped_early(void **state)
{
	(void)state;
	for (unsigned int wanted = 0; wanted <= 20; wanted++) {
		struct fake *f = sample();
		struct linx *l = open_fake(f);
		const struct linx_certificate *c;
		const struct linx_event *ev;
		unsigned int calls = 0;

		fake_show_all(f);
		while (calls < wanted && linx_next(l, &ev, 0) == 1)
			calls += linx_event_get_kind(ev) == LINX_EVENT_SYSCALL;
		c = certificate(l);
		assert_true(c->complete);
		assert_int_equal(c->events, wanted);
		assert_int_equal(c->total.delivered, wanted);
		assert_int_equal(c->total.unread, 22 - wanted);
		/* The certificate follows with the next call, although no more events may be delivered. */
		assert_int_equal(linx_next(l, &ev, 0), 1);
		assert_int_equal(linx_event_get_kind(ev), LINX_EVENT_CERTIFICATE);
		assert_ptr_equal(ev->cert, certificate(l));
		assert_int_equal(linx_next(l, &ev, 0), -ENODATA);
		linx_close(l);
	}
}

/* One record more or less, anywhere, makes the certificate incomplete. */
static void sums_that_do_not_hold(void **state)
{
	unsigned int n;
	uint64_t hash;

	(void)state;
	for (int what = 0; what < 6; what++) {
		struct fake *f = sample();
		struct linx *l = open_fake(f);
		struct linx_cpu_counters *c = &f->cpus[what & 1];

		if (what < 2)
			c->committed++, c->selected++; /* the record was counted, but never arrived */
		else if (what < 4)
			c->selected++; /* neither written nor lost */
		else
			c->overwritten++;
		assert_int_equal(drain(l, &n, &hash), -ENODATA);
		assert_false(certificate(l)->complete);
		assert_false(certificate(l)->cut_off);
		linx_close(l);
	}
}

/* An excess on one CPU does not cancel a lack on another. */
static void sums_are_per_cpu(void **state)
{
	struct fake *f = sample();
	struct linx *l = open_fake(f);
	unsigned int n;
	uint64_t hash;

	(void)state;
	f->cpus[0].committed++, f->cpus[0].selected++;
	f->cpus[1].committed--, f->cpus[1].selected--;
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	assert_false(certificate(l)->complete);
	assert_int_equal(certificate(l)->total.committed, certificate(l)->total.delivered);
	linx_close(l);
}

static void overwritten(void **state)
{
	struct fake *f = sample();
	struct linx *l = open_fake(f);
	unsigned int n;
	uint64_t hash;

	(void)state;
	f->cpus[0].selected += 50;
	f->cpus[0].committed += 50;
	f->cpus[0].overwritten += 50;
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	assert_true(certificate(l)->complete);
	assert_int_equal(certificate(l)->total.overwritten, 50);
	linx_close(l);
}

/*
 * Skipped events are not part of the sums, which still match. Their content is unknown, so the certificate is not
 * complete.
 */
static void skipped(void **state)
{
	struct fake *f = sample();
	struct linx *l = open_fake(f);
	const struct linx_certificate *c;
	unsigned int n;
	uint64_t hash;

	(void)state;
	f->skipped[0] = 3;
	f->skipped[2] = 40;
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	c = certificate(l);
	assert_false(c->complete || c->cut_off);
	assert_int_equal(c->skipped, 43);
	assert_int_equal(c->ncpus, 3);
	assert_int_equal(c->cpus_skipped[0], 3);
	assert_int_equal(c->cpus_skipped[1], 0);
	assert_int_equal(c->cpus_skipped[2], 40);
	assert_int_equal(c->total.selected, 26);
	assert_int_equal(c->total.committed, c->total.delivered);
	linx_close(l);
}

/* A capture file has the account of its recording, in which all records are delivered. */
static void sections_are_added(void **state)
{
	struct fake *f = sample();
	struct memory m = { 0 };
	uint8_t *file;
	struct linx *l;
	unsigned int n;
	uint64_t hash;

	(void)state;
	file = record(f, 0, &m.len);
	m.data = file;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	assert_true(certificate(l)->complete);
	assert_int_equal(certificate(l)->total.delivered, 22);
	linx_close(l);
	/* A capture of two sections: the counts of both are added. */
	m.data = malloc(2 * m.len);
	assert_non_null(m.data);
	memcpy((void *)m.data, file, m.len);
	memcpy((uint8_t *)m.data + m.len, file, m.len);
	m.len *= 2;
	m.at = 0;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	assert_true(certificate(l)->complete);
	assert_int_equal(certificate(l)->total.delivered, 44);
	assert_int_equal(call(certificate(l), "write")->delivered, 28);
	linx_close(l);
	free((void *)m.data);
	free(file);
}

/* Makes a section whose certificate has a count for every call of the machine's ABIs. */
static uint8_t *record_machine(const char *abi, size_t *len)
{
	struct fake *f = fake_new(1);
	int n = sprintf(f->header.table, "%srow f (FILE)\nnr %s 5 call_of_%s f\n", LINX_TABLE_MAGIC, abi, abi);

	f->header.table_len = (size_t)n;
	f->header.table_hash = linx_table_hash(f->header.table, f->header.table_len);
	for (unsigned int i = 0; i < LINX_NCALLS; i++)
		f->calls[i].selected = f->calls[i].committed = 1 + i;
	return record(f, 0, len);
}

/* Calls of each machine are counted separately, under its own ABIs. */
static void sections_of_two_machines(void **state)
{
	struct memory m = { 0 };
	const struct linx_certificate *c;
	size_t len;
	uint8_t *x86 = record_machine("x86_64", &m.len), *arm = record_machine("arm64", &len);
	uint8_t *both = malloc(2 * (m.len + len));
	unsigned int n;
	struct linx *l;
	uint64_t hash;

	(void)state;
	assert_non_null(both);
	for (int i = 0; i < 2; i++) {
		memcpy(both + i * (m.len + len), x86, m.len);
		memcpy(both + i * (m.len + len) + m.len, arm, len);
	}
	m.len = 2 * (m.len + len);
	m.data = both;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(drain(l, &n, &hash), -ENODATA);
	c = certificate(l);
	assert_int_equal(c->ncalls, 2 * LINX_NCALLS);
	for (unsigned int i = 0; i < c->ncalls; i++) {
		unsigned int slot = i % LINX_NCALLS, nr = slot % LINX_NR_MAX;

		assert_int_equal(c->calls[i].abi, i / LINX_NR_MAX);
		assert_int_equal(c->calls[i].nr, nr == LINX_NR_OTHER ? -1 : (int)nr);
		assert_int_equal(c->calls[i].selected, 2 * (1 + slot));
	}
	assert_string_equal(c->calls[5].name, "call_of_x86_64");
	assert_string_equal(c->calls[LINX_NCALLS + 5].name, "call_of_arm64");
	assert_string_equal(c->calls[6].name, "syscall_6");
	linx_close(l);
	free(both);
	free(x86);
	free(arm);
}

/* A file that is not read to its end has no complete account. */
static void file_left_early(void **state)
{
	struct memory m = { 0 };
	uint8_t *file = record(sample(), 0, &m.len);
	const struct linx_event *ev;
	struct linx *l;

	(void)state;
	m.data = file;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(linx_next(l, &ev, -1), 1);
	assert_false(certificate(l)->complete);
	assert_false(certificate(l)->cut_off);
	assert_int_equal(certificate(l)->total.delivered, 1);
	linx_close(l);
	free(file);
}

static void names_of_causes(void **state)
{
	(void)state;
	assert_string_equal(linx_lost_name(LINX_LOST_FULL), "full");
	assert_string_equal(linx_lost_name(LINX_LOST_THROTTLE_CAP), "throttle-cap");
	assert_null(linx_lost_name(LINX_LOST_NR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_delivered),    cmocka_unit_test(by_call),
		cmocka_unit_test(last_event),	    cmocka_unit_test(stopped_early),
		cmocka_unit_test(overwritten),	    cmocka_unit_test(sums_that_do_not_hold),
		cmocka_unit_test(sums_so_far), cmocka_unit_test(sums_are_per_cpu), cmocka_unit_test(sections_are_added),
		cmocka_unit_test(file_left_early),  cmocka_unit_test(names_of_causes),
		cmocka_unit_test(sections_of_two_machines), cmocka_unit_test(skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
