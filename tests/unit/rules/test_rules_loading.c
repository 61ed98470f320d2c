// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads rule files as Falco does, in the cases of tests/rules/loading. A case begins with a line "== NAME". Then come
 * lines with expectations, a line "---", and the rule file; a line "+++" begins another rule file.
 *
 *   good, or error CODE        the rules load, or they do not: CODE is that of the first error
 *   warning CODE [ITEM]        there is a warning with this code (about ITEM); no-warning: there is none
 *   silent                     there are no warnings, except for unused items
 *   enabled N                  N rules are enabled
 *   same RULE: CONDITION       the rule has this condition, with macros, lists and exceptions inserted
 *   text RULE: TEXT            an alert of the rule, for cat closing a file, has this text; fields RULE: these fields
 *   condition, output, description, priority, capture, capture_duration RULE: TEXT   the rule has this value
 */
#include <linx/rules.h>
#include <stdio.h>
#include <stdlib.h>

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

/* Returns the text of a file, which the caller frees; NULL if it cannot be read. */
static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t size = 1 << 20, n;
	char *text = f ? calloc(1, size) : NULL;

	if (!f)
		return NULL;
	assert_non_null(text);
	n = fread(text, 1, size - 1, f);
	assert_true(n < size - 1);
	fclose(f);
	return text;
}

/* ---- one case ----------------------------------------------------------------------------------------------- */

struct expected {
	const char *name;
	struct linx_rules *r;
	int ret; /* result of compiling the rules */
};

static bool has_warning(const struct linx_rules *r, const char *what)
{
	size_t n = strcspn(what, " ");
	const char *item = what[n] ? what + n + 1 : NULL;
	struct linx_rules_problem p;

	for (unsigned int i = 0; !linx_rules_get_problem(r, i, &p); i++)
		if (!p.error && strlen(p.code) == n && !strncmp(p.code, what, n) && (!item || (p.item && !strcmp(p.item, item))))
			return true;
	return false;
}

static bool is_silent(const struct linx_rules *r)
{
	struct linx_rules_problem p;

	for (unsigned int i = 0; !linx_rules_get_problem(r, i, &p); i++)
		if (!p.error && strncmp(p.code, "LOAD_UNUSED", 11) != 0)
			return false;
	return true;
}

static const char *first_error(const struct linx_rules *r, const char **text)
{
	struct linx_rules_problem p;

	*text = "";
	for (unsigned int i = 0; !linx_rules_get_problem(r, i, &p); i++) {
		if (!p.error)
			continue;
		*text = p.text;
		return p.code;
	}
	return "none";
}

static unsigned int count_enabled(const struct linx_rules *r)
{
	struct linx_rule_info info;
	unsigned int n = 0;

	for (unsigned int i = 0; !linx_rules_get(r, i, &info); i++)
		n += info.enabled;
	return n;
}

static void same_names(const char *name, const char *const *a, unsigned int na, const char *const *b, unsigned int nb)
{
	if (na != nb)
		fail_msg("%s: %u are not %u", name, na, nb);
	for (unsigned int i = 0; i < na; i++)
		if (strcmp(a[i], b[i]) != 0)
			fail_msg("%s: %s is not %s", name, a[i], b[i]);
}

static const char *const events[] = { "cat", "bash", "sshd", "sudo", "curl", "mknod" };

/*
 * Expects that a rule and another one with this condition match the same calls among a few, and need the same calls,
 * fields and number of tests.
 */
static void expect_same(struct assembly *as, const struct expected *x, unsigned int rule, const char *condition)
{
	static const uint32_t calls[] = { NR_OPEN, NR_CLOSE, NR_OPENAT };
	struct linx_rule_plan a, b;
	struct linx_rules *r;
	char text[1024];

	snprintf(text, sizeof(text), "- rule: r\n  desc: d\n  output: o\n  priority: INFO\n  condition: >\n    %s\n", condition);
	assert_int_equal(linx_rules_new(&r), 0);
	linx_rules_load_text(r, "same", text, strlen(text));
	assert_int_equal(linx_rules_compile(r, LINX_PRIORITY_DEBUG), 0);
	assert_int_equal(linx_rules_explain(x->r, rule, &a), 0);
	assert_int_equal(linx_rules_explain(r, 0, &b), 0);
	if (a.tests != b.tests || a.kernel_insns != b.kernel_insns)
		fail_msg("%s: %u tests, not %u: %s", x->name, a.tests, b.tests, a.condition);
	same_names(x->name, a.calls, a.ncalls, b.calls, b.ncalls);
	same_names(x->name, a.fields, a.nfields, b.fields, b.nfields);
	for (size_t i = 0; i < ARRAY_SIZE(events) * ARRAY_SIZE(calls); i++) {
		assembly_meet(as, TID + (int)i, TID + (int)i, events[i % ARRAY_SIZE(events)]);
		record_exit(&as->r, TID + (int)i, calls[i / ARRAY_SIZE(events)], 3, ARGS(0x1000, 0x1000, 0, 0));
		assembly_event(as);
		if (linx_rules_match_one(x->r, rule, as->ev) != linx_rules_match_one(r, 0, as->ev))
			fail_msg("%s: not the same of %s", x->name, events[i % ARRAY_SIZE(events)]);
	}
	linx_rules_free(r);
}

static void expect_text(const struct expected *x, const char *what, const char *is, const char *has_to_be)
{
	if (strcmp(is, has_to_be) != 0)
		fail_msg("%s: %s is %s, not %s", x->name, what, is, has_to_be);
}

/* Expects the text of an alert for a call, or the names of its fields with a blank after each. */
static void expect_alert(struct assembly *as, const struct expected *x, unsigned int rule, const char *key, const char *want)
{
	struct linx_alert a;
	char names[512] = "";

	assembly_meet(as, TID, TID, "cat");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3, 0, 0, 0));
	assembly_event(as);
	linx_rules_match_one(x->r, rule, as->ev);
	assert_int_equal(linx_rules_render(x->r, rule, as->ev, &a), 0);
	for (unsigned int i = 0; i < a.nfields; i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s", i ? " " : "", a.fields[i].name);
	expect_text(x, key, *key == 't' ? a.text : names, want);
}

static void expect_of_rule(struct assembly *as, const struct expected *x, const char *key, char *rest)
{
	char *colon = strstr(rest, ": "), number[24];
	struct linx_rule_info info;
	int rule;

	assert_non_null(colon);
	*colon = '\0';
	rule = linx_rules_find(x->r, rest);
	if (rule < 0 || linx_rules_get(x->r, (unsigned int)rule, &info))
		fail_msg("%s: no rule %s", x->name, rest);
	colon += 2;
	snprintf(number, sizeof(number), "%llu", (unsigned long long)info.capture_ms);
	if (!strcmp(key, "same"))
		expect_same(as, x, (unsigned int)rule, colon);
	else if (!strcmp(key, "text") || !strcmp(key, "fields"))
		expect_alert(as, x, (unsigned int)rule, key, colon);
	else if (!strcmp(key, "condition"))
		expect_text(x, key, info.condition, colon);
	else if (!strcmp(key, "output"))
		expect_text(x, key, info.output, colon);
	else if (!strcmp(key, "description"))
		expect_text(x, key, info.desc, colon);
	else if (!strcmp(key, "priority"))
		expect_text(x, key, linx_rule_priority_name(info.priority), colon);
	else if (!strcmp(key, "capture"))
		expect_text(x, key, info.capture ? "true" : "false", colon);
	else if (!strcmp(key, "capture_duration"))
		expect_text(x, key, number, colon);
	else
		fail_msg("%s: unknown line: %s", x->name, key);
}

static void expect_line(struct assembly *as, const struct expected *x, char *line)
{
	char *rest = line + strcspn(line, " ");
	const char *text, *code = first_error(x->r, &text);

	if (*rest)
		*rest++ = '\0';
	if (!strcmp(line, "good") || !strcmp(line, "error")) {
		const char *want = *line == 'g' ? "none" : rest;

		if ((x->ret != 0) != (*line == 'e') || strcmp(code, want) != 0)
			fail_msg("%s: %s, not %s: %s", x->name, code, want, text);
	} else if (!strcmp(line, "warning") || !strcmp(line, "no-warning")) {
		if (has_warning(x->r, rest) != (*line == 'w'))
			fail_msg("%s: %s: %s", x->name, line, rest);
	} else if (!strcmp(line, "silent")) {
		if (!is_silent(x->r))
			fail_msg("%s: not silent", x->name);
	} else if (!strcmp(line, "enabled")) {
		assert_int_equal(count_enabled(x->r), atoi(rest));
	} else {
		expect_of_rule(as, x, line, rest);
	}
}

/* Runs one case. s: text that begins with the case's name and ends with a NUL. */
static void try_case(struct assembly *as, char *s)
{
	char *lines = strchr(s, '\n'), *file = strstr(s, "\n---\n"), *next;
	struct expected x = { .name = s };

	assert_non_null(lines);
	assert_non_null(file);
	*lines++ = *file = '\0';
	file += strlen("\n---\n");
	assert_int_equal(linx_rules_new(&x.r), 0);
	for (; file; file = next) {
		next = strstr(file, "+++\n");
		if (next) {
			*next = '\0';
			next += strlen("+++\n");
		}
		linx_rules_load_text(x.r, s, file, strlen(file));
	}
	x.ret = linx_rules_compile(x.r, LINX_PRIORITY_DEBUG);
	for (char *save, *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		expect_line(as, &x, line);
	linx_rules_free(x.r);
}

static unsigned int try_file(struct assembly *as, const char *path)
{
	char *text = read_file(path), *at = text ? strstr(text, "\n== ") : NULL, *next;
	unsigned int n = 0;

	if (!at)
		fail_msg("%s has no cases", path);
	for (; at; at = next, n++) {
		at += strlen("\n== ");
		next = strstr(at, "\n== ");
		if (next)
			*next = '\0';
		try_case(as, at);
	}
	free(text);
	return n;
}

static void cases_of_the_loader(void **state)
{
	assert_int_equal(try_file(*state, "tests/rules/loading/engine"), 97);
}

static void cases_of_the_test_suite(void **state)
{
	assert_int_equal(try_file(*state, "tests/rules/loading/testing"), 39);
}

/* Runs the cases of this project, in addition to those of Falco. */
static void cases_beside_them(void **state)
{
	assert_true(try_file(*state, "tests/rules/loading/more") > 0);
}

/* ---- fields --------------------------------------------------------------------------------------------------- */

/* Returns whether this field of Falco is one of those that linx does not support. The list must not grow. */
static bool is_lost(const char *name)
{
	static const char *const lost[] = {
		"evt.reltime", "evt.reltime.s", "evt.reltime.ns", "evt.deltatime", "evt.deltatime.s", "evt.deltatime.ns", "evt.around",
		"evt.asynctype", "evt.pluginname", "evt.plugininfo", "evt.infra.docker.name", "evt.infra.docker.container.id",
		"evt.infra.docker.container.name", "evt.infra.docker.container.image", "fd.is_upper_layer", "fd.is_lower_layer", "fdlist.nums",
		"fdlist.names", "fdlist.cips", "fdlist.sips", "fdlist.cports", "fdlist.sports", "proc.is_exe_writable", "proc.is_exe_lower_layer",
		"proc.fdlimit", "proc.fdusage", "proc.nthreads", "proc.nchilds", "proc.vmsize", "proc.vmrss", "proc.vmswap",
		"thread.vmsize", "thread.vmrss", "thread.vmsize.b", "thread.vmrss.b", "thread.pfmajor", "thread.pfminor",
		"thread.cpu", "thread.cpu.user", "thread.cpu.system", "util.cnt", "container.healthcheck",
		"container.liveness_probe", "container.readiness_probe", "container.cni.json", "container.ip", "container.host_pid",
		"container.host_network", "container.host_ipc", "k8s.pod.cni.json", "k8s.pod.ip",
		"proc.is_container_healthcheck", "proc.is_container_liveness_probe", "proc.is_container_readiness_probe",
	};
	static const char *const kinds[] = { "k8s.rc.label", "k8s.svc.", "k8s.rs.label", "k8s.deployment.id", "k8s.deployment.label", "k8s.ns.id", "k8s.ns.label",
					     "k8smeta.pod.ip", "k8smeta.ns.uid", "k8smeta.ns.label", "k8smeta.deployment.uid", "k8smeta.deployment.label", "k8smeta.svc.", "k8smeta.rs.label",
					     "k8smeta.rc.label" };

	for (size_t i = 0; i < ARRAY_SIZE(lost); i++)
		if (!strcmp(lost[i], name))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(kinds[i], name, strlen(kinds[i])))
			return true;
	return false;
}

/* Returns an argument for a field that needs one, otherwise "". */
static const char *argument_of(const char *name)
{
	static const char *const needed[][2] = {
		{ "evt.arg", ".flags" }, { "evt.rawarg", ".flags" }, { "evt.type.is", ".open" }, { "evt.around", "[1]" }, { "thread.cgroup", ".cpu" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!strcmp(needed[i][0], name))
			return needed[i][1];
	if (!strchr(name, '[') && !strncmp(name, "container.mount", 15) && strcmp(name, "container.mounts") != 0)
		return "[0]";
	return strlen(name) > 6 && !strcmp(name + strlen(name) - 6, ".label") ? "[a]" : "";
}

static void load_field(const char *name)
{
	const char *argument = argument_of(name);
	struct linx_rules_problem p = { 0 };
	struct linx_rules *r;
	bool warned = false;
	char text[512];

	snprintf(text, sizeof(text), "- {rule: r, desc: d, condition: 'evt.type = open and %s%s exists', output: 'a %%%s%s z', priority: INFO}\n",
		 name, argument, name, argument);
	assert_int_equal(linx_rules_new(&r), 0);
	linx_rules_load_text(r, "fields", text, strlen(text));
	if (linx_rules_compile(r, LINX_PRIORITY_DEBUG))
		fail_msg("%s: %s", name, linx_rules_get_problem(r, 0, &p) ? "" : p.text);
	for (unsigned int i = 0; !linx_rules_get_problem(r, i, &p); i++)
		warned |= strstr(p.text, " is not known here: the rule can never fire") && !strncmp(p.text, name, strlen(name)) && !strcmp(p.item, "r");
	if (warned != is_lost(name))
		fail_msg("%s: %s", name, warned ? "is not known" : "is known, and stands in the list of those that are not");
	linx_rules_free(r);
}

static void each_field_loads(void **state)
{
	char *text = read_file("tests/rules/loading/fields");
	unsigned int n = 0;

	(void)state;
	assert_non_null(text);
	for (char *save, *name = strtok_r(text, "\n", &save); name; name = strtok_r(NULL, "\n", &save)) {
		if (*name == '#')
			continue;
		load_field(name);
		n++;
	}
	assert_int_equal(n, 295);
	free(text);
}

/* Rules load if they have fields of the plugin k8smeta, for many of which linx has no values, or fields with arguments. */
static void fields_beside_them_load(void **state)
{
	static const char *const names[] = {
		"k8smeta.pod.name", "k8smeta.ns.name", "k8smeta.deployment.labels", "k8smeta.svc.label", "proc.args[0]", "proc.aname[2]",
		"proc.aargs[1]", "proc.aenv[PATH]", "evt.arg.flags", "evt.arg[1]", "evt.rawarg.fd", "evt.type.is.open", "evt.abspath.src",
		"thread.cgroup.cpuacct", "fd.types[0]", "container.mount.dest[/etc]", "proc.env[HOME]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		load_field(names[i]);
}

/* ---- checks that each of Falco's own tests has a case in tests/rules/loading ------------------------------------ */

static bool has_case(const char *cases, const char *name, size_t n)
{
	char line[128];

	snprintf(line, sizeof(line), "\n== %.*s\n", (int)n, name);
	return strstr(cases, line);
}

/* Returns the text of a file in the folder that a variable names. Skips the test if the folder is missing. */
static char *read_source(const char *variable, const char *path)
{
	const char *folder = getenv(variable);
	char whole[512], *text;

	snprintf(whole, sizeof(whole), "%s/%s", folder ? folder : "", path);
	text = folder ? read_file(whole) : NULL;
	if (text)
		return text;
	print_message("%s names no folder with %s: the cases are not counted against it\n", variable, path);
	skip();
	return NULL;
}

static void none_of_the_loader_is_missing(void **state)
{
	static const char begin[] = "TEST_F(test_falco_engine, ";
	char *source = read_source("FALCO_SOURCE", "unit_tests/engine/test_rule_loader.cpp"), *cases = read_file("tests/rules/loading/engine");
	unsigned int n = 0;

	(void)state;
	for (const char *at = strstr(source, begin); at; at = strstr(at, begin), n++) {
		at += strlen(begin);
		if (!has_case(cases, at, strcspn(at, ")")))
			fail_msg("%.*s is missing", (int)strcspn(at, ")"), at);
	}
	assert_int_equal(n, 97);
	free(source);
	free(cases);
}

static void none_of_the_test_suite_is_missing(void **state)
{
	static const char begin[] = "\nfunc TestFalco_Legacy_";
	char *source = read_source("FALCO_TESTING", "tests/falco/legacy_test.go"), *cases = read_file("tests/rules/loading/testing"), *next;
	unsigned int n = 0;

	(void)state;
	for (char *at = strstr(source, begin); at; at = next) {
		at += strlen(begin);
		next = strstr(at, begin);
		if (next)
			*next = '\0';
		/*
		 * Tests without WithRulesValidation in Falco's file check matches in a capture, not the loading of
		 * rules.
		 */
		if (strstr(at, "WithRulesValidation")) {
			n++;
			if (!has_case(cases, at, strcspn(at, "(")))
				fail_msg("%.*s is missing", (int)strcspn(at, "("), at);
		}
		if (next)
			*next = '\n';
	}
	assert_int_equal(n, 39);
	free(source);
	free(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cases_of_the_loader),	       TEST(cases_of_the_test_suite),	      TEST(cases_beside_them),
		TEST(each_field_loads),		       TEST(fields_beside_them_load),
		TEST(none_of_the_loader_is_missing), TEST(none_of_the_test_suite_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
