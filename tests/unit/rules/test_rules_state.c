// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * linx_count and linx_sequence in rule files: what raises their alerts, what the alerts show, and the messages about
 * wrong items.
 */
#include <linx/rules.h>
#include <stdio.h>

#include "libuser/base/array_size.h"
#include "assembly.h"

#define MS 1000000ull
#define CAT 814
#define DOG 815

static int setup(void **state)
{
	struct assembly *as;

	assembly_setup(state);
	as = *state;
	assembly_meet(as, CAT, CAT, "cat");
	assembly_meet(as, DOG, DOG, "dog");
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

#define RULE(name, condition) "- {rule: " name ", condition: '" condition "', output: o, desc: d, priority: DEBUG, enabled: false}\n"
#define READS RULE("Read", "evt.type = read")
#define CLOSES RULE("Close", "evt.type = close")
#define SHOWS ", output: '%linx.count/%linx.key/%linx.span/%evt.type', priority: WARNING}\n"

static struct linx_rules *compiled(const char *text)
{
	struct linx_rules_problem p;
	struct linx_rules *r;

	assert_int_equal(linx_rules_new(&r), 0);
	linx_rules_load_text(r, "test.yaml", text, strlen(text));
	if (linx_rules_compile(r, LINX_PRIORITY_DEBUG))
		fail_msg("%s", linx_rules_get_problem(r, 0, &p) ? "no problem" : p.text);
	assert_int_equal(linx_rules_get_problem(r, 0, &p), -ENOENT);
	return r;
}

static void call(struct assembly *as, uint64_t ms, uint32_t tid, int nr, uint64_t fd)
{
	as->r.time = ms * MS - 1000;
	record_exit(&as->r, tid, nr, 0, ARGS(fd, 0, 0));
	assembly_event(as);
}

/* Matches the event. text: output of the only alert; "": no alert is expected. */
static void expect(struct linx_rules *r, struct assembly *as, const char *text)
{
	const unsigned int *which;
	struct linx_alert a;
	unsigned int n = linx_rules_match(r, as->ev, &which);

	assert_int_equal(n, *text ? 1 : 0);
	if (!n)
		return;
	assert_int_equal(linx_rules_render(r, which[0], as->ev, &a), 0);
	assert_string_equal(a.text, text);
}

static void counts_within_a_time(void **state)
{
	struct assembly *as = *state;
	struct linx_rules *r = compiled(READS "- {linx_count: Many, rules: Read, by: [proc.pid, proc.name], count: 3, within: 1s" SHOWS);
	struct linx_rule_state s;

	for (uint64_t round = 0; round < 3; round++) {
		call(as, 10000 * round + 1000, CAT, NR_READ, 3);
		expect(r, as, "");
		call(as, 10000 * round + 1500, DOG, NR_READ, 3);
		expect(r, as, "");
		call(as, 10000 * round + 1600, CAT, NR_CLOSE, 3);
		expect(r, as, "");
		call(as, 10000 * round + 1700, CAT, NR_READ, 3);
		expect(r, as, "");
		call(as, 10000 * round + 2000, CAT, NR_READ, 3);
		expect(r, as, "3/814, cat/1000000000/read");
		call(as, 10000 * round + 2001, CAT, NR_READ, 3);
		expect(r, as, "");
		assert_int_equal(linx_rules_get_state(r, 1, &s), 0);
		assert_int_equal(s.keys, 2);
		assert_int_equal(s.forgotten, 0);
	}
	assert_int_equal(linx_rules_get_state(r, 0, &s), -ENODATA);
	assert_int_equal(linx_rules_get_state(r, 2, &s), -ENOENT);
	linx_rules_free(r);
}

/* An enabled rule also raises its own alerts, before the alerts of the item that counts it. */
static void rules_alert_on_their_own(void **state)
{
	struct assembly *as = *state;
	struct linx_rules *r = compiled("- {linx_count: B, rules: [Read, All], count: 2, within: 1s" SHOWS
					"- {linx_count: A, rules: [Read], count: 2, within: 1s" SHOWS READS
					"- {rule: All, condition: 'evt.type in (read, close)', output: o, desc: d, priority: INFO}\n");
	const unsigned int *which;

	call(as, 1, CAT, NR_READ, 3);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 1);
	assert_int_equal(which[0], 3);
	call(as, 2, DOG, NR_READ, 3);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 3);
	assert_int_equal(which[0], 3);
	assert_int_equal(which[1], 0);
	assert_int_equal(which[2], 1);
	call(as, 3, DOG, NR_CLOSE, 3);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 1);
	linx_rules_free(r);
}

static void counts_different_values(void **state)
{
	struct assembly *as = *state;
	struct linx_rules *r = compiled(READS "- {linx_count: Many, rules: Read, by: proc.pid, distinct: fd.num, count: 3, within: 1s" SHOWS);

	for (unsigned int i = 0; i < 10; i++) {
		call(as, 1000 + i, CAT, NR_READ, 3 + i % 2);
		expect(r, as, "");
	}
	call(as, 1100, CAT, NR_READ, 9);
	expect(r, as, "3/814/92000000/read");
	linx_rules_free(r);
}

/* An event advances a sequence by one step only, even if it matches several steps. */
static void sequences(void **state)
{
	struct assembly *as = *state;
	struct linx_rules *r = compiled(READS CLOSES "- {linx_sequence: Seq, steps: [Read, Close, Read], by: proc.pid, within: 100ms" SHOWS);

	call(as, 1, CAT, NR_READ, 3);
	expect(r, as, "");
	call(as, 2, DOG, NR_CLOSE, 3);
	expect(r, as, "");
	call(as, 3, CAT, NR_READ, 3);
	expect(r, as, "");
	call(as, 50, CAT, NR_CLOSE, 3);
	expect(r, as, "");
	call(as, 103, CAT, NR_READ, 3);
	expect(r, as, "3/814/100000000/read");
	call(as, 104, CAT, NR_CLOSE, 3);
	expect(r, as, "");
	call(as, 105, CAT, NR_READ, 3);
	expect(r, as, "");
	call(as, 106, CAT, NR_CLOSE, 3);
	expect(r, as, "");
	call(as, 206, CAT, NR_READ, 3);
	expect(r, as, "");
	linx_rules_free(r);
	r = compiled(READS "- {linx_sequence: Seq, steps: [Read, Read], within: 1s" SHOWS);
	for (uint64_t i = 0; i < 4; i++) {
		call(as, 1000 + i, i % 2 ? CAT : DOG, NR_READ, 3);
		expect(r, as, i % 2 ? "2//1000000/read" : "");
	}
	linx_rules_free(r);
}

/*
 * Each step of a sequence can have key fields of its own. In this test a process reads a file that another process has
 * closed.
 */
static void keys_of_steps(void **state)
{
	struct assembly *as = *state;
	struct linx_rules *r = compiled(READS CLOSES
					"- {linx_sequence: Seq, steps: [{rule: Close, by: fd.num}, {rule: Read, by: [evt.arg.fd]}], within: 1s" SHOWS);

	call(as, 1, CAT, NR_CLOSE, 5);
	expect(r, as, "");
	call(as, 2, DOG, NR_READ, 4);
	expect(r, as, "");
	call(as, 3, DOG, NR_READ, 5);
	expect(r, as, "2/5/2000000/read");
	linx_rules_free(r);
}

/*
 * The next section of a capture continues the counts if its time is later. A section of an earlier time is another
 * recording, and counts begin again.
 */
static void sections(void **state)
{
	struct assembly *first = *state, *next = assembly_new();
	struct linx_rules *r;
	struct linx_event e;

	assembly_meet(next, CAT, CAT, "cat");
	for (uint64_t ms = 500; ms <= 1500; ms += 1000) {
		r = compiled(READS "- {linx_count: Many, rules: Read, by: proc.pid, count: 2, within: 1s" SHOWS);
		call(first, 1000, CAT, NR_READ, 3);
		expect(r, first, "");
		call(next, ms, CAT, NR_READ, 3);
		expect(r, next, ms < 1000 ? "" : "2/814/500000000/read");
		call(next, ms + 1, CAT, NR_READ, 3);
		expect(r, next, ms < 1000 ? "2/814/1000000/read" : "");
		linx_rules_free(r);
	}
	/* An event without a table does not begin a section, however late it is. */
	r = compiled(READS "- {linx_count: Many, rules: Read, by: proc.pid, count: 3, within: 1s" SHOWS);
	for (uint64_t i = 0; i < 3; i++) {
		const unsigned int *which;

		call(first, 3000 - i, CAT, NR_READ, 3);
		e = *first->ev;
		e.table = i == 1 ? NULL : e.table;
		assert_int_equal(linx_rules_match(r, &e, &which), i == 2);
	}
	linx_rules_free(r);
	assembly_free(next);
}

/* A thread about which nothing is known has no parent, so the key is missing and the event is not counted. */
static void a_missing_key_counts_for_nothing(void **state)
{
	struct assembly *as = *state;
	struct linx_rules *r = compiled(READS "- {linx_count: One, rules: Read, by: [proc.pid, proc.pname], count: 1, within: 1s" SHOWS
					"- {linx_count: Two, rules: Read, distinct: proc.pname, count: 1, within: 1s" SHOWS);
	struct linx_rule_state s;

	call(as, 1, CAT, NR_READ, 3);
	expect(r, as, "");
	for (unsigned int i = 1; i < 3; i++) {
		assert_int_equal(linx_rules_get_state(r, i, &s), 0);
		assert_int_equal(s.keys, 0);
	}
	linx_rules_free(r);
}

static void alerts_behind_the_bound(void **state)
{
	struct assembly *as = *state;
	struct linx_rules *r = compiled(READS "- {linx_count: Few, rules: Read, by: fd.num, count: 2, keys: 2, within: 1s" SHOWS);
	const unsigned int *which;
	struct linx_rule_state s;
	struct linx_alert a;

	for (unsigned int i = 0; i < 3; i++) {
		call(as, 1 + i, CAT, NR_READ, 3 + i);
		expect(r, as, "");
	}
	call(as, 5, CAT, NR_READ, 5);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 1);
	assert_int_equal(linx_rules_render(r, which[0], as->ev, &a), 0);
	assert_string_equal(a.text, "2/5/2000000/read (at least: the oldest keys are forgotten)");
	assert_int_equal(a.nfields, 5);
	assert_string_equal(a.fields[0].name, "evt.type");
	assert_string_equal(a.fields[1].name, "linx.at_least");
	assert_int_equal(a.fields[1].value.type, LINX_FIELD_BOOL);
	assert_string_equal(a.fields[2].name, "linx.count");
	assert_int_equal(a.fields[2].value.num, 2);
	assert_string_equal(a.fields[3].name, "linx.key");
	assert_memory_equal(a.fields[3].value.text, "5", 1);
	assert_int_equal(linx_rules_get_state(r, 1, &s), 0);
	assert_int_equal(s.forgotten, 1);
	linx_rules_free(r);
}

/* Rules are read again: counts and sequences continue where they were, if their definitions are the same. */
static void what_is_remembered_outlives_a_set(void **state)
{
#define SAME READS "- {linx_count: Same, rules: Read, count: 2, within: 1s" SHOWS
	struct assembly *as = *state;
	struct linx_rules *old = compiled(SAME "- {linx_count: Other, rules: Read, count: 2, within: 1s" SHOWS), *r;
	const unsigned int *which;

	call(as, 1, CAT, NR_READ, 3);
	assert_int_equal(linx_rules_match(old, as->ev, &which), 0);
	r = compiled(SAME "- {linx_count: Other, rules: Read, count: 2, within: 2s" SHOWS);
	linx_rules_take_state(r, old);
	linx_rules_free(old);
	call(as, 2, CAT, NR_READ, 3);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 1);
	assert_int_equal(which[0], 1);
	linx_rules_free(r);
}

/*
 * After a set has forgotten its state, the same events raise the same alerts again, although their times are earlier
 * than those of the events before.
 */
static void the_same_events_again(void **state)
{
	struct assembly *as = *state;
	struct linx_rules *r = compiled(READS "- {linx_count: Twice, rules: Read, count: 2, within: 9s" SHOWS);
	const unsigned int *which;

	for (unsigned int pass = 0; pass < 3; pass++) {
		for (unsigned int i = 0; i < 3; i++) {
			call(as, 1 + i, CAT, NR_READ, 3);
			assert_int_equal(linx_rules_match(r, as->ev, &which), i == 1);
		}
		linx_rules_take_state(r, NULL);
	}
	linx_rules_free(r);
}

/*
 * The explanation of a linx_count or linx_sequence has its condition, and the calls of the rules that it counts. The
 * file or linx_rules_enable() can disable such an item.
 */
static void plans_and_switches(void **state)
{
	static const char one[] = READS "- {linx_count: X, rules: Read, count: 1, within: 1s" SHOWS;
	struct linx_rules *r = compiled(READS CLOSES "- {linx_count: On, rules: [Read, Close], by: fd.num, distinct: proc.name, count: 2, within: 90s" SHOWS
					"- {linx_sequence: Off, steps: [Read, Close], by: [proc.pid], within: 500us, enabled: false" SHOWS);
	struct linx_rule_plan plan;
	struct linx_rule_info info;

	(void)state;
	assert_int_equal(linx_rules_find(r, "On"), 2);
	assert_int_equal(linx_rules_explain(r, 2, &plan), 0);
	assert_string_equal(plan.condition, "2 different proc.name of Read or Close by fd.num within 90000ms, 65536 keys at most");
	assert_int_equal(plan.ncalls, 2);
	assert_string_equal(plan.calls[0], "close");
	assert_int_equal(plan.nfields, 3);
	assert_string_equal(plan.fields[2], "proc.name");
	assert_int_equal(linx_rules_explain(r, 3, &plan), 0);
	assert_string_equal(plan.condition, "Read then Close by proc.pid within 500000ns, 65536 keys at most");
	assert_int_equal(linx_rules_get(r, 2, &info), 0);
	assert_true(info.enabled);
	assert_int_equal(linx_rules_get(r, 3, &info), 0);
	assert_false(info.enabled);
	linx_rules_free(r);
	assert_int_equal(linx_rules_new(&r), 0);
	assert_int_equal(linx_rules_load_text(r, "t", one, strlen(one)), 0);
	assert_int_equal(linx_rules_enable(r, "X", NULL, false), 1);
	assert_int_equal(linx_rules_compile(r, LINX_PRIORITY_DEBUG), 0);
	assert_int_equal(linx_rules_get(r, 1, &info), 0);
	assert_false(info.enabled);
	linx_rules_free(r);
}

static void problems_have_place_and_code(void **state)
{
#define COUNT(keys) READS "- {linx_count: c, " keys ", output: o, priority: INFO}\n"
#define SEQUENCE(keys) READS "- {linx_sequence: s, " keys ", output: o, priority: INFO}\n"
	static const struct {
		const char *text, *code, *says;
		unsigned int line, column;
	} all[] = {
		{ COUNT("rules: Reed, count: 2, within: 1s"), "LOAD_ERR_VALIDATE", "there is no rule 'Reed'", 2, 26 },
		{ COUNT("rules: Read, count: 2"), "LOAD_ERR_YAML_VALIDATE", "'within' is missing", 2, 3 },
		{ COUNT("rules: Read, count: 2, within: soon"), "LOAD_ERR_YAML_VALIDATE", "a time is expected", 2, 50 },
		{ COUNT("rules: Read, count: 2, within: 0s"), "LOAD_ERR_YAML_VALIDATE", "a time is expected", 2, 50 },
		{ COUNT("rules: Read, within: 1s"), "LOAD_ERR_YAML_VALIDATE", "'count' is missing", 2, 3 },
		{ COUNT("rules: Read, count: 0, within: 1s"), "LOAD_ERR_YAML_VALIDATE", "from 1 to 65536", 2, 39 },
		{ COUNT("rules: Read, count: two, within: 1s"), "LOAD_ERR_YAML_VALIDATE", "a number", 2, 39 },
		{ COUNT("rules: Read, count: 1025, distinct: fd.num, within: 1s"), "LOAD_ERR_YAML_VALIDATE", "from 1 to 1024", 2, 39 },
		{ COUNT("rules: Read, count: 1, distinct: [fd.num, fd.name], within: 1s"), "LOAD_ERR_YAML_VALIDATE", "one field", 2, 52 },
		{ COUNT("rules: [], count: 1, within: 1s"), "LOAD_ERR_YAML_VALIDATE", "1 to 64 rules", 2, 26 },
		{ COUNT("count: 1, within: 1s"), "LOAD_ERR_YAML_VALIDATE", "1 to 64 rules", 2, 3 },
		{ COUNT("rule: Read, count: 1, within: 1s"), "LOAD_ERR_YAML_VALIDATE", "Falco would take", 2, 25 },
		{ COUNT("rules: Read, count: 1, keys: 0, within: 1s"), "LOAD_ERR_YAML_VALIDATE", "from 1 to 1048576", 2, 48 },
		{ COUNT("rules: Read, count: 1, by: proc.nam, within: 1s"), "LOAD_ERR_VALIDATE", "did you mean proc.name", 2, 46 },
		{ COUNT("rules: Read, count: 1, by: proc.name x, within: 1s"), "LOAD_ERR_VALIDATE", "and no more", 2, 46 },
		{ COUNT("rules: Read, count: 1, by: [{a: b}], within: 1s"), "LOAD_ERR_YAML_VALIDATE", "a text is expected", 2, 47 },
		{ COUNT("rules: Read, count: 1, by: proc.nthreads, within: 1s"), "LOAD_COMPILE_CONDITION", "nothing has such a key", 2, 46 },
		{ COUNT("rules: Read, count: 1, within: 1s, colour: red"), "LOAD_UNKNOWN_KEY", "colour", 2, 54 },
		{ READS "- {linx_count: Read, rules: Read, count: 1, within: 1s, output: o, priority: INFO}\n", "LOAD_ERR_VALIDATE", "a rule has this name",
		  2, 3 },
		{ READS "- {linx_count: c, rules: Read, count: 1, within: 1s, output: '%linx.kount', priority: INFO}\n", "LOAD_ERR_COMPILE_OUTPUT", "unknown field",
		  2, 62 },
		{ READS "- {linx_count: c, rules: Read, count: 1, within: 1s, output: o, priority: HIGH}\n", "LOAD_ERR_YAML_VALIDATE", "no priority", 2, 75 },
		{ "- {rule: r, condition: evt.type = read, output: '%linx.count', desc: d, priority: INFO}\n", "LOAD_ERR_COMPILE_OUTPUT", "unknown field", 1, 49 },
		{ SEQUENCE("steps: [Read], within: 1s"), "LOAD_ERR_YAML_VALIDATE", "2 to 16 rules", 2, 29 },
		{ SEQUENCE("steps: [Read, {by: fd.num}], within: 1s"), "LOAD_ERR_YAML_VALIDATE", "name of a rule", 2, 36 },
		{ SEQUENCE("steps: [Read, {rule: Read, by: fd.num}], within: 1s"), "LOAD_ERR_VALIDATE", "different lengths", 2, 43 },
		{ "- {rule: F, source: aws, condition: c, output: o, desc: d, priority: INFO}\n"
		  "- {linx_count: c, rules: F, count: 1, within: 1s, output: o, priority: INFO}\n", "LOAD_UNKNOWN_SOURCE", "and so is this", 2, 26 },
	};
	struct linx_rules_problem p = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct linx_rules *r;
		bool found = false;

		assert_int_equal(linx_rules_new(&r), 0);
		linx_rules_load_text(r, "test.yaml", all[i].text, strlen(all[i].text));
		linx_rules_compile(r, LINX_PRIORITY_DEBUG);
		for (unsigned int k = 0; !found && !linx_rules_get_problem(r, k, &p); k++)
			found = p.error == !strncmp(all[i].code, "LOAD_ERR", 8) && !strcmp(p.code, all[i].code) && strstr(p.text, all[i].says) && p.line == all[i].line &&
				p.column == all[i].column;
		if (!found)
			fail_msg("%s: %s at %u:%u: %s", all[i].text, p.code, p.line, p.column, p.text);
		linx_rules_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counts_within_a_time),
		TEST(rules_alert_on_their_own),
		TEST(counts_different_values),
		TEST(sequences),
		TEST(keys_of_steps),
		TEST(sections),
		TEST(a_missing_key_counts_for_nothing),
		TEST(alerts_behind_the_bound),
		TEST(what_is_remembered_outlives_a_set),
		TEST(the_same_events_again),
		TEST(plans_and_switches),
		TEST(problems_have_place_and_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
