// SPDX-License-Identifier: LGPL-2.1-or-later
/* Probes of a source: their prototypes and accounts are in each capture file, however it was written. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include <linx/probe.h>
#include "libuser/base/array_size.h"
#include "libuser/probe/compile.h"
#include "fake_engine.h"
#include "records.h"

#define HITS 40u

static const char list[] =
	"linx-probes 1\n"
	"probe 0 kprobe f\nspec kprobe:f(n)\narg signed 8 n\n"
	"probe 1 rawtp t\nspec rawtp:t(s:str)\narg str 64 s\n"
	"counts 0 3 0 21 20 0 0 1 0 0 0 0 0 0 0\n"
	"counts 1 0 0 20 20 0 0 0 0 0 0 0 0 0 0\n";

static void add_hit(struct fake *f, struct record *r, unsigned int lane, uint16_t probe, uint64_t n)
{
	const struct linx_hit hit = { .probe = probe, .scalars = probe == 0, .states = 1 };

	record_hit(r, 100, &hit, 0, &n);
	if (probe)
		record_str(r, 0, "text");
	record_head(r)->time = r->time;
	fake_add(f, lane, record_head(r));
}

/* Makes a recording of HITS hits of two probes, and as many calls. counts: further lines of their accounts. */
static struct fake *sample(const char *counts)
{
	struct fake *f = fake_new(2);
	struct linx_error err;
	struct record r;
	char text[2048];

	snprintf(text, sizeof(text), "%s%s", list, counts);
	assert_int_equal(linx_protos_parse(&f->e.protos, text, strlen(text), &err), 0);
	record_init(&r);
	for (unsigned int i = 0; i < HITS; i++) {
		add_hit(f, &r, i % 2, (uint16_t)(i % 2), i);
		fake_exit(f, i % 2, r.time + 1, 1, 0);
	}
	record_end(&r);
	return f;
}

struct seen {
	unsigned int hits[2], calls, numbers;
	bool named, complete;
};

static void look(const struct linx_event *ev, struct seen *s)
{
	struct linx_probe_hit hit;
	struct linx_probe_arg a;

	s->calls += linx_event_get_kind(ev) == LINX_EVENT_SYSCALL;
	if (linx_event_get_hit(ev, &hit))
		return;
	assert_true(hit.number < 2);
	s->hits[hit.number]++;
	s->named &= hit.name && !strcmp(hit.name, hit.number ? "t" : "f");
	if (!linx_event_get_hit_arg(ev, 0, &a) && !hit.number)
		s->numbers += (unsigned int)a.number;
}

static struct seen read_all(struct linx *l)
{
	struct seen s = { .named = true };
	const struct linx_certificate *c;
	const struct linx_event *ev;
	int ret;

	while ((ret = linx_next(l, &ev, 0)) >= 0)
		if (ret)
			look(ev, &s);
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(linx_get_certificate(l, &c), 0);
	s.complete = c->complete;
	return s;
}

static void check_account(struct linx *l)
{
	struct linx_probe_account a;

	assert_int_equal(linx_get_probe_account(l, 0, &a), 0);
	assert_true(a.known);
	assert_string_equal(a.spec, "kprobe:f(n)");
	assert_int_equal(a.filtered, 3);
	assert_int_equal(a.selected, 21);
	assert_int_equal(a.committed, 20);
	assert_int_equal(a.lost[LINX_LOST_FULL], 1);
	assert_int_equal(a.delivered, HITS / 2);
	assert_int_equal(linx_get_probe_account(l, 2, &a), -ENOENT);
	assert_int_equal(linx_next_probe(l, 0), 0);
	assert_int_equal(linx_next_probe(l, 1), 1);
	assert_int_equal(linx_next_probe(l, 2), -ENOENT);
	assert_int_equal(linx_next_probe(l, LINX_PROBES_MAX), -ENOENT);
}

static void test_file(void **state)
{
	struct memory m = { 0 };
	struct seen s;
	struct linx *l;
	uint8_t *file;

	(void)state;
	for (int level = 0; level < 2; level++) {
		file = record(sample(""), level, &m.len);
		m.data = file;
		m.at = 0;
		assert_int_equal(memory_open(&m, &l, NULL), 0);
		s = read_all(l);
		assert_int_equal(s.hits[0], HITS / 2);
		assert_int_equal(s.hits[1], HITS / 2);
		assert_int_equal(s.numbers, 380);
		assert_int_equal(s.calls, HITS);
		assert_true(s.named);
		assert_true(s.complete);
		check_account(l);
		linx_close(l);
		free(file);
	}
}

/*
 * Hits that the kernel missed make a recording incomplete, whether their number is counted or a flag says only that
 * there may be more, in the file as well.
 */
static void test_missed(void **state)
{
	static const char *const counts[] = {
		"counts 0 0 0 20 20 1 0 0 0 0 0 0 0 0 0\n",
		"counts 1 0 0 20 20 0 1 0 0 0 0 0 0 0 0\n",
	};
	struct memory m = { 0 };
	struct linx *l;
	uint8_t *file;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		assert_int_equal(linx_source_open(&sample(counts[i])->e, &l, NULL), 0);
		assert_false(read_all(l).complete);
		linx_close(l);
		file = record(sample(counts[i]), 0, &m.len);
		m.data = file;
		m.at = 0;
		assert_int_equal(memory_open(&m, &l, NULL), 0);
		assert_false(read_all(l).complete);
		linx_close(l);
		free(file);
	}
}

/* Copies a recording with a writer beside linx_next(), which keeps hits of probe 0 if "beside" is LINX_WRITER_KEPT. */
static int copy_beside(enum linx_writer_beside beside)
{
	struct linx_writer_opts o = { .size = sizeof(o), .beside = beside };
	int fd = memfd_create("copy", MFD_CLOEXEC), ret;
	const struct linx_event *ev;
	struct linx_probe_hit hit;
	struct linx_writer *w;
	struct linx *l;

	assert_true(fd >= 0);
	assert_int_equal(linx_source_open(&sample("")->e, &l, NULL), 0);
	assert_int_equal(linx_writer_new(l, fd, &o, &w, NULL), 0);
	while ((ret = linx_next(l, &ev, 0)) >= 0)
		if (ret && !linx_event_get_hit(ev, &hit) && !hit.number)
			assert_int_equal(linx_writer_keep(w, ev), 0);
	assert_int_equal(linx_writer_finish(w), 0);
	linx_writer_free(w);
	linx_close(l);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void test_beside(void **state)
{
	struct seen s;
	struct linx *l;
	int fd;

	(void)state;
	for (int beside = LINX_WRITER_ALL; beside <= LINX_WRITER_KEPT; beside++) {
		bool kept = beside == LINX_WRITER_KEPT;

		fd = copy_beside((enum linx_writer_beside)beside);
		assert_int_equal(linx_open_file(fd, "copy", &l, NULL), 0);
		s = read_all(l);
		assert_int_equal(s.hits[0], HITS / 2);
		assert_int_equal(s.hits[1], kept ? 0 : HITS / 2);
		assert_int_equal(s.calls, kept ? 0 : HITS);
		assert_true(s.named);
		assert_true(s.complete);
		check_account(l);
		linx_close(l);
		close(fd);
	}
}

/* Damaged lists, and those of other versions, are refused. A list that is read repeatedly adds its probes once. */
static void test_damaged_list(void **state)
{
	static const char *const texts[] = { "linx-probes 2\n", "linx-probes 1\nprobe 4096 kprobe f\n", "linx-probes 1\narg signed 8 n\n",
					     "linx-probes 1\ncounts 3 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
					     "linx-probes 1\nprobe 1 kprobe f\narg signed 8 a\"b\n",
					     "linx-probes 1\nprobe 1 kprobe f\ncounts 1 0 0 0\n",
					     "linx-probes 1\nprobe 1 kprobe f\narg signed 99999999999999999999999 n\n" };
	struct linx_protos all = { 0 };
	struct linx_error err = { "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(linx_protos_parse(&all, texts[i], strlen(texts[i]), &err), -EINVAL);
		assert_true(err.text[0]);
		linx_protos_free(&all);
	}
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(linx_protos_parse(&all, list, strlen(list), &err), 0);
	assert_int_equal(all.n, 2);
	linx_protos_free(&all);
}

/* Lists that come in many blocks are bounded together, since all of them stay in memory. */
static void test_bound(void **state)
{
	const size_t long_spec = 1u << 20;
	struct linx_protos all = { 0 };
	struct linx_error err = { "" };
	char *text = malloc(long_spec + 100);
	unsigned int n = 0;
	int ret = 0, at;

	(void)state;
	for (; !ret && n < 100; n++) {
		at = sprintf(text, "linx-probes 1\nprobe %u kprobe f\nspec ", n);
		memset(text + at, 'x', long_spec);
		ret = linx_protos_parse(&all, text, (size_t)at + long_spec, &err);
	}
	assert_int_equal(ret, -EINVAL);
	assert_int_equal(n, LINX_PROBES_TEXT_MAX / long_spec);
	assert_non_null(strstr(err.text, "longer than"));
	linx_protos_free(&all);
	free(text);
}

static void test_no_probes_here(void **state)
{
	struct linx *l;

	(void)state;
	assert_int_equal(linx_source_open(&fake_new(1)->e, &l, NULL), 0);
	assert_int_equal(linx_add_probe(l, "kprobe:f", NULL), -EOPNOTSUPP);
	assert_non_null(strstr(linx_error_text(l), "probes: "));
	linx_close(l);
	assert_int_equal(linx_probe_check("kprobe:f(a, b)", NULL), 0);
	assert_int_equal(linx_probe_check("kprobe:f(", NULL), -EINVAL);
}

/* An engine that counts the probes it is asked for, and refuses those of functions whose name begins with "no". */
static unsigned int asked;

static int count_probe(struct linx_engine *e, const struct linx_probe_plan *plan, const struct linx_probe_opts *opts)
{
	(void)opts;
	asked++;
	return strncmp(plan->name, "no", 2) ? 0 : linx_fail(&e->err, -ENOENT, "no such symbol");
}

/* A probe that the engine refuses is not in the list, and one for which the list has no room is not armed. */
static void test_refused(void **state)
{
	struct fake *f = fake_new(1);
	struct linx_engine_ops ops = *f->e.ops;
	struct linx *l;
	size_t bytes;

	(void)state;
	asked = 0;
	ops.probe = count_probe;
	f->e.ops = &ops;
	assert_int_equal(linx_source_open(&f->e, &l, NULL), 0);
	assert_int_equal(linx_add_probe(l, "kprobe:yes($1:x)", NULL), 0);
	bytes = f->e.protos.bytes;
	assert_int_equal(linx_add_probe(l, "kprobe:no($1:x)", NULL), -ENOENT);
	assert_int_equal(f->e.protos.n, 1);
	assert_int_equal(f->e.protos.bytes, bytes);
	assert_int_equal(linx_add_probe(l, "kprobe:yes_again($1:x)", NULL), 1);
	assert_int_equal(asked, 3);
	bytes = f->e.protos.bytes;
	f->e.protos.bytes = LINX_PROBES_TEXT_MAX;
	assert_int_equal(linx_add_probe(l, "kprobe:yes_full($1:x)", NULL), -E2BIG);
	assert_int_equal(asked, 3);
	f->e.protos.bytes = bytes;
	assert_int_equal(linx_add_probe(l, "kprobe:yes_room($1:x)", NULL), 2);
	linx_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),	     cmocka_unit_test(test_missed), cmocka_unit_test(test_beside),
		cmocka_unit_test(test_damaged_list), cmocka_unit_test(test_bound),  cmocka_unit_test(test_no_probes_here),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
