// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rules with an action: their files are checked strictly, they match only events of refusals with their name, their
 * fields show what was judged, and they become rules of a policy.
 */
#include <errno.h>
#include <linx/policy.h>
#include <netinet/in.h>
#include <stdio.h>

#include "assembly.h"
#include "libuser/base/array_size.h"
#include "libuser/policy/own.h"
#include "libuser/record/rule_names.h"
#include "libuser/rules/rule_set.h"

#define CAT 814
#define REST "desc: d, output: o, priority: INFO"
#define OPENS "evt.type = openat"

static struct linx_rules *load(const char *text)
{
	struct linx_rules *r;

	assert_int_equal(linx_rules_new(&r), 0);
	linx_rules_load_text(r, "test.yaml", text, strlen(text));
	return r;
}

static struct linx_rules *compiled(const char *text)
{
	struct linx_rules *r = load(text);
	struct linx_rules_problem p = { 0 };

	if (!linx_rules_compile(r, LINX_PRIORITY_DEBUG))
		return r;
	linx_rules_get_problem(r, 0, &p);
	fail_msg("%s", p.text);
	return NULL;
}

/* Each mistake gives its line and an error with the expected text. */
static void test_strict(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *part;
	} cases[] = {
		{ "- {rule: a, action: allow, condition: " OPENS ", " REST "}\n", 1, "deny ERROR, kill" },
		{ "- {rule: a, action: deny ENOTHING, condition: " OPENS ", " REST "}\n", 1, "ENOTHING is no error" },
		{ "- {rule: a, action: [deny], condition: " OPENS ", " REST "}\n", 1, "no text" },
		{ "- {rule: a, action: , condition: " OPENS ", " REST "}\n", 1, "empty" },
		{ "- list: l\n  items: [a]\n  itmes: [b]\n- {rule: a, action: deny, condition: " OPENS ", " REST "}\n", 3, "itmes" },
		{ "- {rule: a, action: deny, kill: true, condition: " OPENS ", " REST "}\n", 1, "kill" },
		{ "- {rule: a, action: deny, source: k8s_audit, condition: " OPENS ", " REST "}\n", 1, "unknown source" },
		{ "- {rule: a, action: deny, condition: " OPENS ", " REST "}\n- {rule: b, condition: " OPENS ", " REST "}\n", 2, "files of their own" },
		{ "- {rule: b, condition: " OPENS ", " REST "}\n- {rule: a, action: deny, condition: " OPENS ", " REST "}\n", 2, "files of their own" },
		{ "- {rule: a, condition: " OPENS ", " REST "}\n- {rule: a, action: deny, override: {action: replace}}\n", 2, "gets none later" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct linx_rules *r = load(cases[i].text);
		struct linx_rules_problem p = { 0 };

		if (!linx_rules_compile(r, LINX_PRIORITY_DEBUG) || linx_rules_get_problem(r, 0, &p) || !p.error)
			fail_msg("not refused: %s", cases[i].text);
		if (p.line != cases[i].line || !strstr(p.text, cases[i].part))
			fail_msg("%u: %s, of: %s", p.line, p.text, cases[i].text);
		linx_rules_free(r);
	}
}

/* A rule with an action can use lists and macros of other files, and a linx_count cannot count it. */
static void test_beside(void **state)
{
	struct linx_rules *r = load("- list: files\n  items: [/etc/passwd]\n- {rule: b, condition: " OPENS ", " REST "}\n");
	static const char count[] = "- {linx_count: c, desc: d, rules: [a], count: 2, within: 1m, output: o, priority: INFO}\n";
	static const char more[] = "- {rule: a, action: kill, condition: " OPENS " and fd.name in (files), " REST "}\n";
	struct linx_rules_problem p;
	struct linx_policy *policy;
	struct linx_error err;

	(void)state;
	assert_int_equal(linx_rules_load_text(r, "more.yaml", more, sizeof(more) - 1), 0);
	assert_int_equal(linx_rules_compile(r, LINX_PRIORITY_DEBUG), 0);
	assert_false(linx_rules_has_action(r, 0));
	assert_true(linx_rules_has_action(r, 1));
	assert_int_equal(linx_policy_new(&policy), 0);
	assert_int_equal(linx_policy_add_rules(policy, r, false, &err), 1);
	assert_string_equal(policy->items[0].name, "a");
	assert_int_equal(policy->rules[0].action, LINX_DENY_KILL_TASK);
	assert_int_equal(policy->rules[0].mode, LINX_DENY_ENFORCE);
	linx_policy_free(policy);
	linx_rules_free(r);

	r = load("- {rule: a, action: deny, condition: " OPENS ", " REST "}\n");
	linx_rules_load_text(r, "count.yaml", count, sizeof(count) - 1);
	assert_int_not_equal(linx_rules_compile(r, LINX_PRIORITY_DEBUG), 0);
	assert_int_equal(linx_rules_get_problem(r, 0, &p), 0);
	assert_non_null(strstr(p.text, "has an action"));
	linx_rules_free(r);
}

/*
 * Enabled rules become a policy, and disabled ones do not. An error names the file and the line of the rule's
 * condition.
 */
static void test_policy(void **state)
{
	struct linx_rules *r = compiled("- {rule: a, action: deny EACCES, condition: " OPENS " and fd.name = /etc/passwd, " REST "}\n"
					"- {rule: b, action: kill, enabled: false, condition: " OPENS " and proc.name = x, " REST "}\n"
					"- {rule: c, action: notify, condition: evt.type = connect and fd.rport = 1, " REST "}\n");
	struct linx_policy_rule rule;
	struct linx_policy *policy;
	struct linx_error err;

	(void)state;
	assert_int_equal(linx_policy_new(&policy), 0);
	assert_int_equal(linx_policy_add_rules(policy, r, true, &err), 2);
	assert_int_equal(linx_policy_get(policy, 0, &rule), 0);
	assert_true(!strcmp(rule.name, "a") && rule.action == LINX_POLICY_DENY && rule.value == EACCES && rule.observe);
	assert_int_equal(linx_policy_get(policy, 1, &rule), 0);
	assert_true(!strcmp(rule.name, "c") && rule.action == LINX_POLICY_NOTIFY);
	linx_rules_free(r);

	r = compiled("- macro: reads\n  condition: " OPENS "\n\n- rule: wrong\n  action: deny\n  desc: d\n  output: o\n  priority: INFO\n"
		     "  condition: >\n    reads and proc.name = x\n");
	assert_int_equal(linx_policy_add_rules(policy, r, false, &err), -EINVAL);
	if (!strstr(err.text, "test.yaml:9: rule 'wrong': proc.name cannot be judged"))
		fail_msg("%s", err.text);
	assert_int_equal(policy->nitems, 2);
	linx_policy_free(policy);
	linx_rules_free(r);
}

static void refused(struct assembly *as, uint64_t rule, uint16_t flags)
{
	struct linx_refused body = { .id = rule, .hook = LINX_DENY_FILE_OPEN, .flags = flags | LINX_REFUSED_FILE, .error = 13 };

	record_refused(&as->r, CAT, &body);
	record_str(&as->r, 0, "/etc/secret");
	assembly_event(as);
}

static void expect_text(struct linx_rules *r, struct assembly *as, const char *text)
{
	struct linx_alert alert;

	assert_int_equal(linx_rules_render(r, 0, as->ev, &alert), 0);
	assert_string_equal(alert.text, text);
}

static void test_match(void **state)
{
	struct linx_rules *r = compiled("- rule: keys\n  action: deny EACCES\n  desc: d\n  priority: INFO\n  condition: " OPENS "\n"
					"  output: \"%refused.rule %proc.name %refused.check %refused.object %refused.result\"\n");
	struct linx_rule_names names = { 0 };
	struct assembly *as = *state;
	const unsigned int *which;

	assert_int_equal(linx_rule_names_add(&names, "other"), 0);
	assert_int_equal(linx_rule_names_add(&names, "keys"), 0);
	linx_assembler_rule_names(as->a, &names);
	assembly_meet(as, CAT, CAT, "cat");
	refused(as, 1, LINX_REFUSED_REFUSED);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 1);
	assert_int_equal(which[0], 0);
	expect_text(r, as, "keys cat file_open /etc/secret EACCES");
	refused(as, 1, LINX_REFUSED_DRY_RUN);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 1);
	expect_text(r, as, "keys cat file_open /etc/secret observed");
	refused(as, 0, LINX_REFUSED_REFUSED);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 0);

	/* A call that the rule's condition describes does not count as a refusal. */
	record_exit(&as->r, CAT, NR_OPENAT, 3, ARGS(0x1000, 0x1000, 0, 0));
	assembly_event(as);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 0);
	linx_assembler_rule_names(as->a, NULL);
	linx_rule_names_free(&names);
	linx_rules_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_beside),
		cmocka_unit_test(test_policy),
		ASSEMBLY_TEST(test_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
