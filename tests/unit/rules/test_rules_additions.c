// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rules with static fields, and texts that are added to the alerts of chosen rules. */
#include <errno.h>
#include <linx/rules.h>
#include <stdio.h>

#include "assembly.h"

#define TID 814

static const char two[] = "- rule: One\n  desc: d\n  tags: [b, a]\n  priority: INFO\n  condition: evt.type = openat\n  output: one %fd.name %evt.res\n"
			  "- rule: Two\n  desc: d\n  tags: [a]\n  priority: INFO\n  condition: evt.type = openat\n  output: two\n";

static int setup(void **state)
{
	struct assembly *as;

	assembly_setup(state);
	as = *state;
	assembly_meet(as, TID, TID, "cat");
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
	record_str(&as->r, 1, "/etc/shadow");
	assembly_event(as);
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static struct linx_rules *load(const char *text)
{
	struct linx_rules *r;

	assert_int_equal(linx_rules_new(&r), 0);
	assert_int_equal(linx_rules_load_text(r, "test.yaml", text, strlen(text)), 0);
	return r;
}

static void compile(struct linx_rules *r)
{
	struct linx_rules_problem p;

	if (linx_rules_compile(r, LINX_PRIORITY_DEBUG))
		fail_msg("%s", linx_rules_get_problem(r, 0, &p) ? "no problem" : p.text);
}

static void expect_text(struct assembly *as, struct linx_rules *r, unsigned int rule, const char *text, struct linx_alert *a)
{
	const unsigned int *which;

	assert_true(linx_rules_match(r, as->ev, &which) > 0);
	assert_int_equal(linx_rules_render(r, rule, as->ev, a), 0);
	assert_string_equal(a->text, text);
	assert_int_equal(a->len, strlen(text));
}

/*
 * Expects a field of the alert, and that the fields are sorted by name. type: 'n' number, 't' text, '-' a field without
 * a value.
 */
static void expect_field(const struct linx_alert *a, const char *name, char type, const char *text)
{
	const struct linx_output_field *f = NULL;
	char number[24];

	for (unsigned int i = 0; i < a->nfields; i++) {
		assert_true(!i || strcmp(a->fields[i - 1].name, a->fields[i].name) < 0);
		f = strcmp(a->fields[i].name, name) ? f : &a->fields[i];
	}
	if (!f)
		fail_msg("no field %s", name);
	assert_int_equal(f->value.type, type == 'n' ? LINX_FIELD_NUMBER : type == 't' ? LINX_FIELD_TEXT : LINX_FIELD_NULL);
	if (type == '-')
		return;
	snprintf(number, sizeof(number), "%lld", (long long)f->value.num);
	assert_int_equal(type == 'n' ? strlen(number) : f->value.len, strlen(text));
	assert_memory_equal(type == 'n' ? number : f->value.text, text, strlen(text));
}

static const struct linx_rules_choice any = { .size = sizeof(any) };

static void texts_behind_outputs(void **state)
{
	static const char *const both[] = { "a", "b" };
	const struct linx_rules_choice tagged = { .size = sizeof(tagged), .tags = both, .ntags = 2 };
	const struct linx_rules_choice named = { .size = sizeof(named), .rule = "Two", .source = "syscall" };
	const struct linx_rules_choice foreign = { .size = sizeof(foreign), .source = "k8s_audit" };
	struct linx_rules *r = load(two);
	struct linx_rule_info info;
	struct linx_error err;
	struct linx_alert a;

	assert_int_equal(linx_rules_append_output(r, &any, "by %proc.name", &err), 0);
	assert_int_equal(linx_rules_append_output(r, &tagged, "both", &err), 0);
	assert_int_equal(linx_rules_append_output(r, &named, "(pid=%proc.pid)", &err), 0);
	assert_int_equal(linx_rules_append_output(r, &foreign, "%ka.verb", &err), 0);
	compile(r);
	expect_text(*state, r, 0, "one /etc/shadow SUCCESS by cat both", &a);
	expect_field(&a, "proc.name", 't', "cat");
	expect_text(*state, r, 1, "two by cat (pid=814)", &a);
	assert_int_equal(linx_rules_get(r, 1, &info), 0);
	assert_string_equal(info.output, "two by %proc.name (pid=%proc.pid)");
	assert_int_equal(linx_rules_append_output(r, &any, "late", &err), -EINVAL);
	assert_int_equal(linx_rules_set_static(r, "late", "x"), -EINVAL);
	linx_rules_free(r);
}

/* "%container.info" stands for an empty text, as in the output of a rule. */
static void container_info_behind_outputs(void **state)
{
	struct linx_rules *r = load(two);
	struct linx_rules_problem p;
	struct linx_error err;
	struct linx_alert a;

	assert_int_equal(linx_rules_append_output(r, &any, "in=%container.info by %proc.name %container.info", &err), 0);
	assert_int_equal(linx_rules_append_output(r, &any, "%container.info", &err), 0);
	assert_int_equal(linx_rules_append_output(r, &any, "%container.inf", &err), -EINVAL);
	compile(r);
	assert_int_equal(linx_rules_get_problem(r, 0, &p), 0);
	assert_string_equal(p.code, "LOAD_DEPRECATED_ITEM");
	expect_text(*state, r, 1, "two in= by cat  ", &a);
	linx_rules_free(r);
}

static void extra_fields(void **state)
{
	struct linx_rules *r = load(two);
	struct linx_error err;
	struct linx_alert a;

	assert_int_equal(linx_rules_add_field(r, &any, "proc.pid", NULL, &err), 0);
	assert_int_equal(linx_rules_add_field(r, &any, "zoo", "x=%proc.name.", &err), 0);
	assert_int_equal(linx_rules_add_field(r, &any, "zoo", "pid %proc.pid and %container.image.tag", &err), 0);
	assert_int_equal(linx_rules_add_field(r, &any, "alpha", "fixed", &err), 0);
	assert_int_equal(linx_rules_add_field(r, &any, "container.image.tag", NULL, &err), 0);
	/* An extra field replaces the field of the same name in the rule's own output. */
	assert_int_equal(linx_rules_add_field(r, &any, "fd.name", "name %fd.name", &err), 0);
	compile(r);
	for (int i = 0; i < 2; i++) {
		expect_text(*state, r, 0, "one /etc/shadow SUCCESS", &a);
		assert_int_equal(a.nfields, 6);
		expect_field(&a, "alpha", 't', "fixed");
		expect_field(&a, "container.image.tag", '-', NULL);
		expect_field(&a, "evt.res", 't', "SUCCESS");
		expect_field(&a, "fd.name", 't', "name /etc/shadow");
		expect_field(&a, "proc.pid", 'n', "814");
		expect_field(&a, "zoo", 't', "pid 814 and <NA>");
		expect_text(*state, r, 1, "two", &a);
		assert_int_equal(a.nfields, 5);
	}
	linx_rules_free(r);
}

static void static_fields(void **state)
{
	struct linx_rules *r = load("- rule: One\n  desc: d\n  priority: INFO\n  condition: evt.type = openat and static.env = prod and static.env.Zone_2 startswith eu\n"
				    "  output: '%static.env-%static.env.Zone_2. %static.empty|'\n"
				    "- rule: Two\n  desc: d\n  priority: INFO\n  condition: evt.type = openat and static.env != prod\n  output: never\n"
				    "- rule: Three\n  desc: d\n  priority: INFO\n  condition: evt.type = openat and static.env in (a, prod) and toupper(static.env) = PROD\n  output: three\n");
	const unsigned int *which;
	struct linx_error err;
	struct linx_alert a;

	assert_int_equal(linx_rules_append_output(r, &any, "%static.env", &err), -EINVAL);
	assert_int_equal(linx_rules_set_static(r, "env", "test"), 0);
	assert_int_equal(linx_rules_set_static(r, "env.Zone_2", "eu west"), 0);
	assert_int_equal(linx_rules_set_static(r, "env", "prod"), 0);
	assert_int_equal(linx_rules_set_static(r, "empty", ""), 0);
	assert_int_equal(linx_rules_append_output(r, &any, "static_env=%static.env", &err), 0);
	compile(r);
	assert_int_equal(linx_rules_match(r, ((struct assembly *)*state)->ev, &which), 2);
	assert_int_equal(which[1], 2);
	expect_text(*state, r, 0, "prod-eu west. | static_env=prod", &a);
	expect_field(&a, "static.env.Zone_2", 't', "eu west");
	assert_int_equal(linx_rules_get_needs(r), 0);
	linx_rules_free(r);
}

static void mistakes(void **state)
{
	static const char *const names[] = { "", "a b", ".a", "a.", "a[1]", "a%b", "ä" };
	struct linx_rules *r = load("- {rule: r, desc: d, priority: INFO, condition: static.none = 1, output: o}\n");
	const struct linx_rules_choice short_one = { .size = 4 };
	struct linx_rules_problem p;
	struct linx_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(linx_rules_set_static(r, names[i], "x"), -EINVAL);
	assert_int_equal(linx_rules_append_output(r, &any, "on %evt.cpz", &err), -EINVAL);
	assert_non_null(strstr(err.text, "unknown field evt.cpz: did you mean"));
	assert_int_equal(linx_rules_append_output(r, &any, "50 %", &err), -EINVAL);
	assert_int_equal(linx_rules_append_output(r, &any, "50%%", &err), -EINVAL);
	assert_int_equal(linx_rules_add_field(r, &any, "home", NULL, &err), -EINVAL);
	assert_int_equal(linx_rules_add_field(r, &any, "proc.name more", NULL, &err), -EINVAL);
	assert_string_equal(err.text, "one field is expected here");
	assert_int_equal(linx_rules_add_field(r, &short_one, "proc.name", NULL, &err), -EINVAL);
	assert_int_equal(linx_rules_compile(r, LINX_PRIORITY_DEBUG), -EINVAL);
	assert_int_equal(linx_rules_get_problem(r, 0, &p), 0);
	assert_string_equal(p.code, "LOAD_ERR_COMPILE_CONDITION");
	assert_non_null(strstr(p.text, "unknown field static.none"));
	linx_rules_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(texts_behind_outputs),
		TEST(container_info_behind_outputs),
		TEST(extra_fields),
		TEST(static_fields),
		TEST(mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
