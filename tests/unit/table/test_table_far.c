// SPDX-License-Identifier: LGPL-2.1-or-later
/* Call numbers, as on 32-bit ARM, that are greater than the bit sets of selection and the arrays of counts allow. */
#include "libuser/base/array_size.h"
#include "assembly.h"
#include "libuser/decoders/bind.h"
#include "libuser/filter/program.h"
#include "libuser/table/select.h"

enum {
	TID = 100,
	ARM = LINX_ABI_ARM % LINX_ABI_NR,
	ARM_READ = 3,
	ARM_CACHEFLUSH = 0xf0002,
	ARM_SET_TLS = 0xf0005,
	ARM_NONE = 0xf0007,
};

/* Makes a table of this build's rows with one call number of arm64 and two of 32-bit ARM. */
static struct linx_table *arm_table(void)
{
	static const char numbers[] = "nr arm64 63 read read\nnr arm 3 read read\nnr arm 119 sigreturn sigreturn\n";
	size_t len, rows;
	const char *text = linx_table_builtin_text(&len);
	struct linx_table *t;
	char *own;

	rows = (size_t)(strstr(text, "\nnr ") - text) + 1;
	own = malloc(rows + sizeof(numbers));
	assert_non_null(own);
	memcpy(own, text, rows);
	memcpy(own + rows, numbers, sizeof(numbers));
	assert_int_equal(linx_table_parse(own, strlen(own), &t, NULL), 0);
	linx_table_bind(t);
	free(own);
	return t;
}

static int setup(void **state)
{
	struct assembly *as = assembly_new();

	linx_assembler_free(as->a);
	linx_table_free(as->table);
	as->table = arm_table();
	as->r.abi = ARM;
	*state = as;
	return linx_assembler_new(NULL, as->table, &as->a);
}

static void they_have_names_and_rows(void **state)
{
	struct assembly *as = *state;
	struct linx_call_info info, last = { 0 };
	struct linx_table *builtin;

	assert_string_equal(linx_table_lookup(as->table, ARM, ARM_SET_TLS)->name, "set_tls");
	assert_string_equal(linx_table_lookup(as->table, ARM, ARM_CACHEFLUSH)->row->id, "arm_cacheflush");
	assert_null(linx_table_lookup(as->table, ARM, ARM_NONE));
	assert_null(linx_table_lookup(as->table, 0, ARM_SET_TLS));
	assert_null(linx_table_lookup(as->table, ARM, -1));
	for (unsigned int i = 0; !linx_table_get_call(as->table, i, &info); i++)
		last = info;
	assert_string_equal(last.name, "get_tls");
	assert_int_equal(last.abi, LINX_ABI_ARM);
	assert_int_equal(linx_table_new_builtin(&builtin), 0);
#ifndef __aarch64__
	assert_null(linx_table_lookup(builtin, LINX_ABI_I386, ARM_SET_TLS));
#endif
	linx_table_free(builtin);
}

/*
 * A table of another version can lack the row of one of ARM's private calls (numbers from 0xf0000 on), or have other
 * arguments in a row. Only the rows of that table are used.
 */
static void rows_are_those_of_the_stream(void **state)
{
	static const char text[] = "linx-table 1\nrow f (0)\nrow arm_set_tls (ENTRY | SIGRETURN) a:int:V\nnr arm64 5 big f\n";
	struct linx_select sel;
	struct linx_table *t;

	(void)state;
	assert_int_equal(linx_table_parse(text, strlen(text), &t, NULL), 0);
	linx_table_bind(t);
	assert_null(linx_table_lookup(t, ARM, ARM_CACHEFLUSH));
	assert_string_equal(linx_table_lookup(t, ARM, ARM_SET_TLS)->row->args[0].name, "a");
	assert_int_equal(linx_table_select(t, "set_tls", &sel, NULL), 0);
	assert_true(linx_select_enter(&sel, ARM, ARM_SET_TLS));
	linx_table_free(t);
}

static void they_are_written_as_calls(void **state)
{
	struct assembly *as = *state;
	assembly_format(as, LINX_FORMAT_STRACE, NULL);
	record_exit(&as->r, TID, ARM_SET_TLS, 0, ARGS(0xf7fc04d0, 2, 3, 4, 5, 6));
	assembly_expect(as, "set_tls(0xf7fc04d0)                     = 0\n");
	record_exit(&as->r, TID, ARM_CACHEFLUSH, 0, ARGS(0x10000, 0x20000, 0, 4, 5, 6));
	assembly_expect(as, "cacheflush(0x10000, 0x20000, 0)         = 0\n");
	record_exit(&as->r, TID, ARM_NONE, -38, ARGS(1, 2));
	assembly_expect(as, "syscall_0xf0007(0x1, 0x2)               = -1 ENOSYS (Function not implemented)\n");
	record_exit(&as->r, TID, ARM_SET_TLS, 0, ARGS(0x1000, 2, 3, 4, 5, 6));
	assembly_event(as);
	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	assert_non_null(strstr(assembly_print(as), "set_tls(0x1000)"));
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	assert_non_null(strstr(assembly_print(as), "\"abi\":\"arm\",\"nr\":983045,\"syscall\":\"set_tls\""));
	assert_non_null(strstr(as->text, "\"args\":{\"val\":4096}"));
}

static bool shows(struct assembly *as, const char *set, int nr)
{
	struct linx_select sel;
	struct linx_error err;

	if (linx_table_select(as->table, set, &sel, &err))
		fail_msg("%s: %s", set, err.text);
	linx_assembler_select(as->a, &sel);
	record_exit(&as->r, TID, nr, 0, ARGS(1, 2, 3, 4, 5, 6));
	return assembly_feed(as);
}

/*
 * ARM's private calls (numbers from 0xf0000 on) share one bit of a selection, so the kernel records all of them or
 * none. The library shows only those that are selected by name.
 */
static void each_is_selected_by_name(void **state)
{
	static const struct {
		const char *set;
		bool set_tls, cacheflush, none, read;
	} sets[] = {
		{ "set_tls", true, false, false, false },      { "!set_tls", false, true, true, true },
		{ "/_tls$,read", true, false, false, true },   { "983042", false, true, false, false },
		{ "%memory", false, true, false, false },      { "%unnamed", false, false, true, false },
		{ "sigreturn", false, false, false, false },   { "read", false, false, false, true },
		{ "all", true, true, true, true },
	};
	struct assembly *as = *state;
	struct linx_select sel;

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (shows(as, sets[i].set, ARM_SET_TLS) != sets[i].set_tls ||
		    shows(as, sets[i].set, ARM_CACHEFLUSH) != sets[i].cacheflush ||
		    shows(as, sets[i].set, ARM_NONE) != sets[i].none || shows(as, sets[i].set, ARM_READ) != sets[i].read)
			fail_msg("%s", sets[i].set);
	assert_int_equal(linx_table_select(as->table, "set_tls", &sel, NULL), 0);
	assert_true(linx_select_exit(&sel, ARM, -1));
}

/*
 * A condition on accept deselects neither the bit that ARM's private calls (numbers from 0xf0000 on) share, nor the
 * number 965, which stands for accept as a part of i386's socketcall.
 */
static void conditions_leave_them_selected(void **state)
{
	enum { I386_ACCEPT = 965 };
	struct assembly *as = *state;
	struct linx_condition *c;
	struct linx_program p;
	struct linx_select sel;

	assert_int_equal(linx_condition_new("linx.type = accept", &c, NULL), 0);
	assert_int_equal(linx_table_select(as->table, "all", &sel, NULL), 0);
	linx_program_compile(c, as->table, &sel, &p);
	assert_true(linx_select_exit(&sel, ARM, ARM_SET_TLS) && linx_select_exit(&sel, ARM, -1));
	assert_true(linx_select_exit(&sel, LINX_ABI_I386, I386_ACCEPT));
	assert_false(linx_select_exit(&sel, ARM, ARM_READ));
	free(p.insns);
	linx_condition_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(they_have_names_and_rows, setup, assembly_teardown),
		cmocka_unit_test(rows_are_those_of_the_stream),
		cmocka_unit_test_setup_teardown(they_are_written_as_calls, setup, assembly_teardown),
		cmocka_unit_test_setup_teardown(each_is_selected_by_name, setup, assembly_teardown),
		cmocka_unit_test_setup_teardown(conditions_leave_them_selected, setup, assembly_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
