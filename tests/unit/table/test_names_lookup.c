// SPDX-License-Identifier: LGPL-2.1-or-later
/* Looks up the names of constants and flags. */
#include "libuser/base/array_size.h"
#include "assembly.h"
#include "libuser/table/names.h"

#define FLAGS(set, prefix) #set,
#define CONSTS(set, prefix) #set,
#define C(name, value)
#define CL(name, value)
#define CT(name, value, text)
#define F(mask, name, value)
#define Z(name)
#define N(mask, shift, name)
#define END(set)
static const char *const set_names[] = {
#include "libuser/table/flags/all.def"
};

static void every_set_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(set_names); i++) {
		const struct linx_flagset *set = linx_flagset_find(set_names[i]);

		if (!set)
			fail_msg("%s", set_names[i]);
		assert_string_equal(set->name, set_names[i]);
	}
	assert_null(linx_flagset_find("no_such_set"));
	assert_null(linx_flagset_find(""));
}

/* Constants must be sorted, because they are found by binary search. */
static void constants_are_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(set_names); i++) {
		const struct linx_flagset *set = linx_flagset_find(set_names[i]);

		for (unsigned int k = 1; !set->bits && k < set->count; k++)
			if ((int64_t)set->flags[k].value < (int64_t)set->flags[k - 1].value)
				fail_msg("%s: %s", set->name, set->flags[k].name);
	}
}

static void names_of(const char *set_name, uint64_t value, const char *names, uint64_t rest)
{
	struct linx_flag_iter it;
	const struct linx_flag *flag;
	char list[512] = "";

	linx_flag_begin(&it, linx_flagset_find(set_name), value, UINT32_MAX);
	while ((flag = linx_flag_next(&it))) {
		strcat(list, *list ? "|" : "");
		strcat(list, flag->name);
	}
	assert_string_equal(list, names);
	assert_int_equal(it.rest, rest);
}

static void flags_split(void **state)
{
	(void)state;
	names_of("open_flags", 02000000, "O_RDONLY|O_CLOEXEC", 0);
	names_of("open_flags", 02 | 0100 | 0x80000000, "O_RDWR|O_CREAT", 0x80000000);
	names_of("open_flags", 04010000, "O_RDONLY|O_SYNC", 0);
	names_of("open_flags", 010000, "O_RDONLY|O_DSYNC", 0);
	names_of("mmap_prot", 0, "PROT_NONE", 0);
	names_of("mmap_prot", 3, "PROT_READ|PROT_WRITE", 0);
	names_of("mmap_prot", 0x80, "", 0x80);
	names_of("socket_type", 0x80001, "SOCK_STREAM|SOCK_CLOEXEC", 0);
	names_of("socket_type", 0x80007, "SOCK_CLOEXEC", 7);
	names_of("futex_op", 128, "FUTEX_WAIT_PRIVATE", 0);
	names_of("futex_op", 0, "FUTEX_WAIT", 0);
	names_of("mmap_flags", 0x22 | 21u << 26, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGE_SHIFT", 0);
}

static void constants_by_value(void **state)
{
	const struct linx_flagset *set = linx_flagset_find("fcntl_cmd");

	(void)state;
	assert_string_equal(linx_const_find(set, 1, UINT32_MAX)->name, "F_GETFD");
	assert_string_equal(linx_const_find(set, 0xffffffff00000001, UINT32_MAX)->name, "F_GETFD");
	assert_null(linx_const_find(set, 0xffffffff00000001, UINT64_MAX));
	assert_null(linx_const_find(set, 777, UINT32_MAX));
	set = linx_flagset_find("key_spec");
	assert_string_equal(linx_const_find(set, (uint64_t)-3, UINT32_MAX)->name,
			    "KEY_SPEC_SESSION_KEYRING");
	assert_string_equal(linx_const_find(set, (uint32_t)-3, UINT32_MAX)->name,
			    "KEY_SPEC_SESSION_KEYRING");
}

static void errors_and_signals(void **state)
{
	(void)state;
	assert_string_equal(linx_errno_name(2), "ENOENT");
	assert_string_equal(linx_errno_text(2), "No such file or directory");
	assert_string_equal(linx_errno_name(512), "ERESTARTSYS");
	assert_null(linx_errno_name(0));
	assert_null(linx_errno_name(4000));
	assert_string_equal(linx_signal_name(9), "SIGKILL");
	assert_string_equal(linx_signal_name(33), "SIGRT_1");
	assert_null(linx_signal_name(0));
	assert_null(linx_signal_name(65));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_set_is_found), cmocka_unit_test(constants_are_in_order),
		cmocka_unit_test(flags_split),	      cmocka_unit_test(constants_by_value),
		cmocka_unit_test(errors_and_signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
