// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rules over hits of probes, and the probes that a file of rules names. */
#include <linx/rules.h>

#include "assembly.h"
#include "libuser/base/array_size.h"
#include "libuser/filter/calls.h"
#include "libuser/probe/hit.h"
#include "libuser/rules/rule_set.h"

static const char list[] = "linx-probes 1\nprobe 0 kprobe f\narg signed 4 n\n";

static const char rules[] =
	"- linx_probe: kprobe:f(n)\n"
	"- linx_probe: kretprobe:g(a) => ret\n  desc: second\n"
	"- rule: of_probe\n  desc: d\n  output: n=%probe.arg.n\n  priority: INFO\n  condition: probe.name = f and probe.arg.n > 5\n"
	"- rule: of_calls\n  desc: d\n  output: o\n  priority: INFO\n  condition: not evt.type = close and proc.name = curl\n"
	"- rule: of_both\n  desc: d\n  output: o\n  priority: INFO\n  condition: evt.type = read or not probe.arg.n = 3\n";

static struct linx_protos protos;

static struct linx_rules *compiled(const char *text)
{
	struct linx_rules_problem p = { 0 };
	struct linx_rules *r;

	assert_int_equal(linx_rules_new(&r), 0);
	linx_rules_load_text(r, "test.yaml", text, strlen(text));
	if (linx_rules_compile(r, LINX_PRIORITY_DEBUG)) {
		linx_rules_get_problem(r, 0, &p);
		fail_msg("%s", p.text);
	}
	return r;
}

static void hit(struct assembly *as, uint64_t n)
{
	const struct linx_hit h = { .probe = 0, .scalars = 1, .states = 1 };

	record_hit(&as->r, 7, &h, 0, &n);
	assembly_event(as);
}

/* A rule that names no field of probes was written for calls, and no hit matches it. */
static void test_match(void **state)
{
	struct linx_rules *r = compiled(rules);
	struct assembly *as = *state;
	const unsigned int *which;

	linx_assembler_protos(as->a, &protos);
	assembly_meet(as, 7, 7, "curl");
	hit(as, 6);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 2);
	assert_int_equal(which[0], 0);
	assert_int_equal(which[1], 2);
	assert_true(linx_rules_match_one(r, 0, as->ev));
	assert_false(linx_rules_match_one(r, 1, as->ev));
	hit(as, 3);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 0);
	record_exit(&as->r, 7, NR_READ, 1, ARGS(1, 2, 3));
	assembly_event(as);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 2);
	assert_int_equal(which[0], 1);
	assert_int_equal(which[1], 2);
	linx_rules_free(r);
}

static void test_probes(void **state)
{
	struct linx_rules *r = compiled(rules);

	(void)state;
	assert_string_equal(linx_rules_get_probe(r, 0), "kprobe:f(n)");
	assert_string_equal(linx_rules_get_probe(r, 1), "kretprobe:g(a) => ret");
	assert_null(linx_rules_get_probe(r, 2));
	linx_rules_free(r);
}

/* A wrong specification is an error of the file, with its place. */
static void test_wrong(void **state)
{
	static const char text[] = "- linx_probe: kprobe:f(\n";
	struct linx_rules_problem p = { 0 };
	struct linx_rules *r;

	(void)state;
	assert_int_equal(linx_rules_new(&r), 0);
	linx_rules_load_text(r, "test.yaml", text, strlen(text));
	assert_int_equal(linx_rules_get_problem(r, 0, &p), 0);
	assert_true(p.error);
	assert_int_equal(p.line, 1);
	assert_non_null(strstr(p.text, "position"));
	linx_rules_free(r);
}

/* A rule about probes alone asks for no system call to be recorded. */
static void test_no_calls(void **state)
{
	struct linx_rules *r = compiled("- rule: of_probe\n  desc: d\n  output: o\n  priority: INFO\n  condition: probe.name = f\n");
	struct assembly *as = *state;
	uint64_t may[LINX_CALL_WORDS];
	uint32_t node = r->rules[0]->node;
	bool hits = false, exits = true;

	assert_int_equal(linx_calls_of(r->tree, as->table, &node, 1, may), 0);
	for (unsigned int i = 0; i < LINX_CALL_WORDS; i++)
		assert_int_equal(may[i], 0);
	assert_int_equal(linx_calls_of_exits(r->tree, as->table, &node, 1, &exits), 0);
	assert_false(exits);
	assert_int_equal(linx_calls_of_hits(r->tree, &node, 1, &hits), 0);
	assert_true(hits);
	linx_rules_free(r);
}

static int setup(void **state)
{
	(void)state;
	return linx_protos_parse(&protos, list, strlen(list), NULL);
}

static int teardown(void **state)
{
	(void)state;
	linx_protos_free(&protos);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(test_match), ASSEMBLY_TEST(test_probes), ASSEMBLY_TEST(test_wrong), ASSEMBLY_TEST(test_no_calls),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
