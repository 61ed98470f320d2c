// SPDX-License-Identifier: LGPL-2.1-or-later
/* The meaning of conditions, and the messages for wrong ones. */
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

static bool holds(const struct linx_event *ev, const char *text)
{
	struct linx_condition *c;
	struct linx_error err;
	bool met;

	if (linx_condition_new(text, &c, &err))
		fail_msg("%s: %s", text, err.text);
	met = linx_condition_match(c, ev);
	linx_condition_free(c);
	return met;
}

static void expect(struct assembly *as, const char *const *texts, size_t n, bool selected)
{
	for (size_t i = 0; i < n; i++)
		if (holds(as->ev, texts[i]) != selected)
			fail_msg("%s: %s", texts[i], selected ? "does not hold" : "holds");
}
#define EXPECT(selected, ...)                                                       \
	do {                                                                      \
		static const char *const texts[] = { __VA_ARGS__ };               \
		expect(as, texts, ARRAY_SIZE(texts), selected);                     \
	} while (0)

static void tests_of_fields(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPENAT, -2, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
	record_str(&as->r, 1, "/etc/Shadow");
	assembly_event(as);
	EXPECT(true, "linx.type=openat", "linx.type = 257", "linx.type='257(openat)'", "linx.type = '(openat)'",
	       "linx.type[value] = '(openat)'", "linx.type[key] = 257", "linx.type[key]=0x101", "linx.type in (open, openat)",
	       "linx.type[value] startswith open", "linx.type != close", "linx.type[value] glob 'o*[nt]'",
	       "linx.res < 0", "linx.res=-2", "linx.errno=ENOENT", "linx.errno = 2", "linx.errno[value] in (EPERM, ENOENT)",
	       "linx.pid = 814 and linx.tid>813", "linx.comm = cat", "linx.comm=\"cat\"", "linx.comm in ('(cat)', dog)",
	       "linx.fullpath endswith /cat", "linx.cmdline contains passwd", "linx.cmdline icontains PASSWD",
	       "linx.user = root", "linx.user[key] = 0", "linx.user='(0(root))'", "linx.group[value]=root", "linx.dir=<",
	       "linx.dir = '(<)'", "linx.arg[filename]=/etc/Shadow", "linx.arg[filename] icontains shadow",
	       "linx.arg[flags] contains O_CLOEXEC", "linx.arg[2] = 02000000", "linx.arg[dfd]<0", "linx.arg[dfd]=AT_FDCWD",
	       "linx.cwd = /root", "linx.abi=x86_64", "linx.kind = syscall", "linx.errno exists", "linx.aname[0]=cat");
	EXPECT(false, "linx.type=open", "linx.type!=openat", "linx.type in (open, close)", "linx.res >= 0", "linx.res exists and linx.pid=1",
	       "linx.duration > 0", "linx.duration <= 10ms", "linx.duration exists", "linx.arg[nothing] exists", "linx.arg[nothing] != 1",
	       "linx.comm = ca", "linx.comm = catt", "linx.user != root", "linx.flags exists", "linx.fullpath glob '/usr/*'",
	       "linx.aname[5] exists");
}

/* An operator with a modifier (anyof, oneof, allof) is applied to each element of the list by itself, "!=" as well. */
static void modifiers_of_lists(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
	record_str(&as->r, 1, "/tmp/case-abc");
	assembly_event(as);
	EXPECT(true, "fd.filename startswith anyof (case-a, case-ab)", "fd.filename startswith oneof (case-a, other)",
	       "fd.filename != anyof (case-abc, other)", "fd.filename != oneof (case-abc, other)", "fd.filename = oneof (case-abc, other)",
	       "fd.filename != allof (one, other)", "fd.filename contains allof (case, abc)", "fd.filename == anyof (a, b, c, d, case-abc)",
	       "fd.filename endswith oneof (abc, abd)", "fd.filename glob oneof ('case-*', '*d')", "fd.filename iglob allof ('CASE-*', '*C')",
	       "fd.filename regex oneof ('case-[a-c]+', 'abc')", "fd.filename icontains allof (CASE, ABC)", "linx.arg[filename] bcontains anyof (00, 636173)",
	       "linx.arg[filename] bstartswith oneof (2f74, 00)", "linx.pid = oneof (814, 815)", "linx.pid != anyof (814, 815)",
	       "not fd.filename = allof (case-abc, other)", "fd.filename != anyof (case-abc, case-abd, c, d, e)",
	       "basename(fd.name) = oneof (case-abc, x)", "proc.name = cat and fd.filename != oneof (case-abc, other)");
	EXPECT(false, "fd.filename startswith oneof (case-a, case-ab)", "fd.filename != oneof (one, other)", "fd.filename != allof (case-abc, other)",
	       "fd.filename = allof (case-abc, other)", "fd.filename = oneof (case-abc, case-abc)", "fd.filename != anyof (case-abc, case-abc)",
	       "not fd.filename != anyof (case-abc, other)", "fd.filename regex allof ('case-.*', 'abc')", "linx.pid != allof (814, 815)",
	       "linx.duration != anyof (1, 2)", "fd.filename = oneof", "fd.filename != allof (case-abc, b, c, d, e)", "fd.filename = oneof and linx.pid = 814");
}

/* Texts are compared byte by byte, as in Falco. In Falco's language the right side of "<" is a number or a field. */
static void order_of_texts(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPENAT, -2, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
	record_str(&as->r, 1, "10");
	assembly_event(as);
	EXPECT(true, "fd.nameraw < 2", "fd.nameraw > 1", "fd.nameraw >= 10", "fd.nameraw <= 10", "proc.name > 3", "proc.name >= val(proc.name)",
	       "proc.name > concat('ca')", "proc.name < concat('cb')", "tolower(proc.name) > 99");
	EXPECT(false, "fd.nameraw < 10", "fd.nameraw > 10", "fd.nameraw > 2", "proc.name < 3", "proc.name < val(proc.name)", "proc.pname < 3", "proc.pname > 3");
}

/* A test of an unknown value is false, whether the value stands on the left or on the right of the operator. */
static void sides_that_are_absent(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
	EXPECT(false, "proc.name != val(proc.pname)", "proc.name = val(proc.pname)", "proc.name != anyof (val(proc.pname), cat)",
	       "proc.name != allof (val(proc.pname), dog)", "proc.name contains val(proc.pname)", "proc.pname != val(proc.name)",
	       "proc.aname != val(proc.pname)", "proc.name in (val(proc.pname))");
	EXPECT(true, "not proc.name = val(proc.pname)", "not proc.name != val(proc.pname)", "proc.name != anyof (val(proc.pname), dog)",
	       "proc.name != concat('d', 'og')");
}

/* A transformer gets a text with parentheses as one value; only linx's own fields put parentheses around each value. */
static void parentheses_of_transformers(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
	EXPECT(true, "concat('(', proc.name, ')') = '(cat)'", "concat('(c)', proc.name) = '(c)cat'", "linx.comm = '(cat)'");
	EXPECT(false, "tolower(proc.name) = '(cat)'", "proc.name = '(cat)'");
}

/* send is not a call of i386, but a part of socketcall: the event of such a socketcall has the name send. */
static void parts_of_calls(void **state)
{
	enum { I386_SOCKETCALL = 102, SEND = 9 };
	static const uint32_t args[] = { 3, 0x2000, 5, 0x4000 };
	struct assembly *as = *state;

	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, I386_SOCKETCALL, 5, ARGS(SEND, 0x1000));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, args, sizeof(args), sizeof(args));
	assembly_event(as);
	EXPECT(true, "linx.type = send", "linx.type in (recv, send)", "linx.type[value] = send", "linx.type != recv",
	       "linx.arg[fd] = 3", "linx.arg[flags] contains MSG_NOSIGNAL");
	EXPECT(false, "linx.type = recv", "linx.type = sendto", "linx.type = socketcall");
}

static void logic(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
	EXPECT(true, "linx.type=close or linx.type=open and linx.pid=1", "not linx.type=open", "not not linx.type=close",
	       "not (linx.type=open or linx.pid=1)", "(linx.type=close)", "not linx.duration > 5", "not linx.errno exists",
	       "linx.type=close and (linx.arg[fd]=43 or linx.arg[fd]=44) and not linx.arg[fd]!=43", "(((linx.pid>0)))");
	EXPECT(false, "(linx.type=close or linx.type=open) and linx.pid=1", "not linx.type=close",
	       "not linx.type=open and linx.pid=1", "linx.errno = 0");
}

static void quotes(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPEN, 3, ARGS(0x1000, 0, 0));
	record_str(&as->r, 0, "a 'b' \"(c),");
	assembly_event(as);
	EXPECT(true, "linx.arg[filename] = \"a 'b' \\\"(c),\"", "linx.arg[filename] = 'a \\'b\\' \"(c),'",
	       "linx.arg[filename] contains '(c)'", "linx.arg[filename] contains ''");
}

/*
 * A backslash that begins no escape of the language stays in a pattern (regex, glob), so \. and \\. mean the same
 * there. In other strings it is dropped. In rules, unlike here, it would be an error.
 */
static void backslashes_of_patterns(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPEN, 3, ARGS(0x1000, 0, 0));
	record_str(&as->r, 0, "/a.b\xc3");
	assembly_event(as);
	EXPECT(true, "linx.arg[filename] regex '/a\\.b.*'", "linx.arg[filename] regex '/a\\\\.b.*'", "linx.arg[filename] glob '/a\\.b*'",
	       "fd.name = '/a.b\\xc3'", "fd.name endswith \"\\xC3\"", "linx.arg[filename] contains '\\.'");
	EXPECT(false, "linx.arg[filename] regex '/a\\.c.*'", "fd.name = '/a.b\\\\xc3'");
}

static void options_of_words(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
	EXPECT(true, "getopt((\"-t\", 'hello'), 't:') intersects (t, hello)", "getopt(('-nt', 'hello'), 'nt:') in (n, t, hello)",
	       "getopt(('-thello'), 't:')[t] = hello", "getopt(('-a', '-t', 'x', '-t', 'y'), 'at:')['t'] = y", "getopt(('-n', '--', '-t'), 'nt:') in (n)",
	       "getopt(('--long', '-n'), 'n') intersects (n)", "getopt(('-x'), 'n') in ('?')", "getopt(('-t'), 't:')[t] = ''",
	       "len(getopt(('-ab', 'c'), 'ab:')) = 3", "join('+', getopt(('-ab', 'c'), 'ab:')) = 'a+b+c'", "getopt((), 'n') in (x)",
	       "getopt(('-n'), 'n')[\"n\"] = n", "getopt((proc.name, '-n'), 'n') exists", "getopt(('-p', proc.name), 'p:')[p] = cat",
	       "tolower(getopt(('-pA'), 'p:')[p]) = a");
	EXPECT(false, "getopt(('-n', '--', '-t'), 'nt:') intersects (t)", "getopt(('-n'), 'n') intersects (t)", "getopt(('-n'), 'nt:')[t] exists",
	       "getopt(('word', '-n'), 'n') intersects (n)", "getopt(('-nt', 'hello'), 'nt:') in (n, t)", "getopt(('-n', proc.pname), 'n:')[n] = cat");
}

/* On the right side, a test compares with the result of a transformer, not with the texts inside of the transformer. */
static void transformers_on_the_right(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(43));
	assembly_event(as);
	EXPECT(true, "proc.name = concat(proc.name)", "proc.name = concat('c', 'at')", "proc.name in (dog, concat('c', 'at'), cow)",
	       "proc.name in (a, b, c, d, join('a', ('c', 't')))", "proc.name startswith oneof (x, concat('c', 'a'), concat('d'))",
	       "concat(proc.name, '-') = join('', (proc.name, '-'))", "proc.name in (concat('d'), concat('e'), cat)");
	EXPECT(false, "proc.name = concat('c', 'at', '-')", "linx.comm contains concat('x')", "proc.name != concat('c', 'at')",
	       "proc.name in (concat('cat', 's'), concat('ca'))");
}

static void wrong_ones(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "column 1: a field is expected here, as linx.type or evt.type: -->" },
		{ "linx.tpye = close", "column 1: unknown field linx.tpye: did you mean linx.type?: -->linx.tpye = close" },
		{ "linx.type close", "column 11: an operator is expected here" },
		{ "linx.type = ", "column 13: a value is expected here: linx.type = -->" },
		{ "linx.type = clsoe", "column 13: unknown system call: did you mean close?: linx.type = -->clsoe" },
		{ "linx.pid = x", "column 12: a number is expected here" },
		{ "fd.sport = no-service", "column 12: a port is expected here: its number, or a service of /etc/services" },
		{ "linx.type > close", "column 13: a number is expected here, to compare with" },
		{ "linx.comm < 3", "column 11: the field is text: = != contains " },
		{ "linx.pid contains 3", "column 10: the field is a number: = != <= >= < > intersects in or exists is expected here" },
		{ "linx.type in open", "column 14: a list in parentheses is expected here" },
		{ "linx.type in (open close)", "column 20: a comma or ) is expected here: linx.type in (open -->close)" },
		{ "linx.type in ()", "column 15: a value is expected here" },
		{ "(linx.pid=1", "column 1: this parenthesis is not closed" },
		{ "linx.pid=1)", "column 11: the condition ended before this" },
		{ "linx.pid=1 linx.pid=2", "column 12: the condition ended before this: and or or is missing" },
		{ "linx.comm='x", "column 11: this quote is not closed" },
		{ "linx.pid=1 and", "column 15: a field is expected here" },
		{ "linx.args contains x", "column 1: this field cannot stand in a condition" },
		{ "linx.time > 3", "column 1: this field cannot stand in a condition" },
		{ "linx.user[keys] = 3", "column 11: wrong argument of linx.user: it takes [key] or [value]" },
		{ "type = open", "column 1: a field is expected here" },
		{ "evt.tpye = open", "column 1: unknown field evt.tpye: did you mean evt.type?" },
		{ "proc.name regex '('", "column 17: wrong regular expression" },
		{ "evt.buffer bcontains xyz", "column 22: bytes in hexadecimal" },
		{ "getopt(('-n'), 'n') = n", "column 21: the field is a list: intersects in or exists is expected here" },
		{ "getopt(('-n'), 'n')[nn] = n", "column 20: one letter is expected in the brackets" },
		{ "tolower(proc.name)[n] = n", "column 19: this takes no argument" },
		{ "getopt() = n", "column 8: a field is expected here" },
		{ "fd.sip = 10.0.0.0/33", "column 10: an address is expected here" },
		{ "fd.sip < 10.0.0.1", "column 8: the field is an address: = != intersects in or exists is expected here" },
		{ "fd.net contains 10.0.0.1", "column 8: the field is an address" },
		{ "evt.num contains 3", "column 9: the field is a number" },
		{ "fd.port startswith oneof (8, 9)", "column 9: the field is a number" },
		{ "evt.failed > 0", "column 12: the field is true or false: = != intersects in or exists is expected here" },
		{ "evt.failed glob 't*'", "column 12: the field is true or false" },
		{ "fd.name bcontains 6162", "column 9: the field is text" },
		{ "tolower(proc.name) bstartswith 6162", "column 20: the field is text" },
		{ "evt.buffer regex 'a.*'", "column 12: the field is bytes: = != contains bcontains startswith bstartswith endswith intersects in or exists" },
		{ "b64(evt.buffer) > 3", "column 17: the field is bytes" },
		{ "fd.types = file", "column 10: the field is a list" },
		{ "proc.name < b", "column 13: a number is expected here, to compare with" },
		{ "proc.name = val(proc.pid)", "column 13: the field is text, and this is a number" },
		{ "proc.pid = val(proc.is_sid_leader)", "column 12: the field is a number, and this is true or false" },
		{ "linx.fd.num = tolower(proc.name)", "column 15: the field is a number, and this is text" },
		{ "fd.name = val(evt.buffer)", "column 11: the field is text, and this is bytes" },
		{ "evt.arg.flgs contains O_", "column 1: unknown argument flgs: did you mean flags?: -->evt.arg.flgs" },
		{ "evt.rawarg[nothing_of_the_kind] = 1", "column 1: unknown argument nothing_of_the_kind: -->evt.rawarg" },
		{ "evt.arg contains O_", "column 8: wrong use of evt.arg: it needs an argument, as evt.arg[name]" },
		{ "thread.cgroup = /a", "wrong use of thread.cgroup: it needs an argument" },
		{ "tolower(proc.pid) = 3", "column 1: this takes text, and a number stands in it" },
		{ "len(fd.sip) = 3", "column 1: this takes text, and an address stands in it" },
		{ "basename(evt.buffer) = x", "column 1: this takes text, and bytes stands in it" },
	};
	struct linx_condition *c;
	struct linx_error err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(linx_condition_new(cases[i].text, &c, &err), -EINVAL);
		if (!strstr(err.text, cases[i].why))
			fail_msg("%s: %s", cases[i].text, err.text);
	}
}

/* Very deep and very long conditions are refused before they exhaust the stack or memory. */
static void large_ones(void **state)
{
	struct linx_condition *c;
	struct linx_error err;
	size_t n = 60000;
	char *text = malloc(n + 100);

	(void)state;
	assert_non_null(text);
	memset(text, '(', n);
	strcpy(text + n, "linx.pid=1");
	assert_int_equal(linx_condition_new(text, &c, &err), -EINVAL);
	assert_non_null(strstr(err.text, "nested too deep"));
	for (n = 0; n < 55000; n += 14)
		strcpy(text + n, "linx.pid=1 or ");
	strcpy(text + n, "linx.pid=1");
	assert_int_equal(linx_condition_new(text, &c, &err), -EINVAL);
	assert_non_null(strstr(err.text, "this is too long"));
	free(text);
}

static void needs(void **state)
{
	struct linx_condition *c;

	(void)state;
	assert_int_equal(linx_condition_new("linx.pid=1 or not linx.duration > 10ms", &c, NULL), 0);
	assert_int_equal(linx_condition_get_needs(c), LINX_NEEDS_ENTRY_TIME | LINX_NEEDS_RETURN);
	linx_condition_free(c);
	assert_int_equal(linx_condition_new("linx.errno = ENOENT", &c, NULL), 0);
	assert_int_equal(linx_condition_get_needs(c), LINX_NEEDS_RETURN);
	linx_condition_free(c);
	assert_int_equal(linx_condition_new("linx.pid=1", &c, NULL), 0);
	assert_int_equal(linx_condition_get_needs(c), 0);
	linx_condition_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tests_of_fields), TEST(modifiers_of_lists), TEST(order_of_texts), TEST(sides_that_are_absent), TEST(parentheses_of_transformers), TEST(parts_of_calls), TEST(logic), TEST(quotes), TEST(backslashes_of_patterns), TEST(options_of_words), TEST(transformers_on_the_right), TEST(wrong_ones), TEST(large_ones), TEST(needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
