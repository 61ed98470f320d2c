// SPDX-License-Identifier: LGPL-2.1-or-later
/* strace's expressions for sets of calls. */
#include "assembly.h"
#include "libuser/table/select.h"

static struct linx_table *table;

static struct linx_select sel_of(const char *expr)
{
	struct linx_error err = { "" };
	struct linx_select sel;

	if (linx_table_select(table, expr, &sel, &err))
		fail_msg("%s: %s", expr, err.text);
	assert_int_equal(sel.size, sizeof(sel));
	return sel;
}

static bool has(const struct linx_select *sel, int nr)
{
	return linx_select_exit(sel, LINX_ABI_X86_64, nr);
}

static void refused(const char *expr, const char *text)
{
	struct linx_select sel;
	struct linx_error err;

	assert_int_equal(linx_table_check(table, expr, NULL), -EINVAL);
	assert_int_equal(linx_table_select(table, expr, &sel, &err), -EINVAL);
	if (!strstr(err.text, text))
		fail_msg("%s: %s", expr, err.text);
}

static int setup(void **state)
{
	(void)state;
	return linx_table_new_builtin(&table);
}

static int teardown(void **state)
{
	(void)state;
	linx_table_free(table);
	return 0;
}

static void names_select_every_abi(void **state)
{
	struct linx_select sel = sel_of("openat,read");

	(void)state;
	assert_true(has(&sel, NR_OPENAT));
	assert_true(has(&sel, NR_READ));
	assert_false(has(&sel, NR_WRITE));
	assert_true(linx_select_exit(&sel, LINX_ABI_I386, 295));
	/* openat has the class ENTRY, so its entry is selected as well as its return */
	assert_true(linx_select_enter(&sel, LINX_ABI_X86_64, NR_OPENAT));
	assert_false(linx_select_enter(&sel, LINX_ABI_X86_64, NR_READ));
	assert_false(linx_select_unnamed(&sel, LINX_ABI_X86_64));
	sel = sel_of("openat@32");
	assert_false(has(&sel, NR_OPENAT));
	assert_true(linx_select_exit(&sel, LINX_ABI_I386, 295));
}

static void classes_numbers_and_regex(void **state)
{
	enum { SHMGET = 29 };
	struct linx_select sel = sel_of("%file");

	(void)state;
	assert_true(has(&sel, NR_OPENAT));
	assert_false(has(&sel, NR_READ));
	sel = sel_of("%net");
	assert_true(has(&sel, NR_CONNECT));
	sel = sel_of("/^open");
	assert_true(has(&sel, NR_OPEN) && has(&sel, NR_OPENAT));
	assert_false(has(&sel, NR_CLOSE));
	sel = sel_of("/^(open|[[:alpha:]]{5}t)(at)?+$");
	assert_true(has(&sel, NR_OPEN) && has(&sel, NR_OPENAT));
	sel = sel_of("/^openat$@64");
	assert_true(has(&sel, NR_OPENAT));
	assert_false(linx_select_exit(&sel, LINX_ABI_I386, 295));
	sel = sel_of("/^openat$@32");
	assert_false(has(&sel, NR_OPENAT));
	assert_true(linx_select_exit(&sel, LINX_ABI_I386, 295));
	sel = sel_of("257");
	assert_true(has(&sel, NR_OPENAT));
	sel = sel_of("file");
	assert_true(has(&sel, NR_OPENAT));
	/* The name is a call of i386 and a class. */
	sel = sel_of("ipc");
	assert_true(has(&sel, SHMGET) && linx_select_exit(&sel, LINX_ABI_I386, 117));
	sel = sel_of("?nonsense,getpid");
	assert_true(has(&sel, NR_GETPID));
}

/* regcomp(3) would need gigabytes of memory for these expressions, so they are refused before it is called. */
static void regex_without_end(void **state)
{
	static const char *const exprs[] = {
		"/a++++++++++++++++++++++++++++++++++++++++", "/a++++++++++++++++++++++++++++++++++++++++1{",
		"/((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+",	    "/a{32767}{32767}",
		"/(a*b){40}{40}",			    "/(a|b[]+c]?){200}+",
		"/[[:digit:]x]{9}{99}{9}",		    "/(x?){1024}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(exprs) / sizeof(*exprs); i++)
		refused(exprs[i], "it repeats too much");
	refused("/(open", "Unmatched");
}

static void small_classes(void **state)
{
	enum { STAT = 4, FSTAT = 5, LSTAT = 6, GETUID = 102, STATFS = 137, FSTATFS = 138, NEWFSTATAT = 262, STATX = 332 };
	struct linx_select sel = sel_of("%stat");

	(void)state;
	assert_true(has(&sel, STAT));
	assert_false(has(&sel, FSTAT) || has(&sel, LSTAT) || has(&sel, STATX) || has(&sel, STATFS));
	sel = sel_of("%lstat");
	assert_true(has(&sel, LSTAT));
	assert_false(has(&sel, STAT) || has(&sel, FSTAT));
	sel = sel_of("%fstat");
	assert_true(has(&sel, FSTAT) && has(&sel, NEWFSTATAT) && has(&sel, STATX));
	assert_false(has(&sel, STAT) || has(&sel, FSTATFS));
	sel = sel_of("%%stat");
	assert_true(has(&sel, STAT) && has(&sel, LSTAT) && has(&sel, STATX));
	sel = sel_of("%statfs");
	assert_true(has(&sel, STATFS));
	assert_false(has(&sel, FSTATFS));
	sel = sel_of("%fstatfs");
	assert_true(has(&sel, FSTATFS));
	assert_false(has(&sel, STATFS));
	sel = sel_of("%pure");
	assert_true(has(&sel, NR_GETPID) && has(&sel, GETUID));
	assert_false(has(&sel, NR_READ));
	sel = sel_of("read,%unnamed");
	assert_true(has(&sel, NR_READ) && linx_select_unnamed(&sel, LINX_ABI_X86_64) && has(&sel, 700));
	assert_false(has(&sel, NR_WRITE));
}

static void all_none_and_negation(void **state)
{
	struct linx_select sel = sel_of("all");

	(void)state;
	assert_true(has(&sel, NR_READ) && has(&sel, 700) && has(&sel, -1) && has(&sel, 5000));
	assert_true(linx_select_unnamed(&sel, LINX_ABI_X86_64));
	sel = sel_of("none");
	assert_false(has(&sel, NR_READ) || has(&sel, -1));
	sel = sel_of("!read,%network");
	assert_false(has(&sel, NR_READ) || has(&sel, NR_CONNECT));
	assert_true(has(&sel, NR_WRITE) && linx_select_unnamed(&sel, LINX_ABI_X86_64));
	sel = sel_of("!all");
	assert_false(has(&sel, NR_READ));
}

static void sigreturn_needs_the_unnumbered_return(void **state)
{
	struct linx_select sel = sel_of("rt_sigreturn");

	(void)state;
	assert_true(linx_select_enter(&sel, LINX_ABI_X86_64, NR_SIGRETURN));
	assert_true(has(&sel, -1));
	assert_false(linx_select_unnamed(&sel, LINX_ABI_X86_64));
}

static void mistakes_are_explained(void **state)
{
	(void)state;
	refused("opne", "nearest: open");
	refused("socketpai", "socketpair");
	refused("read,writ", "write");
	refused("qwertyuiop", "linxcap list");
	refused("%fil", "%file");
	refused("/(", "Unmatched");
	refused("/^zzz$", "matches no system call");
	refused("", "empty");
	refused("read,", "empty");
	refused("!", "empty");
	refused("999", "999");
	refused("4294967296", "4294967296");
	refused("99999999999999999999999999", "999");
	refused("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_select_every_abi),
		cmocka_unit_test(classes_numbers_and_regex),
		cmocka_unit_test(regex_without_end),
		cmocka_unit_test(small_classes),
		cmocka_unit_test(all_none_and_negation),
		cmocka_unit_test(sigreturn_needs_the_unnumbered_return),
		cmocka_unit_test(mistakes_are_explained),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
