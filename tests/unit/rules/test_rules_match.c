// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rules in Falco's language: matches, alerts, and messages about wrong files. */
#include <linx/rules.h>
#include <stdio.h>
#include <unistd.h>

#include "libuser/base/array_size.h"
#include "assembly.h"

#define TID 814

static int setup(void **state)
{
	struct assembly *as;

	assembly_setup(state);
	as = *state;
	assembly_meet(as, TID, TID, "cat");
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

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
	struct linx_rules_problem p;

	if (linx_rules_compile(r, LINX_PRIORITY_DEBUG))
		fail_msg("%s", linx_rules_get_problem(r, 0, &p) ? "no problem" : p.text);
	return r;
}

static void expect_problem(const char *text, bool error, const char *code, unsigned int line, unsigned int column)
{
	struct linx_rules *r = load(text);
	struct linx_rules_problem p = { 0 };
	bool found = false;

	linx_rules_compile(r, LINX_PRIORITY_DEBUG);
	for (unsigned int i = 0; !found && !linx_rules_get_problem(r, i, &p); i++)
		found = p.error == error && !strcmp(p.code, code) && p.line == line && p.column == column;
	if (!found)
		fail_msg("%s: not %s at %u:%u: %s at %u:%u: %s", text, code, line, column, p.code, p.line, p.column, p.text);
	linx_rules_free(r);
}

#define REST ", output: o, desc: d, priority: INFO}\n"

static bool matches(struct assembly *as, const char *condition)
{
	const unsigned int *which;
	struct linx_rules *r;
	char text[1024];
	bool met;

	snprintf(text, sizeof(text), "- list: words\n  items: [cat, dog]\n- macro: opens\n  condition: evt.type in (open, openat)\n"
		 "- rule: r\n  output: o\n  desc: d\n  priority: INFO\n  condition: >\n    %s\n", condition);
	r = compiled(text);
	met = linx_rules_match(r, as->ev, &which) == 1;
	linx_rules_free(r);
	return met;
}

static void open_shadow(struct assembly *as)
{
	record_exit(&as->r, TID, NR_OPENAT, -2, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
	record_str(&as->r, 1, "../etc/./Shadow");
	assembly_event(as);
}

static void operators_and_fields(void **state)
{
	static const char *const met[] = {
		"opens and proc.name in (words)", "evt.type = openat and fd.name = /etc/Shadow", "fd.nameraw startswith ../etc",
		"fd.directory = /etc and not fd.filename exists", "evt.is_open_read = true and evt.is_open_write = false",
		"fd.num = -1 and fd.typechar = 'f'", "evt.res = ENOENT and evt.rawres = -2", "fd.name icontains SHADOW",
		"tolower(fd.name) = /etc/shadow", "toupper(proc.name) = CAT", "basename(fd.name) = Shadow", "len(fd.name) = 11",
		"fd.name pmatch (/usr, /etc)", "fd.name regex '/etc/S[a-z]+'", "fd.name iglob '/ETC/*'", "linx.arg[filename] bcontains 536861",
		"linx.arg[filename] bstartswith 2e2e2f", "proc.name = val(proc.name)", "proc.name intersects (words)",
		"join(':', (proc.name, evt.res)) = cat:ENOENT", "join(proc.name, (evt.res, evt.num)) startswith ENOENTcat", "concat(proc.name, '-x') = cat-x", "fd.name startswith oneof (/usr, /etc)",
		"fd.name contains allof (etc, Sha)", "evt.arg.flags contains O_CLOEXEC", "evt.arg.name = /etc/Shadow",
		"user.uid = 0 and user.name = root", "not container.image.repository in (a, b)", "not proc.pname exists", "evt.num > 0",
		"fd.name pmatch (/usr, /e*)", "fd.name pmatch (\"/?tc/[A-Z]*\")", "fd.name pmatch (/*/Shadow/, /*)", "fd.name pmatch (/)",
		"fd.name regex \"/etc\\\\/S[a-z]+\"", "fd.name = \"\\x2fetc\\/Shadow\"",
	};
	static const char *const unmet[] = {
		"opens and not proc.name in (words)", "fd.name regex 'Shadow'", "fd.name pmatch (/et)", "fd.name pmatch (/*/*/*, /et?/shadow)", "fd.name pmatch (\"/[!e]tc\", /etc/Shadow/*)", "fd.name pmatch (/e*w)",
		"evt.num = 0", "container.image.repository = a",
		"fd.name contains allof (etc, sha)", "evt.type = open", "fd.sip = 10.0.0.1", "proc.is_exe_upper_layer = true", "fd.net != 10.0.0.0/8",
		"b64(proc.name) exists", "b64(concat(proc.name, 'xyt')) exists",
	};
	struct assembly *as = *state;

	open_shadow(as);
	for (size_t i = 0; i < ARRAY_SIZE(met); i++)
		if (!matches(as, met[i]))
			fail_msg("%s: does not hold", met[i]);
	for (size_t i = 0; i < ARRAY_SIZE(unmet); i++)
		if (matches(as, unmet[i]))
			fail_msg("%s: holds", unmet[i]);
}

static void shows_what_falco_does(void **state)
{
	static const char rules[] = "- rule: Read\n  desc: d\n  tags: [a, b]\n  priority: warning\n  condition: evt.type = openat\n"
				    "  output: Read %fd.name (user=%user.uid up=%proc.is_exe_upper_layer read=%evt.is_open_read) 100\n";
	struct assembly *as = *state;
	struct linx_rules *r = compiled(rules);
	const unsigned int *which;
	struct linx_alert a;

	open_shadow(as);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 1);
	assert_int_equal(linx_rules_render(r, which[0], as->ev, &a), 0);
	assert_string_equal(a.text, "Read /etc/Shadow (user=0 up=<NA> read=true) 100");
	assert_int_equal(a.len, strlen(a.text));
	assert_int_equal(a.nfields, 4);
	assert_string_equal(a.fields[0].name, "evt.is_open_read");
	assert_int_equal(a.fields[0].value.type, LINX_FIELD_BOOL);
	assert_string_equal(a.fields[1].name, "fd.name");
	assert_int_equal(a.fields[1].value.type, LINX_FIELD_TEXT);
	assert_memory_equal(a.fields[1].value.text, "/etc/Shadow", a.fields[1].value.len);
	assert_string_equal(a.fields[2].name, "proc.is_exe_upper_layer");
	assert_int_equal(a.fields[2].value.type, LINX_FIELD_NULL);
	assert_string_equal(a.fields[3].name, "user.uid");
	assert_int_equal(a.fields[3].value.num, 0);
	linx_rules_free(r);
}

/* A field with a width is cut to that many bytes, or padded with blanks. */
static void widths_of_fields(void **state)
{
	struct assembly *as = *state;
	struct linx_rules *r = compiled("- {rule: r, condition: evt.type = openat, desc: d, priority: INFO, output: '%5proc.name|%4fd.name|%08fd.num|%2user.name'}\n");
	const unsigned int *which;
	struct linx_alert a;

	open_shadow(as);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 1);
	assert_int_equal(linx_rules_render(r, which[0], as->ev, &a), 0);
	assert_string_equal(a.text, "cat  |/etc|-1      |ro");
	assert_string_equal(a.fields[0].name, "fd.name");
	assert_int_equal(a.fields[0].value.len, strlen("/etc/Shadow"));
	linx_rules_free(r);
}

static void later_items_change_earlier_ones(void **state)
{
	static const char rules[] = "- condition: proc.name = dog\n  macro: m\n- rule: r\n  desc: d\n  output: o\n  priority: INFO\n"
				    "  condition: evt.type = openat and m\n"
				    "  exceptions:\n    - name: x\n      fields: [fd.name, proc.name]\n      comps: [startswith, =]\n"
				    "- macro: m\n  condition: or proc.name = cat\n  override: {condition: append}\n";
	static const char excepted[] = "- rule: r\n  exceptions:\n    - name: x\n      values:\n        - [/etc, cat]\n  override: {exceptions: append}\n";
	struct assembly *as = *state;
	struct linx_rules *r = compiled(rules);
	const unsigned int *which;
	char both[1024];

	open_shadow(as);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 1);
	linx_rules_free(r);
	snprintf(both, sizeof(both), "%s%s", rules, excepted);
	r = compiled(both);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 0);
	linx_rules_free(r);
}

static void problems_have_place_and_code(void **state)
{
	(void)state;
	expect_problem("- rule: [\n", true, "LOAD_ERR_YAML_PARSE", 2, 1);
	expect_problem("a: b\n", true, "LOAD_ERR_YAML_VALIDATE", 1, 1);
	expect_problem("- list: l\n", true, "LOAD_ERR_YAML_VALIDATE", 1, 3);
	expect_problem("- required_engine_version: 0.99.0\n", true, "LOAD_ERR_VALIDATE", 1, 28);
	expect_problem("- {rule: r, condition: nowhere" REST, true, "LOAD_ERR_VALIDATE", 1, 24);
	expect_problem("- rule: r\n  desc: d\n  output: o\n  priority: INFO\n  condition: >\n    evt.type = open\n    and proc.nam = x\n", true,
		       "LOAD_ERR_COMPILE_CONDITION", 7, 9);
	expect_problem("- {rule: r, condition: evt.type = open, output: '%proc.nam', desc: d, priority: INFO}\n", true, "LOAD_ERR_COMPILE_OUTPUT", 1,
		       49);
	expect_problem("- {rule: r, condition: evt.type = open, output: o, desc: d, priority: HIGH}\n", true, "LOAD_ERR_YAML_VALIDATE", 1, 71);
	expect_problem("- macro: m\n  condition: evt.type = open\n", false, "LOAD_UNUSED_MACRO", 1, 3);
	expect_problem("- {rule: r, colour: 1, condition: evt.type = open" REST, false, "LOAD_UNKNOWN_KEY", 1, 13);
	expect_problem("- {macro: m, condition: m}\n", true, "LOAD_ERR_VALIDATE", 1, 3);
	expect_problem("- {rule: r, condition: 'proc.name regex \"(((\"'" REST, true, "LOAD_ERR_COMPILE_CONDITION", 1, 41);
	expect_problem("- {rule: r, condition: 'proc.name = \"a\\.b\"'" REST, true, "LOAD_ERR_COMPILE_CONDITION", 1, 39);
	expect_problem("- {thing: r}\n", false, "LOAD_UNKNOWN_ITEM", 1, 3);
}

/* A pattern that would take too long is given up, and that is reported. */
static void patterns_are_bounded(void **state)
{
	struct assembly *as = *state;
	struct linx_rules *r = compiled("- {rule: r, condition: 'fd.nameraw regex \"(a|aa)+(a|aa)+(a|aa)+[^c]\"'" REST);
	const unsigned int *which;

	record_exit(&as->r, TID, NR_OPENAT, -2, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
	record_str(&as->r, 1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac");
	assembly_event(as);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 0);
	assert_int_equal(linx_rules_get_limited(r), 1);
	linx_rules_free(r);
}

/* The explanation of a rule has the names of its calls and fields, in order, and the number of its tests. */
static void rules_are_explained(void **state)
{
	struct linx_rules *r = compiled("- {rule: r, condition: 'evt.type in (open, openat) and tolower(proc.name) = val(fd.name) and user.uid = 0'" REST);
	struct linx_rule_plan plan;

	(void)state;
	assert_int_equal(linx_rules_explain(r, 0, &plan), 0);
	assert_int_equal(plan.ncalls, 2);
	assert_string_equal(plan.calls[0], "open");
	assert_string_equal(plan.calls[1], "openat");
	assert_int_equal(plan.nfields, 4);
	assert_string_equal(plan.fields[0], "evt.type");
	assert_string_equal(plan.fields[1], "fd.name");
	assert_string_equal(plan.fields[2], "proc.name");
	assert_string_equal(plan.fields[3], "user.uid");
	assert_int_equal(plan.tests, 3);
	assert_true(plan.kernel_insns > 0);
	assert_int_equal(linx_rules_explain(r, 1, &plan), -ENOENT);
	linx_rules_free(r);
}

/* A rule that uses the end points of a socket needs more data to be recorded than one that uses the path of a file. */
static void needs_follow_from_fields(void **state)
{
	struct linx_rules *r = compiled("- {rule: r, condition: evt.type = openat and proc.name = a" REST);

	(void)state;
	assert_int_equal(linx_rules_get_needs(r), 0);
	linx_rules_free(r);
	r = compiled("- {rule: r, condition: evt.type = openat and fd.filename = a" REST);
	assert_int_equal(linx_rules_get_needs(r), LINX_NEEDS_FDS);
	linx_rules_free(r);
	r = compiled("- {rule: r, condition: evt.type = connect, output: '%fd.sip', desc: d, priority: INFO}\n");
	assert_int_equal(linx_rules_get_needs(r), LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS);
	linx_rules_free(r);
}

/* A rule set does not resolve host names itself: its user asks for the names and sets their addresses. */
static void names_of_hosts_are_asked_for(void **state)
{
	static const uint8_t addresses[2][16] = { { 1 }, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1 } };
	struct linx_rules *r = compiled("- {rule: r, condition: 'fd.sip.name in (a.example, b.example) or fd.cip.name = a.example'" REST);

	(void)state;
	assert_string_equal(linx_rules_get_host_name(r, 0), "a.example");
	assert_string_equal(linx_rules_get_host_name(r, 1), "b.example");
	assert_null(linx_rules_get_host_name(r, 2));
	assert_int_equal(linx_rules_set_host_addresses(r, 1, addresses, 2), 0);
	assert_int_equal(linx_rules_set_host_addresses(r, 1, NULL, 0), 0);
	assert_int_equal(linx_rules_set_host_addresses(r, 2, addresses, 2), -ENOENT);
	linx_rules_free(r);
}

/*
 * Many rules do not make a deep tree, and equal tests are shared. The rules that can match an event are found by the
 * event's call.
 */
static void thousands_of_rules_compile(void **state)
{
	enum { COUNT = 10000, ROOM = 400 };
	struct linx_rule_info info;
	char *text = malloc(COUNT * ROOM), *at = text;
	const unsigned int *which;
	struct assembly *as = *state;
	struct linx_rules *r;

	assert_non_null(text);
	for (int i = 0; i < COUNT; i++)
		at += sprintf(at, "- {rule: r%d, condition: 'evt.type = openat and proc.name = cat and fd.name endswith Shadow and user.uid = 0 and "
				  "evt.is_open_read = true and not proc.name in (a, b) and fd.name != /x%d and evt.res = ENOENT and evt.num > 0 and "
				  "proc.pid = %d'" REST, i, i, i);
	r = compiled(text);
	assert_int_equal(linx_rules_find(r, "r9999"), 9999);
	assert_int_equal(linx_rules_get(r, 9999, &info), 0);
	assert_string_equal(info.name, "r9999");
	assert_int_equal(linx_rules_find(r, "r10000"), -ENOENT);
	open_shadow(as);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 1);
	assert_int_equal(which[0], TID);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_event(as);
	assert_int_equal(linx_rules_match(r, as->ev, &which), 0);
	linx_rules_free(r);
	free(text);
}

/* An empty file is valid and has no rules. */
static void empty_files_have_no_rules(void **state)
{
	struct linx_rules *r = compiled("");
	struct linx_rules_problem p;
	struct linx_rule_info info;

	(void)state;
	assert_int_equal(linx_rules_get_problem(r, 0, &p), -ENOENT);
	assert_int_equal(linx_rules_get(r, 0, &info), -ENOENT);
	linx_rules_free(r);
}

/* Loads the published rule files, if they lie beside the source tree. */
static void published_files_load_without_warning(void **state)
{
	static const char *const names[] = { "falco_rules", "falco-incubating_rules", "falco-sandbox_rules" };
	struct linx_rules_problem p;
	unsigned int reported = 0;
	struct linx_rules *r;
	char path[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "../shared/data/falco-rules/%s.yaml", names[i]);
		if (access(path, R_OK)) {
			print_message("%s is not there: the published files are not tried\n", path);
			skip();
		}
		assert_int_equal(linx_rules_new(&r), 0);
		linx_rules_load(r, path);
		linx_rules_compile(r, LINX_PRIORITY_DEBUG);
		for (unsigned int k = 0; !linx_rules_get_problem(r, k, &p); k++) {
			/* Lists and macros that users are to fill are unused in the published files. */
			if (!p.error && !strncmp(p.code, "LOAD_UNUSED", 11))
				continue;
			print_error("%s:%u:%u: %s: %s: %s\n", p.file, p.line, p.column, p.code, p.item ? p.item : "", p.text);
			reported++;
		}
		linx_rules_free(r);
	}
	assert_int_equal(reported, 0);
}

static void end_task(struct assembly *as, uint32_t status)
{
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");

	ctx.start_time = TID;
	ctx.code = status;
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	assembly_event(as);
	assert_int_equal(as->ev->kind, LINX_EVENT_EXIT);
}

/* The end of a task is Falco's event procexit. A rule that names only calls does not match it. */
static void ends_of_tasks(void **state)
{
	static const char *const met[] = {
		"evt.type = procexit", "evt.type in (open, procexit) and proc.name = cat", "evt.type = procexit and evt.arg.ret = 3",
		"evt.type = procexit and evt.arg[0] = 768 and evt.arg[1] = 3 and evt.arg.sig = 0 and evt.rawarg.core = 0",
		"evt.category = process and evt.source = syscall and evt.type != open and proc.pid = 814 and evt.is_io = false",
		"evt.args = 'status=768 ret=3 sig=0 core=0' and evt.type.is.procexit = 1 and not evt.res exists and not fd.name exists",
	};
	static const char *const unmet[] = { "evt.type = open", "evt.type = exit_group", "evt.type = procexit and evt.arg.ret = 0", "opens", "evt.is_open_read = true" };
	struct assembly *as = *state;

	end_task(as, 3 << 8);
	for (size_t i = 0; i < ARRAY_SIZE(met); i++)
		if (!matches(as, met[i]))
			fail_msg("%s: does not hold", met[i]);
	for (size_t i = 0; i < ARRAY_SIZE(unmet); i++)
		if (matches(as, unmet[i]))
			fail_msg("%s: holds", unmet[i]);
	assembly_meet(as, TID, TID, "cat");
	end_task(as, 9 | 0x80);
	assert_true(matches(as, "evt.type = procexit and evt.arg.sig = SIGKILL and evt.arg.core = 1 and evt.arg.ret = 0 and evt.arg.status = 137"));
	open_shadow(as);
	assert_false(matches(as, "evt.type = procexit"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(operators_and_fields),
		TEST(shows_what_falco_does),
		TEST(widths_of_fields),
		TEST(later_items_change_earlier_ones),
		TEST(problems_have_place_and_code),
		TEST(patterns_are_bounded),
		TEST(rules_are_explained),
		TEST(needs_follow_from_fields),
		TEST(names_of_hosts_are_asked_for),
		TEST(ends_of_tasks),
		TEST(thousands_of_rules_compile),
		TEST(empty_files_have_no_rules),
		TEST(published_files_load_without_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
