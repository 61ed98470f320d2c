// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A large set of rules looks its rules up by the texts that they require: it finds the same matches as a test of each
 * rule.
 */
#include <linx/rules.h>
#include <stdio.h>
#include <stdlib.h>

#include "libuser/base/array_size.h"
#include "assembly.h"

#define TID 814
#define RULES 300
#define NAMES 40u

static int setup(void **state)
{
	struct assembly *as;

	assembly_setup(state);
	as = *state;
	assembly_meet(as, TID, TID, "cat");
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static unsigned int seed;

static unsigned int drawn(unsigned int below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % below;
}

/* Conditions. Each %u becomes a random number below NAMES. Some of the conditions require no text. */
static const char *const conditions[] = {
	"evt.type = openat and fd.nameraw = /a%u",
	"opens and fd.nameraw = /a%u and proc.name = cat",
	"opens and proc.name in (dog, cat) and fd.nameraw in (/a%u, /a%u, /a%u)",
	"fd.nameraw = /a%u",
	"evt.type = openat and fd.nameraw = /a%u and not fd.nameraw = /a%u",
	"evt.type = openat and fd.nameraw in (/a%u, /a%u) and fd.nameraw = /a%u",
	"evt.type = openat and fd.nameraw = /a%u and proc.name = dog",
	"proc.name = cat and evt.type = close and fd.num = %u",
	"evt.type = openat and not fd.nameraw = /a%u",
	"evt.type = openat and (fd.nameraw = /a%u or fd.nameraw = /a%u)",
	"evt.type = openat and fd.nameraw startswith /a%u",
	"evt.type = openat and fd.nameraw = oneof (/a%u, /a%u)",
	"evt.type = openat and fd.nameraw = val(evt.arg.name) and fd.nameraw != /a%u",
};

static void write_condition(char *to, size_t size)
{
	const char *form = conditions[drawn(ARRAY_SIZE(conditions))];
	size_t n = 0;

	for (; *form && n + 16 < size; form++) {
		if (strncmp(form, "%u", 2) != 0) {
			to[n++] = *form;
			continue;
		}
		n += (size_t)snprintf(to + n, size - n, "%u", drawn(NAMES));
		form++;
	}
	to[n] = '\0';
}

static struct linx_rules *a_set(unsigned int nrules)
{
	char *text = NULL, condition[200];
	struct linx_rules_problem p;
	struct linx_rules *r;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fprintf(f, "- macro: opens\n  condition: evt.type in (open, openat)\n");
	for (unsigned int i = 0; i < nrules; i++) {
		write_condition(condition, sizeof(condition));
		fprintf(f, "- rule: r%u\n  desc: d\n  output: o\n  priority: INFO\n  condition: %s\n", i, condition);
	}
	fclose(f);
	assert_int_equal(linx_rules_new(&r), 0);
	linx_rules_load_text(r, "test.yaml", text, len);
	if (linx_rules_compile(r, LINX_PRIORITY_DEBUG))
		fail_msg("%s", linx_rules_get_problem(r, 0, &p) ? "no problem" : p.text);
	free(text);
	return r;
}

static void an_event(struct assembly *as)
{
	char path[16];

	if (!drawn(4)) {
		record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(drawn(NAMES)));
	} else {
		snprintf(path, sizeof(path), "/a%u", drawn(NAMES + 5));
		record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
		if (drawn(10))
			record_str(&as->r, 1, path);
	}
	assembly_event(as);
}

/*
 * Expects that the rules which the set finds for an event are those that match when each is tested alone. Returns the
 * number of matches.
 */
static unsigned int compare(struct linx_rules *r, const struct linx_event *ev, unsigned int nrules)
{
	const unsigned int *which;
	struct linx_rule_info info;
	unsigned int n = linx_rules_match(r, ev, &which), at = 0;

	for (unsigned int i = 0; i < nrules; i++) {
		bool found = at < n && which[at] == i;

		if (found != linx_rules_match_one(r, i, ev)) /* matching one rule does not change which[] */
			fail_msg("%u rules, rule %u, %s: %s", nrules, i, (linx_rules_get(r, i, &info), info.condition), found ? "only in the set" : "only alone");
		at += found;
	}
	assert_int_equal(at, n);
	return n;
}

static void same_as_alone(void **state)
{
	/*
	 * A set of 64 rules (LINX_RULES_BY_VALUE_MIN) or more looks them up by texts. The test tries sets of fewer
	 * rules, of 64, and of more.
	 */
	static const unsigned int sizes[] = { 20, 63, 64, RULES };
	struct assembly *as = *state;
	unsigned int found = 0;

	for (unsigned int round = 0; round < 20; round++) {
		unsigned int nrules = sizes[round % ARRAY_SIZE(sizes)];
		struct linx_rules *r;

		seed = round;
		r = a_set(nrules);
		for (unsigned int i = 0; i < 200; i++) {
			an_event(as);
			found += compare(r, as->ev, nrules);
		}
		linx_rules_free(r);
	}
	assert_true(found > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(same_as_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
