// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of ioctl: its order, and its numbers against the names of the commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#include "decoders/ioctl.h"
#include "flagsets.h"

static bool named_so(const struct linx_flagset *set, uint32_t number, const char *name)
{
	const struct linx_flag *f = linx_const_find(set, number, UINT32_MAX);

	for (; f; f = linx_const_next(set, f))
		if (!strcmp(f->name, name))
			return true;
	return false;
}

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
			assert_non_null(linx_ioctl_find(linx_ioctl_number(c, abi), abi));
}

/* Structures of the wrong size would make other numbers. */
static void numbers_have_their_names(void **state)
{
	static const char *const unnamed[] = { "SECCOMP_IOCTL_NOTIF_ID_VALID_WRONG_DIR",
					       "TEE_IOC_SHM_REGISTER_FD_OPTEE" };
	const struct linx_ioctl *c;

	(void)state;
	for (unsigned int i = 0; (c = linx_ioctl_nth(i)); i++)
		if (strcmp(c->name, unnamed[0]) && strcmp(c->name, unnamed[1]) &&
		    !named_so(&linx_set_ioctl_cmd, linx_ioctl_number(c, LINX_ABI_X86_64), c->name))
			fail_msg("%s is not 0x%x", c->name, linx_ioctl_number(c, LINX_ABI_X86_64));
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
		cmocka_unit_test(numbers_have_their_names),
		cmocka_unit_test(a_structure_may_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
