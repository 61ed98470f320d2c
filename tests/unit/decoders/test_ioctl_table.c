// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of ioctl commands: its order, its numbers, and that module and library mean the same row by an index. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "libuser/decoders/ioctl/ioctl.h"
#include "libuser/table/flagsets.h"

static void rows_are_sorted(void **state)
{
	const struct linx_ioctl *last = linx_ioctl_nth(0), *c;

	(void)state;
	assert_non_null(last);
	for (unsigned int i = 1; (c = linx_ioctl_nth(i)); i++) {
		if (c->code < last->code)
			fail_msg("%s stands behind %s", c->name, last->name);
		last = c;
	}
}

static void every_row_is_found_by_its_number(void **state)
{
	const struct linx_ioctl *c;

	(void)state;
	for (unsigned int abi = 0; abi < 3; abi++)
		for (unsigned int i = 0; (c = linx_ioctl_nth(i)); i++)
			assert_int_equal(!!linx_ioctl_find(linx_ioctl_number(c, abi), abi), c->what != LINX_IOCTL_RAW);
}

/* A number has either the name of its row, or the name in flags/ioctl_cmd.def if it has no row. */
static void no_two_rows_have_one_number(void **state)
{
	const struct linx_ioctl *c;

	(void)state;
	for (unsigned int i = 0; (c = linx_ioctl_nth(i)); i++)
		assert_string_equal(linx_ioctl_name(linx_ioctl_number(c, LINX_ABI_X86_64), LINX_ABI_X86_64), c->name);
}

static void a_command_with_a_row_is_in_no_set(void **state)
{
	static const struct linx_flagset *const sets[] = { &linx_set_ioctl_cmd, &linx_set_ioctl_cmd_i386,
							   &linx_set_ioctl_cmd_x32 };
	static const unsigned int abis[] = { LINX_ABI_X86_64, LINX_ABI_I386, LINX_ABI_X32 };

	(void)state;
	for (unsigned int s = 0; s < 3; s++)
		for (unsigned int i = 0; i < sets[s]->count; i++) {
			const struct linx_flag *f = &sets[s]->flags[i];
			const char *name = linx_ioctl_name((uint32_t)f->value, abis[s]);

			/*
			 * A set holds numbers of all ABIs. A number that x86_64 does not have may be in the set of
			 * another ABI.
			 */
			if (s && linx_ioctl_name((uint32_t)f->value, LINX_ABI_X86_64))
				continue;
			if (name && !strcmp(name, f->name))
				fail_msg("%s has a row, and is in the set %s", name, sets[s]->name);
		}
}

/*
 * Numbers of commands whose arguments are captured, with the names of their rows. Each number must be that of the row
 * on some ABI: otherwise the size in the row would differ from the size of the argument's type.
 */
static const struct {
	const char *row;
	uint32_t number;
} captured[] = {
#define KEY(row, k, shift, mask)
#define KEY2(row, high, low)
#define CHOICE(row, value, arg, capture) { #row, (uint32_t)(value) },
#define OTHERWISE(row, arg, capture)
#define OTHERWISE_IOC(row, dir, arg, capture)
#include "kmod/tables/choices.def"
#undef KEY
#undef KEY2
#undef CHOICE
#undef OTHERWISE
#undef OTHERWISE_IOC
};

static bool is_of_a_row(uint32_t number)
{
	for (unsigned int abi = 0; abi < 3; abi++)
		if (linx_ioctl_name(number, abi))
			return true;
	return false;
}

static void captured_sizes_are_those_of_types(void **state)
{
	unsigned int n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(captured) / sizeof(captured[0]); i++) {
		if (strcmp(captured[i].row, "ioctl") != 0)
			continue;
		n++;
		if (!is_of_a_row(captured[i].number))
			fail_msg("0x%x is captured, but no row of ioctls.def has this number", captured[i].number);
	}
	assert_true(n > 250);
}

static void a_structure_may_grow(void **state)
{
	const struct linx_ioctl *c = linx_ioctl_find(0xc058ff0b, LINX_ABI_X86_64);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->name, "PIDFD_GET_INFO");
	assert_ptr_equal(linx_ioctl_find(0xc080ff0b, LINX_ABI_X86_64), c);
	assert_null(linx_ioctl_find(0xc038ff0b, LINX_ABI_X86_64));
	assert_null(linx_ioctl_find(0x8058ff0b, LINX_ABI_X86_64));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sorted),
		cmocka_unit_test(every_row_is_found_by_its_number),
		cmocka_unit_test(no_two_rows_have_one_number),
		cmocka_unit_test(a_command_with_a_row_is_in_no_set),
		cmocka_unit_test(captured_sizes_are_those_of_types),
		cmocka_unit_test(a_structure_may_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
