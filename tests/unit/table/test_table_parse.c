// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses tables of calls: that of this build, and hostile ones in files. */
#include "libuser/base/array_size.h"
#include "assembly.h"
#include "libuser/table/names.h"
#include "libuser/decoders/bind.h"
#include "libuser/decoders/decoders.h"
#include "libuser/value/emit.h"

#define HEAD "linx-table 1\n"
#define ROW "row f (FILE | X) a:int:V\n"

static int parse(const char *text, struct linx_table **t, struct linx_error *err)
{
	int ret = linx_table_parse(text, strlen(text), t, err);

	if (!ret)
		linx_table_bind(*t);
	return ret;
}

static void builtin_knows_openat(void **state)
{
	const struct linx_table_call *call;
	struct linx_table *t;

	(void)state;
	assert_int_equal(linx_table_new_builtin(&t), 0);
	call = linx_table_lookup(t, LINX_ABI_X86_64, NR_OPENAT);
	assert_non_null(call);
	assert_string_equal(call->name, "openat");
	assert_string_equal(call->row->classes, "FILE|DESC|ENTRY");
	assert_int_equal(call->row->class_mask,
			 LINX_CLASS_FILE | LINX_CLASS_DESC | LINX_CLASS_ENTRY);
	assert_int_equal(call->row->nargs, 4);
	assert_ptr_equal(call->row->args[0].ty, &linx_ty_dirfd);
	assert_int_equal(call->row->args[1].dir, LINX_DIR_IN);
	assert_string_equal(call->row->args[2].flagset->name, "open_flags");
	assert_string_equal(linx_table_lookup(t, LINX_ABI_I386, 295)->name, "openat");
	assert_null(linx_table_lookup(t, LINX_ABI_X86_64, -1));
	assert_null(linx_table_lookup(t, LINX_ABI_X86_64, 1023));
	assert_null(linx_table_lookup(t, LINX_ABI_X86_64, 1024));
	assert_null(linx_table_lookup(t, 3, 0));
	linx_table_free(t);
}

/*
 * Every type in the built-in table must be known to the library or its sets of flags: a type that neither knows would
 * be printed as a bare number.
 */
static void builtin_types_are_all_known(void **state)
{
	struct linx_call_info info;
	struct linx_table *t;

	(void)state;
	assert_int_equal(linx_table_new_builtin(&t), 0);
	for (unsigned int i = 0; !linx_table_get_call(t, i, &info); i++) {
		const struct linx_table_row *row = linx_table_lookup(t, info.abi, info.nr)->row;

		for (unsigned int k = 0; k < row->nargs; k++) {
			if (row->args[k].ty == &linx_ty_unknown)
				fail_msg("%s: type %s", info.name, row->args[k].type);
			if (row->args[k].dir == LINX_DIR_NONE &&
			    strcmp(row->args[k].capture, "V") != 0)
				fail_msg("%s: capture %s", info.name, row->args[k].capture);
		}
	}
	linx_table_free(t);
}

static void calls_come_in_order(void **state)
{
	struct linx_call_info info, last = { .abi = 0, .nr = -1 };
	struct linx_table *t;
	unsigned int i;

	(void)state;
	assert_int_equal(linx_table_new_builtin(&t), 0);
	for (i = 0; !linx_table_get_call(t, i, &info); i++) {
		assert_true(info.abi > last.abi || (info.abi == last.abi && info.nr > last.nr));
		last = info;
	}
	assert_true(i > 1000);
	assert_int_equal(last.abi, LINX_ABI_X32);
	assert_int_equal(linx_table_get_call(t, i, &info), -ENOENT);
	linx_table_free(t);
}

/* Call numbers of another machine are stored for that machine's ABIs, and the table knows its machine. */
static void other_machine_has_its_own_abis(void **state)
{
	struct linx_call_info info;
	struct linx_error err;
	struct linx_table *t;

	(void)state;
	assert_int_equal(parse(HEAD ROW "nr arm64 5 big f\nnr arm 6 small f\n", &t, &err), 0);
	assert_string_equal(linx_table_lookup(t, 0, 5)->name, "big");
	assert_string_equal(linx_table_lookup(t, 1, 6)->name, "small");
	assert_int_equal(linx_table_abi(t, 0), LINX_ABI_ARM64);
	assert_int_equal(linx_table_get_call(t, 1, &info), 0);
	assert_int_equal(info.abi, LINX_ABI_ARM);
	assert_string_equal(linx_abi_name(info.abi), "arm");
	linx_table_free(t);
	assert_int_equal(parse(HEAD ROW "nr arm64 5 big f\nnr i386 6 small f\n", &t, &err), -EBADMSG);
	assert_non_null(strstr(err.text, "ABIs of two machines"));
}

/*
 * A record can name an ABI that its machine does not have. Structures are then laid out as in the machine's 64-bit ABI.
 */
static void layouts_are_those_of_the_machine(void **state)
{
	static const unsigned int layouts[] = { LINX_ABI_ARM64, LINX_ABI_ARM, LINX_ABI_ARM64, LINX_ABI_ARM64 };
	struct linx_event ev = { 0 };
	struct linx_error err;
	struct linx_table *t;

	(void)state;
	assert_int_equal(parse(HEAD ROW "nr arm64 5 big f\n", &t, &err), 0);
	ev.table = t;
	for (unsigned int abi = 0; abi < 4; abi++) {
		ev.abi = abi;
		assert_int_equal(linx_put_abi(&ev), layouts[abi]);
	}
	linx_table_free(t);
}

static void structures_are_laid_out_for_each(void **state)
{
	(void)state;
	assert_int_equal(linx_ty_stat.size[LINX_ABI_X86_64], 120);
	assert_int_equal(linx_ty_stat.size[LINX_ABI_ARM64], 120);
	assert_int_equal(linx_ty_stat_arm64.size[LINX_ABI_ARM64], 120);
	assert_int_equal(linx_ty_epoll_event.size[LINX_ABI_X86_64], 12);
	assert_int_equal(linx_ty_epoll_event.size[LINX_ABI_I386], 12);
	assert_int_equal(linx_ty_epoll_event.size[LINX_ABI_ARM64], 16);
	assert_int_equal(linx_ty_epoll_event.size[LINX_ABI_ARM], 16);
	assert_int_equal(linx_ty_u64.align[LINX_ABI_I386], 4);
	assert_int_equal(linx_ty_u64.align[LINX_ABI_ARM], 8);
	assert_int_equal(linx_ty_ulong.size[LINX_ABI_ARM], 4);
}

static void newer_lines_are_skipped(void **state)
{
	struct linx_error err;
	struct linx_table *t;
	const struct linx_table_call *call;

	(void)state;
	assert_int_equal(
		parse(HEAD ROW "alias f g\nnr mips 4000 f f\nnr x86_64 7 eff f\n", &t, &err), 0);
	call = linx_table_lookup(t, LINX_ABI_X86_64, 7);
	assert_string_equal(call->name, "eff");
	assert_string_equal(call->row->id, "f");
	assert_string_equal(call->row->classes, "FILE|X");
	assert_int_equal(call->row->class_mask, LINX_CLASS_FILE);
	linx_table_free(t);
	assert_int_equal(parse(HEAD, &t, &err), 0);
	linx_table_free(t);
}

static void unknown_types_are_kept(void **state)
{
	struct linx_error err;
	struct linx_table *t;
	const struct linx_arg *arg;

	(void)state;
	assert_int_equal(parse(HEAD "row f (0) a:hologram:BEAM(3)\nnr i386 1 f f\n", &t, &err), 0);
	arg = &linx_table_lookup(t, LINX_ABI_I386, 1)->row->args[0];
	assert_string_equal(arg->type, "hologram");
	assert_ptr_equal(arg->ty, &linx_ty_unknown);
	assert_int_equal(arg->dir, LINX_DIR_NONE);
	linx_table_free(t);
}

/* A row with the name of a call that has special arguments, but with other arguments, is not decoded as that call. */
static void special_rows_need_their_arguments(void **state)
{
	struct linx_error err;
	struct linx_table *t;

	(void)state;
	assert_int_equal(parse(HEAD "row mknod (0) a:mode:V\nrow futex (0) a:hex:V b:futex_op:V\n"
				    "nr x86_64 1 mknod mknod\nnr x86_64 2 futex futex\n",
			       &t, &err),
			 0);
	assert_null(linx_table_lookup(t, LINX_ABI_X86_64, 1)->row->desc);
	assert_null(linx_table_lookup(t, LINX_ABI_X86_64, 2)->row->desc);
	linx_table_free(t);
}

static void malformed_text_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"linx-table 2\n",
		"linx-table 1",
		HEAD "row\x20\n",
		HEAD "row f\n",
		HEAD "row f FILE a:int:V\n",
		HEAD "row f (FILE a:int:V\n",
		HEAD "row f (FI-LE)\n",
		HEAD "row \"f\" (0)\n",
		HEAD "row f (0) a\n",
		HEAD "row f (0) a:int\n",
		HEAD "row f (0) a::V\n",
		HEAD "row f (0) a:int:\n",
		HEAD "row f (0) a:int:IN(\n",
		HEAD "row f (0) a:int:IN(x,)y\n",
		HEAD "row f (0) a:int:IN(1)x\n",
		HEAD "row f (0) a\":int:V\n",
		HEAD "row f (0) a:int:V b:int:V c:int:V d:int:V e:int:V f:int:V g:int:V\n",
		HEAD ROW ROW,
		HEAD ROW "nr x86_64 1 f\n",
		HEAD ROW "nr x86_64 1 f f f\n",
		HEAD ROW "nr x86_64 -1 f f\n",
		HEAD ROW "nr x86_64 1022 f f\n",
		HEAD ROW "nr x86_64 99999999999999999999 f f\n",
		HEAD ROW "nr x86_64 1x f f\n",
		HEAD ROW "nr x86_64 1 f\" f\n",
		HEAD ROW "nr x86_64 1 f g\n",
		HEAD ROW "nr x86_64 1 f f\nnr x86_64 1 g f\n",
	};
	struct linx_error err;
	struct linx_table *t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		err.text[0] = '\0';
		if (parse(texts[i], &t, &err) != -EBADMSG)
			fail_msg("accepted: %s", texts[i]);
		assert_true(err.text[0]);
	}
	assert_int_equal(linx_table_parse(HEAD "\0", sizeof(HEAD), &t, &err), -EBADMSG);
}

static void too_many_lines_are_refused(void **state)
{
	size_t n = 100000, head = strlen(HEAD);
	char *text = malloc(head + n + 1);
	struct linx_error err;
	struct linx_table *t;

	(void)state;
	memcpy(text, HEAD, head);
	memset(text + head, '\n', n);
	assert_int_equal(linx_table_parse(text, head + n, &t, &err), -EBADMSG);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builtin_knows_openat),
		cmocka_unit_test(builtin_types_are_all_known),
		cmocka_unit_test(calls_come_in_order),
		cmocka_unit_test(other_machine_has_its_own_abis),
		cmocka_unit_test(layouts_are_those_of_the_machine),
		cmocka_unit_test(structures_are_laid_out_for_each),
		cmocka_unit_test(newer_lines_are_skipped),
		cmocka_unit_test(unknown_types_are_kept),
		cmocka_unit_test(special_rows_need_their_arguments),
		cmocka_unit_test(malformed_text_is_refused),
		cmocka_unit_test(too_many_lines_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
